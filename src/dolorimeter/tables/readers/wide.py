"""Wide tables, one row a time: patient_id, stay_id, time and a column a vital."""

from __future__ import annotations

from pathlib import Path

import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from ..cleaning import Rule
from ..schema import LedgerEntry
from .columns import as_id, as_time, unpivot
from .extract import Extract, Request, keep_signals, refuse_unmapped, rule_of
from .files import Source, open_csv, open_parquet
from .headers import columns_of
from .long import is_long
from .paths import is_text, parquet_parts
from .stays import stays_of_rows
from .workspace import COPY, data_faults

CSV_NAME, PARQUET_NAME = "wide-csv", "wide-parquet"
SUMMARY = "columns patient_id, stay_id, time and one for each variable"
_NEEDED = ("patient_id", "stay_id", "time")
_NO_NUMBER = "text, not a number"


def fits_csv(path: Path) -> bool:
    """Tell whether a path looks like a wide CSV table.

    Parameters
    ----------
    path : Path
        A file or folder that exists.

    Returns
    -------
    bool
        Whether this reader should read it.
    """
    return path.is_file() and is_text(path) and _is_wide(columns_of(path))


def fits_parquet(path: Path) -> bool:
    """Tell whether a path looks like a wide Parquet table.

    Parameters
    ----------
    path : Path
        A file or folder that exists.

    Returns
    -------
    bool
        Whether this reader should read it.
    """
    return bool(parquet_parts(path)) and _is_wide(columns_of(path))


def read_csv(request: Request) -> Extract:
    """Read a wide CSV table.

    Parameters
    ----------
    request : Request
        What is asked for; a stay spans its first to its last row.

    Returns
    -------
    Extract
        Values of mapped and of further numeric columns.

    Raises
    ------
    InputError
        If columns are missing, no column is mapped, or a stay belongs to two patients.
    """
    source = open_csv(request.workspace, request.path, _NEEDED)
    # CSV is parsed once; what follows reads the copy.
    copy = request.workspace.keep(source.table.select(*source.columns), COPY, source.name)
    return _read(request, source, copy)


def read_parquet(request: Request) -> Extract:
    """Read a wide Parquet table.

    Parameters
    ----------
    request : Request
        What is asked for; a stay spans its first to its last row.

    Returns
    -------
    Extract
        Values of mapped and of further numeric columns.

    Raises
    ------
    InputError
        As `read_csv`.
    """
    source = open_parquet(request.workspace, request.path, _NEEDED)
    return _read(request, source, source.table)


def _read(request: Request, source: Source, t: ir.Table) -> Extract:
    where = source.name
    time, unread = as_time(t.time, f"{where}, time")
    matches = {c: request.mapping.find(c) for c in t.columns if c not in _NEEDED}
    rules = [
        rule_of(request.mapping, match, column, "", f"{where}, {column}")
        for column, match in matches.items()
        if match is not None
    ]
    refuse_unmapped(rules, matches, where)
    further, ledger = _further(request, t, [c for c, m in matches.items() if m is None], where)
    rules += [Rule(name, name, further=True) for name in further]
    names = [rule.key for rule in rules]
    ids = {
        "patient_id": as_id(t.patient_id),
        "stay_id": as_id(t.stay_id),
        "time": time,
        "unread": unread,
    }

    def locate(key: str | None, text: str) -> str:
        return source.locate(key or "time", text)

    stays = stays_of_rows(t.select(**ids), where, locate)
    rows = unpivot(t, names, where, ids)
    return Extract(rows, rules, stays, False, ledger, locate)


def _further(
    request: Request, t: ir.Table, columns: list[str], where: str
) -> tuple[list[str], list[LedgerEntry]]:
    """Columns outside the map that hold numbers rather than words."""
    with data_faults(where):
        counts = _count(t, columns, where)
    ledger, numeric = [], {}
    for name, (n_numbers, n_values) in counts.items():
        if 2 * n_numbers < n_values:
            ledger.append(LedgerEntry(name, _NO_NUMBER, "dropped", n_values))
        else:
            numeric[name] = n_values
    kept = keep_signals(numeric, request, where)
    ledger += [
        LedgerEntry(name, "not selected", "dropped", count)
        for name, count in numeric.items()
        if name not in kept
    ]
    return kept, ledger


def _count(t: ir.Table, columns: list[str], where: str) -> dict[str, tuple[int, int]]:
    """Count the numbers and the values of each column."""
    readable = [c for c in columns if _is_readable(t[c].type())]
    counts = {
        name: (0, t[name].count().to_pyarrow().as_py()) for name in columns if name not in readable
    }
    if readable:
        cells = unpivot(t, readable, where)
        totals = cells.group_by("key").aggregate(numbers=cells.number.count(), values=cells.count())
        for row in totals.to_pyarrow().to_pylist():
            counts[row["key"]] = (row["numbers"], row["values"])
    return counts


def _is_readable(kind: dt.DataType) -> bool:
    """Whether a column may hold numbers, as such or written as text."""
    return bool(kind.is_string() or (kind.is_numeric() and not kind.is_boolean()))


def _is_wide(columns: tuple[str, ...]) -> bool:
    return set(_NEEDED) <= set(columns) and not is_long(columns)
