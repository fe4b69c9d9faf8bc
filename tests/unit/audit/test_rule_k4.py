"""K4: forced choice between grouped samples. Signature: allowed. Prediction: forbidden."""

import pytest


@pytest.mark.parametrize(
    ("forced", "by", "expected"),
    [
        (True, "stimulus", "violated"),
        (True, "condition", "violated"),
        (True, "nothing", "warned"),  # one of two is painful, and that was known
        (True, None, "warned"),
        (False, "stimulus", "passed"),
        (None, "stimulus", "unknown"),
    ],
)
def test_prediction_forbids_it(status, prediction, forced, by, expected):
    assert status("K4", prediction, forced_choice=forced, grouped_by=by) == expected


def test_others(status, signature, association):
    assert status("K4", signature, forced_choice=True) == "not-applicable"
    assert status("K4", association, forced_choice=True) == "not-applicable"
    assert status("K4", association, objective=None) == "unknown"
