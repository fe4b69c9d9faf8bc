"""The table of what looser protocols add to the score of a decoding study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .formats import DASH, interval, number, plain
from .tables import Cell, Row, Table
from .vitals_inflation import NOTES as VITALS_NOTES
from .vitals_inflation import VALUES
from .words import metric, sentence_case

NOTES = (
    "Change: score under the looser protocol less that under the stricter, on the same samples. "
    "Interval by Student’s t over independent families, subjects or runs, the fitted decoders "
    "taken as given.",
    VITALS_NOTES[-1],
)
COLUMNS = ("Protocols", "Metric", *VALUES[:4])


def inflation(entries: Sequence[Mapping[str, Any]], caption: str) -> Table | None:
    """Lay out what looser protocols add.

    Parameters
    ----------
    entries : sequence of mapping
        The results' ``inflation``.
    caption : str
        Plain text.

    Returns
    -------
    Table or None
        One row a comparison; None where nothing was measured.
    """
    if not entries:
        return None
    rows = tuple(
        Row(
            f"{sentence_case(plain(entry['a']))} against {plain(entry['b'])} "
            f"({plain(entry['rule'])})",
            _cells(entry),
        )
        for entry in entries
    )
    return Table(caption, COLUMNS, rows, NOTES, {0: "prose", 1: "name"})


def questions(entries: Sequence[Mapping[str, Any]]) -> str:
    """Return what was asked of looser protocols.

    Parameters
    ----------
    entries : sequence of mapping
        The results' ``inflation``.

    Returns
    -------
    str
        Each question once.
    """
    return " ".join(dict.fromkeys(plain(e["question"]) for e in entries if e.get("question")))


def _cells(entry: Mapping[str, Any]) -> tuple[Cell, ...]:
    difference = number(entry.get("difference"))
    texts = (
        metric(entry.get("metric") or "score"),
        number(entry.get("value_a")),
        number(entry.get("value_b")),
        difference if difference == DASH or difference[0] == "−" else f"+{difference}",
        interval(entry.get("ci95")),
    )
    return tuple(Cell(text) for text in texts)
