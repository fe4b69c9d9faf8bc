"""Diagnostics of chains against theory, and against NumPyro's of the same scores."""

import importlib

import numpy as np
import pytest
from scipy import signal, special, stats

from dolorimeter.learning.bayes_fit import judge_chains, summarize_draws
from dolorimeter.learning.chain_diagnostics import bulk_ess, effective_size, r_hat


def autoregressive(phi, shape=(4, 4000), seed=0):
    noise = np.random.default_rng(seed).normal(size=(shape[0], shape[1] + 500))
    return signal.lfilter([1.0], [1.0, -phi], noise, axis=1)[:, 500:]


@pytest.mark.parametrize("phi", [-0.3, 0.0, 0.5, 0.9])
def test_effective_size_is_that_of_theory(phi):
    draws = autoregressive(phi)
    expected = draws.size * (1 - phi) / (1 + phi)
    assert effective_size(draws) == pytest.approx(expected, rel=0.12)
    assert bulk_ess(draws) == pytest.approx(expected, rel=0.15)
    assert r_hat(draws) < 1.01


@pytest.mark.parametrize(("phi", "shift"), [(0.0, 0.0), (0.7, 0.0), (0.7, 0.5)])
def test_numpyro_agrees_on_the_same_scores(phi, shift):
    theirs = importlib.import_module("numpyro.diagnostics")
    draws = autoregressive(phi, (4, 1000)) + shift * np.arange(4)[:, None]
    assert effective_size(draws) == pytest.approx(theirs.effective_sample_size(draws), rel=1e-6)
    halves = draws.reshape(8, 500)
    scores = special.ndtri((stats.rankdata(halves) - 0.375) / (draws.size + 0.25)).reshape(8, 500)
    bulk = theirs.gelman_rubin(scores)
    assert r_hat(draws) >= bulk - 1e-9
    assert bulk_ess(draws) == pytest.approx(theirs.effective_sample_size(scores), rel=1e-6)
    if shift:
        assert r_hat(draws) == pytest.approx(bulk, rel=1e-9)


def test_one_to_one_transforms_change_nothing():
    draws = autoregressive(0.5, (4, 500))
    assert bulk_ess(np.exp(3 * draws)) == pytest.approx(bulk_ess(draws), rel=1e-12)


@pytest.mark.parametrize(
    "spoiled",
    [
        lambda draws: draws + np.array([[0.0], [0.0], [0.0], [1.0]]),  # one chain elsewhere
        lambda draws: draws * np.array([[1.0], [1.0], [1.0], [3.0]]),  # one chain wider
        lambda draws: draws + np.linspace(0, 2, draws.shape[1]),  # all drift alike
    ],
)
def test_chains_that_have_not_mixed_are_flagged(spoiled):
    draws = autoregressive(0.0, (4, 1000))
    assert r_hat(draws) < 1.01
    assert r_hat(spoiled(draws)) > 1.05


@pytest.mark.parametrize(
    "draws", [np.ones((4, 100)), np.full((2, 50), np.nan), np.zeros((2, 6)) + np.arange(6)]
)
def test_what_cannot_be_computed_is_nan_and_not_trusted(draws):
    assert np.isnan(r_hat(draws))
    assert np.isnan(bulk_ess(draws))
    found = judge_chains([summarize_draws(("alpha",), draws[..., None])], 0)
    assert not found.trusted
    assert "cannot be computed" in found.reason


def test_each_limit_alone_takes_trust_away():
    good = summarize_draws(("alpha",), autoregressive(0.0, (4, 1000))[..., None])
    assert judge_chains([good], 0).trusted
    assert not judge_chains([good], 1).trusted
    assert "1 divergence" in judge_chains([good], 1).reason
    few = summarize_draws(("alpha",), autoregressive(0.0, (4, 60))[..., None])
    assert few.ess[0] < 400
    assert not judge_chains([good, few], 0).trusted
    apart = autoregressive(0.0, (4, 4000)) + 0.2 * np.arange(4)[:, None]
    bent = summarize_draws(("alpha",), apart[..., None])
    assert not judge_chains([good, bent], 0).trusted


def test_summary_is_that_of_all_draws():
    draws = np.random.default_rng(2).normal(3.0, 2.0, (4, 20000, 1))
    found = summarize_draws(("a",), draws)
    assert found.mean[0] == pytest.approx(3.0, abs=0.03)
    assert found.sd[0] == pytest.approx(2.0, abs=0.03)
    np.testing.assert_allclose(found.ci95[0], 3 + 2 * 1.96 * np.array([-1, 1]), atol=0.08)
    assert set(found.to_dict()["a"]) == {"mean", "sd", "ci95", "r_hat", "ess"}
