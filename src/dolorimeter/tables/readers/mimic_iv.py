"""MIMIC-IV as released: icu/chartevents.csv.gz with icu/icustays.csv.gz."""

from __future__ import annotations

from pathlib import Path

import ibis.expr.types as ir

from dolorimeter.core import InputError

from ..variables import Match
from .columns import as_id, as_time, as_value
from .extract import Extract, Request, rule_of
from .files import Source, open_csv
from .paths import csv_file, packed_or_not
from .stays import stays_of_table
from .workspace import COPY, data_faults

NAME = "mimic-iv"
SUMMARY = "MIMIC-IV: icu/chartevents.csv[.gz] and icu/icustays.csv[.gz]"
# Folder, table, and its columns for the stay and its ends.
_STAYS = {
    "icu": ("icu", "icustays.csv", "stay_id", "intime", "outtime"),
    "hospital": ("hosp", "admissions.csv", "hadm_id", "admittime", "dischtime"),
}


def fits(path: Path) -> bool:
    """Tell whether a path looks like MIMIC-IV.

    Parameters
    ----------
    path : Path
        A file or folder that exists.

    Returns
    -------
    bool
        Whether this reader should read it.
    """
    if path.is_file():
        return path.name.removesuffix(".gz") == "chartevents.csv"
    return packed_or_not(_root(path) / "icu", "chartevents.csv") is not None


def read(request: Request) -> Extract:
    """Read the chart events of MIMIC-IV.

    Parameters
    ----------
    request : Request
        What is asked for.

    Returns
    -------
    Extract
        Values of the mapped items; stays from their own table.

    Raises
    ------
    InputError
        If a file or column is missing, or a stay belongs to two patients.
    """
    root, work = _root(request.path), request.workspace
    folder, table, stay, start, end = _STAYS[request.stay]
    columns = ["subject_id", stay, "charttime", "itemid", "value", "valuenum", "valueuom"]
    source = open_csv(work, csv_file(root / "icu", "chartevents.csv"), columns)
    of_stays = ["subject_id", stay, start, end]
    stays, ledger = stays_of_table(
        open_csv(work, csv_file(root / folder, table), of_stays), *of_stays
    )
    items = request.mapping.of("mimic-iv")
    # The one pass over the whole file: only values of mapped items go on.
    kept = work.keep(_values(source, stay, items), COPY, source.name)
    with data_faults(source.name):
        keys = kept.select("key", "item", "unit").distinct().to_pyarrow().to_pandas()
    if keys.empty:
        raise InputError(source.name, "no row of a mapped item", f"itemid among {', '.join(items)}")
    rules = [
        rule_of(request.mapping, items[k.item], k.key, k.unit, f"{source.name}, item {k.item}")
        for k in keys.sort_values("key").itertuples()
    ]
    rows = kept.drop("item", "unit")

    def locate(key: str | None, text: str) -> str:
        return source.locate("charttime" if key is None else "valuenum", text)

    return Extract(rows, rules, stays, False, ledger, locate)


def _values(source: Source, stay: str, items: dict[str, Match]) -> ir.Table:
    """Values of the mapped items, typed, with their item and unit."""
    t = source.table
    item = t.itemid.strip()
    time, unread = as_time(t.charttime, f"{source.name}, charttime")
    number, text = as_value(t.valuenum, f"{source.name}, valuenum")
    said = as_value(t.value, f"{source.name}, value")
    # `value` repeats `valuenum` in words; only scores may be read from words.
    in_words = [code for code, match in items.items() if match.variable.text]
    only_said = number.isnull() & text.isnull() & item.isin(in_words)
    unit = t.valueuom.fill_null("").strip()
    return t.filter(item.isin(list(items))).select(
        patient_id=as_id(t.subject_id),
        stay_id=as_id(t[stay]),
        time=time,
        unread=unread,
        key=item + "\x1f" + unit,
        item=item,
        unit=unit,
        number=only_said.ifelse(said[0], number),
        text=only_said.ifelse(said[1], text),
    )


def _root(path: Path) -> Path:
    """Folder of the release, from itself, its icu folder or its chartevents."""
    if path.is_file():
        path = path.parent
    return path.parent if path.name == "icu" else path
