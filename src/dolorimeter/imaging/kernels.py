"""Sums over frames, and the solution of each voxel in the bin of its autocorrelation.

Whitening by ``y[t] - rho y[t - 1]`` (the first frame as it is) makes every product of a whitened
design and whitened data a quadratic polynomial in rho. With an orthonormal basis Q of the design,
Y = Q B + E, and Z[t] = Q[t - 1] + Q[t + 1]:

    Qw' Qw = (1 + rho^2) I - rho Z' Q - rho^2 q q'            q: last row of Q
    Qw' Ew = -rho Z' E - rho^2 q e                            e: last row of E
    Ew' Ew = (1 + rho^2) sum E[t]^2 - 2 rho sum E[t] E[t - 1] - rho^2 e^2

so that one pass over the data serves every bin. Working with the residual E instead of Y keeps
the differences of large numbers out of it.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def neighbors(columns: Floats) -> Floats:
    """Add the frame before and the frame after.

    Parameters
    ----------
    columns : ndarray of shape (n_frames, c)
        Series in columns.

    Returns
    -------
    ndarray of shape (n_frames, c)
        ``columns[t - 1] + columns[t + 1]``, nothing beyond the ends.
    """
    found = np.zeros_like(columns)
    found[1:] += columns[:-1]
    found[:-1] += columns[1:]
    return found


def reduce_block(
    series: Floats, basis: Floats, probes: Floats, centred: bool
) -> tuple[Floats, Floats, Floats]:
    """Reduce some voxels to the sums that every bin and every model needs.

    Parameters
    ----------
    series : ndarray of shape (n_frames, v), float64, contiguous
        The data; overwritten by the residual E.
    basis : ndarray of shape (n_frames, r)
        Orthonormal columns Q.
    probes : ndarray of shape (n_frames, c)
        Columns whose products with the residual are wanted.
    centred : bool
        Whether a constant lies in the span of the basis, so that means may be taken off before
        the products and given back after: a large mean then costs no digits.

    Returns
    -------
    coefficients : ndarray of shape (r, v)
        Q' Y.
    products : ndarray of shape (c, v)
        ``probes.T @ E``.
    sums : ndarray of shape (4, v)
        sum of E[t]^2, sum of E[t] E[t - 1], and E in the first and in the last frame.
    """
    means = series.mean(axis=0) if centred else np.zeros(series.shape[1])
    if centred:
        series -= means
    coefficients = basis.T @ series
    series -= basis @ coefficients
    if centred:
        coefficients += np.outer(basis.sum(axis=0), means)
    sums = np.stack(
        [
            np.einsum("tv,tv->v", series, series),
            np.einsum("tv,tv->v", series[1:], series[:-1]),
            series[0],
            series[-1],
        ]
    )
    return coefficients, probes.T @ series, sums


@njit(cache=True, nogil=True)
def solve_bins(labels, rho, inverses, functionals, lagged, last, edge, estimates, errors):
    """Solve the normal equations of each voxel in its bin and update the outputs in place.

    Parameters
    ----------
    labels : ndarray of shape (v,), int64
        The bin of each voxel.
    rho : ndarray of shape (b,), float64
        The autocorrelation of each bin.
    inverses : ndarray of shape (b, r, r), float64
        The transpose of the inverse of the lower Cholesky factor of Qw' Qw, in each bin.
    functionals : ndarray of shape (b, f, r), float64
        The inverse factor times each wanted combination of the coefficients.
    lagged : ndarray of shape (r, v), float64
        Z' E.
    last : ndarray of shape (v,), float64
        E in the last frame.
    edge : ndarray of shape (r,), float64
        Q in the last frame.
    estimates : ndarray of shape (f, v), float64
        The combinations of Q' Y; on return those of the whitened estimates.
    errors : ndarray of shape (v,), float64
        Ew' Ew; on return the sum of squares of the whitened residual.
    """
    n_coefficients, n_voxels = lagged.shape
    solved = np.empty(n_coefficients)
    for voxel in range(n_voxels):
        found = labels[voxel]
        solved[:] = 0.0
        weight = rho[found]
        for j in range(n_coefficients):
            right = -weight * (lagged[j, voxel] + weight * edge[j] * last[voxel])
            for i in range(j, n_coefficients):
                solved[i] += inverses[found, j, i] * right
        for j in range(n_coefficients):
            errors[voxel] -= solved[j] * solved[j]
        for f in range(estimates.shape[0]):
            change = 0.0
            for j in range(n_coefficients):
                change += functionals[found, f, j] * solved[j]
            estimates[f, voxel] += change
