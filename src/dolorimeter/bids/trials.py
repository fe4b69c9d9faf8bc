"""Events to trials: the container that learning models take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import InputError, Trials
from dolorimeter.core.containers import Floats

from .dataset import Dataset, run_labels
from .events import EventTable
from .matching import Anchors, find_rows, find_trials
from .notices import Notice
from .onsets import read_all_events
from .spec import EVERY_OTHER, Source, TrialSpec, read_spec

# BIDS has a name of its own for what the trials call so.
BIDS_NAMES = {"rt": "response_time"}
_OUR_NAMES = {theirs: ours for ours, theirs in BIDS_NAMES.items()}
_FIXED = ("onset", "duration", "trial_type")


def trials_from_events(
    dataset: Dataset,
    spec: str | Path | Mapping[str, Any] | TrialSpec = "dolorimeter",
    onsets: str | None = None,
) -> tuple[Trials, tuple[Notice, ...]]:
    """Read the trials of a data set.

    Parameters
    ----------
    dataset : Dataset
        From `read_dataset`.
    spec : str, Path, mapping or TrialSpec, default "dolorimeter"
        A preset (``"ds000140"``, ``"ds003836"``, ``"ds004746"``; ``"dolorimeter"`` and
        ``"dolorimeter-derivatives"`` for what this package writes), a YAML file, or its content.
    onsets : {"as-given", "from-run-start"}, optional
        In place of what the mapping says, see `read_all_events`.

    Returns
    -------
    Trials
        By person and run; within a run in the order of the file, or of their numbers.
    tuple of Notice
        All that is odd about the data set, its files, and its trials.

    Raises
    ------
    InputError
        If the mapping does not fit the data: a column is missing, an outcome has no utility, a
        measure lies outside its scale, or no row is a trial.
    """
    mapping = read_spec(spec)
    chosen = dataset if mapping.task is None else dataset.select(task=mapping.task)
    tables = read_all_events(chosen, mapping.onsets if onsets is None else onsets)
    mapping = _every_column(mapping, tables)
    labels = run_labels(chosen.runs)
    read = [_of_run(table, label, mapping) for table, label in zip(tables, labels, strict=True)]
    notices = [notice for table in tables for notice in table.notices]
    notices += [notice for _, further in read for notice in further]
    parts = [part for part, _ in read if part is not None]
    if not parts:
        found = f"no row of {len(tables)} files is a trial"
        raise InputError(mapping.name, found, "a mapping whose 'trials' fits these events")
    return _joined(parts), (*dataset.notices, *notices)


def _of_run(
    table: EventTable, label: str, spec: TrialSpec
) -> tuple[dict[str, Any] | None, list[Notice]]:
    anchors, notices = find_trials(table, spec)
    if not len(anchors.rows):
        return None, notices
    reader = _Reader(table, anchors, notices)
    outcome = reader.words(spec.outcome, "outcome")
    n_trials = len(anchors.rows)
    part = {
        "subject": np.full(n_trials, table.run.subject),
        "run": np.full(n_trials, label),
        "cue": reader.words(spec.cue, "cue"),
        "outcome": outcome,
        "onset": reader.time(spec.onset, "onset"),
        "outcome_onset": reader.time(spec.outcome_onset, "outcome_onset"),
        "utility": _utilities(reader, spec, outcome),
        "measures": {name: reader.measure(s, name) for name, s in spec.measures.items()},
        "quantities": {name: reader.measure(s, name) for name, s in spec.quantities.items()},
    }
    _check_times(reader, part)
    return part, reader.unique()


class _Reader:
    """What stands where for the trials of one run, with what is odd about it."""

    def __init__(self, table: EventTable, anchors: Anchors, notices: list[Notice]) -> None:
        self.table, self.anchors, self.notices = table, anchors, list(notices)
        self._seen: dict[tuple[Any, ...], NDArray[np.int64]] = {}

    def rows(self, source: Source, what: str) -> NDArray[np.int64]:
        """Return the row for each trial; the same question is asked, and complained of, once."""
        column = "" if source.rows.values else source.column
        key = (source.match, column, tuple(source.rows.values.items()))
        if key not in self._seen:
            self._seen[key], further = find_rows(self.table, self.anchors, source, what)
            self.notices += further
        return self._seen[key]

    def words(self, given: str | tuple[Source, ...], what: str) -> NDArray[np.str_]:
        """Return a word for each trial; several are joined by spaces."""
        n_trials = len(self.anchors.rows)
        if isinstance(given, str):
            return np.full(n_trials, given)
        parts = []
        for source in given:
            rows = self.rows(source, what)
            cells = np.where(rows < 0, "", self.table.texts(source.column)[rows])
            parts.append([_shortest(c) if source.as_number else c for c in cells.tolist()])
        joined = [" ".join(w for w in words if w) for words in zip(*parts, strict=True)]
        return np.array(joined, dtype=np.str_)

    def time(self, source: Source | None, what: str) -> Floats:
        """Return seconds for each trial, NaN where they are not known."""
        n_trials = len(self.anchors.rows)
        return np.full(n_trials, np.nan) if source is None else self.numbers(source, what)

    def numbers(self, source: Source, what: str) -> Floats:
        """Return a number for each trial, NaN where there is none."""
        rows = self.rows(source, what)
        values, notices = self.table.numbers(source.column)
        self.notices += notices
        picked = np.where(rows < 0, np.nan, values[rows])
        if (source.times, source.plus) == (1.0, 0.0):
            return picked
        # Rounded to what 15 digits hold, so that 44.3 - 42.3 is 2 as it was meant.
        return np.array([float(f"{v * source.times + source.plus:.12g}") for v in picked.tolist()])

    def measure(self, source: Source, name: str) -> Floats:
        """Return a measure, checked against its scale."""
        if source.column not in self.table.columns and source.match == "trial":
            return np.full(len(self.anchors.rows), np.nan)
        values = self.numbers(source, name)
        if source.scale is not None:
            least, largest = source.scale
            bad = np.flatnonzero((values < least) | (values > largest))
            if len(bad):
                found = f"{name} {values[bad[0]]:g}"
                rule = f"{least:g} to {largest:g}, the scale of the mapping"
                raise InputError(self.place(int(bad[0]), source, name), found, rule)
        self._missing(values, source, name)
        return values

    def place(self, trial: int, source: Source | None, what: str) -> str:
        """Name the row of a trial for an error."""
        row = self.anchors.rows[trial] if source is None else self.rows(source, what)[trial]
        row = self.anchors.rows[trial] if row < 0 else row
        return f"{self.table.run.file}, data row {int(row) + 1}"

    def unique(self) -> list[Notice]:
        """Return the notices, each once."""
        return list(dict.fromkeys(self.notices))

    def _missing(self, values: Floats, source: Source, name: str) -> None:
        gone = np.flatnonzero(np.isnan(values) & (self.rows(source, name) >= 0))
        if len(gone) and source.match != "trial":
            row = int(self.rows(source, name)[gone[0]]) + 1
            what = f"{name} missing in {len(gone)} of {len(values)} trials, here the first"
            self.notices.append(Notice(self.table.run.file, row, what, "measure-missing"))


def _utilities(reader: _Reader, spec: TrialSpec, outcome: NDArray[np.str_]) -> Floats:
    source = spec.utility if isinstance(spec.utility, Source) else None
    if source is not None:
        values = reader.numbers(source, "utility")
    else:
        known = spec.utility if isinstance(spec.utility, Mapping) else {}
        values = np.array([known.get(word, np.nan) for word in outcome.tolist()])
    bad = np.flatnonzero(np.isnan(values))
    if len(bad):
        trial = int(bad[0])
        rule = "a number in the column utility names" if source else "a utility for each outcome"
        found = f"outcome {str(outcome[trial])!r} without a utility"
        raise InputError(reader.place(trial, source, "utility"), found, f"{rule} ({spec.name})")
    return values


def _check_times(reader: _Reader, part: Mapping[str, Any]) -> None:
    """Name trials that start before the one above them has had its outcome."""
    start = np.where(np.isnan(part["onset"]), part["outcome_onset"], part["onset"])
    end = np.fmax(part["onset"], part["outcome_onset"])
    for trial in np.flatnonzero(start[1:] < end[:-1]) + 1:
        row = int(reader.anchors.rows[trial]) + 1
        what = (
            f"trial starts at {start[trial]:.6g} s, before {end[trial - 1]:.6g} s of the last one"
        )
        reader.notices.append(Notice(reader.table.run.file, row, what, "trials-overlap"))


def _every_column(spec: TrialSpec, tables: Sequence[EventTable]) -> TrialSpec:
    """Put the columns that are not named elsewhere in place of ``*``."""
    groups = {"measures": dict(spec.measures), "quantities": dict(spec.quantities)}
    if not any(EVERY_OTHER in group for group in groups.values()):
        return spec
    named = {*_FIXED, *(source.column for source in _sources(spec))}
    derived = {
        name
        for table in tables
        for name, about in table.run.metadata.items()
        if isinstance(about, Mapping) and about.get("Derivative") is True
    }
    columns = dict.fromkeys(column for table in tables for column in table.columns)
    rest = [c for c in columns if c not in named | derived and c != spec.trials]
    for group in groups.values():
        pattern = group.pop(EVERY_OTHER, None)
        if pattern is not None:
            group |= {_OUR_NAMES.get(c, c): replace(pattern, column=c) for c in rest}
    return replace(spec, measures=groups["measures"], quantities=groups["quantities"])


def _sources(spec: TrialSpec) -> list[Source]:
    words = [part for part in (spec.cue, spec.outcome) if not isinstance(part, str)]
    single = [s for s in (spec.onset, spec.outcome_onset, spec.utility) if isinstance(s, Source)]
    named = [*spec.measures.values(), *spec.quantities.values()]
    return [*(s for part in words for s in part), *single, *(s for s in named if s.column != "*")]


def _joined(parts: Sequence[Mapping[str, Any]]) -> Trials:
    columns: dict[str, Any] = {}
    for name, first in parts[0].items():
        if isinstance(first, dict):
            columns[name] = {key: np.concatenate([p[name][key] for p in parts]) for key in first}
        else:
            columns[name] = np.concatenate([part[name] for part in parts])
    return Trials(**columns)


def _shortest(word: str) -> str:
    try:
        return f"{float(word):.15g}"
    except ValueError:
        return word
