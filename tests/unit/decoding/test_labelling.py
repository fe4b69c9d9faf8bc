"""Labelling accuracy: the closed form, the curve against enumeration, and the forced choice."""

from itertools import combinations

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.linear_model import Ridge
from sklearn.metrics import accuracy_score, roc_auc_score

from dolorimeter.core import InputError
from dolorimeter.decoding.closed_form import (
    dprime_of_accuracy,
    forced_choice_accuracy,
    labelling_accuracy,
)
from dolorimeter.decoding.grouped_decisions import clustered_interval
from dolorimeter.decoding.labelling import forced_choice, labelling_curve


@pytest.fixture
def trials():
    """Four subjects of unlike size and accuracy, three conditions, the last two of one class."""
    rng = np.random.default_rng(3)
    subject = np.repeat(["a", "b", "c", "d"], [12, 15, 18, 21])
    condition = np.resize(["none", "weak", "strong"], len(subject))
    y = np.where(condition == "none", "no", "pain")
    shift = np.array([0.2, 0.5, 1.0, 0.0])[np.unique(subject, return_inverse=True)[1]]
    decisions = rng.normal(size=len(subject)) + np.where(y == "pain", shift, -shift)
    return decisions, y, condition, subject


def enumerated(decisions, y, condition, subject, m):
    """Average by hand over all groups of a cell, then over cells by their size."""
    total = weight = groups = 0
    for s in np.unique(subject):
        for c in np.unique(condition):
            rows = np.flatnonzero((subject == s) & (condition == c))
            if len(rows) < m:
                continue
            called = [decisions[list(g)].mean() > 0 for g in combinations(rows, m)]
            right = np.mean(np.array(called) == (y[rows[0]] == "pain"))
            total, weight = total + right * len(rows), weight + len(rows)
            groups += len(called)
    return total / weight, groups


def test_the_published_inflation():
    assert dprime_of_accuracy(0.725) == pytest.approx(1.196, abs=5e-4)
    assert labelling_accuracy(0.725, 1) == pytest.approx(0.725)
    assert labelling_accuracy(0.725, 4) == pytest.approx(0.884, abs=5e-4)
    assert labelling_accuracy(0.725, 20) == pytest.approx(0.996, abs=5e-4)
    assert forced_choice_accuracy(0.725) == pytest.approx(norm.cdf(1.1955202 / np.sqrt(2)))
    assert forced_choice_accuracy(0.725, 4) == pytest.approx(norm.cdf(2 * 1.1955202 / np.sqrt(2)))


def test_closed_form_at_its_ends():
    assert labelling_accuracy(0.5, 100) == 0.5
    assert labelling_accuracy(1.0, 2) == 1
    assert labelling_accuracy(0.0, 2) == 0
    assert labelling_accuracy(0.3, 9) == pytest.approx(1 - labelling_accuracy(0.7, 9))


def test_single_trials_give_the_accuracy(trials):
    decisions, y, condition, subject = trials
    for owners in (None, subject):
        (point,) = labelling_curve(decisions, y, condition, owners, ms=[1])
        assert point.accuracy == pytest.approx(
            accuracy_score(y, np.where(decisions > 0, "pain", "no"))
        )
        assert point.expected == pytest.approx(point.accuracy)
        assert (point.tests, point.samples) == (66, 66)


@pytest.mark.parametrize("m", [2, 3, 5])
def test_all_groups_equal_the_enumeration(trials, m):
    decisions, y, condition, subject = trials
    (point,) = labelling_curve(decisions, y, condition, subject, ms=[m], draws=None)
    expected, groups = enumerated(decisions, y, condition, subject, m)
    assert point.accuracy == pytest.approx(expected)
    assert point.tests == groups
    assert point.cells == (9 if m == 5 else 12)


def test_drawn_groups_estimate_all_groups(trials):
    decisions, y, condition, subject = trials
    (full,) = labelling_curve(decisions, y, condition, subject, ms=[3], draws=None)
    (drawn,) = labelling_curve(decisions, y, condition, ms=[3], draws=4000, random_state=0)
    (same,) = labelling_curve(decisions, y, condition, ms=[3], draws=4000, random_state=0)
    (exact,) = labelling_curve(decisions, y, condition, ms=[3], draws=None)
    assert drawn == same
    assert drawn.tests == 3 * 1540  # 3 of 22: fewer than the draws, so all of them
    assert drawn == exact
    (few,) = labelling_curve(decisions, y, condition, subject, ms=[3], draws=15, random_state=0)
    assert few.tests < full.tests
    assert few.accuracy == pytest.approx(full.accuracy, abs=0.12)
    (many,) = labelling_curve(decisions, y, condition, ms=[5], draws=20000, random_state=1)
    (every,) = labelling_curve(decisions, y, condition, ms=[5], draws=None)
    assert many.tests == 60000
    assert many.accuracy == pytest.approx(every.accuracy, abs=0.01)


def test_groups_never_mix_subjects_nor_runs():
    y = condition = np.array([0, 0, 1, 1] * 2)
    names = np.repeat(["left", "right"], 4)
    decisions = np.array([-1.0, -1.0, 1.0, 1.0, 5.0, 5.0, -5.0, -5.0])  # "right" is all wrong
    for where in ({"subjects": names}, {"runs": names}):
        (point,) = labelling_curve(decisions, y, condition, ms=[2], **where)
        assert (point.accuracy, point.tests) == (0.5, 4)
        assert forced_choice(decisions, y, condition, m=2, **where).accuracy == 0.5
    (mixed,) = labelling_curve(decisions, y, condition, ms=[2], draws=None)
    assert mixed.accuracy == pytest.approx(1 / 6)


def test_decision_of_an_average_is_the_average_of_decisions():
    rng = np.random.default_rng(8)
    y = np.arange(80) % 2
    X = rng.normal(size=(80, 20)) + 0.4 * y[:, None]
    model = Ridge().fit(X[:60], 2 * y[:60] - 1.0)
    test, labels = X[60:], y[60:]
    (point,) = labelling_curve(model.predict(test), labels, labels, ms=[3], draws=None)
    right = [
        (model.predict(test[list(g)].mean(axis=0, keepdims=True))[0] > 0) == label
        for label in (0, 1)
        for g in combinations(np.flatnonzero(labels == label), 3)
    ]
    assert point.accuracy == pytest.approx(np.mean(right))
    assert point.tests == len(right)


def test_normal_decisions_follow_the_closed_form():
    rng = np.random.default_rng(1)
    y = np.arange(40_000) % 2
    decisions = rng.normal(size=len(y)) + (y - 0.5) * dprime_of_accuracy(0.725)
    points = labelling_curve(decisions, y, y, ms=(1, 4, 20), draws=2000, random_state=0)
    for point, share in zip(points, (0.725, 0.884, 0.996), strict=True):
        assert point.accuracy == pytest.approx(share, abs=0.02)
        assert point.accuracy == pytest.approx(point.expected, abs=0.02)
    for m in (1, 4):
        pair = forced_choice(decisions[:4000], y[:4000], y[:4000], m=m, random_state=0)
        assert pair.accuracy == pytest.approx(forced_choice_accuracy(0.725, m), abs=0.03)
        assert pair.expected == pytest.approx(pair.accuracy, abs=0.03)


def test_several_classes_by_the_largest_average():
    rng = np.random.default_rng(2)
    y = np.repeat([3, 5, 9], 5)
    values = rng.normal(size=(15, 3)) + np.eye(3)[np.repeat([0, 1, 2], 5)]
    (point,) = labelling_curve(values, y, y, ms=[2], draws=None)
    right = [
        values[list(g)].mean(axis=0).argmax() == k
        for k in range(3)
        for g in combinations(range(5 * k, 5 * k + 5), 2)
    ]
    assert point.accuracy == pytest.approx(np.mean(right))
    assert point.expected is None
    with pytest.raises(InputError, match="3 classes"):
        forced_choice(values, y, y)


def test_two_columns_say_the_same_as_their_difference(trials):
    decisions, y, condition, subject = trials
    columns = np.column_stack([-decisions / 2, decisions / 2])
    for run in (
        lambda d: labelling_curve(d, y, condition, subject, ms=(1, 2, 3), draws=None),
        lambda d: forced_choice(d, y, condition, subject, m=2, draws=None),
    ):
        assert run(columns) == run(decisions)


def test_ties_are_no_hits():
    y = np.array([0, 0, 1, 1])
    assert labelling_curve(np.zeros(4), y, y, ms=[1])[0].accuracy == 0.5
    assert labelling_curve(np.ones((4, 2)), y, y, ms=[2])[0].accuracy == 0.5
    assert forced_choice(np.zeros(4), y, y).accuracy == 0.5


def test_forced_choice_of_single_trials_is_the_area_under_the_curve(trials):
    decisions, y, _, subject = trials
    areas, weights = [], []
    for s in np.unique(subject):
        rows = subject == s
        areas.append(roc_auc_score(y[rows] == "pain", decisions[rows]))
        weights.append((y[rows] == "pain").sum() * (y[rows] == "no").sum())
    found = forced_choice(decisions, y, y, subject)
    assert found.accuracy == pytest.approx(np.average(areas, weights=weights))
    assert found.pairs == sum(weights)
    assert found.ci95[0] < found.accuracy < found.ci95[1]


def test_interval_covers_and_ignoring_subjects_would_not():
    rng = np.random.default_rng(5)
    covered, naive = [], []
    for _ in range(300):
        skill = rng.beta(6, 3, size=20)
        shares = rng.binomial(30, skill) / 30
        value, (low, high) = clustered_interval(shares, np.full(20, 30.0), np.arange(20), 600)
        half = 1.96 * np.sqrt(value * (1 - value) / 600)
        covered.append(low <= 6 / 9 <= high)
        naive.append(abs(value - 6 / 9) <= half)
    assert np.mean(covered) > 0.91
    assert np.mean(naive) < 0.75


def test_interval_stays_open_where_all_are_right():
    value, (low, high) = clustered_interval(np.ones(10), np.ones(10), np.arange(10), 10)
    assert (value, high) == (1, 1)
    assert 0.5 < low < 0.8
    assert clustered_interval(np.ones(3), np.ones(3), np.zeros(3, dtype=int), 3)[1] is None


def test_interval_knows_how_many_groups_share_no_sample():
    shares, owners = np.array([0.9, 0.9, 0.9, 0.88]), np.arange(4)
    wide, narrow = (clustered_interval(shares, np.ones(4), owners, n)[1] for n in (4, 10**9))
    assert wide[1] - wide[0] > 2 * (narrow[1] - narrow[0])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y": np.zeros(6), "condition": np.zeros(6)}, "y: 1 class"),
        ({"condition": np.full(6, "")}, "condition: a sample without one"),
        ({"condition": np.zeros(6)}, "more than one class"),
        ({"condition": np.zeros(5)}, "condition: shape"),
        ({"decisions": np.full(6, np.nan)}, "decisions"),
        ({"decisions": np.zeros((6, 3))}, "one column a class"),
        ({"ms": [4]}, "m: 4; expected at most 3"),
        ({"ms": [0]}, "positive whole number"),
        ({"ms": [1.5]}, "positive whole number"),
        ({"draws": 0}, "draws"),
    ],
)
def test_refuses_what_it_cannot_use(change, message):
    y = np.array([0, 0, 0, 1, 1, 1])
    given = {"decisions": np.arange(6.0), "y": y, "condition": y, "ms": [1]} | change
    with pytest.raises(InputError, match=message):
        labelling_curve(**given)


def test_refuses_more_groups_than_memory_holds():
    y = np.repeat([0, 1], 40)
    with pytest.raises(InputError, match=r"1\.38e\+11 groups of 20 from 40"):
        labelling_curve(np.arange(80.0), y, y, ms=[20], draws=None)


def test_refuses_a_choice_that_no_subject_has():
    y = np.array([0, 0, 1, 1])
    with pytest.raises(InputError, match="either class"):
        forced_choice(np.arange(4.0), y, y, subjects=y)


@pytest.mark.parametrize("share", [-0.1, 1.1, np.nan])
def test_closed_form_refuses_what_is_no_share(share):
    with pytest.raises(InputError):
        labelling_accuracy(share, 2)
