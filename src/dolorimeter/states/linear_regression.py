"""Linear regression of the class number on the vitals, the paper's simplest alternative."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_is_fitted

from .arguments import check_known, encode_labels, require_number, sequence_offsets
from .headers import expect_arrays, read_classes, read_outcome, read_settings, stored_settings
from .multivariate_normal import check_normal, fit_normal, regress_last
from .ordinal import class_probabilities
from .reading import read_features, read_training
from .storage import save_arrays
from .without_order import WithoutOrder

Floats = NDArray[np.float64]
KIND = "linear-regression"
EXPECTED_FAILED_CHECKS = {
    "check_classifiers_classes": "it uses -1 as a class; here -1 means that the class is unknown",
}


class LinearRegressionStates(WithoutOrder):
    """Regress the class number on the vitals and cut the prediction into classes.

    The vitals x and the class number c = 0 … K - 1 are one multivariate normal, N(mu, Sigma). Its
    regression of c on whichever vitals a window has is exact:
    E[c | x_o] = mu_c + Sigma_co Sigma_oo^-1 (x_o - mu_o), with the residual variance
    Sigma_cc - Sigma_co Sigma_oo^-1 Sigma_oc. So a missing vital is integrated out rather than
    filled in, and without missing vitals this is ordinary least squares on the labeled windows.
    mu and Sigma are found by EM over the patterns of missing values (Little & Rubin, Statistical
    Analysis with Missing Data, ch. 11); unlabeled windows inform the vitals' own distribution.
    The probability of class k is that of a class number between k - 1/2 and k + 1/2 (Panaggio et
    al. 2021, section 4.2.4, names the method; the cut points and missing vitals are our choice).

    Parameters
    ----------
    ridge : float, default 1e-3
        Added to the diagonal of the expected sums of squares, in squared units of the vitals: it
        keeps Sigma invertible.
    n_iter : int, default 100
        Most iterations.
    tol : float or None, default 1e-4
        Gain in the objective, in nats, under which EM has converged; None: run all iterations.

    Attributes
    ----------
    mean_ : ndarray of shape (D + 1,)
        mu, the class number last.
    covariance_ : ndarray of shape (D + 1, D + 1)
        Sigma.
    coef_ : ndarray of shape (D,)
        Slopes of the class number on the vitals, all present.
    intercept_ : float
        Its intercept.
    classes_ : ndarray of shape (K,)
        The classes, in the order of their numbers.
    outcome_ : Outcome
        What the fit did.
    """

    def __init__(self, *, ridge: float = 1e-3, n_iter: int = 100, tol: float | None = 1e-4) -> None:
        self.ridge = ridge
        self.n_iter = n_iter
        self.tol = tol

    def fit(self, X: ArrayLike, y: ArrayLike, lengths: ArrayLike | None = None) -> Self:
        """Learn from labeled and unlabeled windows.

        Parameters
        ----------
        X : array-like of shape (n_steps, n_features)
            Vitals, NaN where missing.
        y : array-like of shape (n_steps,)
            Classes, ordered by their numbers; -1 where unknown.
        lengths : array-like of shape (n_sequences,), optional
            Steps of each stay; checked, but order plays no part.

        Returns
        -------
        LinearRegressionStates
            Itself.

        Raises
        ------
        InputError
            If a setting is out of range, or a class has no labeled window.
        """
        data, given = read_training(self, X, y)
        sequence_offsets(lengths, len(data))
        self._check_settings()
        labels, self.classes_ = encode_labels(given)
        numbers = np.where(labels < 0, np.nan, labels)
        joint = np.column_stack([data, numbers])
        fitted = fit_normal(joint, self.ridge, self.n_iter, self.tol)
        self.mean_, self.covariance_, self.outcome_ = fitted
        return self

    def predict_proba(
        self,
        X: ArrayLike,
        lengths: ArrayLike | None = None,
        known: ArrayLike | None = None,
        delay: int = 1,  # noqa: ARG002 - the interface of the sequence models
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
        data = read_features(self, X)
        sequence_offsets(lengths, len(data))
        check_known(known, len(data), len(self.classes_))
        mean, deviation = regress_last(data, self.mean_, self.covariance_)
        return class_probabilities(mean, deviation, len(self.classes_))

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
    def coef_(self) -> Floats:
        """Slopes of the class number on the vitals, shape (D,)."""
        among, across = self.covariance_[:-1, :-1], self.covariance_[:-1, -1]
        return np.asarray(np.linalg.solve(among, across), dtype=np.float64)

    @property
    def intercept_(self) -> float:
        """Class number where every vital is zero."""
        return float(self.mean_[-1] - self.coef_ @ self.mean_[:-1])

    def _to_storage(self) -> tuple[dict[str, Any], dict[str, Floats]]:
        check_is_fitted(self, "covariance_")
        header = {
            "classes": self.classes_.tolist(),
            "settings": self.get_params(),
            "outcome": self.outcome_.to_dict(),
        }
        return header, {"mean": self.mean_, "covariance": self.covariance_}

    @classmethod
    def _from_storage(cls, header: Mapping[str, Any], arrays: Mapping[str, Floats]) -> Self:
        """Rebuild what ``save`` wrote."""
        model = cls(**read_settings(header, cls().get_params()))
        with stored_settings():
            model._check_settings()
        model.classes_ = read_classes(header)
        if (outcome := read_outcome(header)) is not None:
            model.outcome_ = outcome
        expect_arrays(arrays, {"mean", "covariance"})
        model.mean_, model.covariance_ = arrays["mean"], arrays["covariance"]
        check_normal(model.mean_, model.covariance_)
        model.n_features_in_ = len(model.mean_) - 1
        return model

    def _check_settings(self) -> None:
        require_number("ridge", self.ridge, np.finfo(float).tiny)
        require_number("n_iter", self.n_iter, 1, whole=True)
        if self.tol is not None:
            require_number("tol", self.tol, 0.0)

    def __sklearn_tags__(self) -> Any:
        """Declare that classes whose numbers mean no order are not its business."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True
        return tags
