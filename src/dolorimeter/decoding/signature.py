"""Apply a weight map to images, and say what became of its voxels on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import Grid, InputError, Samples

from .expression import Expression, pattern_expression

if TYPE_CHECKING:
    from nibabel.spatialimages import SpatialImage

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Interpolation = Literal["linear", "continuous", "nearest"]


@dataclass(frozen=True, slots=True)
class SpaceReport:
    """What happened between the weight map and the images.

    Attributes
    ----------
    weight_voxels : int
        Voxels of the weight map that are finite and not zero, in its own space.
    image_voxels : int
        Voxels of the images, in theirs.
    common_voxels : int
        Voxels of the images where the weight map, brought there, is not zero.
    weight_covered : float
        Share of the absolute weight, in its own space, that falls on voxels of the images.
    resampled : bool
        Whether the weight map was brought to another grid.
    interpolation : str or None
        How; None where it was not.
    voxel_ratio : float
        Volume of an image voxel over that of a weight voxel. A dot product sums over voxels: it
        shrinks as they grow and is comparable only between images of one grid.
    """

    weight_voxels: int
    image_voxels: int
    common_voxels: int
    weight_covered: float
    resampled: bool
    interpolation: Interpolation | None
    voxel_ratio: float

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain values for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class AppliedSignature:
    """A weight map's expression in images.

    Attributes
    ----------
    expression : ndarray of shape (n_images,)
        One value an image.
    how : str
        ``"dot"``, ``"cosine"`` or ``"correlation"``.
    weights : ndarray of shape (n_voxels,)
        The weight map on the voxels of the images, 0 where it has none.
    report : SpaceReport
        Coverage and resampling.
    """

    expression: Floats
    how: Expression
    weights: Floats
    report: SpaceReport


def apply_signature(
    weight_map: str | Path | SpatialImage,
    images: Samples | Sequence[str | Path | SpatialImage] | str | Path | SpatialImage,
    mask: str | Path | SpatialImage | None = None,
    how: Expression = "dot",
    interpolation: Interpolation = "linear",
) -> AppliedSignature:
    """Apply a weight map to images, in the images' space.

    The images stay as they are; the weight map is brought to their grid where the two differ.
    Voxels without weight take no part in the cosine and the correlation.

    Parameters
    ----------
    weight_map : str, Path or image
        One volume. NaN and 0 both mean no weight.
    images : Samples, or image(s)
        Samples with a grid, one 4D image, or 3D images of one grid.
    mask : str, Path or image, optional
        Which voxels of the images count, on their grid. Without it those of the samples, or those
        that are finite and not zero in at least one image.
    how : str, default "dot"
        Measure, as in :func:`pattern_expression`.
    interpolation : str, default "linear"
        ``"linear"``, ``"continuous"`` (third-order splines, which ring at edges of a mask) or
        ``"nearest"``, as nilearn has them. None of them averages: a fine map brought to a much
        coarser grid is sampled at its points.

    Returns
    -------
    AppliedSignature
        Expression and what was covered.

    Raises
    ------
    InputError
        If nilearn is not installed, a file cannot be read, samples have no grid, images or mask
        disagree in grid, an image is NaN inside the mask, or weights and images do not overlap.
    """
    matrix, grid = _read_images(images, mask)
    weight = _load(weight_map, "weight map")
    values = np.asarray(weight.get_fdata(), dtype=np.float64)
    values = values[..., 0] if values.ndim == 4 and values.shape[3] == 1 else values
    if values.ndim != 3:
        raise InputError("weight map", f"shape {values.shape}", "one volume (x, y, z)")
    values = np.where(np.isfinite(values), values, 0.0)
    same = _same_grid(values.shape, weight.affine, grid)
    moved = values if same else _resample(values, weight.affine, grid, interpolation)
    weights = moved[grid.mask]
    report = SpaceReport(
        weight_voxels=int((values != 0).sum()),
        image_voxels=len(weights),
        common_voxels=int((weights != 0).sum()),
        weight_covered=_covered(values, weight.affine, grid),
        resampled=not same,
        interpolation=None if same else interpolation,
        voxel_ratio=float(abs(_volume(grid.affine) / _volume(weight.affine))),
    )
    if not report.common_voxels:
        found = f"{report.weight_voxels} voxels of which none falls on the images"
        remedy = "Check the affines: both must be in millimetres of one template."
        raise InputError("weight map", found, "weights where the images have voxels", remedy)
    used = weights != 0
    expression = pattern_expression(weights[used], matrix[:, used], how)
    return AppliedSignature(expression, how, weights, report)


def _read_images(images: Any, mask: Any) -> tuple[Floats, Grid]:
    """Return images by voxels, and where the voxels lie."""
    if isinstance(images, Samples):
        return _read_samples(images, mask)
    several = images if isinstance(images, list | tuple) else [images]
    loaded = [_load(image, f"image {i}") for i, image in enumerate(several)]
    if not loaded:
        raise InputError("images", "none", "at least one")
    first = loaded[0]
    for i, image in enumerate(loaded):
        if image.shape[:3] != first.shape[:3] or not np.allclose(image.affine, first.affine):
            raise InputError(f"image {i}", "another grid than image 0", "images of one grid")
    volumes = [np.asarray(image.get_fdata(), dtype=np.float64) for image in loaded]
    block = np.concatenate([v[..., None] if v.ndim == 3 else v for v in volumes], axis=3)
    inside = (np.isfinite(block) & (block != 0)).any(axis=3)
    if mask is not None:
        inside = _read_mask(mask, first.shape[:3], first.affine)
    matrix = block[inside].T
    _refuse_gaps(matrix)
    return matrix, Grid(inside, np.asarray(first.affine, dtype=np.float64))


def _read_samples(samples: Samples, mask: Any) -> tuple[Floats, Grid]:
    if samples.grid is None:
        raise InputError("images", "samples without a grid", "samples read from images")
    if mask is None:
        return samples.features, samples.grid
    grid = samples.grid
    inside = _read_mask(mask, grid.mask.shape, grid.affine) & grid.mask
    return samples.features[:, inside[grid.mask]], Grid(inside, grid.affine)


def _read_mask(mask: Any, shape: tuple[int, ...], affine: Floats) -> Bools:
    image = _load(mask, "mask")
    if image.shape != tuple(shape) or not np.allclose(image.affine, affine):
        found = f"grid {image.shape}, which does not fit images of grid {tuple(shape)}"
        raise InputError("mask", found, "a mask on the grid of the images")
    inside = np.asarray(image.get_fdata() > 0)
    if not inside.any():
        raise InputError("mask", "no voxel", "at least one voxel above 0")
    return inside


def _refuse_gaps(matrix: Floats) -> None:
    gaps = ~np.isfinite(matrix)
    if gaps.any():
        image = int(np.flatnonzero(gaps.any(axis=1))[0])
        found = f"{int(gaps[image].sum())} voxels inside the mask are not finite"
        remedy = "Pass a mask of the voxels that all images have."
        raise InputError(f"image {image}", found, "finite values inside the mask", remedy)
    if not matrix.size:
        raise InputError("images", "no voxel that is finite and not zero", "images with content")


def _load(image: Any, where: str) -> Any:
    nibabel = _nilearn()[1]
    if not isinstance(image, str | Path):
        return image
    try:
        return nibabel.load(image)
    except (FileNotFoundError, nibabel.filebasedimages.ImageFileError) as error:
        found = f"{image}: {str(error).splitlines()[0]}"
        raise InputError(where, found, "a NIfTI image that can be read") from error


def _nilearn() -> tuple[Any, Any]:
    try:
        import nibabel
        from nilearn import image
    except ImportError as error:
        remedy = 'pip install "dolorimeter[images]"'
        raise InputError("nilearn", "not installed", "the extra for images", remedy) from error
    return image, nibabel


def _resample(values: Floats, affine: Floats, grid: Grid, interpolation: str) -> Floats:
    """Bring a volume to a grid."""
    image, nibabel = _nilearn()
    moved = image.resample_img(
        nibabel.Nifti1Image(values, affine),
        target_affine=grid.affine,
        target_shape=grid.mask.shape,
        interpolation=interpolation,
        force_resample=True,
        copy_header=True,
    )
    return np.asarray(moved.get_fdata(), dtype=np.float64)


def _covered(values: Floats, affine: Floats, grid: Grid) -> float:
    """Return the share of absolute weight whose voxels lie on voxels of the images."""
    total = np.abs(values).sum()
    if total == 0:
        raise InputError("weight map", "no voxel but 0 and NaN", "a map with weights")
    places = np.argwhere(values != 0)
    step = np.linalg.solve(grid.affine, affine)
    there = np.rint(places @ step[:3, :3].T + step[:3, 3]).astype(np.int64)
    inside = ((there >= 0) & (there < grid.mask.shape)).all(axis=1)
    inside[inside] = grid.mask[tuple(there[inside].T)]
    return float(np.abs(values[tuple(places[inside].T)]).sum() / total)


def _same_grid(shape: tuple[int, ...], affine: Floats, grid: Grid) -> bool:
    return shape == grid.mask.shape and bool(np.allclose(affine, grid.affine))


def _volume(affine: Floats) -> float:
    return float(np.linalg.det(affine[:3, :3]))
