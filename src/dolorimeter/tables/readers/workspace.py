"""A DuckDB connection of one's own, and a scratch folder that lives as long as it is used."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import ibis
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from dolorimeter.core import InputError

# What DuckDB raises for faults of the data or the machine. Its other errors are faults of ours.
_DATA_FAULTS = (
    duckdb.ConversionException,
    duckdb.InvalidInputException,
    duckdb.IOException,
    duckdb.OutOfMemoryException,
    duckdb.OutOfRangeException,
    duckdb.SerializationException,
)


# Name of the typed copy of a text table, which is needed only until its values are judged.
COPY = "copy"


class Workspace:
    """Where one reading happens: out of core, with bounded memory, apart from all others.

    Tables that it gives out keep it alive; when the last of them is gone, its folder is removed.

    Parameters
    ----------
    memory_limit : str
        What DuckDB may hold in memory, such as ``"2GB"``; beyond that it writes to the folder.

    Raises
    ------
    InputError
        If the limit is no size.
    """

    def __init__(self, memory_limit: str) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="dolorimeter-"))
        try:
            self.connection: Backend = ibis.duckdb.connect(
                memory_limit=memory_limit, temp_directory=str(self.directory / "spill")
            )
        except duckdb.Error:
            shutil.rmtree(self.directory)
            raise InputError(
                "memory_limit", repr(memory_limit), "a size such as '2GB' or '500MB'"
            ) from None
        # The tables hold the connection, not this object: the folder goes when they go.
        weakref.finalize(self.connection, _remove, self.directory, os.getpid())

    def keep(self, table: ir.Table, name: str, source: str) -> ir.Table:
        """Write a table into the folder and return it as read from there.

        Parameters
        ----------
        table : ibis table
            An expression on this connection.
        name : str
            Name of the file.
        source : str
            What is being read, for the error.

        Returns
        -------
        ibis table
            The same rows in the same order.
        """
        path = self.directory / f"{name}.parquet"
        with data_faults(source):
            self.connection.to_parquet(table, path)
        return self.connection.read_parquet(path)

    def discard(self, name: str) -> None:
        """Remove a kept table that nothing reads any more.

        Parameters
        ----------
        name : str
            Name of the file.
        """
        (self.directory / f"{name}.parquet").unlink(missing_ok=True)


@contextmanager
def data_faults(source: str) -> Iterator[None]:
    """Turn DuckDB's errors about data into one clear line.

    Parameters
    ----------
    source : str
        What is being read.

    Yields
    ------
    None
        The block to guard.

    Raises
    ------
    InputError
        Naming the source, and the line where DuckDB names one.
    """
    try:
        yield
    except duckdb.Error as error:
        # Damage inside a file can come up as the plain base class.
        if not isinstance(error, _DATA_FAULTS) and type(error) is not duckdb.Error:
            raise
        raise _explain(source, error) from None


def _explain(source: str, error: duckdb.Error) -> InputError:
    text = str(error)
    line = re.search(r"CSV Error on Line: (\d+)", text)
    if line is not None:
        # DuckDB's own sentence follows the lines that it quotes.
        said = re.search(
            r"(Expected Number.*|Invalid unicode.*|Value with unter.*|.*quote.*)", text
        )
        found = said.group(0).split(" This file")[0] if said else text.splitlines()[0]
        return InputError(
            f"{source}, line {line.group(1)}", found, "UTF-8 CSV with the columns of its header"
        )
    if isinstance(error, duckdb.OutOfMemoryException):
        return InputError(
            source, text.splitlines()[0], "data that fit memory_limit", "Raise memory_limit."
        )
    if "No space left" in text or "write" in text.lower():
        folder = tempfile.gettempdir()
        return InputError(
            folder, text.splitlines()[0], "room for scratch files", "Point TMPDIR elsewhere."
        )
    return InputError(source, text.splitlines()[0], "a table that DuckDB can read")


def _remove(directory: Path, owner: int) -> None:
    """Remove the folder, unless a forked child is what ends."""
    if os.getpid() == owner:
        shutil.rmtree(directory, ignore_errors=True)
