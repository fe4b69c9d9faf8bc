"""From rows of a table to what is known of each sample: names, target, trials behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints

from .arguments import as_mapping, as_number, check_keys
from .request import Request
from .selection import match, select_rows
from .tabular import Table
from .targets import read_target

NAMES = ("sample_ids", "subject", "run", "condition", "modality", "family", "site")
NUMBERS = ("salience", "onset", "features_until")
ROLES = (*NAMES, *NUMBERS)
SEVERAL = 2


@dataclass(frozen=True, slots=True)
class Chosen:
    """The samples of a table, features still missing.

    Attributes
    ----------
    rows : ndarray of int64
        Their places in the table.
    known : mapping
        What `dolorimeter.core.Samples` calls its attributes.
    notes : tuple of str
        What was left out, in words.
    """

    rows: Ints
    known: Mapping[str, Any]
    notes: tuple[str, ...]


def choose(table: Table, request: Request, defaults: Mapping[str, Any] | None = None) -> Chosen:
    """Select rows and read all that is known of them.

    Parameters
    ----------
    table : Table
        One row a sample.
    request : Request
        Its columns, target, where and averaged are read.
    defaults : mapping, optional
        Columns and ``target`` that the format fixes, where the request names none.

    Returns
    -------
    Chosen
        Rows without a target are dropped, and counted in the notes.

    Raises
    ------
    InputError
        For a missing column or value, naming file, row and column.
    """
    fixed = dict(defaults or {})
    target = request.target or fixed.pop("target", None)
    fixed.pop("target", None)
    if target is None:
        raise InputError("data.target", "missing", "target: {column: …}, with classes or without")
    columns = fixed | dict(request.columns)
    check_keys("data.columns", columns, ROLES)
    kept = select_rows(table, request.where)
    part = Table(table.frame[kept].reset_index(drop=True), table.where)
    aim = read_target(part, target)
    known = np.isfinite(aim.values)
    if not known.any():
        raise InputError(table.where, "no row has a target", "at least one", f"Look at {target}.")
    rows = np.flatnonzero(kept)[known]
    attributes: dict[str, Any] = {"target": aim.values[known], "class_names": aim.class_names}
    for role, spec in columns.items():
        attributes[role] = _role(table, role, spec)[rows]
    attributes.setdefault("sample_ids", np.char.add("row ", (rows + 1).astype(str)))
    attributes["n_averaged"] = trials_behind(table, request.averaged)[rows]
    _check_names(table, attributes, rows)
    dropped = int((~known).sum())
    return Chosen(rows, attributes, (f"{dropped} rows without a target left out",) * (dropped > 0))


def _role(table: Table, role: str, spec: object) -> NDArray[Any]:
    """Read one attribute for every row: a column, a column renamed by value, or a constant."""
    used = f"columns.{role}"
    if not isinstance(spec, Mapping):
        return table.texts(spec, used) if role in NAMES else table.numbers(spec, used)
    check_keys(f"data.{used}", spec, ("column", "values", "value"))
    if "value" in spec:
        value = spec["value"]
        number = role not in NAMES
        return np.full(len(table), as_number(f"data.{used}", value) if number else str(value))
    if "column" not in spec or role not in NAMES:
        raise InputError(f"data.{used}", repr(dict(spec)), "a column, or {value: …}")
    return _renamed(table, role, spec)


def _renamed(table: Table, role: str, spec: Mapping[str, Any]) -> NDArray[np.str_]:
    column = table.column(spec["column"], f"columns.{role}")
    place = f"{table.where}, column {spec['column']}"
    names = np.full(len(table), "", dtype=object)
    values = as_mapping(f"data.columns.{role}.values", spec.get("values"))
    for name, value in values.items():
        names[match(column, value if isinstance(value, list) else [value], place)] = str(name)
    stray = np.flatnonzero((names == "") & column.notna().to_numpy())
    if len(stray):
        found = f"{column.iloc[stray[0]]!r} in data row {stray[0] + 1}, an unknown {role}"
        raise InputError(
            place, found, f"one of {', '.join(f'{k}: {v}' for k, v in values.items())}"
        )
    return names.astype(str)


def trials_behind(table: Table, averaged: object) -> Ints:
    """Return how many trials were averaged into each row.

    Parameters
    ----------
    table : Table
        One row a sample.
    averaged : object
        A number for all; a column of numbers; true or ``"several"``: more than one, how many is
        not known, kept as 2; false: single trials; None: unknown.

    Returns
    -------
    ndarray of int64
        One a row; 0 where it is unknown.

    Raises
    ------
    InputError
        If it is none of these, or a number is not whole or below 1.
    """
    n = len(table)
    if averaged is None:
        return np.zeros(n, dtype=np.int64)
    if isinstance(averaged, bool) or averaged == "several":
        return np.full(n, SEVERAL if averaged else 1, dtype=np.int64)
    if isinstance(averaged, int) and averaged >= 1:
        return np.full(n, averaged, dtype=np.int64)
    if not isinstance(averaged, str):
        rule = "a whole number of trials, true, false, 'several', or a column"
        raise InputError("data.averaged", repr(averaged), rule)
    numbers: Floats = np.nan_to_num(table.numbers(averaged, "averaged"), nan=0)
    bad = np.flatnonzero((numbers < 0) | (numbers != np.round(numbers)))
    if len(bad):
        found = f"{numbers[bad[0]]:g} in data row {bad[0] + 1}"
        raise InputError(f"{table.where}, column {averaged}", found, "whole numbers of trials")
    return numbers.astype(np.int64)


def _check_names(table: Table, attributes: dict[str, Any], rows: Ints) -> None:
    """Name the row of a sample without a subject, or with an id of another."""
    if "subject" not in attributes:
        remedy = "Write columns: {subject: …}, or {subject: {value: name}} for one person."
        raise InputError("data.columns", "no subject", "whose each sample is", remedy)
    empty = np.flatnonzero(attributes["subject"] == "")
    if len(empty):
        raise InputError(table.where, f"no subject in data row {rows[empty[0]] + 1}", "a name")
    ids = attributes["sample_ids"]
    names, counts = np.unique(ids, return_counts=True)
    if len(names) < len(ids):
        again = names[counts > 1][0]
        both = rows[np.flatnonzero(ids == again)[:2]] + 1
        found = f"sample {str(again)!r} in data rows {both[0]} and {both[1]}"
        raise InputError(table.where, found, "an id of its own for each sample")
