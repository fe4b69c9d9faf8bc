"""Cleaning: every value becomes a kept one or is accounted for, in one pass over the rows."""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from .schema import PAIN, VITALS, LedgerEntry
from .variables import NO_VALUE, Bounds, Reading, Variable

STAY = "(stay)"
DUPLICATE = "duplicate row"
OUT_OF_RANGE = "out of range"
UNABLE = "unable to score"
NOT_UNDERSTOOD = "text not understood"
OUT_OF_TEN = "score out of 10"

_SCORE = r"^(\d+\.?\d*|\.\d+)\s*(?:(?:/|out of)\s*10)?$"
# No number lies within crossed bounds: there is no other reading.
_NEVER = Reading(bounds=Bounds(1.0, 0.0))
_ACTIONS = ("converted", "set missing", "dropped")


@dataclass(frozen=True, slots=True)
class Rule:
    """What cleaning does with the rows of one key: one code in one unit.

    Attributes
    ----------
    key : str
        As the reader's rows name it.
    variable : str
        What it is called from here on.
    further : bool
        Whether it stands outside the map, and is taken as it is.
    empty : str
        Reason where a row has no value.
    reading, instead : Reading
        How numbers are read, and how if that is impossible. Bounds of the first are in the
        variable's unit, of the second in the unit that it supposes.
    """

    key: str
    variable: str
    further: bool = False
    empty: str = NO_VALUE
    reading: Reading = field(default_factory=Reading)
    instead: Reading | None = None

    def row(self) -> dict[str, object]:
        """Return the rule as a row of the table that is joined to the measurements."""
        cells: dict[str, object] = {
            "key": self.key,
            "variable": self.variable,
            "further": self.further,
            "empty": self.empty,
        }
        for prefix, reading in (("", self.reading), ("other_", self.instead or _NEVER)):
            cells |= {
                f"{prefix}subtract": reading.subtract,
                f"{prefix}multiply": reading.multiply,
                f"{prefix}conversion": reading.reason,
                f"{prefix}low": reading.bounds.low,
                f"{prefix}high": reading.bounds.high,
            }
        return cells


def clean(rows: ir.Table, rules: list[Rule], variables: Mapping[str, Variable]) -> ir.Table:
    """Read every value by its rule.

    Parameters
    ----------
    rows : ibis table
        Columns ``key`` (string), ``number`` (float64, null where the source has no number) and
        ``text`` (string, trimmed, null where it has none), and more that pass through.
    rules : list of Rule
        One a key; rows of other keys are left out.
    variables : mapping of str to Variable
        The map's, for the words of scores written as text.

    Returns
    -------
    ibis table
        The rows with ``variable``, ``further``, ``value`` (null where set missing), ``reason``
        (why it was set missing), ``conversion`` (how the number was changed) and ``fault``
        (``"infinite"`` or ``"text"``, what no cleaning may pass over).
    """
    table = ibis.memtable(pa.Table.from_pylist([rule.row() for rule in rules]))
    t = rows.inner_join(table, "key")
    written = t.variable.isin([name for name, v in variables.items() if v.text])
    score = ibis.ifelse(written, t.text.lower().re_extract(_SCORE, 1).nullif(""), None)
    t = t.mutate(raw=ibis.coalesce(t.number, score.try_cast("float64")), written=written)
    t = t.mutate(
        labeled=(t.raw - t.subtract) * t.multiply,
        other=(t.raw - t.other_subtract) * t.other_multiply,
    )
    fits = t.labeled.between(t.low, t.high)
    t = t.mutate(swap=~fits & t.raw.between(t.other_low, t.other_high))
    t = t.mutate(found=ibis.ifelse(t.swap, t.other, t.labeled))
    t = t.mutate(
        fault=ibis.cases(
            (t.number.isinf().fill_null(False), "infinite"),
            (t.text.notnull() & t.raw.isnull() & ~t.written, "text"),
        ),
        reason=ibis.cases(
            (t.raw.isnull() & t.text.isnull(), t.empty),
            (t.raw.isnull() & _could_not_tell(t, variables), UNABLE),
            (t.raw.isnull(), NOT_UNDERSTOOD),
            (~t.found.between(t.low, t.high), OUT_OF_RANGE),
        ),
    )
    conversion = ibis.cases(
        (t.reason.notnull(), None),
        (t.swap, t.other_conversion),
        (t.conversion != "", t.conversion),
        (t.number.isnull() & t.text.lower().re_search(r"(/|out of)"), OUT_OF_TEN),
    )
    return t.mutate(
        value=ibis.ifelse(t.reason.isnull() & t.fault.isnull(), t.found, None),
        conversion=ibis.ifelse(t.fault.isnull(), conversion, None),
    )


def _could_not_tell(t: ir.Table, variables: Mapping[str, Variable]) -> ir.BooleanValue:
    """Whether the text holds a word that says the patient could give no score."""
    matches = [
        (t.variable == name) & t.text.lower().re_search(_pattern(variable.could_not_tell))
        for name, variable in variables.items()
        if variable.could_not_tell
    ]
    return functools.reduce(operator.or_, matches, ibis.literal(False))


def _pattern(words: tuple[str, ...]) -> str:
    """Regular expression for any of the words, whole, with ``*`` for any ending."""
    parts = [
        re.escape(w.lower().removesuffix("*")) + (r"\w*" if w.endswith("*") else "") for w in words
    ]
    return rf"(^|\W)({'|'.join(parts)})($|\W)"


def ordered(entries: list[LedgerEntry]) -> tuple[LedgerEntry, ...]:
    """Merge entries of like kind and sort them.

    Parameters
    ----------
    entries : list of LedgerEntry
        In any order.

    Returns
    -------
    tuple of LedgerEntry
        By variable (pain, vitals, further ones by name, then rows without), action and reason;
        none with a count of 0.
    """
    counts: dict[tuple[str, str, str], int] = {}
    for e in entries:
        kind = (e.variable, e.reason, e.action)
        counts[kind] = counts.get(kind, 0) + e.count
    order = (PAIN, *VITALS)

    def place(entry: LedgerEntry) -> tuple[int, str, int, str]:
        last = 2 * len(order) if entry.variable.startswith("(") else len(order)
        rank = order.index(entry.variable) if entry.variable in order else last
        return rank, entry.variable, _ACTIONS.index(entry.action), entry.reason

    merged = [LedgerEntry(*kind, count) for kind, count in counts.items() if count]
    return tuple(sorted(merged, key=place))
