"""Clusters of many maps, fast: threshold-free enhancement and the largest cluster's size.

nilearn labels the whole volume anew for each of 100 thresholds. Here voxels enter from the highest
threshold down, and clusters merge as they touch (union by size), which visits each voxel once.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from dolorimeter.core import Grid
from dolorimeter.core.containers import Floats, Ints

N_STEPS = 100  # thresholds, as in fslmaths and nilearn
EXTENT_POWER = 0.5  # Smith & Nichols 2009, equation 1
HEIGHT_POWER = 2.0


def face_neighbors(grid: Grid) -> Ints:
    """List the voxels that share a face with each voxel of a mask.

    Parameters
    ----------
    grid : Grid
        v voxels in C order.

    Returns
    -------
    ndarray of shape (v, 6), int64
        Indices among the v voxels, -1 where there is none.
    """
    number = np.full(tuple(size + 2 for size in grid.mask.shape), -1, dtype=np.int64)
    number[1:-1, 1:-1, 1:-1][grid.mask] = np.arange(int(grid.mask.sum()))
    places = np.argwhere(grid.mask) + 1
    moves = np.vstack([np.eye(3, dtype=np.int64), -np.eye(3, dtype=np.int64)])
    return np.stack([number[tuple((places + move).T)] for move in moves], axis=1)


def enhance(statistic: Floats, neighbors: Ints, top: float | None = None) -> Floats:
    """Enhance a map by the extent of what supports it, without a cluster threshold (TFCE).

    Smith & Nichols (2009), equation 1, with E = 0.5 and H = 2, over 100 equal steps from 0 to the
    largest value and without the factor dh: as fslmaths and nilearn's ``calculate_tfce`` do it.

    Parameters
    ----------
    statistic : ndarray of shape (v,)
        t; values of 0 or less stay 0.
    neighbors : ndarray of shape (v, 6)
        From :func:`face_neighbors`.
    top : float, optional
        The highest threshold; default the largest value (two-sided: the largest of both signs).

    Returns
    -------
    ndarray of shape (v,), float64
        Enhanced values.
    """
    highest = float(statistic.max()) if top is None else top
    if highest <= 0:
        return np.zeros(len(statistic))
    thresholds = np.linspace(0, highest, N_STEPS + 1)[1:]
    levels = np.searchsorted(thresholds, statistic, side="right")
    order = np.argsort(-levels, kind="stable")
    gains = np.concatenate([[0.0], thresholds**HEIGHT_POWER])
    return np.asarray(_enhance(levels, order, neighbors, gains, EXTENT_POWER))


def largest_cluster(above: NDArray[np.bool_], neighbors: Ints) -> int:
    """Return the number of voxels in the largest cluster.

    Parameters
    ----------
    above : ndarray of shape (v,), bool
        Voxels above a threshold.
    neighbors : ndarray of shape (v, 6)
        From :func:`face_neighbors`.

    Returns
    -------
    int
        0 where nothing is above.
    """
    return int(_largest(above, neighbors))


@njit(cache=True, nogil=True)
def _root(parent: Ints, i: int) -> int:
    """Return the representative of a voxel's cluster."""
    while parent[i] != i:
        i = parent[i]
    return i


@njit(cache=True, nogil=True)
def _enhance(levels: Ints, order: Ints, neighbors: Ints, gains: Floats, power: float) -> Floats:
    """Sum size^power * gain over the levels of each voxel's clusters."""
    n = len(levels)
    parent = np.full(n, -1, dtype=np.int64)
    size = np.ones(n, dtype=np.int64)
    carried = np.zeros(n)  # a voxel's sum is that of its path to the root
    roots = np.empty(n, dtype=np.int64)
    n_roots, position = 0, 0
    for level in range(len(gains) - 1, 0, -1):
        while position < n and levels[order[position]] == level:
            voxel = order[position]
            parent[voxel] = voxel
            roots[n_roots] = voxel
            n_roots += 1
            position += 1
            for other in neighbors[voxel]:
                if other >= 0 and parent[other] >= 0:
                    _merge(parent, size, carried, voxel, other)
        kept = 0
        for i in range(n_roots):
            root = roots[i]
            if parent[root] == root:
                roots[kept] = root
                kept += 1
                carried[root] += size[root] ** power * gains[level]
        n_roots = kept
    enhanced = np.zeros(n)
    for i in range(position):
        voxel = order[i]
        enhanced[voxel] = carried[voxel]
        while parent[voxel] != voxel:
            voxel = parent[voxel]
            enhanced[order[i]] += carried[voxel]
    return enhanced


@njit(cache=True, nogil=True)
def _merge(parent: Ints, size: Ints, carried: Floats, one: int, other: int) -> None:
    """Join two clusters; what the larger had gathered before is not the smaller's."""
    large, small = _root(parent, one), _root(parent, other)
    if large == small:
        return
    if size[large] < size[small]:
        large, small = small, large
    parent[small] = large
    size[large] += size[small]
    carried[small] -= carried[large]


@njit(cache=True, nogil=True)
def _largest(above: NDArray[np.bool_], neighbors: Ints) -> int:
    """Flood each cluster once and keep the greatest count."""
    n = len(above)
    seen = np.zeros(n, dtype=np.bool_)
    stack = np.empty(n, dtype=np.int64)
    greatest = 0
    for start in range(n):
        if not above[start] or seen[start]:
            continue
        seen[start] = True
        stack[0], waiting, count = start, 1, 0
        while waiting > 0:
            waiting -= 1
            count += 1
            for other in neighbors[stack[waiting]]:
                if other >= 0 and above[other] and not seen[other]:
                    seen[other] = True
                    stack[waiting] = other
                    waiting += 1
        greatest = max(greatest, count)
    return greatest
