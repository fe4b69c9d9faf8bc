"""Leaks measured from folds and samples, against loops that cannot be wrong."""

import numpy as np
import pytest

from dolorimeter.audit import leaks


@pytest.fixture
def rng():
    return np.random.default_rng(3)


def make_folds(labels):
    labels = np.asarray(labels)
    return [(np.flatnonzero(labels != k), np.flatnonzero(labels == k)) for k in np.unique(labels)]


def test_shared_members_against_loops(rng):
    for _ in range(20):
        folds, names = make_folds(rng.integers(0, 4, 30)), rng.integers(0, 12, 30).astype(str)
        shared = {
            names[i]
            for training, test in folds
            for i in training
            for j in test
            if names[i] == names[j]
        }
        assert leaks.shared_members(folds, names) == len(shared)


def test_shared_members_where_names_are_missing():
    folds = make_folds([0, 0, 1, 1])
    assert leaks.shared_members(folds, np.array(["a", "a", "b", "b"])) == 0
    assert leaks.shared_members(folds, np.array(["", "", "", ""])) is None
    assert leaks.shared_members(folds, np.array(["a", "", "b", "b"])) is None
    assert leaks.shared_members(folds, np.array(["a", "", "a", "b"])) == 1


def test_relabelled_folds_split_their_unit(rng):
    units = np.repeat(np.arange(6), 5).astype(str)
    folds = make_folds(units)
    assert leaks.kept_whole(folds, units) is True
    assert leaks.kept_whole(make_folds(rng.permutation(units)), units) is False
    assert leaks.kept_whole(folds, np.full(30, "")) is None


def test_same_folds(rng):
    labels = np.repeat([0, 1, 2], 4)
    folds = make_folds(labels)
    assert leaks.same_folds(folds, folds[::-1], [(a[::-1], b) for a, b in folds])
    assert not leaks.same_folds(folds, make_folds(np.roll(labels, 1)))
    assert not leaks.same_folds(folds, folds[:2])
    assert leaks.same_folds(folds)


def test_duplicates_against_loops(rng):
    for _ in range(10):
        X = rng.normal(size=(24, 3))
        X[rng.integers(0, 24, 6)] = X[rng.integers(0, 24, 6)]
        folds = make_folds(rng.integers(0, 3, 24))
        twice = {
            int(j)
            for training, test in folds
            for j in test
            for i in training
            if (X[i] == X[j]).all()
        }
        assert leaks.duplicates(folds, X) == len(twice)


def test_duplicates_by_value_and_by_place():
    X = np.array([[0.0, 1.0], [-0.0, 1.0], [2.0, 3.0]])
    assert leaks.duplicates(make_folds([0, 1, 1]), X) == 2
    assert leaks.duplicates([(np.array([0, 2]), np.array([2]))], X) == 1
    assert leaks.duplicates([], X) == 0


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_classes_among_features(rng, scale):
    X, y = rng.normal(size=(40, 5)) * scale, np.repeat([0.0, 1, 2], [20, 15, 5])
    names = tuple("abcde")
    assert leaks.target_in_features(X, y, names) == ()
    X[:, 1] = np.array([3.0, -1, 8])[y.astype(int)] * scale  # recoded
    X[:, 3] = (y == 2) * scale  # one class against the rest
    X[:, 4] = 7 * scale  # constant: tells nothing
    assert leaks.target_in_features(X, y, names) == ("b", "d")
    assert leaks.target_in_features(X, rng.permutation(y), names) == ()


def test_numbers_among_features(rng):
    X, y = rng.normal(size=(40, 4)), rng.normal(size=40)
    names = tuple("abcd")
    X[:, 2] = 4 - 3 * y
    X[:, 3] = y + 0.5 * rng.normal(size=40)
    assert leaks.target_in_features(X, y, names, classes=False) == ("c",)


def test_classes_of_one_sample_say_nothing(rng):
    assert leaks.target_in_features(rng.normal(size=(4, 2)), np.arange(4.0), ("a", "b")) == ()


def test_samples_standardized(rng):
    X = rng.normal(2, 3, size=(6, 50))
    normal = (X - X.mean(1, keepdims=True)) / X.std(1, keepdims=True)
    assert leaks.samples_standardized(normal)
    assert not leaks.samples_standardized(X)
    assert not leaks.samples_standardized(normal + np.eye(6)[:, 5:] * 0.01)
    assert not leaks.samples_standardized(normal * 1.01)
    columns = (X - X.mean(0)) / X.std(0)
    assert not leaks.samples_standardized(columns)


@pytest.mark.parametrize("ddof", [0, 1])
def test_scaled_over_samples(rng, ddof):
    X = rng.normal(2, 3, size=(30, 4))
    scaled = (X - X.mean(0)) / X.std(0, ddof=ddof)
    scaled[:, 3] = 0  # a column without variation stays one
    assert leaks.scaled_over_samples(scaled)
    assert not leaks.scaled_over_samples(X)
    assert not leaks.scaled_over_samples(X - X.mean(0))
    assert not leaks.scaled_over_samples(scaled[:-1])
    assert not leaks.scaled_over_samples(np.ones((5, 2)))


def test_scaled_within_groups(rng):
    groups = np.repeat(["a", "b", "c"], [10, 10, 2])
    X = rng.normal(2, 3, size=(22, 4))
    for name in "ab":
        part = X[groups == name]
        X[groups == name] = (part - part.mean(0)) / part.std(0)
    assert leaks.scaled_over_samples(X, groups)
    assert not leaks.scaled_over_samples(X)
    X[0, 0] += 0.1
    assert not leaks.scaled_over_samples(X, groups)


def test_looks_ahead():
    onset = np.array([1.0, 2.0, 3.0])
    assert leaks.looks_ahead(onset, onset) == ()
    assert leaks.looks_ahead(onset + np.array([-1, 0.5, 2]), onset) == (
        "features of 2 of 3 samples, by up to 2 s",
    )
    assert leaks.looks_ahead(np.array([1, np.nan, 3]), onset) is None
    assert leaks.looks_ahead(np.array([5, np.nan, 3]), onset) == (
        "features of 1 of 3 samples, by up to 4 s",
    )


def test_trials_behind():
    folds = [(np.array([0, 1]), np.array([2])), (np.array([1, 2]), np.array([3]))]
    assert leaks.trials_behind(folds, np.array([9, 9, 1, 1])) == 1  # training does not count
    assert leaks.trials_behind(folds, np.array([1, 1, 1, 8])) == 8
    assert leaks.trials_behind(folds, np.array([1, 1, 1, 0])) is None
    assert leaks.trials_behind(folds, np.array([1, 1, 2, 0])) == 2
