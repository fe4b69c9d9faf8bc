"""N2: bulk amplitude. Signature: forbidden. Prediction: allowed and recommended."""

import pytest


@pytest.mark.parametrize(
    ("used", "expected"), [(False, "passed"), (True, "violated"), (None, "unknown")]
)
def test_signature_forbids_it(status, signature, used, expected):
    assert status("N2", signature, amplitude_used=used) == expected


@pytest.mark.parametrize(
    ("used", "expected"), [(True, "passed"), (False, "warned"), (None, "unknown")]
)
def test_prediction_recommends_it(status, prediction, used, expected):
    assert status("N2", prediction, amplitude_used=used) == expected


def test_other_objectives(status, association):
    assert status("N2", association) == "not-applicable"
    assert status("N2", association, objective=None) == "unknown"


def test_a_prediction_that_also_claims_a_signature_is_held_to_it(status, prediction):
    assert status("N2", prediction, claims=("signature",)) == "violated"
