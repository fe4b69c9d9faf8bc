"""Tables of an imaging study: planted sites, motion, people left out, regressors, overlap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .figures_imaging_design import column_name
from .formats import DASH, count, is_absent, number, plain, significant
from .tables import Cell, Row, Table, make_rows
from .words import option

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
    return Table(caption, columns, rows, kinds={1: "name", 4: "name", 7: "name"})


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


def regressors(entries: Sequence[Entry], caption: str) -> Table | None:
    """Lay out what was modeled.

    Parameters
    ----------
    entries : sequence of mapping
        The results' ``design.regressors``.
    caption : str
        Plain text.

    Returns
    -------
    Table or None
        One row a regressor; None without any.
    """
    if not entries:
        return None
    rows = make_rows(
        (
            column_name(entry.get("name") or ""),
            (
                " and ".join(map(plain, entry.get("at") or ())) or DASH,
                _limited(entry.get("cues")),
                _limited(entry.get("outcomes")),
                column_name(entry.get("modulator") or "none"),
                _lasting(entry.get("duration")),
            ),
        )
        for entry in entries
    )
    columns = ("Regressor", "At", "Cues", "Outcomes", "Modulated by", "Lasts")
    return Table(caption, columns, rows, kinds=dict.fromkeys(range(1, 6), "name"))


def _limited(names: Any) -> str:
    return ", ".join(map(plain, names)) if names else "all"


def _lasting(duration: Any) -> str:
    if is_absent(duration):
        return DASH
    if isinstance(duration, str):
        return "cue to outcome" if duration == "trial" else plain(duration)
    return f"{duration:g} s" if duration else "an instant"


def contrasts(entries: Sequence[Entry], efficiency: Sequence[Entry], caption: str) -> Table | None:
    """Lay out what each contrast asks, and how efficiently the design can tell.

    Parameters
    ----------
    entries : sequence of mapping
        The results' ``contrasts``.
    efficiency : sequence of mapping
        The results' ``design.efficiency``.
    caption : str
        Plain text.

    Returns
    -------
    Table or None
        One row a contrast; None without any.
    """
    values = {entry.get("contrast"): entry.get("value") for entry in efficiency}
    known = {entry.get("name"): entry for entry in entries}
    names = list(dict.fromkeys([*known, *values]))
    if not names:
        return None
    rows = make_rows(
        (
            column_name(name or ""),
            (
                plain(known.get(name, {}).get("words") or DASH),
                _weights(known.get(name, {}).get("weights") or {}),
                significant(values.get(name)),
            ),
        )
        for name in names
    )
    columns = ("Contrast", "Asks", "Weights", "Efficiency")
    return Table(caption, columns, rows, kinds={1: "prose", 2: "prose"})


def _weights(weights: Entry) -> str:
    said = (
        f"{option(w)} × {column_name(name)}".replace("-", "−", 1) for name, w in weights.items()
    )
    return ", ".join(said) or DASH


def correlations(block: Entry, caption: str) -> Table | None:
    """Lay out how the regressors go together.

    Parameters
    ----------
    block : mapping
        The results' ``design.correlations``.
    caption : str
        Plain text.

    Returns
    -------
    Table or None
        The lower triangle, shaded by size; None without any.
    """
    names = [column_name(name) for name in block.get("columns") or ()]
    values = block.get("values") or ()
    if not names or len(values) != len(names):
        return None
    rows = tuple(
        Row(
            f"{i + 1}  {name}",
            tuple(
                _correlation(line[j]) if j < i and j < len(line) else Cell("")
                for j in range(len(names) - 1)
            ),
        )
        for i, (name, line) in enumerate(zip(names, values, strict=True))
    )
    return Table(caption, ("", *(str(i + 1) for i in range(len(names) - 1))), rows, compact=True)


def _correlation(value: float | None) -> Cell:
    if value is None or is_absent(value):
        return Cell(DASH)
    return Cell(number(value, 2), share=min(1.0, abs(value)))


def inflation(entries: Sequence[Entry], caption: str) -> Table | None:
    """Lay out variance inflation in numbers.

    Parameters
    ----------
    entries : sequence of mapping
        The results' ``design.variance_inflation``.
    caption : str
        Plain text.

    Returns
    -------
    Table or None
        One row a column; None without any.
    """
    if not entries:
        return None
    rows = make_rows(
        (
            column_name(entry.get("column") or ""),
            (
                number(entry.get("median"), 2),
                number(entry.get("largest"), 2),
                " ".join(plain(entry[k]) for k in ("subject", "run") if entry.get(k)) or DASH,
            ),
        )
        for entry in entries
    )
    columns = ("Column", "Median", "Largest", "In the run")
    return Table(caption, columns, rows, kinds={3: "name"}, compact=True)
