"""How well held-out predictions meet the target, for one labelling or many."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints

from .arguments import nearest
from .schemes import Scheme
from .targets import Target

CLASS_METRICS = ("accuracy", "balanced-accuracy")
NUMBER_METRICS = ("r2", "correlation")
Values = NDArray[Any]


def choose_metric(metric: str | None, target: Target, scheme: Scheme) -> str:
    """Return the metric that was asked for, or the default.

    Parameters
    ----------
    metric : str or None
        A name; by default ``"accuracy"`` for classes, ``"r2"`` for numbers.
    target : Target
        What is predicted.
    scheme : Scheme
        The folds.

    Returns
    -------
    str
        The metric.

    Raises
    ------
    InputError
        If it is unknown, or not one for this target and scheme.
    """
    known = CLASS_METRICS if target.is_classes else NUMBER_METRICS
    if metric is None:
        return known[0]
    if metric not in known:
        raise nearest("metric", metric, known)
    if scheme.all_pairs and metric != "accuracy":
        raise InputError("metric", repr(metric), "'accuracy' where all pairs are tested")
    return metric


def score(metric: str, predicted: Values, values: Values, scheme: Scheme) -> Floats:
    """Score all held-out predictions of each labelling together.

    Parameters
    ----------
    metric : str
        ``"accuracy"``: share of right predictions. ``"balanced-accuracy"``: mean over classes of
        that share. ``"r2"``: 1 less the squared errors over those of the training folds' means.
        ``"correlation"``: Pearson's, over all samples where they are tested one by one, else the
        mean over the folds in which it is defined.
    predicted : ndarray of shape (b, n)
        Held-out class codes or numbers.
    values : ndarray of shape (b, n)
        The target of each labelling.
    scheme : Scheme
        The folds, of which each sample is in one.

    Returns
    -------
    ndarray of shape (b,), float64
        Scores; NaN where undefined.
    """
    if metric == "accuracy":
        return np.mean(predicted == values, axis=1)
    if metric == "balanced-accuracy":
        return _balanced(predicted, values)
    if metric == "r2":
        away = values - training_means(values, scheme)
        return _share_explained(((values - predicted) ** 2).sum(axis=1), (away**2).sum(axis=1))
    if scheme.unit == "trial":
        return _correlation(predicted, values)
    by_fold = [_correlation(predicted[:, test], values[:, test]) for test in scheme.tests]
    return _mean_defined(np.array(by_fold))


def score_folds(metric: str, predicted: Values, values: Values, scheme: Scheme) -> Floats:
    """Score the held-out predictions of each fold by itself.

    Parameters
    ----------
    metric : str
        As for :func:`score`.
    predicted : ndarray of shape (n,)
        Held-out class codes or numbers.
    values : ndarray of shape (n,)
        The target.
    scheme : Scheme
        The folds, of which each sample is in one.

    Returns
    -------
    ndarray of shape (n_folds,), float64
        NaN where a fold has too few samples for the metric.
    """
    means = training_means(values[None], scheme)[0]
    found = np.empty(len(scheme))
    for i, test in enumerate(scheme.tests):
        pred, true = predicted[None, test], values[None, test]
        if metric == "accuracy":
            found[i] = np.mean(pred == true)
        elif metric == "balanced-accuracy":
            found[i] = _balanced(pred, true)[0]
        elif metric == "r2":
            away = ((true - means[test]) ** 2).sum(axis=1)
            found[i] = _share_explained(((true - pred) ** 2).sum(axis=1), away)[0]
        else:
            found[i] = _correlation(pred, true)[0]
    return found


def training_means(values: Values, scheme: Scheme) -> Floats:
    """Return for each sample the mean of the target over the training samples of its fold.

    Parameters
    ----------
    values : ndarray of shape (b, n)
        Targets in rows.
    scheme : Scheme
        The folds, of which each sample is in one.

    Returns
    -------
    ndarray of shape (b, n), float64
        Means.
    """
    n = values.shape[1]
    total = values.sum(axis=1, keepdims=True)
    if len(scheme) == n:
        return (total - values) / (n - 1)
    means = np.empty(values.shape)
    for test in scheme.tests:
        inside = values[:, test].sum(axis=1, keepdims=True)
        means[:, test] = (total - inside) / (n - len(test))
    return means


def _balanced(predicted: Values, values: Values) -> Floats:
    shares = []
    for k in np.unique(values):
        inside = values == k
        n_inside = inside.sum(axis=1)
        right = ((predicted == k) & inside).sum(axis=1)
        shares.append(np.where(n_inside > 0, right / np.maximum(n_inside, 1), np.nan))
    return _mean_defined(np.array(shares))


def _share_explained(squares: Floats, total: Floats) -> Floats:
    explained = 1.0 - squares / np.where(total > 0.0, total, 1.0)
    return np.where(total > 0.0, explained, np.nan)


def _correlation(predicted: Values, values: Values) -> Floats:
    """Pearson's correlation of each row; NaN where a side does not vary."""
    x = predicted - predicted.mean(axis=1, keepdims=True)
    y = values - values.mean(axis=1, keepdims=True)
    norm = np.sqrt((x**2).sum(axis=1) * (y**2).sum(axis=1))
    return np.where(norm > 0.0, (x * y).sum(axis=1) / np.where(norm > 0.0, norm, 1.0), np.nan)


def _mean_defined(rows: Floats) -> Floats:
    """Mean over rows (m, b) of what is not NaN; NaN where nothing is."""
    defined = ~np.isnan(rows)
    count = defined.sum(axis=0)
    total = np.where(defined, rows, 0.0).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def pair_fold_scores(chosen: Ints, codes: Ints, scheme: Scheme) -> Floats:
    """Return for each pair the share of its two samples that are predicted right.

    Parameters
    ----------
    chosen : ndarray of shape (n_pairs, 2), int64
        Classes predicted for the samples of each pair.
    codes : ndarray of shape (n,), int64
        Classes.
    scheme : Scheme
        All pairs.

    Returns
    -------
    ndarray of shape (n_pairs,), float64
        0, 0.5 or 1.
    """
    return np.mean(chosen == codes[np.array(scheme.tests)], axis=1)
