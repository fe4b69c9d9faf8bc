"""All formats, one line each: how each is told from the others, and what reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from dolorimeter.core import InputError

from . import long, meds, mimic_iv, mimic_iv_ed, wide
from .extract import Extract, Request
from .headers import columns_of
from .paths import is_text, parquet_parts


@dataclass(frozen=True, slots=True)
class Reader:
    """One format.

    Attributes
    ----------
    summary : str
        What it looks like on disk.
    fits : callable
        Whether a path that exists looks like it.
    read : callable
        From a request to its measurements.
    stays : tuple of str
        Kinds of stay that it knows; empty where the data decide.
    further : bool
        Whether it keeps numeric variables outside the map.
    """

    summary: str
    fits: Callable[[Path], bool]
    read: Callable[[Request], Extract]
    stays: tuple[str, ...] = ()
    further: bool = False


_BOTH = ("icu", "hospital")
_table = partial(Reader, further=True)
READERS: Mapping[str, Reader] = {
    meds.NAME: Reader(meds.SUMMARY, meds.fits, meds.read, _BOTH),
    mimic_iv_ed.NAME: Reader(mimic_iv_ed.SUMMARY, mimic_iv_ed.fits, mimic_iv_ed.read),
    mimic_iv.NAME: Reader(mimic_iv.SUMMARY, mimic_iv.fits, mimic_iv.read, _BOTH),
    long.CSV_NAME: _table(f"CSV, {long.SUMMARY}", long.fits_csv, long.read_csv),
    long.PARQUET_NAME: _table(f"Parquet, {long.SUMMARY}", long.fits_parquet, long.read_parquet),
    wide.CSV_NAME: _table(f"CSV, {wide.SUMMARY}", wide.fits_csv, wide.read_csv),
    wide.PARQUET_NAME: _table(f"Parquet, {wide.SUMMARY}", wide.fits_parquet, wide.read_parquet),
}


def choose_reader(path: Path, source: str | None) -> str:
    """Choose the reader of a path.

    Parameters
    ----------
    path : Path
        The data.
    source : str, optional
        Name of a reader, which is then taken as given; detected without it.

    Returns
    -------
    str
        A key of `READERS`.

    Raises
    ------
    InputError
        If the path does not exist, the name is unknown, or not exactly one format fits.
    """
    if source is not None and source not in READERS:
        raise InputError("source", repr(source), f"one of {', '.join(READERS)}")
    if not path.exists():
        raise InputError(str(path), "no such file or folder", "a path that exists")
    if source is not None:
        return source
    fitting = [name for name, reader in READERS.items() if reader.fits(path)]
    if len(fitting) == 1:
        return fitting[0]
    known = "; ".join(f"{name} ({reader.summary})" for name, reader in READERS.items())
    if fitting:
        found = f"it could be {' or '.join(fitting)}"
        raise InputError(str(path), found, "one format", "Choose with source=.")
    is_table = path.is_file() and (is_text(path) or parquet_parts(path))
    found = f"columns {', '.join(columns_of(path))}" if is_table else "nothing that a reader knows"
    raise InputError(str(path), found, f"one of {known}")
