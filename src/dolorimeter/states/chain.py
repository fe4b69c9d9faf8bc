"""The class chain alone: vitals are not looked at."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .fit import Settings
from .headers import expect_arrays, read_settings, stored_settings
from .params import HMMParameters
from .sequence_model import SequenceModel
from .sequence_storage import restore, stored_header
from .storage import save_arrays
from .training import describe, make_settings, train

Floats = NDArray[np.float64]
KIND = "chain"


class Chain(SequenceModel):
    """Markov chain of the classes: the hidden Markov model with every emission factor 1.

    EM learns start and transitions from the labels and the gaps between them. What it predicts
    rests on the classes known before, and on the base rates where none is.

    Parameters
    ----------
    n_iter : int, default 100
        Most iterations.
    tol : float or None, default 1e-4
        Gain in the objective, in nats, under which EM has converged; None: run all iterations.
    start_prior : float or array-like of shape (K,), default 1.0
        Pseudo-counts c of the start: a Dirichlet prior with parameters 1 + c. 0: none.
    transition_prior : float or array-like of shape (K, K), default 1.0
        Likewise for each row of the transition matrix.

    Attributes
    ----------
    parameters_ : HMMParameters
        All that was learned; means and variances have no columns.
    startprob_ : ndarray of shape (K,)
        Probability of each class at the first step.
    transmat_ : ndarray of shape (K, K)
        Transition probabilities; rows are where one comes from.
    classes_ : ndarray of shape (K,)
        The classes.
    outcome_ : Outcome
        What the fit did.
    """

    def __init__(
        self,
        *,
        n_iter: int = 100,
        tol: float | None = 1e-4,
        start_prior: ArrayLike = 1.0,
        transition_prior: ArrayLike = 1.0,
    ) -> None:
        self.n_iter = n_iter
        self.tol = tol
        self.start_prior = start_prior
        self.transition_prior = transition_prior

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        lengths: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
        allowed: ArrayLike | None = None,
    ) -> Self:
        """Learn from labeled steps and the gaps between them.

        Parameters
        ----------
        X : array-like of shape (n_steps, n_features)
            Checked, but not looked at.
        y : array-like of shape (n_steps,)
            Classes; -1 where unknown.
        lengths : array-like of shape (n_sequences,), optional
            Steps of each stay; by default one stay.
        sample_weight : array-like of shape (n_steps,), optional
            How often each stay counts: one weight throughout a stay.
        allowed : array-like of shape (n_steps, n_classes), bool, optional
            Classes that each step may have.

        Returns
        -------
        Chain
            Itself.

        Raises
        ------
        InputError
            If a setting or an argument is out of range, or a class has no labeled step.
        """
        data = self._training(X, y, lengths, sample_weight, allowed)
        n_classes = len(self.classes_)
        settings = self._settings(n_classes)
        fitted = train(data, settings, "labels", 1, n_classes, None)
        self.parameters_ = fitted.parameters
        self.outcome_ = describe(fitted, settings, self.classes_, self._names())
        return self

    @classmethod
    def from_parameters(
        cls, startprob: ArrayLike, transmat: ArrayLike, n_features: int = 1
    ) -> Self:
        """Return a fitted chain of classes 0 … K - 1; no data needed.

        Parameters
        ----------
        startprob : array-like of shape (K,)
            Probability of each class at the first step.
        transmat : array-like of shape (K, K)
            Transition probabilities; rows are where one comes from.
        n_features : int, default 1
            Columns of the vitals that it will be shown, and not look at.

        Returns
        -------
        Chain
            Ready to predict.
        """
        start, transition = np.array(startprob, float), np.array(transmat, float)
        nothing = np.empty((start.size, 0))
        model = cls()
        model.parameters_ = HMMParameters(start, transition, nothing, nothing)
        model.n_features_in_ = n_features
        model.classes_ = np.arange(start.size)
        return model

    def save(self, directory: str | Path, *, force: bool = False) -> None:
        """Write the model as ``model.json`` and ``arrays.safetensors``.

        Parameters
        ----------
        directory : str or Path
            The directory to create.
        force : bool, default False
            Replace it if it exists.
        """
        save_arrays(directory, KIND, *self._to_storage(), force=force)

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn that no score is to be hoped for from the vitals."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True
        return tags

    def _emissions(self, values: Floats) -> Floats:
        """Return no column at all."""
        return values[:, :0]

    def _settings(self, n_classes: int) -> Settings:
        return make_settings(
            n_classes, self.n_iter, self.tol, self.start_prior, self.transition_prior, 1.0, 1.0
        )

    def _to_storage(self) -> tuple[dict[str, Any], dict[str, Floats]]:
        """Return header and arrays."""
        arrays = self.parameters_.to_arrays()
        kept = {name: arrays[name] for name in ("startprob", "transmat")}
        return stored_header(self), kept | {"n_features": np.array([float(self.n_features_in_)])}

    @classmethod
    def _from_storage(cls, header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Rebuild what ``save`` wrote."""
        settings = read_settings(header, cls().get_params())
        expect_arrays(arrays, {"startprob", "transmat", "n_features"})
        columns = int(arrays["n_features"].sum())
        model = cls.from_parameters(arrays["startprob"], arrays["transmat"], columns)
        model.set_params(**settings)
        with stored_settings():
            model._settings(len(model.classes_))
        return restore(model, header)
