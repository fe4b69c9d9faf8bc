"""Files on disk as lazy tables, checked before DuckDB sees them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.types as ir

from dolorimeter.core import InputError

from .headers import UNNAMED, csv_header, parquet_metadata
from .paths import parquet_parts
from .workspace import Workspace, data_faults


@dataclass(frozen=True, slots=True)
class Source:
    """A file, or the parts of one table, as a lazy table.

    Attributes
    ----------
    name : str
        How errors call it.
    table : ibis table
        CSV columns are text, all of them; Parquet columns have their types.
    """

    name: str
    table: ir.Table

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns, without those that have none."""
        return tuple(c for c in self.table.columns if not c.startswith(UNNAMED))

    def locate(self, column: str, text: str) -> str:
        """Tell where a value stands.

        Parameters
        ----------
        column : str
            Name of the column.
        text : str
            The value, trimmed.

        Returns
        -------
        str
            File, row (the first below the header is 1) and column.
        """
        t = self.table
        at = t.select(at=t[column].cast("string").strip(), row=ibis.row_number() + 1)
        row = at.filter(at["at"] == text).row.min().to_pyarrow().as_py()
        return f"{self.name}, row {row}, column {column}" if row else f"{self.name}, {column}"


def open_csv(workspace: Workspace, path: Path, needed: Sequence[str]) -> Source:
    """Open a CSV file, packed or not; every column is text.

    Parameters
    ----------
    workspace : Workspace
        Whose connection reads it.
    path : Path
        The file; comma, semicolon, tab or bar between the fields.
    needed : sequence of str
        Columns that must be there.

    Returns
    -------
    Source
        The lazy table.

    Raises
    ------
    InputError
        If it is missing, empty, packed badly, not UTF-8, lacks a column or names one twice.
    """
    names, delimiter, packed = csv_header(path)
    _refuse_missing(path, names, needed)
    table = workspace.connection.read_csv(
        path,
        auto_detect=False,
        header=True,
        delim=delimiter,
        quote='"',
        escape='"',
        compression="gzip" if packed else "none",
        columns=dict.fromkeys(names, "VARCHAR"),
    )
    source = Source(str(path), table)
    with data_faults(source.name):
        if not table.limit(1).count().to_pyarrow().as_py():
            raise InputError(source.name, "a header without rows", "at least one row")
    return source


def open_parquet(workspace: Workspace, path: Path, needed: Sequence[str]) -> Source:
    """Open a Parquet file, or all parts below a folder.

    Parameters
    ----------
    workspace : Workspace
        Whose connection reads it.
    path : Path
        File or folder.
    needed : sequence of str
        Columns that must be in every part.

    Returns
    -------
    Source
        The lazy table; what some part has besides is null in the others.

    Raises
    ------
    InputError
        If there is none, one is no Parquet file, cut short or lacks a column, or all are empty.
    """
    parts = parquet_parts(path)
    if not parts:
        raise InputError(str(path), "no Parquet file", "a .parquet file, or a folder of them")
    n_rows = 0
    for part in parts:
        metadata = parquet_metadata(part)
        _refuse_missing(part, metadata.schema.to_arrow_schema().names, needed)
        n_rows += metadata.num_rows
    if not n_rows:
        raise InputError(str(path), "no rows", "at least one row")
    with data_faults(str(path)):
        table = workspace.connection.read_parquet(
            parts, union_by_name=True, hive_partitioning=False
        )
    return Source(str(path), table)


def _refuse_missing(path: Path, columns: Sequence[str], needed: Sequence[str]) -> None:
    """Refuse a table without some column, or with two of one name, in whatever case."""
    seen = Counter(name.lower() for name in columns)
    twice = [name for name in columns if seen[name.lower()] > 1]
    if twice:
        raise InputError(str(path), f"the columns {' and '.join(twice)}", "each column once")
    missing = [name for name in needed if name not in columns]
    if missing:
        there = ", ".join(name for name in columns if not name.startswith(UNNAMED))
        raise InputError(
            str(path),
            f"no column {', '.join(missing)} among {there}",
            f"the columns {', '.join(needed)}",
        )
