"""Samples by features in one table: CSV, TSV or Parquet."""

from __future__ import annotations

from pathlib import Path

from dolorimeter.core import Samples

from ..arguments import as_flag
from ..choosing import choose
from ..columns import complete_rows, feature_matrix, feature_names
from ..request import Request
from ..tabular import is_table, read_table

NAME = "table"
SUMMARY = "a .csv, .tsv (.gz) or .parquet file, one row a sample"
OPTIONS = ("drop_incomplete",)


def fits(path: Path) -> bool:
    """Tell whether a path looks like this format.

    Parameters
    ----------
    path : Path
        It exists.

    Returns
    -------
    bool
        Whether it does.
    """
    return is_table(path)


def read(request: Request) -> Samples:
    """Read samples from a table.

    Parameters
    ----------
    request : Request
        With the option ``drop_incomplete`` (default false): leave out, and count, rows with a
        feature missing, instead of refusing them.

    Returns
    -------
    Samples
        In the order of the rows.

    Raises
    ------
    InputError
        If the table cannot be used, naming file, row and column.
    """
    table = read_table(request.path)
    chosen = choose(table, request)
    names = feature_names(table, request)
    matrix = feature_matrix(table, names, chosen.rows)
    drop = as_flag("data.drop_incomplete", request.options.get("drop_incomplete", False))
    whole = complete_rows(table, matrix, names, chosen.rows, drop)
    notes = list(chosen.notes)
    if not whole.all():
        notes.append(f"{int((~whole).sum())} rows with features missing left out")
    known = {
        key: value if key == "class_names" else value[whole] for key, value in chosen.known.items()
    }
    return Samples.of(
        matrix[whole],
        known.pop("target"),
        known.pop("subject"),
        feature_names=tuple(str(name) for name in names),
        source="; ".join([request.path.name, *notes]),
        **known,
    )
