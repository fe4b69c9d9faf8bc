"""MEDS: the event table of the Medical Event Data Standard, one row an event."""

from __future__ import annotations

from pathlib import Path

import ibis
import ibis.expr.types as ir
import pandas as pd

from dolorimeter.core import InputError

from ..schema import LedgerEntry
from .columns import as_id, as_time, as_value, explain_time
from .extract import Extract, Request, refuse_unmapped, rule_of
from .files import Source, open_parquet
from .headers import columns_of
from .paths import parquet_parts
from .stays import stays_of_moves
from .workspace import data_faults

NAME = "meds"
SUMMARY = "a MEDS data set (metadata/dataset.json), or Parquet files with its columns"
_NEEDED = ("subject_id", "time", "code", "numeric_value")
_MOVES = {
    "icu": ("ICU_ADMISSION", "ICU_DISCHARGE"),
    "hospital": ("HOSPITAL_ADMISSION", "HOSPITAL_DISCHARGE"),
}


def fits(path: Path) -> bool:
    """Tell whether a path looks like MEDS.

    Parameters
    ----------
    path : Path
        A file or folder that exists.

    Returns
    -------
    bool
        Whether this reader should read it.
    """
    if (path / "metadata" / "dataset.json").is_file():
        return True
    return bool(parquet_parts(path)) and {"subject_id", "code"} <= set(columns_of(path))


def read(request: Request) -> Extract:
    """Read MEDS events.

    Parameters
    ----------
    request : Request
        What is asked for.

    Returns
    -------
    Extract
        Values of the mapped codes; stays from admissions and discharges.

    Raises
    ------
    InputError
        If columns, mapped codes or stays are missing.
    """
    folder = request.path / "data"
    source = open_parquet(request.workspace, folder if folder.is_dir() else request.path, _NEEDED)
    t = source.table
    if not t.numeric_value.type().is_numeric():
        raise InputError(
            f"{source.name}, numeric_value", f"a column of type {t.numeric_value.type()}", "numbers"
        )
    with data_faults(source.name):
        codes = [c for c in t.select("code").distinct().code.to_pyarrow().to_pylist() if c]
    matches = {code: request.mapping.find(code) for code in codes}
    rules = [
        rule_of(request.mapping, match, code, "", f"{source.name}, code {code}")
        for code, match in sorted(matches.items())
        if match is not None
    ]
    refuse_unmapped(rules, codes, source.name)
    stays, ledger = _stays(source, codes, request.stay)
    in_words = [code for code, m in matches.items() if m is not None and m.variable.text]
    rows = _values(source, [rule.key for rule in rules], in_words)

    def locate(key: str | None, text: str) -> str:
        return f"{source.name}, code {key}" if key else source.locate("time", text)

    return Extract(rows, rules, stays, True, ledger, locate)


def _values(source: Source, codes: list[str], in_words: list[str]) -> ir.Table:
    """Values of the mapped codes."""
    t = source.table
    time, unread = as_time(t.time, f"{source.name}, time")
    number, text = as_value(t.numeric_value, f"{source.name}, numeric_value")
    if "text_value" in source.columns:
        said = as_value(t.text_value.cast("string"), f"{source.name}, text_value")
        # Only scores may be read from words: elsewhere they are remarks.
        only_said = number.isnull() & t.code.isin(in_words)
        number, text = only_said.ifelse(said[0], number), only_said.ifelse(said[1], None)
    return t.filter(t.code.isin(codes)).select(
        patient_id=as_id(t.subject_id),
        stay_id=ibis.null("string"),
        time=time,
        unread=unread,
        key=t.code,
        number=number,
        text=text,
    )


def _stays(source: Source, codes: list[str], stay: str) -> tuple[pd.DataFrame, list[LedgerEntry]]:
    """Stays from the codes of admission and discharge."""
    admission, discharge = _MOVES[stay]
    kinds = {c: c.split("//")[0] == admission for c in codes if c.split("//")[0] in _MOVES[stay]}
    if not kinds:
        raise InputError(
            source.name,
            f"no code {admission}//… or {discharge}//…",
            "admissions and discharges, since MEDS has no stay id",
            "Choose stay='hospital' or 'icu', whichever the data hold.",
        )
    t = source.table
    moves = _moves(t.filter(t.code.isin(list(kinds))), source.name)
    return stays_of_moves(
        moves.assign(admission=moves["code"].map(kinds)).drop(columns="code"), source.name
    )


def _moves(t: ir.Table, where: str) -> pd.DataFrame:
    time, unread = as_time(t.time, f"{where}, time")
    moves = t.select(patient_id=as_id(t.subject_id), time=time, code=t.code, unread=unread)
    with data_faults(where):
        frame = moves.to_pyarrow().to_pandas()
    wrong = frame["unread"].dropna()
    if len(wrong):
        raise explain_time(f"{where}, time", wrong.min())
    return frame.drop(columns="unread").dropna()
