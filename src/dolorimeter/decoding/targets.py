"""What is to be predicted: classes or numbers, checked at the door."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints


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
        If there are fewer than two classes, or labels are numbers that are not whole.
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
    return given.astype(str) if given.dtype.kind == "O" else given
