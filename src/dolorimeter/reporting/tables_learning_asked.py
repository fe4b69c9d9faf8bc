"""Tables of what people told: comparisons of ratings, preferences of those unaware."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .formats import count, interval, is_absent, number, p_value, plain
from .tables import Cell, Row, Table

Entry = Mapping[str, Any]


def ratings(entries: Sequence[Entry], caption: str) -> Table | None:
    """Lay out the comparisons of ratings.

    Parameters
    ----------
    entries : sequence of mapping
        The results' ``behaviour.ratings.paired``.
    caption : str
        Plain text.

    Returns
    -------
    Table or None
        One row a comparison, a rule before each kind; None without any.
    """
    rows = tuple(
        Row(
            plain(entry.get("question") or ""),
            (
                Cell(number(entry.get("mean_a"), 1), plain(entry.get("a") or "")),
                Cell(number(entry.get("mean_b"), 1), plain(entry.get("b") or "")),
                Cell(number(entry.get("difference"), 2), _ends(entry.get("ci95"))),
                Cell(p_value(entry.get("p"))),
                Cell(p_value(entry.get("p_holm"))),
                Cell(count(entry.get("n"))),
            ),
            ruled=place > 0 and entry.get("kind") != entries[place - 1].get("kind"),
        )
        for place, entry in enumerate(entries)
    )
    columns = ("Question", "Mean", "Mean", "Difference", "p", "p, adjusted", "Subjects")
    notes = (
        "Under a difference: its 95 % interval. Signed-rank tests; adjusted over all rows (Holm).",
    )
    return Table(caption, columns, rows, notes, kinds={0: "prose"}) if rows else None


def _ends(bounds: Sequence[float | None] | None) -> str:
    return interval(bounds, 2) if bounds and not any(map(is_absent, bounds)) else ""
