"""Pavlovian tasks: a declaration, and the trials that keep it (Seymour et al. 2005, Methods)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dolorimeter.core import InputError, write_file

from .intervals import Interval
from .task_file import read_task_file, write_task
from .task_order import draw_order
from .task_parts import COUNTERBALANCES, Cue, OrderRules, TaskOutcome, Timing, check_whole, nearest
from .task_table import (
    events_sidecar,
    make_table,
    refuse_overlap,
    stimuli_of,
    to_events,
    trial_types,
)

RandomState = int | np.random.Generator | None

_PARTS = (
    "name",
    "cues",
    "outcomes",
    "timing",
    "interval",
    "runs",
    "order",
    "stimuli",
    "counterbalance",
)


@dataclass(frozen=True, slots=True)
class PavlovianTask:
    """Cues, what follows them, when, and in what order.

    Attributes
    ----------
    name : str
        Name of the task; letters and digits, as BIDS wants it.
    cues : tuple of Cue
        With their counts.
    outcomes : tuple of TaskOutcome
        With their utilities; ``"none"`` is there with utility 0 where it is not declared.
    timing : Timing
        Seconds within a trial and a run.
    interval : Interval
        From the end of a trial to the next cue.
    runs : int
        Number of runs; values are learned on across breaks.
    order : OrderRules
        Balance over runs and limits on repeats.
    stimuli : tuple of str
        What is seen, one for each cue, or empty.
    counterbalance : {"none", "latin-square", "all-orders"}
        How stimuli change their cue from person to person.
    random_state : int, numpy.random.Generator or None
        Seed of ``trials``.

    Raises
    ------
    InputError
        If parts do not fit each other, or no order keeps the limits on repeats.
    """

    name: str
    cues: tuple[Cue, ...]
    outcomes: tuple[TaskOutcome, ...]
    timing: Timing = field(default_factory=Timing)
    interval: Interval = field(default_factory=lambda: Interval.uniform(4.0, 8.0))
    runs: int = 1
    order: OrderRules = field(default_factory=OrderRules)
    stimuli: tuple[str, ...] = ()
    counterbalance: str = "none"
    random_state: RandomState = field(default=None, compare=False)
    _table: pd.DataFrame = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.name.isalnum():
            raise InputError("name", repr(self.name), "letters and digits, as BIDS wants it")
        object.__setattr__(self, "cues", tuple(self.cues))
        object.__setattr__(self, "outcomes", _with_none(self.outcomes))
        self._check_names()
        check_whole("runs", self.runs, least=1)
        n_trials = sum(cue.count for cue in self.cues)
        if self.runs > n_trials:
            raise InputError("runs", f"{self.runs} for {n_trials} trials", "at most one a trial")
        object.__setattr__(self, "_table", self.draw(self.random_state))

    def _check_names(self) -> None:
        known = [outcome.name for outcome in self.outcomes]
        cues = [cue.name for cue in self.cues]
        _refuse_repeated("cues", cues)
        _refuse_repeated("outcomes", known)
        for cue in self.cues:
            _refuse_unknown(
                f"cues, {cue.name}, outcome",
                {*cue.probability, *cue.reinforced, *cue.counts},
                known,
            )
        for which, kinds in (("cue_repeats", cues), ("outcome_repeats", known)):
            given = getattr(self.order, which)
            if isinstance(given, Mapping):
                _refuse_unknown(f"order, {which}", given, kinds)
        _refuse_unknown("counterbalance", [self.counterbalance], COUNTERBALANCES)
        allowed = {len(cues), 0} if self.counterbalance == "none" else {len(cues)}
        if len(self.stimuli) not in allowed:
            found = f"{len(self.stimuli)} names"
            raise InputError("stimuli", found, f"one for each of {len(cues)} cues")

    @property
    def trials(self) -> pd.DataFrame:
        """Table of the trials, a row each; columns are told in ``task_table.COLUMNS``."""
        return self._table.copy()

    def draw(self, random_state: RandomState = None, subject: int = 0) -> pd.DataFrame:
        """Draw trials anew.

        Parameters
        ----------
        random_state : int, numpy.random.Generator or None
            Seed.
        subject : int, default 0
            Number of the person, for counterbalancing.

        Returns
        -------
        DataFrame
            Like ``trials``.
        """
        rng = np.random.default_rng(random_state)
        types = trial_types(self.cues, self.outcomes, self.order)
        drawn = draw_order(types, self.runs, self.order.balance, rng)
        stimuli = stimuli_of(self.stimuli, self.counterbalance, subject) if self.stimuli else ()
        return make_table(types, self.outcomes, self.timing, self.interval, drawn, stimuli, rng)

    def with_trials(self, table: pd.DataFrame) -> PavlovianTask:
        """Return the same task with trials that were ordered elsewhere.

        Parameters
        ----------
        table : DataFrame
            A row a trial, with the columns of ``trials``; cues and outcomes as often as declared.

        Returns
        -------
        PavlovianTask
            With these as its ``trials``.

        Raises
        ------
        InputError
            If a column is missing, the counts differ, or trials overlap.
        """
        missing = [name for name in self._table if name not in table]
        if missing:
            raise InputError("trials", f"no column {missing[0]!r}", ", ".join(self._table))
        pairs = Counter(zip(table["cue"], table["outcome"], strict=True))
        declared = Counter({(c.name, o): n for c in self.cues for o, n in c.counts.items()})
        if pairs != declared:
            cue, outcome = next(iter((pairs - declared) or (declared - pairs)))
            found = f"{cue!r} with {outcome!r} {pairs[cue, outcome]} times"
            raise InputError("trials", found, f"{declared[cue, outcome]} times, as declared")
        refuse_overlap(table)
        copy = replace(self)
        object.__setattr__(copy, "_table", table[list(self._table)].reset_index(drop=True))
        return copy

    def events(self, run: str | None = None) -> pd.DataFrame:
        """Rows of BIDS events, two a trial: cue and outcome.

        Parameters
        ----------
        run : str, optional
            One run, then without the column ``run``; default all.

        Returns
        -------
        DataFrame
            ``onset`` and ``duration`` first, in seconds from the start of the run.

        Raises
        ------
        InputError
            If there is no such run.
        """
        rows = to_events(self._table)
        if run is None:
            return rows
        if str(run) not in set(rows["run"]):
            raise InputError("run", repr(run), f"one of {', '.join(dict.fromkeys(rows['run']))}")
        return rows[rows["run"] == str(run)].drop(columns="run").reset_index(drop=True)

    def sidecar(self) -> dict[str, Any]:
        """Return the description of the events' columns, for ``events.json``."""
        described = events_sidecar(self.outcomes)
        return {name: item for name, item in described.items() if name in self.events()}

    @classmethod
    def from_yaml(cls, path: str | Path, random_state: RandomState = None) -> PavlovianTask:
        """Read a task, see ``docs/formats/task.md``.

        Parameters
        ----------
        path : str or path
            A YAML file.
        random_state : int, numpy.random.Generator or None
            Seed of the trials.

        Returns
        -------
        PavlovianTask
            With trials drawn.

        Raises
        ------
        InputError
            If the file cannot be read or its task cannot be kept; unknown keys are named with the
            nearest right one.
        """
        parts = read_task_file(path)
        parts.setdefault("name", "".join(c for c in Path(path).stem if c.isalnum()) or "task")
        return cls(**parts, random_state=random_state)

    def to_yaml(self, path: str | Path | None = None) -> str:
        """Write the task (not its trials) as YAML.

        Parameters
        ----------
        path : str or path, optional
            The file to write; without it nothing is written.

        Returns
        -------
        str
            What was or would be written.
        """
        text = write_task({name: getattr(self, name) for name in _PARTS})
        if path is not None:
            write_file(path, text)
        return text


def _with_none(outcomes: Sequence[TaskOutcome]) -> tuple[TaskOutcome, ...]:
    """Outcomes, with the one that needs no declaration."""
    if any(outcome.name == "none" for outcome in outcomes):
        return tuple(outcomes)
    return (*outcomes, TaskOutcome("none", 0.0))


def _refuse_repeated(where: str, names: Sequence[str]) -> None:
    repeated = [name for name, number in Counter(names).items() if number > 1]
    if repeated or not names:
        found = f"{repeated[0]!r} twice" if repeated else "nothing"
        raise InputError(where, found, "at least one, each with a name of its own")


def _refuse_unknown(where: str, names: Iterable[str], known: Sequence[str]) -> None:
    for name in names:
        if name not in known:
            raise nearest(where, name, known)
