"""C6: clinical, medico-legal or real-life use, unless tested there."""

from dataclasses import replace

from dolorimeter.audit import audit_study


def kinds(facts):
    claim = audit_study([(facts, ())])
    return [
        kind
        for kind in ("granted", "refused", "unproven")
        if any(s.rules[0] == "C6" for s in getattr(claim, kind))
    ]


def test_forbidden_unless_tested_there(status, signature, prediction):
    for facts in (signature, prediction):
        assert status("C6", facts) == "not-applicable"
        assert status("C6", facts, claims=("use",)) == "violated"
        assert status("C6", facts, claims=("use",), tested_in_use=None) == "unknown"
        assert status("C6", facts, claims=("use",), tested_in_use=True) == "passed"


def test_use_is_granted_only_with_the_claim_itself(prediction):
    assert kinds(prediction) == ["refused"]
    assert kinds(replace(prediction, tested_in_use=None)) == ["unproven"]
    used = replace(prediction, claims=("use",), tested_in_use=True)
    assert kinds(used) == ["granted"]
    assert kinds(replace(used, null="nominal")) == ["refused"]
    assert kinds(replace(used, null=None)) == ["unproven"]
    assert kinds(replace(used, pain=False)) == ["refused"]
