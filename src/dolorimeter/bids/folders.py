"""The files of a data set, at the depth where BIDS keeps them: links cannot lead astray."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dolorimeter.core import InputError

from .names import Name, natural, parse_name

Shelf = tuple[tuple[Name, Path], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A folder that holds recordings, such as ``sub-01/ses-1/func``.

    Attributes
    ----------
    subject : str
        Label of the person whose folder it lies in.
    session : str or None
        Label of the session, if its folder has one.
    files : tuple of (Name, Path)
        What has a name like BIDS.
    unnamed : tuple of Path
        What has not, yet ends like events.
    shelves : tuple
        The JSON files of each folder from the root down to this one.
    """

    subject: str
    session: str | None
    files: Shelf
    unnamed: tuple[Path, ...]
    shelves: tuple[Shelf, ...]


def checked_root(path: str | Path) -> Path:
    """Return the root of a data set.

    Parameters
    ----------
    path : str or Path
        Where it should lie.

    Returns
    -------
    Path
        A folder with people in it.

    Raises
    ------
    InputError
        If it is no folder, or has no folder ``sub-…``.
    """
    root = Path(path).expanduser()
    if not root.is_dir():
        found = "a file" if root.exists() else "no such folder"
        raise InputError(str(path), found, "the folder of a BIDS data set")
    try:
        people = _folders(root, "sub-")
    except OSError as error:
        raise InputError(str(path), error.strerror or "unreadable", "a folder to read") from error
    if not people or (root.name.startswith("sub-") and (root / "func").is_dir()):
        remedy = "Give the folder above it." if root.name.startswith("sub-") else ""
        raise InputError(str(path), "no folder sub-…", "the root of a BIDS data set", remedy)
    return root


def places(root: Path) -> Iterator[Place]:
    """Yield the folders that hold recordings.

    Parameters
    ----------
    root : Path
        Of the data set; its ``derivatives``, ``sourcedata`` and hidden folders are not looked at.

    Yields
    ------
    Place
        By person and session.
    """
    top = _shelf(root)
    for person in _folders(root, "sub-"):
        subject = person.name.removeprefix("sub-")
        own = (top, _shelf(person))
        yield from _below(person, subject, None, own)
        for session in _folders(person, "ses-"):
            label = session.name.removeprefix("ses-")
            yield from _below(session, subject, label, (*own, _shelf(session)))


def shelves_of(root: Path, folder: Path) -> tuple[Shelf, ...]:
    """Return the JSON files of each folder from the root down to one.

    Parameters
    ----------
    root : Path
        Of the data set.
    folder : Path
        Below it.

    Returns
    -------
    tuple
        The root's first.
    """
    between = folder.relative_to(root).parts
    return tuple(_shelf(root.joinpath(*between[:n])) for n in range(len(between) + 1))


def _below(
    parent: Path, subject: str, session: str | None, shelves: tuple[Shelf, ...]
) -> Iterator[Place]:
    for folder in _folders(parent, ""):
        if folder.name.startswith(("ses-", ".")):
            continue
        files, unnamed = _named(folder)
        shelf = tuple(pair for pair in files if pair[0].extension == ".json")
        yield Place(subject, session, files, unnamed, (*shelves, shelf))


def _named(folder: Path) -> tuple[Shelf, tuple[Path, ...]]:
    files, unnamed = [], []
    for path in sorted(folder.iterdir()):
        name = parse_name(path.name)
        if name is not None and "sub" in name.entities:
            files.append((name, path))
        elif "events" in path.name and not path.name.startswith("."):
            unnamed.append(path)
    return tuple(files), tuple(unnamed)


def _shelf(folder: Path) -> Shelf:
    """Return the JSON files of one folder."""
    found = []
    for path in sorted(folder.iterdir()):
        name = parse_name(path.name)
        if name is not None and name.extension == ".json":
            found.append((name, path))
    return tuple(found)


def _folders(parent: Path, prefix: str) -> list[Path]:
    with os.scandir(parent) as entries:
        found = [Path(e.path) for e in entries if e.name.startswith(prefix) and e.is_dir()]
    return sorted(found, key=lambda path: natural(path.name))
