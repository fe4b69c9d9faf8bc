"""The linear-Gaussian state-space model of pain, the paper's other alternative."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from dolorimeter.core import InputError

from .arguments import Ints, check_known, encode_labels, require_number, sequence_offsets
from .headers import expect_arrays, read_classes, read_outcome, read_settings, stored_settings
from .kalman import Normal, filter_forward, predict, smooth_backward, update
from .linear_gaussian import (
    Floats,
    Information,
    StateSpaceParameters,
    report_information,
    together,
    vitals_information,
)
from .ordinal import class_probabilities
from .state_space_em import fit_state_space
from .storage import save_arrays

KIND = "state-space"
EXPECTED_FAILED_CHECKS = {
    "check_classifiers_classes": "it uses -1 as a class; here -1 means that the class is unknown",
    "check_methods_sample_order_invariance": "the windows of a stay have an order",
    "check_methods_subset_invariance": "a window is judged by its neighbors in the stay",
}


class StateSpace(ClassifierMixin, BaseEstimator):
    """A hidden pain level that drifts, seen through vitals and, where given, reports.

    The level z_t of a stay is one number on the scale of the class numbers 0 … K - 1:
    z_1 ~ N(m, p); z_t = intercept + persistence z_(t-1) + N(0, innovation);
    vital d: x_td = levels_d + loadings_d z_t + N(0, variances_d), integrated out where missing;
    a known class: c_t = z_t + N(0, report_variance).
    EM (Shumway & Stoffer 1982) learns them; Panaggio et al. 2021, section 4.2.4, names the model
    but not its fit. By default the labels alone say what the level is, and the vitals are then
    regressed on it: learned together, six vitals in every window outvote a few reports, and the
    level becomes whatever the vitals share (on the MIMIC-IV demo, reports then barely move it).

    The probability of class k is that of a report between k - 1/2 and k + 1/2. A known class is
    one more measurement, so that unlike in ``GaussianHMM`` it moves the posterior without settling
    it.

    Parameters
    ----------
    emissions : {"labels", "joint"}, default "labels"
        ``"labels"``: EM on the labels alone, then regression of the vitals on the smoothed level;
        ``"joint"``: EM on vitals and labels together.
    variance_floor : float, default 1e-3
        Lower bound of every variance; where it binds, ``outcome_.floors_bound`` says so.
    n_iter : int, default 200
        Most iterations.
    tol : float or None, default 1e-4
        Gain in log-likelihood, in nats, under which EM has converged; None: run all iterations.

    Attributes
    ----------
    parameters_ : StateSpaceParameters
        All that was learned.
    classes_ : ndarray of shape (K,)
        The classes, in the order of their numbers.
    outcome_ : Outcome
        What the fit did.
    """

    def __init__(
        self,
        emissions: Literal["labels", "joint"] = "labels",
        *,
        variance_floor: float = 1e-3,
        n_iter: int = 200,
        tol: float | None = 1e-4,
    ) -> None:
        self.emissions = emissions
        self.variance_floor = variance_floor
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
            Steps of each stay.

        Returns
        -------
        StateSpace
            Itself.

        Raises
        ------
        InputError
            If a setting is out of range, or a class has no labeled window.
        """
        data, given = validate_data(self, X, y, dtype=np.float64, ensure_all_finite="allow-nan")
        self._check_settings()
        offsets = sequence_offsets(lengths, len(data))
        labels, self.classes_ = encode_labels(given)
        self.parameters_, self.outcome_ = fit_state_space(
            data,
            labels,
            offsets,
            self.emissions,
            self.variance_floor,
            self.n_iter,
            self.tol,
        )
        return self

    def predict_proba(
        self, X: ArrayLike, lengths: ArrayLike | None = None, known: ArrayLike | None = None
    ) -> Floats:
        """Return the smoothed probability of each class: it looks at the whole stay.

        Parameters
        ----------
        X : array-like of shape (n_steps, n_features)
            Vitals, NaN where missing.
        lengths : array-like of shape (n_sequences,), optional
            Steps of each stay.
        known : array-like of shape (n_steps,), optional
            Class index of each step, -1 where unknown; all are used.

        Returns
        -------
        ndarray of shape (n_steps, n_classes)
            Rows sum to one.
        """
        offsets, vitals, reports = self._observe(X, lengths, known)
        forward = filter_forward(together(vitals, reports), offsets, self.parameters_)
        smoothed, _ = smooth_backward(*forward, offsets, self.parameters_)
        return self._probabilities(smoothed)

    def filter(
        self,
        X: ArrayLike,
        lengths: ArrayLike | None = None,
        known: ArrayLike | None = None,
        delay: int = 1,
    ) -> Floats:
        """Return the probability of each class from nothing later than the window.

        Parameters
        ----------
        X : array-like of shape (n_steps, n_features)
            Vitals, NaN where missing.
        lengths : array-like of shape (n_sequences,), optional
            Steps of each stay.
        known : array-like of shape (n_steps,), optional
            Class index of each step, -1 where unknown.
        delay : int, default 1
            The class of step s is used from step s + delay on.

        Returns
        -------
        ndarray of shape (n_steps, n_classes)
            Rows sum to one.
        """
        require_number("delay", delay, 1, whole=True)
        offsets, vitals, reports = self._observe(X, lengths, known)
        return self._probabilities(self._delayed(offsets, vitals, reports, delay))

    def forecast(
        self,
        X: ArrayLike,
        steps: int,
        lengths: ArrayLike | None = None,
        known: ArrayLike | None = None,
        delay: int = 1,
    ) -> Floats:
        """Return the probability of each class after the end of each stay.

        Parameters
        ----------
        X : array-like of shape (n_steps, n_features)
            Vitals, NaN where missing.
        steps : int
            How many steps ahead.
        lengths : array-like of shape (n_sequences,), optional
            Steps of each stay.
        known : array-like of shape (n_steps,), optional
            Class index of each step, -1 where unknown.
        delay : int, default 1
            The class of step s is used from step s + delay on.

        Returns
        -------
        ndarray of shape (n_sequences, steps, n_classes)
            One step ahead first.
        """
        require_number("steps", steps, 1, whole=True)
        require_number("delay", delay, 1, whole=True)
        offsets, vitals, reports = self._observe(X, lengths, known)
        ends = np.repeat(offsets[1:], steps)
        vitals, reports = _append_nothing(vitals, ends), _append_nothing(reports, ends)
        later = offsets + steps * np.arange(len(offsets))
        probabilities = self._probabilities(self._delayed(later, vitals, reports, delay))
        ahead = later[1:, None] + np.arange(-steps, 0)
        return probabilities[ahead]

    def predict(self, X: ArrayLike, lengths: ArrayLike | None = None) -> NDArray[Any]:
        """Return the most probable class of each window, smoothed.

        Parameters
        ----------
        X : array-like of shape (n_steps, n_features)
            Vitals, NaN where missing.
        lengths : array-like of shape (n_sequences,), optional
            Steps of each stay.

        Returns
        -------
        ndarray of shape (n_steps,)
            Of ``classes_``.
        """
        chosen = self.predict_proba(X, lengths).argmax(axis=1)
        return self.classes_[chosen]

    def start(self) -> Normal:
        """Begin a stay.

        Returns
        -------
        Normal
            The state: what is expected of the pain level at the next window.
        """
        check_is_fitted(self, "parameters_")
        first = self.parameters_.start_mean, self.parameters_.start_variance
        return Normal(*(np.atleast_1d(value) for value in first))

    def step(self, state: Normal, row: ArrayLike) -> tuple[Normal, Floats]:
        """Take in one window.

        Parameters
        ----------
        state : Normal
            As ``start`` or the step before gave it.
        row : array-like of shape (n_features,)
            Vitals, NaN where missing.

        Returns
        -------
        state : Normal
            For the next step.
        posterior : ndarray of shape (n_classes,)
            The same bits as ``filter``.
        """
        _, vitals, _ = self._observe(np.asarray(row)[None], None, None)
        now = update(state, vitals)
        return predict(now, self.parameters_), self._probabilities(now)[0]

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

    def _observe(
        self, X: ArrayLike, lengths: ArrayLike | None, known: ArrayLike | None
    ) -> tuple[Ints, Information, Information]:
        """Check what is given and turn it into information about the level."""
        check_is_fitted(self, "parameters_")
        data = validate_data(self, X, reset=False, dtype=np.float64, ensure_all_finite="allow-nan")
        labels = check_known(known, len(data), len(self.classes_))
        vitals, _ = vitals_information(data, self.parameters_)
        reports, _ = report_information(labels, float(self.parameters_.report_variance))
        return sequence_offsets(lengths, len(data)), vitals, reports

    def _delayed(
        self, offsets: Ints, vitals: Information, reports: Information, delay: int
    ) -> Normal:
        """Filter on vitals up to each step t and on reports up to t - delay."""
        _, without = filter_forward(vitals, offsets, self.parameters_)
        _, both = filter_forward(together(vitals, reports), offsets, self.parameters_)
        place = np.arange(offsets[-1]) - np.repeat(offsets[:-1], np.diff(offsets))
        rows = np.flatnonzero(place >= delay)
        now = Normal(both.mean[rows - delay], both.variance[rows - delay])
        for behind in range(delay - 1, -1, -1):
            here = Information(vitals.precision[rows - behind], vitals.weighted[rows - behind])
            now = update(predict(now, self.parameters_), here)
        without.mean[rows], without.variance[rows] = now.mean, now.variance
        return without

    def _probabilities(self, level: Normal) -> Floats:
        deviation = np.sqrt(level.variance + self.parameters_.report_variance)
        return class_probabilities(level.mean, deviation, len(self.classes_))

    def _check_settings(self) -> None:
        if self.emissions not in ("labels", "joint"):
            raise InputError("emissions", repr(self.emissions)[:40], "'labels' or 'joint'")
        require_number("variance_floor", self.variance_floor, np.finfo(float).tiny)
        require_number("n_iter", self.n_iter, 1, whole=True)
        if self.tol is not None:
            require_number("tol", self.tol, 0.0)

    def _to_storage(self) -> tuple[dict[str, Any], dict[str, Floats]]:
        check_is_fitted(self, "parameters_")
        header = {
            "classes": self.classes_.tolist(),
            "settings": self.get_params(),
            "outcome": self.outcome_.to_dict(),
        }
        return header, self.parameters_.to_arrays()

    @classmethod
    def _from_storage(cls, header: Mapping[str, Any], arrays: Mapping[str, Floats]) -> Self:
        """Rebuild what ``save`` wrote."""
        model = cls(**read_settings(header, cls().get_params()))
        with stored_settings():
            model._check_settings()
        model.classes_ = read_classes(header)
        if (outcome := read_outcome(header)) is not None:
            model.outcome_ = outcome
        expect_arrays(arrays, {field.name for field in fields(StateSpaceParameters)})
        model.parameters_ = StateSpaceParameters(**arrays)
        model.n_features_in_ = len(model.parameters_.levels)
        return model

    def __sklearn_tags__(self) -> Any:
        """Declare that NaN is allowed, and that classes whose numbers mean no order are not."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.classifier_tags.poor_score = True
        return tags


def _append_nothing(information: Information, ends: Ints) -> Information:
    """Insert steps that say nothing after the end of each sequence."""
    return Information(
        np.insert(information.precision, ends, 0.0), np.insert(information.weighted, ends, 0.0)
    )
