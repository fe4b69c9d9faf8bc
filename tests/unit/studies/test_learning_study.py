"""The road of a learning study: what is read, fitted, granted and written is what models say."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from dolorimeter.bids import read_dataset, trials_from_events, write_events
from dolorimeter.core import InputError, Trials
from dolorimeter.learning import TemporalDifference, simulate_learning
from dolorimeter.studies.learning import (
    LearningStudy,
    learning_regressors,
    read_learning,
    save_simulated,
    write_regressors,
)

QUICK = {"n_bootstrap": 60, "permutations": 99, "sensitivity": False}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Hold eight people who learn alike, their measures following the value closely."""
    root = tmp_path_factory.mktemp("learning") / "sim"
    strong = dict.fromkeys(("rt", "heart-rate", "pain", "pleasantness"), 0.5)
    study = simulate_learning(n_subjects=8, spread=0.1, correlations=strong, random_state=3)
    save_simulated(study, root)
    return root


@pytest.fixture(scope="module")
def data(folder):
    return read_learning(folder)


@pytest.fixture(scope="module")
def result(data):
    study = LearningStudy(models=("td", "rw"), measures=("rt", "preference"), **QUICK)
    return study.run(data, random_state=0)


@pytest.fixture(scope="module")
def saved(result, tmp_path_factory):
    fit = tmp_path_factory.mktemp("learning") / "fit"
    result.save(fit)
    return fit


# What is read


def test_what_was_simulated_is_read(folder, data):
    simulated = simulate_learning(
        n_subjects=8,
        spread=0.1,
        correlations=dict.fromkeys(("rt", "heart-rate", "pain", "pleasantness"), 0.5),
        random_state=3,
    )
    np.testing.assert_array_equal(data.trials.outcome, simulated.trials.outcome)
    np.testing.assert_array_equal(data.trials.measures["rt"], simulated.trials.measures["rt"])
    assert data.measures == ("rt", "heart-rate", "pain", "pleasantness", "preference")
    assert (data.spec, data.cue_free) == ("dolorimeter", False)
    truth = json.loads((folder / "sourcedata" / "truth.json").read_text())
    assert truth["model"] == "td"


def test_the_preset_is_that_of_the_folder_or_its_doi(tmp_path):
    root = tmp_path / "mine"
    write_events(sequence(["high", "low"] * 3), root)
    assert read_learning(root).spec == "dolorimeter"
    described = root / "dataset_description.json"
    content = json.loads(described.read_text())
    described.write_text(json.dumps(content | {"DatasetDOI": "doi:10.18112/openneuro.ds003836.v1"}))
    with pytest.raises(InputError):  # the preset of another data set does not fit these events
        read_learning(root)


def test_left_out_subjects_are_gone_and_told(folder):
    read = read_learning(folder, leave_out=("03",))
    assert "03" not in read.trials.subject
    assert "03" not in set(read.preferences["subject"])
    assert [str(n) for n in read.notices if n.kind == "left-out"] == ["sub-03: left out as asked"]
    with pytest.raises(InputError, match="'33', who is not in the data"):
        read_learning(folder, leave_out=("33",))
    with pytest.raises(InputError, match="everyone"):
        read_learning(folder, leave_out=tuple(np.unique(read_learning(folder).trials.subject)))


# What is learned, and written


def test_learned_is_what_the_model_says(data, result):
    told = TemporalDifference().simulate(data.trials)
    np.testing.assert_array_equal(result.trials.quantities["value"], told.value)
    for row in result.content["learned"]["trial_types"]:
        own = (data.trials.cue == row["cue"]) & (data.trials.outcome == row["outcome"])
        assert row["n"] == own.sum()
        assert row["value"] == pytest.approx(told.value[own].mean(), abs=1e-12)
        assert row["outcome_error"] == pytest.approx(told.outcome_error[own].mean(), abs=1e-12)
    course = result.content["learned"]["course"]
    assert course["C"]["value"] == [0.0] * 30
    assert course["A"]["value"][0] == 0


def test_mean_values_are_the_closed_form(result):
    """Mean v = p (1 - (1 - (1 - alpha)^N) / (N alpha)) = 0.4444 in expectation (science 2.2)."""
    rows = pd.DataFrame(result.content["learned"]["trial_types"])
    own = rows[rows.cue == "A"]
    assert np.average(own.value, weights=own.n) == pytest.approx(0.4444, abs=0.06)


def test_derivatives_are_what_the_model_says(data, saved, tmp_path):
    trials, told = learning_regressors(data, saved)
    write_regressors(data, trials, told, tmp_path / "out")
    again, _ = trials_from_events(
        read_dataset(tmp_path / "out" / "dolorimeter"), "dolorimeter-derivatives"
    )
    said = TemporalDifference(alpha=0.3).simulate(data.trials)
    np.testing.assert_array_equal(again.quantities["value"], said.value)
    np.testing.assert_array_equal(again.quantities["outcome_error"], said.outcome_error)
    assert told["source"] == "the model's defaults, fixed beforehand"


def test_regressors_at_the_estimate_say_so(data, saved, result):
    trials, told = learning_regressors(data, saved, "rw", "group", "rt")
    found = result.content["fits"]["rt"]["rw"]["parameters"]["alpha"]["group"]
    assert told["parameters"]["alpha"] == found
    said = TemporalDifference(alpha=found).simulate(data.trials)
    np.testing.assert_allclose(trials.quantities["value"], said.value, atol=1e-14)
    assert told["source"].startswith("the group's estimate from rt (hierarchical; ")


def test_td_and_rw_are_one(result):
    assert result.content["comparison"]["rt"]["models"] == ["td = rw", "no-learning"]
    both = result.content["fits"]["rt"]
    assert both["td"]["bic"] == pytest.approx(both["rw"]["bic"])


def test_same_seed_same_result_but_for_created(data, result):
    again = LearningStudy(models=("td", "rw"), measures=("rt", "preference"), **QUICK).run(
        data, random_state=0
    )
    assert {**again.content, "created": ""} == {**result.content, "created": ""}


# Sequences without cues


def sequence(outcomes):
    n = len(outcomes)
    words = (np.full(n, "1"), np.full(n, "1"), np.full(n, ""), np.array(outcomes))
    utility = np.array([1.0 if word == "low" else -1.0 for word in outcomes])
    return Trials(*words, np.full(n, np.nan), np.arange(n) + 1.0, utility)


def test_surprise_of_a_sequence_by_hand(data):
    """Laplace's rule: p = (hits + 1) / (n + 2), so 1/2, 2/3, 1/4 for low, low, high."""
    few = replace(data, trials=sequence(["low", "low", "high"]), preferences=None, dataset=None)
    content = LearningStudy(models=(), **QUICK).run(few, random_state=0).content
    rows = {row["model"]: row for row in content["sequences"]}
    assert rows["beta-bernoulli"]["surprise"] == pytest.approx(
        -np.log2([1 / 2, 2 / 3, 1 / 4]).mean(), abs=1e-12
    )
    # Transitions: the first has none before it (1/2); low after low 1/2; high after low 1/3.
    assert rows["transitions"]["surprise"] == pytest.approx(
        -np.log2([1 / 2, 1 / 2, 1 / 3]).mean(), abs=1e-12
    )
    assert rows["transitions"]["ci95"] is None
    assert "one subject, no interval" in " ".join(content["summary"])
    assert content["claim"]["granted"] == []


# Shape and refusals


def test_results_are_strict_json_of_the_shape_agreed(saved, result):
    def refuse(word):
        raise AssertionError(word)

    content = json.loads((saved / "results.json").read_text(), parse_constant=refuse)
    assert content == result.to_dict()
    top = "format study version created title summary data design learned behaviour fits criterion"
    assert set(top.split()) | {"comparison", "recovery", "claim", "methods"} <= set(content)
    assert {"subjects", "runs", "trials", "cues", "outcomes", "measures"} <= set(content["data"])
    assert content["data"]["cues"] == {"A": 240, "B": 240, "C": 240}
    fit = content["fits"]["rt"]["td"]
    assert len(fit["parameters"]["alpha"]["each"]) == 8
    assert {"r", "t", "p", "p_search", "profile", "v0", "by_cue"} <= set(content["criterion"]["rt"])
    assert "<html" in (saved / "report.html").read_text()
    assert len(pd.read_parquet(saved / "trials.parquet")) == 720


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"models": ("foo",)}, "'foo'"),
        ({"models": ("td", "td")}, "each model once"),
        ({"measures": ("rt", "rt")}, "each measure once"),
        ({"permutations": -1}, "at least 0"),
        ({"nuisance": ("moon",)}, "trend, practice, run, cue"),
        ({"exchange": "moon"}, "'moon'"),
    ],
)
def test_designs_refused(settings, said):
    with pytest.raises(InputError, match=said):
        LearningStudy(**settings)


def test_a_measure_that_the_data_do_not_have(data):
    with pytest.raises(InputError, match="'pupil'; expected one of rt, heart-rate"):
        LearningStudy(measures=("pupil",)).run(data)


def test_a_subject_who_never_varies_is_named(data):
    constant = np.where(data.trials.subject == "02", 5.0, data.trials.measures["pain"])
    same = replace(data, trials=replace(data.trials, measures={"pain": constant}))
    with pytest.raises(InputError, match="pain of subject 02: the same value"):
        LearningStudy(models=("td",), measures=("pain",), **QUICK).run(same, random_state=0)


def test_sensitivity_shows_one_test_the_rate_fixed_beforehand(data):
    """Each cue alone: r and p of the same test, by hand from the values at 0.3."""
    study = LearningStudy(models=("td",), measures=("heart-rate",), n_bootstrap=0, permutations=0)
    row = study.run(data, random_state=0).content["criterion"]["heart-rate"]["by_cue"]["A"]
    trials, value = data.trials, TemporalDifference(alpha=0.3).simulate(data.trials).value
    z = [
        np.arctanh(np.corrcoef(np.abs(value[own]), trials.measures["heart-rate"][own])[0, 1])
        for name in np.unique(trials.subject)
        for own in [(trials.subject == name) & (trials.cue == "A")]
    ]
    assert row["r"] == pytest.approx(np.tanh(np.mean(z)), abs=1e-10)
    assert row["p"] == pytest.approx(stats.ttest_1samp(z, 0).pvalue, abs=1e-10)
