"""Empirical Bayes against the closed form of a normal hierarchy."""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import optimize, special, stats

from dolorimeter.learning.hierarchical import fit_hierarchical, replicate_means, to_parameters
from dolorimeter.learning.profiles import draw_subjects


@dataclass
class NormalEvidence:
    """Each subject's logit and effect are seen with normal noise: everything is exact."""

    seen: np.ndarray
    noise: np.ndarray

    @property
    def predictor(self):
        return SimpleNamespace(
            free=(SimpleNamespace(name="alpha"),), low=np.zeros(1), high=np.ones(1)
        )

    @property
    def subjects(self):
        return tuple(map(str, range(len(self.seen))))

    def joint(self, parameters, effect):
        logit = special.logit(np.clip(parameters[..., 0], 1e-12, 1 - 1e-12))
        found = np.stack([logit, effect], axis=-1) - self.seen[:, None, :]
        return stats.norm.logpdf(found, 0, self.noise[:, None, :]).sum(-1)


def simulated(n, seed, deviation=(0.8, 0.3)):
    rng = np.random.default_rng(seed)
    mean = np.array([-0.8, 0.4])
    noise = rng.uniform(0.3, 0.9, (n, 2))
    true = mean + np.array(deviation) * rng.normal(size=(n, 2))
    return NormalEvidence(true + noise * rng.normal(size=(n, 2)), noise)


def marginal(evidence, column):
    """Maximize the marginal likelihood of a normal hierarchy directly."""
    seen, noise = evidence.seen[:, column], evidence.noise[:, column]

    def negative(p):
        return -stats.norm.logpdf(seen, p[0], np.sqrt(np.exp(2 * p[1]) + noise**2)).sum()

    found = optimize.minimize(negative, [0.0, -0.5], method="Nelder-Mead",
                              options={"xatol": 1e-8, "fatol": 1e-10})  # fmt: skip
    return found.x[0], np.exp(found.x[1]), -found.fun


def test_group_and_evidence_are_those_of_the_closed_form():
    evidence = simulated(40, 0)
    found = fit_hierarchical(evidence)
    assert found.outcome.converged
    total = 0.0
    for column in range(2):
        mean, deviation, log_likelihood = marginal(evidence, column)
        assert found.mean[column] == pytest.approx(mean, abs=0.02)
        assert found.deviation[column] == pytest.approx(deviation, abs=0.05)
        total += log_likelihood
    assert found.log_evidence.sum() == pytest.approx(total, abs=0.05)


def test_subjects_shrink_as_far_as_their_data_are_weak():
    evidence = simulated(40, 1)
    found = fit_hierarchical(evidence)
    precision = 1 / evidence.noise**2
    prior = 1 / found.deviation**2
    expected = (precision * evidence.seen + prior * found.mean) / (precision + prior)
    np.testing.assert_allclose(found.modes, expected, atol=0.01)
    np.testing.assert_allclose(
        np.diagonal(found.covariances, axis1=1, axis2=2), 1 / (precision + prior), rtol=0.01
    )


def test_a_group_without_spread_is_told():
    evidence = simulated(15, 2, deviation=(0.0, 0.0))
    found = fit_hierarchical(evidence)
    assert set(found.outcome.floors_bound) <= {"deviation[alpha]", "deviation[effect]"}
    weights = 1 / (evidence.noise[:, 0] ** 2 + found.deviation[0] ** 2)
    assert found.mean[0] == pytest.approx(
        np.average(evidence.seen[:, 0], weights=weights), abs=0.02
    )


def test_draws_of_subjects_vary_as_the_mean_does():
    evidence = simulated(40, 3)
    found = fit_hierarchical(evidence)
    drawn = draw_subjects(40, 200, np.random.default_rng(0))
    means = replicate_means(evidence, found, drawn)
    expected = np.sqrt(1 / (1 / (found.deviation**2 + evidence.noise**2)).sum(axis=0))
    np.testing.assert_allclose(means.std(axis=0), expected, rtol=0.3)
    same = replicate_means(evidence, found, np.ones((1, 40)))
    np.testing.assert_allclose(same[0], found.mean, atol=0.01)
    assert replicate_means(evidence, found, np.empty((0, 40))).shape == (0, 2)


def test_logits_stay_within_limits():
    low, high = np.array([0.0, -1.0]), np.array([1.0, 3.0])
    np.testing.assert_allclose(to_parameters(np.zeros(2), low, high), [0.5, 1.0])
    np.testing.assert_allclose(to_parameters(np.full(2, 800.0), low, high), high)
