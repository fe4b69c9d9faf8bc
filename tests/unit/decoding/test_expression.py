"""Pattern expression, linear fits and Haufe patterns against definitions and scikit-learn."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge, RidgeClassifier

from dolorimeter.core import InputError
from dolorimeter.decoding.expression import fit_linear, haufe_pattern, pattern_expression


def test_definitions_by_hand():
    X = np.array([[1.0, 2.0, 3.0], [3.0, 0.0, -3.0]])
    w = np.array([1.0, 0.0, -1.0])
    np.testing.assert_allclose(pattern_expression(w, X), [-2.0, 6.0])
    cosine = [-2 / (np.sqrt(14) * np.sqrt(2)), 6 / (np.sqrt(18) * np.sqrt(2))]
    np.testing.assert_allclose(pattern_expression(w, X, "cosine"), cosine)
    np.testing.assert_allclose(pattern_expression(w, X, "correlation"), [-1.0, 1.0])


def test_correlation_is_pearsons_and_ignores_offset_and_gain():
    rng = np.random.default_rng(0)
    X, w = rng.normal(size=(5, 40)), rng.normal(size=40)
    expected = [np.corrcoef(x, w)[0, 1] for x in X]
    np.testing.assert_allclose(pattern_expression(w, X, "correlation"), expected)
    moved = 3.0 * X + 7.0
    np.testing.assert_allclose(pattern_expression(w, moved, "correlation"), expected)
    cosine = pattern_expression(w, X, "cosine")
    np.testing.assert_allclose(pattern_expression(w, 3.0 * X, "cosine"), cosine)
    assert not np.allclose(pattern_expression(w, moved, "cosine"), cosine)


@pytest.mark.parametrize("offset", [0.0, 1e6 + 0.1])
def test_flat_and_zero_are_refused(offset):
    rng = np.random.default_rng(1)
    X, w = rng.normal(size=(3, 10)), rng.normal(size=10)
    X[1] = offset
    with pytest.raises(InputError, match="sample 1"):
        pattern_expression(w, X, "correlation")
    with pytest.raises(InputError, match="pattern 0"):
        pattern_expression(np.full(10, offset), X[[0]], "correlation")
    if offset == 0:
        with pytest.raises(InputError, match="sample 1"):
            pattern_expression(w, X, "cosine")
    np.testing.assert_allclose(pattern_expression(w, X)[1], offset * w.sum())


@pytest.mark.parametrize("shape", [(30, 8), (12, 60), (10, 10)])
@pytest.mark.parametrize("penalty", [1e-3, 1.0, 100.0])
def test_ridge_is_scikit_learns(shape, penalty):
    rng = np.random.default_rng(2)
    X, y, new = rng.normal(3.0, 1.0, shape), rng.normal(5.0, 1.0, shape[0]), rng.normal(size=shape)
    model, peer = fit_linear(X, y, "ridge", penalty), Ridge(alpha=penalty, solver="svd").fit(X, y)
    np.testing.assert_allclose(model.weights, peer.coef_, atol=1e-9)
    np.testing.assert_allclose(model.decide(new), peer.predict(new), atol=1e-9)


@pytest.mark.parametrize("shape", [(30, 8), (12, 60)])
def test_lda_is_ridge_on_coded_classes(shape):
    rng = np.random.default_rng(3)
    X = rng.normal(size=shape)
    y = np.arange(shape[0]) % 3 == 0  # unequal groups
    model, peer = fit_linear(X, y, "lda", 2.0), RidgeClassifier(alpha=2.0, solver="svd").fit(X, y)
    np.testing.assert_allclose(model.decide(X), peer.decision_function(X), atol=1e-9)
    np.testing.assert_allclose(fit_linear(X, y + 5.0, "lda", 2.0).weights, model.weights)


@pytest.mark.parametrize("shape", [(30, 8), (12, 60)])
def test_haufe_pattern_from_the_full_covariance(shape):
    rng = np.random.default_rng(4)
    X, w = rng.normal(size=shape) + 4.0, rng.normal(size=shape[1])
    expected = np.cov(X.T) @ w / np.var(X @ w, ddof=1)
    np.testing.assert_allclose(haufe_pattern(X, w), expected)


def test_haufe_pattern_frees_of_the_distractor():
    # Haufe et al. 2014, section 2: x1 = signal + noise, x2 = noise; weights (1, -1), pattern (1, 0)
    rng = np.random.default_rng(5)
    signal, noise = rng.normal(size=(2, 100_000))
    X = np.column_stack([signal + noise, noise])
    weights = fit_linear(X, signal, "ridge", 1e-6).weights
    np.testing.assert_allclose(weights, [1.0, -1.0], atol=1e-6)
    np.testing.assert_allclose(haufe_pattern(X, weights), [1.0, 0.0], atol=0.02)


@pytest.mark.parametrize(
    ("call", "where"),
    [
        (lambda X: pattern_expression(np.ones(3), X), "weights"),
        (lambda X: pattern_expression(np.ones(4), X, "angle"), "how"),
        (lambda X: pattern_expression(np.ones(4), X * np.nan), "X"),
        (lambda X: haufe_pattern(X, np.zeros(4)), "weights"),
        (lambda X: haufe_pattern(X, np.ones(5)), "weights"),
        (lambda X: fit_linear(X, np.zeros(5)), "y"),
        (lambda X: fit_linear(X, np.arange(5.0)), "y"),
        (lambda X: fit_linear(X, np.arange(4.0), "ridge"), "y"),
        (lambda X: fit_linear(X, np.arange(5.0), "ridge", 0.0), "regularization"),
        (lambda X: fit_linear(X, np.arange(5.0), "svm"), "estimator"),
    ],
)
def test_bad_input_names_the_argument(call, where):
    X = np.random.default_rng(6).normal(size=(5, 4))
    with pytest.raises(InputError) as error:
        call(X)
    assert error.value.where == where
