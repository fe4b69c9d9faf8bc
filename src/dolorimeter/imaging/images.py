"""Preprocessed runs into memory: one at a time, in one mask, smoothed, refused where they lie."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from dolorimeter.bids.preprocessed import PreprocessedRun
from dolorimeter.core import Grid, InputError
from dolorimeter.core.containers import Floats
from dolorimeter.samples.arguments import need_extra
from dolorimeter.samples.spaces import load_image, load_mask, same_space

from .grids import mask_of, place_words, voxel_sizes

FWHM = float(np.sqrt(8 * np.log(2)))  # of a Gaussian whose deviation is 1
_PER_SECOND = {"sec": 1.0, "msec": 1e3, "usec": 1e6}
_AGREE = 0.01  # relative; headers keep the repetition time in single precision, some rounded
_HALFWAY = 1e-3  # voxels; which of two neighbors is nearer is rounding within it


def read_run(
    run: PreprocessedRun,
    grid: Grid | None = None,
    smoothing: float | None = 6.0,
    resample: bool = False,
    repetition_time: float | None = None,
) -> tuple[Floats, float]:
    """Read the images of a run.

    Parameters
    ----------
    run : PreprocessedRun
        Its image is opened, and closed again.
    grid : Grid, optional
        Voxels to take; default those of the run's own mask.
    smoothing : float or None, default 6.0
        Full width at half maximum of a Gaussian in mm, over the whole image before masking; None
        or 0: as it is.
    resample : bool, default False
        Resample an image of another space to the grid (linear), frame by frame.
    repetition_time : float, optional
        In seconds: overrules sidecar and header.

    Returns
    -------
    data : ndarray of shape (n_frames, n_voxels), float64
        Voxels in C order.
    repetition_time : float
        Seconds.

    Raises
    ------
    InputError
        If the image has not four axes, is truncated, lies in another space, holds a value that is
        not finite within the mask, or its repetition time is unknown or told in two ways.

    Notes
    -----
    In memory are the image as stored, one frame, and the voxels in the mask. A value that is not
    finite outside the mask counts as 0 for resampling and smoothing. A voxel that does not vary
    before smoothing does not after it: what its neighbors have is no measurement of it.
    """
    width = _checked_width(smoothing)
    image = load_image(run.bold)
    if len(image.shape) != 4:
        found = f"an image of {len(image.shape)} axes, {image.shape}"
        raise InputError(str(run.bold), found, "a run: three axes and time")
    step = _repetition_time(run, image, repetition_time)
    own = grid if grid is not None else load_mask(mask_of(run))
    if not resample:
        refuse_other_space(run.bold, image, own)
    return _frames(run.bold, image, own, width), step


def refuse_other_space(path: Path, image: Any, grid: Grid) -> None:
    """Refuse an image that does not lie in the space of a mask.

    Parameters
    ----------
    path : Path
        Of the image, for the message.
    image : nibabel image
        Open.
    grid : Grid
        The mask.

    Raises
    ------
    InputError
        If shape or affine differ.
    """
    if not same_space(image.shape[:3], image.affine, grid):
        rule = f"the space of the mask: {place_words(grid.mask.shape, grid.affine)}"
        remedy = "Give a mask that fits, or resample: true."
        raise InputError(str(path), place_words(image.shape, image.affine), rule, remedy)


def _checked_width(smoothing: float | None) -> float:
    width = 0.0 if smoothing is None else float(smoothing)
    if not 0 <= width < np.inf:
        raise InputError("smoothing", repr(smoothing), "a width in mm, 0 or more")
    return width


def _repetition_time(run: PreprocessedRun, image: Any, given: float | None) -> float:
    """Return what sidecar and header agree on."""
    if given is not None:
        if not 0 < given < np.inf:
            raise InputError("repetition_time", repr(given), "a positive number of seconds")
        return float(given)
    header = _of_header(image)
    if run.repetition_time is None and header is None:
        rule = "a RepetitionTime (s) in its JSON sidecar, or a header with time and unit"
        remedy = "Add it to the sidecar, or give repetition_time."
        raise InputError(str(run.bold), "no repetition time", rule, remedy)
    if run.repetition_time is None:
        return float(header)  # type: ignore[arg-type]
    if header is not None and abs(header / run.repetition_time - 1) > _AGREE:
        found = f"{run.repetition_time:g} s in the sidecar, {header:g} s in the header"
        remedy = "Mend the one that is wrong, or give repetition_time."
        raise InputError(str(run.bold), found, "one repetition time", remedy)
    return run.repetition_time


def _of_header(image: Any) -> float | None:
    """Return the repetition time in a header; None where it has no unit, which is no statement."""
    unit = image.header.get_xyzt_units()[1]
    value = float(image.header.get_zooms()[3])
    known = unit in _PER_SECOND and 0 < value < np.inf
    return value / _PER_SECOND[unit] if known else None


def _frames(path: Path, image: Any, grid: Grid, width: float) -> Floats:
    """Take the voxels of a mask out of each frame, smoothed."""
    proxy = image.dataobj
    stored = proxy.get_unscaled()
    slope, intercept = np.float64(proxy.slope), np.float64(proxy.inter)
    here = same_space(image.shape[:3], image.affine, grid)
    data = np.empty((image.shape[3], int(grid.mask.sum())), dtype=np.float64)
    first, varies = np.zeros(data.shape[1]), np.zeros(data.shape[1], dtype=np.bool_)
    for t in range(len(data)):
        frame = stored[..., t] * slope + intercept
        finite = np.isfinite(frame)
        if not finite.all():
            _refuse_unknown(path, t, finite[grid.mask] if here else _near(finite, image, grid))
            frame = np.where(finite, frame, 0.0)
        if not here:
            frame = _resampled(frame, image.affine, grid)
        inside = frame[grid.mask]
        first = inside if t == 0 else first
        varies |= inside != first
        data[t] = inside if width == 0 else smooth(frame, grid.affine, width)[grid.mask]
    data[:, ~varies] = first[~varies]
    return data


def _refuse_unknown(path: Path, t: int, finite: NDArray[np.bool_]) -> None:
    """Refuse a frame with a value in the mask that is not finite."""
    bad = int((~finite).sum())
    if bad:
        found = f"{bad} voxels of frame {t} in the mask are not finite"
        raise InputError(str(path), found, "finite numbers wherever the mask is")


def _near(finite: NDArray[np.bool_], image: Any, grid: Grid) -> NDArray[np.bool_]:
    """Tell for each voxel in the mask whether the image's nearest one is finite, or there is none.

    Voxels at the edge of a brain lie between such with and without values; what counts is whose
    they are, either's where they lie halfway.
    """
    change = np.linalg.inv(image.affine) @ grid.affine
    places = np.argwhere(grid.mask) @ change[:3, :3].T + change[:3, 3]
    found = np.zeros(len(places), dtype=np.bool_)
    for aside in product((-_HALFWAY, _HALFWAY), repeat=3):
        near = np.rint(places + aside).astype(np.int64)
        within = ((near >= 0) & (near < finite.shape)).all(axis=1)
        found |= ~within
        found[within] |= finite[tuple(near[within].T)]
    return found


def _resampled(frame: Floats, affine: Floats, grid: Grid) -> Floats:
    nibabel = need_extra("nibabel", "images")
    taken = need_extra("nilearn.image", "images").resample_img(
        nibabel.Nifti1Image(frame, affine),
        target_affine=grid.affine,
        target_shape=grid.mask.shape,
        interpolation="linear",
        copy_header=True,
        force_resample=True,
    )
    return np.asarray(taken.dataobj, dtype=np.float64)


def smooth(volume: NDArray[np.floating[Any]], affine: Floats, width: float) -> Floats:
    """Smooth one volume by a Gaussian.

    Parameters
    ----------
    volume : ndarray of shape (x, y, z)
        Finite.
    affine : ndarray of shape (4, 4)
        From voxels to mm.
    width : float
        Full width at half maximum in mm; 0: as it is.

    Returns
    -------
    ndarray of shape (x, y, z), float64
        As nilearn smooths: borders mirrored.
    """
    smoothed = np.asarray(volume, dtype=np.float64)
    if width > 0:
        for axis, size in enumerate(voxel_sizes(affine)):
            smoothed = gaussian_filter1d(smoothed, width / (FWHM * size), axis=axis)
    return smoothed
