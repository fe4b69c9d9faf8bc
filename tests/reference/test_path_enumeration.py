"""Every path written out: the oracle of inference, on 500 random models and data sets."""

import itertools

import numpy as np
import pytest
from scipy.special import logsumexp

from dolorimeter.states import inference
from dolorimeter.states.params import HMMParameters

N_CASES = 500
TOLERANCE = 1e-12


class Case:
    """A random model with ragged sequences, gaps, sets of possible classes and known classes."""

    def __init__(self, seed, sparse=False):
        rng = np.random.default_rng(seed)
        self.n_states, self.n_features = rng.integers(1, 4), rng.integers(0, 4)
        k, d = self.n_states, self.n_features
        start, transition = rng.dirichlet(np.ones(k)), rng.dirichlet(np.ones(k), size=k)
        if sparse:
            start, transition = (
                _sparsen(start, rng),
                np.array([_sparsen(r, rng) for r in transition]),
            )
        means = rng.normal(scale=2, size=(k, d))
        self.parameters = HMMParameters(start, transition, means, rng.uniform(0.2, 3, (k, d)))
        self.lengths = rng.integers(1, 6, size=rng.integers(1, 5))
        self.offsets = np.concatenate([[0], np.cumsum(self.lengths)]).astype(np.int64)
        n = self.offsets[-1]
        self.features = rng.normal(scale=3, size=(n, d))
        self.features[rng.random((n, d)) < rng.choice([0, 0.3, 0.9])] = np.nan
        self.allowed = rng.random((n, k)) < rng.choice([0.4, 0.8, 1.1])
        self.allowed[np.arange(n), rng.integers(0, k, n)] = True
        self.known = np.where(rng.random(n) < 0.4, rng.integers(0, k, n), -1)
        self.delay = int(rng.integers(1, 4))

    def sequences(self):
        for first, stop in itertools.pairwise(self.offsets):
            yield slice(first, stop)

    def paths(self, n_steps):
        return np.array(list(itertools.product(range(self.n_states), repeat=n_steps)))

    def log_joint(self, features, allowed=None):
        """Log probability of every path together with the emissions, step by step."""
        paths, p = self.paths(len(features)), self.parameters
        with np.errstate(divide="ignore"):
            start, transition = np.log(p.startprob), np.log(p.transmat)
        z = (features[:, None] - p.means) ** 2 / p.variances
        emitted = np.nansum(-0.5 * (z + np.log(2 * np.pi * p.variances)), axis=2)
        if allowed is not None:
            emitted = np.where(allowed, emitted, -np.inf)
        steps = emitted[np.arange(len(features)), paths]
        steps[:, 0] += start[paths[:, 0]]
        steps[:, 1:] += transition[paths[:, :-1], paths[:, 1:]]
        return paths, steps

    def marginal(self, paths, scores, t):
        weights = np.exp(scores - scores.max())
        return np.bincount(paths[:, t], weights, self.n_states) / weights.sum()

    def agreeing(self, paths, known, before):
        """Paths that pass through the classes known at the steps before one."""
        told = np.flatnonzero(known[: max(before, 0)] >= 0)
        return (paths[:, told] == known[told]).all(axis=1)


def _sparsen(row, rng):
    kept = np.where(rng.random(len(row)) < 0.5, row, 0.0)
    return kept / kept.sum() if kept.any() else row


@pytest.mark.parametrize("seed", range(10))
def test_smoothed_posterior_and_likelihood_equal_the_sum_over_paths(seed):
    for case in map(Case, range(seed * N_CASES // 10, (seed + 1) * N_CASES // 10)):
        smoothed = inference.smooth(case.parameters, case.features, case.offsets, case.allowed)
        likelihood = inference.log_likelihood(
            case.parameters, case.features, case.offsets, case.allowed
        )
        for at, sequence in enumerate(case.sequences()):
            paths, steps = case.log_joint(case.features[sequence], case.allowed[sequence])
            scores = steps.sum(axis=1)
            expected = [case.marginal(paths, scores, t) for t in range(paths.shape[1])]
            np.testing.assert_allclose(smoothed[sequence], expected, rtol=0, atol=TOLERANCE)
            np.testing.assert_allclose(
                likelihood[at], logsumexp(scores), rtol=TOLERANCE, atol=TOLERANCE
            )


@pytest.mark.parametrize("seed", range(10))
def test_filter_and_smoother_use_what_is_known_only_after_its_delay(seed):
    for case in map(Case, range(seed * N_CASES // 10, (seed + 1) * N_CASES // 10)):
        arguments = case.parameters, case.features, case.offsets, None, case.known, case.delay
        filtered, smoothed = inference.filter(*arguments), inference.smooth(*arguments)
        for sequence in case.sequences():
            paths, steps = case.log_joint(case.features[sequence])
            for t in range(paths.shape[1]):
                agrees = case.agreeing(paths, case.known[sequence], t - case.delay + 1)
                past = case.marginal(paths[agrees], steps[agrees, : t + 1].sum(axis=1), t)
                whole = case.marginal(paths[agrees], steps[agrees].sum(axis=1), t)
                # Later steps sum to one over paths: each past counts equally often.
                np.testing.assert_allclose(filtered[sequence][t], past, rtol=0, atol=TOLERANCE)
                np.testing.assert_allclose(smoothed[sequence][t], whole, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("seed", range(10))
def test_forecast_runs_paths_on_beyond_the_end(seed):
    for case in map(Case, range(seed * 10, seed * 10 + 10)):
        steps_ahead = 2
        found = inference.forecast(
            case.parameters, case.features, case.offsets, steps_ahead, case.known, case.delay
        )
        for at, sequence in enumerate(case.sequences()):
            n = case.lengths[at]
            gap = np.full((steps_ahead, case.n_features), np.nan)
            features = np.concatenate([case.features[sequence], gap])
            paths, steps = case.log_joint(features)
            for ahead in range(steps_ahead):
                known_before = min(n, n + ahead - case.delay + 1)
                agrees = case.agreeing(paths, case.known[sequence], known_before)
                scores = steps[agrees, : n + ahead + 1].sum(axis=1)
                expected = case.marginal(paths[agrees], scores, n + ahead)
                np.testing.assert_allclose(found[at, ahead], expected, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("seed", range(10))
def test_viterbi_finds_the_best_path(seed):
    for case in map(Case, range(seed * N_CASES // 10, (seed + 1) * N_CASES // 10)):
        path, score = inference.viterbi(case.parameters, case.features, case.offsets, case.allowed)
        for at, sequence in enumerate(case.sequences()):
            paths, steps = case.log_joint(case.features[sequence], case.allowed[sequence])
            scores = steps.sum(axis=1)
            chosen = (paths == path[sequence]).all(axis=1)
            np.testing.assert_allclose(score[at], scores.max(), rtol=TOLERANCE, atol=TOLERANCE)
            np.testing.assert_allclose(scores[chosen], scores.max(), rtol=TOLERANCE, atol=TOLERANCE)


@pytest.mark.parametrize("seed", range(5))
def test_models_with_impossible_transitions_are_exact_too(seed):
    for case in (Case(s, sparse=True) for s in range(seed * 20, seed * 20 + 20)):
        arguments = case.parameters, case.features, case.offsets
        filtered, smoothed = inference.filter(*arguments), inference.smooth(*arguments)
        likelihood = inference.log_likelihood(*arguments)
        for at, sequence in enumerate(case.sequences()):
            paths, steps = case.log_joint(case.features[sequence])
            scores = steps.sum(axis=1)
            np.testing.assert_allclose(
                likelihood[at], logsumexp(scores), rtol=TOLERANCE, atol=TOLERANCE
            )
            for t in range(paths.shape[1]):
                whole = case.marginal(paths, scores, t)
                past_paths, past_steps = case.log_joint(case.features[sequence][: t + 1])
                past = case.marginal(past_paths, past_steps.sum(axis=1), t)
                np.testing.assert_allclose(smoothed[sequence][t], whole, rtol=0, atol=TOLERANCE)
                np.testing.assert_allclose(filtered[sequence][t], past, rtol=0, atol=TOLERANCE)
