"""Tables of the design of an imaging study: regressors, contrasts, what goes together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .figures_imaging_design import column_name
from .formats import DASH, is_absent, number, plain, significant
from .tables import Cell, Row, Table, make_rows
from .words import option

Entry = Mapping[str, Any]


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
    asks = any(entry.get("words") for entry in entries)
    rows = make_rows(
        (
            column_name(name or ""),
            (
                *([plain(known.get(name, {}).get("words") or DASH)] if asks else []),
                _weights(known.get(name, {}).get("weights") or {}),
                significant(values.get(name)),
            ),
        )
        for name in names
    )
    columns = ("Contrast", *(["Asks"] if asks else []), "Weights", "Efficiency")
    return Table(caption, columns, rows, kinds=dict.fromkeys(range(1, len(columns) - 1), "prose"))


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
