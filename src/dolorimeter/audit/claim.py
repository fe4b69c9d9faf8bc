"""The claim at the end of every study: what may be said, what may not, and what is unproven."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Status = Literal["passed", "violated", "warned", "not-applicable", "unknown"]


@dataclass(frozen=True, slots=True)
class Statement:
    """One plain sentence and the rules it rests on.

    Attributes
    ----------
    text : str
        The sentence.
    rules : tuple of str
        Ids of the audit's rules (science.md, part 3), such as ``"W3"``.
    """

    text: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule found.

    Attributes
    ----------
    rule : str
        Id of the rule.
    status : str
        ``"passed"``, ``"violated"``, ``"warned"``, ``"not-applicable"`` or ``"unknown"``.
    reason : str
        The facts that decided it.
    remedy : str
        What would change it; empty where nothing need change.
    title : str
        What the rule is about.
    section : str
        Where in Hu & Iannetti (2016) it comes from.
    severity : str
        ``"blocks"`` a claim, ``"limits"`` what it may say, or ``"advises"``.
    analysis : str
        Which analysis it is about; empty: all of the study's.
    """

    rule: str
    status: Status
    reason: str
    remedy: str = ""
    title: str = ""
    section: str = ""
    severity: str = ""
    analysis: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """What may be claimed from a study.

    Attributes
    ----------
    objective : str
        ``"prediction"``, ``"signature"``, ``"association"``, or ``"not declared"``.
    scope : str
        To whom and when the claim applies, in words.
    granted, refused, unproven : tuple of Statement
        Sentences that the study carries, that its protocol forbids, and that it left untested.
    findings : tuple of Finding
        The rules behind them.
    """

    objective: str
    scope: str
    granted: tuple[Statement, ...]
    refused: tuple[Statement, ...]
    unproven: tuple[Statement, ...]
    findings: tuple[Finding, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the claim as plain values, the ``"claim"`` of ``results.json``."""
        said = {
            kind: [{"text": s.text, "rules": list(s.rules)} for s in getattr(self, kind)]
            for kind in ("granted", "refused", "unproven")
        }
        findings = [asdict(finding) for finding in self.findings]
        return {"objective": self.objective, "scope": self.scope, **said, "findings": findings}
