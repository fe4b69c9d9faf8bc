"""The voxels of an analysis: those that all runs share, or those of a standard brain."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dolorimeter.bids.preprocessed import PreprocessedRun
from dolorimeter.core import Grid, InputError
from dolorimeter.core.containers import Floats
from dolorimeter.samples.arguments import need_extra
from dolorimeter.samples.spaces import load_mask, same_space


def common_grid(
    runs: Sequence[PreprocessedRun],
    mask: str | Path | Grid | None = None,
    voxel_size: float | None = None,
) -> Grid:
    """Return the voxels that the masks of all runs share.

    Parameters
    ----------
    runs : sequence of PreprocessedRun
        Their masks must lie in one space, unless a mask is given.
    mask : str, Path or Grid, optional
        A mask to use instead of theirs.
    voxel_size : float, optional
        In mm: a coarser or finer grid over the same box (nearest neighbor of the mask); images
        are then to be read with ``resample=True``.

    Returns
    -------
    Grid
        Of the analysis.

    Raises
    ------
    InputError
        If a run has no mask, spaces differ (both files are named), or no voxel is left.
    """
    grid = _given(mask) if mask is not None else _shared(runs)
    if voxel_size is None:
        return grid
    if not 0 < voxel_size < np.inf:
        raise InputError("voxel_size", repr(voxel_size), "a positive number of mm")
    return _regridded(grid, float(voxel_size))


def _given(mask: str | Path | Grid) -> Grid:
    return mask if isinstance(mask, Grid) else load_mask(Path(mask))


def _shared(runs: Sequence[PreprocessedRun]) -> Grid:
    """Return the intersection of the masks of the runs."""
    paths = dict.fromkeys(mask_of(run) for run in runs)
    if not paths:
        raise InputError("runs", "none", "one at least")
    first, *rest = paths
    grid = load_mask(first)
    inside = grid.mask.copy()
    for path in rest:
        other = load_mask(path)
        if not same_space(other.mask.shape, other.affine, grid):
            rule = f"the space of {first.name}: {place_words(grid.mask.shape, grid.affine)}"
            remedy = "Give one mask for all, and resample: true."
            raise InputError(str(path), place_words(other.mask.shape, other.affine), rule, remedy)
        inside &= other.mask
        if not inside.any():
            raise InputError(str(path), "no voxel in common with the masks before", "one at least")
    return Grid(inside, grid.affine)


def mask_of(run: PreprocessedRun) -> Path:
    """Return the brain mask of a run.

    Parameters
    ----------
    run : PreprocessedRun
        Its images.

    Returns
    -------
    Path
        The mask beside them.

    Raises
    ------
    InputError
        If there is none.
    """
    if run.mask is None:
        remedy = "Give a mask for all runs."
        raise InputError(str(run.bold), "no brain mask beside it", "…_desc-brain_mask", remedy)
    return run.mask


def place_words(shape: tuple[int, ...], affine: Floats) -> str:
    """Say where an image lies.

    Parameters
    ----------
    shape : tuple of int
        Three axes, or more.
    affine : ndarray of shape (4, 4)
        From voxels to mm.

    Returns
    -------
    str
        For a message.
    """
    size = [round(float(s), 3) for s in voxel_sizes(affine)]
    origin = [round(float(x), 3) for x in affine[:3, 3]]
    return f"shape {tuple(int(n) for n in shape[:3])}, voxels {size} mm, origin {origin}"


def voxel_sizes(affine: Floats) -> Floats:
    """Return the size of a voxel along each axis.

    Parameters
    ----------
    affine : ndarray of shape (4, 4)
        From voxels to mm.

    Returns
    -------
    ndarray of shape (3,)
        In mm.
    """
    return np.sqrt((affine[:3, :3] ** 2).sum(axis=0))


def _regridded(grid: Grid, size: float) -> Grid:
    """Take a mask to voxels of another size over the same box."""
    nibabel = need_extra("nibabel", "images")
    image = need_extra("nilearn.image", "images")
    held = nibabel.Nifti1Image(grid.mask.astype(np.uint8), grid.affine)
    directions = grid.affine[:3, :3] / voxel_sizes(grid.affine)
    taken = image.resample_img(
        held,
        target_affine=directions * size,
        interpolation="nearest",
        copy_header=True,
        force_resample=True,
    )
    inside = np.asarray(taken.dataobj) != 0
    if not inside.any():
        raise InputError("voxel_size", f"no voxel is left at {size:g} mm", "a smaller size")
    return Grid(inside, np.asarray(taken.affine, dtype=np.float64))


def brain_grid(voxel_size: float = 6.0) -> Grid:
    """Return the voxels of the brain that nilearn ships (MNI152).

    Parameters
    ----------
    voxel_size : float, default 6.0
        In mm; at 6 mm there are 8,721 voxels.

    Returns
    -------
    Grid
        The origin is the center of a voxel.

    Raises
    ------
    InputError
        If the size is not between 2 and 20 mm.
    """
    if not 2 <= voxel_size <= 20:
        raise InputError("voxel_size", repr(voxel_size), "mm between 2 and 20")
    mask = need_extra("nilearn.datasets", "images").load_mni152_brain_mask(resolution=2)
    places = np.argwhere(np.asarray(mask.dataobj) != 0) @ mask.affine[:3, :3].T
    places += mask.affine[:3, 3]
    low, high = (np.round(edge / voxel_size) for edge in (places.min(axis=0), places.max(axis=0)))
    affine = np.diag([voxel_size] * 3 + [1.0])
    affine[:3, 3] = low * voxel_size
    taken = need_extra("nilearn.image", "images").resample_img(
        mask,
        target_affine=affine,
        target_shape=tuple((high - low + 1).astype(int).tolist()),
        interpolation="nearest",
        copy_header=True,
        force_resample=True,
    )
    return Grid(np.asarray(taken.dataobj) != 0, affine)
