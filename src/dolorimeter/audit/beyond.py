"""Sentences beyond an objective: whom else, live, fine-grained, unique, cause, inference, use."""

from __future__ import annotations

from collections.abc import Iterator

from .claim import Statement
from .facts import Facts
from .rules import RULES, Condition
from .rules.claims import CAUSAL, probability_of_pattern
from .rules.figures import beats_null, listed
from .statements import Judged, rules_of, weigh
from .words import signal, subject


def further_statements(facts: Facts) -> Iterator[Judged]:
    """Judge what is claimed beyond an objective, and refuse what none of its kind can carry.

    Parameters
    ----------
    facts : Facts
        Of one analysis.

    Yields
    ------
    tuple of str and Statement
        Granted, refused or unproven, and the sentence without capital and full stop.
    """
    yield from _others(facts)
    yield from _live(facts)
    yield from _pattern(facts)
    yield from _inference(facts)
    if facts.objective is not None:
        yield from _cause(facts)
        yield from _use(facts)


def _status(rule: str, facts: Facts) -> str:
    return RULES[rule].check(facts).status


def _others(facts: Facts) -> Iterator[Judged]:
    """Keep a result to those it was tested in."""
    who = subject(facts)
    if facts.whom == "new-stays" and facts.shared_subjects:
        text = f"that what {who} shows holds for new patients: patients in training and test of "
        yield "refused", Statement(f"{text}one fold: {facts.shared_subjects}", ("W3", "C2"))
    elif facts.whom == "same-subjects" and facts.objective in ("signature", "prediction"):
        text = f"that what {who} shows holds for people who were not studied: none was tested"
        yield "refused", Statement(text, ("W3",))


def _live(facts: Facts) -> Iterator[Judged]:
    if facts.objective == "signature" and "live" not in facts.claims:
        return
    ahead, said = facts.looks_ahead, f"live use of what {subject(facts)} shows"
    if ahead and facts.timing != "live":
        text = f"{said}: later times are used by {listed(ahead)}"
        yield "refused", Statement(text, ("K6", "C2"))
    elif "live" in facts.claims and facts.timing != "live":
        text = f"{said}: it was not tested live"
        yield "unproven", Statement(text, ("K6", "C2"))


def _pattern(facts: Facts) -> Iterator[Judged]:
    """Judge "fine-grained", "unique" and "more than amplitude"; finite tests prove none of them."""
    refused = _status("C1", facts) == "violated" or facts.pain is False
    if "fine-grained" in facts.claims:
        text = "that the pattern is fine-grained"
        if _status("W2", facts) == "violated":
            text += ": between-subject cross-validation blurs what is fine"
            yield "refused", Statement(text, ("W2",))
        elif refused:
            yield "refused", Statement(f"{text}: no signature may be claimed", ("C1",))
        else:
            text += ": nothing tested how fine it is"
            yield "unproven", Statement(text, ("W2",))
    if "unique" in facts.claims or facts.objective == "signature":
        text = "that the pattern is unique to pain: no finite set of comparators shows that"
        yield "refused" if refused else "unproven", Statement(text, ("C1", "S1"))
    if facts.objective == "signature" and _status("N5", facts) != "passed":
        text = "that the pattern tells more than a mass-univariate map and bulk amplitude alone: "
        yield "unproven", Statement(text + RULES["N5"].check(facts).text, ("N5",))


def _inference(facts: Facts) -> Iterator[Judged]:
    """Turn the rates of the pattern into the probability of pain (science.md, 3.2)."""
    if "reverse-inference" not in facts.claims:
        return
    conditions = [
        Condition("objective", True if facts.objective else None, "", "no objective is declared"),
        Condition("pain", facts.pain, "the target is not pain", "that the target is pain unknown"),
    ]
    for rule in ("C5", "K5", "W3", "V1", *_spoiling(facts)):
        verdict = RULES[rule].check(facts)
        holds = {"passed": True, "warned": True, "violated": False}.get(verdict.status)
        conditions.append(Condition(rule, holds, verdict.text, verdict.text))
    beats = beats_null("result", facts.result, "the result")
    conditions.append(Condition("result", beats.holds or None, "", beats.wrong or beats.missing))
    kind, reasons = weigh(conditions)
    said = f"that pain can be inferred from the pattern in {signal(facts)}: {reasons}"
    text = _posterior(facts) if kind == "granted" else said
    yield kind, Statement(text, rules_of(facts, conditions, kind, "C5"))


def _spoiling(facts: Facts) -> tuple[str, ...]:
    """Name the rules without which the rates of the pattern are not those of single samples."""
    if facts.objective == "signature":
        return ("N1", "N2", "S1")
    live = ("K6",) if facts.timing == "live" else ()
    return ("K2", "K3", *live) if facts.objective == "prediction" else ()


def _posterior(facts: Facts) -> str:
    rate, hit = facts.base_rate or 0.0, facts.pattern_given_pain or 0.0
    probability = rate * hit / probability_of_pattern(facts)
    prefix = f"{facts.label}: " if facts.label else ""
    return (
        f"{prefix}where {_percent(rate)} of the samples are painful, {_percent(probability)} of "
        f"those that show the pattern in {signal(facts)} are: it occurs in {_percent(hit)} of the "
        f"painful and in {_percent(facts.pattern_given_no_pain or 0.0)} of the others"
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _cause(facts: Facts) -> Iterator[Judged]:
    text = f"any claim of cause, necessity or sufficiency between {signal(facts)} and pain"
    if facts.objective == "association" and facts.intervention is not False:
        if any(word in facts.claims for word in CAUSAL) and facts.intervention is None:
            why = "whether the study intervened is not known"
            yield "unproven", Statement(f"{text}: {why}", ("C4",))
            return
        if facts.intervention:
            return
    yield "refused", Statement(f"{text}: the study does not show it", ("C4",))


def _use(facts: Facts) -> Iterator[Judged]:
    text = "clinical, medico-legal or other real-life use"
    if facts.tested_in_use is False:
        yield "refused", Statement(f"{text}: not tested there", ("C6",))
    elif facts.objective == "signature" and "use" in facts.claims:
        yield "refused", Statement(f"{text}: a signature is no instrument", ("C6",))
    elif facts.tested_in_use is None:
        why = "whether it was tested there is not known"
        yield "unproven", Statement(f"{text}: {why}", ("C6",))
    elif "use" in facts.claims:
        yield _use_where_tested(facts)


def _use_where_tested(facts: Facts) -> Judged:
    """Grant use only with the claim of the objective itself."""
    main = {"signature": "C1", "prediction": "C2"}.get(facts.objective or "")
    status = _status(main, facts) if main else "unknown"
    rules = ("C6", main) if main else ("C6",)
    text = f"use of {subject(facts)} where it was tested ({facts.population})"
    if facts.looks_ahead:
        why = "what was tested uses later times"
        return "refused", Statement(f"{text}: {why}", (*rules, "K6"))
    if status == "passed" and facts.population:
        return "granted", Statement(text, rules)
    why = "the claim of the objective itself is not granted"
    kind = "refused" if status == "violated" else "unproven"
    return kind, Statement(f"{text}: {why}", rules)  # type: ignore[return-value]
