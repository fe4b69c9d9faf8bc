"""C6: clinical, medico-legal or real-life use, unless tested there."""

from dataclasses import replace

from dolorimeter.audit import RULES, audit_study


def kinds(facts):
    claim = audit_study([(facts, ())])
    return [
        kind
        for kind in ("granted", "refused", "unproven")
        if any(s.rules[0] == "C6" for s in getattr(claim, kind))
    ]


def test_forbidden_unless_tested_there(status, prediction):
    assert status("C6", prediction) == "not-applicable"
    assert status("C6", prediction, claims=("use",)) == "violated"
    assert status("C6", prediction, claims=("use",), tested_in_use=None) == "unknown"
    assert status("C6", prediction, claims=("use",), tested_in_use=True) == "passed"


def test_use_is_granted_only_with_the_claim_itself(prediction):
    assert kinds(prediction) == ["refused"]
    assert kinds(replace(prediction, tested_in_use=None)) == ["unproven"]
    used = replace(prediction, claims=("use",), tested_in_use=True)
    assert kinds(used) == ["granted"]
    assert kinds(replace(used, null="nominal")) == ["refused"]
    assert kinds(replace(used, null=None)) == ["unproven"]
    assert kinds(replace(used, pain=False)) == ["refused"]


def test_a_signature_is_no_instrument(signature):
    assert RULES["C6"](signature).status == "not-applicable"
    facts = replace(signature, claims=("use",), tested_in_use=True)
    assert RULES["C6"](facts).status == "violated"
    assert not [s for s in audit_study([(facts, ())]).granted if "C6" in s.rules]


def test_use_is_refused_where_later_times_were_used(prediction):
    facts = replace(prediction, claims=("use",), tested_in_use=True, looks_ahead=("smoothing",))
    said = [s for s in audit_study([(facts, ())]).refused if "C6" in s.rules]
    assert "later times" in said[0].text
