"""Normalization over features: what it removes, what it refuses, and that it needs one sample."""

import numpy as np
import pytest
from scipy.stats import zscore
from sklearn.base import clone
from sklearn.utils.estimator_checks import check_estimator

from dolorimeter.core import InputError
from dolorimeter.decoding.normalize import (
    SpatialNormalizer,
    amplitude,
    is_normalized,
    normalize_pattern,
)

EXPECTED_FAILED_CHECKS = {
    "check_estimators_dtypes": "its whole numbers hold a sample of zeros, which is flat: refused",
}


@pytest.fixture
def samples():
    return np.random.default_rng(0).normal(3.0, 2.0, size=(12, 30))


def test_equals_the_z_score_over_features_with_ddof_0(samples):
    np.testing.assert_allclose(normalize_pattern(samples), zscore(samples, axis=1, ddof=0))


def test_each_region_stands_alone(samples):
    regions = np.arange(30) % 3 * 7
    out = normalize_pattern(samples, regions)
    for r in (0, 7, 14):
        alone = normalize_pattern(samples[:, regions == r])
        np.testing.assert_array_equal(out[:, regions == r], alone)
    assert is_normalized(out, regions)
    assert not is_normalized(normalize_pattern(samples), regions)


def test_offset_and_gain_vanish_and_the_sign_stays(samples):
    gain = np.linspace(0.1, 50, 12)[:, None]
    offset = np.linspace(-100, 100, 12)[:, None]
    once = normalize_pattern(samples)
    np.testing.assert_allclose(normalize_pattern(samples * gain + offset), once, atol=1e-10)
    np.testing.assert_allclose(normalize_pattern(-samples), -once, atol=1e-14)
    np.testing.assert_allclose(normalize_pattern(once), once, atol=1e-13)


def test_a_sample_does_not_depend_on_the_others(samples):
    out = normalize_pattern(samples)
    np.testing.assert_array_equal(normalize_pattern(samples[[4]]), out[[4]])


def test_extreme_units_neither_overflow_nor_vanish():
    rows = np.array([[1.0, 2.0, 4.0]]) * np.array([[1e-310], [1e-200], [1.0], [1e300]])
    np.testing.assert_allclose(normalize_pattern(rows[1:]), normalize_pattern(rows[[2, 2, 2]]))
    np.testing.assert_allclose(normalize_pattern(rows[:1]), normalize_pattern(rows[[2]]), rtol=1e-9)


@pytest.mark.parametrize("level", [0.0, 0.1, -1e9, 1e-300])
def test_refuses_a_flat_sample_and_names_it(samples, level):
    samples[5] = level
    with pytest.raises(InputError, match=r"sample 5 is flat.*Leave out such samples \(1 of 12\)"):
        normalize_pattern(samples)


def test_refuses_a_sample_flat_in_one_region(samples):
    regions = np.repeat([1, 2, 9], 10)
    samples[3, regions == 9] = 1.0
    normalize_pattern(samples)
    with pytest.raises(InputError, match="sample 3 is flat in region 9"):
        normalize_pattern(samples, regions)


@pytest.mark.parametrize(
    ("X", "regions", "message"),
    [
        (np.ones(3), None, "samples by features"),
        (np.array([[1.0, np.nan]]), None, "nan in sample 0, feature 1"),
        (np.array([[1.0, 2.0], [np.inf, 1.0]]), None, "inf in sample 1, feature 0"),
        (np.array([[1.0, 2.0]]), [1], "regions: .*one whole number a feature"),
        (np.array([[1.0, 2.0]]), [0.5, 1.0], "regions: float64"),
    ],
)
def test_refuses_what_it_cannot_use(X, regions, message):
    with pytest.raises(InputError, match=message):
        normalize_pattern(X, regions)


def test_amplitude_is_mean_and_deviation(samples):
    expected = [[np.mean(row), np.std(row, ddof=0)] for row in samples]
    np.testing.assert_allclose(amplitude(samples), expected)


def test_is_normalized_sees_one_sample_that_is_not(samples):
    out = normalize_pattern(samples)
    assert is_normalized(out)
    assert is_normalized(zscore(samples, axis=1, ddof=1))
    assert not is_normalized(samples)
    for change in (out[0] + 1e-3, out[0] * 1.001):
        assert not is_normalized(np.vstack([out[1:], change]))
    over_samples = zscore(samples, axis=0)  # N3: this is no normalization of a sample
    assert not is_normalized(over_samples)


def test_transformer_is_a_scikit_learn_transformer(samples):
    check_estimator(
        SpatialNormalizer(), expected_failed_checks=EXPECTED_FAILED_CHECKS, on_skip=None
    )
    regions = np.arange(30) // 10
    model = clone(SpatialNormalizer(regions)).fit(samples)
    np.testing.assert_array_equal(model.transform(samples), normalize_pattern(samples, regions))


def test_transformer_refuses_one_feature_and_regions_that_do_not_fit(samples):
    with pytest.raises(InputError, match="n_features = 1"):
        SpatialNormalizer().fit(samples[:, :1])
    with pytest.raises(InputError, match="regions"):
        SpatialNormalizer(regions=[1, 2]).fit(samples)
