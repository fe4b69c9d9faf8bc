"""What a design leaves without a column is found, and is what biases its effects."""

import numpy as np
import pytest

from dolorimeter.hemodynamics import convolve_events
from dolorimeter.imaging import (
    Regressor,
    coverage_warnings,
    frame_times_of,
    frames_of,
    make_design,
    read_regressors,
    uncovered,
)
from dolorimeter.learning import TemporalDifference, make_trials, relief2005

TR = 3.0


@pytest.fixture(scope="module")
def run():
    trials = make_trials(relief2005(random_state=1, balance="run"), random_state=1)
    learned = TemporalDifference(alpha=0.3).simulate(trials).attach(trials)
    return learned.take(learned.run == "2")


def weights_of(name, regressors, run):
    frames = frame_times_of(frames_of(run, TR), TR)
    design = make_design(run, regressors, frames, convolution="exact")
    return np.linalg.pinv(design.matrix)[design.names.index(name)], frames


def errors_at_a(run, frames):
    ours = run.cue == "A"
    at_cue = convolve_events(run.onset[ours], 0, run.quantities["cue_error"][ours], frames)
    late = run.outcome_onset[ours]
    return at_cue + convolve_events(late, 0, run.quantities["outcome_error"][ours], frames)


def test_the_default_columns_give_errors_back_in_their_full_size(run):
    weights, frames = weights_of("error_A", read_regressors("two-errors"), run)
    assert weights @ errors_at_a(run, frames) == pytest.approx(1.0, abs=1e-9)
    events, biased = uncovered(read_regressors("two-errors"), run)
    assert events == {"error_A": (), "error_B": ()}
    assert biased == ()
    assert coverage_warnings(events, biased) == ()


def test_the_papers_own_columns_do_not_and_are_warned_of(run):
    weights, frames = weights_of("error_A", read_regressors("paper"), run)
    assert weights @ errors_at_a(run, frames) < 0.9
    events, biased = uncovered(read_regressors("paper"), run)
    assert events == {"error_A": ("outcome none",), "error_B": ("outcome none",)}
    assert biased == ("error_A", "error_B")
    omissions, size = coverage_warnings(events, biased)
    assert "'outcome none'" in omissions
    assert "error_A, error_B" in omissions
    assert "full size" in size


@pytest.mark.parametrize(("preset", "taken"), [("paper", 0.8), ("two-errors", 0.0)])
def test_a_response_to_omissions_passes_for_an_error_only_without_their_column(run, preset, taken):
    weights, frames = weights_of("error_A", read_regressors(preset), run)
    omitted = run.outcome_onset[run.outcome == "none"]
    response = weights @ convolve_events(omitted, 0, -1.0, frames)
    assert response == pytest.approx(0, abs=1e-9) if taken == 0 else response > taken


@pytest.mark.parametrize("preset", ["one-error", "surprise", "valence-independent"])
def test_other_sets_hold_all_their_events(run, preset):
    events, biased = uncovered(read_regressors(preset), run)
    assert not any(events.values())
    assert biased == ()


def test_columns_by_cue_together_hold_what_one_column_would(run):
    apart = [Regressor(f"cue_{cue}", ("cue",), cues=(cue,)) for cue in "ABC"]
    kinds = ("relief", "exacerbation", "none")
    after = [Regressor(kind, ("outcome",), outcomes=(kind,)) for kind in kinds]
    error = Regressor("error", ("cue", "outcome"), modulator="appetitive_error")
    assert uncovered([*apart, *after, error], run) == ({"error": ()}, ())
    assert uncovered([*apart[:2], *after, error], run) == ({"error": ("cue",)}, ("error",))


def test_a_modulator_that_is_not_centered_holds_its_own_mean(run):
    raw = Regressor("error", ("cue",), modulator="appetitive_error", center=False)
    assert uncovered([raw], run) == ({"error": ("cue",)}, ())
