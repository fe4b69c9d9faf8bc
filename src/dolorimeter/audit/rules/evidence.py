"""S1, S2 and V1: specific to what, failing where, and beyond which chance."""

from __future__ import annotations

from collections.abc import Iterator

from ..facts import Comparator, Facts
from .figures import listed, number
from .verdict import Condition, Rule, Verdict, all_of, asks, no_column, not_applicable, unknown


def _s1(facts: Facts) -> Verdict:
    recommended = not asks(facts, "signature")
    if recommended and not asks(facts, "prediction"):
        return no_column(facts)
    if facts.comparators is None:
        return unknown("comparators")
    names = [c.modality for c in facts.comparators]
    tested = Condition("comparators", bool(names), "no other modality was tested")
    each = [condition for c in facts.comparators for condition in _specific(c)]
    margins = sorted({c.margin for c in facts.comparators if c.margin is not None})
    within = f" within {listed([f'{m:g}' for m in margins])}" if margins else ""
    said = f"pain is separated from {listed(names or [''])}, matched in salience{within}"
    verdict = all_of(said, (tested, *each))
    if recommended and verdict.status == "violated":
        text = f"{verdict.text}; specificity is recommended for a prediction"
        return Verdict("warned", text, verdict.decided)
    return verdict


def _specific(c: Comparator) -> Iterator[Condition]:
    """Ask of one modality: as salient as pain, and told from it."""
    salience, margin, separation = c.salience_ci95, c.margin, c.separation_ci95
    if not c.modality:
        yield Condition("comparators", None, "", "a modality without a name")
    if salience is None or margin is None:
        yield Condition("comparators", None, "", f"whether {c.modality} is as salient is not known")
    else:
        wrong = (
            f"{c.modality} is not shown to be as salient: difference {number(salience[0])} to "
            f"{number(salience[1])}, margin {number(margin)}"
        )
        yield Condition("comparators", -margin < salience[0] and salience[1] < margin, wrong)
    if separation is None:
        missing = f"the separation from {c.modality} is not known"
        yield Condition("comparators", None, "", missing)
    else:
        wrong = (
            f"pain is not shown to be separated from {c.modality}: interval "
            f"{number(separation[0])} to {number(separation[1])}"
        )
        yield Condition("comparators", separation[0] > 0, wrong)


def _s2(facts: Facts) -> Verdict:
    if not asks(facts, "prediction"):
        if facts.objective == "signature":
            return not_applicable("asked of predictions", "objective")
        return no_column(facts)
    if facts.failures_reported is None:
        return unknown("failures_reported")
    if facts.failures_reported:
        return Verdict("passed", "contexts of failure are reported", ("failures_reported",))
    text = "contexts in which it fails are not reported, though recommended"
    return Verdict("warned", text, ("failures_reported",))


def _v1(facts: Facts) -> Verdict:
    null = facts.null
    wrong = {
        "nominal": "the null is a nominal level of chance, which cross-validation need not have",
        "none": "there is no null",
    }.get(null or "", "")
    return all_of(
        f"relabelling of {facts.exchanged}",
        (
            Condition("null", None if null is None else null == "relabelling", wrong),
            Condition(
                "exchanged", True if facts.exchanged else None, "", "what was exchanged not known"
            ),
            Condition(
                "exchangeable",
                facts.exchangeable,
                f"{facts.exchanged or 'what was relabelled'}: not exchangeable",
            ),
        ),
    )


s1 = Rule(
    "S1",
    "Specific against equally salient stimuli that do not hurt",
    "blocks",
    "Objective 1",
    "test touch, sound or vision rated as salient as pain, within a margin stated beforehand",
    _s1,
)
s2 = Rule(
    "S2",
    "Contexts of failure are reported",
    "advises",
    "Objective 2",
    "report where the prediction does not hold",
    _s2,
)
v1 = Rule(
    "V1",
    "Null by relabelling what is exchangeable",
    "blocks",
    "inferred here",
    "relabel trials within run and subject, or whole subjects, families or stays, and refit",
    _v1,
)
