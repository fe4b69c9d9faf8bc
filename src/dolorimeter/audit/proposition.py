"""Sentences that a study asks to have judged, beyond those of its objective."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dolorimeter.core import InputError

from .claim import Statement
from .facts import Facts
from .rules import RULES, Condition
from .statements import Judged, rules_of, weigh


@dataclass(frozen=True, slots=True)
class Proposition:
    """A sentence, what it rests on and whether the data showed it.

    It is granted if it was shown and every rule it rests on passed or warned; refused if one of
    them is violated; unproven otherwise, a rule that does not apply to the study included. A
    proposition about pain needs the target to be pain. Without a rule nothing is granted.

    Attributes
    ----------
    text : str
        The sentence without its full stop, as it would be granted: ``"Vital signs add …"``.
    rules : tuple of str
        Ids of the rules it rests on.
    shown : bool or None
        Whether the data showed it; None: not tested.
    evidence : str
        Figures behind it, in words.
    about_pain : bool
        Whether the sentence says anything about pain.

    Raises
    ------
    InputError
        If it rests on a rule that does not exist.
    """

    text: str
    rules: tuple[str, ...]
    shown: bool | None
    evidence: str = ""
    about_pain: bool = True

    def __post_init__(self) -> None:
        for rule in self.rules:
            if rule not in RULES:
                raise InputError("rules", repr(rule), f"ids among {', '.join(RULES)}")


def judge_proposition(facts: Facts, proposition: Proposition) -> Judged:
    """Judge one sentence by the rules it rests on.

    Parameters
    ----------
    facts : Facts
        Of the analysis that asks.
    proposition : Proposition
        The sentence.

    Returns
    -------
    tuple of str and Statement
        Granted, refused or unproven, and the sentence without capital and full stop.
    """
    conditions = list(_conditions(facts, proposition))
    kind, reasons = weigh(conditions)
    rules = rules_of(facts, conditions, kind) or proposition.rules
    said = proposition.text + (f": {proposition.evidence}" if proposition.evidence else "")
    if kind == "granted":
        return kind, Statement(said, rules)
    return kind, Statement(f"that {_inside(said)} – {reasons}", rules)


def _conditions(facts: Facts, proposition: Proposition) -> Iterator[Condition]:
    declared = True if facts.objective else None
    yield Condition("objective", declared, "", "no objective is declared")
    if proposition.about_pain:
        yield Condition("pain", facts.pain, "the target is not pain", "whether it is pain unknown")
    if not proposition.rules:
        yield Condition("rules", None, "", "it names no rule to rest on")
    for rule in proposition.rules:
        verdict = RULES[rule].check(facts)
        holds = {"passed": True, "warned": True, "violated": False}.get(verdict.status)
        yield Condition(rule, holds, verdict.text, verdict.text)
    missing = "not tested" if proposition.shown is None else "tested and not shown"
    yield Condition("shown", proposition.shown or None, "", missing)


def _inside(text: str) -> str:
    """Let a sentence go on after "that", names in capitals left alone."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text
