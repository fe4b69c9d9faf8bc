"""What models without order share: each window stands for itself."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from .arguments import UNKNOWN

Floats = NDArray[np.float64]


class WithoutOrder(ClassifierMixin, BaseEstimator):
    """The interface of the sequence models for an estimator whose windows are independent."""

    classes_: NDArray[Any]

    @abstractmethod
    def predict_proba(
        self,
        X: ArrayLike,
        lengths: ArrayLike | None = None,
        known: ArrayLike | None = None,
        delay: int = 1,
    ) -> Floats:
        """Return the probability of each class, each window for itself.

        Parameters
        ----------
        X : array-like of shape (n_steps, n_features)
            Vitals, NaN where missing.
        lengths : array-like of shape (n_sequences,), optional
            Checked, but order plays no part.
        known : array-like of shape (n_steps,), optional
            Checked, but without order other windows' classes tell nothing.
        delay : int, default 1
            Ignored.

        Returns
        -------
        ndarray of shape (n_steps, n_classes)
            Rows sum to one.
        """

    def filter(
        self,
        X: ArrayLike,
        lengths: ArrayLike | None = None,
        known: ArrayLike | None = None,
        delay: int = 1,
    ) -> Floats:
        """Return the same as ``predict_proba``: without order there is no past.

        Parameters
        ----------
        X : array-like of shape (n_steps, n_features)
            Vitals, NaN where missing.
        lengths : array-like of shape (n_sequences,), optional
            Checked, but order plays no part.
        known : array-like of shape (n_steps,), optional
            Checked, but without order earlier classes tell nothing.
        delay : int, default 1
            Ignored.

        Returns
        -------
        ndarray of shape (n_steps, n_classes)
            Posterior of each window.
        """
        return self.predict_proba(X, lengths, known, delay)

    def predict(self, X: ArrayLike, lengths: ArrayLike | None = None) -> NDArray[Any]:
        """Return the most probable class of each window.

        Parameters
        ----------
        X : array-like of shape (n_steps, n_features)
            Vitals, NaN where missing.
        lengths : array-like of shape (n_sequences,), optional
            Checked, but order plays no part.

        Returns
        -------
        ndarray of shape (n_steps,)
            Of ``classes_``.
        """
        chosen = self.predict_proba(X, lengths).argmax(axis=1)
        return self.classes_[chosen]

    def score(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
        """Return the accuracy on the labeled windows, scikit-learn's score of a classifier.

        Parameters
        ----------
        X : array-like of shape (n_steps, n_features)
            Vitals, NaN where missing.
        y : array-like of shape (n_steps,)
            Classes; -1 where unknown.
        sample_weight : array-like of shape (n_steps,), optional
            How often each window counts.

        Returns
        -------
        float
            In [0, 1].
        """
        classes = np.asarray(y)
        weight = np.ones(len(classes)) if sample_weight is None else np.asarray(sample_weight)
        known = classes != UNKNOWN if classes.dtype.kind in "iuf" else np.ones(len(classes), bool)
        right = self.predict(X)[known] == classes[known]
        return float(np.average(right, weights=weight[known]))

    def start(self, delay: int = 1) -> None:  # noqa: ARG002
        """Begin a stay.

        Parameters
        ----------
        delay : int, default 1
            Ignored.

        Returns
        -------
        None
            The state: nothing is remembered.
        """
        check_is_fitted(self, "classes_")

    def step(self, state: None, row: ArrayLike, known: int = -1) -> tuple[None, Floats]:
        """Take in one window.

        Parameters
        ----------
        state : None
            As ``start`` or the step before gave it.
        row : array-like of shape (n_features,)
            Vitals, NaN where missing.
        known : int, default -1
            A class that is known from the next step on; tells nothing without order.

        Returns
        -------
        state : None
            For the next step.
        posterior : ndarray of shape (n_classes,)
            The same bits as ``filter``.
        """
        return state, self.filter(np.asarray(row)[None], known=[known])[0]

    def __sklearn_tags__(self) -> Any:
        """Declare that NaN is allowed."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags
