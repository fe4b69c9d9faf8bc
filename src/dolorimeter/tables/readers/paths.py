"""Which files belong to a table."""

from __future__ import annotations

from pathlib import Path

from dolorimeter.core import InputError

_TEXT_SUFFIXES = (".csv", ".tsv", ".txt")


def is_text(path: Path) -> bool:
    """Tell by its name whether a file is CSV, packed or not.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    bool
        Whether it ends in .csv, .tsv or .txt, with or without .gz.
    """
    return path.name.lower().removesuffix(".gz").endswith(_TEXT_SUFFIXES)


def parquet_parts(path: Path) -> list[Path]:
    """List the Parquet files of one table.

    Parameters
    ----------
    path : Path
        A file, or a folder that is searched through.

    Returns
    -------
    list of Path
        Sorted; empty where there are none.
    """
    if not path.is_dir():
        return [path] if path.suffix.lower() in (".parquet", ".pq") else []
    return sorted(
        p
        for p in path.rglob("*.parquet")
        if p.is_file()
        and not any(part.startswith((".", "_")) for part in p.relative_to(path).parts)
    )


def packed_or_not(folder: Path, name: str) -> Path | None:
    """Find a CSV file by its name without .gz.

    Parameters
    ----------
    folder : Path
        Where it lies.
    name : str
        Such as ``"vitalsign.csv"``.

    Returns
    -------
    Path or None
        None where there is none.
    """
    candidates = (folder / name, folder / f"{name}.gz")
    return next((p for p in candidates if p.is_file()), None)


def csv_file(folder: Path, name: str) -> Path:
    """Find a CSV file that must be there.

    Parameters
    ----------
    folder : Path
        Where it lies.
    name : str
        Its name without .gz.

    Returns
    -------
    Path
        The file, packed or not.

    Raises
    ------
    InputError
        If there is none.
    """
    path = packed_or_not(folder, name)
    if path is None:
        raise InputError(str(folder / name), "no such file", f"{name} or {name}.gz")
    return path
