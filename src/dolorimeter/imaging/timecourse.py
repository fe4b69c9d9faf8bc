"""Time courses of regions after each type of trial, with no assumption about their shape.

Trial-locked averages would mix each trial with the one before; here all trials of a person are
fitted at once (finite impulse response by least squares), beside drift and confounds
(Dale 1999, Human Brain Mapping 8:109-114, eq. 5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import InputError, Trials
from dolorimeter.core.containers import Floats, Ints

from .course_fit import autocorrelation_of, fit_course
from .fir import ImpulseColumns, impulse_columns
from .responses import LEAD
from .trial_types import Selector, rows_of, types_of


@dataclass(frozen=True, slots=True)
class CourseRun:
    """One run of one person.

    Attributes
    ----------
    data : ndarray of shape (n_frames, v), float64
        Voxels, or anything else that regions are made of.
    frame_times : ndarray of shape (n_frames,), float64
        Seconds, on the clock of the trials' onsets.
    trials : Trials
        Of this run.
    nuisance : ndarray of shape (n_frames, m), float64
        Drifts, confounds, spikes; a constant is always there and may be among them.
    label : str
        What errors call it.
    """

    data: Floats
    frame_times: Floats
    trials: Trials
    nuisance: Floats
    label: str = "run"

    def __post_init__(self) -> None:
        n = len(self.frame_times)
        for name in ("data", "nuisance"):
            given = getattr(self, name)
            if given.ndim != 2 or len(given) != n:
                rule = f"one row for each of {n} frames"
                raise InputError(f"{self.label}, {name}", f"shape {given.shape}", rule)
            if not np.isfinite(given).all():
                raise InputError(f"{self.label}, {name}", "a value not finite", "finite numbers")


@dataclass(frozen=True, slots=True)
class Courses:
    """Responses of one person's regions.

    Attributes
    ----------
    regions, types : tuple of str
        Names.
    delays : ndarray of shape (n_delays,), float64
        Seconds after the event: the mean over the frames that fell into each bin.
    estimates, errors : ndarray of shape (n_regions, n_types, n_delays), float64
        Response and its standard error within this person, in percent of the region's mean or in
        units of the data; NaN where this person has no trial of the type.
    counts : ndarray of shape (n_types,), int64
        Trials of each type.
    autocorrelation : ndarray of shape (n_regions,), float64
        Of the residuals from frame to frame, mean over runs; 0 where taken as white.
    """

    regions: tuple[str, ...]
    types: tuple[str, ...]
    delays: Floats
    estimates: Floats
    errors: Floats
    counts: Ints
    autocorrelation: Floats


def fit_timecourses(
    runs: Sequence[CourseRun],
    regions: Mapping[str, NDArray[np.bool_]],
    types: Mapping[str, Selector] | None = None,
    *,
    window: float = 24.0,
    width: float | None = None,
    at: str = "cue",
    basis: str = "bins",
    scaling: str = "percent",
    noise: str = "ar1",
) -> Courses:
    """Estimate one person's response after each type of trial in each region.

    Parameters
    ----------
    runs : sequence of CourseRun
        All runs of the person; they share one response.
    regions : mapping of str to ndarray of shape (v,), bool
        Voxels of each region; their mean is taken.
    types : mapping of str to mapping, optional
        Selectors of trials (see :func:`rows_of`); default: each pair of cue and outcome that
        occurs. Trials of no type are left unmodelled.
    window : float, default 24
        Seconds after the event.
    width : float, optional
        Seconds between delays; default the time between frames.
    at : {"cue", "outcome"}, default "cue"
        Which event is at 0 s.
    basis : {"bins", "tent"}, default "bins"
        See :func:`impulse_columns`.
    scaling : {"percent", "none"}, default "percent"
        Whether a region is divided by its mean over the run.
    noise : {"ar1", "ols"}, default "ar1"
        Whether frames are whitened by the autocorrelation of the residuals.

    Returns
    -------
    Courses
        Of this person.

    Raises
    ------
    InputError
        If there is no run, a region is empty, an onset is unknown or outside its run, no frame
        falls into a delay, or delays cannot be told apart.
    """
    _check_options(runs, window, at, scaling, noise)
    chosen: Mapping[str, Selector] = types or {
        name: selector for run in runs for name, selector in types_of(run.trials).items()
    }
    step = _frame_width(runs) if width is None else float(width)
    n_delays = int(np.floor(window / step + 1e-9)) if step > 0 else 0
    if n_delays < 1:
        raise InputError("width", f"{step:g} s", f"more than 0 s and at most {window:g} s")
    onsets = [_onsets(run, chosen, at) for run in runs]
    columns = [
        impulse_columns(found, run.frame_times, n_delays, step, basis)
        for found, run in zip(onsets, runs, strict=True)
    ]
    seen = np.sum([block.counts for block in columns], axis=0) > 0
    _check_seen(seen, step)
    signals = [_signals(run, regions, scaling) for run in runs]
    nuisance = [np.column_stack([np.ones(len(run.frame_times)), run.nuisance]) for run in runs]
    estimates, errors, rho = _fit_all(signals, columns, nuisance, seen.ravel(), noise)
    shape = (len(regions), len(chosen), n_delays)
    delays = (
        _mean_lags(columns) if basis == "bins" else step * np.arange(n_delays, dtype=np.float64)
    )
    counts = np.sum([[len(times) for times in found] for found in onsets], axis=0)
    return Courses(
        tuple(regions),
        tuple(chosen),
        delays,
        estimates.reshape(shape),
        errors.reshape(shape),
        np.asarray(counts, dtype=np.int64),
        rho,
    )


def _fit_all(
    signals: list[Floats],
    columns: list[ImpulseColumns],
    nuisance: list[Floats],
    seen: NDArray[np.bool_],
    noise: str,
) -> tuple[Floats, Floats, Floats]:
    """Fit each region; whitened by its own autocorrelation in each run where noise is not white."""
    designs = [block.matrix[:, seen] for block in columns]
    n_regions = signals[0].shape[1]
    estimates = np.full((n_regions, len(seen)), np.nan)
    errors, rho = estimates.copy(), np.zeros((n_regions, len(signals)))
    for i in range(n_regions):
        courses = [block[:, i] for block in signals]
        found = fit_course(courses, designs, nuisance, rho[i])
        if noise == "ar1":
            rho[i] = [autocorrelation_of(rest) for rest in found[2]]
            found = fit_course(courses, designs, nuisance, rho[i])
        estimates[i, seen], errors[i, seen] = found[0], found[1]
    return estimates, errors, rho.mean(axis=1)


def _signals(run: CourseRun, regions: Mapping[str, NDArray[np.bool_]], scaling: str) -> Floats:
    """Mean over each region's voxels, (n_frames, n_regions)."""
    for name, voxels in regions.items():
        if voxels.shape != run.data.shape[1:] or not voxels.any():
            found = f"{int(np.sum(voxels))} voxels of {voxels.shape}"
            raise InputError(f"region {name}", found, f"some of {run.data.shape[1]} voxels")
    means = np.column_stack([run.data[:, voxels].mean(axis=1) for voxels in regions.values()])
    if scaling == "none":
        return means
    level = means.mean(axis=0)
    low = np.flatnonzero(level <= 1e-6 * np.abs(means).max(axis=0))
    if len(low):
        where = f"{run.label}, region {list(regions)[low[0]]}"
        remedy = "Take scaling none for data that are scaled or centered already."
        raise InputError(where, f"a mean of {level[low[0]]:.3g}", "a mean above 0", remedy)
    return 100.0 * (means / level - 1.0)


def _onsets(run: CourseRun, types: Mapping[str, Selector], at: str) -> list[Floats]:
    times = run.trials.onset if at == "cue" else run.trials.outcome_onset
    begins, ends = run.frame_times[0] - LEAD, run.frame_times[-1] + _gap(run.frame_times)
    found = []
    for name, rows in rows_of(run.trials, types).items():
        chosen = times[rows]
        bad = ~((chosen >= begins) & (chosen < ends))
        if bad.any():
            trial = int(np.flatnonzero(rows)[bad][0])
            where = f"{run.label}, trial {trial} ({name}), {at} onset"
            rule = f"within the run, {begins:g} to {ends:g} s"
            raise InputError(where, f"{times[trial]:g} s", rule)
        found.append(chosen)
    return found


def _mean_lags(columns: list[ImpulseColumns]) -> Floats:
    sums = np.sum([block.lag_sums for block in columns], axis=(0, 1))
    counts = np.sum([block.counts for block in columns], axis=(0, 1))
    return np.asarray(sums / counts)


def _check_seen(seen: NDArray[np.bool_], step: float) -> None:
    empty = np.flatnonzero(~seen.any(axis=0))
    if not seen.any():
        raise InputError("types", "no trial of any type", "types that occur")
    if len(empty):
        rule = "frames at every delay"
        remedy = "Take wider bins, at least the time between frames."
        raise InputError("width", f"no frame at {empty[0] * step:g} s", rule, remedy)


def _gap(frame_times: Floats) -> float:
    return float(np.median(np.diff(frame_times))) if len(frame_times) > 1 else 0.0


def _frame_width(runs: Sequence[CourseRun]) -> float:
    return max(_gap(run.frame_times) for run in runs)


def _check_options(
    runs: Sequence[CourseRun], window: float, at: str, scaling: str, noise: str
) -> None:
    if not runs:
        raise InputError("runs", "none", "at least one run of the person")
    if not 0 < window < np.inf:
        raise InputError("window", f"{window:g} s", "a positive number of seconds")
    options = {
        "at": (at, ("cue", "outcome")),
        "scaling": (scaling, ("percent", "none")),
        "noise": (noise, ("ar1", "ols")),
    }
    for name, (given, allowed) in options.items():
        if given not in allowed:
            raise InputError(name, repr(given), " or ".join(map(repr, allowed)))
