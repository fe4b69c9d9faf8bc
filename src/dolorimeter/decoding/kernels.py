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
    basis, roots = centered_eigenvectors(kernel)
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


def centered_eigenvectors(kernel: Floats) -> tuple[Floats, Floats]:
    """Return the eigenvectors that are orthogonal to the constant.

    A Householder reflection turns the constant into the first axis, which is then left away;
    otherwise the constant would mix with eigenvectors of small eigenvalues.

    Parameters
    ----------
    kernel : ndarray of shape (n, n), float64
        Centered.

    Returns
    -------
    basis : ndarray of shape (n, n - 1), float64
        Orthonormal columns that sum to zero.
    roots : ndarray of shape (n - 1,), float64
        Their eigenvalues, ascending, those of rounding size set to 0.
    """
    n = len(kernel)
    axis = np.full(n, 1.0 / np.sqrt(n))
    axis[0] += 1.0
    axis /= np.linalg.norm(axis)
    turned = kernel - 2.0 * np.outer(axis, axis @ kernel)
    turned -= 2.0 * np.outer(turned @ axis, axis)
    roots, vectors = np.linalg.eigh(turned[1:, 1:])
    basis = np.vstack([np.zeros(n - 1), vectors])
    basis -= 2.0 * np.outer(axis, axis @ basis)
    tolerance = n * np.finfo(np.float64).eps * roots.max(initial=0.0)
    return basis, np.where(roots > tolerance, roots, 0.0)


@numba.njit(nogil=True, cache=True)
def pair_hits_of_two(residual: Floats, errors: Floats, codes: Ints) -> NDArray[np.int64]:
    """Count the samples predicted right over all pairs of one sample of each of two classes.

    Both samples of a pair are held out; their predictions follow from its 2 x 2 block and are
    compared with zero without dividing by its determinant. The inner loop runs over all samples
    and weighs those of the other class, so that it vectorizes.

    Parameters
    ----------
    residual : ndarray of shape (n, n), float64
        From :func:`residual_matrix`.
    errors : ndarray of shape (b, n), float64
        ``targets @ residual`` of targets -1 and +1, one labelling a row.
    codes : ndarray of shape (b, n), int64
        Classes 0 and 1.

    Returns
    -------
    ndarray of shape (b,), int64
        Right predictions; each pair makes two.
    """
    n_labellings, n = codes.shape
    hits = np.zeros(n_labellings, np.int64)
    own = np.empty(n)
    det = np.empty((n, n))
    for i in range(n):
        own[i] = residual[i, i]
        for j in range(n):
            det[i, j] = residual[i, i] * residual[j, j] - residual[i, j] * residual[i, j]
    for b in range(n_labellings):
        error = errors[b]
        code = codes[b]
        for i in range(n):
            if code[i] == 1:
                count = np.int64(0)
                for j in range(n):
                    cross = residual[i, j]
                    first = det[i, j] - (own[j] * error[i] - cross * error[j])
                    second = -det[i, j] - (own[i] * error[j] - cross * error[i])
                    right = np.int64(first > 0.0) + np.int64(second <= 0.0)
                    count += (1 - code[j]) * right
                hits[b] += count
    return hits


@numba.njit(nogil=True, cache=True)
def pair_hits(residual: Floats, targets: Floats, errors: Floats, codes: Ints) -> NDArray[np.int64]:
    """Count the samples predicted right over all pairs of samples of two of many classes.

    Parameters
    ----------
    residual : ndarray of shape (n, n), float64
        From :func:`residual_matrix`.
    targets : ndarray of shape (b, K, n), float64
        Coded targets of each labelling, a row for each class; the largest prediction wins.
    errors : ndarray of shape (b, K, n), float64
        ``targets @ residual``.
    codes : ndarray of shape (b, n), int64
        Classes 0 … K - 1.

    Returns
    -------
    ndarray of shape (b,), int64
        Right predictions; each pair makes two.
    """
    n_labellings, n = codes.shape
    hits = np.zeros(n_labellings, np.int64)
    for b in range(n_labellings):
        for i in range(n):
            for j in range(n):
                if codes[b, i] != codes[b, j]:
                    hits[b] += _wins(residual, targets[b], errors[b], codes[b, i], i, j)
    return hits


@numba.njit(nogil=True, cache=True)
def _wins(residual: Floats, targets: Floats, errors: Floats, code: int, i: int, j: int) -> bool:
    """Whether the class of sample i has the first largest prediction when i and j are held out."""
    own = residual[j, j]
    cross = residual[i, j]
    det = residual[i, i] * own - cross * cross
    value = targets[code, i] * det - (own * errors[code, i] - cross * errors[code, j])
    for k in range(targets.shape[0]):
        other = targets[k, i] * det - (own * errors[k, i] - cross * errors[k, j])
        if other > value or (other == value and k < code):
            return False
    return True
