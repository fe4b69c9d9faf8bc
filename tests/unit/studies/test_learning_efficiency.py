"""Variance inflation of planned regressors from the times as read; why there is none."""

from dataclasses import replace

import numpy as np
import pytest

from dolorimeter.learning import Scanner, design_efficiency, make_trials, relief2005
from dolorimeter.studies.learning.efficiency import efficiency_block


@pytest.fixture(scope="module")
def task():
    return relief2005(random_state=0)


@pytest.fixture(scope="module")
def trials(task):
    return make_trials(task, random_state=0, same_order=True)


def test_it_is_that_of_the_task(task, trials):
    """Durations do not count: events are impulses, and the frames after the last hardly matter."""
    block, reason = efficiency_block(trials, "td", reset_runs=False)
    expected = design_efficiency(task, Scanner())
    assert reason == ""
    assert tuple(block["regressors"]) == expected.names
    np.testing.assert_allclose(block["variance_inflation"], expected.variance_inflation, rtol=0.02)
    assert block["subjects"] == 1
    assert block["most"] == block["variance_inflation"]


def test_onsets_that_go_on_over_runs_change_nothing(trials):
    later = (trials.run.astype(int) - 1) * 1000.0
    moved = replace(trials, onset=trials.onset + later, outcome_onset=trials.outcome_onset + later)
    plain, shifted = (efficiency_block(t, "td", reset_runs=False)[0] for t in (trials, moved))
    np.testing.assert_allclose(shifted["variance_inflation"], plain["variance_inflation"])


def test_unknown_onsets_are_the_reason(trials):
    blind = replace(trials, outcome_onset=np.where(trials.cue == "A", np.nan, trials.outcome_onset))
    assert efficiency_block(blind, "td", reset_runs=False) == (
        None, "the onset of the outcome is unknown in 30 of 90 trials",
    )  # fmt: skip
    blind = replace(trials, onset=np.full(90, np.nan))
    block, reason = efficiency_block(blind, "td", reset_runs=False)
    assert (block, "cue is unknown in 90" in reason) == (None, True)


def test_values_that_never_vary_are_the_reason(trials):
    block, reason = efficiency_block(replace(trials, utility=np.zeros(90)), "td", reset_runs=False)
    assert (block, "no prediction error that varies" in reason) == (None, True)


def test_without_cues_only_outcomes_are_planned(trials):
    bare = replace(trials, cue=np.full(90, ""), onset=np.full(90, np.nan))
    block, _ = efficiency_block(bare, "transitions", reset_runs=True)
    assert block["regressors"] == ["exacerbation", "relief", "outcome error"]
