"""What holds for EM on any data: the objective never falls, and probabilities stay such."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dolorimeter.states import Chain, GaussianHMM

N_STEPS = 60


@st.composite
def problems(draw):
    """Ragged stays of mixed Gaussians, up to 95 % missing, with random labels and sets."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_states, n_features = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    cuts = np.sort(rng.choice(np.arange(1, N_STEPS), draw(st.integers(0, 12)), replace=False))
    lengths = np.diff(np.concatenate([[0], cuts, [N_STEPS]]))
    classes = rng.integers(0, n_states, N_STEPS)
    X = rng.normal(size=(n_states, n_features))[classes] * draw(st.sampled_from([0.0, 1.0, 30.0]))
    X += rng.normal(size=X.shape) * draw(st.sampled_from([1e-3, 1.0, 1e3]))
    X[rng.random(X.shape) < draw(st.floats(0, 0.95))] = np.nan
    X[rng.integers(N_STEPS)] = rng.normal(size=n_features)  # no column without a value
    y = np.where(rng.random(N_STEPS) < draw(st.floats(0, 1)), classes, -1)
    y[rng.permutation(N_STEPS)[:n_states]] = np.arange(n_states)
    allowed = rng.random((N_STEPS, n_states)) < draw(st.floats(0.3, 1))
    allowed[np.arange(N_STEPS), np.where(y >= 0, y, classes)] = True
    weight = np.repeat(rng.integers(0, 3, len(lengths)), lengths).astype(float)
    return X, y, lengths, weight + 0.25, allowed


@settings(deadline=None, max_examples=60)
@given(
    problems(),
    st.sampled_from([0.0, 0.1, 0.5, 1.0]) | st.floats(0, 1),
    st.sampled_from([0.0, 1.0, 10.0]),
    st.sampled_from([0.0, 1.0, 10.0]),
    st.booleans(),
)
def test_the_objective_never_falls(problem, weight, start_prior, transition_prior, with_sets):
    X, y, lengths, sample_weight, allowed = problem
    model = GaussianHMM(
        n_iter=25, tol=None, unlabeled_weight=weight, start_prior=start_prior,
        transition_prior=transition_prior,
    )  # fmt: skip
    model.fit(X, y, lengths, sample_weight, allowed if with_sets else None)
    path = np.array(model.outcome_.objective_path)
    assert np.diff(path).min() >= -1e-9 * (1 + np.abs(path).max())
    _check(model, X, lengths)
    assert (model.variances_ >= 1e-3).all()


@settings(deadline=None, max_examples=25)
@given(problems(), st.sampled_from([0.0, 1.0]))
def test_the_chain_climbs_too(problem, prior):
    X, y, lengths, sample_weight, _ = problem
    model = Chain(n_iter=25, tol=None, start_prior=prior, transition_prior=prior)
    model.fit(X, y, lengths, sample_weight)
    path = np.array(model.outcome_.objective_path)
    assert np.diff(path).min() >= -1e-9 * (1 + np.abs(path).max())
    _check(model, X, lengths)


def _check(model, X, lengths):
    """Whatever was learned, posteriors and parameters are distributions."""
    np.testing.assert_allclose(model.startprob_.sum(), 1)
    np.testing.assert_allclose(model.transmat_.sum(axis=1), 1)
    for posterior in (model.predict_proba(X, lengths), model.filter(X, lengths)):
        np.testing.assert_allclose(posterior.sum(axis=1), 1)
        assert (posterior >= 0).all()
