"""What is to be predicted: classes or numbers, checked at the door."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral, Real

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints

# Objects are read as the first of these that they all are; the rest are names.
KINDS = ((np.bool_, bool | np.bool_), (np.int64, Integral), (np.float64, Real))


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be predicted.

    Attributes
    ----------
    values : ndarray of shape (n,)
        Class codes 0 … K - 1 (int64), or numbers (float64).
    labels : ndarray of shape (K,)
        The classes as they were given, in ascending order; empty for numbers.
    """

    values: Ints | Floats
    labels: NDArray[np.generic]

    @property
    def is_classes(self) -> bool:
        """Whether classes are to be predicted, not numbers."""
        return len(self.labels) > 0

    @property
    def codes(self) -> Ints:
        """Class codes, shape (n,)."""
        return self.values.astype(np.int64, copy=False)

    def __len__(self) -> int:
        """Return the number of samples."""
        return len(self.values)

    def decode(self, predicted: Ints | Floats) -> NDArray[np.generic]:
        """Return predictions as the target was given.

        Parameters
        ----------
        predicted : ndarray
            Class codes, or numbers.

        Returns
        -------
        ndarray
            Class labels, or the same numbers.
        """
        return self.labels[predicted] if self.is_classes else predicted


def read_classes(y: ArrayLike) -> Target:
    """Read a target of classes.

    Parameters
    ----------
    y : array-like of shape (n,)
        Names or whole numbers.

    Returns
    -------
    Target
        Codes and labels.

    Raises
    ------
    InputError
        If a label is missing, there are fewer than two classes, or labels are numbers that are not
        whole.
    """
    given = _one_dimensional(y)
    if given.dtype.kind == "f":
        numbers = given.astype(np.float64)
        broken = ~np.isfinite(numbers) | (numbers != np.round(numbers))
        if broken.any():
            raise InputError(
                "y",
                f"{given[broken][0]} as a class",
                "whole numbers or names as classes",
                'For a number to predict use estimator="ridge"; else name the classes.',
            )
    labels, codes = np.unique(given, return_inverse=True)
    if len(labels) < 2:
        found = f"one class only ({labels[0]!r})" if len(labels) else "no sample"
        raise InputError("y", found, "samples of at least two classes")
    return Target(codes.astype(np.int64), labels)


def read_numbers(y: ArrayLike) -> Target:
    """Read a target of numbers.

    Parameters
    ----------
    y : array-like of shape (n,)
        Finite numbers, not all the same.

    Returns
    -------
    Target
        Without labels.

    Raises
    ------
    InputError
        If something is not a finite number, or all are equal.
    """
    given = _one_dimensional(y)
    if given.dtype.kind not in "iufb":
        rule, remedy = "numbers to predict", 'For classes use estimator="lda".'
        raise InputError("y", f"{given.flat[0]!r}" if given.size else "no sample", rule, remedy)
    values = given.astype(np.float64)
    if not np.isfinite(values).all():
        row = int(np.flatnonzero(~np.isfinite(values))[0])
        remedy = "Leave samples without a target out."
        raise InputError("y", f"{values[row]} in sample {row}", "finite numbers", remedy)
    if len(values) < 2 or np.ptp(values) == 0.0:
        raise InputError("y", "the same number everywhere", "a target that varies")
    return Target(values, np.empty(0))


def _one_dimensional(y: ArrayLike) -> NDArray[np.generic]:
    given = np.asarray(y)
    if given.ndim != 1:
        raise InputError("y", f"shape {given.shape}", "one value a sample, shape (n,)")
    if given.dtype.kind == "U" and not isinstance(y, np.ndarray):
        given = np.asarray(y, dtype=object)  # NumPy turns a list's NaN among names into "nan"
    return _of_one_kind(given) if given.dtype.kind == "O" else given


def _of_one_kind(given: NDArray[np.generic]) -> NDArray[np.generic]:
    """Read objects as what they all are; refuse the missing ones, which have no class."""
    missing = np.asarray(pd.isna(given))
    if missing.any():
        found = f"{missing.sum()} missing, the first in sample {np.flatnonzero(missing)[0]}"
        remedy = "Leave samples without a label out."
        raise InputError("y", found, "a label or number for each sample", remedy)
    for kind, known in KINDS:
        if len(given) and all(isinstance(value, known) for value in given):
            return given.astype(kind)
    return given.astype(str)
