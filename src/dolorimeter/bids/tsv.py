"""Tables of tab-separated text, read cell by cell: nothing guessed, refused with the row."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats

from .notices import Notice

MISSING = "n/a"
# Not BIDS, but seen: taken as missing among numbers, with a notice.
_ALSO_MISSING = frozenset({"", "na", "nan", "n.a.", "none", "null"})
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Cells:
    """The words of a table.

    Attributes
    ----------
    where : str
        The file, for messages.
    columns : mapping of str to ndarray of shape (n_rows,), str
        Word for word, in the order of the file.
    n_rows : int
        Without the header.
    """

    where: str
    columns: Mapping[str, NDArray[np.str_]]
    n_rows: int


def read_cells(
    path: Path, where: str, header: tuple[str, ...] | None = None
) -> tuple[Cells, tuple[Notice, ...]]:
    """Read a table.

    Parameters
    ----------
    path : Path
        A ``.tsv`` or ``.tsv.gz`` file.
    where : str
        How to call it in messages.
    header : tuple of str, optional
        Names of the columns of a file that does not name them itself.

    Returns
    -------
    Cells
        Every row, in the order of the file.
    tuple of Notice
        A byte-order mark, a column name twice, an unnamed empty column.

    Raises
    ------
    InputError
        If it cannot be read, is not UTF-8 text, has no header, or a row has too many or too few
        cells.
    """
    text, notices = _decode(_bytes_of(path, where), where)
    lines = [line.split("\t") for line in _lines(text)]
    while lines and lines[-1] == [""]:
        lines.pop()
    if not lines or lines[0] == [""]:
        raise InputError(where, "no header", "a table with the names of its columns first")
    names, rows = (lines[0], lines[1:]) if header is None else (list(header), lines)
    for number, row in enumerate(rows, start=1):
        if len(row) != len(names):
            found = f"{_counted(len(row))}, and the header {len(names)}"
            raise InputError(
                f"{where}, data row {number}", found, "as many cells as the header has"
            )
    cells = np.array(rows, dtype=np.str_).reshape(len(rows), len(names))
    columns, further = _named(names, cells, where)
    return Cells(where, columns, len(rows)), (*notices, *further)


def numbers_of(cells: Cells, name: str) -> tuple[Floats, tuple[Notice, ...]]:
    """Return a column as numbers, NaN where it is missing.

    Parameters
    ----------
    cells : Cells
        The table.
    name : str
        A column that it has.

    Returns
    -------
    ndarray of shape (n_rows,)
        float64.
    tuple of Notice
        One, where missing values are not written ``n/a``.

    Raises
    ------
    InputError
        If a cell is no finite number, with its row.
    """
    values = np.full(cells.n_rows, np.nan)
    unlike: list[tuple[int, str]] = []
    for i, cell in enumerate(cells.columns[name].tolist()):
        word = cell.strip()
        if _NUMBER.fullmatch(word):
            values[i] = float(word)
        elif word.lower() in _ALSO_MISSING:
            unlike.append((i + 1, cell))
        if (
            word != MISSING
            and not np.isfinite(values[i])
            and (not unlike or unlike[-1][0] != i + 1)
        ):
            where = f"{cells.where}, data row {i + 1}, column {name}"
            raise InputError(where, repr(cell), "a finite number, or n/a where it is missing")
    if not unlike:
        return values, ()
    row, cell = unlike[0]
    what = f"column {name}: {_times(len(unlike))} {cell!r} or the like, taken as n/a"
    return values, (Notice(cells.where, row, what, "missing-not-n/a"),)


def texts_of(cells: Cells, name: str) -> NDArray[np.str_]:
    """Return a column as words, ``""`` where it is ``n/a``.

    Parameters
    ----------
    cells : Cells
        The table.
    name : str
        A column that it has.

    Returns
    -------
    ndarray of shape (n_rows,)
        Word for word.
    """
    words = cells.columns[name]
    return np.where(words == MISSING, "", words)


def _bytes_of(path: Path, where: str) -> bytes:
    try:
        raw = path.read_bytes()
        return gzip.decompress(raw) if path.name.endswith(".gz") else raw
    except (OSError, EOFError, zlib.error) as error:
        words = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise InputError(where, f"unreadable ({words})", "a file that can be read") from error


def _decode(raw: bytes, where: str) -> tuple[str, tuple[Notice, ...]]:
    rule = "text in UTF-8"
    if raw.startswith(_UTF16):
        raise InputError(where, "text in UTF-16", rule, "Save it again as UTF-8.")
    if b"\0" in raw:
        found = f"a NUL byte (byte {raw.index(0) + 1})"
        raise InputError(where, found, rule, "It may be UTF-16, damaged, or no text at all.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise InputError(f"{where}, line {line}", "bytes that are not UTF-8", rule) from error
    marked = raw.startswith(b"\xef\xbb\xbf")
    notice = Notice(where, None, "starts with a byte-order mark, passed over", "byte-order-mark")
    return text, (notice,) if marked else ()


def _lines(text: str) -> list[str]:
    """Split at line ends of any system, and at nothing else (`splitlines` knows nine more)."""
    unix = text.replace("\r\n", "\n")
    return unix.split("\n") if "\n" in unix else unix.split("\r")


def _named(
    header: list[str], cells: NDArray[np.str_], where: str
) -> tuple[dict[str, NDArray[np.str_]], list[Notice]]:
    """Name the columns; of two with one name the later gets its number."""
    columns: dict[str, NDArray[np.str_]] = {}
    notices = []
    for i, name in enumerate(header):
        values = cells[:, i]
        if not name.strip():
            if (values != "").any():
                raise InputError(where, f"column {i + 1} has no name", "a name for each column")
            notices.append(Notice(where, None, f"column {i + 1} is empty, dropped", "empty-column"))
            continue
        key = name
        if name in columns:
            key = f"{name}.{header[: i + 1].count(name)}"
            alike = "the same" if (values == columns[name]).all() else "other"
            what = f"two columns {name!r}; the later, with {alike} values, is called {key!r}"
            notices.append(Notice(where, None, what, "two-columns"))
        columns[key] = values
    return columns, notices


def _counted(n: int) -> str:
    return "1 cell" if n == 1 else f"{n} cells"


def _times(n: int) -> str:
    return "once" if n == 1 else f"{n} times"
