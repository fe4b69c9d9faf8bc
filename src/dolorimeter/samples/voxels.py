"""Voxels that carry nothing: not finite, or the same in every sample."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import Grid, InputError
from dolorimeter.core.containers import Floats


def usable_voxels(
    features: Floats, grid: Grid, where: str, drop: bool
) -> tuple[Floats, Grid, list[str]]:
    """Refuse voxels with gaps, or drop them and those that do not vary.

    Which voxels go depends on no label, but on all samples: the note says so.

    Parameters
    ----------
    features : ndarray of shape (n_samples, n_voxels)
        Possibly with gaps.
    grid : Grid
        Their mask.
    where : str
        The file or folder, for the message.
    drop : bool
        Whether voxels may be dropped.

    Returns
    -------
    features : ndarray of shape (n_samples, n_kept), float64
        Finite.
    grid : Grid
        The voxels kept.
    notes : list of str
        How many were dropped.

    Raises
    ------
    InputError
        If there are gaps and voxels may not be dropped, or none is left.
    """
    bad = ~np.isfinite(features)
    gaps: NDArray[np.bool_] = np.asarray(bad.any(axis=0))
    if gaps.any() and not drop:
        sample, voxel = np.argwhere(bad)[0]
        place = np.argwhere(grid.mask)[voxel].tolist()
        found = (
            f"{int(bad.sum())} values not finite inside the mask, in {int(gaps.sum())} voxels of "
            f"{int(bad.any(axis=1).sum())} samples, the first in sample {sample + 1}, voxel {place}"
        )
        raise InputError(where, found, "finite values", "Mask them, or set drop_voxels: true.")
    if not drop:
        return features, grid, []
    return _drop(features, grid, gaps, where)


def _drop(
    features: Floats, grid: Grid, gaps: NDArray[np.bool_], where: str
) -> tuple[Floats, Grid, list[str]]:
    flat = ~gaps & (features == features[0]).all(axis=0)
    kept = ~(gaps | flat)
    if not kept.any():
        raise InputError(where, "no voxel that is finite and varies", "one at least")
    mask = grid.mask.copy()
    mask[grid.mask] = kept
    note = (
        f"{int(gaps.sum())} voxels not finite and {int(flat.sum())} constant over all samples "
        "dropped"
    )
    return np.ascontiguousarray(features[:, kept]), Grid(mask, grid.affine), [note]
