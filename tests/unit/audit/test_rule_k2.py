"""K2: test samples grouped by what is to be told. Signature: allowed. Prediction: forbidden."""

from dataclasses import replace

import pytest

from dolorimeter.audit import Test, audit_study


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("nothing", "passed"),
        ("blind", "passed"),
        ("condition", "violated"),
        ("stimulus", "violated"),
        ("rating", "violated"),
        (None, "unknown"),
    ],
)
def test_prediction_forbids_it(status, prediction, by, expected):
    assert status("K2", prediction, grouped_by=by) == expected


@pytest.mark.parametrize("by", ["nothing", "stimulus", None])
def test_signature_allows_it(status, signature, association, by):
    assert status("K2", signature, grouped_by=by) == "not-applicable"
    assert status("K2", association, grouped_by=by) == "not-applicable"


def test_no_objective(status, prediction):
    assert status("K2", prediction, objective=None) == "unknown"


def labelling(facts):
    return [s for s in audit_study([(facts, ())]).granted if s.rules[0] == "K2"]


def test_what_was_done_is_called_labelling(prediction):
    facts = replace(prediction, grouped_by="stimulus", trials_per_test_sample=8)
    claim = audit_study([(facts, ())])
    assert [s.rules[0] for s in claim.granted] == ["K2"]
    assert "labels samples grouped by stimulus" in claim.granted[0].text
    assert "predict" not in claim.granted[0].text
    assert "K2" in next(s for s in claim.refused if s.rules[0] == "C2").rules


@pytest.mark.parametrize(
    "gap",
    [
        {"null": "nominal"},
        {"fitted_outside": ("scaling",)},
        {"shared_families": 1},
        {"result": Test(0.52, 0.49, 0.2)},
        {"result": None},
        {"pain": False},
        {"pain": None},
        {"whom": None},
    ],
)
def test_labelling_too_needs_an_honest_test(prediction, gap):
    facts = replace(prediction, grouped_by="stimulus")
    assert labelling(facts)
    assert not labelling(replace(facts, **gap))
