"""The declared task and its trials: counts, times, events, closed forms of science 2.2."""

import numpy as np
import pandas as pd
import pytest

from dolorimeter.core import InputError
from dolorimeter.learning.intervals import Interval
from dolorimeter.learning.task_order import draw_order
from dolorimeter.learning.task_parts import Cue, OrderRules, TaskOutcome, Timing
from dolorimeter.learning.task_presets import read_design, relief2005
from dolorimeter.learning.task_table import trial_types
from dolorimeter.learning.task_trials import make_trials
from dolorimeter.learning.tasks import PavlovianTask


def small(**changes):
    given = {
        "name": "small",
        "cues": (Cue("A", 8, {"relief": 0.25}), Cue("B", 4, {"exacerbation": 1.0})),
        "outcomes": (TaskOutcome("relief", 2.0), TaskOutcome("exacerbation", -1.0, duration=1.0)),
        "interval": Interval.fixed(3.0),
        "random_state": 0,
    }
    return PavlovianTask(**(given | changes))


def counts(table):
    return table.groupby(["cue", "outcome"]).size().to_dict()


@pytest.mark.parametrize("balance", ["task", "cues", "run"])
@pytest.mark.parametrize("n_runs", [1, 3, 4])
def test_the_paper_s_counts_are_exact_under_shuffling(balance, n_runs):
    """Science 2.1: exactly 15 of 30."""
    for seed in range(5):
        table = relief2005(seed, n_runs=n_runs, balance=balance).trials
        assert counts(table) == {
            ("A", "none"): 15,
            ("A", "relief"): 15,
            ("B", "exacerbation"): 15,
            ("B", "none"): 15,
            ("C", "none"): 30,
        }
        sizes = table.groupby("run").size()
        assert sizes.max() - sizes.min() <= 1
        by_cue = table.groupby(["run", "cue"]).size()
        if balance != "task":
            assert by_cue.max() - by_cue.min() <= 1
        if balance == "run":
            paired = table.groupby(["cue", "outcome", "run"]).size().unstack()
            assert (paired.max(axis=1) - paired.min(axis=1)).max() <= 1


def test_times_of_the_paper():
    table = relief2005(1).trials
    assert (table["duration"] == 4.0).all()
    np.testing.assert_allclose(table["outcome_onset"] - table["onset"], 4.0)
    assert (table["outcome_duration"] == 5.0).all()
    for _, run in table.groupby("run"):
        assert run["onset"].iloc[0] == 10.0
        gaps = np.diff(run["onset"]) - 9.0
        np.testing.assert_allclose(gaps, run["interval"].iloc[:-1], atol=2e-6)
        assert 4.0 <= gaps.min() <= gaps.max() <= 8.0


def test_trials_of_different_outcomes_never_overlap():
    table = small(timing=Timing(cue=6.0, outcome_onset=1.0, outcome=2.0)).trials
    ends = np.maximum(table["onset"] + 6.0, table["outcome_onset"] + table["outcome_duration"])
    np.testing.assert_allclose(table["onset"].iloc[1:], ends.iloc[:-1] + 3.0)
    assert set(table.loc[table["outcome"] == "exacerbation", "outcome_duration"]) == {1.0}


def test_outcome_onsets_may_vary():
    table = small(timing=Timing(outcome_onset=Interval.uniform(2.0, 6.0))).trials
    delays = table["outcome_onset"] - table["onset"]
    assert delays.between(2.0, 6.0).all()
    assert delays.std() > 0.3


def test_each_order_is_equally_likely():
    """Four trials of which two are alike have 12 orders: all come up evenly."""
    cues = (Cue("A", 3, reinforced={"relief": 1}), Cue("B", 1))
    types = trial_types(cues, small().outcomes, OrderRules())
    rng = np.random.default_rng(7)
    drawn = [draw_order(types, 1, "cues", rng)[0] for _ in range(2400)]
    _, seen = np.unique(drawn, axis=0, return_counts=True)
    assert len(seen) == 12
    assert ((seen - 200) ** 2 / 200).sum() < 31.3  # chi-squared, 11 degrees, p = 0.001


def test_means_of_the_closed_form():
    """Science 2.2: mean value 0.4444, outcome error 0.5709 reinforced and -0.4598 not."""
    tables = [relief2005(seed).trials for seed in range(400)]
    errors = {"relief": [], "none": []}
    for table in tables:
        value = 0.0
        for outcome in table.loc[table["cue"] == "A", "outcome"]:
            error = (outcome == "relief") - value
            errors[outcome].append(error)
            value += 0.3 * error
    assert np.mean(errors["relief"]) == pytest.approx(0.5709, abs=0.01)
    assert np.mean(errors["none"]) == pytest.approx(-0.4598, abs=0.01)


def test_seeds():
    pd.testing.assert_frame_equal(relief2005(3).trials, relief2005(3).trials)
    assert not relief2005(3).trials.equals(relief2005(4).trials)
    task = relief2005(3)
    table = task.trials
    table["cue"] = "X"
    pd.testing.assert_frame_equal(task.trials, relief2005(3).trials)


def test_events_have_two_rows_a_trial():
    task = relief2005(0)
    events = task.events("2")
    assert list(events.columns) == [
        "onset", "duration", "trial_type", "trial", "cue", "outcome", "utility",
    ]  # fmt: skip
    assert len(events) == 60
    assert (np.diff(events["onset"]) >= 0).all()
    assert events["trial_type"].tolist() == ["cue", "outcome"] * 30
    omitted = events[(events["trial_type"] == "outcome") & (events["outcome"] == "none")]
    assert len(omitted) > 10
    assert (omitted["duration"] == 5.0).all()
    every = task.events()
    assert list(every["run"].unique()) == ["1", "2", "3"]
    assert set(task.sidecar()) == set(every.columns)
    with pytest.raises(InputError, match="one of 1, 2, 3"):
        task.events("4")


def test_latin_square_and_all_orders_balance_stimuli():
    stimuli = ("circle", "square", "star")
    cues = (Cue("A", 2), Cue("B", 2), Cue("C", 2))
    for kind, size in (("latin-square", 3), ("all-orders", 6)):
        task = small(cues=cues, stimuli=stimuli, counterbalance=kind)
        played = []
        for subject in range(2 * size):
            table = task.draw(0, subject).drop_duplicates("cue").set_index("cue")
            played.append(tuple(table["stimulus"][["A", "B", "C"]]))
        assert len(set(played[:size])) == size
        assert played[:size] == played[size:]
        for place in range(3):
            seen = [row[place] for row in played]
            assert {seen.count(name) for name in stimuli} == {2 * size // 3}
    fixed = small(cues=cues, stimuli=stimuli).draw(0, 1).drop_duplicates("cue")
    assert dict(zip(fixed["cue"], fixed["stimulus"], strict=True))["A"] == "circle"


def test_trials_of_many_people():
    task = relief2005(0)
    trials = make_trials(task, 5, n_subjects=3)
    assert dict(zip(*np.unique(trials.subject, return_counts=True), strict=True)) == {
        "01": 90, "02": 90, "03": 90,
    }  # fmt: skip
    assert trials.utility[trials.outcome == "exacerbation"].tolist() == [-1.0] * 45
    more = make_trials(task, 5, n_subjects=5)
    np.testing.assert_array_equal(more.onset[:270], trials.onset)
    orders = trials.cue.reshape(3, 90)
    assert not (orders[0] == orders[1]).all()
    same = make_trials(task, 5, n_subjects=2, same_order=True)
    assert same.cue.tolist() == 2 * task.trials["cue"].tolist()


def test_trials_ordered_elsewhere_must_keep_the_counts():
    task = small()
    table = task.trials
    later = table.assign(onset=table["onset"] + 1.0, outcome_onset=table["outcome_onset"] + 1.0)
    assert task.with_trials(later).trials["onset"].iloc[0] == table["onset"].iloc[0] + 1.0
    with pytest.raises(InputError, match=r"trial 11 starts at .* before 12 is over"):
        task.with_trials(table.iloc[::-1])
    late = table["outcome_duration"].where(table["trial"] != 3, 9.0)
    with pytest.raises(InputError, match=r"trial 4 starts at 42 s, before 3 is over.* at 43 s"):
        task.with_trials(table.assign(outcome_duration=late))
    with pytest.raises(InputError, match="'A' with 'relief' 3 times"):
        task.with_trials(table.assign(outcome=table["outcome"].where(table.index > 0, "relief")))
    with pytest.raises(InputError, match="no column 'utility'"):
        task.with_trials(table.drop(columns="utility"))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Cue("A", 33, {"relief": 0.5}), r"0.5 of 33 presentations is 16.5.*32 times"),
        (lambda: Cue("A", 30, {"relief": 1.5}), "a probability, 0 to 1. For a number"),
        (lambda: Cue("A", 4, {"relief": 0.5, "none": 0.75}), "5 outcomes for 4"),
        (lambda: Cue("A", 4, {"relief": 0.5}, {"relief": 2}), "one of the two"),
        (lambda: Cue("A", 0), "whole number, 1 or more"),
        (lambda: TaskOutcome("relief", None), "outcomes, relief: no utility.*such as 1 for relief"),
        (lambda: TaskOutcome("relief", float("nan")), "finite number"),
        (lambda: Timing(outcome=-1.0), "timing, outcome: -1.0; expected seconds, 0 or more"),
        (lambda: OrderRules(balance="runs"), "Did you mean 'run'"),
        (lambda: OrderRules(cue_repeats={"A": 0}), "cue_repeats, A: 0"),
        (lambda: small(cues=(Cue("A", 2, {"releif": 0.5}),)), "Did you mean 'relief'"),
        (lambda: small(cues=(Cue("A", 2), Cue("A", 2))), "'A' twice"),
        (lambda: small(cues=()), "nothing"),
        (lambda: small(order=OrderRules(cue_repeats={"a": 2})), "Did you mean 'A'"),
        (lambda: small(counterbalance="latin"), "Did you mean 'latin-square'"),
        (lambda: small(counterbalance="latin-square"), "0 names; expected one for each of 2"),
        (lambda: small(name="my task"), "letters and digits"),
        (lambda: small(runs=13), "13 for 12 trials"),
        (lambda: read_design("relief2006"), "Did you mean 'relief2005'"),
    ],
)
def test_what_cannot_be_is_named(make, words):
    with pytest.raises(InputError, match=words):
        make()
