"""K1–K6: what was known that would not be in use ("Use of Prior Knowledge")."""

from __future__ import annotations

from ..facts import Facts
from .figures import listed
from .verdict import Condition, Rule, Verdict, all_of, asks, no_column, not_applicable, unknown

SECTION = "Use of Prior Knowledge"
GROUPED = ("condition", "stimulus", "rating")


def _k1(facts: Facts) -> Verdict:  # noqa: ARG001 (allowed whatever the facts)
    return Verdict("passed", "labels may be used in training, and training trials averaged")


def _k2(facts: Facts) -> Verdict:
    by = facts.grouped_by
    if not asks(facts, "prediction"):
        return _allowed(facts, "labelling is allowed, if it is called so")
    if by is None:
        return unknown("grouped_by")
    if by in GROUPED:
        text = f"test samples were averaged or grouped by {by}: labelling"
        return Verdict("violated", text, ("grouped_by",))
    return Verdict("passed", "no test sample was grouped by what is to be told", ("grouped_by",))


def _k3(facts: Facts) -> Verdict:
    trials, by = facts.trials_per_test_sample, facts.grouped_by
    if not asks(facts, "prediction"):
        return _allowed(facts, "test samples may be averages")
    if trials == 1:
        text = "one test sample for each unknown target"
        return Verdict("passed", text, ("trials_per_test_sample",))
    if by == "blind":
        return Verdict("passed", "test samples were averaged blind to the target", ("grouped_by",))
    if trials is None:
        return unknown("trials_per_test_sample")
    if by in GROUPED:
        text = f"at least {trials} trials of one {by} stand behind some test sample"
        return Verdict("violated", text, ("trials_per_test_sample", "grouped_by"))
    return Verdict(
        "unknown",
        f"at least {trials} trials stand behind some test sample, chosen in a way not known",
        ("trials_per_test_sample",),
        ("grouped_by",),
    )


def _k4(facts: Facts) -> Verdict:
    forced = facts.forced_choice
    if not asks(facts, "prediction"):
        return _allowed(facts, "a forced choice is allowed, if it is called so")
    if forced is None:
        return unknown("forced_choice")
    if not forced:
        return Verdict("passed", "the result is no forced choice", ("forced_choice",))
    if facts.grouped_by in GROUPED:
        text = "a forced choice between two grouped samples is reported as accuracy"
        return Verdict("violated", text, ("forced_choice", "grouped_by"))
    text = "a forced choice: that one of two is painful was known beforehand"
    return Verdict("warned", text, ("forced_choice",))


def _k5(facts: Facts) -> Verdict:
    outside, held, twice = facts.fitted_outside, facts.target_in_features, facts.duplicates
    return all_of(
        "nothing reached the training folds from their test folds",
        (
            Condition(
                "fitted_outside",
                None if outside is None else not outside,
                f"fitted outside the training folds: {listed(outside or ('',))}",
            ),
            Condition(
                "target_in_features",
                None if held is None else not held,
                f"the target stands among the features: {listed(held or ('',))}",
            ),
            Condition(
                "duplicates",
                None if twice is None else twice == 0,
                f"identical samples on both sides of a fold: {twice}",
            ),
            Condition(
                "folds_agree",
                facts.folds_agree,
                "folds split what they are said to keep whole, or results stand on different folds",
            ),
        ),
    )


def _k6(facts: Facts) -> Verdict:
    ahead = facts.looks_ahead
    if facts.objective == "signature" and not asks(facts, "prediction"):
        return not_applicable("a signature may use all times", "objective")
    if ahead is None:
        return unknown("looks_ahead")
    if not ahead:
        return Verdict("passed", "nothing uses later times", ("looks_ahead",))
    said = f"later times are used by {listed(ahead)}"
    if facts.timing is None:
        return Verdict("unknown", f"{said}; timing not known", ("looks_ahead",), ("timing",))
    status, tail = (
        ("violated", "") if facts.timing == "live" else ("warned", ": after the fact only")
    )
    return Verdict(status, said + tail, ("looks_ahead", "timing"))  # type: ignore[arg-type]


def _allowed(facts: Facts, text: str) -> Verdict:
    """Return that a signature may do what a prediction may not."""
    if facts.objective == "signature":
        return not_applicable(text, "objective")
    return no_column(facts)


k1 = Rule("K1", "Labels used in training", "advises", SECTION, "", _k1)
k2 = Rule(
    "K2",
    "Test samples averaged or grouped by condition, stimulus or rating",
    "blocks",
    SECTION,
    "test on single trials, or average blind to the target; or call it labelling",
    _k2,
)
k3 = Rule(
    "K3",
    "One test sample for each unknown target",
    "blocks",
    SECTION,
    "test on single trials, or on one scan of each person",
    _k3,
)
k4 = Rule(
    "K4",
    "Forced choice reported as accuracy",
    "limits",
    f"{SECTION}, Fig 3",
    "report the forced choice apart, as labelling accuracy",
    _k4,
)
k5 = Rule(
    "K5",
    "Selection, tuning and scaling inside the training folds",
    "blocks",
    "inferred here",
    "fit everything on the training samples of each fold, and keep copies of samples together",
    _k5,
)
k6 = Rule(
    "K6",
    "Nothing looks ahead of the time it tells",
    "blocks",
    "inferred here",
    "for live use take a filter, a causal reference and targets known at the time",
    _k6,
)
