"""Family-wise error by rearranging people: largest t, enhanced clusters, cluster size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dolorimeter.core import Grid, InputError
from dolorimeter.core.containers import Floats, Ints

from .corrections import check_region, label_clusters, threshold_at
from .enhancement import face_neighbors
from .group_model import read_group
from .maxima import Null, Wanted, critical_value, enhanced_map, family_wise_p, null_maxima
from .rearrangements import limits, rearrange


@dataclass(frozen=True, slots=True)
class SmallVolume:
    """Correction for the voxels of one region alone.

    Attributes
    ----------
    p_fwe : ndarray of shape (v,), float64
        Corrected p in the region, NaN outside it.
    threshold_t : float
        Voxels of the region strictly above it have ``p_fwe <= alpha``.
    null_max : ndarray of shape (f,), float64
        Largest t in the region for each rearrangement, the observed one first.
    """

    p_fwe: Floats
    threshold_t: float
    null_max: Floats


@dataclass(frozen=True, slots=True)
class Permutation:
    """Corrected p-values of one contrast, from the maxima over rearrangements.

    Attributes
    ----------
    t : ndarray of shape (v,), float64
        Observed; 0 where maps do not vary.
    p_fwe : ndarray of shape (v,), float64
        Share of rearrangements whose largest t reaches the voxel's: family-wise p.
    threshold_t : float
        Voxels strictly above it have ``p_fwe <= alpha``; infinite where too few rearrangements
        exist for that.
    null_max : ndarray of shape (f,), float64
        Largest t of each rearrangement; the observed one is the first and counts.
    alpha : float
        The level of ``threshold_t``.
    two_sided : bool
        Whether both signs were looked at together; then maxima are of \\|t\\|.
    exact : bool
        Every rearrangement was used once.
    smallest_p : float
        No corrected p can be below it.
    tfce, p_tfce : ndarray of shape (v,), float64, or None
        Enhanced t and its family-wise p.
    null_tfce : ndarray of shape (f,), float64, or None
        Largest enhanced value of each rearrangement.
    cluster : ndarray of shape (v,), int64, or None
        Cluster of each voxel at the cluster-forming threshold, 0 outside.
    p_cluster : ndarray of shape (v,), float64, or None
        Family-wise p of the size of a voxel's cluster; 1 outside clusters.
    null_size : ndarray of shape (f,), int64, or None
        Largest cluster of each rearrangement, in voxels.
    regions : mapping of str to SmallVolume
        The same correction within regions that were named beforehand.
    notes : tuple of str
        What a reader must know: too few people, flat voxels.
    """

    t: Floats
    p_fwe: Floats
    threshold_t: float
    null_max: Floats
    alpha: float
    two_sided: bool
    exact: bool
    smallest_p: float
    tfce: Floats | None = None
    p_tfce: Floats | None = None
    null_tfce: Floats | None = None
    cluster: Ints | None = None
    p_cluster: Floats | None = None
    null_size: Ints | None = None
    regions: Mapping[str, SmallVolume] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def permutation_test(
    maps: ArrayLike,
    grid: Grid | None = None,
    test: str = "one-sample",
    groups: ArrayLike | None = None,
    second: ArrayLike | None = None,
    covariates: ArrayLike | None = None,
    names: Sequence[str] | None = None,
    n_permutations: int = 1000,
    tfce: bool = False,
    cluster_p: float | None = None,
    two_sided: bool = False,
    regions: Mapping[str, NDArray[np.bool_]] | None = None,
    alpha: float = 0.05,
    random_state: int | np.random.Generator | None = None,
    n_jobs: int = 1,
) -> Permutation:
    """Control the family-wise error by the largest statistic over rearrangements.

    Under the null hypothesis of a one-sample or paired test a person's map is as likely with its
    sign flipped (symmetric errors); of the other tests, as likely another person's. With
    covariates their residuals are rearranged (Freedman & Lane 1983), which is approximate;
    without, exact. Statistics are those of nilearn's ``permuted_ols``, but a block of
    rearrangements is one matrix product.

    One-sided by default, for effects above 0: the opposite direction is a contrast of its own
    (negate the maps), and who looks at both either doubles p or asks for ``two_sided``.

    Parameters
    ----------
    maps, test, groups, second, covariates, names
        As in :func:`~dolorimeter.imaging.group_test`.
    grid : Grid, optional
        Places of the voxels; needed for clusters.
    n_permutations : int, default 1000
        Rearrangements drawn beside the observed one. Where no more exist (2^n flips), each is
        used once instead and p is exact.
    tfce : bool, default False
        Threshold-free cluster enhancement too.
    cluster_p : float, optional
        One-sided p of a voxel that forms clusters (such as 0.001); without it no cluster sizes.
        Two-sided, half of it on each side.
    two_sided : bool, default False
        Look at both signs together.
    regions : mapping of str to ndarray of shape (v,), bool, optional
        Small volumes to correct within.
    alpha : float, default 0.05
        Level of the threshold.
    random_state : None, int or numpy.random.Generator
        Source of randomness.
    n_jobs : int, default 1
        Threads for clusters; -1: as many as processors.

    Returns
    -------
    Permutation
        Corrected p-values and the maxima they come from.

    Raises
    ------
    InputError
        As for ``group_test``; if clusters are asked for without a grid, or a region does not fit.
    """
    model = read_group(maps, test, groups, second, covariates, names)
    n_voxels = model.maps.shape[1]
    masks = {k: check_region(f"region {k!r}", r, n_voxels) for k, r in (regions or {}).items()}
    for name, value in (("alpha", alpha), ("cluster_p", 0.5 if cluster_p is None else cluster_p)):
        if not 0 < value < 1:
            raise InputError(name, str(value), "a probability between 0 and 1")
    if n_jobs == 0:
        raise InputError("n_jobs", "0", "a number of threads, or -1 for all processors")
    sides = 1 + two_sided
    forming = None if cluster_p is None else threshold_at(cluster_p / sides, model.df)
    neighbors = _neighbors(grid, n_voxels) if tfce or cluster_p is not None else None
    wanted = Wanted(tuple(masks.values()), two_sided, neighbors, tfce, forming, n_jobs)
    arrangements = rearrange(model, n_permutations, np.random.default_rng(random_state))
    null = null_maxima(model, arrangements, wanted)
    tested = np.abs(null.t) if two_sided else null.t
    notes = limits(arrangements, model, alpha, two_sided)
    if null.n_flat:
        notes.append(f"{null.n_flat} voxels have no test: the maps do not vary there")
    return Permutation(
        t=null.t,
        p_fwe=family_wise_p(tested, null.largest[:, 0]),
        threshold_t=critical_value(null.largest[:, 0], alpha),
        null_max=null.largest[:, 0],
        alpha=alpha,
        two_sided=two_sided,
        exact=arrangements.exact,
        smallest_p=arrangements.smallest_p(two_sided),
        regions=_volumes(tested, masks, null, alpha),
        notes=tuple(notes),
        **_tfce(null, wanted),
        **_clusters(null, wanted, grid),
    )


def _neighbors(grid: Grid | None, n_voxels: int) -> Ints:
    """Return who touches whom, where there is a grid that fits."""
    if grid is None:
        raise InputError("grid", "none", "the places of the voxels, for clusters")
    if int(grid.mask.sum()) != n_voxels:
        raise InputError("grid", f"{int(grid.mask.sum())} voxels", f"those of the maps, {n_voxels}")
    return face_neighbors(grid)


def _volumes(
    tested: Floats, masks: Mapping[str, NDArray[np.bool_]], null: Null, alpha: float
) -> dict[str, SmallVolume]:
    """Correct within each region."""
    volumes = {}
    for (name, mask), best in zip(masks.items(), null.largest[:, 1:].T, strict=True):
        p = np.where(mask, family_wise_p(tested, best), np.nan)
        volumes[name] = SmallVolume(p, critical_value(best, alpha), best)
    return volumes


def _tfce(null: Null, wanted: Wanted) -> dict[str, Any]:
    """Return enhanced values and their p, where asked for."""
    if not wanted.tfce:
        return {}
    enhanced = enhanced_map(null.t, wanted)
    p = family_wise_p(enhanced, null.tfce)
    return {"tfce": enhanced, "p_tfce": p, "null_tfce": null.tfce}


def _clusters(null: Null, wanted: Wanted, grid: Grid | None) -> dict[str, Any]:
    """Return clusters and the p of their sizes, where asked for."""
    if wanted.forming_t is None or grid is None:
        return {}
    cluster = label_clusters(null.t, wanted.forming_t, grid)
    if wanted.two_sided:
        other = label_clusters(-null.t, wanted.forming_t, grid)
        cluster = np.where(other > 0, other + cluster.max(), cluster)
    sizes = np.bincount(cluster)
    sizes[0] = 0  # outside clusters p is 1
    p = family_wise_p(sizes.astype(np.float64), null.size.astype(np.float64))
    return {"cluster": cluster, "p_cluster": p[cluster], "null_size": null.size}
