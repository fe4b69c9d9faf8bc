"""The strong ordinary baseline: gradient-boosted trees on lagged vitals and earlier reports."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import ThreadpoolController

from dolorimeter.core import InputError

from .arguments import Ints, encode_labels, require_number, sequence_offsets
from .reading import read_features, read_training

Floats = NDArray[np.float64]
# Fixed, not tuned: for about a thousand labeled windows, shallow trees and slow steps. Early
# stopping would split windows of one stay between training and validation, so there is none.
SETTINGS = {
    "learning_rate": 0.08,
    "max_iter": 60,
    "max_leaf_nodes": 8,
    "min_samples_leaf": 20,
    "l2_regularization": 1.0,
    "max_bins": 63,
    "early_stopping": False,
}
EXPECTED_FAILED_CHECKS = {
    "check_classifiers_classes": "it uses -1 as a class; here -1 means that the class is unknown",
}


class BoostingBaseline(ClassifierMixin, BaseEstimator):
    """Gradient boosting on what is known at each window, never on what comes later.

    Features of window t are its vitals and those of the ``lags`` windows before it in the same
    stay; with ``reports`` also the last pain report before t, its age in windows, and the mean and
    the highest of all reports before t. Missing values go through scikit-learn's
    ``HistGradientBoostingClassifier`` as they are. It is trained on the labeled windows. It cannot
    be saved: that would take a pickle.

    Parameters
    ----------
    vitals : bool, default True
        Use the vitals; without them the history of reports stands alone.
    reports : bool, default False
        Use earlier reports, strictly before t.
    lags : int, default 3
        Earlier windows whose vitals are features.
    random_state : int, RandomState or None, default None
        Seed of the boosting.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The classes.
    model_ : HistGradientBoostingClassifier
        The fitted trees.
    """

    def __init__(
        self,
        vitals: bool = True,
        reports: bool = False,
        lags: int = 3,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.vitals = vitals
        self.reports = reports
        self.lags = lags
        self.random_state = random_state

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        lengths: ArrayLike | None = None,
        reports: ArrayLike | None = None,
    ) -> Self:
        """Train on the labeled windows.

        Parameters
        ----------
        X : array-like of shape (n_steps, n_features)
            Vitals, NaN where missing.
        y : array-like of shape (n_steps,)
            Classes; -1 where unknown.
        lengths : array-like of shape (n_sequences,), optional
            Steps of each stay.
        reports : array-like of shape (n_steps,), optional
            Pain score of each window, NaN where none was reported. Needed if the constructor says
            so, ignored otherwise.

        Returns
        -------
        BoostingBaseline
            Itself.

        Raises
        ------
        InputError
            If nothing is to be used, reports are needed and absent, or a class has no label.
        """
        data, given = read_training(self, X, y)
        if not (self.vitals or self.reports):
            raise InputError("vitals, reports", "both off", "at least one of them")
        require_number("lags", self.lags, 0, whole=True)
        labels, self.classes_ = encode_labels(given)
        features = self._features(data, lengths, reports)
        labeled = labels >= 0
        if labeled.sum() < 2:
            raise InputError("y", "1 sample with a label", "at least two")
        model = HistGradientBoostingClassifier(random_state=self.random_state, **SETTINGS)
        with _one_thread():
            self.model_ = model.fit(features[labeled], labels[labeled])
        return self

    def predict_proba(
        self,
        X: ArrayLike,
        lengths: ArrayLike | None = None,
        reports: ArrayLike | None = None,
    ) -> Floats:
        """Return the probability of each class, from nothing later than the window.

        Parameters
        ----------
        X : array-like of shape (n_steps, n_features)
            Vitals, NaN where missing.
        lengths : array-like of shape (n_sequences,), optional
            Steps of each stay.
        reports : array-like of shape (n_steps,), optional
            Pain score of each window, NaN where none; window t uses those before t.

        Returns
        -------
        ndarray of shape (n_steps, n_classes)
            Rows sum to one.
        """
        data = read_features(self, X)
        features = self._features(data, lengths, reports)
        if len(self.classes_) == 1:
            return np.ones((len(data), 1))
        with _one_thread():
            return self.model_.predict_proba(features)

    def filter(
        self,
        X: ArrayLike,
        lengths: ArrayLike | None = None,
        known: ArrayLike | None = None,  # noqa: ARG002 - the interface of the sequence models
        delay: int = 1,  # noqa: ARG002
        reports: ArrayLike | None = None,
    ) -> Floats:
        """Return the same as ``predict_proba``, which never looks ahead.

        Parameters
        ----------
        X : array-like of shape (n_steps, n_features)
            Vitals, NaN where missing.
        lengths : array-like of shape (n_sequences,), optional
            Steps of each stay.
        known : array-like of shape (n_steps,), optional
            Ignored: what boosting knows of the past it takes from ``reports``.
        delay : int, default 1
            Ignored.
        reports : array-like of shape (n_steps,), optional
            Pain score of each window, NaN where none.

        Returns
        -------
        ndarray of shape (n_steps, n_classes)
            Rows sum to one.
        """
        return self.predict_proba(X, lengths, reports)

    def predict(
        self,
        X: ArrayLike,
        lengths: ArrayLike | None = None,
        reports: ArrayLike | None = None,
    ) -> NDArray[Any]:
        """Return the most probable class of each window.

        Parameters
        ----------
        X : array-like of shape (n_steps, n_features)
            Vitals, NaN where missing.
        lengths : array-like of shape (n_sequences,), optional
            Steps of each stay.
        reports : array-like of shape (n_steps,), optional
            Pain score of each window, NaN where none.

        Returns
        -------
        ndarray of shape (n_steps,)
            Of ``classes_``.
        """
        chosen = self.predict_proba(X, lengths, reports).argmax(axis=1)
        return self.classes_[chosen]

    def _features(
        self, data: Floats, lengths: ArrayLike | None, reports: ArrayLike | None
    ) -> Floats:
        """Lay out what is known at each window."""
        offsets = sequence_offsets(lengths, len(data))
        blocks = [lagged(data, offsets, self.lags)] if self.vitals else []
        if self.reports:
            blocks.append(report_history(_checked_reports(reports, len(data)), offsets))
        return np.concatenate(blocks, axis=1)

    def __sklearn_tags__(self) -> Any:
        """Declare that NaN is allowed."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


def lagged(features: Floats, offsets: Ints, lags: int) -> Floats:
    """Put the rows of earlier steps of the same sequence beside each step's own.

    Parameters
    ----------
    features : ndarray of shape (n_steps, n_features)
        Any values.
    offsets : ndarray of shape (n_sequences + 1,)
        Where sequences start.
    lags : int
        How many steps back.

    Returns
    -------
    ndarray of shape (n_steps, n_features * (lags + 1))
        The step itself first; NaN before a sequence's first step.
    """
    n_steps = len(features)
    place = np.arange(n_steps) - np.repeat(offsets[:-1], np.diff(offsets))
    blocks = [features]
    for lag in range(1, lags + 1):
        earlier = np.maximum(np.arange(n_steps) - lag, 0)
        blocks.append(np.where((place >= lag)[:, None], features[earlier], np.nan))
    return np.concatenate(blocks, axis=1)


def report_history(reports: Floats, offsets: Ints) -> Floats:
    """Describe the reports of a sequence strictly before each step.

    Parameters
    ----------
    reports : ndarray of shape (n_steps,)
        Pain score, NaN where none was reported.
    offsets : ndarray of shape (n_sequences + 1,)
        Where sequences start.

    Returns
    -------
    ndarray of shape (n_steps, 4)
        Last report, its age in steps, mean and highest; NaN before the first report.
    """
    history = np.full((len(reports), 4), np.nan)
    for start, end in pairwise(offsets):
        history[start + 1 : end] = _before_next(reports[start : end - 1])
    return history


def _one_thread() -> Any:
    """Keep OpenMP to one thread: on fits this small, threads that wait for a core cost more."""
    return _openmp().limit(limits=1)


@cache
def _openmp() -> Any:
    """Find the OpenMP libraries, which takes ten milliseconds, once."""
    return ThreadpoolController().select(user_api="openmp")


def _before_next(past: Floats) -> Floats:
    """Describe the reports up to and with each step, as the step after it sees them."""
    given = ~np.isnan(past)
    latest = np.maximum.accumulate(np.where(given, np.arange(len(past)), -1))
    counts = np.cumsum(given)
    described = np.full((len(past), 4), np.nan)
    some = latest >= 0
    described[some, 0] = past[latest[some]]
    described[some, 1] = (np.arange(len(past)) - latest)[some] + 1
    described[some, 2] = np.cumsum(np.where(given, past, 0.0))[some] / counts[some]
    described[:, 3] = np.fmax.accumulate(past)
    return described


def _checked_reports(reports: ArrayLike | None, n_steps: int) -> Floats:
    rule = f"a pain score for each window, NaN where none: shape ({n_steps},)"
    if reports is None:
        raise InputError("reports", "none given", rule, "This model uses the history of reports.")
    scores = np.asarray(reports, dtype=np.float64)
    if scores.shape != (n_steps,) or np.isinf(scores).any():
        raise InputError("reports", f"shape {scores.shape}, or an infinite value", rule)
    return scores
