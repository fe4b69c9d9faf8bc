"""The table behind a claim, whatever the study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .formats import plain
from .tables import Table, make_rows
from .words import sentence_case


def findings(entries: Sequence[Mapping[str, Any]], caption: str) -> Table:
    """Lay out what each rule of the audit found.

    Parameters
    ----------
    entries : sequence of mapping
        With ``rule``, ``status``, ``reason`` and ``remedy``; ``analysis`` says which one it is
        about, where a study has several.
    caption : str
        Plain text.

    Returns
    -------
    Table
        One row a rule.
    """
    rows = make_rows(
        (
            entry["rule"],
            (
                sentence_case(entry["status"]).replace("-", " "),
                plain(_about(entry) + entry["reason"]),
                plain(entry.get("remedy") or ""),
            ),
        )
        for entry in entries
    )
    return Table(
        caption,
        ("Rule", "Status", "Reason", "Remedy"),
        rows,
        kinds={1: "name", 2: "prose", 3: "prose"},
    )


def _about(entry: Mapping[str, Any]) -> str:
    return f"{sentence_case(entry['analysis'])}: " if entry.get("analysis") else ""
