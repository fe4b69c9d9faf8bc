"""What the estimators of this room accept beside the features, checked once at their door."""

from __future__ import annotations

import math
import numbers
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.multiclass import check_classification_targets

from dolorimeter.core import InputError

Ints = NDArray[np.int64]
UNKNOWN = -1


def sequence_offsets(lengths: ArrayLike | None, n_steps: int) -> Ints:
    """Turn lengths into offsets.

    Parameters
    ----------
    lengths : array-like of shape (n_sequences,) or None
        Steps of each sequence; None means that all steps are one sequence.
    n_steps : int
        Number of steps in all.

    Returns
    -------
    ndarray of shape (n_sequences + 1,), int64
        Sequence i is ``offsets[i]:offsets[i + 1]``.

    Raises
    ------
    InputError
        If the lengths are not positive whole numbers that add up to ``n_steps``.
    """
    sizes = np.asarray([n_steps] if lengths is None else lengths)
    whole = sizes.ndim == 1 and sizes.dtype.kind in "iu" and bool((sizes > 0).all())
    if not whole or sizes.sum() != n_steps:
        found = f"sum {sizes.sum()}" if whole else repr(lengths)[:60]
        raise InputError("lengths", found, f"positive whole numbers that add up to {n_steps}")
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def encode_labels(y: NDArray[Any]) -> tuple[Ints, NDArray[Any]]:
    """Number the classes.

    Parameters
    ----------
    y : ndarray of shape (n_steps,)
        A class for each step; where y holds numbers, -1 means unknown.

    Returns
    -------
    labels : ndarray of shape (n_steps,), int64
        Index into the classes, -1 where unknown.
    classes : ndarray of shape (n_classes,)
        The classes, ascending.

    Raises
    ------
    InputError
        If no step is labeled, or y counts its classes from 0 and skips one.
    """
    if y.dtype.kind not in "iu":
        check_classification_targets(y)
    known = y != UNKNOWN if y.dtype.kind in "iuf" else np.ones(len(y), dtype=bool)
    classes, codes = np.unique(y[known], return_inverse=True)
    if not len(classes):
        raise InputError("y", "no labeled step", "at least one label of each class")
    skipped = classes != np.arange(len(classes)) if classes.dtype.kind in "iu" else np.zeros(1)
    if classes[0] == 0 and skipped.any():
        raise InputError(
            "y", f"no step of class {np.argmax(skipped)}", f"all classes 0 … {classes[-1]}"
        )
    labels = np.full(len(y), UNKNOWN, dtype=np.int64)
    labels[known] = codes
    return labels, classes


def check_known(known: ArrayLike | None, n_steps: int, n_classes: int) -> Ints:
    """Check the classes known beforehand.

    Parameters
    ----------
    known : array-like of shape (n_steps,) or None
        Class index of each step, -1 where unknown; None means unknown throughout.
    n_steps, n_classes : int
        Number of steps and of classes.

    Returns
    -------
    ndarray of shape (n_steps,), int64
        The same.

    Raises
    ------
    InputError
        If the shape differs, or a class is not one of -1 … n_classes - 1.
    """
    labels = np.full(n_steps, UNKNOWN) if known is None else np.asarray(known)
    if labels.shape != (n_steps,) or labels.dtype.kind not in "iu":
        raise InputError("known", f"shape {labels.shape}", f"whole numbers of shape ({n_steps},)")
    outside = (labels < UNKNOWN) | (labels >= n_classes)
    if outside.any():
        raise InputError("known", f"class {labels[outside][0]}", f"-1 … {n_classes - 1}")
    return labels.astype(np.int64)


def possible_classes(y: ArrayLike | None, classes: NDArray[Any], n_steps: int) -> NDArray[np.bool_]:
    """Return the classes that labels leave possible.

    Parameters
    ----------
    y : array-like of shape (n_steps,) or None
        Classes, -1 where unknown; None means unknown throughout.
    classes : ndarray of shape (n_classes,)
        All that there are.
    n_steps : int
        Number of steps.

    Returns
    -------
    ndarray of shape (n_steps, n_classes), bool
        All of them where the class is unknown.

    Raises
    ------
    InputError
        If the shape differs, or a class is none of them.
    """
    if y is None:
        return np.ones((n_steps, len(classes)), dtype=bool)
    labels = np.asarray(y)
    if labels.shape != (n_steps,):
        raise InputError("y", f"shape {labels.shape}", f"shape ({n_steps},)")
    sets = labels[:, None] == classes
    unknown = labels == UNKNOWN if labels.dtype.kind in "iuf" else np.zeros(n_steps, dtype=bool)
    strange = ~sets.any(axis=1) & ~unknown
    if strange.any():
        rule = f"-1 or one of {', '.join(map(str, classes))}"
        raise InputError("y", f"class {labels[strange][0]}", rule)
    return np.asarray(sets | unknown[:, None])


def check_allowed(
    allowed: ArrayLike | None, labels: Ints, n_classes: int
) -> tuple[Ints, NDArray[np.bool_] | None]:
    """Check sets of possible classes against the labels.

    Parameters
    ----------
    allowed : array-like of shape (n_steps, n_classes), bool, or None
        Which classes each step may have.
    labels : ndarray of shape (n_steps,), int64
        Class index of each step, -1 where unknown.
    n_classes : int
        Number of classes.

    Returns
    -------
    labels : ndarray of shape (n_steps,), int64
        With the class of each set that leaves just one.
    allowed : ndarray of shape (n_steps, n_classes), bool, or None
        The same sets.

    Raises
    ------
    InputError
        If the shape differs, a set is empty, or a label is outside its set.
    """
    if allowed is None:
        return labels, None
    sets, shape = np.asarray(allowed), (len(labels), n_classes)
    if sets.shape != shape or sets.dtype != np.bool_:
        raise InputError("allowed", f"{sets.dtype} of shape {sets.shape}", f"bool of shape {shape}")
    known = np.flatnonzero(labels != UNKNOWN)
    contradicted = np.logical_not(sets.any(axis=1))
    contradicted[known] |= ~sets[known, labels[known]]
    if contradicted.any():
        step = int(np.argmax(contradicted))
        raise InputError("allowed", f"nothing left for step {step}", "sets that hold the label")
    return np.where(sets.sum(axis=1) == 1, sets.argmax(axis=1), labels), sets


def require_number(
    name: str, value: Any, low: float, high: float = math.inf, *, whole: bool = False
) -> None:
    """Refuse a setting that is no number, or out of its range.

    Parameters
    ----------
    name : str
        Name of the setting.
    value : number
        What the user gave.
    low, high : float
        Ends of its range, both allowed where finite.
    whole : bool, default False
        Whether it must be a whole number.

    Raises
    ------
    InputError
        If it is not such a number.
    """
    kind = numbers.Integral if whole else numbers.Real
    right = isinstance(value, kind) and not isinstance(value, bool)
    if not right or not low <= value < math.inf or not value <= high:
        sort = "whole number" if whole else "number"
        ends = f"of at least {low:g}" if math.isinf(high) else f"in {low:g} … {high:g}"
        raise InputError(name, repr(value)[:40], f"a {sort} {ends}")
