"""Regions of interest on a grid: by name, as spheres, from images, or from an atlas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import Grid, InputError
from dolorimeter.core.containers import Floats
from dolorimeter.samples.arguments import as_list, as_number, check_keys, hint
from dolorimeter.samples.spaces import load_mask

from .atlas import read_atlas
from .places import A_PRIORI, REGIONS, Region, nearest_voxels, voxel_centers

Mask = NDArray[np.bool_]
__all__ = ["A_PRIORI", "REGIONS", "Region", "describe_regions", "read_regions", "voxel_centers"]


def read_regions(
    spec: str | Sequence[str] | Mapping[str, Any] | None,
    grid: Grid,
    root: str | Path | None = None,
) -> dict[str, Mask]:
    """Return the voxels of each region.

    Parameters
    ----------
    spec : str, sequence of str, mapping or None
        Names of ``REGIONS`` (None: ``A_PRIORI``, those of science.md 2.4), or by name: a name or
        several of ``REGIONS``; ``{"center": [x, y, z], "radius": r}`` in MNI millimetres, or a list
        of such spheres; the path of an image, whose voxels other than 0 belong to it;
        ``{"atlas": name, "labels": [...]}``, with ``names`` for an atlas of one's own.
    grid : Grid
        The voxels to choose from. A voxel belongs where its centre does.
    root : str or Path, optional
        The folder that paths start from.

    Returns
    -------
    dict of str to ndarray of shape (v,), bool
        In the order given; True for the region's voxels, in C order.

    Raises
    ------
    InputError
        If a region is unknown, wrongly described, or has no voxel on the grid.
    """
    if spec is None:
        spec = A_PRIORI
    chosen = spec if isinstance(spec, Mapping) else {name: name for name in as_list(spec)}
    if not chosen:
        raise InputError("regions", "none", "one region at least")
    centers = voxel_centers(grid)
    folder = Path(root) if root is not None else Path()
    masks = {}
    for name, value in chosen.items():
        mask = _mask(str(name), value, grid, centers, folder)
        if not mask.any():
            raise InputError(
                f"regions, {name}",
                f"no voxel among {len(centers)}",
                "one at least on the grid of the images",
                "Is it in MNI millimetres, and wide enough for the voxels?",
            )
        masks[str(name)] = mask
    return masks


def _mask(name: str, value: Any, grid: Grid, centers: Floats, folder: Path) -> Mask:
    where = f"regions, {name}"
    if isinstance(value, Mapping) and "atlas" in value:
        return _labelled(where, value, grid, folder)
    if isinstance(value, Mapping):
        return _sphere(where, value).holds(centers)
    parts = as_list(value)
    if parts and all(isinstance(part, Mapping) for part in parts):
        return np.any([_sphere(where, part).holds(centers) for part in parts], axis=0)
    if not parts or not all(isinstance(part, (str, Path)) for part in parts):
        rule = "a name, a center with its radius, an image, or an atlas with labels"
        raise InputError(where, repr(value), rule)
    return np.any([_named(where, part, centers, folder) for part in parts], axis=0)


def _named(where: str, part: str | Path, centers: Floats, folder: Path) -> Mask:
    if str(part) in REGIONS:
        return REGIONS[str(part)].holds(centers)
    if str(part).endswith((".nii", ".nii.gz")):
        return _drawn(folder / Path(part).expanduser(), centers)
    rule = f"an image (.nii, .nii.gz) or one of {', '.join(REGIONS)}"
    raise InputError(where, repr(str(part)), rule, hint(part, REGIONS))


def _drawn(path: Path, centers: Floats) -> Mask:
    """Take the image's nearest voxel, so that it may have any resolution."""
    drawn = load_mask(path)
    indices, inside = nearest_voxels(centers, drawn.mask.shape, drawn.affine)
    return np.asarray(drawn.mask[tuple(indices.T)] & inside)


def _sphere(where: str, value: Mapping[str, Any]) -> Region:
    check_keys(where, value, ("center", "radius"))
    center = as_list(value.get("center"))
    if len(center) != 3:
        raise InputError(where, f"center {value.get('center')!r}", "x, y and z in MNI millimetres")
    x, y, z = (as_number(f"{where}, center", number) for number in center)
    radius = as_number(f"{where}, radius", value.get("radius"))
    if radius <= 0:
        raise InputError(f"{where}, radius", str(radius), "millimetres above 0")
    return Region(where, ((x, y, z, radius),), "given by the study")


def _labelled(where: str, value: Mapping[str, Any], grid: Grid, folder: Path) -> Mask:
    check_keys(where, value, ("atlas", "labels", "names"))
    labels = [str(label) for label in as_list(value.get("labels", []))]
    if not labels:
        raise InputError(where, "no labels", "labels of the atlas")
    names = value.get("names")
    atlas = str(value["atlas"])
    if atlas.endswith((".nii", ".nii.gz")):
        return read_atlas(folder / atlas, folder / str(names) if names else None).mask(labels, grid)
    return read_atlas(atlas).mask(labels, grid)


def describe_regions(spec: str | Sequence[str] | Mapping[str, Any] | None) -> dict[str, str]:
    """Say where each region comes from.

    Parameters
    ----------
    spec : str, sequence of str, mapping or None
        As for `read_regions`.

    Returns
    -------
    dict of str to str
        A line for a methods text.
    """
    if spec is None:
        spec = A_PRIORI
    chosen = spec if isinstance(spec, Mapping) else {name: name for name in as_list(spec)}
    return {str(name): _described(value) for name, value in chosen.items()}


def _described(value: Any) -> str:
    if isinstance(value, Mapping) and "atlas" in value:
        return f"{value['atlas']}: {', '.join(map(str, as_list(value.get('labels', []))))}"
    if isinstance(value, Mapping):
        return f"sphere of {value.get('radius')} mm around {value.get('center')}"
    parts = as_list(value)
    if len(parts) > 1:
        return "; ".join(_described(part) for part in parts)
    region = REGIONS.get(str(value if not isinstance(value, list) else parts[0]))
    if region is None:
        return f"image {parts[0]}"
    spheres = ", ".join(f"({x:g}, {y:g}, {z:g}) r {r:g}" for x, y, z, r in region.spheres)
    return f"spheres (mm) {spheres}; {region.source}"
