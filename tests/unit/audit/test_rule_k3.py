"""K3: one test sample for each unknown target. Signature: averages allowed. Prediction: required;
averaging that is blind to the target passes."""

import pytest


@pytest.mark.parametrize(
    ("trials", "by", "expected"),
    [
        (1, "nothing", "passed"),
        (1, None, "passed"),
        (4, "blind", "passed"),
        (None, "blind", "passed"),
        (4, "stimulus", "violated"),
        (4, "condition", "violated"),
        (2, "rating", "violated"),
        (4, "nothing", "unknown"),  # a contradiction proves nothing
        (4, None, "unknown"),
        (None, "nothing", "unknown"),
        (None, "stimulus", "unknown"),
        (None, None, "unknown"),
    ],
)
def test_prediction_requires_it(status, prediction, trials, by, expected):
    changes = {"trials_per_test_sample": trials, "grouped_by": by}
    assert status("K3", prediction, **changes) == expected


def test_others(status, signature, association):
    changes = {"trials_per_test_sample": 20, "grouped_by": "stimulus"}
    assert status("K3", signature, **changes) == "not-applicable"
    assert status("K3", association, **changes) == "not-applicable"
    assert status("K3", association, objective=None) == "unknown"
