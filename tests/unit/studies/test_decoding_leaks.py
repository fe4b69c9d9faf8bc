"""Planted leaks are flagged by their rule and grant nothing; clean designs raise no alarm.

The designs stand in benchmarks/proof_leaks.py, which tabulates them.
"""

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dolorimeter.audit import RULES
from dolorimeter.studies.decoding.comparators import bulk
from dolorimeter.studies.decoding.crossfit import crossfit
from dolorimeter.studies.decoding.facts import gather_facts
from dolorimeter.studies.decoding.plan import make_plan

PLACE = Path(__file__).resolve().parents[3] / "benchmarks" / "proof_leaks.py"
SPEC = importlib.util.spec_from_file_location("planted_leaks", PLACE)
planted = importlib.util.module_from_spec(SPEC)
sys.modules["planted_leaks"] = planted
SPEC.loader.exec_module(planted)


@pytest.mark.parametrize("name", planted.LEAKS)
def test_planted_leak_is_flagged_and_grants_nothing(name):
    leak = planted.LEAKS[name]
    study, samples = leak.make()
    result = study.run(samples, random_state=0)
    assert set(leak.rules) <= set(planted.violated(result))
    assert not planted.granted(result)
    main = {"signature": "C1", "prediction": "C2"}[study.kind]
    refused = [said for said in result.claim.refused if main in said.rules]
    # K6 forbids only what is live, and K2 a prediction: each names the rule that it fell by.
    assert any(set(leak.rules) & set(said.rules) for said in refused)
    assert result.content["claim"]["granted"] == [
        {"text": said.text, "rules": list(said.rules)} for said in result.claim.granted
    ]


@pytest.mark.parametrize("name", planted.CLEAN)
def test_clean_design_raises_no_alarm_and_gets_what_it_deserves(name):
    make, deserved = planted.CLEAN[name]
    study, samples = make()
    result = study.run(samples, random_state=0)
    assert planted.violated(result) == []
    assert planted.granted(result) == deserved
    assert "C3" not in [f.rule for f in result.claim.findings if f.status == "violated"]


def test_there_are_enough_of_both():
    assert len(planted.LEAKS) >= 10
    assert len(planted.CLEAN) >= 10
    assert {rule for leak in planted.LEAKS.values() for rule in leak.rules} <= set(RULES)


@pytest.mark.parametrize("name", ["selection on all samples, of noise", "twins split across folds"])
def test_inflation_is_measured_with_an_interval_above_zero(name):
    leak = planted.LEAKS[name]
    study, samples = leak.make()
    content = study.run(samples, random_state=0).content
    (row,) = (r for r in content["inflation"] if r["rule"] == leak.inflation)
    assert row["value_a"] == content["accuracy"]["value"]
    assert row["difference"] == pytest.approx(row["value_a"] - row["value_b"])
    assert row["ci95"][0] > 0
    assert row["value_b"] < 0.6  # without the leak there is nothing to find


def test_relabelled_folds_are_measured():
    """Run names dealt anew: a comparator then stands on other folds than the result."""
    study, samples = planted.CLEAN["within subjects, claimed of them"][0]()
    plan = make_plan(study, samples, 0)
    found = crossfit(plan)
    content = study.run(samples, random_state=0).content
    rng = np.random.default_rng(0)
    other = replace(samples, run=rng.permutation(samples.run))
    dealt = crossfit(make_plan(study, other, 0), permutations=0)
    assert gather_facts(plan, found, (bulk(plan),), content, None).folds_agree is True
    facts = gather_facts(plan, found, (dealt,), content, None)
    assert facts.folds_agree is False
    assert RULES["K5"](facts).status == "violated"


def test_folds_that_split_their_unit_are_measured():
    """The result was made on runs other than those of the samples that the audit sees."""
    study, samples = planted.CLEAN["within subjects, claimed of them"][0]()
    plan = make_plan(study, samples, 0)
    content = study.run(samples, random_state=0).content
    other = replace(samples, run=np.random.default_rng(0).permutation(samples.run))
    found = crossfit(make_plan(study, other, 0), permutations=0)
    assert gather_facts(plan, found, (), content, None).folds_agree is False


def test_a_copy_of_one_trial_is_enough():
    study, samples = planted.CLEAN["prediction, people left out"][0]()
    features = samples.features.copy()
    features[-1] = features[0]
    result = study.run(replace(samples, features=features), random_state=0)
    assert planted.violated(result) == ["K5"]


def test_families_not_named_leave_new_people_unproven():
    study, samples = planted.CLEAN["prediction, people left out"][0]()
    result = replace(study, unrelated=False).run(samples, random_state=0)
    assert not planted.granted(result)
    assert planted.violated(result) == []
    status = {f.rule: f.status for f in result.claim.findings}
    assert status["W3"] == status["C2"] == "unknown"


@pytest.mark.parametrize("pain", [None, False])
def test_without_pain_nothing_is_granted(pain):
    study, samples = planted.CLEAN["prediction, people left out"][0]()
    claim = replace(study, pain=pain).run(samples, random_state=0).claim
    assert claim.granted == ()
    kind = claim.unproven if pain is None else claim.refused
    assert any("C2" in said.rules and "predicts pain" in said.text for said in kind)


def test_without_relabelling_nothing_is_granted():
    study, samples = planted.CLEAN["prediction, people left out"][0]()
    claim = replace(study, permutations=0).run(samples, random_state=0).claim
    assert claim.granted == ()
    assert {f.rule: f.status for f in claim.findings}["V1"] == "violated"


def test_classes_of_several_modalities_are_not_taken_for_pain():
    """Touch is told from the rest, and pain is noise: high accuracy says nothing of pain."""
    samples = planted.salient()
    features, pain = samples.features.copy(), samples.modality == "pain"
    features[pain] = 3 * np.random.default_rng(0).standard_normal(features[pain].shape)
    result = planted.prediction().run(replace(samples, features=features), random_state=0)
    assert result.accuracy > 0.5
    assert result.claim.granted == ()


def test_r2_below_the_training_mean_is_no_prediction():
    """Beyond its null, which for ridge regression lies far below 0, and yet useless."""
    samples = planted.trials(
        n_subjects=12, n_runs=2, n_trials=10, n_features=300, kind="rating", random_state=3
    )
    study = planted.prediction(estimator="ridge", permutations=39)
    result = study.run(samples, random_state=0)
    score = result.content["accuracy"]
    assert score["null_mean"] < score["value"] <= 0
    assert score["p"] < 0.05
    assert result.claim.granted == ()
