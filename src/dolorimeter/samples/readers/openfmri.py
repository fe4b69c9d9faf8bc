"""Blocks or volumes of BOLD runs in OpenfMRI's layout (Haxby 2001 as PyMVPA ships it)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dolorimeter.core import Grid, InputError, Samples
from dolorimeter.core.containers import Floats, Ints

from ..arguments import as_flag, as_number
from ..choosing import choose
from ..request import Request
from ..spaces import load_image, load_mask, same_space, volumes, voxel_names
from ..tabular import Table, read_table
from .runs import Cleaning, block_volumes, clean_run

NAME = "openfmri"
SUMMARY = "a folder with scan_key.txt and sub*/BOLD/task*_run*/ of BOLD and bold_events.tsv"
OPTIONS = ("lag", "detrend", "standardize", "mask")
LAG = 5.0


@dataclass(frozen=True, slots=True)
class Run:
    """One run: where it lies and whose it is."""

    folder: Path
    subject: str
    run: str


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
    return (path / "scan_key.txt").is_file() and any(path.glob("sub*/BOLD/task*_run*"))


def read(request: Request) -> Samples:
    """Read blocks of BOLD runs.

    Parameters
    ----------
    request : Request
        Options: ``lag`` (default 5 s, from a stimulus to its response), ``detrend`` and
        ``standardize`` (default true: per voxel, by a line and by mean and deviation over all
        volumes of the run), and ``mask`` (default: voxels that vary in every run). The table has
        the columns subject, run, trial_type, onset and duration (s), and first and until (s).
        Volumes of one block are no trials of their own: exchanged singly, they make false
        findings, and next to each other in training and test they leak.

    Returns
    -------
    Samples
        A block is one trial. Times count from the start of the run.

    Raises
    ------
    InputError
        If files are missing, spaces differ, or a block has no volume.
    """
    lag = as_number("data.lag", request.options.get("lag", LAG))
    cleaning = Cleaning(
        as_flag("data.detrend", request.options.get("detrend", True)),
        as_flag("data.standardize", request.options.get("standardize", True)),
    )
    step = _repetition_time(request.path)
    runs = _runs(request.path)
    images = [_image(run) for run in runs]
    grid = _grid(request, images)
    frames, parts = [], []
    for run, (path, image) in zip(runs, images, strict=True):
        if not same_space(image.shape[:3], image.affine, grid):
            raise InputError(str(path), f"shape {image.shape[:3]}", "the space of the mask")
        series = clean_run(volumes(image, grid.mask), cleaning, str(path))
        frame, rows = _blocks(run, len(series), step, lag, cleaning)
        frames.append(frame)
        parts.append(np.stack([series[r].mean(axis=0) for r in rows]))
    return _samples(request, pd.concat(frames, ignore_index=True), np.concatenate(parts), grid, [
        f"mean volumes of blocks, {lag:g} s after the stimulus", *cleaning.notes(),
    ])  # fmt: skip


def _samples(
    request: Request, frame: pd.DataFrame, features: Floats, grid: Grid, notes: list[str]
) -> Samples:
    defaults: dict[str, Any] = {name: name for name in ("subject", "run", "sample_ids")}
    defaults |= {"condition": "trial_type", "onset": "known", "features_until": "until"}
    defaults |= {"target": {"column": "trial_type"}}
    chosen = choose(Table(frame, str(request.path)), request, defaults)
    known = dict(chosen.known)
    if request.averaged is None:
        known["n_averaged"] = np.ones(len(chosen.rows), dtype=np.int64)
    return Samples.of(
        features[chosen.rows],
        known.pop("target"),
        known.pop("subject"),
        feature_names=voxel_names(grid),
        grid=grid,
        source="; ".join([request.path.name, *chosen.notes, *notes]),
        **known,
    )


def _repetition_time(folder: Path) -> float:
    words = (folder / "scan_key.txt").read_text(encoding="utf-8").split()
    try:
        value = float(words[words.index("TR") + 1])
    except (ValueError, IndexError) as error:
        found = repr(" ".join(words))
        raise InputError(str(folder / "scan_key.txt"), found, "a line 'TR 2.5'") from error
    return as_number(str(folder / "scan_key.txt"), value, 1e-3)


def _runs(folder: Path) -> list[Run]:
    found = []
    for place in sorted(folder.glob("sub*/BOLD/task*_run*")):
        number = re.search(r"run(\d+)$", place.name)
        found.append(Run(place, place.parents[1].name, number.group(1) if number else place.name))
    return found


def _image(run: Run) -> tuple[Path, Any]:
    paths = sorted(run.folder.glob("bold*.nii*"))
    if len(paths) != 1:
        raise InputError(str(run.folder), f"{len(paths)} images", "one bold*.nii.gz a run")
    image = load_image(paths[0])
    if len(image.shape) != 4:
        raise InputError(str(paths[0]), f"shape {image.shape}", "four axes")
    return paths[0], image


def _grid(request: Request, images: list[tuple[Path, Any]]) -> Grid:
    """Take the mask that was given, or all voxels that vary in every run."""
    given = request.file("mask")
    if given is not None:
        return load_mask(given)
    shape, affine = images[0][1].shape[:3], np.asarray(images[0][1].affine, dtype=np.float64)
    every = Grid(np.ones(shape, dtype=bool), affine)
    varies = np.ones(shape, dtype=bool)
    for path, image in images:
        if not same_space(image.shape[:3], image.affine, every):
            raise InputError(
                str(path), f"shape {image.shape[:3]}", f"that of the first run, {shape}"
            )
        values = np.asarray(image.dataobj)
        varies &= (values != values[..., :1]).any(axis=-1)
    return Grid(varies, affine)


def _blocks(
    run: Run, n_volumes: int, step: float, lag: float, cleaning: Cleaning
) -> tuple[pd.DataFrame, list[Ints]]:
    """Make a row of each sample of a run, and its volumes."""
    table = read_table(run.folder / "bold_events.tsv")
    onsets, durations = (table.numbers(name, "the format") for name in ("onset", "duration"))
    kinds = table.texts("trial_type", "the format")
    lines, rows = [], []
    for block, (onset, duration, kind) in enumerate(zip(onsets, durations, kinds, strict=True)):
        chosen = block_volumes(onset + lag, duration, step, n_volumes)
        if not len(chosen):
            found = (
                f"no volume in data row {block + 1} ({onset:g} s, {duration:g} s) with lag {lag:g}"
            )
            raise InputError(table.where, found, f"blocks within {n_volumes * step:g} s")
        end = (chosen[-1] + 1) * step
        lines.append({
            "subject": run.subject, "run": run.run, "trial_type": str(kind), "block": block + 1,
            "onset": onset, "duration": duration, "known": end,
            "until": n_volumes * step if cleaning.whole_run else end,
            "sample_ids": f"{run.subject} run {run.run} block {block + 1}",
        })  # fmt: skip
        rows.append(chosen)
    return pd.DataFrame(lines), rows
