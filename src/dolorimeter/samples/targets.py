"""What is to be predicted: a number, or classes of declared values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats

from .arguments import as_list, check_keys
from .selection import match, plain
from .tabular import Table, is_number

KEYS = ("column", "classes")


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be predicted.

    Attributes
    ----------
    values : ndarray of shape (n_rows,), float64
        Class codes or numbers, NaN where the table has none.
    class_names : tuple of str
        Empty for numbers.
    """

    values: Floats
    class_names: tuple[str, ...]


def read_target(table: Table, target: Mapping[str, Any]) -> Target:
    """Read the target of each row.

    Parameters
    ----------
    table : Table
        The rows that were selected.
    target : mapping
        ``column``, and ``classes`` for classes: a mapping from names to a value or a list of
        values, or a list of the words that the column holds, in the order of the codes. Without
        classes a column of words has its words as classes, sorted, and one of numbers is the
        number to predict.

    Returns
    -------
    Target
        One value a row.

    Raises
    ------
    InputError
        If the column is missing, a declared value stands nowhere, or a row's value belongs to no
        class or to two.
    """
    check_keys("target", target, KEYS)
    if "column" not in target:
        raise InputError("target", "no column", "target: {column: …}, with classes or without")
    column = table.column(target["column"], "target")
    classes = target.get("classes")
    if classes is None:
        if is_number(column):
            return Target(table.numbers(target["column"], "target"), ())
        classes = sorted({str(plain(v)) for v in column.dropna().unique()})
        column = column.map(str, na_action="ignore")
    named = _named(classes)
    return _coded(table, str(target["column"]), column, named)


def _named(classes: object) -> dict[str, list[Any]]:
    if isinstance(classes, Mapping) and classes:
        return {str(name): as_list(value) for name, value in classes.items()}
    if isinstance(classes, (list, tuple)) and classes:
        return {str(value): [value] for value in classes}
    raise InputError("target.classes", repr(classes), "a mapping of names to values, or a list")


def _coded(table: Table, name: str, column: Any, classes: dict[str, list[Any]]) -> Target:
    place = f"{table.where}, column {name}"
    codes = np.full(len(table), np.nan)
    for code, values in enumerate(classes.values()):
        rows = match(column, values, place)
        if np.isfinite(codes[rows]).any():
            value = plain(column[rows & np.isfinite(codes)].iloc[0])
            raise InputError("target.classes", f"{value!r} in two classes", "each value in one")
        codes[rows] = code
    stray = np.flatnonzero(np.isnan(codes) & column.notna().to_numpy())
    if len(stray):
        value = plain(column.iloc[stray[0]])
        found = f"{value!r} (and {len(stray)} such rows in all), which is in no class"
        rule = f"values of the classes {', '.join(f'{k}: {v}' for k, v in classes.items())}"
        raise InputError(place, found, rule, _remedy(value))
    return Target(codes, tuple(classes))


def _remedy(value: object) -> str:
    if isinstance(value, float) and value != int(value):
        return (
            "Leave rows out with where; a label in floating point that is no class is a number "
            "to predict: leave classes out."
        )
    return "Leave such rows out with where, or add them to a class."
