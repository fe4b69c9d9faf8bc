"""Stays: from a table of them, from admissions and discharges, or from the rows themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa

from dolorimeter.core import InputError

from ..cleaning import STAY
from ..schema import LedgerEntry
from .columns import as_id, as_time, explain_time
from .files import Source
from .workspace import data_faults

Locate = Callable[[str | None, str], str]
COLUMNS = ["patient_id", "stay_id", "start", "end"]


def stays_of_table(
    source: Source, patient: str, stay: str, start: str, end: str
) -> tuple[pd.DataFrame, list[LedgerEntry]]:
    """Read a table of one row a stay.

    Parameters
    ----------
    source : Source
        The table.
    patient, stay, start, end : str
        Names of its columns.

    Returns
    -------
    stays : pandas.DataFrame
        As `Events.stays`.
    ledger : list of LedgerEntry
        Stays left out since they lack a time.

    Raises
    ------
    InputError
        If a column or an id is missing, a time cannot be read, a stay id occurs twice or a stay
        ends before it starts.
    """
    t = source.table
    begins, not_begin = as_time(t[start], f"{source.name}, {start}")
    ends, not_end = as_time(t[end], f"{source.name}, {end}")
    with data_faults(source.name):
        frame = (
            t.select(
                patient_id=as_id(t[patient]),
                stay_id=as_id(t[stay]),
                start=begins,
                end=ends,
                not_start=not_begin,
                not_end=not_end,
            )
            .to_pyarrow()
            .to_pandas()
        )
    for column, unread in ((start, frame["not_start"]), (end, frame["not_end"])):
        if unread.notna().any():
            text = str(unread[unread.notna()].min())
            raise explain_time(source.locate(column, text), text)
    nameless = frame["patient_id"].isna() | frame["stay_id"].isna()
    if nameless.any():
        found = f"{int(nameless.sum())} rows without {patient} or {stay}"
        raise InputError(source.name, found, "both in every row")
    _refuse_twice(frame, source.name, stay)
    open_ended = frame["start"].isna() | frame["end"].isna()
    note = LedgerEntry(STAY, "without a start or an end", "dropped", int(open_ended.sum()))
    return _in_order(frame.loc[~open_ended, COLUMNS], source.name), [note]


def stays_of_moves(moves: pd.DataFrame, where: str) -> tuple[pd.DataFrame, list[LedgerEntry]]:
    """Pair each admission with the next discharge of the same patient.

    A further admission before that discharge continues the stay. Where a patient is discharged
    and admitted at one and the same time, one stay ends and the next begins.

    Parameters
    ----------
    moves : pandas.DataFrame
        Columns ``patient_id``, ``time`` and ``admission`` (bool), in any order.
    where : str
        What is being read.

    Returns
    -------
    stays : pandas.DataFrame
        As `Events.stays`, with ids ``"<patient>-<k>"``, k counting from 1 by start.
    ledger : list of LedgerEntry
        Admissions and discharges that belong to no pair.
    """
    # False sorts before True: at one time the discharge comes first.
    moves = moves.drop_duplicates().sort_values(["patient_id", "time", "admission"])
    stays, odd = [], Counter[str]()
    for patient, own in moves.groupby("patient_id"):
        start, number = None, 0
        for time, admission in zip(own["time"], own["admission"], strict=True):
            if admission and start is not None:
                odd["admission during a stay"] += 1
            elif admission:
                start = time
            elif start is None:
                odd["discharge without an admission"] += 1
            else:
                number += 1
                stays.append((patient, f"{patient}-{number}", start, time))
                start = None
        odd["admission without a discharge"] += start is not None
    ledger = [LedgerEntry(STAY, reason, "dropped", count) for reason, count in odd.items()]
    return _in_order(pd.DataFrame(stays, columns=COLUMNS), where), ledger


def stays_of_rows(rows: ir.Table, where: str, locate: Locate) -> pd.DataFrame:
    """Take each stay to span its first to last row.

    Parameters
    ----------
    rows : ibis table
        Columns ``patient_id``, ``stay_id``, ``time``, ``unread``; rows without one of the first
        three do not count.
    where : str
        What is being read.
    locate : callable
        As in `Extract`.

    Returns
    -------
    pandas.DataFrame
        As `Events.stays`.

    Raises
    ------
    InputError
        If a time cannot be read, or a stay belongs to two patients.
    """
    whole = rows.filter(rows.patient_id.notnull(), rows.stay_id.notnull(), rows.time.notnull())
    spans = whole.group_by(["patient_id", "stay_id"]).aggregate(
        start=whole.time.min(), end=whole.time.max()
    )
    with data_faults(where):
        unread = rows.unread.min().to_pyarrow().as_py()
        if unread is not None:
            raise explain_time(locate(None, unread), unread)
        frame = spans.to_pyarrow().to_pandas()
    _refuse_twice(frame, where, "stay_id")
    return _in_order(frame[COLUMNS], where)


def assign_stays(rows: ir.Table, stays: pd.DataFrame, by_time: bool) -> ir.Table:
    """Join each row to the stay it lies in, both ends included.

    Parameters
    ----------
    rows : ibis table
        Columns ``patient_id``, ``stay_id`` and ``time``.
    stays : pandas.DataFrame
        All stays; those of one patient do not overlap where ``by_time`` is set.
    by_time : bool
        Find the stay by patient and time; otherwise by its id.

    Returns
    -------
    ibis table
        All rows with ``stay`` (null where there is none), ``owner`` (its patient) and ``inside``.
    """
    table = stays.rename(columns={"patient_id": "owner", "stay_id": "stay"})
    if by_time:
        # An event at the moment when one stay ends and the next begins belongs to the next.
        following = table.groupby("owner")["start"].shift(-1)
        table["end"] -= pd.to_timedelta((table["end"] == following).astype(int), unit="us")
    joined = ibis.memtable(pa.Table.from_pandas(table, preserve_index=False))
    if by_time:
        here = [rows.patient_id == joined.owner, rows.time >= joined.start, rows.time <= joined.end]
        t = rows.left_join(joined, here)
        return t.mutate(inside=t.stay.notnull())
    t = rows.left_join(joined, rows.stay_id == joined.stay)
    return t.mutate(inside=t.time.between(t.start, t.end).fill_null(False))


def _refuse_twice(frame: pd.DataFrame, where: str, column: str) -> None:
    twice = frame.loc[frame["stay_id"].duplicated(keep=False)]
    if len(twice):
        stay = twice["stay_id"].min()
        patients = sorted(set(twice.loc[twice["stay_id"] == stay, "patient_id"]))
        found = f"{column} {stay} occurs twice"
        if len(patients) > 1:
            found = f"{column} {stay} belongs to patients {' and '.join(patients[:2])}"
        raise InputError(where, found, "each stay once, of one patient")


def _in_order(frame: pd.DataFrame, where: str) -> pd.DataFrame:
    """Sort stays and settle their types."""
    if frame.empty:
        raise InputError(where, "no stay", "at least one with a start and an end")
    frame = frame.astype({"start": "datetime64[us]", "end": "datetime64[us]"})
    backward = frame["end"] < frame["start"]
    if backward.any():
        stay = frame.loc[backward].sort_values("stay_id").iloc[0]
        found = f"stay {stay['stay_id']} ends {stay['end']}, before it starts {stay['start']}"
        raise InputError(where, found, "a discharge after the admission")
    ids = frame["patient_id"].str.contains("\0") | frame["stay_id"].str.contains("\0")
    if ids.any():
        raise InputError(where, "an id with a NUL byte", "ids of plain text")
    return frame.sort_values(["patient_id", "start", "stay_id"], ignore_index=True)
