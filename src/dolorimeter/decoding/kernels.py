"""Held-out predictions of ridge regression from one factorization, without refitting.

With an unpenalized intercept the fit to all samples is H y, H = 11'/n + Kc (Kc + alpha I)^-1, Kc
the kernel of the centered features. Replacing the targets of held-out samples g by what the other
samples predict for them leaves the fit where it is, so that their held-out residuals are exactly
(M_gg)^-1 (M y)_g with M = I - H, and M may be scaled at will [science 3.3]. Targets are rows
here, so that thousands of relabellings are one product with M.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from dolorimeter.core.containers import Floats, Ints

BLOCK_COLUMNS = 2048  # columns centered at a time: 90 rows of them stay in a core's cache


def centered_kernel(features: Floats) -> Floats:
    """Inner products of the samples after centering each feature.

    Features are centered in blocks of columns: nothing of their size is copied, and offsets that
    are large beside the variation cost no precision, as centering the finished kernel would.

    Parameters
    ----------
    features : ndarray of shape (n, p), float64
        Samples by features.

    Returns
    -------
    ndarray of shape (n, n), float64
        Symmetric; rows sum to zero. Not finite where a feature is not.
    """
    n, p = features.shape
    kernel = np.zeros((n, n))
    for start in range(0, p, BLOCK_COLUMNS):
        block = features[:, start : start + BLOCK_COLUMNS]
        block = block - np.add.reduce(block, axis=0) / n
        kernel += block @ block.T
    return kernel


def residual_matrix(kernel: Floats, alpha: float) -> tuple[Floats, float]:
    """Return what leaves a target's residuals, up to a factor, from the centered kernel.

    Parameters
    ----------
    kernel : ndarray of shape (n, n), float64
        From :func:`centered_kernel`.
    alpha : float
        Penalty of ridge regression, at least 0; 0 is the limit of small penalties.

    Returns
    -------
    matrix : ndarray of shape (n, n), float64
        M / scale, with M = I - H; rows sum to zero.
    scale : float
        Factor that makes M of the matrix; 0 where alpha = 0 lets the fit pass through all targets.
    """
    basis, roots = _centered_eigenvectors(kernel)
    tolerance = len(kernel) * np.finfo(float).eps * max(float(roots[-1]), 0.0)
    roots = np.where(roots > tolerance, roots, 0.0)
    weights, scale = residual_weights(roots, alpha)
    return (basis * weights) @ basis.T, scale


def residual_weights(roots: Floats, alpha: float) -> tuple[Floats, float]:
    """Return the share of each eigenvector that a fit leaves, divided by the largest of them.

    Parameters
    ----------
    roots : ndarray of shape (r,), float64
        Eigenvalues of the centered kernel, those of rounding size set to 0.
    alpha : float
        Penalty, at least 0.

    Returns
    -------
    weights : ndarray of shape (r,), float64
        alpha / (root + alpha) / scale, between 0 and 1, the largest 1.
    scale : float
        The largest of alpha / (root + alpha).
    """
    least = float(roots.min())
    if alpha == 0.0 and least == 0.0:
        return (roots == 0.0).astype(np.float64), 1.0
    return (alpha + least) / (roots + alpha), alpha / (alpha + least)


def leave_one_out(residual: Floats, targets: Floats) -> Floats:
    """Predict each sample from all others.

    Parameters
    ----------
    residual : ndarray of shape (n, n), float64
        From :func:`residual_matrix`.
    targets : ndarray of shape (..., n), float64
        One target a row, each of its own.

    Returns
    -------
    ndarray of shape (..., n), float64
        Held-out predictions.
    """
    return targets - (targets @ residual) / np.diagonal(residual)


def held_out_weights(residual: Floats, tests: tuple[Ints, ...]) -> Floats:
    """Weights of the targets in each sample's held-out prediction, for test sets that part them.

    Parameters
    ----------
    residual : ndarray of shape (n, n), float64
        From :func:`residual_matrix`.
    tests : tuple of ndarray of int64
        Test sets; together they hold each sample once.

    Returns
    -------
    ndarray of shape (n, n), float64
        Row i holds the weights for sample i: predictions are ``weights @ y``, or ``y @ weights.T``
        for targets in rows. Zero within a test set; each row sums to one.

    Raises
    ------
    numpy.linalg.LinAlgError
        If what is left for a test set does not determine its prediction (alpha = 0).
    """
    weights = np.empty_like(residual)
    for test in tests:
        block = residual[np.ix_(test, test)]
        weights[test] = -np.linalg.solve(block, residual[test])
        weights[np.ix_(test, test)] = 0.0
    return weights


def _centered_eigenvectors(kernel: Floats) -> tuple[Floats, Floats]:
    """Eigenvectors (n, n - 1) orthogonal to the constant, and their eigenvalues, ascending.

    A Householder reflection turns the constant into the first axis, which is then left away;
    otherwise the constant would mix with eigenvectors of small eigenvalues.
    """
    n = len(kernel)
    axis = np.full(n, 1.0 / np.sqrt(n))
    axis[0] += 1.0
    axis /= np.linalg.norm(axis)
    turned = kernel - 2.0 * np.outer(axis, axis @ kernel)
    turned -= 2.0 * np.outer(turned @ axis, axis)
    roots, vectors = np.linalg.eigh(turned[1:, 1:])
    basis = np.vstack([np.zeros(n - 1), vectors])
    return basis - 2.0 * np.outer(axis, axis @ basis), roots


@numba.njit(nogil=True, cache=True)
def _chosen(
    targets: Floats, errors: Floats, own: float, cross: float, det: float, i: int, j: int
) -> int:
    """Class predicted for sample i when i and j are held out; values are multiplied by det > 0.

    One row of targets: classes 0 and 1 coded as -1 and +1. A row for each class: the largest wins.
    """
    if targets.shape[0] == 1:
        value = targets[0, i] * det - (own * errors[0, i] - cross * errors[0, j])
        return 1 if value > 0.0 else 0
    best = 0
    largest = -np.inf
    for k in range(targets.shape[0]):
        value = targets[k, i] * det - (own * errors[k, i] - cross * errors[k, j])
        if value > largest:
            best, largest = k, value
    return best


@numba.njit(nogil=True, cache=True)
def pair_hits(
    residual: Floats, targets: Floats, errors: Floats, codes: Ints
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count the samples predicted right over all pairs of one sample of each of two classes.

    Parameters
    ----------
    residual : ndarray of shape (n, n), float64
        From :func:`residual_matrix`.
    targets : ndarray of shape (b, k, n), float64
        Coded targets of each labelling: -1 and +1 in one row, or in a row for each class.
    errors : ndarray of shape (b, k, n), float64
        ``targets @ residual``.
    codes : ndarray of shape (b, n), int64
        Classes 0 … K - 1.

    Returns
    -------
    hits : ndarray of shape (b,), int64
        Right predictions; each pair makes two.
    pairs : ndarray of shape (b,), int64
        Number of pairs.
    """
    n_labellings, n = codes.shape
    hits = np.zeros(n_labellings, np.int64)
    pairs = np.zeros(n_labellings, np.int64)
    for b in range(n_labellings):
        for i in range(n):
            for j in range(i + 1, n):
                if codes[b, i] != codes[b, j]:
                    cross = residual[i, j]
                    det = residual[i, i] * residual[j, j] - cross * cross
                    first = _chosen(targets[b], errors[b], residual[j, j], cross, det, i, j)
                    second = _chosen(targets[b], errors[b], residual[i, i], cross, det, j, i)
                    hits[b] += (first == codes[b, i]) + (second == codes[b, j])
                    pairs[b] += 1
    return hits, pairs
