"""What holds of exact cross-validation whatever the data."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dolorimeter.decoding import cross_validate, relabellings
from dolorimeter.decoding.kernels import (
    centered_kernel,
    held_out_weights,
    leave_one_out,
    residual_matrix,
)


@st.composite
def problems(draw):
    n = draw(st.integers(6, 20))
    p = draw(st.integers(1, 40))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    alpha = draw(st.sampled_from([1e-2, 1.0, 50.0, 1e5]))
    groups = np.concatenate([np.arange(3), rng.integers(0, 3, n - 3)])
    return rng.normal(size=(n, p)), rng.normal(size=n), groups, alpha


@settings(max_examples=40)
@given(problems())
def test_a_held_out_target_does_not_move_its_own_prediction(problem):
    x, y, groups, alpha = problem
    first = cross_validate(x, y, "leave-one-group-out", groups, "ridge", alpha)
    changed = np.where(groups == 1, y + 1000.0 * np.arange(len(y)), y)
    second = cross_validate(x, changed, "leave-one-group-out", groups, "ridge", alpha)
    inside = groups == 1
    np.testing.assert_allclose(first.predictions[inside], second.predictions[inside], atol=1e-7)


@settings(max_examples=40)
@given(problems(), st.floats(-100, 100), st.floats(0.1, 10))
def test_predictions_follow_the_target(problem, shift, scale):
    x, y, groups, alpha = problem
    plain = cross_validate(x, y, "leave-one-group-out", groups, "ridge", alpha)
    moved = cross_validate(x, shift + scale * y, "leave-one-group-out", groups, "ridge", alpha)
    np.testing.assert_allclose(moved.predictions, shift + scale * plain.predictions, atol=1e-8)
    np.testing.assert_allclose(moved.score, plain.score, atol=1e-7, rtol=1e-7)


@settings(max_examples=40)
@given(problems())
def test_turning_features_changes_nothing(problem):
    x, y, groups, alpha = problem
    turn, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(x.shape[1],) * 2))
    first = cross_validate(x, y, "leave-one-group-out", groups, "ridge", alpha)
    second = cross_validate(x @ turn + 3.0, y, "leave-one-group-out", groups, "ridge", alpha)
    np.testing.assert_allclose(first.predictions, second.predictions, atol=1e-8)


@settings(max_examples=40)
@given(problems())
def test_weights_and_the_diagonal_form_agree(problem):
    x, y, _, alpha = problem
    residual, _ = residual_matrix(centered_kernel(x), alpha)
    weights = held_out_weights(residual, tuple(np.arange(len(y))[:, None]))
    assert (np.diagonal(weights) == 0).all()
    np.testing.assert_allclose(weights.sum(axis=1), 1.0, atol=1e-8)
    np.testing.assert_allclose(weights @ y, leave_one_out(residual, y), atol=1e-8)


@settings(max_examples=40)
@given(st.lists(st.integers(0, 3), min_size=4, max_size=20), st.integers(0, 99))
def test_relabelling_keeps_what_each_block_holds(blocks, seed):
    y = np.arange(len(blocks)) + 100
    named = np.array([*blocks, 9, 9])
    values = np.concatenate([y, [1, 2]])
    rows = relabellings(values, 5, seed, named)
    for row in rows:
        for block in np.unique(named):
            inside = named == block
            assert sorted(values[row][inside]) == sorted(values[inside])
