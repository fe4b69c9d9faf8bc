"""Least squares of one course over several runs, each beside its own nuisance."""

from __future__ import annotations

import numpy as np

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats

_RANK = 1e-8  # of the largest singular value; below it delays cannot be told apart


def fit_course(
    courses: list[Floats], designs: list[Floats], nuisance: list[Floats], rho: Floats
) -> tuple[Floats, Floats, list[Floats]]:
    """Fit one response to all runs.

    Parameters
    ----------
    courses : list of ndarray of shape (n_frames,)
        The signal in each run.
    designs : list of ndarray of shape (n_frames, p)
        Columns whose p coefficients the runs share.
    nuisance : list of ndarray of shape (n_frames, m)
        Columns of each run's own, of any rank.
    rho : ndarray of shape (n_runs,)
        Autocorrelation that whitens each run; 0 for white noise.

    Returns
    -------
    estimates, errors : ndarray of shape (p,)
        Coefficients and their standard errors.
    residuals : list of ndarray of shape (n_frames,)
        Of each run, whitened.

    Raises
    ------
    InputError
        If the coefficients are not determined.
    """
    rows, targets, freedom = [], [], 0
    for y, X, Z, r in zip(courses, designs, nuisance, rho, strict=True):
        basis = _basis(_whiten(Z, r))
        both = _whiten(np.column_stack([X, y]), r)
        both = both - basis @ (basis.T @ both)
        rows.append(both[:, :-1])
        targets.append(both[:, -1])
        freedom += len(y) - basis.shape[1]
    stacked, target = np.concatenate(rows), np.concatenate(targets)
    left, sizes, right = np.linalg.svd(stacked, full_matrices=False)
    freedom -= stacked.shape[1]
    if freedom < 1 or sizes[-1] < _RANK * sizes[0]:
        remedy = "Take a shorter window, wider bins or fewer types."
        found = f"{stacked.shape[1]} delays by type that {len(stacked)} frames cannot tell apart"
        raise InputError("window", found, "delays that do not add up to one another", remedy)
    estimates = right.T @ ((left.T @ target) / sizes)
    residuals = target - stacked @ estimates
    variance = float(residuals @ residuals) / freedom
    errors = np.sqrt(variance * ((right / sizes[:, None]) ** 2).sum(axis=0))
    return estimates, errors, np.split(residuals, np.cumsum([len(y) for y in courses])[:-1])


def _whiten(block: Floats, rho: float) -> Floats:
    """Take rho times the frame before from each frame; the first stays, as in nilearn."""
    whitened = block.copy()
    whitened[1:] -= rho * block[:-1]
    return whitened


def _basis(columns: Floats) -> Floats:
    """Return orthonormal columns that span the same."""
    sizes = np.linalg.norm(columns, axis=0)
    left, singular, _ = np.linalg.svd(columns / np.where(sizes > 0, sizes, 1.0), False)
    return left[:, singular > 1e-10 * singular[0]]


def autocorrelation_of(residuals: Floats) -> float:
    """Correlate residuals with those one frame before.

    Parameters
    ----------
    residuals : ndarray of shape (n_frames,)
        Of one run.

    Returns
    -------
    float
        0 where nothing is left.
    """
    power = float(residuals @ residuals)
    return float(residuals[1:] @ residuals[:-1]) / power if power > 0 else 0.0
