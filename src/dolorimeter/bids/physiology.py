"""Heart and breathing rates of trials, from recordings, by NeuroKit2 (the extra `physiology`)."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dolorimeter.core import InputError, Trials
from dolorimeter.core.containers import Floats

from .dataset import Dataset, Run, run_labels
from .folders import shelves_of
from .layout import subject_label
from .names import parse_name
from .sidecars import Sidecars, applicable
from .tsv import numbers_of, read_cells

# By signal: the column that BIDS names for it, and NeuroKit2's way to a rate.
_PROCESS = {
    "cardiac": ("ppg_process", "PPG_Rate"),
    "ecg": ("ecg_process", "ECG_Rate"),
    "respiratory": ("rsp_process", "RSP_Rate"),
}
WINDOW = (0.0, 6.0)


@dataclass(frozen=True, slots=True)
class Recording:
    """One physiological signal of a run.

    Attributes
    ----------
    values : ndarray of shape (n_samples,)
        As recorded.
    rate : float
        Samples a second.
    start : float
        Of the first sample, in seconds from the start of the run; below 0 where it came before.
    """

    values: Floats
    rate: float
    start: float


def trialwise_physiology(
    dataset: Dataset,
    trials: Trials,
    signal: str = "cardiac",
    window: tuple[float, float] = WINDOW,
    at: str = "cue",
    column: str | None = None,
) -> Floats:
    """Return the mean rate in a window of each trial.

    Parameters
    ----------
    dataset : Dataset
        Whose runs have ``physio.tsv.gz``; onsets of the trials count from the start of the run.
    trials : Trials
        Read from it.
    signal : {"cardiac", "ecg", "respiratory"}, default "cardiac"
        Pulse (photoplethysmogram), electrocardiogram, or breathing.
    window : tuple of (float, float), default (0, 6)
        Seconds after the event.
    at : {"cue", "outcome"}, default "cue"
        The event.
    column : str, optional
        Column of the recording; without it that of the signal's name.

    Returns
    -------
    ndarray of shape (n_trials,), float64
        Beats or breaths a minute, for `Trials.measures`; NaN where the run has no such recording,
        the event has no onset, or the window leaves the recording.

    Raises
    ------
    InputError
        If NeuroKit2 is not installed, no run has such a recording, or one cannot be used.
    """
    if signal not in _PROCESS:
        raise InputError("signal", repr(signal), f"one of {', '.join(_PROCESS)}")
    if not window[0] < window[1]:
        raise InputError("window", repr(window), "the earlier end first, in seconds")
    if at not in ("cue", "outcome"):
        raise InputError("at", repr(at), "cue or outcome")
    onset = trials.onset if at == "cue" else trials.outcome_onset
    means = np.full(len(trials), np.nan)
    found = 0
    subjects = np.array([subject_label(str(word)) for word in trials.subject])
    for run, label in zip(dataset.runs, run_labels(dataset.runs), strict=True):
        own = np.flatnonzero((subjects == run.subject) & (trials.run == label))
        recording = read_recording(run, column or signal) if len(own) else None
        if recording is not None:
            found += 1
            means[own] = _means(_rates(recording, signal, run), recording, onset[own], window)
    if not found:
        what = f"no recording with a column {column or signal!r} for any run of these trials"
        raise InputError(str(dataset.root), what, "files …_physio.tsv.gz with a JSON sidecar")
    return means


def read_recording(run: Run, column: str) -> Recording | None:
    """Read one signal of a run.

    Parameters
    ----------
    run : Run
        From `read_dataset`.
    column : str
        Its name in the sidecar's ``Columns``.

    Returns
    -------
    Recording or None
        None where no recording of the run has that column.

    Raises
    ------
    InputError
        If the sidecar lacks what BIDS requires, or the table does not agree with it.
    """
    for path in run.recordings:
        file = path.relative_to(run.root).as_posix()
        about = _sidecar(run, path)
        names = about.get("Columns")
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise InputError(file, "no list 'Columns' in its sidecar", "the names of its columns")
        if column not in names:
            continue
        rate, start = (_needed(about, key, file) for key in ("SamplingFrequency", "StartTime"))
        if rate <= 0:
            raise InputError(file, f"SamplingFrequency {rate:g}", "samples a second, above 0")
        return Recording(_column(path, file, names, column), rate, start)
    return None


def _sidecar(run: Run, path: Path) -> dict[str, Any]:
    name = parse_name(path.name)
    entities = {} if name is None else name.entities
    chain = applicable(entities, "physio", shelves_of(run.root, path.parent))
    return Sidecars(run.root).merge(chain)


def _needed(about: dict[str, Any], key: str, file: str) -> float:
    value = about.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
        raise InputError(file, f"{key} is {value!r} in its sidecar", "a number of its sidecar")
    return float(value)


def _column(path: Path, file: str, names: list[str], column: str) -> Floats:
    """Read a column of a table without a header, as BIDS has recordings."""
    cells, _ = read_cells(path, file, header=tuple(names))
    return numbers_of(cells, column)[0]


def _rates(recording: Recording, signal: str, run: Run) -> Floats:
    """Let NeuroKit2 find the beats or breaths, and their rate at each sample."""
    try:
        neurokit: Any = importlib.import_module("neurokit2")
    except ImportError as error:
        remedy = 'Install it with pip install "dolorimeter[physiology]".'
        raise InputError("neurokit2", "not installed", "the extra 'physiology'", remedy) from error
    process, rate = _PROCESS[signal]
    values = recording.values
    if np.isnan(values).any():
        row = int(np.flatnonzero(np.isnan(values))[0]) + 1
        where = f"{run.recordings[0].name}, data row {row}"
        raise InputError(where, f"{signal} is missing", "a recording without gaps")
    try:
        signals, _ = getattr(neurokit, process)(values, sampling_rate=recording.rate)
    except (ValueError, IndexError, ZeroDivisionError) as error:
        found = f"NeuroKit2 finds no rate ({str(error).splitlines()[0][:80]})"
        raise InputError(run.file, found, f"a {signal} signal with beats or breaths") from error
    return np.asarray(signals[rate], dtype=np.float64)


def _means(
    rates: Floats, recording: Recording, onsets: Floats, window: tuple[float, float]
) -> Floats:
    """Average over the window of each event; NaN where it leaves the recording."""
    means = np.full(len(onsets), np.nan)
    for i in np.flatnonzero(~np.isnan(onsets)):
        first, last = ((onsets[i] + end - recording.start) * recording.rate for end in window)
        start, stop = int(np.ceil(first - 1e-9)), int(np.ceil(last - 1e-9))
        if start >= 0 and stop <= len(rates) and start < stop:
            means[i] = rates[start:stop].mean()
    return means
