"""Images in and out of masks: spaces that agree, and files that hold what their headers say."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import Grid, InputError
from dolorimeter.core.containers import Floats

from .arguments import need_extra

CHUNK = 1 << 22
# No deflate stream unpacks to more than 1,032 bytes a byte (zlib's technical details).
MOST_UNPACKED = 1032
TOLERANCE = 1e-3


def load_image(path: Path) -> Any:
    """Open a NIfTI image, its data still on disk.

    Parameters
    ----------
    path : Path
        The file, packed by gzip or not.

    Returns
    -------
    nibabel image
        Of real numbers, with all the data that its header promises.

    Raises
    ------
    InputError
        If there is no such file, it is no image, truncated, or its header lies.
    """
    nibabel = need_extra("nibabel", "images")
    if not path.is_file():
        raise InputError(str(path), "no such file", "a NIfTI image")
    try:
        image = nibabel.load(path)
    except (nibabel.filebasedimages.ImageFileError, OSError, EOFError, zlib.error, ValueError) as e:
        words = str(e).splitlines()[0] if str(e) else type(e).__name__
        raise InputError(str(path), f"unreadable or truncated ({words})", "a NIfTI image") from e
    kind = np.dtype(image.get_data_dtype())
    if kind.kind not in "fiub" or len(image.shape) < 3:
        raise InputError(
            str(path), f"{kind} of shape {image.shape}", "numbers in three axes or four"
        )
    if not np.isfinite(image.affine).all():
        raise InputError(str(path), "an affine that is not finite", "a place in space")
    _refuse_truncated(path, image, kind)
    return image


def _refuse_truncated(path: Path, image: Any, kind: np.dtype[Any]) -> None:
    """Compare the header with the file before memory is taken for the data."""
    sizes = [int(n) for n in image.shape]
    promised = int(np.prod(sizes, dtype=object)) * kind.itemsize + int(image.dataobj.offset)
    held = path.stat().st_size
    if path.suffix == ".gz":
        beyond = promised > MOST_UNPACKED * held
        held = MOST_UNPACKED * held if beyond else _unpacked(path, promised)
    if min(sizes) < 1 or held < promised:
        found = f"the header promises {promised} bytes ({sizes}, {kind}), the file holds "
        most = "at most " if path.suffix == ".gz" and promised > held else ""
        raise InputError(str(path), f"{found}{most}{held}", "a whole image")


def _unpacked(path: Path, enough: int) -> int:
    """Count unpacked bytes, up to what is enough."""
    total = 0
    try:
        with gzip.open(path) as stream:
            while total < enough and (part := stream.read(CHUNK)):
                total += len(part)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        return total
    return total


def load_mask(path: Path) -> Grid:
    """Read a mask.

    Parameters
    ----------
    path : Path
        An image of three axes; what is not 0 belongs to it.

    Returns
    -------
    Grid
        Its voxels and their place.

    Raises
    ------
    InputError
        If it is not three-dimensional, not finite, or empty.
    """
    image = load_image(path)
    values = np.asarray(image.dataobj)
    if values.ndim == 4 and values.shape[3] == 1:
        values = values[..., 0]
    if values.ndim != 3 or not np.isfinite(values).all():
        raise InputError(str(path), f"shape {values.shape}", "a finite mask of three axes")
    if not values.any():
        raise InputError(str(path), "no voxel in the mask", "one at least")
    return Grid(values != 0, np.asarray(image.affine, dtype=np.float64))


def same_space(shape: tuple[int, ...], affine: Floats, grid: Grid) -> bool:
    """Tell whether an image lies in the space of a mask.

    Parameters
    ----------
    shape : tuple of int
        The image's three axes.
    affine : ndarray of shape (4, 4)
        From its voxels to millimetres.
    grid : Grid
        The mask.

    Returns
    -------
    bool
        Whether shape and affine agree, to a thousandth of a millimetre.
    """
    same = tuple(shape) == grid.mask.shape
    return same and bool(np.allclose(affine, grid.affine, rtol=0, atol=TOLERANCE))


def masked(path: Path, grid: Grid, resample: bool = False) -> Floats:
    """Read the voxels of an image that lie in a mask.

    Parameters
    ----------
    path : Path
        An image of three axes or four.
    grid : Grid
        The mask.
    resample : bool, default False
        Resample an image of another space to the mask's (nilearn, third-order splines).

    Returns
    -------
    ndarray of shape (n_volumes, n_voxels), float64
        Voxels in C order; a value that is missing stays NaN.

    Raises
    ------
    InputError
        If the spaces differ and resampling was not asked for, or the image is unusable.
    """
    image = load_image(path)
    if len(image.shape) > 4:
        raise InputError(str(path), f"shape {image.shape}", "three axes or four")
    if not same_space(image.shape[:3], image.affine, grid):
        if not resample:
            raise _other_space(path, image, grid)
        image = _resampled(image, grid)
    return volumes(image, grid.mask)


def volumes(image: Any, mask: NDArray[np.bool_]) -> Floats:
    """Return the voxels of an open image that lie in a mask of its own space.

    Parameters
    ----------
    image : nibabel image
        Of three axes or four.
    mask : ndarray of shape (x, y, z), bool
        The voxels to take.

    Returns
    -------
    ndarray of shape (n_volumes, n_voxels), float64
        Scaled as the header says.
    """
    proxy = image.dataobj
    # Unscaled first: a mask of a large image in its own type takes less memory than all of it.
    stored = proxy.get_unscaled() if hasattr(proxy, "get_unscaled") else np.asarray(proxy)
    taken = np.atleast_2d(np.moveaxis(stored[mask], 0, -1)).astype(np.float64)
    if hasattr(proxy, "get_unscaled"):
        taken = taken * np.float64(proxy.slope) + np.float64(proxy.inter)
    return np.ascontiguousarray(taken)


def _other_space(path: Path, image: Any, grid: Grid) -> InputError:
    corner, other = image.affine.diagonal()[:3], grid.affine.diagonal()[:3]
    found = f"shape {tuple(image.shape[:3])}, affine diagonal {np.round(corner, 3).tolist()}"
    rule = f"the mask's space, shape {grid.mask.shape}, {np.round(other, 3).tolist()}"
    if image.shape[:3] == grid.mask.shape and np.allclose(corner, other, atol=TOLERANCE):
        found, rule = f"affine {image.affine.tolist()}", f"the mask's, {grid.affine.tolist()}"
    return InputError(str(path), found, rule, "Give a mask that fits, or resample: true.")


def _resampled(image: Any, grid: Grid) -> Any:
    resampling = need_extra("nilearn.image", "images")
    return resampling.resample_img(
        image,
        target_affine=grid.affine,
        target_shape=grid.mask.shape,
        interpolation="continuous",
        copy_header=True,
        force_resample=True,
    )


def voxel_names(grid: Grid) -> tuple[str, ...]:
    """Name voxels by their indices.

    Parameters
    ----------
    grid : Grid
        The mask.

    Returns
    -------
    tuple of str
        ``"x y z"`` for each voxel of the mask, in C order.
    """
    return tuple(" ".join(map(str, place)) for place in np.argwhere(grid.mask).tolist())
