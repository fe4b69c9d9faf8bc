"""S2: contexts of failure. Signature: not asked. Prediction: recommended."""

import pytest


@pytest.mark.parametrize(
    ("told", "expected"), [(True, "passed"), (False, "warned"), (None, "unknown")]
)
def test_prediction_recommends_it(status, prediction, told, expected):
    assert status("S2", prediction, failures_reported=told) == expected


def test_others_are_not_asked(status, signature, association):
    assert status("S2", signature, failures_reported=False) == "not-applicable"
    assert status("S2", association, failures_reported=False) == "not-applicable"
    assert status("S2", association, objective=None) == "unknown"
