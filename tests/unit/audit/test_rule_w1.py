"""W1: within-subject. Signature: default. Prediction: allowed, labelled of limited use."""

from dataclasses import replace

from dolorimeter.audit import audit_study


def test_signature(status, signature):
    assert status("W1", signature) == "passed"
    assert status("W1", signature, cross_validation="between-subject") == "not-applicable"
    assert status("W1", signature, cross_validation=None) == "unknown"


def test_prediction_is_warned_and_its_sentence_says_so(status, prediction):
    assert status("W1", prediction) == "not-applicable"
    assert status("W1", prediction, cross_validation="within-subject") == "warned"
    within = replace(prediction, cross_validation="within-subject", whom="same-subjects")
    granted = audit_study([(within, ())]).granted
    assert "tested within subjects and so of limited use" in granted[0].text


def test_other_objectives(status, association):
    assert status("W1", association) == "not-applicable"
    assert status("W1", association, objective=None) == "unknown"
