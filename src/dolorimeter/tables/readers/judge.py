"""The fate of every value: kept, set missing or dropped, and for what reason."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from ..cleaning import DUPLICATE, clean
from ..schema import LedgerEntry
from ..variables import VariableMap
from .extract import Extract
from .stays import assign_stays

EVENT = ["patient_id", "stay_id", "time", "variable", "value"]
_FATE = ["action", "why", "conversion", "fault", "detail"]


def judge(extract: Extract, mapping: VariableMap) -> ir.Table:
    """Clean every value, find its stay, and settle what becomes of it.

    Parameters
    ----------
    extract : Extract
        What a reader found.
    mapping : VariableMap
        The map that its rules were made from.

    Returns
    -------
    ibis table
        The columns of the events with ``key``, ``action`` (null for what is kept), ``why``,
        ``conversion``, ``fault`` with its ``detail``, and ``rows``: how many rows of the source
        are alike in all of these. Kept rows come first, in the order of the events.
    """
    t = clean(extract.rows, extract.rules, mapping.variables)
    t = _fates(assign_stays(t, extract.stays, extract.by_time), extract.by_time)
    # Of a value that is not kept only the kind matters: all of a kind are one row.
    kept = t.action.isnull()
    t = t.mutate(
        patient_id=ibis.ifelse(kept, t.owner, None),
        stay_id=ibis.ifelse(kept, t.stay, None),
        time=ibis.ifelse(kept, t.time, None),
        value=ibis.ifelse(kept, t.value, None),
    )
    alike = t.group_by([*EVENT, "key", *_FATE]).aggregate(rows=t.count())
    return alike.order_by([*EVENT, "key", *_FATE])


def _fates(t: ir.Table, by_time: bool) -> ir.Table:
    """Add action, why, fault and detail. A fault comes before a gap, and a gap before a drop."""
    astray = t.patient_id.notnull() & t.stay.notnull() & (t.owner != t.patient_id)
    dropped = ibis.cases(
        (t.patient_id.isnull(), "no patient id"),
        (ibis.literal(not by_time) & t.stay_id.isnull(), "no stay id"),
        (t.time.isnull(), "no time"),
        (t.stay.isnull(), "outside every stay"),
        (~t.inside, "outside its stay"),
    )
    t = t.mutate(
        fault=ibis.cases(
            (t.unread.notnull(), "time"), (t.fault.notnull(), t.fault), (astray, "patient")
        ),
        why=t.reason.coalesce(dropped),
    )
    return t.mutate(
        action=ibis.cases(
            (t.fault.notnull(), "fault"),
            (t.reason.notnull(), "set missing"),
            (t.why.notnull(), "dropped"),
        ),
        detail=ibis.cases(
            (t.fault == "time", t.unread),
            (t.fault == "patient", t.stay),
            (t.fault.notnull(), t.text.coalesce(t.number.cast("string"))),
        ),
    )


def count_fates(judged: ir.Table) -> list[LedgerEntry]:
    """Count all that was set missing, dropped or converted, and the repetitions.

    Parameters
    ----------
    judged : ibis table
        What `judge` gives, without faults.

    Returns
    -------
    list of LedgerEntry
        In no order.
    """
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
