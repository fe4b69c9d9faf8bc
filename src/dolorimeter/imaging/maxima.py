"""Largest statistic of each rearrangement: a block of rearrangements is one matrix product."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from joblib import effective_n_jobs
from numpy.typing import NDArray

from dolorimeter.core.containers import Floats, Ints

from .enhancement import enhance, largest_cluster
from .group_model import GroupModel, flat_voxels, orthonormal
from .rearrangements import Rearrangements

TIE = 1e-9  # the same sum in another order differs by less, relative to its size
BLOCK = 1 << 20  # numbers in one block of statistics: 8 MB, which stays near the processor


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is measured of each rearrangement.

    Attributes
    ----------
    masks : tuple of ndarray of shape (v,), bool
        Regions whose largest t is wanted beside the brain's.
    two_sided : bool
        Take magnitudes.
    neighbors : ndarray of shape (v, 6) or None
        From ``face_neighbors``, where clusters are wanted.
    tfce : bool
        Measure the largest enhanced value.
    forming_t : float or None
        Measure the largest cluster above it.
    n_jobs : int
        Threads for clusters.
    """

    masks: tuple[NDArray[np.bool_], ...] = ()
    two_sided: bool = False
    neighbors: Ints | None = None
    tfce: bool = False
    forming_t: float | None = None
    n_jobs: int = 1


@dataclass(frozen=True, slots=True)
class Null:
    """What was measured, the observed arrangement first.

    Attributes
    ----------
    t : ndarray of shape (v,), float64
        Observed.
    largest : ndarray of shape (f, 1 + n_regions), float64
        Largest t in the brain, then in each region.
    tfce : ndarray of shape (f,), float64
        Largest enhanced value; 0 where not wanted.
    size : ndarray of shape (f,), int64
        Voxels of the largest cluster; 0 where not wanted.
    n_flat : int
        Voxels where the maps do not vary.
    """

    t: Floats
    largest: Floats
    tfce: Floats
    size: Ints
    n_flat: int


def null_maxima(model: GroupModel, arrangements: Rearrangements, wanted: Wanted) -> Null:
    """Measure each rearrangement.

    With residual maps of length 1, R, and the tested column x of length 1 and orthogonal to the
    nuisance Z, the partial correlation of a rearrangement P is ``x'PR / sqrt(1 - |Z'PR|²)`` and
    t rises with it, so that the largest t needs no t of any other voxel.

    Parameters
    ----------
    model : GroupModel
        Maps and design.
    arrangements : Rearrangements
        Which, the observed one first.
    wanted : Wanted
        What to measure.

    Returns
    -------
    Null
        One value each.
    """
    residuals, tested, nuisance = _reduced(model)
    count, n_voxels = len(arrangements), residuals.shape[1]
    step = max(1, BLOCK // n_voxels)
    largest = np.empty((count, 1 + len(wanted.masks)))
    tfce, size = np.zeros(count), np.zeros(count, dtype=np.int64)
    observed = np.empty(0)
    with ThreadPoolExecutor(effective_n_jobs(wanted.n_jobs)) as pool:
        for start in range(0, count, step):
            stop = min(start + step, count)
            r = arrangements.apply(tested, start, stop) @ residuals
            if nuisance.shape[1]:
                rest = 1.0 - _explained(arrangements, nuisance, residuals, start, stop)
                r = np.where(rest > TIE, r / np.sqrt(np.maximum(rest, TIE)), 0.0)
            if start == 0:
                observed = t_of_correlation(r[0], model.df)
            largest[start:stop] = _largest(r, wanted)
            if wanted.neighbors is not None:
                maps = t_of_correlation(r, model.df)
                measured = list(pool.map(lambda t: _measure(t, wanted), maps))
                tfce[start:stop] = [m[0] for m in measured]
                size[start:stop] = [m[1] for m in measured]
    n_flat = int((~residuals.any(axis=0)).sum())
    return Null(observed, t_of_correlation(largest, model.df), tfce, size, n_flat)


def t_of_correlation(r: Floats, df: int) -> Floats:
    """Return the t of a partial correlation.

    Parameters
    ----------
    r : ndarray
        Between -1 and 1.
    df : int
        Degrees of freedom.

    Returns
    -------
    ndarray
        ``r sqrt(df / (1 - r²))``.
    """
    rest = np.maximum(1.0 - r * r, np.finfo(float).tiny)
    return np.asarray(r * np.sqrt(df / rest))


def enhanced_map(t: Floats, wanted: Wanted) -> Floats:
    """Enhance a map; both signs apart where both are looked at.

    Parameters
    ----------
    t : ndarray of shape (v,)
        Any statistic.
    wanted : Wanted
        With neighbors.

    Returns
    -------
    ndarray of shape (v,)
        At least 0.
    """
    assert wanted.neighbors is not None
    if not wanted.two_sided:
        return enhance(t, wanted.neighbors)
    top = float(np.abs(t).max())
    return enhance(t, wanted.neighbors, top) + enhance(-t, wanted.neighbors, top)


def family_wise_p(values: Floats, null: Floats) -> Floats:
    """Return the share of maxima that reach a value.

    Parameters
    ----------
    values : ndarray of shape (v,)
        Observed.
    null : ndarray of shape (f,)
        Maxima, the observed arrangement's among them.

    Returns
    -------
    ndarray of shape (v,)
        At least ``1 / f`` where the value is the observed maximum or less.
    """
    ordered = np.sort(null)
    reach = values - TIE * np.maximum(1.0, np.abs(values))
    return np.asarray((len(null) - np.searchsorted(ordered, reach, side="left")) / len(null))


def critical_value(null: Floats, alpha: float) -> float:
    """Return the value that must be exceeded for a family-wise p of at most alpha.

    Parameters
    ----------
    null : ndarray of shape (f,)
        Maxima, the observed arrangement's among them.
    alpha : float
        The level.

    Returns
    -------
    float
        Infinite where f is too small for the level.
    """
    allowed = int(np.floor(alpha * len(null) + TIE))
    return float(np.sort(null)[::-1][allowed]) if allowed else float("inf")


def _reduced(model: GroupModel) -> tuple[Floats, Floats, Floats]:
    """Return residual maps and tested column of length 1, and the nuisance that can change.

    An intercept is the same in every order, and residuals are orthogonal to it: left out.
    """
    basis = orthonormal(model.nuisance)
    residuals = model.maps - basis @ (basis.T @ model.maps)
    tested = model.tested - basis @ (basis.T @ model.tested)
    tested = tested / np.linalg.norm(tested)
    errors = residuals - np.outer(tested, tested @ residuals)
    flat = flat_voxels(model.maps, np.sum(errors**2, axis=0))
    lengths = np.where(flat, 1.0, np.linalg.norm(residuals, axis=0))
    scaled = np.where(flat, 0.0, residuals / lengths)
    moving = model.nuisance[:, 1:] if model.exchange == "order" else model.nuisance
    return np.ascontiguousarray(scaled), tested, orthonormal(moving)


def _explained(
    arrangements: Rearrangements, nuisance: Floats, residuals: Floats, start: int, stop: int
) -> Floats:
    """Return the share of each rearranged map's squares that the nuisance explains."""
    share = np.zeros((stop - start, residuals.shape[1]))
    for column in nuisance.T:
        share += (arrangements.apply(column, start, stop) @ residuals) ** 2
    return share


def _largest(r: Floats, wanted: Wanted) -> Floats:
    """Return the largest correlation in the brain and in each region."""

    def top(part: Floats) -> Floats:
        highest = part.max(axis=1)
        return np.maximum(highest, -part.min(axis=1)) if wanted.two_sided else highest

    return np.column_stack([top(r), *(top(r[:, mask]) for mask in wanted.masks)])


def _measure(t: Floats, wanted: Wanted) -> tuple[float, int]:
    """Return the largest enhanced value and cluster of one map."""
    assert wanted.neighbors is not None
    tfce = float(enhanced_map(t, wanted).max()) if wanted.tfce else 0.0
    if wanted.forming_t is None:
        return tfce, 0
    size = largest_cluster(t > wanted.forming_t, wanted.neighbors)
    if wanted.two_sided:
        size = max(size, largest_cluster(-t > wanted.forming_t, wanted.neighbors))
    return tfce, size
