"""From facts to a claim."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from dolorimeter.core import InputError

from .beyond import further_statements
from .claim import Claim, Finding, Statement
from .facts import Facts
from .proposition import Proposition, judge_proposition
from .protocol import read_protocol
from .rules import RULES
from .statements import Judged, objective_statements
from .words import scope_of, sentence

Analyses = Sequence[tuple[Facts, Sequence[Proposition]]]


def audit_study(analyses: Analyses, scope: str = "") -> Claim:
    """Judge a study: what its analyses carry, what their protocols forbid, what stays unproven.

    Parameters
    ----------
    analyses : sequence of (Facts, sequence of Proposition)
        One or more analyses, each with the sentences it asks to have judged.
    scope : str
        To whom and when the claim applies, in words; written from the facts when empty.

    Returns
    -------
    Claim
        Nothing is granted for lack of evidence. Each rule is found once for each analysis;
        findings that are the same for several are one.

    Raises
    ------
    InputError
        If there is no analysis, or a proposition rests on a rule that does not exist.
    """
    if not analyses:
        raise InputError("analyses", "none", "at least one")
    facts = [each for each, _ in analyses]
    said: dict[str, dict[Statement, None]] = defaultdict(dict)
    for each, propositions in analyses:
        for kind, statement in _judge_one(each, propositions):
            said[kind][replace(statement, text=sentence(statement.text))] = None
    objectives = dict.fromkeys(f.objective or "not declared" for f in facts)
    return Claim(
        objective=" and ".join(objectives),
        scope=scope or scope_of(facts),
        granted=tuple(said["granted"]),
        refused=tuple(said["refused"]),
        unproven=tuple(said["unproven"]),
        findings=tuple(_findings(facts)),
    )


def judge(protocol: Mapping[str, Any] | str | Path) -> Claim:
    """Judge a protocol that need not have been run here.

    Parameters
    ----------
    protocol : mapping, str or path
        A YAML file (docs/formats/protocol.md), or its content.

    Returns
    -------
    Claim
        A fact that is missing is unknown, and grants nothing.

    Raises
    ------
    InputError
        If the file cannot be read, a key is not one of the format's, or a value not of its kind.
    """
    return audit_study([(read_protocol(protocol).facts, ())])


def _judge_one(facts: Facts, propositions: Sequence[Proposition]) -> Iterator[Judged]:
    yield from objective_statements(facts)
    for proposition in propositions:
        yield judge_proposition(facts, proposition)
    yield from further_statements(facts)


def _findings(analyses: Sequence[Facts]) -> Iterator[Finding]:
    """Run every rule on every analysis; merge what is the same but for the analysis."""
    for rule in RULES.values():
        alike: dict[Finding, list[str]] = defaultdict(list)
        for facts in analyses:
            alike[replace(rule(facts), analysis="")].append(facts.label)
        for finding, labels in alike.items():
            whole = len(labels) == len(analyses) > 1
            yield replace(finding, analysis="" if whole else "; ".join(labels))
