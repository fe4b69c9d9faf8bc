"""The voxels around each voxel, as nilearn's SearchLight takes them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dolorimeter.core import InputError
from dolorimeter.core.containers import Ints

CSR = tuple[Ints, Ints]


def sphere_neighborhoods(mask: ArrayLike, affine: ArrayLike, radius: float) -> CSR:
    """Find the voxels of a mask within a radius of each of its voxels.

    The spheres are those of nilearn's SearchLight: nilearn's world coordinates, and the same
    search of neighbors by scikit-learn. Only nilearn's look-up of each seed in a list, which takes
    minutes for a whole brain, is left out: every seed is a voxel of the mask here.

    Parameters
    ----------
    mask : array-like of shape (x, y, z), bool
        Voxels that are features, in C order.
    affine : array-like of shape (4, 4)
        From voxel indices to millimetres.
    radius : float
        Of the spheres, in millimetres; a voxel at exactly this distance is inside.

    Returns
    -------
    indptr : ndarray of shape (n_voxels + 1,), int64
        Where the neighbors of each voxel start in ``indices``.
    indices : ndarray of int64
        Neighbors, ascending for each voxel, itself among them.

    Raises
    ------
    InputError
        If the radius is not positive, the mask is empty or no volume, or nilearn is not installed.
    """
    inside, to_space = np.asarray(mask), np.asarray(affine, dtype=np.float64)
    if inside.ndim != 3 or to_space.shape != (4, 4):
        found = f"shapes {inside.shape} and {to_space.shape}"
        raise InputError("mask and affine", found, "a mask (x, y, z) and an affine (4, 4)")
    if not np.any(inside):
        raise InputError("mask", "no voxel", "at least one voxel")
    if not (np.isfinite(radius) and radius > 0):
        raise InputError("radius", repr(radius), "a positive number of millimetres")
    return _search(_coordinates(inside != 0, to_space), float(radius))


def _coordinates(mask: NDArray[np.bool_], affine: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return where the voxels of a mask are, in millimetres."""
    try:
        from nilearn.image import coord_transform
    except ImportError as missing:
        rule, remedy = "nilearn, for spheres", 'pip install "dolorimeter[images]"'
        raise InputError("sphere_neighborhoods", "no nilearn", rule, remedy) from missing
    return np.column_stack(coord_transform(*np.nonzero(mask), affine))


def _search(places: NDArray[np.float64], radius: float) -> CSR:
    from sklearn.neighbors import NearestNeighbors

    near = NearestNeighbors(radius=radius).fit(places).radius_neighbors_graph(places)
    near.sort_indices()
    return near.indptr.astype(np.int64), near.indices.astype(np.int64)


def read_neighborhoods(neighborhoods: Any, n_voxels: int) -> CSR:
    """Read neighborhoods and see that they fit the features.

    Parameters
    ----------
    neighborhoods : (indptr, indices) or sparse matrix
        From :func:`sphere_neighborhoods`, or an adjacency matrix (centers, voxels) such as nilearn
        makes, of which the stored entries count.
    n_voxels : int
        Number of features.

    Returns
    -------
    indptr : ndarray of shape (n_centers + 1,), int64
        Where the voxels of each center start in ``indices``.
    indices : ndarray of int64
        Columns of the features.

    Raises
    ------
    InputError
        If they are malformed, a center has no voxel, or a voxel is no feature.
    """
    if hasattr(neighborhoods, "tocsr"):
        matrix = neighborhoods.tocsr()
        neighborhoods = (matrix.indptr, matrix.indices)
    if not isinstance(neighborhoods, tuple | list) or len(neighborhoods) != 2:
        found = type(neighborhoods).__name__
        raise InputError("neighborhoods", found, "(indptr, indices) or a sparse matrix")
    indptr, indices = (np.array(part, dtype=np.int64) for part in neighborhoods)
    if indptr.ndim != 1 or indices.ndim != 1 or len(indptr) < 2 or indptr[0] != 0:
        rule = "row pointers that start at 0, and columns, of at least one center"
        raise InputError("neighborhoods", f"shapes {indptr.shape} and {indices.shape}", rule)
    if np.any(np.diff(indptr) < 0) or indptr[-1] != len(indices):
        rule = f"row pointers that rise from 0 to {len(indices)}, the number of columns"
        raise InputError("neighborhoods", f"row pointers that end at {indptr[-1]}", rule)
    empty = np.flatnonzero(np.diff(indptr) == 0)
    if len(empty):
        found = f"no voxel around center {empty[0]}" + _more(len(empty))
        raise InputError("neighborhoods", found, "at least one voxel", "Use a larger radius.")
    if indices.min() < 0 or indices.max() >= n_voxels:
        wrong = indices.min() if indices.min() < 0 else indices.max()
        rule = f"columns 0 … {n_voxels - 1} of the features"
        remedy = "Take spheres from the mask that the features come from."
        raise InputError("neighborhoods", f"voxel {wrong}", rule, remedy)
    return indptr, indices


def _more(count: int) -> str:
    return f" and {count - 1} others" if count > 1 else ""
