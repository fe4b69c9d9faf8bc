"""W1–W3: who is in training and who in the test ("Within-Subject versus Between-Subject")."""

from __future__ import annotations

from ..facts import Facts
from .verdict import Condition, Rule, Verdict, all_of, asks, no_column, not_applicable, unknown

SECTION = "Within-Subject versus Between-Subject"


def _w1(facts: Facts) -> Verdict:
    how = facts.cross_validation
    if not (asks(facts, "signature") or asks(facts, "prediction")):
        return no_column(facts)
    if how is None:
        return unknown("cross_validation")
    if how == "between-subject":
        return not_applicable("cross-validation is between subjects", "cross_validation")
    if asks(facts, "prediction"):
        text = "within-subject, limited use: it must be trained anew for each person"
        return Verdict("warned", text, ("cross_validation",))
    return Verdict("passed", "within-subject, as a signature asks", ("cross_validation",))


def _w2(facts: Facts) -> Verdict:
    how, fine = facts.cross_validation, "fine-grained" in facts.claims
    if not (fine or asks(facts, "signature") or asks(facts, "prediction")):
        return no_column(facts)
    if how is None:
        return unknown("cross_validation")
    if how == "within-subject":
        return not_applicable("cross-validation is within subjects", "cross_validation")
    if fine:
        text = "a fine-grained pattern is claimed from cross-validation between subjects"
        return Verdict("violated", text, ("cross_validation",))
    text = "between-subject, and no fine-grained pattern is claimed"
    return Verdict("passed", text, ("cross_validation",))


def _w3(facts: Facts) -> Verdict:
    whom, shared = facts.whom, facts.shared_subjects
    if whom is None:
        return unknown("whom")
    if whom == "same-subjects" and facts.objective == "association":
        text = "the claim is about the subjects studied, and people like them as far as these stand"
        return Verdict("passed", f"{text} for them; nobody else was tested", ("whom",))
    if whom == "same-subjects":
        return Verdict("passed", "the claim is about the subjects studied, no others", ("whom",))
    if whom == "new-stays":
        if shared is None:
            return unknown("shared_subjects")
        if shared:
            text = f"new stays of known patients: {shared} stand in training and test of one fold"
            return Verdict("warned", text, ("shared_subjects", "whom"))
        return Verdict("passed", "no patient is in training and test", ("shared_subjects", "whom"))
    if whom == "new-groups":
        text = "no one tested, no relative and nobody of their site was seen in training"
        return all_of(text, (*_new(facts), _sites(facts)))
    return all_of("no one tested, and no relative, was seen in training", _new(facts))


def _sites(facts: Facts) -> Condition:
    """Ask that whole sites were left out."""
    sites = facts.shared_sites
    wrong = f"sites in training and test of one fold: {sites}"
    return Condition("shared_sites", None if sites is None else sites == 0, wrong)


def _new(facts: Facts) -> tuple[Condition, ...]:
    """List what a claim about new people needs."""
    how, subjects, families = facts.cross_validation, facts.shared_subjects, facts.shared_families
    return (
        Condition(
            "cross_validation",
            None if how is None else how == "between-subject",
            "the claim is about new people, but each was trained and tested within",
        ),
        Condition(
            "shared_subjects",
            None if subjects is None else subjects == 0,
            f"subjects in training and test of one fold: {subjects}",
        ),
        Condition(
            "shared_families",
            None if families is None else families == 0,
            f"families in training and test of one fold: {families}",
        ),
    )


w1 = Rule(
    "W1",
    "Within-subject cross-validation",
    "limits",
    SECTION,
    "leave whole subjects out for a claim about others",
    _w1,
)
w2 = Rule(
    "W2",
    "Between-subject cross-validation carries no fine-grained claim",
    "limits",
    SECTION,
    "drop the word fine-grained, or cross-validate within subjects",
    _w2,
)
w3 = Rule(
    "W3",
    "No sample of a test subject, patient or family in training",
    "blocks",
    f"{SECTION}, Fig 2",
    "leave whole subjects (patients, families) out, or claim only what was tested",
    _w3,
)
