"""What a group analysis fills in as it goes, and how its rows are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dolorimeter.core import Grid
from dolorimeter.core.containers import Floats
from dolorimeter.imaging import GroupMap, Permutation, atlas_label, peak_table, voxel_centers
from dolorimeter.imaging.assumptions import Assumption

from .joint import Joint

Masks = Mapping[str, NDArray[np.bool_]]
A_PRIORI = "a-priori regions"


@dataclass
class GroupStage:
    """What the group gave, filled contrast by contrast.

    Attributes
    ----------
    blocks : dict
        The block ``group`` of results.json.
    named : bool
        Whether coordinates may be given names: they are those of an MNI space.
    maps : dict of str to ndarray of shape (v,)
        By file.
    peaks : list of DataFrame
        One a contrast.
    """

    blocks: dict[str, Any]
    named: bool = True
    maps: dict[str, Floats] = field(default_factory=dict)
    peaks: list[pd.DataFrame] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Tested:
    """One contrast over people."""

    maps: Floats
    found: GroupMap
    permuted: Permutation | None
    assumed: Assumption | None
    brain: Joint | None = None
    regions: Joint | None = None


def peaks_of(stage: GroupStage, values: Floats, *given: Any, **options: Any) -> pd.DataFrame:
    """Tabulate peaks; outside MNI space a place has no name.

    Parameters
    ----------
    stage : GroupStage
        Says whether places have names.
    values : ndarray of shape (v,)
        A statistic.
    *given, **options : object
        As for :func:`dolorimeter.imaging.peak_table`.

    Returns
    -------
    DataFrame
        One row a peak.
    """
    table = peak_table(values, *given, **options)
    return table if stage.named else table.assign(label="")


def rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a table as plain rows.

    Parameters
    ----------
    table : DataFrame
        Numbers and words.

    Returns
    -------
    list of dict
        One a row; what is not finite is None.
    """
    listed = table.to_dict("records")
    return [{str(k): finite(v) for k, v in row.items()} for row in listed]


def finite(value: Any) -> Any:
    """Return a plain value that JSON can hold.

    Parameters
    ----------
    value : object
        A number or a word.

    Returns
    -------
    object
        None for a number that is not finite.
    """
    plain = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(plain, float) and not np.isfinite(plain) else plain


def place_of(stage: GroupStage, grid: Grid, voxel: int, t: float) -> dict[str, Any]:
    """Say where a voxel is, and its t.

    Parameters
    ----------
    stage : GroupStage
        Says whether places have names.
    grid : Grid
        Voxels.
    voxel : int
        Which.
    t : float
        Its height.

    Returns
    -------
    dict
        x, y, z (mm), t and label.
    """
    place = voxel_centers(grid)[voxel]
    x, y, z = (float(mm) for mm in place)
    label = atlas_label(place[None])[0] if stage.named else ""
    return {"x": x, "y": y, "z": z, "t": t, "label": label}


def adjusted(joint: Joint | None, t: float) -> float | None:
    """Return the adjusted p of a height.

    Parameters
    ----------
    joint : Joint or None
        The search; None: nothing was exchanged.
    t : float
        Of the voxel that the search is about.

    Returns
    -------
    float or None
        None without a search.
    """
    return None if joint is None else joint.p(t)
