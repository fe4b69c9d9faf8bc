"""The outlier rule needs both of its conditions."""

import json

import numpy as np
import pytest

from dolorimeter.core import InputError
from dolorimeter.tables.outliers import OutlierRule

NAMES = ("pulse", "systolic", "diastolic", "spo2")


@pytest.fixture
def training():
    rng = np.random.default_rng(0)
    vitals = rng.normal([80, 120, 70, 97], [10, 10, 10, 1], size=(500, 4))
    vitals[rng.random(vitals.shape) < 0.2] = np.nan
    return vitals


def test_moments_are_those_of_the_observed_training_windows(training):
    rule = OutlierRule.fit(training, NAMES)
    np.testing.assert_allclose(rule.means_, np.nanmean(training, axis=0), rtol=1e-13)
    np.testing.assert_allclose(rule.deviations_, np.nanstd(training, axis=0), rtol=1e-13)


def test_both_conditions_are_needed():
    rule = OutlierRule(NAMES, np.array([80.0, 120, 60, 97]), np.array([10.0, 10, 10, 1]))
    values = {
        "pulse": [(300, False)],
        # Above 180, and more than 50 from 120; far below the mean but not above 180.
        "systolic": [(181, True), (180, False), (171, False), (20, False)],
        # Below 10, and more than 50 from 60; at the distance itself; far above.
        "diastolic": [(9.9, True), (10, False), (5, True), (200, False)],
        "spo2": [(79.9, True), (80, False), (91, False), (100, False)],
    }
    for column, name in enumerate(NAMES):
        for value, outlying in values[name]:
            vitals = np.full((1, 4), np.nan)
            vitals[0, column] = value
            cleaned, removed = rule.apply(vitals)
            assert np.isnan(cleaned[0, column]) == outlying, (name, value)
            assert removed.tolist() == [int(outlying and i == column) for i in range(4)]
            assert vitals[0, column] == value


@pytest.mark.parametrize(
    ("name", "mean", "deviation", "value", "outlying"),
    [
        ("systolic", 150, 20, 185, False),  # implausible, near the mean
        ("systolic", 150, 20, 250, False),  # at five deviations, not beyond
        ("systolic", 150, 20, 251, True),
        ("systolic", 130, 9, 180, False),  # far, at the threshold
        ("diastolic", 61, 10, 10, False),
        ("diastolic", 58, 10, 8, False),
        ("spo2", 97, 1, 80, False),
        ("spo2", 84, 1, 79, False),
    ],
)
def test_the_edges_of_both_conditions(name, mean, deviation, value, outlying):
    rule = OutlierRule((name,), np.array([float(mean)]), np.array([float(deviation)]))
    assert rule.apply(np.array([[float(value)]]))[1].tolist() == [int(outlying)]


def test_thresholds_can_be_set():
    vitals = np.array([[100.0], [101.0], [99.0], [150.0]])
    rule = OutlierRule.fit(vitals[:3], ("systolic",), systolic_above=140, n_deviations=2)
    assert rule.apply(vitals)[1].tolist() == [1]


def test_a_vital_never_observed_has_no_outliers_and_no_warning():
    rule = OutlierRule.fit(np.full((3, 1), np.nan), ("spo2",))
    cleaned, removed = rule.apply(np.array([[10.0]]))
    assert cleaned[0, 0] == 10
    assert removed.tolist() == [0]


def test_round_trip_through_json(training):
    training[:, 3] = np.nan
    rule = OutlierRule.fit(training, NAMES, spo2_below=85)
    content = json.loads(json.dumps(rule.to_dict(), allow_nan=False))
    again = OutlierRule.from_dict(content)
    assert again.to_dict() == rule.to_dict()
    np.testing.assert_array_equal(again.means_, rule.means_)
    assert again.spo2_below == 85


def test_malformed_content(training):
    content = OutlierRule.fit(training, NAMES).to_dict()
    with pytest.raises(InputError, match="deviations_"):
        OutlierRule.from_dict({k: v for k, v in content.items() if k != "deviations_"})
    with pytest.raises(InputError, match="lengths that disagree"):
        OutlierRule.from_dict(content | {"means_": [1.0]})
