"""Columns of any kind turned into ids, times, numbers and text."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir

from dolorimeter.core import InputError

TIME_RULE = "a date and time such as 2150-01-31 08:15:00"
_TIME = r"^\d{4}[-/]\d{1,2}[-/]\d{1,2}([ T]\d{1,2}:\d{2}(:\d{2}(\.\d{1,9})?)?)?$"
_ZONE = r":\d\d\S*\s*(Z|[A-Z]{3,4}|[+-]\d{2}(:?\d{2})?)$"
# What other programs write into a CSV file where there is no value.
_NOTHING = r"^(?i:na|n/a|nan|null|none)$"


def as_id(column: ir.Column) -> ir.StringValue:
    """Turn a column into ids.

    Parameters
    ----------
    column : ibis column
        Text, or numbers; 10.0 is the id "10", as pandas writes whole numbers beside gaps.

    Returns
    -------
    ibis column
        Trimmed text, null where there is none.
    """
    if column.type().is_string():
        return column.strip().nullif("")
    if column.type().is_floating():
        number = ibis.ifelse(column.isnan(), None, column)
        whole = number.try_cast("int64")
        return ibis.ifelse(whole == number, whole.cast("string"), number.cast("string"))
    return column.cast("string")


def as_time(column: ir.Column, where: str) -> tuple[ir.TimestampValue, ir.StringValue]:
    """Turn a column into times.

    Parameters
    ----------
    column : ibis column
        Timestamps without zone, dates, or text in ISO order.
    where : str
        File and field, for the error.

    Returns
    -------
    time : ibis column
        Naive timestamps in microseconds, null where there is none.
    unread : ibis column
        Text that is no such time; null elsewhere.

    Raises
    ------
    InputError
        If the column has a zone, or is of another kind.
    """
    kind = column.type()
    if kind.is_timestamp() and kind.timezone is not None:
        raise _zone_error(where, f"times with the zone {kind.timezone}")
    if kind.is_timestamp() or kind.is_date():
        return column.cast("timestamp(6)"), ibis.null("string")
    if not kind.is_string():
        raise InputError(where, f"a column of type {kind}", TIME_RULE)
    text = _said(column)
    time = text.re_extract(_TIME, 0).replace("/", "-").try_cast("timestamp(6)")
    return time, ibis.ifelse(time.isnull(), text, None)


def explain_time(where: str, text: str) -> InputError:
    """Tell why a text is no time.

    Parameters
    ----------
    where : str
        File, row and field.
    text : str
        What stands there.

    Returns
    -------
    InputError
        With a remedy of its own for times with a zone.
    """
    if re.search(_ZONE, text):
        return _zone_error(where, repr(text))
    return InputError(where, f"{text!r}, which is no time", TIME_RULE)


def as_value(column: ir.Column, where: str) -> tuple[ir.FloatingValue, ir.StringValue]:
    """Turn a column into numbers, and text where it holds no number.

    Parameters
    ----------
    column : ibis column
        Numbers or text.
    where : str
        File and field, for the error.

    Returns
    -------
    number : ibis column
        float64, null where there is no number; NaN counts as none.
    text : ibis column
        Trimmed text where there is something else, or a number without end; null elsewhere.

    Raises
    ------
    InputError
        If the column is of another kind.
    """
    kind = column.type()
    if kind.is_string():
        # A cast is far cheaper than a pattern, but takes "1_000" for a number.
        number = column.strip().replace("_", "?").try_cast("float64").nullif(math.nan)
        return number, ibis.ifelse(number.isnull() | number.isinf(), _said(column), None)
    if not kind.is_numeric() or kind.is_boolean():
        raise InputError(where, f"a column of type {kind}", "numbers")
    return column.cast("float64").nullif(math.nan), ibis.null("string")


def _said(column: ir.StringColumn) -> ir.StringValue:
    """Trimmed text, null where nothing is said."""
    return column.strip().re_replace(_NOTHING, "").nullif("")


def unpivot(
    table: ir.Table,
    columns: Sequence[str],
    where: str,
    beside: Mapping[str, ir.Value] | None = None,
) -> ir.Table:
    """Turn columns into rows: one for each cell that is not empty.

    Parameters
    ----------
    table : ibis table
        One row a time.
    columns : sequence of str
        Those to turn.
    where : str
        What is being read, for the error.
    beside : mapping of str to ibis column, optional
        What each row keeps of the row that it came from.

    Returns
    -------
    ibis table
        Columns ``key`` (name of the column), ``number`` and ``text``, and those of ``beside``.

    Raises
    ------
    InputError
        If a column holds neither numbers nor text.
    """
    cells = []
    for name in columns:
        number, text = as_value(table[name], f"{where}, {name}")
        cells.append(ibis.struct({"key": ibis.literal(name), "number": number, "text": text}))
    turned = table.select(**(beside or {}), cell=ibis.array(cells).unnest()).unpack("cell")
    return turned.filter(turned.number.notnull() | turned.text.notnull())


def _zone_error(where: str, found: str) -> InputError:
    return InputError(
        where,
        found,
        "naive local times",
        "Turn them into the hospital's local time and drop the zone "
        '(pandas: .dt.tz_convert("Europe/Rome").dt.tz_localize(None)).',
    )
