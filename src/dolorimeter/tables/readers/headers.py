"""Beginnings and footers of files, read before DuckDB is: names of columns, and damage."""

from __future__ import annotations

import codecs
import csv
import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dolorimeter.core import InputError

from .paths import parquet_parts

UNNAMED = "_unnamed"
_HEAD = 1 << 16
_DELIMITERS = (",", ";", "\t", "|")


def columns_of(path: Path) -> tuple[str, ...]:
    """Read only the names of the columns of a table.

    Parameters
    ----------
    path : Path
        A CSV or Parquet file, or a folder of Parquet files.

    Returns
    -------
    tuple of str
        In the order of the file.

    Raises
    ------
    InputError
        If the file cannot be read.
    """
    parts = parquet_parts(path)
    if parts:
        return tuple(parquet_metadata(parts[0]).schema.to_arrow_schema().names)
    return csv_header(path)[0]


@contextmanager
def _faults(path: Path) -> Iterator[None]:
    """Turn what opening a file may raise into one clear line."""
    try:
        yield
    except FileNotFoundError:
        raise InputError(str(path), "no such file", "a file that exists") from None
    except (pa.ArrowInvalid, gzip.BadGzipFile, EOFError, zlib.error) as error:
        rule = "a whole CSV or Parquet file"
        raise InputError(str(path), f"damaged or cut short ({error})", rule) from None
    except OSError as error:
        raise InputError(str(path), str(error), "a file that can be read") from None


def parquet_metadata(path: Path) -> pq.FileMetaData:
    """Read the footer of a Parquet file.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    pyarrow.parquet.FileMetaData
        Its columns and its number of rows.

    Raises
    ------
    InputError
        If the file is missing, damaged or cut short.
    """
    with _faults(path):
        return pq.read_metadata(path)


def csv_header(path: Path) -> tuple[tuple[str, ...], str, bool]:
    """Read the header of a CSV file.

    Parameters
    ----------
    path : Path
        The file, packed by gzip or not.

    Returns
    -------
    names : tuple of str
        Of the columns; one without a name is called ``_unnamed`` and its number.
    delimiter : str
        What stands between the fields.
    packed : bool
        Whether it is packed.

    Raises
    ------
    InputError
        If the file is missing, damaged, empty or not UTF-8.
    """
    with _faults(path):
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        with gzip.open(path) if packed else path.open("rb") as file:
            head = file.read(_HEAD)
    line = _first_line(head, str(path))
    delimiter = max(_DELIMITERS, key=line.count)
    names = [name.strip() for name in next(csv.reader([line], delimiter=delimiter))]
    # The index that pandas writes has no name.
    names = [name or f"{UNNAMED}{i}" for i, name in enumerate(names)]
    return tuple(names), delimiter, packed


def _first_line(head: bytes, where: str) -> str:
    """Text of the header, once the beginning of the file is found to be UTF-8."""
    rule, remedy = "CSV in UTF-8", "Save it again as UTF-8, as in: iconv -f UTF-16 -t UTF-8."
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise InputError(where, "UTF-16 text", rule, remedy)
    if b"\0" in head:
        raise InputError(where, f"a NUL byte at position {head.index(0)}", rule, remedy)
    line = head.removeprefix(codecs.BOM_UTF8).lstrip(b"\r\n").splitlines()[:1]
    if not line:
        raise InputError(where, "an empty file", "a header and at least one row")
    try:
        return line[0].decode()
    except UnicodeDecodeError as error:
        raise InputError(where, f"a byte that is not UTF-8 ({error})", rule, remedy) from None
