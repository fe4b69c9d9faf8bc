"""Simulated studies: planted truth is there, each stream its own, silly numbers refused."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from dolorimeter.core import InputError
from dolorimeter.learning.simulate import simulate_learning
from dolorimeter.learning.simulate_measures import SIMULATED, draw_measure
from dolorimeter.learning.task_parts import Cue, TaskOutcome
from dolorimeter.learning.task_presets import relief2005
from dolorimeter.learning.tasks import PavlovianTask


@pytest.fixture(scope="module")
def study():
    return simulate_learning(n_subjects=6, alpha=0.3, random_state=1)


def recursion(cues, utilities, alpha):
    """Temporal difference of science 2.2, by hand."""
    value, seen = dict.fromkeys(cues, 0.0), []
    for cue, utility in zip(cues, utilities, strict=True):
        seen.append(value[cue])
        value[cue] += alpha * (utility - value[cue])
    return np.array(seen), value


def test_planted_values_follow_the_recursion(study):
    trials, truth = study.trials, study.truth
    for i, subject in enumerate(truth["subjects"]):
        ours = trials.subject == subject
        cues, utilities = trials.cue[ours].tolist(), trials.utility[ours].tolist()
        seen, last = recursion(cues, utilities, truth["parameters"]["alpha"][i])
        np.testing.assert_allclose(np.array(truth["value"])[ours], seen, atol=1e-14)
        errors = np.array(truth["outcome_error"])[ours]
        np.testing.assert_allclose(errors, utilities - seen, atol=1e-14)
        assert truth["final_values"][subject] == pytest.approx(last, abs=1e-14)


def test_parameters_vary_as_told():
    drawn = simulate_learning(n_subjects=300, spread=0.5, correlations={}, random_state=0).truth
    alpha = np.array(drawn["parameters"]["alpha"])
    logit = np.log(alpha / (1 - alpha))
    assert logit.mean() == pytest.approx(np.log(3 / 7), abs=0.08)
    assert logit.std() == pytest.approx(0.5, abs=0.06)
    same = simulate_learning(n_subjects=3, alpha=0.1, spread=0.0, correlations={}, random_state=0)
    assert same.truth["parameters"]["alpha"] == [0.1] * 3
    fixed = simulate_learning(n_subjects=2, v0=0.5, correlations={}, random_state=0).truth
    assert fixed["parameters"]["v0"] == [0.5] * 2


def test_cue_c_is_left_out_of_the_correlation_wherever_values_start():
    study = simulate_learning(n_subjects=1, v0=0.5, correlations={"rt": 1.0}, random_state=3)
    kept, value = study.trials.cue != "C", np.abs(study.truth["value"])
    mean, within = (study.truth["measures"]["rt"][name][0] for name in ("mean", "within"))
    scores = stats.norm.ppf(
        stats.gamma.cdf(study.trials.measures["rt"], within, scale=mean / within)
    )
    standard = (value - value[kept].mean()) / value[kept].std()
    np.testing.assert_allclose(scores, standard, atol=1e-8)


@pytest.mark.parametrize("name", list(SIMULATED))
@pytest.mark.parametrize("r", [0.19, -0.6, 1.0])
def test_the_correlation_is_planted(name, r):
    """Over trials of A and B within subjects; the mean of 60 subjects has a standard error .017."""
    study = simulate_learning(n_subjects=60, correlations={name: r}, random_state=3)
    trials, value = study.trials, np.array(study.truth["value"])
    followed = np.abs(value) if name in ("rt", "heart-rate") else value
    found = []
    for subject in study.truth["subjects"]:
        ours = (trials.subject == subject) & (trials.cue != "C")
        scores = trials.measures[name][ours]
        if name == "rt":  # back through the gamma distribution that was planted
            i = study.truth["subjects"].index(subject)
            shape = study.truth["measures"]["rt"]["within"][i]
            scale = study.truth["measures"]["rt"]["mean"][i] / shape
            scores = stats.norm.ppf(stats.gamma.cdf(scores, shape, scale=scale))
        found.append(np.corrcoef(scores, followed[ours])[0, 1])
    clipped = 0.02 if name in ("pain", "pleasantness") else 0.0
    assert np.mean(found) == pytest.approx(r, abs=0.05 if abs(r) < 1 else 1e-6 + clipped)
    realized = study.truth["measures"][name]["realized"]
    assert np.mean(realized) == pytest.approx(np.mean(found), abs=0.01 + clipped)


def test_reaction_times_have_the_gamma_distribution_that_is_stated():
    drawn = draw_measure("rt", np.zeros(4000), np.zeros(4000, bool), 0.0, 0.0, 5, "01")
    scale = drawn.mean / drawn.within
    assert stats.kstest(drawn.values, stats.gamma(drawn.within, scale=scale).cdf).pvalue > 0.001
    assert (drawn.values > 0).all()
    assert np.isnan(drawn.realized)


def test_ratings_keep_their_scale_and_rates_their_unit(study):
    measures = study.trials.measures
    assert 0 <= measures["pain"].min() <= measures["pain"].max() <= 10
    assert -10 <= measures["pleasantness"].min() <= measures["pleasantness"].max() <= 10
    assert 40 < measures["heart-rate"].min() <= measures["heart-rate"].max() < 110
    assert 0.05 < measures["rt"].min() <= measures["rt"].max() < 4


def test_a_measure_more_or_less_changes_no_other():
    every = simulate_learning(n_subjects=3, random_state=2)
    one = simulate_learning(n_subjects=3, correlations={"rt": 0.19}, random_state=2)
    np.testing.assert_array_equal(one.trials.measures["rt"], every.trials.measures["rt"])
    assert set(one.trials.measures) == {"rt"}
    pd.testing.assert_frame_equal(one.preferences, every.preferences)
    strong = simulate_learning(
        n_subjects=3, correlations={"rt": 0.9, "heart-rate": 0.19}, random_state=2
    )
    np.testing.assert_array_equal(
        strong.trials.measures["heart-rate"], every.trials.measures["heart-rate"]
    )
    pd.testing.assert_frame_equal(strong.participants, every.participants)


def test_a_person_more_changes_nobody_else():
    few, many = (simulate_learning(n_subjects=n, random_state=2) for n in (2, 4))
    n_trials = len(few.trials)
    for name, values in few.trials.measures.items():
        np.testing.assert_array_equal(many.trials.measures[name][:n_trials], values)
    for table in ("preferences", "calibration", "ratings", "participants"):
        rows = getattr(many, table)
        rows = rows[rows["subject"].isin(["01", "02"])]
        pd.testing.assert_frame_equal(rows, getattr(few, table))


def test_seeds():
    one, two, other = (simulate_learning(n_subjects=2, random_state=s) for s in (4, 4, 5))
    assert json.dumps(one.truth) == json.dumps(two.truth)
    assert one.truth["value"] != other.truth["value"]
    again = simulate_learning(n_subjects=2, random_state=np.random.default_rng(4))
    assert again.truth == one.truth


def test_choices_follow_the_softmax():
    sharp = simulate_learning(
        n_subjects=80, spread=0.0, inverse_temperature=2.0, correlations={}, random_state=0
    )
    table, final = sharp.preferences, sharp.truth["final_values"]
    gain = [
        final[s][a] - final[s][b] for s, a, b in table[["subject", "first", "second"]].to_numpy()
    ]
    expected = 1 / (1 + np.exp(-2.0 * np.array(gain)))
    won = (table["chosen"] == table["first"]).to_numpy()
    for low, high in ((0.0, 0.35), (0.35, 0.65), (0.65, 1.0)):
        inside = (expected >= low) & (expected <= high)
        assert inside.sum() > 100
        assert won[inside].mean() == pytest.approx(expected[inside].mean(), abs=0.05)
    by_pair = table[table["subject"] == "01"].groupby(["first", "second"]).size()
    assert by_pair.tolist() == [5] * 6
    chance = simulate_learning(
        n_subjects=80, inverse_temperature=0.0, correlations={}, random_state=0
    ).preferences
    assert (chance["chosen"] == chance["first"]).mean() == pytest.approx(0.5, abs=0.04)


def test_calibration_stops_at_the_ratings_it_looks_for(study):
    for _, steps in study.calibration.groupby("subject"):
        assert np.diff(steps["temperature"]).tolist() == [0.5] * (len(steps) - 1)
    ready = study.participants.set_index("subject")
    for subject, steps in study.calibration.groupby("subject"):
        rated = steps.set_index("temperature")["rating"]
        baseline = ready.loc[subject, "baseline_temperature"]
        assert rated[baseline] >= 6.0
        assert (rated[rated.index < baseline] < 6.0).all()
        assert rated[ready.loc[subject, "exacerbation_temperature"]] >= 8.0
        assert rated.index[-1] == ready.loc[subject, "exacerbation_temperature"]


def test_debrief_and_ratings():
    study = simulate_learning(n_subjects=200, correlations={}, random_state=0)
    people = study.participants
    assert people["aware"].mean() == pytest.approx(4 / 14, abs=0.1)
    unpleasant = people["decrease_is"] == "unpleasant"
    assert people["decrease_pleasantness"].isna().equals(unpleasant)
    means = study.ratings.groupby(["skin", "change"])["pain"].mean()
    assert means["treated", "increase"] > means["treated", "baseline"] + 1.5
    assert means["treated", "baseline"] > means["untreated", "baseline"] + 3


def test_missing_values_and_truth_as_json(study):
    holes = simulate_learning(n_subjects=4, missing=0.2, random_state=1)
    for name, values in holes.trials.measures.items():
        assert np.isnan(values).mean() == pytest.approx(0.2, abs=0.06)
        full = simulate_learning(n_subjects=4, random_state=1).trials.measures[name]
        np.testing.assert_array_equal(values[~np.isnan(values)], full[~np.isnan(values)])
    json.dumps(study.truth, allow_nan=False)
    assert not study.trials.quantities


@pytest.mark.parametrize("model", ["rw", "pearce-hall", "hybrid", "dual-rate", "transitions"])
def test_any_model_can_be_planted(model):
    found = simulate_learning(n_subjects=2, model=model, random_state=0)
    assert np.isfinite(found.truth["value"]).all()
    assert found.truth["model"] == model


def test_a_task_of_one_s_own():
    task = PavlovianTask(
        "one", (Cue("A", 4, {"x": 0.5}),), (TaskOutcome("x", 1.0),), random_state=0
    )
    study = simulate_learning(task, n_subjects=2, same_order=True, random_state=0)
    assert study.trials.outcome.tolist() == 2 * task.trials["outcome"].tolist()
    assert len(study.preferences) == 0
    other = simulate_learning(relief2005(0), n_subjects=1, same_order=True, random_state=9)
    assert other.trials.cue.tolist() == relief2005(0).trials["cue"].tolist()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"alpah": 0.3}, "Did you mean 'alpha'"),
        ({"alpha": 1.5}, "alpha"),
        ({"model": "qlearning"}, "model"),
        ({"correlations": {"heart_rate": 0.2}}, "Did you mean 'heart-rate'"),
        ({"correlations": {"rt": 1.2}}, "correlations, rt: 1.2; expected a number from -1 to 1"),
        ({"n_subjects": 0}, "whole number, 1 or more"),
        ({"spread": -1.0}, "spread"),
        ({"missing": 1.5}, "missing: 1.5; expected a number from 0 to 1"),
        ({"inverse_temperature": float("nan")}, "inverse_temperature: nan"),
        ({"task": "relief"}, "Did you mean 'relief2005'"),
    ],
)
def test_what_cannot_be_is_named(given, words):
    with pytest.raises(InputError, match=words):
        simulate_learning(**given)
