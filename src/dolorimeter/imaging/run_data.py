"""Checks at the door of the first level: data, designs and choices that fit together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import InputError

from .design import Design

NOISE = ("ar1", "ols")
SCALING = ("percent", "none")
CENTERED = 0.2  # deviations from 0 within which a mean is none
VARIES = 1e-12  # share of the sum of squares below which a deviation is rounding


def check_choice(where: str, given: str, choices: Sequence[str]) -> None:
    """Refuse a word that is none of some.

    Parameters
    ----------
    where : str
        The argument.
    given : str
        What it was.
    choices : sequence of str
        What is accepted.

    Raises
    ------
    InputError
        If it is none of them.
    """
    if given not in choices:
        raise InputError(where, repr(given), f"one of {', '.join(choices)}")


def read_runs(
    data: Sequence[NDArray[np.floating]], designs: Sequence[Design]
) -> tuple[NDArray[np.floating], ...]:
    """Take the frames of each run that its design has.

    Parameters
    ----------
    data : sequence of ndarray of shape (n_frames, v)
        All frames of each run.
    designs : sequence of Design
        One for each run.

    Returns
    -------
    tuple of ndarray
        The data themselves where no frame is dropped.

    Raises
    ------
    InputError
        If numbers of runs, frames or voxels disagree, a value is not finite, or a design has no
        fewer columns than frames.
    """
    if len(data) != len(designs) or not len(data):
        found = f"{len(data)} runs of data, {len(designs)} designs"
        raise InputError("data", found, "one design for each run, at least one")
    runs = []
    for number, (values, design) in enumerate(zip(data, designs, strict=True)):
        where = f"run {design.run or number + 1}"
        runs.append(_read_run(where, np.asarray(values), design))
        if runs[-1].shape[1] != runs[0].shape[1]:
            found = f"{runs[-1].shape[1]} voxels, {runs[0].shape[1]} in the first run"
            raise InputError(where, found, "the same voxels in every run")
    return tuple(runs)


def refuse_centered(data: Sequence[NDArray[np.floating]], designs: Sequence[Design]) -> None:
    """Refuse data without a mean, of which no percent can be taken.

    Parameters
    ----------
    data : sequence of ndarray of shape (n_frames, v)
        The runs.
    designs : sequence of Design
        Theirs, for the message.

    Raises
    ------
    InputError
        If in half of the voxels that vary the mean lies within a fifth of a deviation from 0; in
        BOLD as measured it is tens of deviations.
    """
    for number, (values, design) in enumerate(zip(data, designs, strict=True)):
        means = values.mean(axis=0, dtype=np.float64)
        squares = np.einsum("tv,tv->v", values, values, dtype=np.float64) / len(values)
        spread = squares - means**2
        varies = spread > VARIES * squares
        if varies.any() and np.median(means[varies] ** 2 / spread[varies]) < CENTERED**2:
            who = f"sub-{design.subject}, " if design.subject else ""
            found = (
                f"means near 0 (half of the voxels within {np.median(np.abs(means[varies])):.3g}), "
                f"deviations of {np.median(np.sqrt(spread[varies])):.3g}"
            )
            rule = "means above 0, to take percent of"
            remedy = "Take scaling: none for data that were centered or scaled before."
            raise InputError(f"{who}run {design.run or number + 1}", found, rule, remedy)


def _read_run(where: str, values: NDArray[np.floating], design: Design) -> NDArray[np.floating]:
    """Check one run and take its frames."""
    if values.ndim != 2 or values.dtype.kind not in "fiu" or 0 in values.shape:
        found = f"shape {values.shape} of {values.dtype}"
        raise InputError(where, found, "numbers, (n_frames, n_voxels)")
    n_frames, n_columns = design.matrix.shape
    frames = design.frames
    dropped = n_frames != len(values) or not np.array_equal(frames, np.arange(len(values)))
    if dropped and (n_frames == 0 or frames.max() >= len(values) or n_frames > len(values)):
        found = f"{len(values)} frames of data, a design up to frame {int(frames.max()) + 1}"
        raise InputError(where, found, "a design of the frames of the data")
    if n_frames <= n_columns:
        found = f"{n_frames} frames, {n_columns} columns"
        raise InputError(where, found, "more frames than columns of the design")
    # One sum is not finite if a value is not: no copy of the data for the usual case.
    with np.errstate(invalid="ignore", over="ignore"):
        total = values.sum(dtype=np.float64)
    if not np.isfinite(total) and not np.isfinite(values).all():
        frame, voxel = np.argwhere(~np.isfinite(values))[0]
        found = f"a value that is not finite, frame {frame + 1}, voxel {voxel}"
        raise InputError(where, found, "finite numbers", "Leave such voxels out of the mask.")
    return values[frames] if dropped else values


def read_columns(
    columns: Sequence[NDArray[np.float64]], fixed: Sequence[Design], names: Sequence[str]
) -> tuple[NDArray[np.float64], ...]:
    """Check the modulated columns of a grid of models.

    Parameters
    ----------
    columns : sequence of ndarray of shape (g, n_frames, m)
        For each run those of each model.
    fixed : sequence of Design
        For each run the columns that all models share.
    names : sequence of str
        Names of the m columns.

    Returns
    -------
    tuple of ndarray
        The same, as float64.

    Raises
    ------
    InputError
        If shapes disagree, a value is not finite, or a name stands twice.
    """
    if len(columns) != len(fixed):
        found = f"{len(columns)} runs of columns, {len(fixed)} of designs"
        raise InputError("columns", found, "as many of both")
    read = tuple(np.asarray(grid, dtype=np.float64) for grid in columns)
    for number, (grid, design) in enumerate(zip(read, fixed, strict=True)):
        where = f"columns of run {design.run or number + 1}"
        taken = set(names) & set(design.names)
        if taken or len(set(names)) != len(names):
            found = f"{sorted(taken)[0]!r} among both" if taken else f"{list(names)!r}"
            raise InputError("names", found, "names that differ from each other and the design's")
        expected = (len(read[0]), len(design.matrix), len(names))
        if grid.shape != expected or 0 in expected:
            rule = f"(models, frames, columns) = {expected}, at least one of each"
            raise InputError(where, f"shape {grid.shape}", rule)
        if not np.isfinite(grid).all():
            model, frame, column = np.argwhere(~np.isfinite(grid))[0]
            found = f"not finite in model {model + 1}, frame {frame + 1}, {names[column]!r}"
            raise InputError(where, found, "finite numbers")
        if design.matrix.shape[1] + len(names) >= len(design.matrix):
            found = f"{len(design.matrix)} frames, {design.matrix.shape[1] + len(names)} columns"
            raise InputError(where, found, "more frames than columns of a model")
    return read
