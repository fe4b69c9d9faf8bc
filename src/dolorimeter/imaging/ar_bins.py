"""Autocorrelation of the residuals by voxel, in bins, and the factorization of each bin.

As nilearn does it: Yule-Walker on the residuals of ordinary least squares, truncated towards zero
to 1 / 100 (Worsley, K. J., Liao, C. H., Aston, J., et al. (2002). NeuroImage 15, 1-15, whiten with
such estimates; the bins are nilearn's).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core.containers import Floats, Ints

BINS = 100


def yule_walker(sums: Floats, totals: Floats, n_frames: int) -> Floats:
    """Estimate the autocorrelation at lag one.

    nilearn takes off one mean over all frames of all voxels, not one a voxel: nothing where the
    design holds a constant. Kept, since results are to be equal.

    Parameters
    ----------
    sums : ndarray of shape (4, v)
        Sum of squares, sum of lagged products, first and last residual.
    totals : ndarray of shape (v,)
        Sum of the residuals.
    n_frames : int
        Their number.

    Returns
    -------
    ndarray of shape (v,)
        The estimate, ``(lagged / (n - 1)) / (squares / n)``; 0 where nothing is left.
    """
    squares, lagged, first, last = sums
    mean = totals.sum() / (n_frames * totals.size)
    squares = squares - mean * (2.0 * totals - n_frames * mean)
    lagged = lagged - mean * (2.0 * totals - first - last - (n_frames - 1) * mean)
    rho = np.zeros_like(squares)
    np.divide(lagged * n_frames, squares * (n_frames - 1), out=rho, where=squares > 0.0)
    return rho


def bin_autocorrelation(rho: Floats, bins: int = BINS) -> tuple[Floats, Ints]:
    """Truncate towards zero and name the bins that occur.

    Parameters
    ----------
    rho : ndarray of shape (v,)
        Estimates.
    bins : int, default 100
        Bins from 0 to 1.

    Returns
    -------
    values : ndarray of shape (b,)
        The autocorrelations that occur, ascending.
    labels : ndarray of shape (v,), int64
        The bin of each voxel.
    """
    codes = (rho * bins).astype(np.int64)
    least = int(codes.min(initial=0))
    present = np.flatnonzero(np.bincount(codes - least))
    places = np.zeros(int(codes.max(initial=0)) - least + 1, dtype=np.int64)
    places[present] = np.arange(len(present))
    return (present + least) * 1.0 / bins, places[codes - least]


@dataclass(frozen=True, slots=True)
class BinFactors:
    """The whitened normal equations of each bin, factorized.

    Attributes
    ----------
    rho : ndarray of shape (b,)
        Autocorrelation of each bin.
    inverses : ndarray of shape (b, r, r)
        Transposed inverses of the lower Cholesky factors.
    log_determinants : ndarray of shape (b,)
        Of the matrices.
    """

    rho: Floats
    inverses: NDArray[np.float64]
    log_determinants: Floats

    def apply(self, functionals: Floats) -> NDArray[np.float64]:
        """Return the inverse factors times combinations of coefficients.

        Parameters
        ----------
        functionals : ndarray of shape (f, r)
            Combinations in rows.

        Returns
        -------
        ndarray of shape (b, f, r)
            Whose squared lengths are the variances of the combinations for unit noise.
        """
        return np.ascontiguousarray(functionals @ self.inverses)


def factorize(rho: Floats, coupling: Floats, edge: Floats) -> BinFactors:
    """Factorize the whitened products of an orthonormal basis in each bin.

    Parameters
    ----------
    rho : ndarray of shape (b,)
        Autocorrelation of each bin.
    coupling : ndarray of shape (r, r)
        Z' Q, see :mod:`dolorimeter.imaging.kernels`.
    edge : ndarray of shape (r,)
        Last row of Q.

    Returns
    -------
    BinFactors
        Always definite: whitening can be undone.
    """
    weight = rho[:, np.newaxis, np.newaxis]
    products = (1.0 + weight**2) * np.eye(len(edge)) - weight * coupling
    products -= weight**2 * np.outer(edge, edge)
    lower = np.linalg.cholesky(products)
    diagonal = np.diagonal(lower, axis1=1, axis2=2)
    inverses = np.ascontiguousarray(np.linalg.inv(lower).transpose(0, 2, 1))
    return BinFactors(rho, inverses, 2.0 * np.log(diagonal).sum(axis=1))
