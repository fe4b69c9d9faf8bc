"""Single-trial maps: one NIfTI image of four axes, or many of three, with mask and trial table."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from dolorimeter.core import Grid, InputError, Samples
from dolorimeter.core.containers import Floats

from ..arguments import as_flag
from ..choosing import Chosen, choose
from ..request import Request
from ..spaces import load_image, load_mask, masked, voxel_names
from ..tabular import Table, read_table
from ..voxels import usable_voxels

NAME = "images"
SUMMARY = "a 4-D .nii(.gz), or a folder of 3-D ones, with the options mask and trials"
OPTIONS = ("mask", "trials", "resample", "drop_voxels")


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
    return path.is_file() and path.name.endswith((".nii", ".nii.gz"))


def read(request: Request) -> Samples:
    """Read single-trial maps.

    Parameters
    ----------
    request : Request
        Options: ``mask`` (an image), ``trials`` (a table, one row a volume, or with a column
        ``image`` that names the file of each trial relative to the folder), ``resample``
        (default false) and ``drop_voxels`` (default false).

    Returns
    -------
    Samples
        Features are voxels in C order, with their grid.

    Raises
    ------
    InputError
        If files are missing or damaged, spaces differ, or a voxel in the mask is not finite.
    """
    table = read_table(request.needed_file("trials", "a table, one row a trial"))
    grid = load_mask(request.needed_file("mask", "a mask image"))
    chosen = choose(table, request)
    resample = as_flag("data.resample", request.options.get("resample", False))
    if request.path.is_dir():
        features = _many(request, table, chosen, grid, resample)
    else:
        features = _one(request, table, chosen, grid, resample)
    drop = as_flag("data.drop_voxels", request.options.get("drop_voxels", False))
    features, grid, notes = usable_voxels(features, grid, str(request.path), drop)
    if resample:
        notes.append("images of another space resampled to the mask's")
    known = dict(chosen.known)
    return Samples.of(
        features,
        known.pop("target"),
        known.pop("subject"),
        feature_names=voxel_names(grid),
        grid=grid,
        source="; ".join([request.path.name, *chosen.notes, *notes]),
        **known,
    )


def _one(request: Request, table: Table, chosen: Chosen, grid: Grid, resample: bool) -> Floats:
    shape = load_image(request.path).shape
    n_volumes = shape[3] if len(shape) > 3 else 1
    if n_volumes != len(table):
        found = f"{n_volumes} volumes, but {len(table)} rows in {table.where}"
        raise InputError(str(request.path), found, "one row of the trial table a volume")
    return masked(request.path, grid, resample)[chosen.rows]


def _many(request: Request, table: Table, chosen: Chosen, grid: Grid, resample: bool) -> Floats:
    names = table.texts("image", "the folder of images")
    features = np.empty((len(chosen.rows), int(grid.mask.sum())))
    for sample, row in enumerate(chosen.rows):
        if not names[row]:
            raise InputError(table.where, f"no image in data row {row + 1}", "a file a trial")
        path = request.path / str(names[row])
        volumes = masked(path, grid, resample)
        if len(volumes) != 1:
            raise InputError(
                str(path), f"{len(volumes)} volumes", "one image of three axes a trial"
            )
        features[sample] = volumes[0]
    return features
