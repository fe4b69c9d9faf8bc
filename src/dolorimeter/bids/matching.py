"""Rows of events to trials: which row each thing about a trial stands in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import InputError

from .events import EventTable
from .names import natural
from .notices import Notice
from .spec import Rows, Source, TrialSpec

Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Anchors:
    """The trials of one run.

    Attributes
    ----------
    rows : ndarray of shape (n_trials,), int64
        The row of each; with trial numbers the first that has its number.
    numbers : ndarray of shape (n_events,), str, or None
        To which trial each row belongs; None where rows are trials themselves.
    """

    rows: Indices
    numbers: NDArray[np.str_] | None = None


def find_trials(table: EventTable, spec: TrialSpec) -> tuple[Anchors, list[Notice]]:
    """Find the trials of a run.

    Parameters
    ----------
    table : EventTable
        Its events.
    spec : TrialSpec
        Which of them are trials.

    Returns
    -------
    Anchors
        In the order of the file; with trial numbers in their order.
    list of Notice
        No trials at all; numbers that do not ascend in the file.
    """
    if isinstance(spec.trials, Rows):
        rows = np.flatnonzero(mask_of(table, spec.trials))
        return Anchors(rows), _none(table, rows)
    numbers = table.texts(spec.trials)
    first: dict[str, int] = {}
    for i, number in enumerate(numbers.tolist()):
        if number:
            first.setdefault(number, i)
    order = sorted(first, key=natural)
    notices = []
    if order != list(first):
        what = f"trials do not come in the order of their numbers ({spec.trials}): numbers count"
        notices.append(Notice(table.run.file, None, what, "trials-out-of-order"))
    rows = np.array([first[number] for number in order], dtype=np.int64)
    return Anchors(rows, numbers), [*notices, *_none(table, rows)]


def mask_of(table: EventTable, rows: Rows) -> NDArray[np.bool_]:
    """Tell which rows will do.

    Parameters
    ----------
    table : EventTable
        The events.
    rows : Rows
        What must stand in them.

    Returns
    -------
    ndarray of shape (n_events,)
        bool.
    """
    mask = np.ones(len(table), dtype=bool)
    for column, words in rows.values.items():
        cells = table.texts(column)
        wanted = [word if word != "n/a" else "" for word in words]
        mask &= cells != "" if words == ("*",) else np.isin(cells, wanted)
    return mask


def find_rows(
    table: EventTable, anchors: Anchors, source: Source, what: str
) -> tuple[Indices, list[Notice]]:
    """Find in which row something about each trial stands.

    Parameters
    ----------
    table : EventTable
        The events.
    anchors : Anchors
        The trials.
    source : Source
        Where to look.
    what : str
        What is looked for, for messages.

    Returns
    -------
    ndarray of shape (n_trials,)
        Row of each, -1 where there is none.
    list of Notice
        Trials without such a row or with several, rows that no trial takes.
    """
    if source.match == "same":
        return anchors.rows, []
    if source.match == "trial":
        return _by_number(table, anchors, source), []
    if anchors.numbers is not None:
        found = f"match {source.match} where trials have numbers"
        raise InputError(what, found, "match trial, or trials given by rows")
    return _neighbors(table, anchors.rows, source, what)


def _by_number(table: EventTable, anchors: Anchors, source: Source) -> Indices:
    if anchors.numbers is None:
        found = "match trial where rows are trials themselves"
        raise InputError(source.column, found, "trials: {by: column}, or match next or previous")
    fits = mask_of(table, source.rows if source.rows.values else Rows({source.column: ("*",)}))
    first: dict[str, int] = {}
    for i in np.flatnonzero(fits).tolist():
        first.setdefault(str(anchors.numbers[i]), i)
    own = [str(anchors.numbers[row]) for row in anchors.rows]
    return np.array([first.get(number, -1) for number in own], dtype=np.int64)


def _neighbors(
    table: EventTable, trials: Indices, source: Source, what: str
) -> tuple[Indices, list[Notice]]:
    """Take the nearest fitting row on one side of each trial, this side of the next trial."""
    fitting = np.flatnonzero(mask_of(table, source.rows))
    below = source.match == "next"
    bounds = np.concatenate([[-1], trials, [len(table)]])
    starts, ends = (trials, bounds[2:]) if below else (bounds[:-2], trials)
    left = np.searchsorted(fitting, starts, side="right")
    right = np.searchsorted(fitting, ends, side="left")
    counts = right - left
    picks = np.clip(left if below else right - 1, 0, max(len(fitting) - 1, 0))
    rows = np.where(counts > 0, fitting[picks] if len(fitting) else -1, -1)
    notices = _about(table, trials, rows, counts, source, what)
    spare = np.setdiff1d(fitting, rows)
    for row in spare.tolist():
        words = f"stands {'below' if below else 'above'} no trial that takes it: {what} not used"
        notices.append(Notice(table.run.file, row + 1, words, "row-not-used"))
    return rows, notices


def _about(
    table: EventTable, trials: Indices, rows: Indices, counts: Indices, source: Source, what: str
) -> list[Notice]:
    file, side = table.run.file, "below" if source.match == "next" else "above"
    notices = []
    for trial, row, count in zip(trials.tolist(), rows.tolist(), counts.tolist(), strict=True):
        if count == 0:
            words = f"no row {side} it for {what}: missing"
            notices.append(Notice(file, trial + 1, words, "no-row"))
            continue
        if count > 1:
            words = f"{count} rows {side} it for {what}: data row {row + 1} is taken"
            notices.append(Notice(file, trial + 1, words, "several-rows"))
        gap = float(table.onset[row] - table.onset[trial])
        if (gap < 0) if side == "below" else (gap > 0):
            when = "before" if side == "below" else "after"
            words = f"{what} stands {side} the trial of data row {trial + 1}, yet lies {when} it"
            notices.append(Notice(file, row + 1, f"{words} in time", "order-contradicts-time"))
    return notices


def _none(table: EventTable, rows: Indices) -> list[Notice]:
    if len(rows) or not len(table):
        return []
    return [Notice(table.run.file, None, "no row is a trial by this mapping", "no-trial")]
