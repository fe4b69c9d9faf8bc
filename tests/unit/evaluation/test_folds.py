"""Folds keep units whole, balance classes, and depend on names alone."""

import numpy as np
import pytest

from dolorimeter.core import InputError
from dolorimeter.evaluation.folds import deal_units, make_folds, unit_loads


@pytest.fixture
def cohort():
    """60 patients, 90 stays, a rare third class that few patients hold."""
    rng = np.random.default_rng(5)
    groups = np.concatenate([np.arange(60), rng.integers(0, 60, 30)])
    groups = np.array([f"p{g:02d}" for g in groups])
    names = np.array([f"s{i:02d}" for i in range(90)])
    leaning = rng.dirichlet([1.4, 0.5, 0.2], 90)
    counts = np.array([rng.multinomial(rng.integers(0, 30), p) for p in leaning])
    return groups, names, counts


def test_patients_stay_whole(cohort):
    groups, names, counts = cohort
    folds = make_folds(groups, names, 10, "patient", counts, 0)
    assert len(folds) == 10
    assert folds.unit == "patient"
    for f in range(10):
        assert not set(groups[folds.test[f]]) & set(groups[folds.train(f)])


def test_stays_of_one_patient_may_part(cohort):
    groups, names, counts = cohort
    folds = make_folds(groups, names, 10, "stay", counts, 0)
    assert any(set(groups[folds.test[f]]) & set(groups[folds.train(f)]) for f in range(10))


def test_classes_are_balanced_better_than_by_chance(cohort):
    groups, names, counts = cohort
    total = counts.sum(axis=0)
    spread = []
    for seed in range(20):
        folds = make_folds(groups, names, 10, "patient", counts, seed)
        spread.append(np.std([counts[t].sum(axis=0) / total for t in folds.test], axis=0))
    shuffled = np.random.default_rng(0).permuted(np.tile(np.arange(90) % 10, (200, 1)), axis=1)
    by_chance = np.mean(
        [np.std([counts[s == f].sum(axis=0) / total for f in range(10)], axis=0) for s in shuffled],
        axis=0,
    )
    assert (np.mean(spread, axis=0) < 0.5 * by_chance).all()


def test_rare_class_reaches_every_fold_when_it_can():
    """Ten patients hold class 2: each of ten folds can have one, and does."""
    counts = np.column_stack([np.full(50, 8), np.full(50, 4), np.repeat([3, 0], [10, 40])])
    names = np.array([f"s{i:02d}" for i in range(50)])
    for seed in range(20):
        folds = make_folds(names, names, 10, "patient", counts, seed)
        assert all(counts[t, 2].sum() == 3 for t in folds.test)


def test_sequences_are_spread_without_counts():
    names = np.array([f"s{i:02d}" for i in range(74)])
    folds = make_folds(names, names, 10, "stay", random_state=1)
    assert sorted(len(t) for t in folds.test) == [7] * 6 + [8] * 4


def test_random_state_decides(cohort):
    groups, names, counts = cohort
    prints = [make_folds(groups, names, 10, "patient", counts, s).fingerprint for s in range(20)]
    assert len(set(prints)) == 20
    assert make_folds(groups, names, 10, "patient", counts, 7).fingerprint == prints[7]


def test_generator_is_accepted(cohort):
    groups, names, counts = cohort
    drawn = make_folds(groups, names, 5, "patient", counts, np.random.default_rng(7))
    assert drawn.fingerprint == make_folds(groups, names, 5, "patient", counts, 7).fingerprint


@pytest.mark.parametrize(("unit", "n"), [("stay", 90), ("patient", 60)])
def test_leave_one_out(cohort, unit, n):
    groups, names, _ = cohort
    folds = make_folds(groups, names, "leave-one-out", unit)
    assert len(folds) == n
    key = names if unit == "stay" else groups
    assert [set(key[t]) for t in folds.test] == [{k} for k in np.unique(key)]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"n_folds": 61}, "n_folds"),
        ({"n_folds": 1}, "n_folds"),
        ({"n_folds": "many"}, "n_folds"),
        ({"unit": "ward"}, "unit"),
        ({"names": np.repeat("s", 90)}, "names"),
        ({"groups": np.arange(3)}, "groups"),
        ({"class_counts": np.ones((3, 3))}, "class_counts"),
        ({"class_counts": np.ones(90)}, "class_counts"),
    ],
)
def test_refuses(cohort, change, where):
    groups, names, counts = cohort
    given = {"groups": groups, "names": names, "n_folds": 10, "class_counts": counts} | change
    with pytest.raises(InputError) as error:
        make_folds(**given)
    assert error.value.where == where


def test_one_unit_cannot_be_left_out():
    with pytest.raises(InputError, match="at least 2"):
        make_folds(["p", "p"], ["a", "b"], "leave-one-out")


def test_deal_is_the_least_added_squared_load():
    """Replay one draw by brute force: no other fold adds less to the sum of squared loads."""
    rng = np.random.default_rng(3)
    load = unit_loads(rng.poisson(3.0, (12, 2)).astype(float), np.arange(12), 12)
    dealt = deal_units(load, 3, 1, np.random.default_rng(8))[0]
    factor = np.random.default_rng(8).uniform(0.5, 1.0, (1, 12))[0]
    held = np.zeros((3, load.shape[1]))
    for unit in np.argsort(-np.linalg.norm(load, axis=1) * factor, kind="stable"):
        grown = held[None] + np.eye(3)[:, :, None] * load[unit]
        assert dealt[unit] == (grown**2).sum(axis=(1, 2)).round(12).argmin()
        held[dealt[unit]] += load[unit]
