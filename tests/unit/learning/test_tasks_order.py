"""Limits on repeats: kept, exact where possible, and refused where none could keep them."""

from itertools import groupby, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dolorimeter.core import InputError
from dolorimeter.learning.task_order import TrialTypes, _trial_by_trial, breaks_limit, draw_order
from dolorimeter.learning.task_parts import Cue, OrderRules, TaskOutcome
from dolorimeter.learning.task_presets import relief2005
from dolorimeter.learning.tasks import PavlovianTask


def longest(values):
    return max(len(list(group)) for _, group in groupby(values))


def types_of(counts, limit):
    """Make types with a cue each and one outcome."""
    k = len(counts)
    labels = np.array([range(k), [0] * k])
    limits = (np.full(k, limit), np.array([sum(counts)]))
    return TrialTypes(np.array(counts), labels, limits, (tuple("ABCDE"[:k]), ("none",)))


@pytest.mark.parametrize("order", [OrderRules(cue_repeats=1), OrderRules(cue_repeats=2)])
def test_limits_are_kept_in_each_run(order):
    task = PavlovianTask(
        "t", relief2005().cues, relief2005().outcomes, runs=3, order=order, random_state=0
    )
    for seed in range(5):
        for _, run in task.draw(seed).groupby("run"):
            assert longest(run["cue"]) <= order.cue_repeats


def test_limits_by_name_and_on_outcomes():
    order = OrderRules(outcome_repeats={"none": 3, "relief": 1}, cue_repeats=2)
    task = PavlovianTask("t", relief2005().cues, relief2005().outcomes, order=order, random_state=1)
    outcomes = task.trials["outcome"]
    rows = [(name, len(list(group))) for name, group in groupby(outcomes)]
    assert max(n for name, n in rows if name == "none") <= 3
    assert max(n for name, n in rows if name == "relief") == 1
    assert longest(task.trials["cue"]) <= 2


def test_a_tight_limit_is_met_trial_by_trial():
    """No shuffle would: 10 of A in a row of 19 leave one place for each."""
    codes, _ = draw_order(types_of([10, 9], 1), 1, "cues", np.random.default_rng(0))
    assert codes.tolist() == [0, 1] * 9 + [0]


@settings(max_examples=60)
@given(st.lists(st.integers(1, 5), min_size=1, max_size=4), st.integers(1, 3))
def test_an_order_is_found_exactly_where_one_exists(counts, limit):
    total = sum(counts)
    exists = all(n <= limit * (total - n + 1) for n in counts)
    types = types_of(counts, limit)
    if exists:
        codes, runs = draw_order(types, 1, "cues", np.random.default_rng(0))
        assert longest(codes) <= limit
        assert np.bincount(codes, minlength=len(counts)).tolist() == counts
        assert not runs.any()
    else:
        with pytest.raises(InputError, match="in a row of"):
            draw_order(types, 1, "cues", np.random.default_rng(0))


@settings(max_examples=60)
@given(st.lists(st.integers(1, 6), min_size=2, max_size=4), st.integers(1, 3), st.integers(0, 9))
def test_drawing_trial_by_trial_runs_into_no_dead_end(counts, limit, seed):
    total = sum(counts)
    if all(n <= limit * (total - n + 1) for n in counts):
        types = types_of(counts, limit)
        order = _trial_by_trial(types, types.counts, np.random.default_rng(seed))
        assert order is not None
        assert longest(order) <= limit


def test_the_count_that_decides_equals_enumeration():
    for counts in ([2, 1], [3, 1], [2, 2], [3, 2, 1], [4, 1, 1]):
        for limit in (1, 2):
            everything = np.repeat(range(len(counts)), counts)
            possible = any(longest(p) <= limit for p in set(permutations(everything.tolist())))
            bound = all(n <= limit * (sum(counts) - n + 1) for n in counts)
            assert possible == bound


def test_broken_limits_are_seen():
    types = types_of([3, 3], 2)
    orders = np.array(
        [[0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 0, 1], [1, 0, 1, 0, 1, 0], [1, 0, 0, 0, 1, 1]]
    )
    assert breaks_limit(orders, types).tolist() == [True, False, False, True]


def test_an_impossible_limit_says_what_would_do():
    with pytest.raises(InputError) as caught:
        PavlovianTask(
            "t",
            (Cue("A", 30), Cue("B", 5)),
            (TaskOutcome("none", 0.0),),
            order=OrderRules(cue_repeats=2),
        )
    assert "at most 2 in a row of 'A', which run 1 has 30 times among 5 other trials" in str(
        caught.value
    )
    assert "expected 5 or more there. Or have at most 12 of them" in str(caught.value)
    PavlovianTask(
        "t",
        (Cue("A", 30), Cue("B", 5)),
        (TaskOutcome("none", 0.0),),
        order=OrderRules(cue_repeats=5),
    )


def test_limits_that_exclude_each_other_are_refused():
    """Each limit alone can be kept; together the outcomes of A leave no order."""
    order = OrderRules(cue_repeats=1, outcome_repeats=1)
    cues = (Cue("A", 2, reinforced={"x": 2}), Cue("B", 2, reinforced={"x": 1, "y": 1}))
    outcomes = (TaskOutcome("x", 1.0), TaskOutcome("y", 0.0), TaskOutcome("none", 0.0))
    with pytest.raises(InputError, match="order"):
        PavlovianTask("t", cues, outcomes, order=order)
