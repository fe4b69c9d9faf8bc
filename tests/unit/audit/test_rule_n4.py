"""N4: the result survives matched mean and deviation. Required of a signature alone."""

import pytest

from dolorimeter.audit import Test


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        (Test(0.64, 0.49, 0.001), "passed"),
        (Test(0.64, 0.49, 0.0499), "passed"),
        (Test(0.64, 0.49, 0.05), "violated"),
        (Test(0.51, 0.49, 0.3), "violated"),
        (Test(0.30, 0.49, 0.001), "violated"),  # two-sided p, below its null
        (Test(0.64, 0.49, None), "unknown"),
        (Test(0.64, None, 0.001), "unknown"),
        (Test(None, 0.49, 0.001), "unknown"),
        (None, "unknown"),
    ],
)
def test_signature_requires_it(status, signature, test, expected):
    assert status("N4", signature, residual_amplitude=test) == expected


def test_others_are_not_asked(status, prediction, association):
    assert status("N4", prediction) == "not-applicable"
    assert status("N4", association) == "not-applicable"
    assert status("N4", association, objective=None) == "unknown"
