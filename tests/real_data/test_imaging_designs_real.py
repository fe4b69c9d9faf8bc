"""The events of a real data set give a valid design for every person and run."""

import json

import numpy as np
import pytest

from dolorimeter.bids import read_dataset, trials_from_events
from dolorimeter.imaging.columns import frame_times_of
from dolorimeter.imaging.design import make_design
from dolorimeter.imaging.design_check import check_design
from dolorimeter.imaging.regressors import Regressor, read_regressors
from dolorimeter.learning import Transitions

pytestmark = pytest.mark.real_data
SURPRISE = Regressor("surprise", ("outcome",), modulator="surprise")


@pytest.fixture(scope="module")
def shocks(data_dir):
    trials, _ = trials_from_events(read_dataset(data_dir / "ds003836"), "ds003836")
    learned = Transitions().simulate(trials)
    names = ("value", "cue_error", "outcome_error", "surprise")
    return trials.with_quantities(**{name: getattr(learned, name) for name in names})


@pytest.fixture(scope="module")
def repetition_time(data_dir):
    text = (data_dir / "ds003836" / "task-tsl_bold.json").read_text()
    return json.loads(text)["RepetitionTime"]


def designs_of(trials, tr):
    """One design a run; the images are not at hand, so runs end 20 s after the last shock."""
    found = []
    for run in dict.fromkeys(trials.run.tolist()):
        own = trials.take(trials.run == run)
        frames = frame_times_of(int((own.outcome_onset.max() + 20) / tr), tr)
        regressors = (*read_regressors("outcomes"), SURPRISE)
        found.append(make_design(own, regressors, frames, derivatives=("time",)))
    return found


def test_all_35_people_have_valid_designs(shocks, repetition_time):
    people = dict.fromkeys(shocks.subject.tolist())
    assert len(people) == 35
    n_runs = 0
    for person in people:
        designs = designs_of(shocks.take(shocks.subject == person), repetition_time)
        n_runs += len(designs)
        check = check_design(designs, {"error": {"error": 1}})
        assert check.columns[::2] == ("outcome", "error", "surprise")
        assert np.isfinite(check.variance_inflation).all()
        assert (check.efficiency["error"] > 0).all()
        for design in designs:
            assert np.linalg.matrix_rank(design.matrix) == design.matrix.shape[1]
    assert n_runs == 170
