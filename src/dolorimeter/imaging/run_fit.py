"""The model of one run at every voxel, from the sums of one pass over its data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core.containers import Floats

from .ar_bins import BINS, bin_autocorrelation, factorize, yule_walker
from .kernels import neighbors, solve_bins
from .run_statistics import Statistics


@dataclass(frozen=True, slots=True)
class RunFit:
    """A model fitted to one run.

    Attributes
    ----------
    estimates : ndarray of shape (f, v)
        The wanted combinations of coefficients.
    unit_variances : ndarray of shape (f, v)
        Their variances for noise of variance 1.
    errors : ndarray of shape (v,)
        Sums of squares of the whitened residuals; 0 where nothing is left.
    rho : ndarray of shape (v,)
        Autocorrelation that whitened the voxel: the estimate, truncated to its bin; 0 for
        ordinary least squares.
    autocorrelation : ndarray of shape (v,)
        The estimate itself, from the residuals of ordinary least squares (None in nilearn's
        engine, which keeps the bins only).
    n_frames, n_columns, rank : int
        Of the design.
    """

    estimates: Floats
    unit_variances: Floats
    errors: Floats
    rho: Floats
    autocorrelation: Floats | None
    n_frames: int
    n_columns: int
    rank: int

    @property
    def df(self) -> int:
        """Degrees of freedom of t: frames less the rank of the design."""
        return self.n_frames - self.rank

    @property
    def dispersion(self) -> Floats:
        """Variance of the whitened noise: errors over frames less columns (nilearn's divisor)."""
        return self.errors / (self.n_frames - self.n_columns)

    @property
    def variances(self) -> Floats:
        """Variances of the estimates."""
        return self.unit_variances * self.dispersion

    @property
    def log_likelihood(self) -> Floats:
        """Gaussian log-likelihood at the estimates, see :func:`profile_log_likelihood`."""
        return profile_log_likelihood(self.errors, self.n_frames)


def profile_log_likelihood(errors: Floats, n_frames: int) -> Floats:
    """Return the log-likelihood of AR(1) noise at the fitted coefficients and variance.

    The density is that of ``y[0] ~ N(mu[0], s2)`` and ``y[t] - rho y[t - 1] ~ N(mu[t] - rho
    mu[t - 1], s2)``, whose Jacobian is 1, at the whitened least squares coefficients, at the rho
    of the voxel's bin (from the residuals, not of largest likelihood), and at ``s2 = errors / n``:
    ``-n / 2 (log(2 pi s2) + 1)``. It is nilearn's ``RegressionResults.logL``.

    Parameters
    ----------
    errors : ndarray
        Sums of squares of the whitened residuals.
    n_frames : int
        Frames of the run.

    Returns
    -------
    ndarray
        Natural logarithm, with the unit of the scaled data; NaN where nothing is left.
    """
    left = np.where(errors > 0.0, errors, np.nan)
    return -0.5 * n_frames * (np.log(2.0 * np.pi * left / n_frames) + 1.0)


def autocorrelation(statistics: Statistics, noise: str) -> tuple[Floats, Floats]:
    """Estimate each voxel's autocorrelation, and the one to whiten with.

    Parameters
    ----------
    statistics : Statistics
        Of the run and its model.
    noise : str
        ``"ar1"`` or ``"ols"``.

    Returns
    -------
    estimate : ndarray of shape (v,)
        Yule-Walker; 0 where nothing is left of a voxel.
    used : ndarray of shape (v,)
        The same, or 0 for ordinary least squares.
    """
    n_frames = len(statistics.basis)
    estimate = yule_walker(statistics.sums, statistics.totals, n_frames)
    estimate[statistics.flat] = 0.0
    return estimate, estimate if noise == "ar1" else np.zeros_like(estimate)


def fit_statistics(
    statistics: Statistics,
    functionals: Floats,
    n_columns: int,
    rank: int,
    noise: str = "ar1",
) -> RunFit:
    """Solve one model of a run.

    Parameters
    ----------
    statistics : Statistics
        Of the run and its model.
    functionals : ndarray of shape (f, r)
        Combinations of the coefficients of the basis that are wanted.
    n_columns : int
        Columns of the design.
    rank : int
        Its rank.
    noise : str, default "ar1"
        Or ``"ols"``.

    Returns
    -------
    RunFit
        Of those combinations.
    """
    estimate, used = autocorrelation(statistics, noise)
    rho, labels = bin_autocorrelation(used, BINS)
    solved = whitened(statistics, rho, labels, functionals)
    errors = np.where(statistics.flat, 0.0, np.maximum(solved.errors, 0.0))
    return RunFit(
        solved.estimates,
        solved.unit_variances[:, labels],
        errors,
        rho[labels],
        estimate,
        len(statistics.basis),
        n_columns,
        rank,
    )


@dataclass(frozen=True, slots=True)
class Whitened:
    """The whitened least squares of each voxel in its bin.

    Attributes
    ----------
    estimates : ndarray of shape (f, v)
        Combinations of coefficients.
    unit_variances : ndarray of shape (f, b)
        Their variances for unit noise, by bin.
    errors : ndarray of shape (v,)
        Sums of squares of the whitened residuals.
    log_determinants : ndarray of shape (b,)
        Of the whitened products of the basis, by bin.
    """

    estimates: Floats
    unit_variances: Floats
    errors: Floats
    log_determinants: Floats


def whitened(
    statistics: Statistics, rho: Floats, labels: NDArray[np.int64], functionals: Floats
) -> Whitened:
    """Whiten and solve.

    Parameters
    ----------
    statistics : Statistics
        Of the run and its model.
    rho : ndarray of shape (b,)
        Autocorrelation of each bin.
    labels : ndarray of shape (v,), int64
        Bin of each voxel.
    functionals : ndarray of shape (f, r)
        Combinations of the coefficients that are wanted; none: (0, r).

    Returns
    -------
    Whitened
        The solution.
    """
    basis, sums = statistics.basis, statistics.sums
    edge = np.ascontiguousarray(basis[-1])
    factors = factorize(rho, neighbors(basis).T @ basis, edge)
    applied = factors.apply(functionals)
    estimates = functionals @ statistics.coefficients
    squares, lagged, _, last = sums
    weight = rho[labels]
    errors = squares - 2.0 * weight * lagged + weight**2 * (squares - last**2)
    solve_bins(
        labels, rho, factors.inverses, applied, statistics.lagged, last, edge, estimates, errors
    )
    return Whitened(estimates, (applied**2).sum(axis=2).T, errors, factors.log_determinants)
