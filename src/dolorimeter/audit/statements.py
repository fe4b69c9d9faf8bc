"""The sentences of an objective: C1, C2, and labelling where that is what was done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from .claim import Statement
from .facts import Facts
from .rules import RULES, Condition
from .rules.claims import prediction_conditions, signature_conditions
from .rules.evidence import v1
from .rules.figures import beats_null, in_words, listed
from .rules.knowledge import k2, k5
from .rules.sharing import w3
from .rules.verdict import asks
from .words import TESTED, TIMING, WHOM, signal, subject

Kind = Literal["granted", "refused", "unproven"]
Judged = tuple[Kind, Statement]


def objective_statements(facts: Facts) -> Iterator[Judged]:
    """Judge the sentences that an objective stands for.

    Parameters
    ----------
    facts : Facts
        Of one analysis.

    Yields
    ------
    tuple of str and Statement
        Granted, refused or unproven, and the sentence without capital and full stop.
    """
    if asks(facts, "signature"):
        yield _signature(facts)
    elif facts.objective == "prediction":
        said = f"that a pattern in {signal(facts)} is a signature of pain"
        text = f"{said}: the objective is a prediction"
        yield "refused", Statement(text, ("C1", "C3"))
    if asks(facts, "prediction"):
        yield _prediction(facts)
        yield from _labelling(facts)
    elif facts.objective == "signature":
        text = f"that {subject(facts)} predicts pain: the objective is a signature"
        yield "refused", Statement(text, ("C2", "C3"))
    if asks(facts, "signature") and asks(facts, "prediction"):
        text = "both a signature and a prediction of pain: one protocol cannot carry both"
        yield "refused", Statement(text, ("C3",))
    if facts.objective is None and not facts.claims:
        yield "unproven", Statement("any claim: no objective is declared", ("C1", "C2"))
    if facts.objective == "association" and facts.pain is False:
        yield "refused", Statement("any claim about pain: the target is not pain", ("C1", "C2"))


def _signature(facts: Facts) -> Judged:
    conditions = signature_conditions(facts)
    prefix = f"{facts.label}: " if facts.label else ""
    kind, reasons = weigh(conditions)
    if kind != "granted":
        text = f"{prefix}that a pattern in {signal(facts)} is a signature of pain: {reasons}"
        return kind, Statement(text, rules_of(facts, conditions, kind, "C1"))
    within = f"within {WHOM['same-subjects']}"
    where = within if facts.whom == "same-subjects" else f"in {WHOM[facts.whom or '']}"
    return kind, Statement(
        f"{prefix}a pattern in {signal(facts)} separates pain from {_others(facts)}, matched in "
        f"salience, {where}{_of(facts)}: {_figure(facts)}",
        rules_of(facts, conditions, kind, "C1"),
    )


def _prediction(facts: Facts) -> Judged:
    conditions = prediction_conditions(facts)
    said = f"{subject(facts)} predicts pain from {signal(facts)}"
    kind, reasons = weigh(conditions)
    if kind != "granted":
        return kind, Statement(f"that {said}: {reasons}", rules_of(facts, conditions, kind, "C2"))
    when, how = TIMING[facts.timing or ""], TESTED[facts.cross_validation or ""]
    if facts.cross_validation == "within-subject":
        how += " and so of limited use"
    text = f"{said}, {when}, in {WHOM[facts.whom or '']}{_of(facts)}, {how}: {_figure(facts)}"
    return kind, Statement(text, rules_of(facts, conditions, kind, "C2"))


def _labelling(facts: Facts) -> Iterator[Judged]:
    """Describe what was done where test samples were grouped; the verb of C2 is not for it."""
    if facts.objective != "prediction" or k2.check(facts).status != "violated" or not facts.pain:
        return
    statuses = {rule.id: rule.check(facts).status for rule in (v1, k5, w3)}
    beaten = beats_null("result", facts.result, "the result").holds
    if beaten and all(status in ("passed", "warned") for status in statuses.values()):
        text = (
            f"{subject(facts)} labels samples grouped by {facts.grouped_by} from {signal(facts)}, "
            f"in {WHOM[facts.whom or '']}{_of(facts)}: {_figure(facts)}; this says nothing of "
            "single samples"
        )
        passed = (name for name, status in statuses.items() if status == "passed")
        yield "granted", Statement(text, ("K2", *passed))


def weigh(conditions: Sequence[Condition]) -> tuple[Kind, str]:
    """Add up conditions: refused by one that fails, unproven by one that is not known.

    Parameters
    ----------
    conditions : sequence of Condition
        All that a sentence needs.

    Returns
    -------
    tuple of str and str
        The kind, and the reasons in words.
    """
    for kind, state in (("refused", False), ("unproven", None)):
        held = [c for c in conditions if c.holds is state]
        if held:
            return kind, "; ".join(dict.fromkeys(c.reason() for c in held))  # type: ignore[return-value]
    return "granted", ""


def rules_of(
    facts: Facts, conditions: Sequence[Condition], kind: Kind, *first: str
) -> tuple[str, ...]:
    """Return the rules that a sentence rests on.

    Parameters
    ----------
    facts : Facts
        Of one analysis.
    conditions : sequence of Condition
        Named by rule or by fact.
    kind : str
        What became of the sentence.
    *first : str
        Ids to name first: the claim's own rule.

    Returns
    -------
    tuple of str
        Those that passed for a grant, not those that only warned; those that forbid; or those
        left open.
    """
    state = {"granted": True, "refused": False, "unproven": None}[kind]
    named = [c.name for c in conditions if c.holds is state and c.name in RULES]
    if kind == "granted":
        named = [name for name in named if RULES[name].check(facts).status == "passed"]
    return tuple(dict.fromkeys((*first, *named)))


def _others(facts: Facts) -> str:
    return listed([c.modality for c in facts.comparators or ()])


def _of(facts: Facts) -> str:
    return f" ({facts.population})" if facts.population else ""


def _figure(facts: Facts) -> str:
    return in_words(facts.result) if facts.result is not None else ""
