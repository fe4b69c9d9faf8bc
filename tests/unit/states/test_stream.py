"""Live filtering says what the batch says, to the last bit."""

import numpy as np
import pytest

from dolorimeter.core import InputError
from dolorimeter.states import Chain, GaussianHMM

N_STEPS = 80


def model(sparse=False):
    transition = np.array([[0.8, 0.2, 0.0], [0.1, 0.8, 0.1], [0.0, 0.3, 0.7]])
    if not sparse:
        transition = (transition + 0.05) / (transition + 0.05).sum(axis=1, keepdims=True)
    means = np.arange(6.0).reshape(3, 2)
    return GaussianHMM.from_parameters([0.6, 0.4, 0.0], transition, means, np.ones((3, 2)))


def data(seed=0):
    rng = np.random.default_rng(seed)
    X, z = model(sparse=True).sample(N_STEPS, rng)
    X[rng.random(X.shape) < 0.4] = np.nan
    return X, np.where(rng.random(N_STEPS) < 0.3, z, -1)


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("delay", [1, 2, 5])
def test_step_by_step_equals_the_batch(sparse, delay):
    X, known = data()
    watched = model(sparse)
    batch = watched.filter(X, known=known, delay=delay)
    state = watched.start(delay)
    for t in range(N_STEPS):
        told = known[t - delay + 1] if t >= delay - 1 else -1
        state, posterior = watched.step(state, X[t], told)
        np.testing.assert_array_equal(posterior, batch[t])
    assert state.n_steps == N_STEPS
    assert state.rows.shape[0] == delay - 1


def test_states_are_values_that_can_be_gone_back_to():
    X, _ = data()
    watched = model()
    before, _ = watched.step(watched.start(), X[0])
    one = watched.step(before, X[1])[1]
    watched.step(before, X[2])
    np.testing.assert_array_equal(watched.step(before, X[1])[1], one)


def test_a_chain_can_be_watched_too():
    chain = Chain.from_parameters([0.5, 0.5], [[0.9, 0.1], [0.2, 0.8]], n_features=3)
    state, _ = chain.step(chain.start(), [1.0, np.nan, 3.0], known=1)
    np.testing.assert_allclose(chain.step(state, [0.0, 0.0, 0.0])[1], [0.2, 0.8])


@pytest.mark.parametrize(
    ("row", "known", "message"),
    [
        ([1.0], -1, "row: shape"),
        ([np.inf, 0.0], -1, "infinite value"),
        ([0.0, 0.0], 3, "known: class 3"),
        ([0.0, 0.0], 2, "probability zero"),
    ],
)
def test_bad_steps_are_refused(row, known, message):
    watched = model()
    with pytest.raises(InputError, match=message):
        watched.step(watched.start(), row, known)


def test_a_class_before_the_first_step_is_refused():
    watched = model()
    with pytest.raises(InputError, match="before the first step"):
        watched.step(watched.start(3), [0.0, 0.0], 1)
    with pytest.raises(InputError, match="delay"):
        watched.start(0)
