"""A map of the brain as plain arrays, and where it lies."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .formats import number

_INSIDE = 0.9  # share of a map's voxels that must lie in the template's brain to be drawn on it
_COARSE = 10.0  # mm; coarser voxels say nothing on an anatomy
_SLICES, _APART = 6, 8.0  # mm between a slice that was asked for and one that fills the row
Volume = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BrainMap:
    """One number a voxel, and how much of it is to be shown.

    Attributes
    ----------
    values : ndarray of shape (n_voxels,)
        In C order of the mask.
    mask : ndarray of shape (x, y, z), bool
        The voxels that have a value.
    affine : ndarray of shape (4, 4)
        From voxel indices to millimetres.
    name : str
        What the numbers are.
    threshold : float or None, default None
        Voxels of a smaller size are not drawn; None draws them all.
    outline : float or None, default None
        Voxels above it are outlined on the slices, never those below its negative: a corrected
        threshold is that of one direction. None outlines none.
    cuts : tuple of float, default ()
        Heights in mm that the slices must show; others are spread over the mask.
    diverging : bool, default True
        Whether the numbers go both ways from zero, as t does; a share or a rate does not.
    """

    values: Volume
    mask: NDArray[np.bool_]
    affine: Volume
    name: str
    threshold: float | None = None
    outline: float | None = None
    cuts: tuple[float, ...] = ()
    diverging: bool = True


def volume(brain: BrainMap) -> Volume:
    """Set the values into their grid, zero elsewhere and where they are not finite.

    Parameters
    ----------
    brain : BrainMap
        The map.

    Returns
    -------
    ndarray of shape (x, y, z)
        All finite.
    """
    filled = np.zeros(brain.mask.shape)
    filled[brain.mask] = np.nan_to_num(brain.values, posinf=0.0, neginf=0.0)
    return filled


def shown(brain: BrainMap) -> Volume:
    """Set the values that reach the threshold into their grid.

    Parameters
    ----------
    brain : BrainMap
        The map.

    Returns
    -------
    ndarray of shape (x, y, z)
        Zero where the map is weaker than its threshold.
    """
    filled = volume(brain)
    return filled if brain.threshold is None else filled * (np.abs(filled) >= brain.threshold)


def largest(brain: BrainMap) -> float:
    """Give the end of the color scale.

    Parameters
    ----------
    brain : BrainMap
        The map.

    Returns
    -------
    float
        The largest size, and at least the thresholds; 1 where there are only zeros.
    """
    sizes = (float(np.abs(volume(brain)).max(initial=0.0)), brain.threshold, brain.outline)
    return max(size or 0.0 for size in sizes) or 1.0


def edges(brain: BrainMap) -> Volume:
    """Give the edges of a voxel.

    Parameters
    ----------
    brain : BrainMap
        The map.

    Returns
    -------
    ndarray of shape (3,)
        In mm.
    """
    return np.linalg.norm(brain.affine[:3, :3], axis=0)


def voxel_size(brain: BrainMap) -> str:
    """Write the size of a voxel.

    Parameters
    ----------
    brain : BrainMap
        The map.

    Returns
    -------
    str
        Such as ``"3 mm"`` or ``"2 × 2 × 3.5 mm"``.
    """
    sizes = [number(edge, 1).removesuffix(".0") for edge in edges(brain)]
    return f"{' × '.join(sizes)} mm" if len(set(sizes)) > 1 else f"{sizes[0]} mm"


def heights(brain: BrainMap) -> list[int]:
    """Choose the heights of the slices.

    Parameters
    ----------
    brain : BrainMap
        The map.

    Returns
    -------
    list of int
        In mm: those that the map asks for, and others over the middle nine tenths of its mask.
    """
    z = (np.argwhere(brain.mask) @ brain.affine[:3, :3].T + brain.affine[:3, 3])[:, 2]
    low, high = (float(np.quantile(z, share)) for share in (0.05, 0.95))
    asked = {round(cut) for cut in brain.cuts if z.min() <= cut <= z.max()}
    for height in np.linspace(low, high, _SLICES):
        near = any(abs(height - other) < _APART for other in asked if brain.cuts)
        if len(asked) < _SLICES and not near:
            asked.add(round(float(height)))
    return sorted(asked)


@cache
def template() -> tuple[Any, Any]:
    """Load the MNI152 head and its brain at 2 mm, out of nilearn's own files.

    Returns
    -------
    tuple of two images
        Head and mask of the brain.
    """
    from nilearn.datasets import load_mni152_brain_mask, load_mni152_template

    return load_mni152_template(resolution=2), load_mni152_brain_mask(resolution=2)


def unlike_template(brain: BrainMap) -> str:
    """Say why a map does not belong on the template.

    Parameters
    ----------
    brain : BrainMap
        The map.

    Returns
    -------
    str
        A clause after "slices of its own grid"; empty where it does belong there.
    """
    if not volume(brain).any():
        return "which shows nothing but zeros"
    if edges(brain).max() > _COARSE:
        return f"whose voxels of {voxel_size(brain)} are too coarse for an anatomy"
    brain_mask = template()[1]
    inside = np.asarray(brain_mask.dataobj) > 0
    to_template = np.linalg.inv(brain_mask.affine) @ brain.affine
    voxels = np.argwhere(brain.mask) @ to_template[:3, :3].T + to_template[:3, 3]
    index = np.rint(voxels).astype(int)
    near = np.all((index >= 0) & (index < inside.shape), axis=1)
    if near.sum() == 0 or inside[tuple(index[near].T)].sum() < _INSIDE * len(index):
        return "which does not lie where the MNI152 brain does"
    return ""
