"""From an order of trials to a table with times, and from the table to BIDS events."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice, permutations
from typing import Any

import numpy as np
import pandas as pd

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints

from .intervals import Interval
from .task_order import TrialTypes
from .task_parts import Cue, OrderRules, TaskOutcome, Timing

COLUMNS = {
    "trial": "Number of the trial in the task, from 1",
    "run": "Number of the run, from 1",
    "cue": "Cue shown",
    "outcome": "What followed; an omission keeps its event",
    "utility": "Appetitive utility of what followed: relief above 0, exacerbation below",
    "onset": "Onset of the cue from the start of the run, s",
    "duration": "How long the cue is shown, s",
    "outcome_onset": "Onset of the outcome from the start of the run, s",
    "outcome_duration": "How long the outcome lasts, s",
    "interval": "From the end of the trial to the next cue, s",
    "stimulus": "What this person sees as the cue",
}


def trial_types(
    cues: Sequence[Cue], outcomes: Sequence[TaskOutcome], order: OrderRules
) -> TrialTypes:
    """Count each cue with each of its outcomes.

    Parameters
    ----------
    cues : sequence of Cue
        The cues of a task.
    outcomes : sequence of TaskOutcome
        All that follow.
    order : OrderRules
        Limits on repeats.

    Returns
    -------
    TrialTypes
        In the order of cues, then of outcomes as each cue names them.
    """
    cue_names = tuple(cue.name for cue in cues)
    outcome_names = tuple(outcome.name for outcome in outcomes)
    rows = [
        (number, cue_names.index(cue.name), outcome_names.index(name))
        for cue in cues
        for name, number in cue.counts.items()
    ]
    counts, of_cue, of_outcome = np.array(rows, dtype=np.int64).T
    limits = tuple(
        np.array([order.limit(which, name) or counts.sum() for name in names], dtype=np.int64)
        for which, names in (("cue_repeats", cue_names), ("outcome_repeats", outcome_names))
    )
    labels = np.stack([of_cue, of_outcome])
    return TrialTypes(counts, labels, (limits[0], limits[1]), (cue_names, outcome_names))


def stimuli_of(stimuli: Sequence[str], counterbalance: str, subject: int) -> tuple[str, ...]:
    """Say which stimulus plays which cue for one person.

    Parameters
    ----------
    stimuli : sequence of str
        As many as there are cues.
    counterbalance : {"none", "latin-square", "all-orders"}
        ``"latin-square"`` moves them on by one from person to person; ``"all-orders"`` goes
        through all permutations.
    subject : int
        Number of the person, from 0.

    Returns
    -------
    tuple of str
        A stimulus for each cue.
    """
    given = tuple(stimuli)
    if counterbalance == "latin-square":
        shift = subject % len(given)
        return given[shift:] + given[:shift]
    if counterbalance == "all-orders":
        total = int(np.prod(np.arange(1, len(given) + 1)))
        return next(islice(permutations(given), subject % total, None))
    return given


def make_table(
    types: TrialTypes,
    outcomes: Sequence[TaskOutcome],
    timing: Timing,
    interval: Interval,
    drawn: tuple[Ints, Ints],
    stimuli: Sequence[str],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Give each trial its times.

    Parameters
    ----------
    types : TrialTypes
        Trial types of the task.
    outcomes : sequence of TaskOutcome
        With utilities and durations.
    timing : Timing
        Seconds within a trial and a run.
    interval : Interval
        Between trials.
    drawn : tuple of ndarray of shape (n_trials,)
        Type and run of each trial.
    stimuli : sequence of str
        One a cue, or none.
    rng : numpy.random.Generator
        Source of the times that vary.

    Returns
    -------
    DataFrame
        A row a trial with the columns of ``COLUMNS``; ``stimulus`` only where there are any.
    """
    kinds, runs = drawn
    cue, outcome = types.labels[:, kinds]
    delay = timing.outcome_onset
    delays = (
        delay.draw(len(kinds), rng)
        if isinstance(delay, Interval)
        else np.full(len(kinds), float(delay))
    )
    lasting = [timing.outcome if o.duration is None else o.duration for o in outcomes]
    outcome_duration = np.array(lasting, dtype=np.float64)[outcome]
    pauses = interval.draw(len(kinds), rng)
    lengths = np.maximum(timing.cue, delays + outcome_duration) + pauses
    onsets = _onsets(lengths, runs) + timing.lead_in
    columns: dict[str, Any] = {
        "trial": np.arange(1, len(kinds) + 1),
        "run": (runs + 1).astype(str),
        "cue": np.array(types.names[0])[cue],
        "outcome": np.array(types.names[1])[outcome],
        "utility": np.array([o.utility for o in outcomes], dtype=np.float64)[outcome],
        "onset": onsets,
        "duration": np.full(len(kinds), float(timing.cue)),
        "outcome_onset": onsets + delays,
        "outcome_duration": outcome_duration,
        "interval": pauses,
    }
    if stimuli:
        columns["stimulus"] = np.array(stimuli)[cue]
    return pd.DataFrame(columns)


def _onsets(lengths: Floats, runs: Ints) -> Floats:
    """Sum of the lengths of the earlier trials of the run."""
    ends = np.cumsum(lengths)
    starts = ends - lengths
    first = np.concatenate([[True], np.diff(runs) != 0])
    onsets = starts - starts[first][np.cumsum(first) - 1]
    return np.asarray(onsets.round(6), dtype=np.float64)


def refuse_overlap(table: pd.DataFrame) -> None:
    """Refuse trials that start before the one before them is over.

    Parameters
    ----------
    table : DataFrame
        A row a trial, in the order in which they come.

    Raises
    ------
    InputError
        Naming the first two that overlap.
    """
    begins = table["onset"].to_numpy(dtype=np.float64)
    ends = np.maximum(
        begins + table["duration"].to_numpy(dtype=np.float64),
        (table["outcome_onset"] + table["outcome_duration"]).to_numpy(dtype=np.float64),
    )
    same_run = table["run"].to_numpy()[1:] == table["run"].to_numpy()[:-1]
    early = np.flatnonzero(same_run & (begins[1:] < ends[:-1] - 1e-5))
    if len(early):
        one, two = table["trial"].iloc[[early[0], early[0] + 1]]
        found = f"trial {two} starts at {begins[early[0] + 1]:g} s, before {one} is over"
        raise InputError("trials", found, f"a start at {ends[early[0]]:g} s or later")


def to_events(table: pd.DataFrame) -> pd.DataFrame:
    """Turn a table of trials into rows of BIDS events: two a trial, cue and outcome.

    Parameters
    ----------
    table : DataFrame
        A row a trial.

    Returns
    -------
    DataFrame
        Columns ``onset``, ``duration``, ``trial_type`` (``"cue"`` or ``"outcome"``), ``run``,
        ``trial``, ``cue``, ``outcome``, ``utility`` and, where there is one, ``stimulus``; in
        order of run and onset.
    """
    kept = ["run", "trial", "cue", "outcome", "utility", "stimulus"]
    rest = table[[name for name in kept if name in table]]
    rows = [
        rest.assign(onset=table[f"{prefix}onset"], duration=table[f"{prefix}duration"])
        for prefix in ("", "outcome_")
    ]
    both = pd.concat(
        [r.assign(trial_type=w) for r, w in zip(rows, ("cue", "outcome"), strict=True)]
    )
    order = np.lexsort((both["onset"].to_numpy(), both["run"].astype(int).to_numpy()))
    return both.iloc[order][["onset", "duration", "trial_type", *rest.columns]].reset_index(
        drop=True
    )


def events_sidecar(outcomes: Sequence[TaskOutcome]) -> dict[str, Any]:
    """Describe the columns of the events, for ``events.json``.

    Parameters
    ----------
    outcomes : sequence of TaskOutcome
        Whose utilities the levels tell.

    Returns
    -------
    dict
        By column, in BIDS' terms.
    """
    described = {
        name: {"Description": COLUMNS[name]}
        for name in ("run", "trial", "cue", "outcome", "utility", "stimulus")
    }
    levels = {"cue": "The cue is shown", "outcome": "What follows it, or is omitted"}
    return {
        "onset": {"Description": "From the start of the run", "Units": "s"},
        "duration": {"Description": "How long it lasts", "Units": "s"},
        "trial_type": {"Description": "Part of the trial", "Levels": levels},
        **described,
        "outcome": {
            "Description": COLUMNS["outcome"],
            "Levels": {o.name: f"utility {o.utility:g}" for o in outcomes},
        },
    }
