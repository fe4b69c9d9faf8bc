"""Leave-one-trial-out has no null of 50 % [science 3.2], and the permutation test keeps its level.

Reduced from benchmarks/proof_decoding_null.py.
"""

import numpy as np
import pytest
from scipy.stats import norm

from dolorimeter.decoding import cross_validate

N = 90


def mean_null(n_features, alpha, scheme="leave-one-trial-out"):
    """Mean accuracy on noise: relabelled noise is noise."""
    y, means = np.tile([0, 1], N // 2), []
    for seed in range(3):
        x = np.random.default_rng(seed).normal(size=(N, n_features))
        found = cross_validate(
            x, y, scheme, regularization=alpha, permutations=300, random_state=seed
        )
        means.append(found.null_mean)
    return np.mean(means)


@pytest.mark.parametrize("alpha", [1.0, 5_000.0, 50_000.0])
def test_wide_noise_is_as_far_below_half_as_theory_says(alpha):
    """Samples are nearly orthogonal, each of squared length p, so that a decision is the mean of
    the others, -1/(n - 1) times the own label, and noise of deviation sqrt(n p) / (p + alpha)."""
    n_features = 5_000
    bias, noise = 1.0 / (N - 1), np.sqrt(N * n_features) / (n_features + alpha)
    assert mean_null(n_features, alpha) == pytest.approx(norm.cdf(-bias / noise), abs=0.012)


@pytest.mark.parametrize(
    ("n_features", "alpha", "low", "high"), [(5, 1.0, 0.46, 0.505), (5, 1e7, 0.0, 1e-9)]
)
def test_leave_one_out_is_below_half_on_noise(n_features, alpha, low, high):
    assert low <= mean_null(n_features, alpha) <= high


@pytest.mark.parametrize(("n_features", "alpha"), [(5000, 1.0), (5, 1.0)])
def test_pairs_are_at_half_on_noise(n_features, alpha):
    assert mean_null(n_features, alpha, "leave-one-pair-out") == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("scheme", ["leave-one-trial-out", "leave-one-pair-out"])
def test_the_relabelling_test_keeps_its_level(scheme):
    rng, y, p = np.random.default_rng(5), np.tile([0, 1], 10), []
    for _ in range(300):
        x = rng.normal(size=(20, 30))
        p.append(cross_validate(x, y, scheme, permutations=99, random_state=rng).p_value)
    assert np.mean(np.array(p) <= 0.05) < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 300)
    assert np.mean(np.array(p) <= 0.5) > 0.35
