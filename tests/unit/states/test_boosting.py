"""The baseline's features by definition, its blindness to the future, and its seed."""

import time

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.utils.estimator_checks import check_estimator
from threadpoolctl import threadpool_limits

from dolorimeter.core import InputError
from dolorimeter.states.boosting import EXPECTED_FAILED_CHECKS, SETTINGS, BoostingBaseline

LENGTHS = (40, 1, 100, 59)


def simulate(seed=0, n_vitals=2):
    """Stays whose class lasts, is reported now and then, and moves the vitals a little."""
    rng = np.random.default_rng(seed)
    truth = []
    for length in LENGTHS:
        state = rng.integers(3)
        for _ in range(length):
            state = state if rng.random() < 0.8 else rng.integers(3)
            truth.append(state)
    truth = np.array(truth)
    X = truth[:, None] + rng.normal(size=(len(truth), n_vitals))
    X[rng.random(X.shape) < 0.3] = np.nan
    reported = rng.random(len(truth)) < 0.6
    reports = np.where(reported, 3.0 * truth + rng.uniform(0, 1, len(truth)), np.nan)
    return X, np.where(reported, truth, -1), reports


def features_by_definition(X, reports, lags):
    """Window by window, stay by stay."""
    rows, start = [], 0
    for length in LENGTHS:
        for t in range(length):
            row = []
            for lag in range(lags + 1):
                row += X[start + t - lag].tolist() if t >= lag else [np.nan] * X.shape[1]
            if reports is not None:
                before = [(s, reports[start + s]) for s in range(t)]
                before = [(s, r) for s, r in before if not np.isnan(r)]
                scores = [r for _, r in before]
                row += (
                    [scores[-1], t - before[-1][0], sum(scores) / len(scores), max(scores)]
                    if before
                    else [np.nan] * 4
                )
            rows.append(row)
        start += length
    return np.array(rows)


@pytest.mark.parametrize(("lags", "with_reports"), [(0, False), (3, False), (3, True), (60, True)])
def test_is_boosting_on_features_by_definition(lags, with_reports):
    X, y, reports = simulate()
    features = features_by_definition(X, reports if with_reports else None, lags)
    reference = HistGradientBoostingClassifier(random_state=1, **SETTINGS)
    with threadpool_limits(1, user_api="openmp"):
        reference.fit(features[y >= 0], y[y >= 0])
        expected = reference.predict_proba(features)
    model = BoostingBaseline(reports=with_reports, lags=lags, random_state=1)
    model.fit(X, y, LENGTHS, reports)
    np.testing.assert_allclose(model._features(X, LENGTHS, reports), features, rtol=1e-12)
    np.testing.assert_array_equal(model.predict_proba(X, LENGTHS, reports), expected)


def test_history_alone_ignores_the_vitals():
    X, y, reports = simulate()
    model = BoostingBaseline(vitals=False, reports=True, random_state=0)
    model.fit(X, y, LENGTHS, reports)
    noise = np.random.default_rng(0).normal(size=X.shape)
    np.testing.assert_array_equal(
        model.predict_proba(X, LENGTHS, reports), model.predict_proba(noise, LENGTHS, reports)
    )


def test_a_window_is_blind_to_what_comes_later_and_to_other_stays():
    X, y, reports = simulate()
    model = BoostingBaseline(reports=True, random_state=0).fit(X, y, LENGTHS, reports)
    before = model.predict_proba(X, LENGTHS, reports)
    t = 60  # in the third stay, windows 41 … 140
    X, reports = X.copy(), reports.copy()
    X[t + 1 :], reports[t:] = 9.0, 9.0
    X[:41], reports[:41] = -9.0, 9.0
    after = model.predict_proba(X, LENGTHS, reports)
    np.testing.assert_array_equal(after[41 : t + 1], before[41 : t + 1])
    assert np.abs(after[t + 1 : 141] - before[t + 1 : 141]).max() > 0.01
    assert np.abs(after[t + 1] - before[t + 1]).max() > 0


def test_seed_decides_everything():
    X, y, reports = simulate()
    fits = [
        BoostingBaseline(reports=True, random_state=7)
        .fit(X, y, LENGTHS, reports)
        .predict_proba(X, LENGTHS, reports)
        for _ in range(2)
    ]
    np.testing.assert_array_equal(*fits)


def test_finds_a_signal_in_vitals_and_more_in_reports():
    X, y, reports = simulate(1)
    X2, y2, reports2 = simulate(2)
    labeled = y2 >= 0
    accuracy = {}
    for with_reports in (False, True):
        model = BoostingBaseline(reports=with_reports, random_state=0)
        model.fit(X, y, LENGTHS, reports)
        found = model.predict(X2, LENGTHS, reports2)
        accuracy[with_reports] = np.mean(found[labeled] == y2[labeled])
    assert accuracy[False] > 0.45
    assert accuracy[True] > accuracy[False] + 0.1
    np.testing.assert_array_equal(
        model.filter(X2, LENGTHS, reports=reports2), model.predict_proba(X2, LENGTHS, reports2)
    )


def test_a_fit_takes_a_fraction_of_a_second():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(950, 24)), rng.choice(3, 950, p=[0.66, 0.25, 0.09])
    BoostingBaseline(lags=0).fit(X, y)
    start = time.thread_time()
    BoostingBaseline(lags=0).fit(X, y)
    assert time.thread_time() - start < 1.0  # 0.15 s of one free core


@pytest.mark.parametrize(
    ("settings", "reports", "message"),
    [
        ({"vitals": False}, None, "vitals, reports: both off"),
        ({"reports": True}, None, "reports: none given"),
        ({"reports": True}, np.zeros(3), "reports: shape"),
        ({"reports": True}, np.full(200, np.inf), "reports: shape .* infinite"),
        ({"lags": -1}, None, "lags: -1"),
    ],
)
def test_refuses(settings, reports, message):
    X, y, _ = simulate()
    with pytest.raises(InputError, match=message):
        BoostingBaseline(**settings).fit(X, y, LENGTHS, reports)


def test_refuses_labels_that_skip_a_class():
    X, y, _ = simulate()
    with pytest.raises(InputError, match="no step of class 1"):
        BoostingBaseline().fit(X, np.where(y == 1, -1, y))


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
def test_keeps_scikit_learns_rules_but_for_the_declared_check():
    results = check_estimator(BoostingBaseline(), expected_failed_checks=EXPECTED_FAILED_CHECKS)
    declared = {r["check_name"] for r in results if r["status"] == "xfail"}
    assert declared == set(EXPECTED_FAILED_CHECKS)
