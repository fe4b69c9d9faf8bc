"""Tables of an imaging study: planted sites, motion, people left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .formats import DASH, count, is_absent, number, plain
from .tables import Cell, Row, Table, make_rows

Entry = Mapping[str, Any]
_FOUND: Mapping[Any, str] = {True: "found", False: "missed"}


def place(entry: Entry) -> str:
    """Write where something is.

    Parameters
    ----------
    entry : mapping
        With ``x``, ``y`` and ``z`` in mm.

    Returns
    -------
    str
        Such as ``"−22, −4, −18"``; a dash where it is nowhere.
    """
    axes = [entry.get(axis) for axis in "xyz"]
    if any(is_absent(value) for value in axes):
        return DASH
    return ", ".join(number(value, 1).removesuffix(".0") for value in axes)


def sites(entries: Sequence[Entry], caption: str) -> Table | None:
    """Lay out where effects were planted, and whether they were found.

    Parameters
    ----------
    entries : sequence of mapping
        The results' ``truth.sites``.
    caption : str
        Plain text.

    Returns
    -------
    Table or None
        One row a site; None without any.
    """
    if not entries:
        return None
    rows = make_rows(
        (
            entry.get("name") or "site",
            (
                plain(entry.get("responds_to") or DASH),
                place(entry),
                number(entry.get("effect"), 2),
                _FOUND.get(entry.get("found"), "not looked for"),
                number(entry.get("distance"), 1),
                number(entry.get("t"), 2),
                plain(entry.get("contrast") or DASH),
            ),
        )
        for entry in entries
    )
    columns = (
        "Planted at", "Responds to", "x, y, z (mm)", "Effect (%)", "Verdict", "Distance (mm)",
        "t", "In the map of",
    )  # fmt: skip
    return Table(caption, columns, rows, kinds={1: "label", 4: "name", 7: "label"})


def motion(entries: Sequence[Entry], caption: str) -> Table | None:
    """Lay out how much each subject moved in each run.

    Parameters
    ----------
    entries : sequence of mapping
        The results' ``data.motion``.
    caption : str
        Plain text.

    Returns
    -------
    Table or None
        One row a run, bars for the displacements; None without any.
    """
    if not entries:
        return None
    largest = {
        key: max([e[key] for e in entries if not is_absent(e.get(key))], default=0.0)
        for key in ("mean_fd", "max_fd")
    }
    rows = tuple(
        Row(
            " ".join(plain(entry[key]) for key in ("subject", "run") if entry.get(key)) or "run",
            (
                Cell(count(entry.get("volumes"))),
                Cell(count(entry.get("scrubbed"))),
                *(_bar(entry.get(key), largest[key]) for key in largest),
            ),
        )
        for entry in entries
    )
    columns = ("Subject and run", "Volumes", "Scrubbed", "Mean (mm)", "Largest (mm)")
    return Table(caption, columns, rows, kinds={0: "label"}, compact=True, bars=True)


def _bar(value: float | None, largest: float) -> Cell:
    if value is None or is_absent(value):
        return Cell(DASH)
    return Cell(number(value, 2), share=max(0.0, value / largest) if largest > 0 else None)


def left_out(entries: Sequence[Entry], caption: str) -> Table | None:
    """Lay out who was left out, and why.

    Parameters
    ----------
    entries : sequence of mapping
        The results' ``data.left_out``.
    caption : str
        Plain text.

    Returns
    -------
    Table or None
        One row a subject; None without any.
    """
    if not entries:
        return None
    rows = make_rows(
        (entry.get("subject") or "a subject", (plain(entry.get("why") or "no reason kept"),))
        for entry in entries
    )
    return Table(caption, ("Subject", "Why"), rows, kinds={1: "prose"}, compact=True)
