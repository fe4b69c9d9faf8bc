"""Design matrices equal to those of nilearn's `make_first_level_design_matrix`."""

import numpy as np
import pandas as pd
import pytest

from dolorimeter.imaging.columns import frame_times_of
from dolorimeter.imaging.design import make_design
from dolorimeter.imaging.events import events_of
from dolorimeter.imaging.regressors import PAPER, Regressor
from dolorimeter.learning import TemporalDifference, make_trials, relief2005

first_level = pytest.importorskip("nilearn.glm.first_level")

LASTING = (
    Regressor("cue", duration="trial"),
    Regressor("relief", ("outcome",), outcomes=("relief",), duration=5.0),
    Regressor("value", duration=4.0, modulator="value"),
)
NAMES = {(): "", ("time",): " + derivative", ("time", "dispersion"): " + derivative + dispersion"}


@pytest.fixture(scope="module")
def trials():
    task = relief2005(random_state=0)
    drawn = make_trials(task, random_state=0)
    learned = TemporalDifference().simulate(drawn)
    names = ("value", "cue_error", "outcome_error")
    said = drawn.with_quantities(**{name: getattr(learned, name) for name in names})
    return said.take(said.run == "2")


def theirs(trials, regressors, frames, **options):
    parts = []
    for regressor in regressors:
        events = events_of(regressor, trials)
        columns = {"onset": events.onsets, "duration": events.durations}
        columns |= {"modulation": events.amplitudes, "trial_type": regressor.name}
        parts.append(pd.DataFrame(columns))
    return first_level.make_first_level_design_matrix(frames, pd.concat(parts), **options)


def compare(design, table):
    assert set(table.columns) == set(design.names)
    np.testing.assert_allclose(design.matrix, table[list(design.names)], rtol=0, atol=1e-10)
    for name, column in zip(design.names, design.matrix.T, strict=True):
        size = np.abs(table[name]).max()  # small columns must agree as well
        np.testing.assert_allclose(column, table[name], rtol=0, atol=1e-10 * size)


@pytest.mark.filterwarnings("ignore:.*null duration:UserWarning")
@pytest.mark.parametrize("reference", ["start", "middle"])
@pytest.mark.parametrize("tr", [0.8, 3.0])
@pytest.mark.parametrize("derivatives", list(NAMES))
@pytest.mark.parametrize("hrf", ["spm", "glover"])
@pytest.mark.parametrize("regressors", [PAPER, LASTING])
def test_responses(trials, regressors, hrf, derivatives, tr, reference):
    frames = frame_times_of(int((trials.outcome_onset.max() + 15) / tr), tr, reference)
    design = make_design(trials, regressors, frames, hrf=hrf, derivatives=derivatives)
    name = hrf + NAMES[derivatives]
    compare(design, theirs(trials, regressors, frames, hrf_model=name, high_pass=1 / 128))


@pytest.mark.filterwarnings("ignore:.*null duration:UserWarning")
def test_events_before_the_first_frame_and_in_the_last(trials):
    frames = frame_times_of(40, 2.0)
    early = trials.onset.copy()
    early[:4] = [-23.9, -3.0, 78.99, 79.99]
    kept = np.arange(len(early)) < 4
    moved = type(trials)(
        **{
            name: getattr(trials, name)
            for name in ("subject", "run", "cue", "outcome", "outcome_onset", "utility")
        },
        onset=early,
        quantities=trials.quantities,
    ).take(kept)
    design = make_design(moved, (Regressor("cue"),), frames, high_pass=50.0)
    compare(design, theirs(moved, (Regressor("cue"),), frames, hrf_model="spm", high_pass=0.02))


@pytest.mark.filterwarnings("ignore:.*null duration:UserWarning")
@pytest.mark.parametrize("regressors", [PAPER[1:3], LASTING[1:2]])
def test_finite_impulse_response(trials, regressors):
    frames = frame_times_of(240, 2.0)
    delays = [0, 1, 4, 9]
    design = make_design(
        trials, regressors, frames, hrf="fir", fir_delays=delays, drift="polynomial", drift_order=3
    )
    options = {"drift_model": "polynomial", "drift_order": 3, "fir_delays": delays}
    compare(design, theirs(trials, regressors, frames, hrf_model="fir", **options))


@pytest.mark.filterwarnings("ignore:.*null duration:UserWarning")
def test_confounds_and_no_drift(trials):
    frames = frame_times_of(240, 2.0)
    confounds = pd.DataFrame(np.random.default_rng(0).normal(size=(240, 2)), columns=["a", "b"])
    design = make_design(trials, PAPER, frames, high_pass=None, confounds=confounds)
    options = {"hrf_model": "spm", "drift_model": None, "add_regs": confounds}
    compare(design, theirs(trials, PAPER, frames, **options))
