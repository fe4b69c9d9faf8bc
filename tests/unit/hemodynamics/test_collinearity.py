"""Variance inflation against the variance of estimates, and its limits."""

import numpy as np
import pytest

from dolorimeter.core import InputError
from dolorimeter.hemodynamics import condition_number, correlations, variance_inflation


def drawn(seed=0, n=60, k=4):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, k)) @ rng.normal(size=(k, k)) + 5.0


def explained(X, column, others):
    design = np.column_stack([np.ones(len(X)), others])
    residual = X[:, column] - design @ np.linalg.lstsq(design, X[:, column])[0]
    return 1 - residual.var() / X[:, column].var()


def test_is_one_over_what_is_left_unexplained():
    X = drawn()
    expected = [1 / (1 - explained(X, j, np.delete(X, j, axis=1))) for j in range(4)]
    np.testing.assert_allclose(variance_inflation(X), expected, rtol=1e-10)


def test_is_the_ratio_of_the_variances_of_the_estimate():
    X = drawn(1)
    full = np.linalg.inv(np.cov(X.T, ddof=0))[2, 2]
    alone = 1 / X[:, 2].var()
    assert variance_inflation(X)[2] == pytest.approx(full / alone)


def test_two_regressors_depend_on_their_correlation_alone():
    X = drawn(2)[:, :2]
    r = correlations(X)[0, 1]
    np.testing.assert_allclose(variance_inflation(X), 1 / (1 - r**2))
    assert r == pytest.approx(np.corrcoef(X.T)[0, 1])
    assert condition_number(X) == pytest.approx(np.sqrt((1 + abs(r)) / (1 - abs(r))))


def test_confounds_explain_and_may_be_redundant():
    X, runs = drawn(3), np.repeat(np.eye(3), 20, axis=0)
    expected = variance_inflation(np.column_stack([X, runs[:, 1:]]))[:4]
    np.testing.assert_allclose(variance_inflation(X, runs), expected, rtol=1e-9)
    np.testing.assert_allclose(variance_inflation(X, np.ones((60, 1))), variance_inflation(X))


def test_shifts_and_scales_do_not_matter():
    X = drawn(4)
    changed = X * np.array([1e-6, 1.0, -3.0, 1e5]) + np.array([0, 7.0, 1e3, -2])
    np.testing.assert_allclose(variance_inflation(changed), variance_inflation(X), rtol=1e-6)


def test_dependent_columns_are_infinite_and_only_they():
    X = np.column_stack([drawn(5), np.random.default_rng(6).normal(size=60)])
    X[:, 3] = X[:, 0] - 2 * X[:, 1]
    found = variance_inflation(X)
    assert np.isinf(found[[0, 1, 3]]).all()
    expected = 1 / (1 - explained(X, 4, X[:, :3]))
    assert found[4] == pytest.approx(expected)
    assert condition_number(X) == np.inf
    assert np.isinf(variance_inflation(X[:, [0, 4]], confounds=X[:, :1])[0])


def test_orthogonal_columns_inflate_nothing():
    assert variance_inflation([[1, 1], [1, -1], [-1, 1], [-1, -1]]).tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("X", "words"),
    [
        ([[1.0, 1.0], [2.0, 1.0], [5.0, 1.0]], "X, column 1: a constant"),
        ([[1.0, 1.0], [2.0, np.nan]], "X, column 1: a value that is not finite"),
        ([1.0, 2.0], "rows by regressors"),
    ],
)
def test_what_cannot_be_used_is_named(X, words):
    with pytest.raises(InputError, match=words):
        variance_inflation(X)


def test_confounds_of_another_length_are_refused():
    with pytest.raises(InputError, match="confounds"):
        variance_inflation(drawn(), np.ones((3, 1)))
