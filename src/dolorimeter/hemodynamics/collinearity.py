"""How much regressors share: variance inflation, correlation, condition."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats

WARN_ABOVE = 5.0  # science 2.4
_RANK = 1e-9  # of the largest singular value; below it a direction counts as missing
_SHARE = 1e-9  # of a column in a missing direction that makes its inflation infinite


def variance_inflation(X: ArrayLike, confounds: ArrayLike | None = None) -> Floats:
    """Inflation of each estimate's variance by what its regressor shares with all others.

    ``1 / (1 - R²)`` of the column explained by the others and an intercept (Belsley, Kuh & Welsch
    1980, 3.2): 1 where nothing is shared, 5 where estimates have 5 times the variance.

    Parameters
    ----------
    X : array-like of shape (n, k)
        Regressors; an intercept is always there and must not be among them.
    confounds : array-like of shape (n, m), optional
        Further columns that explain, such as runs or drifts; they get no inflation themselves,
        and may be constant or redundant.

    Returns
    -------
    ndarray of shape (k,)
        At least 1; infinite for a column that the others explain wholly.

    Raises
    ------
    InputError
        If a column is constant or not finite, or the shapes disagree.

    Examples
    --------
    >>> variance_inflation([[0, 0], [0, 1], [1, 0], [1, 1], [1, 1]]).round(3).tolist()
    [1.029, 1.029]
    """
    columns = _standardized(X)
    if confounds is not None:
        columns = _residuals(columns, confounds)
    _, sizes, directions = np.linalg.svd(columns, full_matrices=False)
    kept = sizes > _RANK * sizes.max(initial=1.0)
    share = directions[kept] ** 2
    inflation = (share / sizes[kept, None] ** 2).sum(axis=0)
    inflation[share.sum(axis=0) < 1 - _SHARE] = np.inf
    return np.maximum(inflation, 1.0)


def correlations(X: ArrayLike) -> Floats:
    """Correlation of each pair of regressors.

    Parameters
    ----------
    X : array-like of shape (n, k)
        Regressors, none of them constant.

    Returns
    -------
    ndarray of shape (k, k)
        Symmetric, with ones on the diagonal.

    Raises
    ------
    InputError
        As :func:`variance_inflation`.
    """
    columns = _standardized(X)
    found = np.clip(columns.T @ columns, -1.0, 1.0)
    np.fill_diagonal(found, 1.0)
    return found


def condition_number(X: ArrayLike) -> float:
    """Largest over smallest singular value of the centered regressors at equal length.

    Parameters
    ----------
    X : array-like of shape (n, k)
        Regressors, none of them constant.

    Returns
    -------
    float
        1 where all are uncorrelated; infinite where they are dependent.

    Raises
    ------
    InputError
        As :func:`variance_inflation`.
    """
    sizes = np.linalg.svd(_standardized(X), compute_uv=False)
    return float(sizes[0] / sizes[-1]) if sizes[-1] > _RANK * sizes[0] else float("inf")


def _standardized(X: ArrayLike) -> Floats:
    """Columns less their mean, each of length 1."""
    given = np.asarray(X, dtype=np.float64)
    if given.ndim != 2 or given.shape[1] == 0 or given.shape[0] < 2:
        raise InputError("X", f"shape {given.shape}", "rows by regressors, at least two rows")
    bad = np.flatnonzero(~np.isfinite(given).all(axis=0))
    if len(bad):
        raise InputError(f"X, column {bad[0]}", "a value that is not finite", "finite numbers")
    centered = given - given.mean(axis=0)
    length = np.linalg.norm(centered, axis=0)
    flat = np.flatnonzero(length <= 1e-12 * np.maximum(np.linalg.norm(given, axis=0), 1e-300))
    if len(flat):
        remedy = "Leave intercepts and regressors without events out."
        raise InputError(f"X, column {flat[0]}", "a constant", "a column that varies", remedy)
    return centered / length


def _residuals(columns: Floats, confounds: ArrayLike) -> Floats:
    """Return what is left of columns of length 1 beside the confounds and an intercept."""
    given = np.asarray(confounds, dtype=np.float64)
    if given.ndim != 2 or len(given) != len(columns) or not np.isfinite(given).all():
        found = f"shape {given.shape}, or a value that is not finite"
        raise InputError("confounds", found, f"finite, {len(columns)} rows")
    centered = given - given.mean(axis=0)
    basis, sizes, _ = np.linalg.svd(centered, full_matrices=False)
    basis = basis[:, sizes > _RANK * max(float(np.linalg.norm(given)), 1e-300)]
    return columns - basis @ (basis.T @ columns)
