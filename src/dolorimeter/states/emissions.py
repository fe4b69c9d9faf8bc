"""Independent Gaussian emissions on whole arrays: log densities and weighted moments.

These are for starting values and for models without order; the hidden Markov model's iterations
run in ``kernels``. A missing value (NaN) is integrated out: its factor is 1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LOG_TWO_PI = float(np.log(2 * np.pi))


def log_densities(features: Floats, means: Floats, variances: Floats) -> Floats:
    """Compute the log density of each step's observed emissions in each state, in nats.

    Parameters
    ----------
    features : ndarray of shape (n, D)
        Emissions, NaN where missing.
    means, variances : ndarray of shape (K, D)
        Of each emission in each state.

    Returns
    -------
    ndarray of shape (n, K)
        Zero where nothing was observed.
    """
    missing = np.isnan(features)
    result = np.empty((len(features), len(means)))
    for k, (mean, variance) in enumerate(zip(means, variances, strict=True)):
        terms = (features - mean) ** 2 / variance + (LOG_TWO_PI + np.log(variance))
        terms[missing] = 0.0
        result[:, k] = -0.5 * terms.sum(axis=1)
    return result


def weighted_moments(features: Floats, weights: Floats) -> tuple[Floats, Floats, Floats]:
    """Compute mean and variance of each emission in each state (Panaggio et al. 2021, Eqs 1, 2).

    Parameters
    ----------
    features : ndarray of shape (n, D)
        Emissions, NaN where missing: a sum runs over the steps where the emission is present.
    weights : ndarray of shape (n, K)
        Posterior of each state, times the weight of the step.

    Returns
    -------
    means, variances : ndarray of shape (K, D)
        The variance is about the new mean, without a floor; NaN where no weight is.
    totals : ndarray of shape (K, D)
        Sums of the weights over the steps where the emission is present.
    """
    present = ~np.isnan(features)
    center = column_means(features)
    centered = np.where(present, features - center, 0.0)
    totals = weights.T @ present
    with np.errstate(invalid="ignore", divide="ignore"):
        shifts = (weights.T @ centered) / totals
    variances = np.empty_like(shifts)
    for k, shift in enumerate(shifts):
        # About the new mean itself: expanding the square would cancel where classes lie far apart.
        squares = np.where(present, (centered - shift) ** 2, 0.0)
        with np.errstate(invalid="ignore", divide="ignore"):
            variances[k] = (weights[:, k] @ squares) / totals[k]
    return shifts + center, variances, totals


def column_means(features: Floats) -> Floats:
    """Average each column over what is present.

    Parameters
    ----------
    features : ndarray of shape (n, D)
        Emissions, NaN where missing.

    Returns
    -------
    ndarray of shape (D,)
        Zero for a column that is missing throughout.
    """
    present = ~np.isnan(features)
    # A product with ones: NumPy's own sums along the first axis of a narrow array are slow.
    ones = np.ones(len(features))
    sums, counts = ones @ np.where(present, features, 0.0), ones @ present.astype(np.float64)
    return np.asarray(sums / np.maximum(counts, 1))
