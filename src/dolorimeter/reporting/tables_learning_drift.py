"""The table of the tests that a claim of learning rests on: a drift over trials taken out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .decoding_words import block
from .formats import interval, is_absent, number, p_value, percent
from .tables import Cell, Row, Table

Entry = Mapping[str, Any]
LEAST_KEPT = 0.2  # of the values' variance; below it nothing is granted


def steady(criterion: Entry, caption: str) -> Table | None:
    """Lay out both tests as found and with a drift taken out.

    Parameters
    ----------
    criterion : mapping
        One of the results' ``criterion``, with ``without_drift``.
    caption : str
        Plain text.

    Returns
    -------
    Table or None
        A row for the rate fixed beforehand, one for the rate searched for; None without them.
    """
    without = block(criterion, "without_drift")
    if not without:
        return None
    fixed, raw = block(without, "default"), block(criterion, "default")
    rows = (
        _row("Rate fixed beforehand", None, raw, fixed, without.get("p_holm")),
        _row(
            "Rate searched for, the search repeated", without,
            {"r": criterion.get("r"), "p": criterion.get("p_search")},
            {**without, "p": without.get("p_search")}, without.get("p_search_holm"),
        ),
    )  # fmt: skip
    columns = ("Test", "Rate", "r as found", "r, drift out", "p", "p, adjusted", "Variance left")
    notes = (
        "Under r as found: its p. Adjusted: over measures (Holm). Variance left: share of the "
        f"variance of the values that is no drift; below {percent(100 * LEAST_KEPT, 0)} nothing is "
        "granted.",
    )
    return Table(caption, columns, rows, notes, kinds={0: "label"}, compact=True)


def _row(name: str, rate: Entry | None, raw: Entry, found: Entry, adjusted: float | None) -> Row:
    kept = found.get("kept")
    share = None if kept is None or is_absent(kept) else 100 * kept
    there = not is_absent(raw.get("p"))
    return Row(
        name,
        (
            Cell("") if rate is None else Cell(number(rate.get("alpha"), 2), _ends(rate)),
            Cell(number(raw.get("r")), f"p {p_value(raw.get('p'))}" if there else ""),
            Cell(number(found.get("r"))),
            Cell(p_value(found.get("p"))),
            Cell(p_value(adjusted)),
            Cell(percent(share, 0)),
        ),
    )


def _ends(rate: Entry) -> str:
    bounds: Sequence[float | None] = rate.get("ci95") or ()
    return interval(bounds, 2) if len(bounds) == 2 and not any(map(is_absent, bounds)) else ""
