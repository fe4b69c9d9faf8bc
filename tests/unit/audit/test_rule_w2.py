"""W2: between-subject. Allowed for a signature and default for a prediction, but nothing
fine-grained may be claimed from it."""

from dataclasses import replace

import pytest

from dolorimeter.audit import audit_study


@pytest.mark.parametrize("objective", ["signature", "prediction"])
def test_fine_grained_only_within_subjects(status, signature, objective):
    fine = {"objective": objective, "claims": ("fine-grained",)}
    assert status("W2", signature, cross_validation="between-subject", **fine) == "violated"
    assert status("W2", signature, cross_validation="within-subject", **fine) == "not-applicable"
    assert status("W2", signature, cross_validation=None, **fine) == "unknown"
    plain = {"objective": objective, "cross_validation": "between-subject"}
    assert status("W2", signature, **plain) == "passed"


def test_other_objectives(status, association):
    assert status("W2", association) == "not-applicable"
    assert status("W2", association, objective=None) == "unknown"


def test_the_word_is_refused_and_the_signature_stays(signature):
    facts = replace(signature, cross_validation="between-subject", claims=("fine-grained",))
    claim = audit_study([(facts, ())])
    assert [s.rules[0] for s in claim.granted] == ["C1"]
    assert [s.rules for s in claim.refused if "fine-grained" in s.text] == [("W2",)]


def test_within_subjects_it_is_unproven(signature):
    claim = audit_study([(replace(signature, claims=("fine-grained",)), ())])
    assert [s.rules for s in claim.unproven if "fine-grained" in s.text] == [("W2",)]
    assert not [s for s in claim.granted if "fine-grained" in s.text]
