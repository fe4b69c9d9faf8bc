"""What a rule is, and how conditions add up to a verdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from ..claim import Finding, Status
from ..facts import Facts

Severity = Literal["blocks", "limits", "advises"]


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that must hold.

    Attributes
    ----------
    name : str
        The fact, or the id of the rule, that decides it.
    holds : bool or None
        None: not known.
    wrong : str
        What is wrong where it does not hold.
    missing : str
        What is missing where it is not known.
    """

    name: str
    holds: bool | None
    wrong: str
    missing: str = ""

    def reason(self) -> str:
        """Return why it does not hold, or is not known to."""
        if self.holds is None:
            return self.missing or f"{spoken(self.name)} not known"
        return self.wrong


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule says of some facts.

    Attributes
    ----------
    status : str
        As of a finding.
    text : str
        Why, in plain words.
    decided : tuple of str
        Names of the facts that decided it.
    missing : tuple of str
        Names of the facts that would have been needed.
    """

    status: Status
    text: str
    decided: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the decision table; call it with facts for its finding.

    Attributes
    ----------
    id : str
        ``"N1"``, …
    title : str
        What the row is about.
    severity : str
        ``"blocks"`` a claim, ``"limits"`` what it may say, or ``"advises"``.
    section : str
        Of Hu & Iannetti (2016); "inferred here" where the paper is silent.
    remedy : str
        What would satisfy it.
    check : callable
        From facts to a verdict.
    """

    id: str
    title: str
    severity: Severity
    section: str
    remedy: str
    check: Callable[[Facts], Verdict]

    def __call__(self, facts: Facts) -> Finding:
        """Return what the rule finds, its facts named as measured or declared."""
        verdict = self.check(facts)
        if verdict.missing:
            remedy = f"state or measure {', '.join(verdict.missing)}"
        else:
            remedy = self.remedy if verdict.status in ("violated", "warned", "unknown") else ""
        return Finding(
            rule=self.id,
            status=verdict.status,
            reason=verdict.text + _source(facts, verdict.decided),
            remedy=remedy,
            title=self.title,
            section=self.section,
            severity=self.severity,
            analysis=facts.label,
        )


def all_of(passed: str, conditions: Sequence[Condition]) -> Verdict:
    """Pass where every condition is known to hold.

    One that fails decides at once; one that is not known leaves it open. So a fact that is taken
    away can never turn into a pass.

    Parameters
    ----------
    passed : str
        What to say then.
    conditions : sequence of Condition
        All that must hold, with the facts they rest on.

    Returns
    -------
    Verdict
        Passed, violated or unknown.
    """
    failed = [c for c in conditions if c.holds is False]
    if failed:
        names = tuple(dict.fromkeys(c.name for c in failed))
        return Verdict("violated", "; ".join(c.wrong for c in failed), names)
    unknown = [c for c in conditions if c.holds is None]
    if unknown:
        names = tuple(dict.fromkeys(c.name for c in unknown))
        return Verdict("unknown", "; ".join(c.reason() for c in unknown), missing=names)
    return Verdict("passed", passed, tuple(dict.fromkeys(c.name for c in conditions)))


def unknown(*names: str) -> Verdict:
    """Return that facts are missing.

    Parameters
    ----------
    *names : str
        Names of the facts.

    Returns
    -------
    Verdict
        Unknown.
    """
    return Verdict("unknown", f"{', '.join(map(spoken, names))} not known", missing=names)


def not_applicable(text: str, *decided: str) -> Verdict:
    """Return that a rule demands nothing here.

    Parameters
    ----------
    text : str
        Why.
    *decided : str
        Names of the facts that decided it.

    Returns
    -------
    Verdict
        Not applicable.
    """
    return Verdict("not-applicable", text, decided)


def asks(facts: Facts, objective: str) -> bool:
    """Tell whether an objective is declared or claimed.

    Parameters
    ----------
    facts : Facts
        Of one analysis.
    objective : str
        ``"signature"`` or ``"prediction"``.

    Returns
    -------
    bool
        Its column of the table applies.
    """
    return facts.objective == objective or objective in facts.claims


def no_column(facts: Facts) -> Verdict:
    """Return what a rule of one objective says where that objective is not pursued.

    Parameters
    ----------
    facts : Facts
        Of one analysis.

    Returns
    -------
    Verdict
        Not applicable; unknown without any objective.
    """
    if facts.objective is None and not (asks(facts, "signature") or asks(facts, "prediction")):
        return unknown("objective")
    return not_applicable(
        f"not asked of a study of {facts.objective or facts.claims[0]}", "objective"
    )


def spoken(name: str) -> str:
    """Return the name of a fact as words.

    Parameters
    ----------
    name : str
        As in a protocol.

    Returns
    -------
    str
        Without underscores.
    """
    return name.replace("_", " ")


def _source(facts: Facts, decided: tuple[str, ...]) -> str:
    """Say which facts were measured and which declared."""
    known = [name for name in decided if getattr(facts, name) is not None]
    measured = [spoken(name) for name in known if name in facts.measured]
    declared = [spoken(name) for name in known if name not in facts.measured]
    said = [f"{kind}: {', '.join(names)}" for kind, names in
            (("measured", measured), ("declared", declared)) if names]  # fmt: skip
    return f" ({'; '.join(said)})" if said else ""
