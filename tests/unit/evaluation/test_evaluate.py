"""Evaluation against sklearn fold by fold, against resampling rows, and at its edges."""

import json
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score

from dolorimeter.core import InputError
from dolorimeter.evaluation import metrics_from_confusion, vus
from dolorimeter.evaluation.evaluate import evaluate, point_metrics
from dolorimeter.evaluation.predictions import Predictions
from dolorimeter.evaluation.resample import (
    bootstrap_weights,
    group_confusions,
    leave_one_out,
    mean_over_folds,
)

NAMES = ("low", "medium", "high")


def predictions(seed=0, n=400, n_patients=30, n_folds=5, signal=1.0, by_patient=True):
    rng = np.random.default_rng(seed)
    patient = np.sort(rng.integers(0, n_patients, n))
    labels = rng.choice(3, n, p=[0.5, 0.3, 0.2])
    powers = np.exp(signal * np.eye(3)[labels] + rng.normal(size=(n, 3)))
    fold = patient % n_folds if by_patient else rng.integers(0, n_folds, n)
    probabilities = powers / powers.sum(axis=1, keepdims=True)
    return Predictions(probabilities, labels, fold, patient, np.arange(n), NAMES, "print")


def test_folds_agree_with_sklearn():
    given = predictions()
    got = evaluate(given, n_bootstrap=50, random_state=0)
    scorers = {
        "accuracy": accuracy_score,
        "precision": lambda y, p: precision_score(y, p, average="macro"),
        "recall": lambda y, p: recall_score(y, p, average="macro"),
        "f1": lambda y, p: f1_score(y, p, average="macro"),
        "weighted_f1": lambda y, p: f1_score(y, p, average="weighted"),
    }
    for name, scorer in scorers.items():
        expected = [
            scorer(given.labels[given.fold == f], given.predicted[given.fold == f])
            for f in range(5)
        ]
        assert got.metrics[name].folds == pytest.approx(expected, abs=1e-12)
        assert got.metrics[name].mean == pytest.approx(np.mean(expected), abs=1e-12)
    assert got.confusion.sum() == 400
    assert np.trace(got.confusion) == (given.labels == given.predicted).sum()


def test_headline_vus_is_the_clustered_one():
    given = predictions()
    volume = vus(given.probabilities, given.labels, groups=given.patient, folds=given.fold)
    got = evaluate(given, n_bootstrap=10, random_state=0).metrics["vus"]
    assert (got.mean, got.se, got.ci95) == (volume.value, volume.se, volume.ci95)
    assert list(got.folds) == volume.fold_values


def test_reweighted_confusions_are_those_of_repeated_rows():
    """A patient drawn twice weighs as if each of its rows stood twice."""
    given = predictions(by_patient=False, n=150, n_patients=8)
    confusions = given.confusions
    for weights in bootstrap_weights(8, 5, np.random.default_rng(1)):
        for row, got in zip(weights, confusions.reweighted(weights), strict=True):
            again = np.repeat(np.arange(150), row[given.patient].astype(int))
            expected = np.zeros((5, 3, 3))
            np.add.at(
                expected, (given.fold[again], given.labels[again], given.predicted[again]), 1.0
            )
            np.testing.assert_array_equal(got, expected)


def test_bootstrap_weights_count_draws():
    weights = np.concatenate(list(bootstrap_weights(7, 4000, np.random.default_rng(0), 1 << 13)))
    assert weights.shape == (4000, 7)
    assert (weights.sum(axis=1) == 7).all()
    assert weights.mean(axis=0) == pytest.approx(np.ones(7), abs=0.08)
    assert weights.var(axis=0) == pytest.approx(np.full(7, 6 / 7), abs=0.12)


def test_leave_one_out_in_blocks():
    weights = np.concatenate(list(leave_one_out(9, 1 << 20)))
    np.testing.assert_array_equal(weights, 1.0 - np.eye(9))


def test_interval_of_folds_of_one_patient_is_the_plain_bootstrap():
    """With a fold for each patient the metric is a mean over patients, whose error is known."""
    given = predictions(n=900, n_patients=40, n_folds=40)
    got = evaluate(given, n_bootstrap=4000, random_state=0).metrics["accuracy"]
    values = np.array(got.folds)
    assert got.se == pytest.approx(values.std() / np.sqrt(40), rel=0.05)
    assert got.ci95 == pytest.approx(
        (got.mean - 1.96 * got.se, got.mean + 1.96 * got.se), abs=0.2 * got.se
    )


def test_interval_covers():
    """Accuracy 0.6 in patients that vary by 0.2: nine intervals in ten or more hold the truth."""
    rng = np.random.default_rng(4)
    held = 0
    for _ in range(100):
        own = np.clip(rng.normal(0.6, 0.2, 40), 0.0, 1.0)
        patient = np.repeat(np.arange(40), 15)
        labels = rng.integers(0, 2, 600)
        right = rng.random(600) < own[patient]
        decided = np.eye(2)[np.where(right, labels, 1 - labels)]
        fold = rng.permutation(np.arange(40) % 8)[patient]
        given = Predictions(decided, labels, fold, patient, np.arange(600), ("a", "b"), "")
        low, high = evaluate(given, 300, rng).metrics["accuracy"].ci95
        held += low <= 0.6 <= high
    assert 90 <= held <= 99


def test_folds_lacking_a_class_are_counted_and_left_out():
    given = predictions()
    labels = np.where((given.fold == 2) & (given.labels == 2), 1, given.labels)
    got = evaluate(replace(given, labels=labels), 20, 0)
    assert got.undefined_folds == 1
    assert got.metrics["vus"].folds[2] is None
    assert got.metrics["recall"].folds[2] is not None
    assert sum(value is None for value in got.metrics["vus"].folds) == 1


def test_folds_without_labels_are_kept_in_view():
    given = replace(predictions(), n_folds=7)
    got = evaluate(given, 20, 0)
    assert got.undefined_folds == 2
    for summary in got.metrics.values():
        assert len(summary.folds) == 7
        assert summary.folds[5:] == (None, None)
    assert got.metrics["f1"].mean == pytest.approx(np.mean(got.metrics["f1"].folds[:5]))


def test_one_patient_has_no_interval():
    given = replace(predictions(n_patients=1), fold=np.zeros(400, int), n_folds=1)
    content = evaluate(given, 20, 0).to_dict()
    for summary in content["metrics"].values():
        assert summary["mean"] is not None
        assert summary["se"] is None
        assert summary["ci95"] == [None, None]


def test_order_of_rows_does_not_matter():
    given = predictions()
    order = np.random.default_rng(0).permutation(400)
    turned = replace(
        given,
        **{n: getattr(given, n)[order] for n in ("probabilities", "labels", "fold", "patient")},
        window=given.window[order],
    )
    a, b = evaluate(given, 100, 3).to_dict(), evaluate(turned, 100, 3).to_dict()
    assert json.dumps(a) == json.dumps(b)


def test_json_shape():
    content = evaluate(predictions(), 50, 0).to_dict()
    assert json.loads(json.dumps(content, allow_nan=False)) == content
    assert set(content) == {"metrics", "confusion", "undefined_folds"}
    assert set(content["metrics"]) == {"vus", *metrics_from_confusion(np.eye(2))}
    for summary in content["metrics"].values():
        assert set(summary) == {"mean", "folds", "se", "ci95"}


def test_point_metrics_are_the_means():
    given = predictions()
    means = {n: s.mean for n, s in evaluate(given, 10, 0).metrics.items()}
    assert point_metrics(given) == pytest.approx(means, abs=1e-15)


def test_mean_over_folds():
    values = np.array([[0.2, np.nan, 0.6], [np.nan, np.nan, np.nan]])
    np.testing.assert_allclose(mean_over_folds(values), [0.4, np.nan])
    np.testing.assert_allclose(mean_over_folds(values, np.array([3.0, 5.0, 1.0])), [0.3, np.nan])


def test_groups_may_skip_numbers():
    rng = np.random.default_rng(0)
    labels, decided = rng.integers(0, 3, (2, 60))
    group, fold = rng.integers(0, 6, 60), rng.integers(0, 2, 60)
    a = group_confusions(labels, decided, group, fold, 3, 2)
    b = group_confusions(labels, decided, 10 * group + 3, fold, 3, 2)
    np.testing.assert_array_equal(a.counts, b.counts)
    assert a.n_groups == b.n_groups == 6


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"labels": np.full(400, 3)}, "labels"),
        ({"labels": np.full(400, -1)}, "labels"),
        ({"labels": np.zeros(3, int)}, "labels"),
        ({"probabilities": np.ones((400, 3))}, "probabilities"),
        ({"probabilities": np.full((400, 2), 0.5)}, "probabilities"),
        ({"fold": np.full(400, -1)}, "fold"),
        ({"fold": np.zeros(400)}, "fold"),
        ({"n_folds": 3}, "fold"),
        ({"patient": np.full(400, "p")}, "patient"),
        ({"window": np.zeros(400, int)}, "window"),
    ],
)
def test_predictions_refuse(change, where):
    with pytest.raises(InputError) as error:
        replace(predictions(), **change)
    assert error.value.where == where


def test_no_prediction_is_refused():
    none = np.zeros(0, int)
    with pytest.raises(InputError, match="at least one row"):
        Predictions(np.zeros((0, 3)), none, none, none, none, NAMES, "")
