"""Corrections for many voxels: Bonferroni, false discovery rate, cluster extent, small volumes."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage, stats

from dolorimeter.core import Grid, InputError
from dolorimeter.core.containers import Floats, Ints

from .clusters import CONNECTIVITY


def bonferroni(p: ArrayLike) -> Floats:
    """Multiply p-values by their number, controlling the family-wise error.

    Parameters
    ----------
    p : array-like of shape (v,)
        NaN where there is no test; it stays NaN and is not counted.

    Returns
    -------
    ndarray of shape (v,)
        At most 1.
    """
    values = _check_p(p)
    return np.minimum(values * np.isfinite(values).sum(), 1.0)


def fdr(p: ArrayLike) -> Floats:
    """Adjust p-values so that q <= 0.05 holds 5 % false discoveries at most, on average.

    Benjamini & Hochberg (1995), valid under independence and positive dependence.

    Parameters
    ----------
    p : array-like of shape (v,)
        NaN where there is no test; it stays NaN and is not counted.

    Returns
    -------
    ndarray of shape (v,)
        The i-th smallest of m becomes the least of ``m p_j / j`` over j >= i.

    Examples
    --------
    >>> fdr([0.01, 0.02, 0.03, 0.5]).round(3).tolist()
    [0.04, 0.04, 0.04, 0.5]
    """
    values = _check_p(p)
    known = np.isfinite(values)
    adjusted = np.full(values.shape, np.nan)
    if known.any():
        adjusted[known] = stats.false_discovery_control(values[known])
    return adjusted


def cluster_extent(
    statistic: ArrayLike,
    grid: Grid,
    p: float = 0.001,
    k: int = 5,
    df: float | None = None,
    connectivity: str = "faces",
) -> Ints:
    """Find clusters of at least k voxels above an uncorrected one-sided threshold.

    Descriptive: the paper's "p < 0.001, at least 5 contiguous voxels" controls no error rate over
    the brain. The other direction is found in ``-statistic``.

    Parameters
    ----------
    statistic : array-like of shape (v,)
        z, or t where ``df`` is given.
    grid : Grid
        Places of the voxels.
    p : float, default 0.001
        Threshold of a voxel.
    k : int, default 5
        Least number of voxels.
    df : float, optional
        Degrees of freedom of t.
    connectivity : {"faces", "edges", "corners"}
        What makes voxels contiguous: nilearn uses faces (6 neighbors), SPM edges (18).

    Returns
    -------
    ndarray of shape (v,), int64
        0 outside, 1 in the cluster with the highest value, 2 in the next: as in the peak table.

    Raises
    ------
    InputError
        If an argument is out of its range or does not fit the grid.
    """
    values = np.asarray(statistic, dtype=np.float64)
    if k < 1:
        raise InputError("k", str(k), "at least one voxel")
    return label_clusters(values, threshold_at(p, df), grid, k, connectivity)


def threshold_at(p: float, df: float | None = None) -> float:
    """Return the statistic with a one-sided tail probability.

    Parameters
    ----------
    p : float
        Between 0 and 1.
    df : float, optional
        Of t; without it, z.

    Returns
    -------
    float
        The threshold.

    Raises
    ------
    InputError
        If p is not between 0 and 1.
    """
    if not 0 < p < 1:
        raise InputError("p", str(p), "a probability between 0 and 1")
    return float(stats.norm.isf(p) if df is None else stats.t.isf(p, df))


def label_clusters(
    values: Floats, threshold: float, grid: Grid, k: int = 1, connectivity: str = "faces"
) -> Ints:
    """Number the clusters strictly above a threshold, that with the highest value first.

    Parameters
    ----------
    values : ndarray of shape (v,)
        Any statistic.
    threshold : float
        In its unit.
    grid : Grid
        Places of the voxels.
    k : int, default 1
        Smaller clusters are left out.
    connectivity : {"faces", "edges", "corners"}
        What makes voxels contiguous.

    Returns
    -------
    ndarray of shape (v,), int64
        0 outside.

    Raises
    ------
    InputError
        If the values do not fit the grid, or the connectivity is unknown.
    """
    if values.shape != (int(grid.mask.sum()),):
        rule = f"one value for each of {int(grid.mask.sum())} voxels"
        raise InputError("statistic", f"shape {values.shape}", rule)
    if connectivity not in CONNECTIVITY:
        raise InputError("connectivity", repr(connectivity), f"one of {', '.join(CONNECTIVITY)}")
    above = np.zeros(grid.mask.shape, dtype=bool)
    above[grid.mask] = values > threshold
    volume, n_found = ndimage.label(
        above, ndimage.generate_binary_structure(3, CONNECTIVITY[connectivity])
    )
    labels = volume[grid.mask].astype(np.int64)
    sizes = np.bincount(labels, minlength=n_found + 1)[1:]
    peaks = np.full(n_found + 1, -np.inf)
    np.maximum.at(peaks, labels, np.where(np.isfinite(values), values, -np.inf))
    order = np.argsort(-peaks[1:], kind="stable")
    order = order[sizes[order] >= k]
    numbers = np.zeros(n_found + 1, dtype=np.int64)
    numbers[order + 1] = np.arange(1, len(order) + 1)
    return numbers[labels]


def small_volume(p: ArrayLike, region: NDArray[np.bool_], method: str = "bonferroni") -> Floats:
    """Correct p-values for the voxels of a region that was named before looking.

    Max-t correction within a region is given by ``permutation_test(regions=...)``, which uses the
    correlation between voxels and loses less.

    Parameters
    ----------
    p : array-like of shape (v,)
        Uncorrected.
    region : ndarray of shape (v,), bool
        The region.
    method : {"bonferroni", "fdr"}
        What is controlled.

    Returns
    -------
    ndarray of shape (v,)
        Corrected p in the region, NaN outside it.

    Raises
    ------
    InputError
        If the region is empty or does not fit, or the method is unknown.
    """
    values = _check_p(p)
    inside = check_region("region", region, len(values))
    methods = {"bonferroni": bonferroni, "fdr": fdr}
    if method not in methods:
        raise InputError("method", repr(method), f"one of {', '.join(methods)}")
    return methods[method](np.where(inside, values, np.nan))


def check_region(where: str, region: NDArray[np.bool_], n_voxels: int) -> NDArray[np.bool_]:
    """Return a region that fits the voxels.

    Parameters
    ----------
    where : str
        Its name, for the message.
    region : ndarray of shape (v,), bool
        The region.
    n_voxels : int
        v.

    Returns
    -------
    ndarray of shape (v,), bool
        With at least one voxel.

    Raises
    ------
    InputError
        If it does not fit, or is empty.
    """
    inside = np.asarray(region)
    if inside.shape != (n_voxels,) or inside.dtype != bool:
        found = f"shape {inside.shape} of {inside.dtype}"
        raise InputError(where, found, f"true or false for each of {n_voxels} voxels")
    if not inside.any():
        raise InputError(where, "no voxel", "at least one voxel in the brain mask")
    return inside


def _check_p(p: ArrayLike) -> Floats:
    """Return p-values as an array, NaN allowed."""
    values = np.asarray(p, dtype=np.float64)
    if ((values < 0) | (values > 1)).any():
        raise InputError("p", "a value outside 0 … 1", "probabilities")
    return values
