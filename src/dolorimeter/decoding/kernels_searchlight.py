"""From the voxels of each sphere to the linear map that predicts every held-out sample.

Ridge regression with an unpenalized intercept has residuals ``G y`` with
``G = I - 11'/n - Kc (Kc + alpha I)^-1`` for the doubly centered kernel ``Kc`` (science 3.3).
Leaving the samples F out of training changes their residuals to ``(G_FF)^-1 (G y)_F``, exactly, so
that the held-out predictions are ``M y`` with ``M_F = -(G_FF)^-1 G_F`` outside F and zero inside:
one matrix for a sphere, whatever the labels, and any number of relabellings is one product with it.
"""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

TIE = 1e-10  # decisions closer than this are equal but for rounding: the first class gets them
_FLAT = 1e-12  # deviation relative to the largest value, below which a sample has no pattern

_jit = nb.njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})


@_jit
def _pivot(matrix: Floats, first: int, last: int) -> None:
    """Divide rows first … last - 1 by their diagonal block, which becomes its inverse."""
    for k in range(first, last):
        scale = 1.0 / matrix[k, k]
        matrix[k, k] = 1.0
        for j in range(matrix.shape[1]):
            matrix[k, j] *= scale
        for i in range(first, last):
            if i != k:
                factor = matrix[i, k]
                matrix[i, k] = 0.0
                for j in range(matrix.shape[1]):
                    matrix[i, j] -= factor * matrix[k, j]


@_jit
def _invert(matrix: Floats) -> None:
    """Invert a positive definite matrix in place (Gauss–Jordan, which needs no pivoting there).

    Four rows at a time: each pass over the matrix then does four times the work.
    """
    n = matrix.shape[0]
    tail = n - n % 4
    for k in range(0, tail, 4):
        _pivot(matrix, k, k + 4)
        top = matrix[k : k + 4].copy()
        p, q, r, s = top[0], top[1], top[2], top[3]
        for i in range(n):
            if not k <= i < k + 4:
                a, b, c, d = matrix[i, k], matrix[i, k + 1], matrix[i, k + 2], matrix[i, k + 3]
                matrix[i, k : k + 4] = 0.0
                for j in range(n):
                    matrix[i, j] -= (a * p[j] + b * q[j]) + (c * r[j] + d * s[j])
    for k in range(tail, n):
        _pivot(matrix, k, k + 1)
        p = matrix[k].copy()
        for i in range(n):
            if i != k:
                a = matrix[i, k]
                matrix[i, k] = 0.0
                for j in range(n):
                    matrix[i, j] -= a * p[j]


@_jit
def _normalize_samples(patterns: Floats) -> int:
    """Give each column mean 0 and deviation 1; return the first flat one, or -1."""
    n_voxels, n = patterns.shape
    for j in range(n):
        mean = 0.0
        largest = 0.0
        for v in range(n_voxels):
            mean += patterns[v, j]
            largest = max(largest, abs(patterns[v, j]))
        mean /= n_voxels
        squares = 0.0
        for v in range(n_voxels):
            squares += (patterns[v, j] - mean) ** 2
        deviation = np.sqrt(squares / n_voxels)
        if deviation <= _FLAT * largest:
            return j
        for v in range(n_voxels):
            patterns[v, j] = (patterns[v, j] - mean) / deviation
    return -1


@_jit
def _center_voxels(patterns: Floats) -> None:
    """Subtract from each row its mean over samples."""
    for v in range(patterns.shape[0]):
        patterns[v] -= patterns[v].mean()


@_jit
def _residual_maker(patterns: Floats, alpha: float, few: int) -> Floats:
    """Return G, up to a factor that cancels later, from centered patterns (voxels, samples)."""
    n_voxels, n = patterns.shape
    if n_voxels < few:  # by voxels: well conditioned however large the signals are
        gram = np.dot(patterns, patterns.T)
        for v in range(n_voxels):
            gram[v, v] += alpha
        _invert(gram)
        residual = -1.0 / n - np.dot(patterns.T, np.dot(gram, patterns))
        for i in range(n):
            residual[i, i] += 1.0
        return residual
    kernel = np.dot(patterns.T, patterns)
    # The constant has eigenvalue 0 in the centered kernel: give it one like the others, so that
    # nothing cancels, and take it out of the inverse again.
    constant = np.trace(kernel) / n
    for i in range(n):
        for j in range(n):
            kernel[i, j] += constant / n
        kernel[i, i] += alpha
    _invert(kernel)
    share = 1.0 / (n * (alpha + constant))
    for i in range(n):
        for j in range(n):
            kernel[i, j] -= share
    return kernel


@_jit
def _leave_out(residual: Floats, edges: Ints, held_out: Floats) -> None:
    """Write the map of held-out predictions; fold f holds the samples edges[f]:edges[f + 1]."""
    n = residual.shape[0]
    for f in range(edges.size - 1):
        first, last = edges[f], edges[f + 1]
        if last - first == 1:
            scale = -1.0 / residual[first, first]
            for j in range(n):
                held_out[first, j] = residual[first, j] * scale
        else:
            block = residual[first:last, first:last].copy()
            _invert(block)
            for i in range(last - first):
                row = held_out[first + i]
                row[:] = 0.0
                for k in range(last - first):
                    weight = block[i, k]
                    for j in range(n):
                        row[j] -= weight * residual[first + k, j]
        held_out[first:last, first:last] = 0.0


@_jit
def held_out_maps(
    rows: Floats,
    indptr: Ints,
    indices: Ints,
    edges: Ints,
    alpha: float,
    normalize: bool,
    maps: Floats,
) -> int:
    """Write the map from targets to held-out predictions at each center.

    Parameters
    ----------
    rows : ndarray of shape (n_voxels, n)
        Features, a voxel a row; samples of one fold side by side.
    indptr : ndarray of shape (n_centers + 1,)
        Where the voxels of each center start in ``indices``.
    indices : ndarray
        Voxels of the spheres.
    edges : ndarray of shape (n_folds + 1,)
        Fold f tests the samples ``edges[f]:edges[f + 1]``.
    alpha : float
        Ridge penalty, positive.
    normalize : bool
        Give each sample mean 0 and deviation 1 over the voxels of the sphere.
    maps : ndarray of shape (n_centers, n, n)
        Written: held-out predictions are ``maps[c] @ y``, exact for any y.

    Returns
    -------
    int
        -1, or center * n + sample of the first sample that is flat in its sphere.
    """
    n = rows.shape[1]
    few = n - 1 - np.diff(edges).max()  # fewer voxels than this never fit a training fold exactly
    for c in range(indptr.size - 1):
        start, end = indptr[c], indptr[c + 1]
        patterns = np.empty((end - start, n))
        for v in range(end - start):
            patterns[v] = rows[indices[start + v]]
        if normalize:
            flat = _normalize_samples(patterns)
            if flat >= 0:
                return c * n + flat
        _center_voxels(patterns)
        _leave_out(_residual_maker(patterns, alpha, few), edges, maps[c])
    return -1


@_jit
def count_correct(
    decisions: Floats, labels: NDArray[np.int8], n_classes: int, counts: Floats
) -> None:
    """Count the samples whose predicted class is their label.

    Parameters
    ----------
    decisions : ndarray of shape (n_centers, n, n_columns * n_relabellings)
        For two classes one column, positive for class 1; else one a class, side by side.
    labels : ndarray of shape (n, n_relabellings), int8
        Class codes.
    n_classes : int
        Number of classes.
    counts : ndarray of shape (n_centers, n_relabellings), float64
        Written.
    """
    n_centers, n, _ = decisions.shape
    width = labels.shape[1]
    counts[:] = 0.0
    for c in range(n_centers):
        for i in range(n):
            row, known, count = decisions[c, i], labels[i], counts[c]
            if n_classes == 2:
                for b in range(width):
                    count[b] += (row[b] > TIE) == (known[b] == 1)
            else:
                for b in range(width):
                    best, chosen = row[b], 0
                    for k in range(1, n_classes):
                        if row[k * width + b] > best + TIE:
                            best, chosen = row[k * width + b], k
                    count[b] += chosen == known[b]


@_jit
def sum_squared_errors(decisions: Floats, targets: Floats, sums: Floats) -> None:
    """Sum the squared errors of the held-out predictions.

    Parameters
    ----------
    decisions : ndarray of shape (n_centers, n, n_relabellings)
        Predictions.
    targets : ndarray of shape (n, n_relabellings)
        What was to be predicted.
    sums : ndarray of shape (n_centers, n_relabellings)
        Written.
    """
    sums[:] = 0.0
    for c in range(decisions.shape[0]):
        for i in range(targets.shape[0]):
            row, known, total = decisions[c, i], targets[i], sums[c]
            for b in range(total.size):
                total[b] += (row[b] - known[b]) ** 2
