"""Oracle: refitting scikit-learn in every fold, which the fast path must equal to 1e-10."""

import numpy as np
import pytest
from scipy.special import log_softmax
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LinearRegression, Ridge, RidgeClassifier

from dolorimeter.decoding import cross_validate, make_scheme

N = 20
RUNS = np.repeat(["c", "a", "b", "d"], [7, 4, 5, 4])  # unequal groups, not in order
SHAPES = {"wide": 60, "square": 20, "one less": 19, "two less": 18, "narrow": 5, "single": 1}
ALPHAS = (1e-6, 1e-3, 1.0, 1e8)
SCHEMES = ("leave-one-trial-out", "leave-one-run-out", "leave-one-pair-out", "pairs by name")
TOLERANCE = 1e-10
ALL_PAIRS = "leave-one-pair-out"


def features(n_features, offset=0.0):
    rng = np.random.default_rng(n_features)
    return offset + rng.normal(size=(N, n_features)) * rng.uniform(0.2, 3.0, n_features)


def classes(n_classes):
    """Unequal classes, each in every run and at least three times."""
    codes = np.arange(N) % n_classes
    codes[[1, 9, 17]] = 0
    return np.array(["touch", "pain", "heat", "cold"])[codes]


def arguments(scheme):
    if scheme == "pairs by name":
        return {"scheme": "leave-one-pair-out", "groups": np.arange(N) // 2}
    return {"scheme": scheme, "groups": RUNS if scheme == "leave-one-run-out" else None}


def refit(estimator, x, y, folds, method):
    return [
        np.asarray(getattr(estimator.fit(x[train], y[train]), method)(x[test]))
        for train, test in folds
    ]


def assert_close(found, expected):
    assert np.abs(found - expected).max() < TOLERANCE * max(1.0, np.abs(expected).max())


def gathered(parts, folds):
    rows = np.empty((N, *parts[0].shape[1:]))
    for part, (_, test) in zip(parts, folds, strict=True):
        rows[test] = part
    return rows


def averaged(parts, folds):
    """Mean over all folds that test a sample."""
    total, count = np.zeros((N, *parts[0].shape[1:])), np.zeros(N)
    for part, (_, test) in zip(parts, folds, strict=True):
        total[test] += part
        count[test] += 1
    return total / count.reshape(-1, *[1] * (total.ndim - 1))


@pytest.mark.parametrize(
    ("scheme", "alpha", "shape"),
    [(s, a, n) for s in SCHEMES if s != ALL_PAIRS for a in ALPHAS for n in SHAPES]
    + [(ALL_PAIRS, 1e-3, n) for n in ("wide", "two less", "narrow")]  # hundreds of refits each
    + [(ALL_PAIRS, 1e3, "square")],
)
@pytest.mark.parametrize("n_classes", [2, 4])
def test_lda_equals_refitted_ridge_classifier(n_classes, shape, scheme, alpha):
    x, y = features(SHAPES[shape]), classes(n_classes)
    found = cross_validate(x, y, regularization=alpha, **arguments(scheme))
    naive = RidgeClassifier(alpha=alpha, solver="svd")
    parts = refit(naive, x, y, found.folds, "decision_function")
    together = averaged if scheme == ALL_PAIRS else gathered
    assert_close(found.decisions, together(parts, found.folds))
    chosen = [found.labels[p.argmax(axis=1) if p.ndim == 2 else (p > 0) * 1] for p in parts]
    by_fold = [np.mean(c == y[test]) for c, (_, test) in zip(chosen, found.folds, strict=True)]
    sure = min(np.abs(p).min() if p.ndim == 1 else np.ptp(p, axis=1).min() for p in parts) > 1e-9
    if sure:
        np.testing.assert_array_equal(found.scores, by_fold)


@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize("scheme", SCHEMES[:2])
@pytest.mark.parametrize("shape", SHAPES)
def test_ridge_equals_refitted_ridge(shape, scheme, alpha):
    x, y = features(SHAPES[shape], offset=50.0), np.random.default_rng(1).normal(3.0, 2.0, N)
    found = cross_validate(x, y, estimator="ridge", regularization=alpha, **arguments(scheme))
    naive = Ridge(alpha=alpha, solver="svd")
    expected = gathered(refit(naive, x, y, found.folds, "predict"), found.folds)
    assert_close(found.predictions, expected)
    means = gathered([np.full(len(t), y[r].mean()) for r, t in found.folds], found.folds)
    explained = 1.0 - ((y - expected) ** 2).sum() / ((y - means) ** 2).sum()
    assert found.score == pytest.approx(explained, abs=1e-9)


@pytest.mark.parametrize("scheme", SCHEMES[:2])
@pytest.mark.parametrize("n_features", [60, 19, 5])
def test_no_penalty_is_least_squares_of_least_norm(n_features, scheme):
    x, y = features(n_features), np.random.default_rng(1).normal(size=N)
    found = cross_validate(x, y, estimator="ridge", regularization=0.0, **arguments(scheme))
    parts = refit(LinearRegression(), x, y, found.folds, "predict")
    assert_close(found.predictions, gathered(parts, found.folds))


class GivenScatter:
    """A covariance estimator that returns the pooled one, whatever class it is shown."""

    def __init__(self, covariance):
        self.covariance_ = covariance

    def fit(self, _):
        return self

    def get_params(self, **_):
        return {"covariance": self.covariance_}


def penalized(x, y, alpha):
    """Scatter within classes plus a penalty, over the number of training samples."""
    scatter = alpha * np.eye(x.shape[1])
    for label in np.unique(y):
        away = x[y == label] - x[y == label].mean(axis=0)
        scatter += away.T @ away
    return GivenScatter(scatter / len(y))


@pytest.mark.parametrize(
    ("scheme", "alpha"),
    [(s, a) for s in SCHEMES if s != ALL_PAIRS for a in (1e-2, 30.0)] + [(ALL_PAIRS, 1.0)],
)
@pytest.mark.parametrize("priors", ["empirical", "equal", "given"])
@pytest.mark.parametrize(("n_classes", "n_features"), [(2, 40), (2, 5), (4, 40), (4, 5)])
def test_priors_make_penalized_discriminant_analysis(n_classes, n_features, scheme, priors, alpha):
    x, y = features(n_features, offset=2.0), classes(n_classes)
    given = np.arange(1.0, n_classes + 1) / np.arange(1.0, n_classes + 1).sum()
    mine = given if priors == "given" else priors
    theirs = {"given": given, "equal": np.full(n_classes, 1 / n_classes), "empirical": None}[priors]
    found = cross_validate(x, y, regularization=alpha, priors=mine, **arguments(scheme))
    parts = []
    for train, test in found.folds:
        covariance = penalized(x[train], y[train], alpha)
        naive = LinearDiscriminantAnalysis(
            solver="lsqr", priors=theirs, covariance_estimator=covariance
        )
        decisions = naive.fit(x[train], y[train]).decision_function(x[test])
        parts.append(decisions if n_classes == 2 else log_softmax(decisions, axis=1))
    together = averaged if scheme == ALL_PAIRS else gathered
    expected = together(parts, found.folds)
    # scikit-learn solves with the covariance itself: what its condition costs is theirs.
    scale = max(1.0, np.abs(expected).max())
    assert np.abs(found.decisions - expected).max() < (1e-8 if alpha < 1 else TOLERANCE) * scale


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("n_classes", "n_features"), [(2, 60), (3, 5)])
def test_null_equals_refitting_every_relabelling(n_classes, n_features, scheme):
    x, y = features(n_features), classes(n_classes)
    same = arguments(scheme) | {"permutations": 3, "random_state": 3, "blocks": np.zeros(N)}
    if scheme == ALL_PAIRS:
        same["permutations"] = 1
    fast = cross_validate(x, y, regularization=2.0, **same)
    slow = cross_validate(x, y, estimator=RidgeClassifier(alpha=2.0), **same)
    assert fast.exact
    assert not slow.exact
    np.testing.assert_allclose(fast.null, slow.null, atol=1e-12)
    np.testing.assert_array_equal(fast.predictions, slow.predictions)
    np.testing.assert_array_equal(fast.scores, slow.scores)
    assert_close(fast.decisions, slow.decisions)
    assert fast.p_value == slow.p_value


@pytest.mark.parametrize("metric", ["r2", "correlation"])
@pytest.mark.parametrize("scheme", SCHEMES[:2])
def test_null_of_numbers_equals_refitting(scheme, metric):
    x, y = features(60), np.random.default_rng(5).normal(size=N)
    same = arguments(scheme) | {"permutations": 6, "random_state": 3, "metric": metric}
    fast = cross_validate(x, y, estimator="ridge", regularization=3.0, **same)
    slow = cross_validate(x, y, estimator=Ridge(alpha=3.0), **same)
    np.testing.assert_allclose(fast.null, slow.null, atol=1e-10)
    np.testing.assert_allclose(fast.scores, slow.scores, atol=1e-10)


def test_large_offsets_cost_no_precision():
    x, y = features(60, offset=1e4), classes(2)
    found = cross_validate(x, y, regularization=1.0)
    moved = cross_validate(x - 1e4, y, regularization=1.0)
    np.testing.assert_allclose(found.decisions, moved.decisions, atol=1e-10)


def test_folds_are_those_of_make_scheme():
    y = classes(2)
    found = cross_validate(features(5), y, "leave-one-run-out", RUNS)
    made = make_scheme("leave-one-run-out", y, RUNS)
    assert found.scheme.fingerprint == made.fingerprint
