"""The predicted responses of science 2.4: a unit-peak response, events at 0 and 4 s."""

import numpy as np
import pytest

from dolorimeter.core import Trials
from dolorimeter.imaging.columns import frame_times_of
from dolorimeter.imaging.design import make_design
from dolorimeter.imaging.events import events_of
from dolorimeter.imaging.regressors import Regressor
from dolorimeter.imaging.responses import event_responses
from dolorimeter.learning import TemporalDifference, make_trials, relief2005

ERROR = Regressor("error", ("cue", "outcome"), modulator="appetitive_error", center=False)
FRAMES = frame_times_of(400, 0.1)
PEAKS = {  # outcome: the extrema of the course, in order, and when
    "relief": ((0.736, 8.3),),
    "no relief": ((0.455, 4.8), (-0.338, 9.8)),
    "exacerbation": ((-0.736, 8.3),),
}
# Mean errors at cue and outcome by trial type (science 2.2).
ERRORS = {"relief": (0.429, 0.5709), "no relief": (0.460, -0.4598)}
ERRORS["exacerbation"] = tuple(-error for error in ERRORS["relief"])


def one_trial(cue_error, outcome_error):
    return Trials(
        subject=np.array(["01"]),
        run=np.array(["1"]),
        cue=np.array(["A"]),
        outcome=np.array([""]),
        onset=np.array([0.0]),
        outcome_onset=np.array([4.0]),
        utility=np.zeros(1),
        quantities={
            "cue_error": np.array([cue_error]),
            "outcome_error": np.array([outcome_error]),
        },
    )


def check_extrema(course, expected, atol):
    turns = np.flatnonzero(np.diff(np.sign(np.diff(course)))) + 1
    found = sorted(turns[np.argsort(-np.abs(course[turns]))][: len(expected)])
    for place, (height, time) in zip(found, expected, strict=True):
        assert course[place] == pytest.approx(height, abs=atol)
        assert FRAMES[place] == pytest.approx(time, abs=0.051 + 10 * atol)


@pytest.mark.parametrize("outcome", list(PEAKS))
def test_courses_of_the_mean_errors(outcome):
    trial = one_trial(*ERRORS[outcome])
    design = make_design(trial, (ERROR,), FRAMES, convolution="exact", high_pass=None)
    check_extrema(design.matrix[:, 0], PEAKS[outcome], atol=1e-3)
    responses = event_responses(ERROR, trial, FRAMES, convolution="exact")
    by_parts = responses @ events_of(ERROR, trial).amplitudes
    np.testing.assert_allclose(by_parts, design.matrix[:, 0], atol=1e-14)


def test_courses_of_simulated_people():
    """Errors of the model itself, averaged over the orders of 150 people."""
    trials = make_trials(relief2005(random_state=0), random_state=0, n_subjects=150)
    learned = TemporalDifference(alpha=0.3).simulate(trials)
    types = {"relief": ("A", "relief"), "no relief": ("A", "none"), "exacerbation": ("B", None)}
    types["exacerbation"] = ("B", "exacerbation")
    for name, (cue, outcome) in types.items():
        rows = (trials.cue == cue) & (trials.outcome == outcome)
        means = [learned.cue_error[rows].mean(), learned.outcome_error[rows].mean()]
        np.testing.assert_allclose(means, ERRORS[name], atol=0.01)
        responses = event_responses(ERROR, one_trial(*means), FRAMES, convolution="exact")
        check_extrema(responses @ means, PEAKS[name], atol=0.015)


def test_the_amplitude_of_nilearn_goes_with_the_repetition_time():
    """Its impulse lasts TR/50: why effects of the two conventions differ by a known factor."""
    trial, cue = one_trial(1.0, 0.0), Regressor("cue")
    long_frames = [frame_times_of(n, tr) for n, tr in ((60, 1.0), (24, 2.5))]
    theirs = [event_responses(cue, trial, frames).max() for frames in long_frames]
    exact = [event_responses(cue, trial, f, convolution="exact").max() for f in long_frames]
    np.testing.assert_allclose(exact, [1, 1], atol=1e-6)
    assert theirs[1] / theirs[0] == pytest.approx(2.5, rel=0.02)
