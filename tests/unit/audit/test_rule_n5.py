"""N5: comparators. Signature: required, though its lack leaves a sentence unproven and blocks
nothing. Prediction: recommended."""

from dataclasses import replace

import pytest

from dolorimeter.audit import audit_study

CASES = [(True, True, None), (True, False, False), (False, None, False), (True, None, "unknown")]


@pytest.mark.parametrize(("univariate", "bulk", "expected"), CASES)
def test_signature_and_prediction(status, signature, prediction, univariate, bulk, expected):
    changes = {"mass_univariate": univariate, "bulk_amplitude": bulk}
    strict = {None: "passed", False: "violated"}.get(expected, expected)
    mild = {None: "passed", False: "warned"}.get(expected, expected)
    assert status("N5", signature, **changes) == strict
    assert status("N5", prediction, **changes) == mild


def test_other_objectives(status, association):
    assert status("N5", association) == "not-applicable"
    assert status("N5", association, objective=None) == "unknown"


@pytest.mark.parametrize("known", [False, None])
def test_its_lack_blocks_nothing_but_is_said(signature, known):
    claim = audit_study([(replace(signature, bulk_amplitude=known), ())])
    assert [s.rules[0] for s in claim.granted] == ["C1"]
    assert [s.text for s in claim.unproven if s.rules == ("N5",)]


def test_nothing_is_said_where_it_was_done(signature):
    assert all(s.rules != ("N5",) for s in audit_study([(signature, ())]).unproven)
