"""hmmlearn on complete unlabeled data: the same objective all along the path of EM."""

import logging

import numpy as np
import pytest
from hmmlearn.hmm import GaussianHMM as Reference

from dolorimeter.states import GaussianHMM, HMMParameters

N_ITER = 40


def both(seed, n_states=3, n_features=6, start_prior=0.0, transition_prior=0.0):
    """Fit both from one starting point; hmmlearn's priors are Dirichlet parameters, c + 1."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, 60, 40)
    truth = rng.normal(scale=1.5, size=(n_states, n_features))
    X = truth[rng.integers(0, n_states, lengths.sum())] + rng.normal(
        size=(lengths.sum(), n_features)
    )
    start = HMMParameters(
        rng.dirichlet(np.ones(n_states)),
        rng.dirichlet(np.ones(n_states), size=n_states),
        rng.normal(size=(n_states, n_features)),
        rng.uniform(0.5, 2, (n_states, n_features)),
    )
    ours = GaussianHMM(
        n_states, start, n_iter=N_ITER, tol=None, start_prior=start_prior,
        transition_prior=transition_prior, variance_floor=1e-12,
    ).fit(X, lengths=lengths)  # fmt: skip
    logging.getLogger("hmmlearn").setLevel(logging.ERROR)
    theirs = Reference(
        n_states, "diag", n_iter=N_ITER, tol=-np.inf, init_params="", implementation="log",
        startprob_prior=start_prior + 1, transmat_prior=transition_prior + 1,
        covars_prior=0.0, covars_weight=0.0, means_weight=0.0, min_covar=0.0,
    )  # fmt: skip
    theirs.startprob_, theirs.transmat_ = start.startprob, start.transmat
    theirs.means_, theirs.covars_ = start.means, start.variances
    theirs.fit(X, lengths)
    return X, lengths, ours, theirs


@pytest.mark.parametrize("seed", range(4))
def test_log_likelihood_agrees_at_every_iteration(seed):
    _, _, ours, theirs = both(seed)
    path = np.array(ours.outcome_.objective_path)
    np.testing.assert_allclose(path[:N_ITER], list(theirs.monitor_.history), rtol=1e-10)
    assert path[N_ITER - 1] > path[0] + 1


@pytest.mark.parametrize("seed", [5, 6])
def test_parameters_and_posteriors_agree(seed):
    X, lengths, ours, theirs = both(seed, 4, 2, 1.0, 2.0)
    np.testing.assert_allclose(ours.startprob_, theirs.startprob_, rtol=1e-6, atol=1e-10)
    np.testing.assert_allclose(ours.transmat_, theirs.transmat_, rtol=1e-6)
    np.testing.assert_allclose(ours.means_, theirs.means_, rtol=1e-6)
    variances = np.diagonal(theirs.covars_, axis1=1, axis2=2)
    np.testing.assert_allclose(ours.variances_, variances, rtol=1e-6)
    expected = theirs.predict_proba(X, lengths)
    np.testing.assert_allclose(ours.predict_proba(X, lengths), expected, atol=1e-7)
    assert ours.score(X, lengths=lengths) == pytest.approx(theirs.score(X, lengths), rel=1e-10)


def test_viterbi_paths_agree():
    X, lengths, ours, theirs = both(7)
    theirs.startprob_, theirs.transmat_ = ours.startprob_, ours.transmat_
    theirs.means_, theirs.covars_ = ours.means_, ours.variances_
    np.testing.assert_array_equal(ours.viterbi(X, lengths), theirs.predict(X, lengths))
