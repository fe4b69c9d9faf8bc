"""C1: a signature is granted only if N1, not N2, N4, S1, V1, K5 and W3 pass and the result beats
its relabelling null; never from another objective."""

from dataclasses import replace

import pytest

from dolorimeter.audit import RULES, Comparator, Test, audit_study

BLOCKS = {
    "N1": {"normalization": "none"},
    "N2": {"amplitude_used": True},
    "N4": {"residual_amplitude": Test(0.5, 0.49, 0.4)},
    "S1": {"comparators": ()},
    "V1": {"null": "nominal"},
    "K5": {"duplicates": 1},
    "W3": {"whom": "new-subjects"},  # tested within subjects
}
GAPS = {
    "N1": {"samples_standardized": None},
    "N2": {"amplitude_used": None},
    "N4": {"residual_amplitude": None},
    "S1": {"comparators": None},
    "V1": {"exchanged": None},
    "K5": {"folds_agree": None},
    "W3": {"whom": None},
}


def sentence(facts, kind):
    return [s for s in getattr(audit_study([(facts, ())]), kind) if s.rules[0] == "C1"]


def test_the_strongest_sentence_finite_comparators_carry(signature, status):
    more = tuple(Comparator(m, (-0.2, 0.2), 0.5, (0.1, 0.3)) for m in ("touch", "sound", "vision"))
    facts = replace(signature, comparators=more)
    assert status("C1", facts) == "passed"
    (granted,) = sentence(facts, "granted")
    assert granted.rules == ("C1", "N1", "N2", "N4", "S1", "V1", "K5", "W3")
    said = "separates pain from touch, sound and vision, matched in salience, within the subjects"
    assert said in granted.text
    assert "unique" not in granted.text
    assert ["unique" in s.text for s in sentence(facts, "unproven")] == [True]


@pytest.mark.parametrize("rule", BLOCKS)
def test_every_violated_rule_blocks(signature, status, rule):
    facts = replace(signature, **BLOCKS[rule])
    assert RULES[rule](facts).status == "violated"
    assert status("C1", facts) == "violated"
    assert not audit_study([(facts, ())]).granted
    assert sentence(facts, "refused")[0].rules == ("C1", rule)


@pytest.mark.parametrize("rule", GAPS)
def test_every_gap_leaves_it_unproven(signature, status, rule):
    facts = replace(signature, **GAPS[rule])
    assert RULES[rule](facts).status == "unknown"
    assert status("C1", facts) == "unknown"
    assert not audit_study([(facts, ())]).granted
    assert sentence(facts, "unproven")[0].rules == ("C1", rule)


@pytest.mark.parametrize(
    "result",
    [None, Test(0.7, 0.5, 0.05), Test(0.7, 0.5), Test(0.7, None, 0.01), Test(0.3, 0.5, 0.01)],
)
def test_a_result_that_does_not_beat_its_null_is_unproven(signature, status, result):
    facts = replace(signature, result=result)
    assert status("C1", facts) == "unknown"
    assert not sentence(facts, "granted")
    assert not sentence(facts, "refused")


@pytest.mark.parametrize(("pain", "kind"), [(False, "refused"), (None, "unproven")])
def test_without_pain_nothing_about_pain(signature, pain, kind):
    facts = replace(signature, pain=pain)
    assert not audit_study([(facts, ())]).granted
    assert "pain" in sentence(facts, kind)[0].text


def test_other_objectives_carry_none(signature, prediction, association, status):
    assert status("C1", prediction) == "not-applicable"
    assert status("C1", association) == "not-applicable"
    assert status("C1", signature, objective="prediction", claims=("signature",)) == "violated"
    assert status("C1", signature, objective="association", claims=("signature",)) == "violated"
    assert status("C1", signature, objective=None) == "unknown"
    assert status("C1", signature, objective=None, claims=("signature",)) == "unknown"
    assert sentence(prediction, "refused")[0].rules == ("C1", "C3")


def test_scope_follows_whom(signature):
    facts = replace(
        signature,
        whom="new-subjects",
        cross_validation="between-subject",
        shared_subjects=0,
        shared_families=0,
    )
    assert "in people not seen in training" in sentence(facts, "granted")[0].text
