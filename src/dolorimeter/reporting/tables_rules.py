"""The rules behind a claim: one row a finding, its verdict as shape and word, not color alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .formats import plain

STATUSES: Mapping[str, str] = {
    "passed": "Passed",
    "violated": "Violated",
    "warned": "Warned",
    "unknown": "Unknown",
    "not-applicable": "Not applicable",
}

_SEVERITY: Mapping[str, str] = {
    "blocks": "can block a claim",
    "limits": "can limit a claim",
    "advises": "advice",
}


@dataclass(frozen=True, slots=True)
class RuleRow:
    """What one rule found, as the page shows it.

    Attributes
    ----------
    rule, title : str
        Id and short title; the title may be empty.
    status, word : str
        The status in the results, which chooses the shape, and how it is called in print.
    reason, remedy, section : str
        Plain text; empty where there is none.
    notes : tuple of str
        Analysis and severity, where they are known.
    anchor : str
        Id of the row; empty for all but the first of a rule.
    """

    rule: str
    title: str
    status: str
    word: str
    reason: str
    remedy: str
    section: str
    notes: tuple[str, ...]
    anchor: str


def rule_rows(findings: Sequence[Mapping[str, Any]]) -> tuple[RuleRow, ...]:
    """Lay out what each rule of the audit found.

    Parameters
    ----------
    findings : sequence of mapping
        With ``rule``, ``status`` and ``reason``, and where known ``remedy``, ``title``,
        ``section``, ``severity`` and ``analysis``.

    Returns
    -------
    tuple of RuleRow
        In the order of the findings.
    """
    seen: set[str] = set()
    rows = []
    for finding in findings:
        rule = plain(finding.get("rule") or "")
        first = rule.isalnum() and rule not in seen
        rows.append(_row(finding, rule, f"rule-{rule}" if first else ""))
        seen.add(rule)
    return tuple(rows)


def _row(finding: Mapping[str, Any], rule: str, anchor: str) -> RuleRow:
    def text(key: str) -> str:
        return plain(finding.get(key) or "")

    status = text("status")
    return RuleRow(
        rule=rule,
        title=text("title"),
        status=status if status in STATUSES else "unknown",
        word=STATUSES.get(status, status),
        reason=text("reason"),
        remedy=text("remedy"),
        section=text("section"),
        notes=tuple(n for n in (text("analysis"), _SEVERITY.get(text("severity"), "")) if n),
        anchor=anchor,
    )


def status_counts(rows: Sequence[RuleRow]) -> tuple[tuple[str, str, int], ...]:
    """Count the findings of each status.

    Parameters
    ----------
    rows : sequence of RuleRow
        The rows of the table.

    Returns
    -------
    tuple of (str, str, int)
        Status, its word and how many; those that occur.
    """
    found = [row.status for row in rows]
    return tuple((s, word, found.count(s)) for s, word in STATUSES.items() if s in found)
