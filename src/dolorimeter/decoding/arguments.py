"""What cross-validation demands of features, names and choices, said once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats


def read_features(X: ArrayLike, n_samples: int) -> Floats:
    """Read features without copying them where they are float64 already.

    Parameters
    ----------
    X : array-like of shape (n, p)
        Whether they are finite is left to whoever computes with them, see
        :func:`refuse_not_finite`.
    n_samples : int
        The n that the target has.

    Returns
    -------
    ndarray of shape (n, p), float64
        The same.

    Raises
    ------
    InputError
        If they are not a matrix of n rows, or not numbers.
    """
    given = np.asarray(X)
    if given.dtype.kind not in "iufb":
        raise InputError("X", f"values of type {given.dtype}", "numbers")
    if given.ndim != 2 or given.shape[0] != n_samples or given.shape[1] == 0:
        rule = f"one row a sample, shape ({n_samples}, n_features)"
        raise InputError("X", f"shape {given.shape}", rule)
    return given.astype(np.float64, copy=False)


def refuse_not_finite(features: Floats) -> None:
    """Say which feature of which sample is not finite.

    Parameters
    ----------
    features : ndarray of shape (n, p)
        Features.

    Raises
    ------
    InputError
        If one is NaN or infinite.
    """
    bad = ~np.isfinite(features)
    if bad.any():
        row, column = np.argwhere(bad)[0]
        raise InputError(
            "X",
            f"{int(bad.sum())} values not finite, the first in sample {row}, feature {column}",
            "finite numbers",
            "Leave such features or samples out, or mask them.",
        )


def read_names(where: str, names: ArrayLike, n_samples: int) -> NDArray[np.generic]:
    """Read one name a sample: groups, blocks, subjects.

    Parameters
    ----------
    where : str
        What the error calls them.
    names : array-like of shape (n,)
        Names of any kind.
    n_samples : int
        The n that the target has.

    Returns
    -------
    ndarray of shape (n,)
        The same.

    Raises
    ------
    InputError
        If there are more or fewer, or a name is missing.
    """
    given = np.asarray(names)
    if given.shape != (n_samples,):
        raise InputError(where, f"shape {given.shape}", f"one name a sample, shape ({n_samples},)")
    if given.dtype.kind == "f" and np.isnan(given).any():
        raise InputError(where, "a missing name (NaN)", "a name for each sample")
    return given.astype(str) if given.dtype.kind == "O" else given


def nearest(where: str, given: object, known: Iterable[str]) -> InputError:
    """Return the error for an unknown name, with the nearest right one as its remedy.

    Parameters
    ----------
    where : str
        The argument at fault.
    given : object
        What it was.
    known : iterable of str
        What would have been accepted.

    Returns
    -------
    InputError
        To be raised.
    """
    names = list(known)
    close = difflib.get_close_matches(str(given), names, n=1, cutoff=0.0)
    remedy = f"Did you mean {close[0]!r}?" if close else ""
    return InputError(where, repr(given), "one of " + ", ".join(names), remedy)


def read_alpha(regularization: float) -> float:
    """Read the penalty of ridge regression.

    Parameters
    ----------
    regularization : float
        scikit-learn's alpha.

    Returns
    -------
    float
        The same.

    Raises
    ------
    InputError
        If it is not a finite number of at least 0.
    """
    number = isinstance(regularization, int | float | np.integer | np.floating)
    if not number or not 0.0 <= float(regularization) < np.inf:
        raise InputError("regularization", repr(regularization), "a finite number of at least 0")
    return float(regularization)
