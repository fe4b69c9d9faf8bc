"""What a scanner would see of a task: planned regressors, convolved, run after run.

Events are impulses at cue and outcome (Seymour et al. 2005, Methods; science 2.4): the onsets of
cues and of each outcome that has a utility, and prediction errors as parametric modulators, less
their mean over the events they modulate.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats
from dolorimeter.hemodynamics import read_hrf
from dolorimeter.hemodynamics.hrf import LENGTH

from .grid import simulate_grid

SPLITS = ("cue and time", "cue")
_NOTHING = 1e-9


@dataclass(frozen=True, slots=True)
class Scanner:
    """How a task would be scanned and modeled.

    Attributes
    ----------
    tr : float
        Seconds from frame to frame.
    hrf : str or callable
        Hemodynamic response, as in ``convolve_events``.
    high_pass : float or None
        Cut-off of the cosine drifts in seconds; None for a mean of each run alone.
    split : {"cue and time", "cue"}
        Errors apart by cue and by time point, or by cue alone (the paper's two regressors).
    model : str
        The learning model that gives the errors, such as ``"td"``.
    parameters : tuple of float
        Its free parameters; for ``"td"`` the learning rate.
    lead_out : float
        Seconds scanned after the last trial of a run.
    reset_runs : bool
        Whether values start anew in each run.

    Raises
    ------
    InputError
        If a number is not positive or a name unknown.
    """

    tr: float = 2.0
    hrf: str | Callable[[Floats], Floats] = "spm"
    high_pass: float | None = None
    split: str = "cue and time"
    model: str = "td"
    parameters: tuple[float, ...] = (0.3,)
    lead_out: float = 15.0
    reset_runs: bool = False

    def __post_init__(self) -> None:
        for name in ("tr", "high_pass"):
            value = getattr(self, name)
            if value is not None and not 0 < value < np.inf:
                raise InputError(name, repr(value), "a positive number of seconds")
        if not 0 <= self.lead_out < np.inf:
            raise InputError("lead_out", repr(self.lead_out), "seconds, 0 or more")
        if self.split not in SPLITS:
            raise InputError("split", repr(self.split), f"one of {', '.join(SPLITS)}")
        read_hrf(self.hrf)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Responses of all frames to an impulse at each event; orders change, this stays.

    Attributes
    ----------
    responses : ndarray of shape (n_frames, 2 n_trials)
        To the cues, then to the outcomes; frames of all runs one after the other.
    confounds : ndarray of shape (n_frames, m)
        A mean of each run, and drifts where there are any.
    """

    responses: Floats
    confounds: Floats

    @classmethod
    def of(cls, table: pd.DataFrame, scanner: Scanner) -> Timeline:
        """Lay frames and events on one axis.

        Parameters
        ----------
        table : DataFrame
            Trials, as ``PavlovianTask.trials``.
        scanner : Scanner
            When frames are taken.

        Returns
        -------
        Timeline
            For this table, and for every one with the same times.
        """
        response = read_hrf(scanner.hrf)
        names = list(dict.fromkeys(table["run"]))
        parts, drifts = [], []
        for run in names:
            ours = (table["run"] == run).to_numpy()
            onsets = table[["onset", "outcome_onset"]].to_numpy(dtype=np.float64).T
            end = _end(table[ours]) + scanner.lead_out
            frames = np.arange(0.0, end, scanner.tr)
            since = frames[:, None, None] - onsets
            reached = (since >= 0) & (since <= LENGTH) & ours
            values = np.zeros(since.shape)
            values[reached] = response(since[reached])
            parts.append(values.reshape(len(frames), -1))
            drifts.append(_drifts(len(frames), scanner))
        return cls(np.concatenate(parts), _blocks(drifts))


def planned_amplitudes(table: pd.DataFrame, scanner: Scanner) -> tuple[tuple[str, ...], Floats]:
    """Give the weight of each event in each planned regressor.

    Parameters
    ----------
    table : DataFrame
        Trials with ``run``, ``cue``, ``outcome``, ``utility``, ``onset`` and ``outcome_onset``; an
        event whose time is unknown (NaN), such as the cue of a trial without one, is none.
    scanner : Scanner
        With the model of learning.

    Returns
    -------
    names : tuple of str
        Onsets first: ``"cue"`` and each outcome with a utility; then errors, such as
        ``"cue error A"``. Errors that do not vary (cue C's are 0) are left out.
    amplitudes : ndarray of shape (2 n_trials, k)
        Of the cues, then of the outcomes.
    """
    n_trials = len(table)
    shown = table[["run", "cue", "outcome", "utility"]]
    learned = simulate_grid(
        scanner.model, shown, [scanner.parameters], reset_runs=scanner.reset_runs
    )
    errors = np.concatenate([learned.cue_error[0], learned.outcome_error[0]])
    there = np.isfinite(table[["onset", "outcome_onset"]].to_numpy(np.float64).T.ravel())
    outcome, utility = table["outcome"].to_numpy(str), table["utility"].to_numpy(np.float64)
    at_cue = np.arange(2 * n_trials) < n_trials
    onsets = {"cue": at_cue & there}
    for name in np.unique(outcome[utility != 0]):
        onsets[str(name)] = np.tile(outcome == name, 2) & ~at_cue & there
    columns = {name: own.astype(np.float64) for name, own in onsets.items() if own.any()}
    cues = np.tile(table["cue"].to_numpy(str), 2)
    for name in np.unique(cues):
        for label, events in _events(scanner.split, str(name), (cues == name) & there, at_cue):
            if not events.any():
                continue
            centered = np.where(events, errors - errors[events].mean(), 0.0)
            if np.abs(centered).max() > _NOTHING:
                columns[label] = centered
    return tuple(columns), np.column_stack(list(columns.values()))


def _events(
    split: str, cue: str, ours: np.ndarray, at_cue: np.ndarray
) -> Sequence[tuple[str, np.ndarray]]:
    of = f" {cue}" if cue else ""
    if split == "cue":
        return [(f"error{of}", ours)]
    return [(f"cue error{of}", ours & at_cue), (f"outcome error{of}", ours & ~at_cue)]


def _end(run: pd.DataFrame) -> float:
    ends = np.fmax(run["onset"] + run["duration"], run["outcome_onset"] + run["outcome_duration"])
    return float(np.nanmax(ends))


def _drifts(n_frames: int, scanner: Scanner) -> Floats:
    """A mean, and cosines slower than the cut-off (as SPM's filter), shape (n_frames, m)."""
    length = n_frames * scanner.tr
    count = 0 if scanner.high_pass is None else int(2 * length / scanner.high_pass)
    frames = np.arange(n_frames)[:, None]
    return np.cos(np.pi * np.arange(count + 1) * (2 * frames + 1) / (2 * n_frames))


def _blocks(parts: Sequence[Floats]) -> Floats:
    """Columns of each run, zero in the others."""
    rows = np.cumsum([0] + [len(part) for part in parts])
    columns = np.cumsum([0] + [part.shape[1] for part in parts])
    whole = np.zeros((rows[-1], columns[-1]))
    for i, part in enumerate(parts):
        whole[rows[i] : rows[i + 1], columns[i] : columns[i + 1]] = part
    return whole
