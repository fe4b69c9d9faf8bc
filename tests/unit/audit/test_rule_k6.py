"""K6: nothing looks ahead. Signature: allowed. Prediction: forbidden live, else a warning."""

from dataclasses import replace

import pytest

from dolorimeter.audit import audit_study


@pytest.mark.parametrize(
    ("ahead", "timing", "expected"),
    [
        ((), "live", "passed"),
        ((), None, "passed"),
        (("smoothing",), "live", "violated"),
        (("smoothing",), "after-the-fact", "warned"),
        (("smoothing",), None, "unknown"),
        (None, "live", "unknown"),
        (None, "after-the-fact", "unknown"),
    ],
)
def test_prediction(status, prediction, association, ahead, timing, expected):
    for facts in (prediction, association, replace(prediction, objective=None)):
        assert status("K6", facts, looks_ahead=ahead, timing=timing) == expected


def test_signature_allows_it(status, signature):
    assert status("K6", signature, looks_ahead=("smoothing",)) == "not-applicable"


def grants(facts):
    return [s.rules[0] for s in audit_study([(facts, ())]).granted]


def test_it_blocks_a_live_claim_and_no_other(prediction):
    ahead = replace(prediction, looks_ahead=("smoothing",))
    assert grants(ahead) == ["C2"]
    assert grants(replace(ahead, timing="live")) == []
    live = replace(prediction, timing="live")
    assert grants(live) == ["C2"]
    assert "K6" in audit_study([(live, ())]).granted[0].rules
    assert grants(replace(live, looks_ahead=None)) == []


def test_live_use_of_what_looks_ahead_is_refused(prediction):
    refused = audit_study([(replace(prediction, looks_ahead=("smoothing",)), ())]).refused
    assert [s.text for s in refused if s.rules == ("K6", "C2")] == [
        "Live use of what the protocol shows: later times are used by smoothing."
    ]


def test_live_claimed_but_not_tested_live_is_unproven(prediction):
    claim = audit_study([(replace(prediction, claims=("live",)), ())])
    assert [s.rules for s in claim.unproven] == [("K6", "C2")]
