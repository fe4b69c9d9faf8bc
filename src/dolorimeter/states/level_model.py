"""What can be asked of a fitted model of a hidden pain level."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from .arguments import check_known, possible_classes, require_number, sequence_offsets
from .kalman import Normal, filter_forward, log_evidence, smooth_backward, update
from .level_filter import LiveLevel, filter_delayed, live_step, surplus
from .linear_gaussian import (
    Floats,
    Information,
    Ints,
    StateSpaceParameters,
    report_information,
    vitals_information,
)
from .ordinal import class_probabilities
from .reading import read_features

EXPECTED_FAILED_CHECKS = {
    "check_classifiers_classes": "it uses -1 as a class; here -1 means that the class is unknown",
    "check_methods_sample_order_invariance": "the windows of a stay have an order",
    "check_methods_subset_invariance": "a window is judged by its neighbors in the stay",
}


class LevelModel(ClassifierMixin, BaseEstimator):
    """A fitted state-space model, scikit-learn's way; ``parameters_`` is all it knows.

    ``predict`` takes the argmax of the smoothed probabilities, which look ahead within the stay;
    ``filter`` does not.
    """

    parameters_: StateSpaceParameters
    classes_: NDArray[Any]

    def predict_proba(
        self,
        X: ArrayLike,
        lengths: ArrayLike | None = None,
        known: ArrayLike | None = None,
        delay: int = 1,
    ) -> Floats:
        """Return the probability of each class given all vitals of the stay (smoothed).

        Parameters
        ----------
        X : array-like of shape (n_steps, n_features)
            Vitals, NaN where missing.
        lengths : array-like of shape (n_sequences,), optional
            Steps of each stay.
        known : array-like of shape (n_steps,), optional
            Class index of each step, -1 where unknown; used at later steps only.
        delay : int, default 1
            The class of step s is used from step s + delay on.

        Returns
        -------
        ndarray of shape (n_steps, n_classes)
            Rows sum to one.
        """
        offsets, vitals, reports = self._observe(X, lengths, known, delay)
        forward = filter_forward(vitals, offsets, self.parameters_)
        level, _ = smooth_backward(*forward, offsets, self.parameters_)
        if known is not None:
            # What later vitals say is what smoothing by vitals alone adds to filtering by them.
            later = surplus(level, forward[1])
            level = update(filter_delayed(offsets, vitals, reports, delay, self.parameters_), later)
        return self._probabilities(level)

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
        offsets, vitals, reports = self._observe(X, lengths, known, delay)
        return self._probabilities(
            filter_delayed(offsets, vitals, reports, delay, self.parameters_)
        )

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
        offsets, vitals, reports = self._observe(X, lengths, known, delay)
        ends = np.repeat(offsets[1:], steps)
        vitals, reports = _append_nothing(vitals, ends), _append_nothing(reports, ends)
        later = offsets + steps * np.arange(len(offsets))
        probabilities = self._probabilities(
            filter_delayed(later, vitals, reports, delay, self.parameters_)
        )
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

    def score(
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
            Steps of each stay.

        Returns
        -------
        float
            In nats, over all stays; a class counts as the density of its number.
        """
        data = read_features(self, X)
        sets = possible_classes(y, self.classes_, len(data))
        numbers = np.where(sets.all(axis=1), -1, sets.argmax(axis=1))
        return log_evidence(data, numbers, sequence_offsets(lengths, len(data)), self.parameters_)

    def start(self, delay: int = 1) -> LiveLevel:
        """Return the state before the first step of a stay that is watched live.

        Parameters
        ----------
        delay : int, default 1
            Steps after which a class is known.

        Returns
        -------
        LiveLevel
            For ``step``.
        """
        check_is_fitted(self, "parameters_")
        require_number("delay", delay, 1, whole=True)
        first = self.parameters_.start_mean, self.parameters_.start_variance
        return LiveLevel(Normal(*(np.atleast_1d(value) for value in first)), (), delay)

    def step(self, state: LiveLevel, row: ArrayLike, known: int = -1) -> tuple[LiveLevel, Floats]:
        """Take in one step of a stay that is watched live.

        Parameters
        ----------
        state : LiveLevel
            What ``start`` or the last step returned.
        row : array-like of shape (n_features,)
            Vitals of this step, NaN where missing.
        known : int, default -1
            Index of the class of the step ``delay - 1`` steps back, known from the next step on.

        Returns
        -------
        state : LiveLevel
            For the next step.
        posterior : ndarray of shape (n_classes,)
            What ``filter`` would say of this step, to the last bit.
        """
        _, vitals, reports = self._observe(np.asarray(row)[None], None, [known], state.delay)
        state, now = live_step(state, vitals, reports, self.parameters_)
        return state, self._probabilities(now)[0]

    def _observe(
        self, X: ArrayLike, lengths: ArrayLike | None, known: ArrayLike | None, delay: int
    ) -> tuple[Ints, Information, Information]:
        """Check what is given and turn it into information about the level."""
        data = read_features(self, X)
        require_number("delay", delay, 1, whole=True)
        labels = check_known(known, len(data), len(self.classes_))
        vitals, _ = vitals_information(data, self.parameters_)
        reports, _ = report_information(labels, float(self.parameters_.report_variance))
        return sequence_offsets(lengths, len(data)), vitals, reports

    def _probabilities(self, level: Normal) -> Floats:
        deviation = np.sqrt(level.variance + self.parameters_.report_variance)
        return class_probabilities(level.mean, deviation, len(self.classes_))

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
