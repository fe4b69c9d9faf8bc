"""Tables from disk: CSV, TSV (packed or not) and Parquet, typed, with names kept word for word."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats

from .arguments import hint

SEPARATORS = {".csv": ",", ".tsv": "\t"}


@dataclass(frozen=True, slots=True)
class Table:
    """One row a sample.

    Attributes
    ----------
    frame : pandas.DataFrame
        Typed columns, rows numbered from 0.
    where : str
        The file, for messages.
    path : Path or None
        A text file to read names from word for word ("004" is no number).
    """

    frame: pd.DataFrame
    where: str
    path: Path | None = None

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.frame)

    def column(self, name: object, used: str) -> pd.Series:
        """Return a column.

        Parameters
        ----------
        name : object
            Its name.
        used : str
            The key that names it, for the message.

        Returns
        -------
        pandas.Series
            Typed.

        Raises
        ------
        InputError
            If there is none of that name.
        """
        names = list(self.frame.columns)
        if name not in names:
            shown = ", ".join(map(str, names[:12])) + (" …" if len(names) > 12 else "")
            found = f"no column {str(name)!r}, which {used} names"
            raise InputError(self.where, found, f"one of {shown}", hint(name, names))
        return self.frame[name]

    def texts(self, name: object, used: str) -> NDArray[np.str_]:
        """Return a column as names, word for word, ``""`` where it is empty.

        Parameters
        ----------
        name : object
            Its name.
        used : str
            The key that names it, for the message.

        Returns
        -------
        ndarray of str
            One a row; whole numbers in floating point lose their ".0".
        """
        column = self.column(name, used)
        if self.path is not None:
            kept = _read_text(self.path, usecols=[name], dtype=str, keep_default_na=False)
            words = kept[name].to_numpy(dtype=str)
            return np.where(np.isin(words, ("n/a", "NA", "NaN", "nan")), "", words)
        return as_texts(column)

    def numbers(self, name: object, used: str) -> Floats:
        """Return a column as numbers, NaN where it is empty.

        Parameters
        ----------
        name : object
            Its name.
        used : str
            The key that names it, for the message.

        Returns
        -------
        ndarray of float64
            One a row.

        Raises
        ------
        InputError
            If a value is no number, with its row.
        """
        column = self.column(name, used)
        if is_number(column):
            return column.to_numpy(dtype=np.float64, na_value=np.nan)
        values = pd.to_numeric(column, errors="coerce")
        bad = np.flatnonzero((values.isna() & column.notna()).to_numpy())
        row = int(bad[0]) if len(bad) else 0
        found = f"{column.iloc[row]!r} in data row {row + 1}"
        raise InputError(f"{self.where}, column {name}", found, "numbers")


def is_number(column: pd.Series) -> bool:
    """Tell whether a column holds numbers (true and false are none).

    Parameters
    ----------
    column : pandas.Series
        The column.

    Returns
    -------
    bool
        Whether it does.
    """
    is_bool = bool(pd.api.types.is_bool_dtype(column))
    return not is_bool and bool(pd.api.types.is_numeric_dtype(column))


def as_texts(column: pd.Series) -> NDArray[np.str_]:
    """Return any column as names, ``""`` where it is empty.

    Parameters
    ----------
    column : pandas.Series
        The column.

    Returns
    -------
    ndarray of str
        Whole numbers in floating point lose their ".0".
    """
    known = column.notna().to_numpy()
    values: Any = column
    if pd.api.types.is_float_dtype(column):
        numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
        if (numbers[known] == np.round(numbers[known])).all():
            values = pd.Series(np.where(known, numbers, 0).astype(np.int64))
    return np.where(known, values.astype(str).to_numpy(dtype=str), "")


def suffix_of(path: Path) -> str:
    """Return the kind of a table by its name.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    str
        ``".csv"``, ``".tsv"`` or ``".parquet"``; else whatever it ends in.
    """
    name = path.name.lower().removesuffix(".gz")
    return Path(name).suffix


def is_table(path: Path) -> bool:
    """Tell whether a file is named like a table.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    bool
        Whether `read_table` would try it.
    """
    return path.is_file() and suffix_of(path) in (*SEPARATORS, ".parquet")


def read_table(path: Path) -> Table:
    """Read a table.

    Parameters
    ----------
    path : Path
        CSV or TSV, packed by gzip or not, or Parquet.

    Returns
    -------
    Table
        With at least one row.

    Raises
    ------
    InputError
        If it cannot be read, is empty, or two columns have one name.
    """
    if not path.is_file():
        raise InputError(str(path), "no such file", "a table")
    if not is_table(path):
        raise InputError(str(path), f"named {path.suffix!r}", "a .csv, .tsv (.gz) or .parquet file")
    text = suffix_of(path) in SEPARATORS
    try:
        if text:
            _check_header(path)
        frame = _read_text(path, low_memory=False) if text else pd.read_parquet(path)
    except InputError:
        raise
    except (ValueError, OSError, EOFError, zlib.error) as error:
        words = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(str(path), f"unreadable ({words})", "a table") from error
    if frame.empty:
        raise InputError(str(path), "no rows", "at least one sample")
    return Table(frame.reset_index(drop=True), str(path), path if text else None)


def _read_text(path: Path, **further: Any) -> pd.DataFrame:
    separator = SEPARATORS[suffix_of(path)]
    return pd.read_csv(path, sep=separator, encoding="utf-8-sig", **further)


def _check_header(path: Path) -> None:
    """Refuse what pandas mends in silence: two columns of one name, rows longer than the header.

    The second it would read as row labels; without a header it names the line instead.
    """
    top = _read_text(path, header=None, nrows=2, dtype=str, keep_default_na=False)
    names: Sequence[str] = top.iloc[0].tolist()
    repeated = [name for name in names if names.count(name) > 1]
    if repeated:
        found = f"two columns named {repeated[0]!r}"
        raise InputError(str(path), found, "a name of its own for each")
