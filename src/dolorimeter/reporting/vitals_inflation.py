"""The table of what looser designs add to the VUS of a vital-signs study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .formats import DASH, interval, number, p_value, plain
from .tables import Cell, Row, Table
from .words import sentence_case

NOTES = (
    "Change: VUS of the looser design less that of the stricter, vital signs alone; model, task, "
    "windows and labels are the same. Interval and one-sided p (looser better) from resampling "
    "whole patients; Holm’s adjustment over all rows.",
    "Where folds differ, each VUS is taken within its own folds, and a patient’s influence is the "
    "difference of its two: in simulations these intervals were too wide rather than too narrow.",
    "A change that is not shown is no proof that a looser design is harmless.",
)
VALUES = ("Looser", "Stricter", "Change", "95 % interval", "p", "Holm p")
COLUMNS = ("Task and designs", "Model", *VALUES)


def inflation(
    entries: Sequence[Mapping[str, Any]], tasks: Mapping[str, Any], caption: str
) -> Table | None:
    """Lay out what looser designs add.

    Parameters
    ----------
    entries : sequence of mapping
        The results' ``inflation``.
    tasks : mapping
        The results' ``tasks``, for the labels of models.
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
            f"{sentence_case(plain(entry['task']))}: {plain(entry['a'])} against "
            f"{plain(entry['b'])} ({entry['rule']})",
            _cells(entry, tasks),
            ruled=bool(index) and entry["task"] != entries[index - 1]["task"],
        )
        for index, entry in enumerate(entries)
    )
    notes = tuple(
        dict.fromkeys(_missing(entry) for entry in entries if entry["difference"] is None)
    )
    return Table(caption, COLUMNS, rows, (*NOTES, *notes), {0: "prose", 1: "name"})


def _cells(entry: Mapping[str, Any], tasks: Mapping[str, Any]) -> tuple[Cell, ...]:
    models = tasks.get(entry["task"], {}).get("models", {})
    model = models.get(entry["model"], {}).get("label", entry["model"] or DASH)
    texts = (
        plain(model),
        number(entry["value_a"]),
        number(entry["value_b"]),
        number(entry["difference"]),
        interval(entry["ci95"]),
        p_value(entry["p"]),
        p_value(entry.get("p_holm")),
    )
    return tuple(Cell(text) for text in texts)


def _missing(entry: Mapping[str, Any]) -> str:
    return f"{sentence_case(plain(entry['task']))}: {plain(entry['note'])}."
