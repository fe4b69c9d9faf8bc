"""N1: normalization across the features of each sample. Signature: required. Prediction: allowed,
with a warning, for accuracy usually falls."""

import pytest

from dolorimeter.audit import RULES


@pytest.mark.parametrize(
    ("normalization", "measured", "expected"),
    [
        ("sample", True, "passed"),
        ("sample", False, "violated"),  # said so, but the samples are not
        ("none", None, "violated"),
        ("none", True, "violated"),
        ("time", True, "violated"),
        ("sample", None, "unknown"),
        (None, True, "unknown"),
        (None, False, "violated"),
        (None, None, "unknown"),
    ],
)
def test_signature_requires_it(status, signature, normalization, measured, expected):
    changes = {"normalization": normalization, "samples_standardized": measured}
    assert status("N1", signature, **changes) == expected


@pytest.mark.parametrize(
    ("normalization", "expected"),
    [
        ("sample", "warned"),
        ("none", "not-applicable"),
        ("time", "not-applicable"),
        (None, "unknown"),
    ],
)
def test_prediction_is_warned_where_it_was_done(status, prediction, normalization, expected):
    assert status("N1", prediction, normalization=normalization) == expected


def test_other_objectives(status, association):
    assert status("N1", association) == "not-applicable"
    assert status("N1", association, objective=None) == "unknown"


def test_the_reason_tells_measured_from_declared(signature):
    from dataclasses import replace

    facts = replace(signature, measured=frozenset({"samples_standardized"}))
    reason = RULES["N1"](facts).reason
    assert reason.endswith("(measured: samples standardized; declared: normalization)")
