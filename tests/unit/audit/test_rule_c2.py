"""C2: "predicts pain" is granted only if K3, not K2, V1, K5 and W3 pass, the result beats its null
and the scope is named; never from another objective."""

from dataclasses import replace

import pytest

from dolorimeter.audit import RULES, Test, audit_study

BLOCKS = {
    "K2": {"grouped_by": "rating"},
    "V1": {"exchangeable": False},
    "K5": {"target_in_features": ("rating",)},
    "W3": {"shared_families": 2},
}
GAPS = {
    "K2": {"grouped_by": None},
    "K3": {"trials_per_test_sample": None},
    "V1": {"null": None},
    "K5": {"fitted_outside": None},
    "W3": {"shared_subjects": None},
}
SCOPE = ("cross_validation", "population", "timing", "whom")


def sentence(facts, kind):
    return [s for s in getattr(audit_study([(facts, ())]), kind) if s.rules[0] == "C2"]


def test_granted_with_its_scope(prediction, status):
    assert status("C2", prediction) == "passed"
    (granted,) = audit_study([(prediction, ())]).granted
    assert granted.rules == ("C2", "K2", "K3", "V1", "K5", "W3")
    assert granted.text == (
        "The protocol predicts pain from responses, after the fact, in people not seen in training "
        "(volunteers), tested between subjects: accuracy 0.700 (95 % interval "
        "0.600 to 0.800; mean under the null 0.490; p = 0.001)."
    )


@pytest.mark.parametrize("rule", BLOCKS)
def test_every_violated_rule_blocks(prediction, status, rule):
    facts = replace(prediction, **BLOCKS[rule])
    assert RULES[rule](facts).status == "violated"
    assert status("C2", facts) == "violated"
    assert not sentence(facts, "granted")
    assert sentence(facts, "refused")[0].rules == ("C2", rule)


def test_averages_of_one_stimulus_block_by_both_rules(prediction):
    facts = replace(prediction, grouped_by="stimulus", trials_per_test_sample=4)
    assert sentence(facts, "refused")[0].rules == ("C2", "K2", "K3")


@pytest.mark.parametrize("rule", GAPS)
def test_every_gap_leaves_it_unproven(prediction, status, rule):
    facts = replace(prediction, **GAPS[rule])
    assert RULES[rule](facts).status == "unknown"
    assert status("C2", facts) == "unknown"
    assert not sentence(facts, "granted")
    assert rule in sentence(facts, "unproven")[0].rules


@pytest.mark.parametrize("fact", SCOPE)
def test_the_scope_must_be_named(prediction, status, fact):
    facts = replace(prediction, **{fact: None})
    assert status("C2", facts) == "unknown"
    assert not sentence(facts, "granted")


@pytest.mark.parametrize(
    "result",
    [None, Test(0.7, 0.5, 0.05), Test(0.7, 0.5), Test(0.7, None, 0.01), Test(0.3, 0.5, 0.01)],
)
def test_a_result_that_does_not_beat_its_null_is_unproven(prediction, status, result):
    facts = replace(prediction, result=result)
    assert status("C2", facts) == "unknown"
    assert not sentence(facts, "granted")


@pytest.mark.parametrize("ci95", [None, (0.45, 0.8), (0.49, 0.9)])
def test_others_need_an_interval_over_people_above_the_null(prediction, status, ci95):
    facts = replace(prediction, result=Test(0.7, 0.49, 0.001, ci95))
    assert status("C2", facts) == "unknown"
    assert "interval over people" in sentence(facts, "unproven")[0].text
    same = replace(facts, whom="same-subjects", cross_validation="within-subject")
    assert status("C2", same) == "passed"


@pytest.mark.parametrize(("pain", "kind"), [(False, "refused"), (None, "unproven")])
def test_without_pain_nothing_about_pain(prediction, pain, kind):
    facts = replace(prediction, pain=pain)
    assert not audit_study([(facts, ())]).granted
    assert sentence(facts, kind)


def test_other_objectives_carry_none(signature, prediction, association, status):
    assert status("C2", signature) == "not-applicable"
    assert status("C2", association) == "not-applicable"
    assert status("C2", prediction, objective="signature", claims=("prediction",)) == "violated"
    assert status("C2", prediction, objective="association", claims=("prediction",)) == "violated"
    assert status("C2", prediction, objective=None) == "unknown"
    assert status("C2", prediction, objective=None, claims=("prediction",)) == "unknown"
    assert sentence(signature, "refused")[0].rules == ("C2", "C3")
