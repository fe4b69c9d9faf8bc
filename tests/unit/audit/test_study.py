"""Several analyses of one study, and a kind of study the audit has never heard of."""

import json
from dataclasses import replace

import pytest

from dolorimeter.audit import RULES, Facts, Proposition, Test, audit_study
from dolorimeter.core import InputError


def test_each_rule_once_for_each_analysis(prediction):
    a, b = replace(prediction, label="HMM"), replace(prediction, label="NB", grouped_by="rating")
    claim = audit_study([(a, ()), (b, ())])
    for label in ("HMM", "NB"):
        about = [f.rule for f in claim.findings if f.analysis in ("", label)]
        assert about == list(RULES)
    k2 = {f.analysis: f.status for f in claim.findings if f.rule == "K2"}
    assert k2 == {"HMM": "passed", "NB": "violated"}
    assert [f.analysis for f in claim.findings if f.rule == "K5"] == [""]


def test_findings_of_some_analyses_name_them(prediction):
    facts = [replace(prediction, label=x) for x in ("HMM", "NB")]
    other = replace(prediction, label="chain", grouped_by="rating")
    claim = audit_study([(each, ()) for each in (*facts, other)])
    assert [f.analysis for f in claim.findings if f.rule == "K2"] == ["HMM; NB", "chain"]


def test_one_analysis_keeps_its_label(prediction):
    claim = audit_study([(replace(prediction, label="HMM"), ())])
    assert {f.analysis for f in claim.findings} == {"HMM"}
    assert claim.granted[0].text.startswith("HMM predicts pain")


def test_equal_statements_are_said_once(prediction):
    claim = audit_study([(replace(prediction, label=x), ()) for x in ("HMM", "NB")])
    assert len(claim.granted) == 2
    assert sum(s.rules == ("C4",) for s in claim.refused) == 1


def test_scope_is_written_or_given(prediction):
    assert audit_study([(prediction, ())]).scope == (
        "People not seen in training (volunteers); after the fact; tested between subjects."
    )
    assert audit_study([(prediction, ())], scope="Mine.").scope == "Mine."
    assert "not named" in audit_study([(Facts(), ())]).scope


def test_no_analysis():
    with pytest.raises(InputError, match="analyses"):
        audit_study([])


LEARNED = Proposition(
    "Relief after the cue is learned as a temporal difference predicts",
    ("V1", "K5", "W3"),
    shown=True,
    evidence="r = 0.31, permuted p = 0.004",
)


def test_a_learning_study_lives_by_its_propositions(association):
    claim = audit_study([(association, (LEARNED,))])
    (granted,) = claim.granted
    assert granted.rules == ("V1", "K5", "W3")
    assert granted.text.endswith("r = 0.31, permuted p = 0.004.")
    assert claim.objective == "association"
    assert not {s.rules[0] for s in claim.granted} & {"C1", "C2"}
    assert json.loads(json.dumps(claim.to_dict(), allow_nan=False)) == claim.to_dict()


@pytest.mark.parametrize(
    ("facts", "asked", "kind"),
    [
        ({"null": "nominal"}, {}, "refused"),
        ({"null": None}, {}, "unproven"),
        ({"objective": None}, {}, "unproven"),
        ({"pain": False}, {}, "refused"),
        ({"pain": None}, {}, "unproven"),
        ({"pain": False}, {"about_pain": False}, "granted"),
        ({}, {"shown": False}, "unproven"),
        ({}, {"shown": None}, "unproven"),
        ({}, {"rules": ()}, "unproven"),
        ({}, {"rules": ("V1", "S1")}, "unproven"),  # S1 does not apply: it carries nothing
        ({"whom": "new-stays", "shared_subjects": 2}, {}, "granted"),
    ],
)
def test_propositions(association, facts, asked, kind):
    claim = audit_study([(replace(association, **facts), (replace(LEARNED, **asked),))])
    for each in ("granted", "refused", "unproven"):
        said = [s for s in getattr(claim, each) if "temporal difference" in s.text]
        assert len(said) == (each == kind)


def test_a_warned_rule_carries_but_is_not_named(association):
    facts = replace(association, whom="new-stays", shared_subjects=2)
    assert audit_study([(facts, (LEARNED,))]).granted[0].rules == ("V1", "K5")


def test_a_rule_that_does_not_exist():
    with pytest.raises(InputError, match="'Z9'"):
        Proposition("Anything", ("Z9",), shown=True)


@pytest.mark.parametrize(
    "given",
    [
        {"value": 0.7, "metric": "mean squared error"},
        {"value": 1.7},
        {"value": 0.7, "null_mean": -3.0},
        {"value": 0.7, "ci95": (0.5, 1.2)},
    ],
)
def test_figures_that_cannot_be_are_refused(given):
    with pytest.raises(InputError):
        Test(**given)


@pytest.mark.parametrize("metric", ["r2", "R²", "predictive R²", "r^2"])
def test_a_negative_r2_by_any_name_shows_nothing(prediction, metric):
    result = Test(-0.3, -0.5, 0.001, (-0.4, -0.2), metric)
    assert not audit_study([(replace(prediction, result=result), ())]).granted
