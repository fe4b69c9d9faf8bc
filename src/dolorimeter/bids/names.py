"""File names in BIDS: entities, suffix, extension; read tolerantly, written strictly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_NAME = re.compile(r"((?:[a-zA-Z]+-[^_.\s]+_)+)([a-zA-Z0-9]+)(\.[A-Za-z0-9.]+)")
_NUMBER = re.compile(r"(\d+)")
# The order in which BIDS writes the entities that a run can have (specification, appendix IX).
ORDER = ("sub", "ses", "task", "tracksys", "acq", "ce", "rec", "dir", "run", "echo", "part")
# What tells images of one run apart, and not runs.
WITHIN_RUN = frozenset({"echo", "part", "recording", "desc", "space", "split"})


@dataclass(frozen=True, slots=True)
class Name:
    """What a file name says.

    Attributes
    ----------
    entities : mapping of str to str
        By key, such as ``{"sub": "01", "task": "tsl", "run": "02"}``, labels word for word.
    suffix : str
        Such as ``"events"``.
    extension : str
        With its dot, such as ``".tsv"``.
    """

    entities: Mapping[str, str]
    suffix: str
    extension: str


def parse_name(name: str) -> Name | None:
    """Read a file name.

    Parameters
    ----------
    name : str
        Without folders.

    Returns
    -------
    Name or None
        None if it is not built like a BIDS name, or names an entity twice.

    Examples
    --------
    >>> parse_name("sub-01_task-tsl_run-02_events.tsv").entities
    {'sub': '01', 'task': 'tsl', 'run': '02'}
    """
    found = re.fullmatch(_NAME, name)
    if found is None:
        # Files of a whole data set, such as "participants.tsv" or "bold.json", have no entity.
        suffix, dot, extension = name.partition(".")
        return Name({}, suffix, dot + extension) if suffix.isalnum() and extension else None
    pairs = [part.partition("-")[::2] for part in found[1].rstrip("_").split("_")]
    entities = dict(pairs)
    return Name(entities, found[2], found[3]) if len(entities) == len(pairs) else None


def join_name(entities: Mapping[str, str], suffix: str, extension: str) -> str:
    """Write a file name, entities in the order that BIDS gives them.

    Parameters
    ----------
    entities : mapping of str to str
        By key.
    suffix, extension : str
        Such as ``"events"`` and ``".tsv"``.

    Returns
    -------
    str
        The name.
    """
    known = [key for key in ORDER if key in entities]
    further = [key for key in entities if key not in ORDER]
    parts = [f"{key}-{entities[key]}" for key in (*known, *further)]
    return "_".join([*parts, suffix]) + extension


def natural(label: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key that sorts ``"2"`` before ``"10"``, and numbers before words.

    Parameters
    ----------
    label : str
        Any text.

    Returns
    -------
    tuple
        Comparable with that of other labels.
    """
    parts = re.split(_NUMBER, label)
    return tuple((0, int(p), p) if p.isdecimal() and len(p) < 19 else (1, 0, p) for p in parts if p)


def same_run(label: str) -> str:
    """Return a run's label without leading zeros: ``run-1`` and ``run-01`` are one index.

    Parameters
    ----------
    label : str
        As in the name.

    Returns
    -------
    str
        Comparable; text that is no number is returned as it is.
    """
    return str(int(label)) if label.isascii() and label.isdecimal() else label
