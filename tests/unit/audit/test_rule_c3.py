"""C3: one protocol carries one of both claims."""

from dataclasses import replace

from dolorimeter.audit import audit_study


def test_both_are_violated(status, signature, prediction):
    assert status("C3", signature) == "passed"
    assert status("C3", prediction) == "passed"
    assert status("C3", signature, claims=("prediction",)) == "violated"
    assert status("C3", prediction, claims=("signature",)) == "violated"
    assert (
        status("C3", prediction, objective=None, claims=("signature", "prediction")) == "violated"
    )
    assert status("C3", prediction, objective=None) == "unknown"


def test_the_second_claim_is_refused_and_the_first_stands_on_its_own(prediction):
    claim = audit_study([(replace(prediction, claims=("signature",)), ())])
    assert [s.rules[0] for s in claim.granted] == ["C2"]
    assert {"C1", "C3"} <= {s.rules[0] for s in claim.refused}
