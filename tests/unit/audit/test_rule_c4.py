"""C4: cause, necessity, sufficiency: forbidden to both objectives; another kind of study needs an
intervention, and a proposition that was shown."""

from dataclasses import replace

import pytest

from dolorimeter.audit import Proposition, audit_study


@pytest.mark.parametrize("word", ["cause", "necessary", "sufficient"])
def test_forbidden_to_decoding(status, signature, prediction, word):
    for facts in (signature, prediction):
        assert status("C4", facts) == "not-applicable"
        assert status("C4", facts, claims=(word,)) == "violated"
        assert status("C4", facts, claims=(word,), intervention=True) == "violated"


def test_refused_even_where_nobody_asks(signature, prediction):
    for facts in (signature, prediction):
        assert ("C4",) in [s.rules for s in audit_study([(facts, ())]).refused]


def test_another_study_needs_an_intervention(status, association):
    asked = {"claims": ("cause",)}
    assert status("C4", association, **asked) == "unknown"
    assert status("C4", association, intervention=False, **asked) == "violated"
    assert status("C4", association, intervention=True, **asked) == "passed"


def test_and_a_proposition_that_was_shown(association):
    asked = replace(association, claims=("cause",))
    cause = Proposition("Relief of pain teaches the cue", ("C4", "V1"), shown=True)
    for intervention, kind in ((True, "granted"), (None, "unproven"), (False, "refused")):
        claim = audit_study([(replace(asked, intervention=intervention), (cause,))])
        assert any("teaches the cue" in s.text for s in getattr(claim, kind))
