"""Clusters of a thresholded map, and their peaks.

Clusters, main peaks and sizes are those of nilearn's ``get_clusters_table`` (faces touching), and
so are the sub-peaks, with one difference: nilearn can take up again a sub-peak that lay too close
to a higher one; here any two peaks of a cluster are further apart than the separation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from dolorimeter.core import Grid, InputError
from dolorimeter.core.containers import Floats, Ints

Bools = NDArray[np.bool_]
CONNECTIVITY = {"faces": 1, "edges": 2, "corners": 3}


@dataclass(frozen=True, slots=True)
class Cluster:
    """Contiguous voxels above a threshold.

    Attributes
    ----------
    voxels : ndarray of shape (extent,), int64
        Their places in the map, ascending.
    peaks : ndarray of shape (n_peaks,), int64
        Places of its peaks, the highest first.
    sign : int
        1 above the threshold, -1 below its negative.
    """

    voxels: Ints
    peaks: Ints
    sign: int


def find_clusters(
    values: Floats,
    grid: Grid,
    threshold: float,
    *,
    extent: int = 5,
    separation: float = 8.0,
    connectivity: str = "faces",
    two_sided: bool = False,
    within: Bools | None = None,
) -> list[Cluster]:
    """Find clusters and their peaks.

    Parameters
    ----------
    values : ndarray of shape (v,)
        A statistic; higher is more, NaN is never above a threshold.
    grid : Grid
        Where the voxels lie.
    threshold : float
        Values must exceed it; above 0.
    extent : int, default 5
        Fewest voxels of a cluster.
    separation : float, default 8.0
        Peaks of a cluster are further apart than this, in millimetres.
    connectivity : str, default "faces"
        Voxels touch by ``"faces"`` (6 neighbours, nilearn), ``"edges"`` (18, SPM) or ``"corners"``
        (26).
    two_sided : bool, default False
        Look below the negative threshold, too.
    within : ndarray of shape (v,), bool, optional
        Look only here; clusters end at its border.

    Returns
    -------
    list of Cluster
        By their highest value, positive ones first.

    Raises
    ------
    InputError
        If shapes disagree, or an option is out of its range.
    """
    _check(values, grid, threshold, extent, separation, connectivity, within)
    searched = np.where(np.isnan(values), 0.0, values)
    if within is not None:
        searched = np.where(within, searched, 0.0)
    signs = (1, -1) if two_sided else (1,)
    found: list[Cluster] = []
    for sign in signs:
        clusters = _one_side(searched * sign, grid, threshold, extent, separation, connectivity)
        found += [Cluster(voxels, peaks, sign) for voxels, peaks in clusters]
    return found


def _check(
    values: Floats,
    grid: Grid,
    threshold: float,
    extent: int,
    separation: float,
    connectivity: str,
    within: Bools | None,
) -> None:
    n_voxels = int(grid.mask.sum())
    for name, given in (("values", values), ("within", within)):
        if given is not None and given.shape != (n_voxels,):
            raise InputError(name, f"shape {given.shape}", f"one a voxel, ({n_voxels},)")
    if not 0 < threshold < np.inf:
        raise InputError("threshold", str(threshold), "a finite number above 0")
    if extent < 1 or not separation >= 0:
        found = f"{extent} voxels, {separation} mm"
        raise InputError("extent, separation", found, "1 voxel and 0 mm at least")
    if connectivity not in CONNECTIVITY:
        raise InputError("connectivity", repr(connectivity), f"one of {', '.join(CONNECTIVITY)}")


def _one_side(
    values: Floats,
    grid: Grid,
    threshold: float,
    extent: int,
    separation: float,
    connectivity: str,
) -> list[tuple[Ints, Ints]]:
    volume = np.zeros(grid.mask.shape)
    volume[grid.mask] = np.where(values > threshold, values, 0.0)
    structure = ndimage.generate_binary_structure(3, CONNECTIVITY[connectivity])
    labels, _ = ndimage.label(volume > 0, structure)
    rows = np.full(grid.mask.shape, -1, dtype=np.int64)
    rows[grid.mask] = np.arange(len(values))
    sizes = np.bincount(labels.ravel())
    clusters = []
    for number, box in enumerate(ndimage.find_objects(labels), start=1):
        if sizes[number] < extent:
            continue
        own = labels[box] == number
        peaks = _peaks(np.where(own, volume[box], 0.0), grid.affine, separation)
        clusters.append((rows[box][own], rows[box][tuple(peaks.T)]))
    # Stable, so that equal peaks keep the order in which the labelling met them.
    return sorted(clusters, key=lambda cluster: -float(values[cluster[1][0]]))


def _peaks(block: Floats, affine: Floats, separation: float) -> Ints:
    """Return voxels with no higher neighbour among 26, highest first, far enough apart."""
    padded = np.pad(block, 1)
    highest = ndimage.maximum_filter(padded, size=3, mode="constant")[1:-1, 1:-1, 1:-1]
    candidates = _one_a_plateau((block == highest) & (block > 0))
    candidates = candidates[np.argsort(-block[tuple(candidates.T)], kind="stable")]
    places = candidates @ affine[:3, :3].T
    kept: list[int] = []
    for row, place in enumerate(places):
        if all(np.linalg.norm(place - places[other]) > separation for other in kept):
            kept.append(row)
    return np.asarray(candidates[kept], dtype=np.int64)


def _one_a_plateau(maxima: Bools) -> Ints:
    """Of maxima that touch, hence are equal, keep the one nearest to their middle."""
    labels, _ = ndimage.label(maxima, np.ones((3, 3, 3)))
    members = np.argwhere(maxima)
    group = labels[tuple(members.T)] - 1
    sums = np.stack([np.bincount(group, members[:, axis]) for axis in range(3)], axis=1)
    middle = sums / np.bincount(group)[:, None]
    away = ((members - middle[group]) ** 2).sum(axis=1)
    order = np.lexsort((np.arange(len(members)), away, group))
    first = np.unique(group[order], return_index=True)[1]
    return np.asarray(members[order][first])
