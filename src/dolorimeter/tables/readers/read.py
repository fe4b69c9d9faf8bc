"""read_events: one road for every format, from files to cleaned events and their ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir

from dolorimeter.core import InputError

from ..cleaning import DUPLICATE, clean, ordered
from ..mapping import load_mapping
from ..schema import Events, LedgerEntry
from ..variables import VariableMap
from .columns import explain_time
from .extract import Extract, Request
from .registry import READERS, choose_reader
from .stays import assign_stays
from .workspace import COPY, Workspace, data_faults

_EVENT = ["patient_id", "stay_id", "time", "variable", "value"]


def read_events(
    path: str | Path,
    source: str | None = None,
    mapping: str | Path | Mapping[str, Any] | None = None,
    stay: str = "icu",
    signals: Sequence[str] | None = None,
    memory_limit: str = "2GB",
) -> Events:
    """Read a hospital table: pain scores and vital signs by stay, cleaned and accounted for.

    The data are read once, out of core; cleaned events lie in a scratch folder (below ``TMPDIR``)
    until the result is gone. Nothing depends on the order of the rows.

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
    place = Path(path)
    name = choose_reader(place, source)
    _refuse_options(name, stay, signals)
    variable_map = load_mapping(mapping)
    work = Workspace(memory_limit)
    wanted = None if signals is None else tuple(signals)
    extract = READERS[name].read(Request(place, variable_map, stay, wanted, work))
    judged = work.keep(_judge(extract, variable_map), "judged", str(path))
    with data_faults(str(path)):
        _raise_fault(judged, extract, str(path))
        ledger = _ledger(judged) + extract.ledger
        kept = judged.filter(judged.action.isnull()).select(*_EVENT)
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


def _judge(extract: Extract, mapping: VariableMap) -> ir.Table:
    """Every value with its fate, equal ones counted together, in the order of the events."""
    t = clean(extract.rows, extract.rules, mapping.variables)
    t = assign_stays(t, extract.stays, extract.by_time)
    no_stay = ibis.literal(not extract.by_time) & t.stay_id.isnull()
    astray = t.patient_id.notnull() & t.stay.notnull() & (t.owner != t.patient_id)
    t = t.mutate(
        fault=ibis.cases(
            (t.unread.notnull(), "time"), (t.fault.notnull(), t.fault), (astray, "patient")
        ),
        dropped=ibis.cases(
            (t.patient_id.isnull(), "no patient id"),
            (no_stay, "no stay id"),
            (t.time.isnull(), "no time"),
            (t.stay.isnull(), "outside every stay"),
            (~t.inside, "outside its stay"),
        ),
    )
    t = t.mutate(
        action=ibis.cases(
            (t.fault.notnull(), "fault"),
            (t.reason.notnull(), "set missing"),
            (t.dropped.notnull(), "dropped"),
        ),
        why=t.reason.coalesce(t.dropped),
        detail=ibis.cases(
            (t.fault == "time", t.unread),
            (t.fault == "patient", t.stay),
            (t.fault.notnull(), t.text.coalesce(t.number.cast("string"))),
        ),
    )
    # Of a value that is not kept only the kind matters: all of a kind are one row.
    for_kept = {
        name: ibis.ifelse(t.action.isnull(), t[column], None)
        for name, column in (
            ("patient_id", "owner"),
            ("stay_id", "stay"),
            ("time", "time"),
            ("value", "value"),
        )
    }
    t = t.mutate(**for_kept)
    by = [*_EVENT, "key", "action", "why", "conversion", "fault", "detail"]
    return t.group_by(by).aggregate(rows=ibis._.count()).order_by([*_EVENT, *by[5:]])


def _ledger(judged: ir.Table) -> list[LedgerEntry]:
    """All that was set missing, dropped or converted, and the repetitions."""
    j = judged
    kinds = j.group_by(["variable", "action", "why", "conversion"]).aggregate(
        rows=j["rows"].sum(), repeated=(j["rows"] - 1).sum()
    )
    entries = []
    for kind in kinds.to_pyarrow().to_pylist():
        variable, action = kind["variable"], kind["action"]
        if action is None:
            entries.append(LedgerEntry(variable, DUPLICATE, "dropped", kind["repeated"]))
        else:
            entries.append(LedgerEntry(variable, kind["why"], action, kind["rows"]))
        if kind["conversion"] is not None:
            entries.append(LedgerEntry(variable, kind["conversion"], "converted", kind["rows"]))
    return entries


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
