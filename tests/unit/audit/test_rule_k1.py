"""K1: labels in training are allowed to both objectives, whatever else is known."""

from dolorimeter.audit import Facts


def test_always_allowed(status, signature, prediction, association):
    for facts in (signature, prediction, association, Facts()):
        assert status("K1", facts) == "passed"
