"""Projections on the profile of others, and how reliably the deviation measures a gain."""

import numpy as np
import pytest

from dolorimeter.decoding.gain_profile import (
    deviation_reliability,
    project_on_others,
    project_on_own,
)


@pytest.fixture
def rng():
    return np.random.default_rng(2)


def test_projection_is_on_the_centered_mean_of_the_others(rng):
    X, units = rng.normal(size=(9, 12)) + 5, np.repeat([4, 1, 7], 3)
    codes = np.tile([0, 1, 1], 3)
    for row, value in enumerate(project_on_others(X, units, codes)):
        means = [X[(units != units[row]) & (codes == k)].mean(axis=0) for k in (0, 1)]
        off = min((m - m.mean() for m in means), key=np.linalg.norm)
        assert value == pytest.approx(X[row] @ off / np.sqrt((off**2).sum()))


def test_a_pattern_of_one_class_is_not_in_the_profile(rng):
    profile, pattern, codes = rng.normal(size=60), 5 * rng.normal(size=60), np.tile([0, 1], 6)
    X = profile + codes[:, None] * pattern
    found = project_on_others(X, np.repeat(np.arange(4), 3), codes)
    along = profile - profile.mean()
    np.testing.assert_allclose(found, X @ along / np.linalg.norm(along))


def test_own_projection_leaves_out_the_block_or_else_the_sample(rng):
    X, subjects = rng.normal(size=(13, 12)), np.repeat([0, 1, 2], [6, 6, 1])
    blocks = np.array([0, 0, 0, 1, 1, 1] + [2] * 6 + [3])
    found = project_on_own(X, subjects, blocks)
    np.testing.assert_allclose(found[:6], project_on_others(X[:6], blocks[:6], np.zeros(6, int)))
    np.testing.assert_allclose(
        found[6:12], project_on_others(X[6:12], np.arange(6), np.zeros(6, int))
    )
    assert found[12] == 0


def test_a_flat_profile_projects_to_nothing():
    X = np.ones((4, 3)) * np.arange(4)[:, None]
    np.testing.assert_array_equal(project_on_others(X, np.arange(4), np.arange(4) % 2), np.zeros(4))


def test_noise_alone_is_not_reliable_and_a_gain_that_varies_is(rng):
    n, profile = 400, rng.normal(size=100)
    noise, gain = rng.normal(size=(n, 100)), 3 + rng.normal(size=n)
    codes, blocks = np.arange(n) % 2, np.arange(n) // 100
    assert deviation_reliability(noise, codes, blocks) < 0.3
    X = gain[:, None] * profile + noise
    assert deviation_reliability(X, codes, blocks) > 0.9
    between = 5 * (codes + blocks)[:, None] * profile / 5 + noise
    assert deviation_reliability(between, codes, blocks) < 0.4  # differences of cells do not count
    assert deviation_reliability(X[:, :3], codes, blocks) == 0
