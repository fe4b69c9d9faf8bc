"""Bootstrap with refitting: copies stay together, and what it agrees with."""

import json

import numpy as np
import pytest

from dolorimeter.evaluation import vus
from dolorimeter.evaluation.refit import refit_interval


@pytest.fixture
def cohort():
    """24 patients, 30 stays of 20 windows; class and score differ by patient."""
    rng = np.random.default_rng(1)
    groups = np.concatenate([np.arange(24), rng.integers(0, 24, 6)])
    sequences = np.repeat(np.arange(30), 20)
    labels = rng.choice(3, 600, p=[0.5, 0.3, 0.2])
    patient = groups[sequences]
    powers = np.exp(
        np.eye(3)[labels] + rng.normal(size=(24, 3))[patient] + 0.5 * rng.normal(size=(600, 3))
    )
    return labels, sequences, groups, powers / powers.sum(axis=1, keepdims=True)


def windows(stays):
    return np.concatenate([np.arange(20 * i, 20 * i + 20) for i in stays])


def test_copies_of_a_patient_share_a_fold(cohort):
    labels, sequences, groups, rows = cohort
    calls = []

    def fit_predict(train, test):
        calls.append((train, test))
        return rows[windows(test)]

    refit_interval(
        fit_predict, labels, sequences, groups, 0.4, n_folds=4, n_bootstrap=5, n_jobs=1,
        random_state=0,
    )  # fmt: skip
    assert len(calls) == 20
    for i in range(0, 20, 4):
        tested = [set(groups[test]) for _, test in calls[i : i + 4]]
        drawn = set().union(*tested)
        assert sum(map(len, tested)) == len(drawn) < 24
        for (train, _), held in zip(calls[i : i + 4], tested, strict=True):
            assert set(groups[train]) == drawn - held
            times = [set(np.bincount(train, minlength=30)[groups == p]) for p in drawn - held]
            assert all(len(t) == 1 for t in times)  # all stays of a patient, as often as drawn
        assert any(len(np.unique(train)) < len(train) for train, _ in calls[i : i + 4])


def test_fixed_scores_give_the_clustered_interval(cohort):
    """Without training to vary, only the patients do: the standard error of the VUS itself."""
    labels, sequences, groups, rows = cohort
    fold = (groups % 4)[sequences]
    volume = vus(rows, labels, groups=groups[sequences], folds=fold)
    got = refit_interval(
        lambda _, test: rows[windows(test)], labels, sequences, groups, volume.value,
        n_folds=4, n_bootstrap=300, random_state=0,
    )  # fmt: skip
    assert got.se == pytest.approx(volume.se, rel=0.2)
    assert got.ci95 == pytest.approx(volume.ci95, abs=0.6 * volume.se)
    assert got.skipped_folds == 0
    assert len(got.replicates) == 300


def test_training_widens_the_interval(cohort):
    """Scores that depend on which patients were trained on vary more."""
    labels, sequences, groups, rows = cohort

    def fit_predict(train, test):
        tilt = np.exp(np.random.default_rng(int(train.sum())).normal(size=(len(test) * 20, 3)))
        tilted = rows[windows(test)] * tilt ** (2.0 * (train.sum() % 2))
        return tilted / tilted.sum(axis=1, keepdims=True)

    options = {"n_folds": 4, "n_bootstrap": 200, "random_state": 0}
    fixed = refit_interval(
        lambda _, test: rows[windows(test)], labels, sequences, groups, 0.4, **options
    )
    assert refit_interval(fit_predict, labels, sequences, groups, 0.4, **options).se > fixed.se


def test_folds_that_lack_a_class_are_counted(cohort):
    labels, sequences, groups, rows = cohort
    labels = np.where((labels == 2) & (groups[sequences] > 1), 0, labels)
    got = refit_interval(
        lambda _, test: rows[windows(test)], labels, sequences, groups, 0.4, n_folds=4,
        n_bootstrap=40, random_state=0,
    )  # fmt: skip
    assert got.skipped_folds > 0
    assert len(got.replicates) <= 40
    assert np.isfinite(got.replicates).all()
    content = got.to_dict()
    assert json.loads(json.dumps(content, allow_nan=False)) == content


def test_threads_change_nothing(cohort):
    labels, sequences, groups, rows = cohort
    a, b = (
        refit_interval(
            lambda _, test: rows[windows(test)], labels, sequences, groups, 0.4, n_folds=3,
            n_bootstrap=10, n_jobs=n, random_state=4,
        ).to_dict()
        for n in (1, 2)
    )  # fmt: skip
    assert a == b


def test_too_few_replicates_give_no_interval(cohort):
    labels, sequences, groups, rows = cohort
    content = refit_interval(
        lambda _, test: rows[windows(test)], labels, sequences, groups, 0.4, n_bootstrap=1,
        random_state=0,
    ).to_dict()  # fmt: skip
    assert (content["se"], content["ci95"]) == (None, [None, None])
