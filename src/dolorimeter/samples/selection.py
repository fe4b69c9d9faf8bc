"""Which rows of a table are samples: `where`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dolorimeter.core import InputError

from .arguments import as_list, as_number, check_keys, hint
from .tabular import Table, is_number

# Numbers are written in decimals and stored in binary: equal to nine figures is equal.
RELATIVE = 1e-9


def select_rows(table: Table, where: Mapping[str, Any]) -> NDArray[np.bool_]:
    """Find the rows that meet every condition.

    Parameters
    ----------
    table : Table
        The rows.
    where : mapping
        From columns to a value, a list of values, or ``{from: …, to: …}`` for numbers (both ends
        included). Numbers select among numbers, words among words, true and false among those.

    Returns
    -------
    ndarray of bool
        One a row.

    Raises
    ------
    InputError
        If a column is missing, a value is of another kind than its column or stands nowhere in
        it, or no row is left.
    """
    kept = np.ones(len(table), dtype=bool)
    for name, condition in where.items():
        column = table.column(name, "where")
        if isinstance(condition, Mapping):
            kept &= _within(table, name, condition)
        else:
            kept &= match(column, as_list(condition), f"{table.where}, column {name}")
    if not kept.any():
        said = ", ".join(f"{name}: {value}" for name, value in where.items())
        raise InputError(table.where, f"no row with {said}", "at least one sample to be left")
    return kept


def match(column: pd.Series, values: list[Any], place: str) -> NDArray[np.bool_]:
    """Find the rows that hold one of some values.

    Parameters
    ----------
    column : pandas.Series
        The column.
    values : list
        What to look for.
    place : str
        File and column, for the message.

    Returns
    -------
    ndarray of bool
        One a row.

    Raises
    ------
    InputError
        If a value is of another kind than the column, or stands nowhere in it.
    """
    found = np.zeros(len(column), dtype=bool)
    for value in values:
        rows = _equal(column, value, place)
        if not rows.any():
            known = [plain(v) for v in column.dropna().unique()[:12]]
            shown = ", ".join(map(repr, known))
            raise InputError(
                place, f"{value!r} stands in no row", f"one of {shown}", hint(value, known)
            )
        found |= rows
    return found


def plain(value: Any) -> Any:
    """Return a value of a column as Python's own.

    Parameters
    ----------
    value : object
        Possibly of numpy's types.

    Returns
    -------
    object
        A str, bool, int or float.
    """
    return value.item() if isinstance(value, np.generic) else value


def _equal(column: pd.Series, value: Any, place: str) -> NDArray[np.bool_]:
    if isinstance(value, bool) or pd.api.types.is_bool_dtype(column):
        if not (isinstance(value, bool) and pd.api.types.is_bool_dtype(column)):
            raise InputError(place, f"{value!r}", _kind(column))
        return column.to_numpy(dtype=bool) == value
    if is_number(column):
        if not isinstance(value, (int, float)):
            raise InputError(place, f"{value!r}", _kind(column))
        numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
        return np.isclose(numbers, value, rtol=RELATIVE, atol=0)
    if not isinstance(value, str):
        raise InputError(place, f"{value!r}", _kind(column), "Put it in quotes.")
    return (column == value).fillna(False).to_numpy(dtype=bool)


def _kind(column: pd.Series) -> str:
    """Say what a column holds, with examples."""
    if pd.api.types.is_bool_dtype(column):
        return "true or false, as this column holds"
    known = ", ".join(repr(plain(v)) for v in column.dropna().unique()[:3])
    return f"{'numbers' if is_number(column) else 'words'} as this column holds, such as {known}"


def _within(table: Table, name: str, limits: Mapping[str, Any]) -> NDArray[np.bool_]:
    check_keys(f"where.{name}", limits, ("from", "to"))
    numbers = table.numbers(name, "where")
    low = as_number(f"where.{name}.from", limits.get("from", -1e308))
    high = as_number(f"where.{name}.to", limits.get("to", 1e308))
    return (numbers >= low) & (numbers <= high)
