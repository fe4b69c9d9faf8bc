"""Long tables, one row a measurement: patient_id, stay_id, time, variable, value[, unit]."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import ibis
import pandas as pd

from dolorimeter.core import InputError

from ..cleaning import Rule
from ..schema import LedgerEntry
from .columns import as_id, as_time, as_value
from .extract import Extract, Request, keep_signals, refuse_unmapped, rule_of
from .files import Source, open_csv, open_parquet
from .headers import columns_of
from .paths import is_text, parquet_parts
from .stays import stays_of_rows
from .workspace import COPY, data_faults

CSV_NAME, PARQUET_NAME = "long-csv", "long-parquet"
SUMMARY = "columns patient_id, stay_id, time, variable, value[, unit]"
_NEEDED = ("patient_id", "stay_id", "time", "variable", "value")
_NO_NUMBER = "text, not a number"


def fits_csv(path: Path) -> bool:
    """Tell whether a path looks like a long CSV table.

    Parameters
    ----------
    path : Path
        A file or folder that exists.

    Returns
    -------
    bool
        Whether this reader should read it.
    """
    return path.is_file() and is_text(path) and is_long(columns_of(path))


def fits_parquet(path: Path) -> bool:
    """Tell whether a path looks like a long Parquet table.

    Parameters
    ----------
    path : Path
        A file or folder that exists.

    Returns
    -------
    bool
        Whether this reader should read it.
    """
    return bool(parquet_parts(path)) and is_long(columns_of(path))


def is_long(columns: Sequence[str]) -> bool:
    """Tell a long table, even one that lacks a column, from a wide one.

    Parameters
    ----------
    columns : sequence of str
        Names of its columns.

    Returns
    -------
    bool
        Whether a row looks like one measurement.
    """
    ids = {"patient_id", "stay_id", "time"} <= set(columns)
    return ids and ("variable" in columns or "value" in columns)


def read_csv(request: Request) -> Extract:
    """Read a long CSV table.

    Parameters
    ----------
    request : Request
        What is asked for; a stay spans its first to its last row.

    Returns
    -------
    Extract
        Values of mapped and of further numeric variables.

    Raises
    ------
    InputError
        If columns or mapped variables are missing, a unit is unknown, or a stay belongs to two
        patients.
    """
    source = open_csv(request.workspace, request.path, _NEEDED)
    return _read(request, source)


def read_parquet(request: Request) -> Extract:
    """Read a long Parquet table.

    Parameters
    ----------
    request : Request
        What is asked for; a stay spans its first to its last row.

    Returns
    -------
    Extract
        Values of mapped and of further numeric variables.

    Raises
    ------
    InputError
        As `read_csv`.
    """
    source = open_parquet(request.workspace, request.path, _NEEDED)
    return _read(request, source)


def _read(request: Request, source: Source) -> Extract:
    where, t = source.name, source.table
    time, unread = as_time(t.time, f"{where}, time")
    number, text = as_value(t.value, f"{where}, value")
    variable = as_id(t.variable).fill_null("")
    unit = as_id(t.unit).fill_null("") if "unit" in t.columns else ibis.literal("")
    rows = t.select(
        patient_id=as_id(t.patient_id),
        stay_id=as_id(t.stay_id),
        time=time,
        unread=unread,
        key=variable + "\x1f" + unit,
        variable=variable,
        unit=unit,
        number=number,
        text=text,
    )
    if t.value.type().is_string() or t.time.type().is_string():
        # Text is parsed once; what follows reads the typed copy.
        rows = request.workspace.keep(rows, COPY, where)
    counts = rows.group_by(["key", "variable", "unit"]).aggregate(
        numbers=rows.number.count(),
        texts=(rows.text.notnull() & rows.number.isnull()).sum(),
        rows=rows.count(),
    )
    with data_faults(where):
        keys = counts.to_pyarrow().to_pandas().sort_values("key")
    rules, ledger = _rules(request, keys, where)
    refuse_unmapped(rules, keys["variable"], where)

    def locate(key: str | None, text: str) -> str:
        return source.locate("time" if key is None else "value", text)

    stays = stays_of_rows(rows, where, locate)
    return Extract(rows.drop("variable", "unit"), rules, stays, False, ledger, locate)


def _rules(
    request: Request, keys: pd.DataFrame, where: str
) -> tuple[list[Rule], list[LedgerEntry]]:
    """Rules for the variables of the map, and for further ones."""
    rules = []
    if keys["variable"].str.contains("\0").any():
        raise InputError(f"{where}, variable", "a NUL byte", "names of plain text")
    matches = {name: request.mapping.find(name) for name in keys["variable"]}
    for key in keys.itertuples():
        match = matches[key.variable]
        if match is not None:
            place = f"{where}, variable {key.variable}"
            rules.append(rule_of(request.mapping, match, key.key, key.unit, place))
    further = keys[[matches[name] is None for name in keys["variable"]]]
    more_rules, ledger = _further(request, further, where)
    return rules + more_rules, ledger


def _further(
    request: Request, keys: pd.DataFrame, where: str
) -> tuple[list[Rule], list[LedgerEntry]]:
    """Rules for variables outside the map that hold numbers rather than words."""
    unnamed = keys["variable"] == ""
    nameless = int(keys.loc[unnamed, "rows"].sum())
    rules, ledger = [], [LedgerEntry("(any)", "no variable", "dropped", nameless)]
    totals = keys[~unnamed].groupby("variable")[["numbers", "texts", "rows"]].sum()
    in_words = totals[totals["texts"] > totals["numbers"]]
    for name, row in in_words.iterrows():
        ledger.append(LedgerEntry(str(name), _NO_NUMBER, "dropped", int(row["rows"])))
    kept = keep_signals(totals.index.difference(in_words.index), request, where)
    for name in totals.index.difference([*in_words.index, *kept]):
        ledger.append(LedgerEntry(name, "not selected", "dropped", int(totals["rows"][name])))
    for name in kept:
        own = keys[keys["variable"] == name]
        _refuse_mixed_units(own["unit"], f"{where}, variable {name}")
        rules += [Rule(key, name, further=True) for key in own["key"]]
    return rules, ledger


def _refuse_mixed_units(units: pd.Series, where: str) -> None:
    stated = sorted(set(units) - {""})
    if len(stated) > 1:
        raise InputError(
            where,
            f"the units {' and '.join(stated[:2])}",
            "one unit for a variable that the map does not know",
            "Convert the values, or add the variable to a map of your own.",
        )
