"""Onsets that go on counting from run to run: found, shown, and moved only on request."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Literal

import numpy as np

from dolorimeter.core import InputError

from .dataset import Dataset, Run
from .events import EventTable, read_events
from .notices import Notice

Onsets = Literal["as-given", "from-run-start"]
ONSETS = ("as-given", "from-run-start")
# Offsets count as whole volumes where they come this near to it (s); logs round to milliseconds.
TOLERANCE = 0.0105


def read_all_events(dataset: Dataset, onsets: str = "as-given") -> tuple[EventTable, ...]:
    """Read the events of all runs and compare the runs of each person.

    Parameters
    ----------
    dataset : Dataset
        From `read_dataset`.
    onsets : {"as-given", "from-run-start"}, default "as-given"
        Where the onsets of a person's runs accumulate, leave them or count each run from its own
        start. A run's start is not in the file; it is inferred by taking the first event of every
        run to come as late as that of the first, to the nearest whole volume where the repetition
        time is known and all offsets come near one. Each run that is moved has a notice with its
        offset and this evidence.

    Returns
    -------
    tuple of EventTable
        In the order of ``dataset.runs``.

    Raises
    ------
    InputError
        If a file cannot be read (see `read_events`).
    """
    if onsets not in ONSETS:
        raise InputError("onsets", repr(onsets), f"one of {', '.join(ONSETS)}")
    tables = [read_events(run) for run in dataset.runs]
    for rows in _series(dataset.runs):
        own = [tables[i] for i in rows]
        if accumulate(own):
            moved = _from_run_start(own) if onsets == "from-run-start" else _flagged(own)
            for i, table in zip(rows, moved, strict=True):
                tables[i] = table
    return tuple(tables)


def accumulate(tables: Sequence[EventTable]) -> bool:
    """Tell whether onsets of a person's runs go on counting.

    Parameters
    ----------
    tables : sequence of EventTable
        Runs of one person, session and task, in order.

    Returns
    -------
    bool
        Whether there are two runs or more, each of two events or more, and every run starts after
        the last event of the one before has ended.
    """
    if len(tables) < 2 or any(np.isfinite(table.onset).sum() < 2 for table in tables):
        return False
    return all(_end(one) <= float(np.nanmin(next_.onset)) for one, next_ in pairwise(tables))


def _end(table: EventTable) -> float:
    return float(np.nanmax(table.onset + np.nan_to_num(table.duration)))


def _series(runs: Sequence[Run]) -> Iterable[list[int]]:
    """Group runs that differ in their number only."""
    groups: dict[tuple[tuple[str, str], ...], list[int]] = {}
    for i, run in enumerate(runs):
        key = tuple(sorted((k, v) for k, v in run.entities.items() if k != "run"))
        groups.setdefault(key, []).append(i)
    return groups.values()


def _flagged(tables: Sequence[EventTable]) -> list[EventTable]:
    """Say of each run but the first that its onsets go on counting."""
    flagged = [tables[0]]
    for before, table in pairwise(tables):
        what = (
            f"onsets start at {np.nanmin(table.onset):.6g} s, after the end of the run before"
            f" ({_end(before):.6g} s): they count on from run to run, and are left as given"
        )
        flagged.append(_with(table, what, "onsets-accumulate"))
    return flagged


def _from_run_start(tables: Sequence[EventTable]) -> list[EventTable]:
    first = [float(np.nanmin(table.onset)) for table in tables]
    raw = [start - first[0] for start in first]
    width = tables[0].run.repetition_time
    volumes = None if width is None else [round(offset / width) for offset in raw]
    whole = (
        volumes is not None
        and width is not None
        and all(
            abs(offset - n * width) <= TOLERANCE for offset, n in zip(raw, volumes, strict=True)
        )
    )
    moved = [tables[0]]
    for i, table in enumerate(tables[1:], start=1):
        if whole and volumes is not None and width is not None:
            offset = volumes[i] * width
            why = f"{volumes[i]} volumes of {width:g} s, within {abs(raw[i] - offset) * 1e3:.0f} ms"
        else:
            offset = raw[i]
            why = "not tied to volumes"
        what = (
            f"{offset:.6g} s taken from every onset: the first event then comes at"
            f" {first[i] - offset:.6g} s, as in the first run at {first[0]:.6g} s ({why})"
        )
        shifted = replace(table, onset=table.onset - offset, offset=offset)
        moved.append(_with(shifted, what, "onsets-moved"))
    return moved


def _with(table: EventTable, what: str, kind: str) -> EventTable:
    notice = Notice(table.run.file, None, what, kind)
    return replace(table, notices=(*table.notices, notice))
