"""Gaussian naive Bayes, learned from labeled and unlabeled windows together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import logsumexp
from sklearn.utils.validation import _check_sample_weight, check_is_fitted

from dolorimeter.core import InputError, Outcome

from . import information
from .arguments import (
    check_allowed,
    check_known,
    encode_labels,
    possible_classes,
    require_number,
    sequence_offsets,
)
from .headers import expect_arrays, read_classes, read_outcome, read_settings, stored_settings
from .mixture import fit_mixture, gather, log_joint, posterior_of
from .params import NaiveBayesParameters
from .reading import column_names, read_features, read_training
from .storage import save_arrays
from .without_order import WithoutOrder

Floats = NDArray[np.float64]
KIND = "gaussian-nb"
EXPECTED_FAILED_CHECKS = {
    "check_classifiers_classes": "it uses -1 as a class; here -1 means that the class is unknown",
}


class GaussianNB(WithoutOrder):
    """Gaussian naive Bayes by semi-supervised EM.

    The emissions of ``GaussianHMM`` without its order: given the class, vitals are independent
    Gaussians; missing ones are integrated out. EM starts from the labeled windows, finds the
    posterior of the others (Panaggio et al. 2021, Eqs 3, 4), and updates means, variances and
    class prior (Eqs 1, 2), until the objective gains less than ``tol``.

    Parameters
    ----------
    class_prior : {"empirical", "uniform"} or array-like of shape (n_classes,)
        ``"empirical"``: learned; ``"uniform"``: 1/K, as in Eq. 3; an array is held fixed.
    unlabeled_weight : float, default 1.0
        Power on the densities of windows whose class is open, in [0, 1]: 1 is the paper, 0 takes
        the emissions from labeled windows only.
    variance_floor : float, default 1e-3
        Lower bound of a variance; where it binds, ``outcome_.floors_bound`` says so.
    n_iter : int, default 100
        Most iterations.
    tol : float or None, default 1e-4
        Gain in the objective, in nats, under which EM has converged; None: run all iterations.

    Attributes
    ----------
    parameters_ : NaiveBayesParameters
        All that was learned.
    class_prior_ : ndarray of shape (K,)
        Probability of each class.
    means_, variances_ : ndarray of shape (K, D)
        Of each vital in each class.
    classes_ : ndarray of shape (K,)
        The classes.
    outcome_ : Outcome
        What the fit did.
    """

    def __init__(
        self,
        class_prior: Literal["empirical", "uniform"] | ArrayLike = "empirical",
        *,
        unlabeled_weight: float = 1.0,
        variance_floor: float = 1e-3,
        n_iter: int = 100,
        tol: float | None = 1e-4,
    ) -> None:
        self.class_prior = class_prior
        self.unlabeled_weight = unlabeled_weight
        self.variance_floor = variance_floor
        self.n_iter = n_iter
        self.tol = tol

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        lengths: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
        allowed: ArrayLike | None = None,
    ) -> Self:
        """Learn from labeled and unlabeled windows.

        Parameters
        ----------
        X : array-like of shape (n_steps, n_features)
            Vitals, NaN where missing.
        y : array-like of shape (n_steps,)
            Classes; -1 where unknown.
        lengths : array-like of shape (n_sequences,), optional
            Steps of each stay; checked, but order plays no part.
        sample_weight : array-like of shape (n_steps,), optional
            How often each window counts.
        allowed : array-like of shape (n_steps, n_classes), bool, optional
            Classes that each window may have.

        Returns
        -------
        GaussianNB
            Itself.

        Raises
        ------
        InputError
            If a setting is out of range, or a class has no labeled window.
        """
        data, given = read_training(self, X, y)
        sequence_offsets(lengths, len(data))
        labels, self.classes_ = encode_labels(given)
        n_classes = len(self.classes_)
        prior = self._checked_settings(n_classes)
        weight = _check_sample_weight(sample_weight, data, ensure_non_negative=True)
        labels, sets = check_allowed(allowed, labels, n_classes)
        evidence = gather(data, labels, n_classes, weight, sets)
        counts = evidence.labeled.sum(axis=1)
        if not counts.all():
            absent = self.classes_[np.argmin(counts)]
            raise InputError("sample_weight", f"0 for all of class {absent}", "some of each class")
        fitted = fit_mixture(
            evidence, prior, self.unlabeled_weight, self.variance_floor, self.n_iter, self.tol
        )
        self.parameters_, outcome, floored = fitted
        self.outcome_ = self._in_words(outcome, floored)
        return self

    def predict_proba(
        self,
        X: ArrayLike,
        lengths: ArrayLike | None = None,
        known: ArrayLike | None = None,
        delay: int = 1,  # noqa: ARG002 - the interface of the sequence models
    ) -> Floats:
        """Return the posterior of the classes, each window for itself.

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
            The class prior where nothing was observed.
        """
        data = read_features(self, X)
        sequence_offsets(lengths, len(data))
        check_known(known, len(data), len(self.classes_))
        return posterior_of(log_joint(data, self.parameters_))

    def log_likelihood(
        self, X: ArrayLike, y: ArrayLike | None = None, lengths: ArrayLike | None = None
    ) -> float:
        """Return the log-likelihood of the vitals, and of the classes where they are given.

        Parameters
        ----------
        X : array-like of shape (n_steps, n_features)
            Vitals, NaN where missing.
        y : array-like of shape (n_steps,), optional
            Classes that were observed too; -1 where unknown.
        lengths : array-like of shape (n_sequences,), optional
            Checked, but order plays no part.

        Returns
        -------
        float
            In nats, over all windows.
        """
        data = read_features(self, X)
        sequence_offsets(lengths, len(data))
        joint = log_joint(data, self.parameters_)
        joint[~possible_classes(y, self.classes_, len(data))] = -np.inf
        return float(logsumexp(joint, axis=1).sum())

    def aic(
        self, X: ArrayLike, y: ArrayLike | None = None, lengths: ArrayLike | None = None
    ) -> float:
        """Return Akaike's information criterion: smaller is better.

        Parameters
        ----------
        X : array-like of shape (n_steps, n_features)
            Vitals, NaN where missing.
        y : array-like of shape (n_steps,), optional
            Classes that were observed too; -1 where unknown.
        lengths : array-like of shape (n_sequences,), optional
            Checked, but order plays no part.

        Returns
        -------
        float
            With 38 free parameters for three classes and six vitals, 36 if the prior is fixed.
        """
        return information.aic(self.log_likelihood(X, y, lengths), self._n_free())

    def bic(
        self, X: ArrayLike, y: ArrayLike | None = None, lengths: ArrayLike | None = None
    ) -> float:
        """Return Schwarz's information criterion: smaller is better.

        Parameters
        ----------
        X : array-like of shape (n_steps, n_features)
            Vitals, NaN where missing.
        y : array-like of shape (n_steps,), optional
            Classes that were observed too; -1 where unknown.
        lengths : array-like of shape (n_sequences,), optional
            Checked, but order plays no part.

        Returns
        -------
        float
            Over the windows at which a vital or a class was observed.
        """
        data = read_features(self, X)
        observed = ~np.isnan(data).all(axis=1)
        observed |= ~possible_classes(y, self.classes_, len(data)).all(axis=1)
        value = self.log_likelihood(X, y, lengths)
        return information.bic(value, self._n_free(), int(observed.sum()))

    @classmethod
    def from_parameters(
        cls, class_prior: ArrayLike, means: ArrayLike, variances: ArrayLike
    ) -> Self:
        """Return a fitted model of classes 0 … K - 1; no data needed.

        Parameters
        ----------
        class_prior : array-like of shape (K,)
            Probability of each class.
        means, variances : array-like of shape (K, D)
            Of each vital in each class.

        Returns
        -------
        GaussianNB
            Ready to predict.
        """
        model = cls()
        arrays = (np.array(a, dtype=np.float64) for a in (class_prior, means, variances))
        model.parameters_ = NaiveBayesParameters(*arrays)
        n_classes, model.n_features_in_ = model.parameters_.means.shape
        model.classes_ = np.arange(n_classes)
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

    @property
    def class_prior_(self) -> Floats:
        """Probability of each class, shape (K,)."""
        return self.parameters_.class_prior

    @property
    def means_(self) -> Floats:
        """Mean of each vital in each class, shape (K, D)."""
        return self.parameters_.means

    @property
    def variances_(self) -> Floats:
        """Variance of each vital in each class, shape (K, D)."""
        return self.parameters_.variances

    def _to_storage(self) -> tuple[dict[str, Any], dict[str, Floats]]:
        """Return header and arrays."""
        check_is_fitted(self, "parameters_")
        settings = self.get_params()
        if not isinstance(self.class_prior, str):
            settings["class_prior"] = np.asarray(self.class_prior).tolist()
        outcome = self.outcome_.to_dict() if hasattr(self, "outcome_") else None
        header = {"classes": self.classes_.tolist(), "settings": settings, "outcome": outcome}
        return header, self.parameters_.to_arrays()

    @classmethod
    def _from_storage(cls, header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Rebuild what ``save`` wrote."""
        settings = read_settings(header, cls().get_params())
        classes = read_classes(header)
        expect_arrays(arrays, {"class_prior", "means", "variances"})
        model = cls.from_parameters(**arrays).set_params(**settings)
        if len(classes) != len(model.classes_):
            raise InputError("header.classes", f"{len(classes)}", f"{len(model.classes_)} classes")
        model.classes_ = classes
        with stored_settings():
            model._checked_settings(len(classes))
        if (outcome := read_outcome(header)) is not None:
            model.outcome_ = outcome
        return model

    def _n_free(self) -> int:
        learned = isinstance(self.class_prior, str) and self.class_prior == "empirical"
        return 2 * self.means_.size + learned * (len(self.classes_) - 1)

    def _checked_settings(self, n_classes: int) -> Floats | None:
        """Refuse settings out of range; return the fixed class prior, None if it is learned."""
        require_number("unlabeled_weight", self.unlabeled_weight, 0.0, 1.0)
        require_number("variance_floor", self.variance_floor, np.finfo(float).tiny)
        require_number("n_iter", self.n_iter, 1, whole=True)
        if self.tol is not None:
            require_number("tol", self.tol, 0.0)
        if isinstance(self.class_prior, str) and self.class_prior == "empirical":
            return None
        if isinstance(self.class_prior, str) and self.class_prior == "uniform":
            return np.full(n_classes, 1 / n_classes)
        try:
            prior = np.asarray(self.class_prior, dtype=np.float64)
        except (TypeError, ValueError):
            prior = np.empty(0)
        if prior.shape != (n_classes,) or not (prior > 0).all() or abs(prior.sum() - 1) > 1e-8:
            rule = f"'empirical', 'uniform' or {n_classes} positive numbers that add up to 1"
            raise InputError("class_prior", repr(self.class_prior)[:60], rule)
        return prior

    def _in_words(self, outcome: Outcome, floored: NDArray[np.bool_]) -> Outcome:
        """Name the variances that the floor held up, and say how the fit ended."""
        names = column_names(self)
        bound = tuple(f"variance[{self.classes_[k]}, {names[d]}]" for k, d in np.argwhere(floored))
        ended = "Converged" if outcome.converged else "Ran out of iterations"
        return replace(
            outcome, floors_bound=bound, message=f"{ended} after {outcome.n_iter} iterations."
        )
