"""Confusion matrices and the classwise metrics of Panaggio et al. 2021, section 4.3."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints

from .checks import check_labels, check_length


def classification_metrics(
    labels: ArrayLike, predicted: ArrayLike, n_classes: int | None = None
) -> dict[str, float]:
    """Score class decisions; see :func:`metrics_from_confusion` for the definitions.

    Parameters
    ----------
    labels : array-like of shape (n,), int
        True classes; none unknown.
    predicted : array-like of shape (n,), int
        Decided classes.
    n_classes : int, optional
        K. By default one more than the highest class that occurs.

    Returns
    -------
    dict of float
        ``accuracy, precision, recall, f1, f1_of_means, weighted_precision, weighted_recall,
        weighted_f1``; NaN without examples.

    Raises
    ------
    InputError
        If a class lies outside 0 … K - 1, or lengths differ.

    Examples
    --------
    >>> scores = classification_metrics([0, 0, 1, 1], [0, 1, 1, 1])
    >>> scores["accuracy"], round(scores["f1"], 4)
    (0.75, 0.7333)
    """
    if n_classes is None:
        n_classes = 1 + max(_highest(labels, "labels"), _highest(predicted, "predicted"))
    scores = metrics_from_confusion(confusion_matrix(labels, predicted, n_classes))
    return {name: float(value) for name, value in scores.items()}


def confusion_matrix(labels: ArrayLike, predicted: ArrayLike, n_classes: int) -> Ints:
    """Count examples by true and decided class.

    Parameters
    ----------
    labels : array-like of shape (n,), int
        True classes; none unknown.
    predicted : array-like of shape (n,), int
        Decided classes.
    n_classes : int
        K.

    Returns
    -------
    ndarray of shape (K, K), int64
        Rows are true classes, columns are decided ones.

    Raises
    ------
    InputError
        If a class lies outside 0 … K - 1, or lengths differ.
    """
    true = check_labels(labels, n_classes)
    decided = check_labels(check_length(predicted, len(true), "predicted"), n_classes, "predicted")
    cells = np.bincount(true * n_classes + decided, minlength=n_classes**2)
    return cells.reshape(n_classes, n_classes).astype(np.int64)


def metrics_from_confusion(confusion: ArrayLike) -> dict[str, Floats]:
    """Score confusion matrices, any number at once.

    With true positives t, row sums n and column sums m of a class: precision t / m (0 for a class
    never decided), recall t / n, F1 2t / (n + m). Macro averages run over the classes that occur
    in the truth; weighted ones weigh these by n. ``f1`` is the mean of the classes' F1
    (Panaggio et al. 2021, section 4.3), ``f1_of_means`` the harmonic mean of macro precision and
    macro recall: the first can fall below both of these, as Table 7 of the paper shows.

    Parameters
    ----------
    confusion : array-like of shape (..., K, K)
        Rows true, columns decided; counts, or expected counts.

    Returns
    -------
    dict of ndarray of shape (...,), float64
        ``accuracy, precision, recall, f1, f1_of_means, weighted_precision, weighted_recall,
        weighted_f1``; NaN where a matrix is empty.

    Raises
    ------
    InputError
        If the last two axes differ, or a count is negative or not finite.

    Examples
    --------
    The paper's Table 7, with 10 examples a class:

    >>> scores = metrics_from_confusion([[1, 0, 9], [0, 1, 9], [0, 0, 10]])
    >>> [round(float(scores[m]), 3) for m in ("precision", "recall", "f1", "f1_of_means")]
    [0.786, 0.4, 0.297, 0.53]
    """
    counts = _counts(confusion)
    hits = np.diagonal(counts, axis1=-2, axis2=-1)
    true, decided = counts.sum(axis=-1), counts.sum(axis=-2)
    precision, recall = _ratio(hits, decided), _ratio(hits, true)
    f1 = _ratio(2.0 * hits, true + decided)
    total = true.sum(axis=-1)
    present = (true > 0).astype(np.float64)
    macro = {"precision": precision, "recall": recall, "f1": f1}
    scores = {"accuracy": _ratio(hits.sum(axis=-1), total)}
    scores |= {name: _average(value, present) for name, value in macro.items()}
    both = scores["precision"] * scores["recall"]
    scores["f1_of_means"] = _ratio(2.0 * both, scores["precision"] + scores["recall"])
    scores |= {f"weighted_{name}": _average(value, true) for name, value in macro.items()}
    return {name: np.where(total > 0, value, np.nan) for name, value in scores.items()}


def _highest(classes: ArrayLike, name: str) -> int:
    return int(check_labels(classes, None, name).max(initial=0))


def _counts(confusion: ArrayLike) -> Floats:
    counts = np.asarray(confusion, dtype=np.float64)
    if counts.ndim < 2 or counts.shape[-1] != counts.shape[-2]:
        raise InputError("confusion", f"shape {counts.shape}", "shape (..., K, K)")
    if not np.isfinite(counts).all() or (counts < 0).any():
        raise InputError("confusion", "a negative count or one not finite", "counts from 0 up")
    return counts


def _ratio(part: Floats, whole: Floats) -> Floats:
    """Divide, with 0 where there is nothing to divide by."""
    return np.divide(part, whole, out=np.zeros(np.shape(whole)), where=np.asarray(whole) > 0)


def _average(values: Floats, weights: Floats) -> Floats:
    return _ratio((values * weights).sum(axis=-1), weights.sum(axis=-1))
