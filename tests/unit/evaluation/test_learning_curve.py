"""Learning curves: what is trained on, what is scored, and the figures by other means."""

import json

import numpy as np
import pytest

from dolorimeter.core import InputError
from dolorimeter.evaluation import vus
from dolorimeter.evaluation.learning_curve import SHARES, learning_curve


class Cohort:
    """30 patients, 45 stays, sticky unknowns; features that tell the class apart a little."""

    def __init__(self, seed=0, signal=1.0, n_patients=30, n_stays=45):
        rng = np.random.default_rng(seed)
        self.groups = np.concatenate(
            [np.arange(n_patients), rng.integers(0, n_patients, n_stays - n_patients)]
        )
        lengths = rng.integers(8, 25, n_stays)
        self.offsets = np.concatenate([[0], np.cumsum(lengths)])
        self.sequences = np.repeat(np.arange(n_stays), lengths)
        truth = rng.choice(3, len(self.sequences), p=[0.5, 0.3, 0.2])
        self.features = rng.normal(size=(len(truth), 4)) + signal * np.eye(3, 4)[truth]
        self.labels = np.where(rng.random(len(truth)) < 0.4, -1, truth)
        self.calls = []

    @property
    def data(self):
        return self.labels, self.sequences, self.groups

    def windows(self, stays):
        return np.concatenate([np.arange(self.offsets[i], self.offsets[i + 1]) for i in stays])

    def fit_predict(self, train, test, labels=None):
        """Nearest class mean."""
        self.calls.append((train, test, labels))
        labels = self.labels if labels is None else labels
        taught = self.windows(train)
        means = [self.features[taught][labels[taught] == k].mean(axis=0) for k in range(3)]
        away = self.features[self.windows(test)][:, None] - np.array(means)
        powers = np.exp(-0.5 * (away**2).sum(axis=2))
        return powers / powers.sum(axis=1, keepdims=True)


def curve(cohort, **options):
    given = {"n_splits": 6, "n_bootstrap": 200, "n_jobs": 1, "random_state": 0} | options
    return learning_curve(cohort.fit_predict, *cohort.data, **given)


def test_patients_are_held_out_and_training_sets_grow():
    cohort = Cohort()
    got = curve(cohort, shares=(0.3, 0.5, 0.85))
    assert got.skipped == (0, 0, 0)
    assert len(cohort.calls) == 18
    for i in range(0, 18, 3):
        trained = [set(cohort.groups[train]) for train, _, _ in cohort.calls[i : i + 3]]
        tests = {tuple(test) for _, test, _ in cohort.calls[i : i + 3]}
        assert len(tests) == 1
        tested = set(cohort.groups[list(tests.pop())])
        assert trained[0] < trained[1] < trained[2]
        assert [len(t) for t in trained] == [9, 15, 26]
        assert len(tested) == 4
        assert not trained[2] & tested
        for patients, (train, _, _) in zip(trained, cohort.calls[i : i + 3], strict=True):
            assert set(train) == set(np.flatnonzero(np.isin(cohort.groups, list(patients))))
    assert got.n_stays[2] == np.mean([len(train) for train, _, _ in cohort.calls[2::3]])


def test_points_pool_triples_within_splits_and_slope_is_least_squares():
    cohort = Cohort()
    got = curve(cohort, shares=(0.3, 0.5, 0.85))
    for s in range(3):
        credit = triples = 0.0
        for train, test, _ in cohort.calls[s:18:3]:
            windows = cohort.windows(test)
            known = cohort.labels[windows] >= 0
            rows = cohort.fit_predict(train, test)[known]
            part = vus(rows, cohort.labels[windows][known])
            credit, triples = credit + part.credit, triples + part.triples
        assert got.vus[s] == pytest.approx(credit / triples, rel=1e-12)
    assert got.slope == pytest.approx(np.polyfit(np.log(got.shares), got.vus, 1)[0], rel=1e-9)
    assert got.slope_ci95[0] < got.slope < got.slope_ci95[1]
    for value, (low, high) in zip(got.vus, got.ci95, strict=True):
        assert low < value < high


def test_interval_of_a_point_is_the_clustered_one():
    cohort = Cohort()
    got = curve(cohort, shares=(0.5,), n_bootstrap=20_000)
    split, rows, windows = [], [], []
    for i, (train, test, _) in enumerate(list(cohort.calls)):
        at = cohort.windows(test)
        known = cohort.labels[at] >= 0
        rows.append(cohort.fit_predict(train, test)[known])
        windows.append(at[known])
        split.append(np.full(known.sum(), i))
    at = np.concatenate(windows)
    patients = cohort.groups[cohort.sequences[at]]
    volume = vus(
        np.concatenate(rows), cohort.labels[at], groups=patients, folds=np.concatenate(split)
    )
    assert np.diff(got.ci95[0]) == pytest.approx(2 * 1.96 * np.sqrt(1.5) * volume.se, rel=0.06)
    assert np.isnan(got.slope)  # one share has none


def test_learning_shows():
    got = curve(Cohort(signal=1.5, n_patients=60, n_stays=70), n_splits=10, shares=SHARES)
    assert got.slope_ci95[0] > 0
    assert got.vus[-1] > 1 / 6


def test_no_signal_is_flat_in_most_cohorts():
    flat = 0
    for seed in range(20):
        got = curve(Cohort(seed, signal=0.0), shares=(0.3, 0.5, 0.85), random_state=seed)
        flat += got.slope_ci95[0] <= 0 <= got.slope_ci95[1]
    assert flat >= 16


def test_threads_change_nothing():
    a, b = (curve(Cohort(), n_jobs=n) for n in (1, 2))
    assert a == b
    assert curve(Cohort(), random_state=1) != a


def test_training_sets_without_a_class_are_skipped_and_counted():
    cohort = Cohort()
    rare = cohort.groups[cohort.sequences] % 10 != 0
    cohort.labels[rare & (cohort.labels == 2)] = 0
    got = curve(cohort, shares=(0.05, 0.85), n_splits=15)
    assert got.skipped[0] > 0
    assert len(cohort.calls) == 30 - sum(got.skipped)


def test_share_that_could_never_be_trained_is_empty():
    cohort = Cohort()
    cohort.labels = np.where(cohort.labels == 2, 0, cohort.labels)
    cohort.labels[cohort.offsets[:-1][cohort.groups == 0]] = 2  # only patient 0 has class 2
    got = curve(cohort, shares=(0.3, 0.85))
    content = got.to_dict()
    assert content["vus"] == [None, None]  # trained or tested on patient 0, never both
    assert content["ci95"] == [[None, None], [None, None]]
    assert content["slope"] is None
    assert json.loads(json.dumps(content, allow_nan=False)) == content


def test_windows_of_one_stay_leak_and_it_says_so():
    cohort = Cohort()
    got = curve(cohort, unit="window", shares=(0.2, 0.85), n_splits=3)
    n = (cohort.labels >= 0).sum()
    every = list(range(45))
    assert "same stay" in got.note
    assert got.n_stays == (45.0, 45.0)
    for i, (train, test, labels) in enumerate(cohort.calls):
        assert list(train) == list(test) == every
        taught = labels >= 0
        assert taught.sum() == round((0.2, 0.85)[i % 2] * n)
        np.testing.assert_array_equal(labels[taught], cohort.labels[taught])
    assert (cohort.calls[1][2] >= 0)[cohort.calls[0][2] >= 0].all()
    assert curve(cohort).note == ""


def test_only_held_out_windows_are_scored():
    """A model that knows its training labels by heart and guesses elsewhere scores chance."""
    cohort = Cohort()

    def by_heart(train, test, labels):
        rows = np.full((len(labels), 3), 1 / 3)
        rows[labels >= 0] = np.eye(3)[labels[labels >= 0]]
        return rows

    got = learning_curve(
        by_heart, *cohort.data, unit="window", shares=(0.5,), n_splits=2, n_bootstrap=10,
        random_state=0,
    )  # fmt: skip
    assert got.vus[0] == pytest.approx(1 / 6)


def test_json_shape():
    content = curve(Cohort()).to_dict()
    assert json.loads(json.dumps(content, allow_nan=False)) == content
    assert set(content) == {
        "shares", "n_stays", "vus", "ci95", "slope", "slope_ci95", "splits", "held_out",
        "skipped", "unit", "note",
    }  # fmt: skip
    assert content["shares"] == list(SHARES)
    assert SHARES[-1] == 0.85


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"shares": ()}, "shares"),
        ({"shares": (0.0, 0.5)}, "shares"),
        ({"shares": (0.5, 0.9)}, "shares"),
        ({"held_out": 1.0}, "held_out"),
        ({"n_splits": 0}, "n_splits"),
        ({"unit": "ward"}, "unit"),
    ],
)
def test_refuses(change, where):
    with pytest.raises(InputError) as error:
        curve(Cohort(), **change)
    assert error.value.where == where


def test_refuses_rows_that_are_not_one_a_window():
    cohort = Cohort()
    with pytest.raises(InputError, match="shape"):
        learning_curve(lambda *_: np.ones((1, 3)), *cohort.data, n_splits=1, random_state=0)


@pytest.mark.parametrize(
    ("labels", "sequences", "groups", "where"),
    [
        ([0, 1, 2], [0, 0, 2], ["a", "b"], "sequences"),
        ([0, 1, 2], [0, 0], ["a", "b"], "sequences"),
        ([0, 0, -1], [0, 0, 1], ["a", "b"], "labels"),
        ([0, 1, 2], [0, 0, 0], ["a"], "learning curve"),
    ],
)
def test_refuses_data(labels, sequences, groups, where):
    with pytest.raises(InputError) as error:
        learning_curve(lambda *_: None, labels, sequences, groups, random_state=0)
    assert error.value.where == where
