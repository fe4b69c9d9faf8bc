"""What evaluation demands of labels and probabilities, said once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints

SUM_TOLERANCE = 1e-6  # single-precision posteriors pass, raw scores do not


def check_labels(labels: ArrayLike, n_classes: int | None = None, name: str = "labels") -> Ints:
    """Return labels as integers, or refuse them.

    Parameters
    ----------
    labels : array-like of shape (n,)
        Known classes.
    n_classes : int, optional
        K; labels run from 0 to K - 1. Without it any number of classes will do.
    name : str, default "labels"
        What the error calls them.

    Returns
    -------
    ndarray of shape (n,), int64
        The same.

    Raises
    ------
    InputError
        If they are not one-dimensional integers from 0 to K - 1. Unknown labels (-1) are refused,
        since a score of them would be a score of nothing.
    """
    array = np.asarray(labels)
    if array.ndim != 1 or (array.dtype.kind not in "iub" and array.size):
        found = f"shape {array.shape}, {array.dtype}"
        raise InputError(name, found, "one integer class for each example")
    outside = array < 0 if n_classes is None else (array < 0) | (array >= n_classes)
    if outside.any():
        raise InputError(
            name,
            f"class {array[outside][0]}",
            "classes from 0 up" if n_classes is None else f"classes from 0 to {n_classes - 1}",
            "Leave out examples whose class is unknown (-1).",
        )
    return array.astype(np.int64)


def check_probabilities(probabilities: ArrayLike) -> Floats:
    """Return posteriors as floats, or refuse them.

    Parameters
    ----------
    probabilities : array-like of shape (n, K)
        A probability for each class, K >= 2. Rows sum to one within 1e-6.

    Returns
    -------
    ndarray of shape (n, K), float64
        The same, not rescaled.

    Raises
    ------
    InputError
        If the shape is wrong, or a row is not finite, has a negative value or another sum.
    """
    array = np.asarray(probabilities, dtype=np.float64)
    if array.ndim != 2 or array.shape[1] < 2:
        found = f"shape {array.shape}"
        raise InputError("probabilities", found, "shape (n, K) with K at least 2")
    _require_rows(array, np.isfinite(array), "finite numbers", "Unknown? Give the class prior.")
    _require_rows(array, array >= 0, "no negative value", "")
    off = np.abs(array.sum(axis=1, keepdims=True) - 1.0)
    _require_rows(array, off <= SUM_TOLERANCE, "a sum of one", "Divide each row by its sum.")
    return array


def check_length(values: ArrayLike, n: int, name: str) -> NDArray[Any]:
    """Return one value for each example as an array, or refuse them.

    Parameters
    ----------
    values : array-like of shape (n,)
        Such as groups or folds.
    n : int
        Number of examples.
    name : str
        What the error calls them.

    Returns
    -------
    ndarray of shape (n,)
        The same.

    Raises
    ------
    InputError
        If the shape is another.
    """
    array = np.asarray(values)
    if array.shape != (n,):
        raise InputError(name, f"shape {array.shape}", f"one value for each example, shape ({n},)")
    return array


def _require_rows(array: Floats, good: NDArray[np.bool_], rule: str, remedy: str) -> None:
    if not good.all():
        row = int(np.argwhere(~good)[0, 0])
        raise InputError("probabilities", f"row {row} is {array[row].tolist()}", rule, remedy)
