"""C5: reverse inference, only with a base rate and how often the pattern occurs without pain."""

from dataclasses import replace

import pytest

from dolorimeter.audit import audit_study

RATES = {"base_rate": 0.1, "pattern_given_pain": 0.8, "pattern_given_no_pain": 0.2}


@pytest.fixture
def inferring(prediction):
    return replace(prediction, claims=("reverse-inference",), **RATES)


def posterior(facts):
    return [s for s in audit_study([(facts, ())]).granted if s.rules[0] == "C5"]


def test_rates_are_needed(status, inferring):
    assert status("C5", inferring) == "passed"
    assert status("C5", inferring, claims=()) == "not-applicable"
    for name in RATES:
        assert status("C5", inferring, **{name: None}) == "unknown"
        assert not posterior(replace(inferring, **{name: None}))


def test_bayes_rule(inferring):
    # 0.8 x 0.1 / (0.8 x 0.1 + 0.2 x 0.9) = 0.08 / 0.26
    (said,) = posterior(inferring)
    assert "30.8 %" in said.text
    assert "80.0 %" in said.text
    certain = replace(inferring, pattern_given_no_pain=0.0)
    assert "100.0 % of those that show" in posterior(certain)[0].text


def test_a_pattern_that_never_occurs_tells_nothing(status, inferring):
    never = {"pattern_given_pain": 0.0, "pattern_given_no_pain": 0.0}
    assert status("C5", inferring, **never) == "unknown"
    assert not posterior(replace(inferring, **never))
    assert not posterior(replace(inferring, base_rate=0.0, pattern_given_no_pain=0.0))


@pytest.mark.parametrize(
    "gap",
    [{"pain": False}, {"pain": None}, {"duplicates": 1}, {"null": "nominal"}, {"result": None},
     {"shared_subjects": 2}, {"objective": None}],
)  # fmt: skip
def test_rates_from_a_leaking_test_are_none(inferring, gap):
    assert not posterior(replace(inferring, **gap))


@pytest.mark.parametrize(
    "spoiled",
    [
        {"grouped_by": "stimulus", "trials_per_test_sample": 12},
        {"looks_ahead": ("x",), "timing": "live"},
    ],
)
def test_rates_of_spoiled_samples_carry_no_inference(prediction, spoiled):
    facts = replace(
        prediction, claims=("reverse-inference",), base_rate=0.2, pattern_given_pain=0.7,
        pattern_given_no_pain=0.3,
    )  # fmt: skip
    assert [s for s in audit_study([(facts, ())]).granted if "C5" in s.rules]
    found = audit_study([(replace(facts, **spoiled), ())])
    assert not [s for s in found.granted if "C5" in s.rules]
