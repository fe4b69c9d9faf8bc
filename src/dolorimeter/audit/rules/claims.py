"""C1–C6: which claims the rest carries (Objective 1, Box 1, Concluding Remarks)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from ..facts import Facts
from .evidence import s1, v1
from .figures import beats_null
from .knowledge import k2, k3, k5, k6
from .normalization import n1, n2, n4
from .sharing import w2, w3
from .verdict import Condition, Rule, Verdict, asks, not_applicable, unknown

SIGNATURE_NEEDS = (n1, n2, n4, s1, v1, k5, w3)
PREDICTION_NEEDS = (k2, k3, v1, k5, w3)
NEW = ("new-stays", "new-subjects", "new-groups")
CAUSAL = ("cause", "necessary", "sufficient")
OTHER = {
    "signature": "the objective is a signature, which carries no prediction",
    "prediction": "the objective is a prediction, which carries no signature",
    "association": "the objective is an association",
}


def signature_conditions(facts: Facts) -> list[Condition]:
    """List all that the claim of a signature needs.

    Parameters
    ----------
    facts : Facts
        Of one analysis.

    Returns
    -------
    list of Condition
        Named by rule, or by fact where no rule stands for it.
    """
    conditions = [*_of_any_claim(facts, "signature"), *_of_rules(facts, SIGNATURE_NEEDS)]
    if any(c.holds is False for c in conditions):
        conditions += [c for c in _of_rules(facts, (w2,)) if c.holds is False]
    return [*conditions, _result(facts)]


def prediction_conditions(facts: Facts) -> list[Condition]:
    """List all that the claim "predicts pain" needs, a named scope included.

    Parameters
    ----------
    facts : Facts
        Of one analysis.

    Returns
    -------
    list of Condition
        Named by rule, or by fact where no rule stands for it.
    """
    live = (k6,) if facts.timing == "live" else ()
    named = [
        Condition(name, True if (getattr(facts, name) or "").strip() else None, "")
        for name in ("cross_validation", "population", "timing")
    ]
    rules = _of_rules(facts, (*PREDICTION_NEEDS, *live))
    found = [*_of_any_claim(facts, "prediction"), *rules, *named, _result(facts)]
    asked = facts.whom in NEW and found[-1].holds
    return [*found, _over_people(facts)] if asked else found


def _over_people(facts: Facts) -> Condition:
    """Ask of a claim about others that the interval over people lies above the null's mean.

    A relabelling within people tells whether these people show anything, which one strong subject
    can carry; it says nothing of how others vary.
    """
    test = facts.result
    if test is None or test.ci95 is None or test.null_mean is None:
        return Condition("result", None, "", "its interval over people is not known")
    clear = test.ci95[0] > test.null_mean or None
    missing = "its interval over people reaches the mean under the null"
    return Condition("result", clear, "", missing)


def _of_any_claim(facts: Facts, objective: str) -> Iterator[Condition]:
    declared = facts.objective
    same = None if declared is None else declared == objective
    yield Condition("objective", same, OTHER[declared or objective], "no objective is declared")
    yield Condition("pain", facts.pain, "the target is not pain", "that the target is pain unknown")


def _of_rules(facts: Facts, rules: Sequence[Rule]) -> Iterator[Condition]:
    for rule in rules:
        verdict = rule.check(facts)
        holds = {"passed": True, "warned": True, "violated": False}.get(verdict.status)
        yield Condition(rule.id, holds, verdict.text, verdict.text)


def _result(facts: Facts) -> Condition:
    """Ask for a result beyond its null; one that is not is unproven, not forbidden."""
    beats = beats_null("result", facts.result, "the result")
    return replace(beats, holds=None, missing=beats.wrong) if beats.holds is False else beats


def _claim(
    objective: str, conditions: Callable[[Facts], list[Condition]]
) -> Callable[..., Verdict]:
    """Make the check of C1 or C2."""

    def check(facts: Facts) -> Verdict:
        if not asks(facts, objective):
            if facts.objective is None:
                return unknown("objective")
            return not_applicable(f"no {objective} is claimed", "objective")
        found = conditions(facts)
        failed = [c.name for c in found if c.holds is False]
        if failed:
            return Verdict("violated", f"forbidden by {', '.join(failed)}")
        missing = [c.name for c in found if c.holds is None]
        if missing:
            return Verdict("unknown", f"open: {', '.join(missing)}")
        return Verdict("passed", f"all that a {objective} needs is there")

    return check


def _c3(facts: Facts) -> Verdict:
    if asks(facts, "signature") and asks(facts, "prediction"):
        text = "a signature and a prediction are claimed from one protocol"
        return Verdict("violated", text, ("objective", "claims"))
    if facts.objective is None:
        return unknown("objective")
    return Verdict("passed", "one objective is declared", ("objective",))


def _c4(facts: Facts) -> Verdict:
    claimed = [word for word in CAUSAL if word in facts.claims]
    if not claimed:
        return not_applicable("no cause, necessity or sufficiency is claimed", "claims")
    if facts.objective != "association":
        text = f"claimed: {', '.join(claimed)}; decoding shows no cause"
        return Verdict("violated", text, ("claims",))
    if facts.intervention is None:
        return unknown("intervention")
    if facts.intervention:
        return Verdict("passed", "the study intervened", ("intervention",))
    return Verdict("violated", "the study did not intervene", ("intervention",))


def _c5(facts: Facts) -> Verdict:
    names = ("base_rate", "pattern_given_pain", "pattern_given_no_pain")
    if "reverse-inference" not in facts.claims:
        return not_applicable("no pain is inferred from the pattern", "claims")
    missing = tuple(name for name in names if getattr(facts, name) is None)
    if missing:
        return unknown(*missing)
    if probability_of_pattern(facts) == 0:
        return Verdict("unknown", "the pattern never occurs, so that it tells nothing", names)
    return Verdict("passed", "base rate and rates of the pattern are stated", names)


def probability_of_pattern(facts: Facts) -> float:
    """Return how often the pattern occurs, pain or not.

    Parameters
    ----------
    facts : Facts
        With base rate and both rates of the pattern.

    Returns
    -------
    float
        The denominator of Bayes' rule (science.md, 3.2).
    """
    rate = facts.base_rate or 0.0
    with_pain = rate * (facts.pattern_given_pain or 0.0)
    return with_pain + (1 - rate) * (facts.pattern_given_no_pain or 0.0)


def _c6(facts: Facts) -> Verdict:
    if "use" not in facts.claims:
        return not_applicable("no clinical, medico-legal or real-life use is claimed", "claims")
    if facts.objective == "signature":
        text = "a signature is no instrument: its use may not be claimed"
        return Verdict("violated", text, ("objective", "claims"))
    if facts.tested_in_use is None:
        return unknown("tested_in_use")
    if facts.tested_in_use:
        return Verdict("passed", "tested where it would be used", ("tested_in_use",))
    return Verdict("violated", "not tested where it would be used", ("tested_in_use",))


c1 = Rule(
    "C1",
    "Claim of a signature of pain",
    "blocks",
    "Objective 1, Concluding Remarks",
    "satisfy the rules named; C1 rests on N1, N2, N4, S1, V1, K5 and W3",
    _claim("signature", signature_conditions),
)
c2 = Rule(
    "C2",
    "Claim to predict pain",
    "blocks",
    "Concluding Remarks",
    "satisfy the rules named; C2 rests on K2, K3, V1, K5, W3, a named scope, and K6 where live",
    _claim("prediction", prediction_conditions),
)
c3 = Rule(
    "C3",
    "Both claims from one protocol",
    "blocks",
    "Concluding Remarks",
    "declare one objective for each protocol",
    _c3,
)
c4 = Rule(
    "C4",
    "Claim of cause, necessity or sufficiency",
    "blocks",
    "Box 1, Outstanding Questions",
    "drop the claim; a cause takes an intervention",
    _c4,
)
c5 = Rule(
    "C5",
    "Reverse inference",
    "blocks",
    "Box 1",
    "state the base rate of pain and how often the pattern occurs without pain",
    _c5,
)
c6 = Rule(
    "C6",
    "Claim for clinical, medico-legal or real-life use",
    "blocks",
    "Outstanding Questions",
    "test it where and how it would be used",
    _c6,
)
