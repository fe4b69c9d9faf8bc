"""Tables of clusters and peaks in MNI coordinates."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dolorimeter.core import Grid, InputError
from dolorimeter.core.containers import Floats

from .atlas import Atlas, atlas_label
from .clusters import Cluster, find_clusters
from .places import voxel_centers

Bools = NDArray[np.bool_]
COLUMNS = ("cluster", "peak", "x", "y", "z", "extent", "volume", "label", "region")


def peak_table(
    values: Floats,
    grid: Grid,
    threshold: float,
    *,
    extent: int = 5,
    separation: float = 8.0,
    sub_peaks: int = 3,
    statistic: str = "z_score",
    maps: Mapping[str, Floats] | None = None,
    regions: Mapping[str, Bools] | None = None,
    atlas: str | Path | Atlas = "auto",
    connectivity: str = "faces",
    two_sided: bool = False,
    within: Bools | None = None,
) -> pd.DataFrame:
    """Tabulate clusters with their peaks.

    Parameters
    ----------
    values : ndarray of shape (v,)
        A statistic, such as z or t.
    grid : Grid
        Where the voxels lie, in MNI space.
    threshold : float
        Values must exceed it; above 0.
    extent : int, default 5
        Fewest voxels of a cluster.
    separation : float, default 8.0
        Peaks of a cluster are further apart than this, in millimetres.
    sub_peaks : int, default 3
        Most sub-peaks of a cluster.
    statistic : str, default "z_score"
        Name of the column that holds the values, such as ``"t"``; ``"z"`` is the coordinate.
    maps : mapping of str to ndarray of shape (v,), optional
        Further maps whose values at each peak become columns, such as corrected p.
    regions : mapping of str to ndarray of shape (v,), bool, optional
        Regions; the column ``region`` names those that hold the peak.
    atlas : str, Path or Atlas, default "auto"
        Whose labels to give: see `atlas_label`.
    connectivity : str, default "faces"
        Voxels touch by ``"faces"`` (nilearn), ``"edges"`` (SPM) or ``"corners"``.
    two_sided : bool, default False
        Look below the negative threshold, too.
    within : ndarray of shape (v,), bool, optional
        Look only here; clusters end at its border.

    Returns
    -------
    DataFrame
        One row a peak: cluster (from 1), peak (0 the main one, 1 … sub-peaks), x, y, z (MNI mm),
        the statistic, the maps, extent (voxels) and volume (mm³) of the cluster, label, and region
        (names joined by "; ", "" for none). No row where nothing exceeds the threshold.

    Raises
    ------
    InputError
        As `find_clusters` and `atlas_label`; or if a column would have another's name.
    """
    others = dict(maps or {})
    _check_columns(statistic, others, regions or {}, np.shape(values))
    clusters = find_clusters(
        values,
        grid,
        threshold,
        extent=extent,
        separation=separation,
        connectivity=connectivity,
        two_sided=two_sided,
        within=within,
    )
    return _table(clusters, values, grid, sub_peaks, statistic, others, regions or {}, atlas)


def _check_columns(
    statistic: str,
    others: Mapping[str, Floats],
    regions: Mapping[str, Bools],
    shape: tuple[int, ...],
) -> None:
    names = [statistic, *others]
    twice = [name for row, name in enumerate(names) if name in (*COLUMNS, *names[:row])]
    if twice:
        raise InputError("statistic, maps", repr(twice[0]), "names that no other column has")
    for name, values in [*others.items(), *regions.items()]:
        if np.shape(values) != shape:
            raise InputError(name, f"shape {np.shape(values)}", f"one a voxel, {shape}")


def _table(
    clusters: list[Cluster],
    values: Floats,
    grid: Grid,
    sub_peaks: int,
    statistic: str,
    others: Mapping[str, Floats],
    regions: Mapping[str, Bools],
    atlas: str | Path | Atlas,
) -> pd.DataFrame:
    listed = [
        (number, rank, int(voxel), len(cluster.voxels))
        for number, cluster in enumerate(clusters, start=1)
        for rank, voxel in enumerate(cluster.peaks[: sub_peaks + 1])
    ]
    number, rank, voxel, extent = np.array(listed, dtype=np.int64).reshape(-1, 4).T
    places = voxel_centers(grid)[voxel]
    edges = grid.affine[:3, :3]
    # A triple product: exact where the axes are straight, which a determinant is not.
    volume = extent * abs(float(np.dot(edges[0], np.cross(edges[1], edges[2]))))
    holding = ["; ".join(name for name, mask in regions.items() if mask[v]) for v in voxel]
    columns: dict[str, Any] = {"cluster": number, "peak": rank}
    columns |= dict(zip("xyz", places.T, strict=True))
    columns |= {statistic: values[voxel]}
    columns |= {name: np.asarray(other)[voxel] for name, other in others.items()}
    columns |= {"extent": extent, "volume": volume}
    columns |= {"label": pd.Series(atlas_label(places, atlas), dtype=object)}
    return pd.DataFrame(columns | {"region": pd.Series(holding, dtype=object)})
