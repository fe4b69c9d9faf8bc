"""What a learning study claims: no drift, dependence or number of measures passes for learning."""

import json
from dataclasses import replace

import numpy as np
import pytest

from dolorimeter.audit import audit_study
from dolorimeter.learning import simulate_learning
from dolorimeter.studies.learning import LearningData, LearningStudy
from dolorimeter.studies.learning.facts import analyses

QUICK = {"n_bootstrap": 60, "permutations": 99, "sensitivity": False}


@pytest.fixture(scope="module")
def data():
    """Hold eight people who learn alike, their measures following the value closely."""
    strong = dict.fromkeys(("rt", "heart-rate", "pain", "pleasantness"), 0.5)
    study = simulate_learning(n_subjects=8, spread=0.1, correlations=strong, random_state=3)
    return LearningData(study.trials, study.preferences)


@pytest.fixture(scope="module")
def result(data):
    study = LearningStudy(models=("td", "rw"), measures=("rt", "preference"), **QUICK)
    return study.run(data, random_state=0)


def texts(statements):
    return [statement.text for statement in statements]


def about(statements, word):
    return [text for text in texts(statements) if word in text]


def judged(result, **design):
    """Judge the same figures again with another design."""
    content = dict(result.content)
    content["design"] = {**content["design"], **design}
    return audit_study(analyses(content))


def with_steady(result, measure="rt", **changed):
    """Judge again with other figures of the criterion without drift."""
    content = json.loads(json.dumps(result.content))
    content["criterion"][measure]["without_drift"].update(changed)
    return audit_study(analyses(content))


def test_close_following_is_granted(result):
    assert len(about(result.claim.granted, "fixed beforehand")) == 1
    assert len(about(result.claim.granted, "searched for")) == 1
    assert "(Holm over measures)" in about(result.claim.granted, "fixed beforehand")[0]
    assert result.content["design"]["exchange"] == "signs"


def test_the_rate_is_not_its_own_evidence(result):
    (reused,) = [s for s in result.claim.refused if "chosen by this same correlation" in s.text]
    assert reused.rules == ("K5",)
    assert not about(result.claim.granted, "chosen by this same")


def test_causes_are_refused(result):
    assert [s.rules for s in result.claim.refused if "cause" in s.text] == [("C4",)]


def test_without_exchanges_no_searched_rate_is_granted(data):
    study = LearningStudy(models=("td",), measures=("rt",), **{**QUICK, "permutations": 0})
    claim = study.run(data, random_state=0).claim
    assert len(about(claim.granted, "fixed beforehand")) == 1
    assert not about(claim.granted, "searched")
    assert not about(claim.granted, "is known")
    assert {s.rules for s in claim.refused if "searched" in s.text} == {("V1",)}


def test_trials_are_exchangeable_only_if_declared(result):
    taken = judged(result, exchange="trials", exchange_declared=False)
    assert not about(taken.granted, "searched")
    assert "exchangeable not known" in about(taken.unproven, "searched")[0]
    assert about(judged(result, exchange="trials", exchange_declared=True).granted, "searched")


def test_few_subjects_exchange_trials_undeclared(data):
    few = replace(data, trials=data.trials.take(np.isin(data.trials.subject, ["01", "02", "03"])))
    study = LearningStudy(models=("td",), measures=("rt",), **QUICK)
    ran = study.run(few, random_state=0)
    assert ran.content["design"]["exchange"] == "trials"
    assert not about(ran.claim.granted, "searched")
    declared = replace(study, exchange="trials").run(few, random_state=0)
    assert declared.content["criterion"]["rt"]["without_drift"]["p_search"] < 0.05
    assert about(declared.claim.granted, "searched")


@pytest.mark.parametrize(
    ("changed", "lost"),
    [
        ({"p_holm": 0.06}, "fixed beforehand"),
        ({"p_holm": None}, "fixed beforehand"),
        ({"p_search_holm": 0.06}, "searched"),
        ({"kept": 0.19}, "searched"),
        ({"default": {"r": 0.5, "p": 0.001, "kept": 0.1}}, "fixed beforehand"),
    ],
)
def test_each_condition_counts(result, changed, lost):
    claim = with_steady(result, **changed)
    assert not about(claim.granted, lost)
    assert about(claim.unproven, lost)


def test_a_rate_that_is_not_identified_is_unproven(result):
    content = json.loads(json.dumps(result.content))
    content["criterion"]["rt"].update(identified=False, reason="The interval is wide.")
    claim = audit_study(analyses(content))
    assert not about(claim.granted, "is known")
    assert "the interval is wide" in about(claim.unproven, "is known")[0].lower()


def test_a_comparison_says_more_than_any_other_not_most(result):
    claims = (*result.claim.granted, *result.claim.unproven)
    compared = about(claims, "candidates compared")
    assert len(compared) == 2
    assert all("more people than any other" in text for text in compared)
    assert not about(claims, "most people")


def test_p_values_are_adjusted_over_measures(data):
    study = LearningStudy(models=("td",), measures=("rt", "heart-rate"), **QUICK)
    rows = study.run(data, random_state=0).content["criterion"]
    plain = sorted(row["without_drift"]["default"]["p"] for row in rows.values())
    adjusted = sorted(row["without_drift"]["p_holm"] for row in rows.values())
    assert adjusted == pytest.approx([2 * plain[0], max(2 * plain[0], plain[1])])
    plain = sorted(row["without_drift"]["p_search"] for row in rows.values())
    adjusted = sorted(row["without_drift"]["p_search_holm"] for row in rows.values())
    assert adjusted == pytest.approx([2 * plain[0], max(2 * plain[0], plain[1])])


def test_without_a_measure_nothing_is_granted(data):
    study = LearningStudy(models=("td",), measures=(), **QUICK)
    ran = study.run(data, random_state=0)
    assert ran.claim.granted == ()
    assert ran.content["fits"] == ran.content["criterion"] == ran.content["comparison"] == {}


# Drift


def drifting(seed, power=0.3):
    """Return trials whose heart rate falls with practice, alike in all, and knows no values."""
    trials = simulate_learning(n_subjects=9, random_state=seed).trials
    rng = np.random.default_rng(seed)
    place = np.tile(np.arange(90), 9)
    fall = np.exp(-place / 15)
    rate = rng.normal(size=len(trials)) + power * (fall - fall.mean()) / fall.std()
    return replace(trials, measures={"heart-rate": rate})


def test_practice_is_not_learning():
    wrong = 0
    for seed in range(5):
        study = LearningStudy(models=("td",), measures=("heart-rate",), **QUICK)
        ran = study.run(LearningData(drifting(seed)), random_state=0)
        row = ran.content["criterion"]["heart-rate"]
        assert row["p_search"] < 0.05, "a drift passes the tests that keep it"
        wrong += bool(about(ran.claim.granted, "follows"))
    assert wrong <= 1


def test_values_that_are_drift_almost_whole_tell_nothing():
    """One cue, always followed by the same: its value is a smooth curve in everyone."""
    trials = drifting(0)
    same = replace(trials, cue=np.full(len(trials), "A"), utility=np.full(len(trials), -1.0))
    study = LearningStudy(models=("td",), measures=("heart-rate",), **QUICK)
    ran = study.run(LearningData(same), random_state=0)
    assert ran.content["criterion"]["heart-rate"]["without_drift"]["kept"] < 0.2
    assert not ran.content["criterion"]["heart-rate"]["identified"]
    assert ran.claim.granted == ()


def test_the_nuisance_run_does_not_stop_the_comparison(data):
    study = LearningStudy(models=("td",), measures=("rt",), nuisance=("run",), **QUICK)
    with_rw = replace(study, models=("td", "dual-rate"))
    assert with_rw.run(data, random_state=0).content["comparison"]["rt"]["evidence"] == "-BIC/2"
