"""Group maps of many studies with a common mask: one sample a study (NeuroVault 1425)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from dolorimeter.core import Grid, InputError, Samples
from dolorimeter.core.containers import Floats

from ..arguments import as_number
from ..choosing import SEVERAL, choose
from ..request import Request
from ..spaces import load_mask, masked, voxel_names
from ..tabular import Table, read_table
from ..voxels import usable_voxels

NAME = "group-maps"
SUMMARY = "a folder with mask.nii.gz, samplesize.csv and study-<nn>_*.nii.gz"
OPTIONS = ("coarsen",)
LEAST_SHARE = 0.5


def fits(path: Path) -> bool:
    """Tell whether a path looks like this format.

    Parameters
    ----------
    path : Path
        It exists.

    Returns
    -------
    bool
        Whether it does.
    """
    return (path / "samplesize.csv").is_file() and any(path.glob("study-*.nii*"))


def read(request: Request) -> Samples:
    """Read the maps of studies.

    Parameters
    ----------
    request : Request
        Option ``coarsen`` (default 1): average cubes of so many voxels an edge, those in the mask
        only; a cube counts where at least half of it lies in the mask. The table has the columns
        study_id, sample_size and image. Without a target all samples are of one class, "pain".

    Returns
    -------
    Samples
        One a study; a map is an average over people, so at least 2 trials stand behind it.

    Raises
    ------
    InputError
        If a study has no map, a map no study, or spaces differ.
    """
    table = _studies(request.path)
    defaults: dict[str, Any] = {"subject": "study_id", "sample_ids": "study_id"}
    defaults |= {"target": {"column": "class"}, "modality": "class", "condition": "class"}
    chosen = choose(table, request, defaults)
    grid = load_mask(request.path / "mask.nii.gz")
    edge = int(as_number("data.coarsen", request.options.get("coarsen", 1), 1, whole=True))
    paths = [request.path / str(name) for name in table.frame["image"].to_numpy()[chosen.rows]]
    coarse = coarsen_grid(grid, edge)
    features = np.stack([coarsen(masked(p, grid)[0], grid, coarse, edge) for p in paths])
    features, coarse, _ = usable_voxels(features, coarse, str(request.path), drop=False)
    known = dict(chosen.known)
    if request.averaged is None:
        known["n_averaged"] = np.full(len(features), SEVERAL)
    return Samples.of(
        features,
        known.pop("target"),
        known.pop("subject"),
        feature_names=voxel_names(coarse),
        grid=coarse,
        source="; ".join([request.path.name, *chosen.notes, *_notes(features, edge)]),
        **known,
    )


def _notes(features: Floats, edge: int) -> list[str]:
    notes = [f"averages of cubes of {edge} voxels an edge"] if edge > 1 else []
    zeros = int((features == 0).any(axis=0).sum())
    outside = f"{zeros} features are 0 (outside the field of view) in at least one study"
    return [*notes, outside] if zeros else notes


def _studies(folder: Path) -> Table:
    """Match the rows of samplesize.csv with the maps by their number."""
    table = read_table(folder / "samplesize.csv")
    numbers = [_number(str(name)) for name in table.texts("study_id", "the format")]
    maps = {_number(path.name): path.name for path in sorted(folder.glob("study-*.nii*"))}
    for number, name in zip(numbers, table.frame["study_id"], strict=True):
        if number not in maps:
            raise InputError(
                str(folder), f"no map of {name}", f"a file study-{number:02d}_*.nii.gz"
            )
    stray = sorted(set(maps) - set(numbers))
    if stray:
        raise InputError(str(folder), f"no row for {maps[stray[0]]}", "its study in samplesize.csv")
    if len(set(numbers)) < len(numbers):
        raise InputError(table.where, "a study twice", "one row a study")
    frame = table.frame.assign(image=[maps[number] for number in numbers])
    frame["class"] = "pain"
    return Table(frame, table.where)


def _number(name: str) -> int:
    found = re.search(r"\d+", name)
    return int(found.group()) if found else -1


def coarsen_grid(grid: Grid, edge: int) -> Grid:
    """Return the mask of cubes of voxels.

    Parameters
    ----------
    grid : Grid
        The fine mask.
    edge : int
        Voxels an edge of a cube.

    Returns
    -------
    Grid
        Cubes of which at least half lies in the mask; the affine points to their centres.

    Raises
    ------
    InputError
        If no cube does.
    """
    if edge == 1:
        return grid
    share = _sums(grid.mask.astype(np.float64), edge) / edge**3
    if not (share >= LEAST_SHARE).any():
        raise InputError("data.coarsen", str(edge), "cubes that lie in the mask, so smaller ones")
    step = np.diag([edge, edge, edge, 1.0])
    step[:3, 3] = (edge - 1) / 2
    return Grid(share >= LEAST_SHARE, grid.affine @ step)


def coarsen(values: Floats, fine: Grid, coarse: Grid, edge: int) -> Floats:
    """Average the voxels of the mask in each cube.

    Parameters
    ----------
    values : ndarray of shape (n_voxels,)
        Of the fine mask.
    fine, coarse : Grid
        Masks of voxels and of cubes.
    edge : int
        Voxels an edge of a cube.

    Returns
    -------
    ndarray of shape (n_cubes,), float64
        Means; voxels outside the fine mask do not enter.
    """
    if edge == 1:
        return values
    full = np.zeros(fine.mask.shape)
    full[fine.mask] = values
    count = _sums(fine.mask.astype(np.float64), edge)
    return _sums(full, edge)[coarse.mask] / count[coarse.mask]


def _sums(values: Floats, edge: int) -> Floats:
    """Sum over cubes; a last cube that sticks out is filled with 0."""
    padded = np.pad(values, [(0, -n % edge) for n in values.shape])
    x, y, z = (n // edge for n in padded.shape)
    return padded.reshape(x, edge, y, edge, z, edge).sum(axis=(1, 3, 5))
