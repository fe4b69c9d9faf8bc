"""N1–N5: what of the signal was used (Hu & Iannetti 2016, "Signal Normalization", Objective 1)."""

from __future__ import annotations

from ..facts import Facts
from .figures import beats_null, in_words
from .verdict import Condition, Rule, Verdict, all_of, asks, no_column, not_applicable, unknown

SECTION = "Signal Normalization"
NORMALIZED = {
    "none": "samples were not normalized across their features",
    "time": "samples were standardized over time or trials, not across their features",
}


def _n1(facts: Facts) -> Verdict:
    how = facts.normalization
    if asks(facts, "signature"):
        return all_of(
            "every sample was normalized across its features",
            (
                Condition("normalization", how and how == "sample", NORMALIZED.get(how or "", "")),
                Condition(
                    "samples_standardized",
                    facts.samples_standardized,
                    "samples do not have mean 0 and deviation 1 across their features",
                ),
            ),
        )
    if not asks(facts, "prediction"):
        return no_column(facts)
    if how is None:
        return unknown("normalization")
    if how == "sample":
        text = "allowed for a prediction, but accuracy usually falls without amplitude"
        return Verdict("warned", text, ("normalization",))
    return not_applicable("a prediction needs no such normalization", "normalization")


def _n2(facts: Facts) -> Verdict:
    used = facts.amplitude_used
    if asks(facts, "signature"):
        wrong = "bulk amplitude took part, which is not specific to pain"
        unused = None if used is None else not used
        return all_of("bulk amplitude took no part", (Condition("amplitude_used", unused, wrong),))
    if not asks(facts, "prediction"):
        return no_column(facts)
    if used is None:
        return unknown("amplitude_used")
    if used:
        return Verdict("passed", "bulk amplitude is used, as recommended", ("amplitude_used",))
    text = "bulk amplitude is left out, though a prediction may use it and usually gains"
    return Verdict("warned", text, ("amplitude_used",))


def _n3(facts: Facts) -> Verdict:
    how = facts.normalization
    if asks(facts, "signature"):
        fine = None if how is None else how != "time"
        wrong = "standardizing over time or trials was counted as normalization across features"
        return all_of(
            "no standardizing over time or trials stands in for it",
            (Condition("normalization", fine, wrong),),
        )
    if asks(facts, "prediction"):
        return not_applicable("allowed for a prediction", "objective")
    return no_column(facts)


def _n4(facts: Facts) -> Verdict:
    if not asks(facts, "signature"):
        return no_column(facts)
    test = facts.residual_amplitude
    beats = beats_null("residual_amplitude", test, "the result with amplitude matched")
    said = f": {in_words(test)}" if test is not None else ""
    return all_of(f"the result survives matched amplitude{said}", (beats,))


def _n5(facts: Facts) -> Verdict:
    recommended = not asks(facts, "signature")
    if recommended and not asks(facts, "prediction"):
        return no_column(facts)
    verdict = all_of(
        "compared with the mass-univariate result and with bulk amplitude alone",
        (
            Condition("mass_univariate", facts.mass_univariate, "no mass-univariate comparison"),
            Condition(
                "bulk_amplitude", facts.bulk_amplitude, "no comparison with bulk amplitude alone"
            ),
        ),
    )
    if recommended and verdict.status == "violated":
        return Verdict("warned", f"{verdict.text}, though recommended", verdict.decided)
    return verdict


n1 = Rule(
    "N1",
    "Normalization across the features of each sample",
    "blocks",
    SECTION,
    "subtract from each sample its mean over the region's voxels and divide by their deviation",
    _n1,
)
n2 = Rule(
    "N2",
    "Use of bulk amplitude",
    "blocks",
    "Objectives 1 and 2",
    "take bulk amplitude out for a signature; keep it for a prediction",
    _n2,
)
n3 = Rule(
    "N3",
    "Standardizing over time or trials is not normalization across features",
    "blocks",
    f"{SECTION} (definition)",
    "normalize each sample across its features",
    _n3,
)
n4 = Rule(
    "N4",
    "Residual amplitude",
    "blocks",
    "inferred here",
    "match mean and deviation before normalization across classes, and test again",
    _n4,
)
n5 = Rule(
    "N5",
    "Compared with the mass-univariate result and with bulk amplitude alone",
    "limits",
    "Box 1, Objective 1",
    "run both comparators on the same folds",
    _n5,
)
