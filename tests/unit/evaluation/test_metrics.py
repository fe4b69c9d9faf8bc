"""Classwise metrics against the paper's Table 7, scikit-learn and closed forms."""

import time

import numpy as np
import pytest
from sklearn import metrics as reference

from dolorimeter.core import InputError
from dolorimeter.evaluation import (
    classification_metrics,
    confusion_matrix,
    metrics_from_confusion,
)

NAMES = {
    "accuracy", "precision", "recall", "f1", "f1_of_means",
    "weighted_precision", "weighted_recall", "weighted_f1",
}  # fmt: skip


def test_table_7_of_the_paper():
    got = metrics_from_confusion([[1, 0, 9], [0, 1, 9], [0, 0, 10]])
    assert got["precision"] == pytest.approx(11 / 14, rel=1e-15)
    assert got["recall"] == pytest.approx(2 / 5, rel=1e-15)
    assert got["accuracy"] == 2 / 5
    assert got["f1"] == pytest.approx(62 / 209, rel=1e-15)
    assert got["f1_of_means"] == pytest.approx(0.530, abs=5e-4)
    assert got["f1"] < min(got["precision"], got["recall"])


@pytest.mark.parametrize("n_classes", [2, 3, 5])
def test_against_scikit_learn(n_classes):
    generator = np.random.default_rng(n_classes)
    labels = np.concatenate([np.arange(n_classes), generator.integers(n_classes, size=60)])
    predicted = generator.integers(n_classes - 1, size=len(labels))  # the last never decided
    got = classification_metrics(labels, predicted)
    assert set(got) == NAMES
    assert all(type(value) is float for value in got.values())
    for prefix, average in (("", "macro"), ("weighted_", "weighted")):
        expected = reference.precision_recall_fscore_support(
            labels, predicted, average=average, zero_division=0
        )
        for name, value in zip(("precision", "recall", "f1"), expected, strict=False):
            assert got[prefix + name] == pytest.approx(value, rel=1e-14)
    assert got["accuracy"] == pytest.approx(reference.accuracy_score(labels, predicted), rel=1e-15)
    precision, recall = got["precision"], got["recall"]
    expected = 2 * precision * recall / (precision + recall)
    assert got["f1_of_means"] == pytest.approx(expected, rel=1e-15)
    np.testing.assert_array_equal(
        confusion_matrix(labels, predicted, n_classes),
        reference.confusion_matrix(labels, predicted, labels=range(n_classes)),
    )


def test_a_class_absent_from_the_truth_is_left_out():
    """Deciding it costs recall of the others, and no average counts it (scikit-learn's would)."""
    got = classification_metrics([0, 0, 1, 1], [0, 2, 1, 1], n_classes=4)
    assert got["precision"] == 1.0
    assert got["recall"] == 0.75
    assert got["f1"] == pytest.approx((2 / 3 + 1) / 2, rel=1e-15)


def test_nothing_right_is_zero_and_nothing_at_all_is_nan():
    wrong = classification_metrics([0, 1, 2], [1, 2, 0])
    assert set(wrong.values()) == {0.0}
    empty = classification_metrics([], [], n_classes=3)
    assert np.isnan(list(empty.values())).all()
    assert np.isnan(list(classification_metrics([], []).values())).all()


def test_many_matrices_at_once_are_one_by_one():
    confusion = np.random.default_rng(0).integers(0, 4, (5, 4, 3, 3))
    confusion[0, 0] = 0
    confusion[1, 1, 2] = 0
    got = metrics_from_confusion(confusion)
    for name, values in got.items():
        assert values.shape == (5, 4)
        for cell in np.ndindex(5, 4):
            alone = metrics_from_confusion(confusion[cell])[name]
            np.testing.assert_array_equal(values[cell], alone)
    assert np.isnan([values[0, 0] for values in got.values()]).all()


def test_expected_counts_scale_freely():
    confusion = np.random.default_rng(1).random((3, 3))
    once, often = metrics_from_confusion(confusion), metrics_from_confusion(1000 * confusion)
    for name in NAMES:
        assert once[name] == pytest.approx(often[name], rel=1e-13)


def test_ten_thousand_bootstraps_of_ten_folds_are_quick():
    confusion = np.random.default_rng(2).integers(0, 9, (10_000, 10, 3, 3))
    start = time.process_time()
    metrics_from_confusion(confusion)
    assert time.process_time() - start < 1.0


@pytest.mark.parametrize(
    ("labels", "predicted", "n_classes", "message"),
    [
        ([0, -1], [0, 0], None, "labels: class -1; expected classes from 0 up. Leave out"),
        ([0, 1], [0, 2], 2, "predicted: class 2; expected classes from 0 to 1"),
        ([0, 1], [0], None, "predicted: shape"),
        ([0.0, 1.0], [0, 1], None, "labels: .* integer"),
        (["low", "high"], ["low", "low"], None, "labels: .* integer"),
        ([[0], [1]], [0, 1], None, "labels: shape"),
    ],
)
def test_bad_classes_are_named(labels, predicted, n_classes, message):
    with pytest.raises(InputError, match=message):
        classification_metrics(labels, predicted, n_classes)


@pytest.mark.parametrize("confusion", [[1, 2], np.ones((2, 3)), [[1, -1], [0, 1]], [[np.nan]]])
def test_bad_matrices_are_named(confusion):
    with pytest.raises(InputError, match="confusion"):
        metrics_from_confusion(confusion)
