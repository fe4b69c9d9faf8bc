"""Efficiency: planned regressors written out, and a search that measurably improves an order."""

import numpy as np
import pytest

from dolorimeter.core import InputError
from dolorimeter.hemodynamics import convolve_events
from dolorimeter.learning.efficiency import design_efficiency, improve_order
from dolorimeter.learning.intervals import Interval
from dolorimeter.learning.planned_regressors import Scanner, Timeline, planned_amplitudes
from dolorimeter.learning.task_order import breaks_limit
from dolorimeter.learning.task_parts import Cue, OrderRules, TaskOutcome, Timing
from dolorimeter.learning.task_presets import relief2005
from dolorimeter.learning.task_table import trial_types
from dolorimeter.learning.tasks import PavlovianTask

NAMES = (
    "cue",
    "exacerbation",
    "relief",
    "cue error A",
    "outcome error A",
    "cue error B",
    "outcome error B",
)


def by_hand(table, tr=2.0, lead_out=15.0, alpha=0.3):
    """Errors, centering, convolution and concatenation, one event at a time."""
    value, errors = dict.fromkeys("ABC", 0.0), []
    for cue, utility in table[["cue", "utility"]].to_numpy():
        errors.append((value[cue], utility - value[cue]))
        value[cue] += alpha * (utility - value[cue])
    at_cue, at_outcome = np.array(errors).T
    weights = {"cue": (1.0 * np.ones(len(table)), "onset")}
    for name in ("exacerbation", "relief"):
        weights[name] = (1.0 * (table["outcome"] == name).to_numpy(), "outcome_onset")
    for cue in "AB":
        ours = (table["cue"] == cue).to_numpy()
        for when, found, column in (
            ("cue", at_cue, "onset"),
            ("outcome", at_outcome, "outcome_onset"),
        ):
            weights[f"{when} error {cue}"] = (np.where(ours, found - found[ours].mean(), 0), column)
    parts = []
    for run in table["run"].unique():
        ours = (table["run"] == run).to_numpy()
        end = (table["outcome_onset"] + table["outcome_duration"])[ours].max() + lead_out
        frames = np.arange(0.0, end, tr)
        parts.append(
            np.column_stack(
                [
                    convolve_events(table[column][ours], 0, weight[ours], frames)
                    for weight, column in weights.values()
                ]
            )
        )
    return np.concatenate(parts), np.repeat(np.arange(len(parts)), [len(p) for p in parts])


def test_planned_regressors_equal_those_written_out():
    table = relief2005(4).trials
    names, amplitudes = planned_amplitudes(table, Scanner())
    timeline = Timeline.of(table, Scanner())
    expected, run = by_hand(table)
    assert names == NAMES
    np.testing.assert_allclose(timeline.responses @ amplitudes, expected, atol=1e-10)
    np.testing.assert_array_equal(timeline.confounds, np.eye(3)[run])


def test_inflation_is_that_of_a_regression_with_run_means():
    table = relief2005(4).trials
    found = design_efficiency(table)
    X, run = by_hand(table)
    j = NAMES.index("outcome error A")
    others = np.column_stack([np.delete(X, j, axis=1), np.eye(3)[run]])
    residual = X[:, j] - others @ np.linalg.lstsq(others, X[:, j])[0]
    total = ((X[:, j] - X[:, j].mean()) ** 2).sum()
    assert found.variance_inflation[j] == pytest.approx(total / (residual**2).sum(), rel=1e-8)
    assert found.variance[j] == pytest.approx(1 / (residual**2).sum(), rel=1e-8)
    assert found.worst == found.variance_inflation[3:].max()
    assert found.to_dict()["regressors"][j]["name"] == "outcome error A"


def test_the_paper_s_two_regressors():
    found = design_efficiency(relief2005(0), Scanner(split="cue"))
    assert found.names == ("cue", "exacerbation", "relief", "error A", "error B")


def test_drifts_add_to_the_inflation():
    table = relief2005(0).trials
    plain, filtered = (design_efficiency(table, Scanner(high_pass=h)) for h in (None, 60.0))
    assert (filtered.variance_inflation > plain.variance_inflation).all()
    confounds = Timeline.of(table, Scanner(high_pass=60.0)).confounds
    gram = confounds.T @ confounds
    np.testing.assert_allclose(gram, np.diag(np.diag(gram)), atol=1e-8)


def test_a_longer_and_varying_delay_tells_onset_from_outcome():
    def made(delay, seed):
        timing = Timing(outcome_onset=delay)
        preset = relief2005()
        return PavlovianTask(
            "t", preset.cues, preset.outcomes, timing=timing, interval=Interval.fixed(1.0),
            random_state=seed,
        )  # fmt: skip

    fixed = np.median([design_efficiency(made(2.0, s)).worst for s in range(5)])
    varied = np.median(
        [design_efficiency(made(Interval.uniform(2.0, 8.0), s)).worst for s in range(5)]
    )
    assert varied < fixed


@pytest.mark.parametrize("criterion", ["inflation", "variance"])
def test_the_search_improves_on_random_orders_and_keeps_the_design(criterion):
    task = relief2005(0)
    found = improve_order(task, n_draws=8, n_swaps=60, criterion=criterion, random_state=1)
    assert found.after < found.drawn.min() < found.before
    assert found.before == np.median(found.drawn)
    again = design_efficiency(found.task)
    assert found.after == pytest.approx(
        again.worst if criterion == "inflation" else again.mean_variance
    )
    table = found.task.trials
    assert table.groupby(["cue", "outcome"]).size().tolist() == [15, 15, 15, 15, 30]
    assert (table.groupby(["run", "cue"]).size() == 10).all()
    assert table["utility"].equals(
        table["outcome"].map({"relief": 1.0, "exacerbation": -1.0, "none": 0.0})
    )
    same = improve_order(task, n_draws=8, n_swaps=60, criterion=criterion, random_state=1)
    assert same.after == found.after


def test_the_search_keeps_limits_on_repeats_and_stimuli():
    preset = relief2005()
    task = PavlovianTask(
        "t", preset.cues, preset.outcomes, runs=2, order=OrderRules("run", 2, {"relief": 1}),
        stimuli=("x", "y", "z"), random_state=0,
    )  # fmt: skip
    found = improve_order(task, n_draws=3, n_swaps=80, random_state=0)
    types = trial_types(task.cues, task.outcomes, task.order)
    known = {"A": "x", "B": "y", "C": "z"}
    assert found.after < found.drawn.min()
    for _, run in found.task.trials.groupby("run"):
        pairs = list(zip(run["cue"], run["outcome"], strict=True))
        codes = [
            next(
                k
                for k, (c, o) in enumerate(types.labels.T)
                if (types.names[0][c], types.names[1][o]) == pair
            )
            for pair in pairs
        ]
        assert not breaks_limit(np.array([codes]), types)[0]
        assert run["stimulus"].tolist() == [known[cue] for cue in run["cue"]]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Scanner(tr=0.0), "tr: 0.0; expected a positive"),
        (lambda: Scanner(split="time"), "split: 'time'"),
        (lambda: Scanner(hrf="fsl"), "hrf"),
        (lambda: Scanner(lead_out=-1.0), "lead_out"),
        (lambda: improve_order(relief2005(0), criterion="trace"), "one of inflation, variance"),
        (lambda: improve_order(relief2005(0), n_draws=0), "n_draws"),
        (
            lambda: design_efficiency(PavlovianTask("t", (Cue("A", 4),), (TaskOutcome("x", 1.0),))),
            "no prediction error that varies",
        ),
    ],
)
def test_what_cannot_be_is_named(make, words):
    with pytest.raises(InputError, match=words):
        make()
