"""The study of learning on two data sets of OpenNeuro, whole."""

import numpy as np
import pytest

from dolorimeter.bids import read_dataset, trials_from_events
from dolorimeter.learning import Transitions
from dolorimeter.studies.learning import (
    LearningStudy,
    learning_regressors,
    read_learning,
    write_regressors,
)

pytestmark = pytest.mark.real_data
QUICK = {"n_bootstrap": 50, "permutations": 99, "sensitivity": False}


@pytest.fixture(scope="module")
def shocks(data_dir):
    return read_learning(data_dir / "ds003836")


def transition_bits(outcomes, runs):
    """Laplace's rule for each transition, none across runs, by a plain loop."""
    counts = {None: {}, "high": {}, "low": {}}
    before, bits = None, []
    for place, now in enumerate(outcomes):
        if place and runs[place] != runs[place - 1]:
            before = None
        row = counts[before]
        bits.append(-np.log2((row.get(now, 0) + 1) / (sum(row.values()) + 2)))
        row[now] = row.get(now, 0) + 1
        before = now
    return bits


def test_sequences_of_shocks(shocks):
    assert (shocks.spec, shocks.cue_free, shocks.measures) == ("ds003836", True, ())
    result = LearningStudy(models=(), **QUICK).run(shocks, random_state=0)
    rows = {row["model"]: row for row in result.content["sequences"]}
    assert set(rows) == {"beta-bernoulli", "transitions"}
    assert rows["transitions"]["subjects"] == 35
    # Orders were made with transition probabilities that differ: they tell, frequencies hardly.
    assert rows["transitions"]["ci95"][1] < rows["beta-bernoulli"]["ci95"][0] < 1
    assert rows["transitions"]["surprise"] == pytest.approx(0.986, abs=5e-4)
    assert result.claim.granted == ()
    assert sum(result.content["data"]["notice_counts"].values()) == 8


def test_surprise_of_one_person_by_a_plain_loop(shocks):
    trials = shocks.trials.take(shocks.trials.subject == "38")
    said = Transitions().simulate(trials).surprise
    told = transition_bits(trials.outcome.tolist(), trials.run.tolist())
    np.testing.assert_allclose(said, told, atol=1e-12)


def test_regressors_of_shocks_read_back(shocks, data_dir, tmp_path):
    study = LearningStudy(models=("transitions", "beta-bernoulli"), **QUICK)
    study.run(shocks, random_state=0).save(tmp_path / "fit")
    trials, told = learning_regressors(shocks, tmp_path / "fit")
    assert told["model"] == "transitions"
    write_regressors(shocks, trials, told, tmp_path / "out")
    again, _ = trials_from_events(
        read_dataset(tmp_path / "out" / "dolorimeter"), "dolorimeter-derivatives"
    )
    said = Transitions().simulate(shocks.trials)
    assert len(again) == 44_200
    np.testing.assert_array_equal(again.quantities["outcome_error"], said.outcome_error)


def test_one_who_never_varies_within_a_run_stops_no_comparison(data_dir):
    """With one of his two runs left out, P180811 has the same rating on all trials."""
    data = read_learning(data_dir / "ds004746")
    own = data.trials.subject == "P180811"
    spans = [
        np.ptp(data.trials.measures["pain"][own & (data.trials.run == run)])
        for run in np.unique(data.trials.run[own])
    ]
    assert min(spans) == 0 < max(spans)
    study = LearningStudy(models=("td", "dual-rate"), measures=("pain",), **QUICK)
    compared = study.run(data, random_state=0).content["comparison"]["pain"]
    assert (compared["subjects"], compared["evidence"], compared["cv"]) == (40, "-BIC/2", None)


def test_habituation_to_heat_and_pressure_is_not_called_learning(data_dir):
    """One cue, always pain: its value falls with time, as ratings do; nothing tells them apart."""
    data = read_learning(data_dir / "ds004746", leave_out=("P180811",))
    study = LearningStudy(models=("td",), measures=("pain", "unpleasantness"), **QUICK)
    result = study.run(data, random_state=0)
    row = result.content["criterion"]["pain"]
    assert result.content["data"]["subjects"] == 39
    assert row["default"]["r"] == pytest.approx(0.201, abs=5e-4)
    assert row["default"]["p"] < 0.001
    assert row["p_search"] <= 0.02
    assert row["without_drift"]["default"]["r"] == pytest.approx(0.040, abs=5e-4)
    assert row["without_drift"]["default"]["p"] > 0.1
    assert row["without_drift"]["kept"] < 0.02
    assert not row["identified"]
    assert result.claim.granted == ()
