"""Tables of the data: what is present, how it correlates, what cleaning did, what is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .formats import count, is_absent, number, percent, plain
from .tables import Cell, Row, Table, make_rows
from .words import variable


def percent_present(present: Mapping[str, float | None], caption: str) -> Table:
    """Lay out how often each variable was observed (the paper's Table 5).

    Parameters
    ----------
    present : mapping
        Percent of windows in which each variable was observed, 0–100.
    caption : str
        Plain text.

    Returns
    -------
    Table
        One row a variable, with a bar for its percentage.
    """
    rows = tuple(
        Row(variable(name), (Cell(percent(value), share=(value or 0) / 100),))
        for name, value in present.items()
    )
    return Table(caption, ("Variable", "Windows with a value"), rows, compact=True, bars=True)


def correlation(block: Mapping[str, Any], caption: str) -> Table:
    """Lay out the pairwise correlation of the variables (the paper's Table 6).

    Parameters
    ----------
    block : mapping
        ``names`` and the square ``values``, None where undefined.
    caption : str
        Plain text.

    Returns
    -------
    Table
        Lower triangle, shaded by the size of the coefficient.
    """
    names = [variable(name) for name in block["names"]]
    rows = tuple(
        Row(head, tuple(_coefficient(v, i - j) for j, v in enumerate(values)))
        for i, (head, values) in enumerate(zip(names, block["values"], strict=True))
    )
    return Table(caption, ("", *names), rows)


def _coefficient(value: float | None, below_diagonal: int) -> Cell:
    if below_diagonal < 0:
        return Cell("")
    shaded = below_diagonal > 0 and value is not None and not is_absent(value)
    return Cell(number(value, 2), share=abs(value or 0.0) if shaded else None)


def ledger(entries: Sequence[Mapping[str, Any]], caption: str) -> Table:
    """Lay out what cleaning did and why.

    Parameters
    ----------
    entries : sequence of mapping
        With ``variable``, ``reason``, ``action`` and ``count``.
    caption : str
        Plain text.

    Returns
    -------
    Table
        One row an entry.
    """
    rows = make_rows(
        (
            variable(entry["variable"]),
            (plain(entry["reason"]), plain(entry["action"]), count(entry["count"])),
        )
        for entry in entries
    )
    return Table(
        caption, ("Variable", "Reason", "Action", "Values"), rows, kinds={1: "prose", 2: "name"}
    )


def outliers(counts: Mapping[str, float], caption: str, note: str = "") -> Table:
    """Lay out how many values of each vital the outlier rule removes.

    Parameters
    ----------
    counts : mapping
        Values set to missing, by vital.
    caption, note : str
        Plain text.

    Returns
    -------
    Table
        One row a vital.
    """
    rows = make_rows((variable(name), (count(n),)) for name, n in counts.items())
    notes = (plain(note),) if note else ()
    return Table(caption, ("Vital", "Values set to missing"), rows, notes, compact=True)
