"""Brier score and reliability bins: closed forms, recovery, and the reference implementation."""

import json

import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from dolorimeter.core import InputError
from dolorimeter.evaluation import ReliabilityBin, calibration


def test_brier_score_of_known_posteriors():
    labels = np.arange(12) % 3
    assert calibration(np.eye(3)[labels], labels).brier == 0.0
    assert calibration(np.eye(3)[(labels + 1) % 3], labels).brier == 2.0
    uniform = calibration(np.full((12, 3), 1 / 3), labels)
    assert uniform.brier == pytest.approx(1 - 1 / 3, rel=1e-14)


def test_two_classes_double_the_ordinary_brier_score():
    generator = np.random.default_rng(0)
    posterior, labels = generator.random(50), generator.integers(2, size=50)
    got = calibration(np.column_stack([1 - posterior, posterior]), labels).brier
    assert got == pytest.approx(2 * brier_score_loss(labels, posterior), rel=1e-14)


def test_bins_without_ties_are_the_quantile_bins_of_scikit_learn():
    generator = np.random.default_rng(1)
    posteriors, labels = generator.dirichlet(np.ones(3), 200), generator.integers(3, size=200)
    got = calibration(posteriors, labels, n_bins=8)
    for k, bins in enumerate(got.bins):
        observed, predicted = calibration_curve(
            labels == k, posteriors[:, k], n_bins=8, strategy="quantile"
        )
        assert [b.count for b in bins] == [25] * 8
        np.testing.assert_allclose([b.predicted for b in bins], predicted, rtol=1e-13)
        np.testing.assert_allclose([b.observed for b in bins], observed, rtol=1e-13)


def test_honest_posteriors_lie_on_the_diagonal():
    generator = np.random.default_rng(2)
    posteriors = generator.dirichlet([1.0, 2.0, 3.0], 20_000)
    labels = (posteriors.cumsum(axis=1)[:, :2] < generator.random((20_000, 1))).sum(axis=1)
    for bins in calibration(posteriors, labels).bins:
        for b in bins:
            error = np.sqrt(b.predicted * (1 - b.predicted) / b.count)
            assert abs(b.observed - b.predicted) < 4.5 * error


def test_equal_posteriors_share_a_bin():
    labels = np.array([0, 1, 2, 1, 0, 2, 2, 1])
    got = calibration(np.full((8, 3), 1 / 3), labels)
    assert [len(bins) for bins in got.bins] == [1, 1, 1]
    decided = np.array([0, 1, 2, 2, 0, 2, 2, 0])
    rare = calibration(np.eye(3)[decided], labels).bins[1]
    assert rare == (ReliabilityBin(0.0, 2 / 7, 7), ReliabilityBin(1.0, 1.0, 1))


def test_order_of_rows_is_irrelevant_and_every_example_is_counted():
    generator = np.random.default_rng(3)
    posteriors = generator.multinomial(5, [0.2, 0.3, 0.5], 97) / 5
    labels, order = generator.integers(3, size=97), generator.permutation(97)
    got = calibration(posteriors, labels)
    again = calibration(posteriors[order], labels[order])
    assert got.brier == pytest.approx(again.brier, rel=1e-14)
    for bins, others in zip(got.bins, again.bins, strict=True):
        assert sum(b.count for b in bins) == 97
        flat = [(b.predicted, b.observed, b.count) for b in bins]
        other = [(b.predicted, b.observed, b.count) for b in others]
        np.testing.assert_allclose(flat, other, rtol=1e-13)
        assert flat == sorted(flat)


def test_as_json():
    got = calibration([[0.25, 0.75], [0.75, 0.25]], [1, 1], n_bins=2)
    expected = {
        "brier": 0.625,
        "bins": {
            "low": [
                {"predicted": 0.25, "observed": 0.0, "count": 1},
                {"predicted": 0.75, "observed": 0.0, "count": 1},
            ],
            "high": [
                {"predicted": 0.25, "observed": 1.0, "count": 1},
                {"predicted": 0.75, "observed": 1.0, "count": 1},
            ],
        },
    }
    assert json.loads(json.dumps(got.to_dict(["low", "high"]))) == expected
    assert list(got.to_dict()["bins"]) == ["0", "1"]
    with pytest.raises(InputError, match="class_names"):
        got.to_dict(["low"])


@pytest.mark.parametrize(
    ("posteriors", "labels", "n_bins", "message"),
    [
        ([[0.5, 0.5]], [-1], 10, "class -1"),
        ([[0.5, 0.6]], [0], 10, "row 0"),
        ([[0.5, 0.5]], [0, 1], 10, "labels"),
        ([[0.5, 0.5]], [0], 0, "n_bins"),
        (np.empty((0, 2)), np.empty(0, int), 10, "at least one example"),
    ],
)
def test_bad_input_is_named(posteriors, labels, n_bins, message):
    with pytest.raises(InputError, match=message):
        calibration(posteriors, labels, n_bins)
