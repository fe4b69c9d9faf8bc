"""N3: standardizing over time or trials is not N1. Signature: forbidden. Prediction: allowed."""

import pytest


@pytest.mark.parametrize(
    ("how", "expected"),
    [("time", "violated"), ("sample", "passed"), ("none", "passed"), (None, "unknown")],
)
def test_signature_forbids_it(status, signature, how, expected):
    assert status("N3", signature, normalization=how) == expected


@pytest.mark.parametrize("how", ["time", "sample", None])
def test_prediction_allows_it(status, prediction, how):
    assert status("N3", prediction, normalization=how) == "not-applicable"


def test_other_objectives(status, association):
    assert status("N3", association) == "not-applicable"
    assert status("N3", association, objective=None) == "unknown"
