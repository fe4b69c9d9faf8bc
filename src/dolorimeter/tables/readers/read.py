"""read_events: one road for every format, from files to cleaned events and their ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import ibis.expr.types as ir

from dolorimeter.core import InputError

from ..cleaning import ordered
from ..mapping import load_mapping
from ..schema import Events, LedgerEntry
from .columns import explain_time
from .extract import Extract, Request
from .judge import EVENT, count_fates, judge
from .registry import READERS, choose_reader
from .workspace import COPY, Workspace, data_faults


def read_events(
    path: str | Path,
    source: str | None = None,
    mapping: str | Path | Mapping[str, Any] | None = None,
    stay: str = "icu",
    signals: Sequence[str] | None = None,
    memory_limit: str = "2GB",
) -> Events:
    """Read a hospital table: pain scores and vital signs by stay, cleaned and accounted for.

    The data are read out of core; cleaned events lie in a scratch folder (below ``TMPDIR``) until
    the result is gone. Nothing depends on the order of the rows.

    Values are cleaned before stays are applied, so that the ledger counts them over the whole
    source: each value that stands in it is either set missing for one reason, or dropped for one
    (no patient, stay or time; outside its stay; a repetition of a row in every field), or kept.
    Besides, the ledger counts values that were converted.

    Parameters
    ----------
    path : str or Path
        A file or a folder.
    source : str, optional
        Format, a key of `READERS`: ``"meds"``, ``"mimic-iv-ed"``, ``"mimic-iv"``, ``"long-csv"``,
        ``"long-parquet"``, ``"wide-csv"`` or ``"wide-parquet"``. Detected without it.
    mapping : str, Path or mapping, optional
        A variable map to lay over the built-in one, as a TOML file or a dict.
    stay : {"icu", "hospital"}, default "icu"
        What a stay is, where the data know both (MEDS, MIMIC-IV).
    signals : sequence of str, optional
        Further numeric variables of a long or wide table to keep; by default all.
    memory_limit : str, default "2GB"
        What the database may hold in memory; beyond it, it writes to the scratch folder.

    Returns
    -------
    Events
        Sorted by patient, stay, time, variable and value.

    Raises
    ------
    InputError
        If the data cannot be used: the message names file, row and field, and the remedy.
    """
    place = Path(path).expanduser()
    name = choose_reader(place, source)
    _refuse_options(name, stay, signals)
    variable_map = load_mapping(mapping)
    work = Workspace(memory_limit)
    wanted = None if signals is None else tuple(signals)
    extract = READERS[name].read(Request(place, variable_map, stay, wanted, work))
    judged = work.keep(judge(extract, variable_map), "judged", str(path))
    with data_faults(str(path)):
        _raise_fault(judged, extract, str(path))
        ledger = count_fates(judged) + extract.ledger
        kept = judged.filter(judged.action.isnull()).select(*EVENT)
        if not kept.limit(1).count().to_pyarrow().as_py():
            raise _nothing_left(str(path), ledger)
    work.discard(COPY)
    return Events(kept, extract.stays, ordered(ledger), name, str(path))


def _refuse_options(name: str, stay: str, signals: Sequence[str] | None) -> None:
    """Refuse what this reader has no use for."""
    kinds = READERS[name].stays
    if stay not in ("icu", "hospital") or (stay == "hospital" and not kinds):
        rule = f"one of {', '.join(kinds)}" if kinds else f"'icu': {name} has stays of its own"
        raise InputError("stay", repr(stay), rule)
    if isinstance(signals, str):
        raise InputError("signals", repr(signals), "a sequence of names")
    if signals is not None and not READERS[name].further:
        rule = f"none: {name} gives the variables of the map and no others"
        raise InputError("signals", repr(list(signals)), rule)


def _raise_fault(judged: ir.Table, extract: Extract, path: str) -> None:
    """Refuse data with a fault that no cleaning may pass over, naming the first one by name."""
    faulty = judged.filter(judged.fault.notnull())
    first = faulty.order_by(["fault", "variable", "detail"]).limit(1).to_pyarrow().to_pylist()
    if not first:
        return
    fault, detail, key = first[0]["fault"], first[0]["detail"], first[0]["key"]
    if fault == "time":
        raise explain_time(extract.locate(None, detail), detail)
    if fault == "patient":
        raise InputError(path, f"stay {detail} belongs to two patients", "each stay to one patient")
    where = f"{extract.locate(key, detail)} ({first[0]['variable']})"
    if fault == "infinite":
        raise InputError(where, f"{detail}, an infinite value", "finite numbers, or nothing")
    raise InputError(where, f"{detail!r}, which is no number", "numbers, or nothing")


def _nothing_left(path: str, ledger: list[LedgerEntry]) -> InputError:
    worst = sorted(ordered(ledger), key=lambda e: -e.count)[:3]
    why = "; ".join(f"{e.variable} {e.reason}: {e.count}" for e in worst)
    return InputError(path, f"no value is left after cleaning ({why})", "at least one")
