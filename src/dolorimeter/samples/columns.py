"""Which columns of a table are features, and their matrix."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints

from .arguments import as_list, check_keys
from .request import Request
from .tabular import Table, is_number

KEYS = ("columns", "from", "to", "prefix")


def feature_names(table: Table, request: Request) -> list[str]:
    """Find the columns that are features.

    Parameters
    ----------
    table : Table
        One row a sample.
    request : Request
        Its ``features``: ``{columns: […]}``, ``{from: …, to: …}`` (both included, in the order of
        the file) or ``{prefix: …}``; without it all numeric columns that it names nowhere else.

    Returns
    -------
    list of str
        At least one.

    Raises
    ------
    InputError
        If a column is missing, named twice, or none is left.
    """
    given = request.features
    names = _unnamed(table, request) if given is None else _named(table, given)
    if not names:
        raise InputError("data.features", "no column", "at least one feature")
    if len(set(names)) < len(names):
        again = next(name for name in names if names.count(name) > 1)
        raise InputError("data.features", f"{again!r} twice", "each column once")
    return names


def _named(table: Table, given: Mapping[str, Any]) -> list[str]:
    check_keys("data.features", given, KEYS)
    every = list(table.frame.columns)
    if set(given) == {"columns"}:
        names = as_list(given["columns"])
        for name in names:
            table.column(name, "features")
        return names
    if set(given) == {"from", "to"}:
        first, last = (table.column(given[key], f"features.{key}").name for key in ("from", "to"))
        start, stop = every.index(first), every.index(last)
        if stop < start:
            raise InputError("data.features", f"{last!r} stands before {first!r}", "from before to")
        return every[start : stop + 1]
    if set(given) == {"prefix"}:
        starts = tuple(str(prefix) for prefix in as_list(given["prefix"]))
        names = [name for name in every if str(name).startswith(starts)]
        if not names:
            raise InputError(table.where, f"no column starts with {starts[0]!r}", "one at least")
        return names
    found = f"keys {', '.join(map(str, given))}"
    raise InputError("data.features", found, "columns, or from and to, or prefix")


def _unnamed(table: Table, request: Request) -> list[str]:
    used = {request.averaged, *request.where, (request.target or {}).get("column")}
    for spec in request.columns.values():
        used.add(spec.get("column") if isinstance(spec, Mapping) else spec)
    return [
        name
        for name in table.frame.columns
        if name not in used and is_number(table.frame[name]) and not _is_row_label(name)
    ]


def _is_row_label(name: object) -> bool:
    """Tell a column without a name, as programs write before their rows."""
    return str(name).startswith("Unnamed: ")


def feature_matrix(table: Table, names: list[str], rows: Ints) -> Floats:
    """Return the features of some rows.

    Parameters
    ----------
    table : Table
        One row a sample.
    names : list of str
        Columns.
    rows : ndarray of int64
        Places of the rows.

    Returns
    -------
    ndarray of shape (n_rows, n_features), float64
        NaN where the table is empty.

    Raises
    ------
    InputError
        If a value is no number, with row and column.
    """
    columns = [table.numbers(name, "features")[rows] for name in names]
    return np.ascontiguousarray(np.column_stack(columns))


def complete_rows(table: Table, matrix: Floats, names: list[str], rows: Ints, drop: bool) -> Any:
    """Find the rows with finite features, and refuse others unless they may be dropped.

    Parameters
    ----------
    table : Table
        Where they come from, for the message.
    matrix : ndarray of shape (n_rows, n_features)
        Features.
    names : list of str
        Their names.
    rows : ndarray of int64
        Places of the rows in the table.
    drop : bool
        Whether rows with gaps may be left out.

    Returns
    -------
    ndarray of bool
        One a row.

    Raises
    ------
    InputError
        If a feature is not finite and rows may not be dropped, or none is left.
    """
    bad = ~np.isfinite(matrix)
    whole = ~bad.any(axis=1)
    if whole.all() or (drop and whole.any()):
        return whole
    row, column = np.argwhere(bad)[0]
    found = (
        f"{int(bad.sum())} features not finite in {int((~whole).sum())} rows, the first "
        f"{names[column]!r} in data row {rows[row] + 1}"
    )
    remedy = "Leave the feature out, or such rows with drop_incomplete: true."
    raise InputError(table.where, found, "finite numbers", remedy)
