"""Inference beyond what paths can enumerate: length, extremes, company, shapes."""

import itertools
import subprocess
import sys

import numpy as np
import pytest
from beartype import beartype
from jaxtyping import TypeCheckError, jaxtyped

from dolorimeter.core import InputError
from dolorimeter.states import inference, stream
from dolorimeter.states.draws import draw
from dolorimeter.states.emissions import log_densities
from dolorimeter.states.params import HMMParameters

STICKY = HMMParameters(
    np.array([0.6, 0.4]),
    np.array([[0.95, 0.05], [0.1, 0.9]]),
    np.array([[0.0, 1.0], [2.0, -1.0]]),
    np.array([[1.0, 0.5], [2.0, 1.5]]),
)
MILLION = 1_000_000


def offsets_of(*lengths):
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def sample(*lengths, missing=0.0, seed=0):
    rng = np.random.default_rng(seed)
    features, states = draw(STICKY, offsets_of(*lengths), rng)
    features[rng.random(features.shape) < missing] = np.nan
    return features, states


def test_filter_is_the_forward_pass_step_by_step():
    features, _ = sample(300, missing=0.3)
    found = inference.filter(STICKY, features, offsets_of(300))
    factors = np.exp(log_densities(features, STICKY.means, STICKY.variances))
    forward = STICKY.startprob * factors[0]
    for t in range(300):
        if t:
            forward = (forward @ STICKY.transmat) * factors[t]
        forward /= forward.sum()
        np.testing.assert_allclose(found[t], forward, rtol=1e-11)


def test_smoothing_the_last_step_is_filtering_it():
    features, _ = sample(100, missing=0.3)
    filtered = inference.filter(STICKY, features, offsets_of(100))
    smoothed = inference.smooth(STICKY, features, offsets_of(100))
    np.testing.assert_allclose(filtered[-1], smoothed[-1], rtol=1e-13)
    assert np.abs(filtered - smoothed)[:-1].max() > 0.01


WATCH_MEMORY = """
import resource, sys
import numpy as np
from dolorimeter.states import inference
from dolorimeter.states.params import HMMParameters

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

two = np.array([[0.95, 0.05], [0.1, 0.9]])
model = HMMParameters(np.array([0.6, 0.4]), two, np.zeros((2, 2)), np.ones((2, 2)))
inference.smooth(model, np.zeros((2000, 2)), np.array([0, 2000]))
features = np.random.default_rng(0).normal(size=(int(sys.argv[1]), 2))
before = peak()
inference.smooth(model, features, np.array([0, len(features)]))
print((peak() - before) / features.nbytes)
"""


def test_a_million_steps_do_not_fill_the_memory():
    command = [sys.executable, "-c", WATCH_MEMORY, str(MILLION)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    # The posterior itself is as large as the features, and checking it takes a few bytes a step.
    assert float(done.stdout) < 3


def test_a_million_steps_do_not_underflow():
    features = np.random.default_rng(0).normal(size=(MILLION, 2))
    smoothed = inference.smooth(STICKY, features, offsets_of(MILLION))
    np.testing.assert_allclose(smoothed.sum(axis=1), 1.0, rtol=1e-12)
    likelihood = inference.log_likelihood(STICKY, features, offsets_of(MILLION))
    halves = inference.log_likelihood(STICKY, features, offsets_of(MILLION // 2, MILLION // 2))
    assert likelihood[0] == pytest.approx(halves.sum(), abs=20)
    assert likelihood[0] < -MILLION


def test_outliers_of_a_million_deviations_leave_finite_posteriors():
    features, _ = sample(60, 60)
    features[5], features[70, 0], features[71] = 1e6, -1e6, [1e6, -1e6]
    for posterior in (inference.smooth, inference.filter):
        found = posterior(STICKY, features, offsets_of(60, 60))
        np.testing.assert_allclose(found.sum(axis=1), 1.0)
    likelihood = inference.log_likelihood(STICKY, features, offsets_of(60, 60))
    assert np.isfinite(likelihood).all()
    path, _ = inference.viterbi(STICKY, features, offsets_of(60, 60))
    assert set(path) <= {0, 1}


def test_company_changes_nothing():
    lengths = (40, 3, 700, 1, 55)
    features, _ = sample(*lengths, missing=0.2)
    offsets = offsets_of(*lengths)
    known = np.random.default_rng(1).integers(-1, 2, len(features))
    together = inference.smooth(STICKY, features, offsets, None, known, 2)
    for first, stop in itertools.pairwise(offsets):
        alone = inference.smooth(
            STICKY, features[first:stop], offsets_of(stop - first), None, known[first:stop], 2
        )
        np.testing.assert_array_equal(together[first:stop], alone)


def test_threads_change_nothing():
    lengths = np.random.default_rng(0).integers(1, 90, 120)
    features, _ = sample(*lengths, missing=0.2)
    one = inference.smooth(STICKY, features, offsets_of(*lengths), n_threads=1)
    four = inference.smooth(STICKY, features, offsets_of(*lengths), n_threads=4)
    np.testing.assert_array_equal(one, four)


def test_what_was_not_observed_leaves_the_chain_alone():
    features = np.full((50, 2), np.nan)
    found = inference.filter(STICKY, features, offsets_of(50))
    expected = [STICKY.startprob @ np.linalg.matrix_power(STICKY.transmat, t) for t in range(50)]
    np.testing.assert_allclose(found, expected, rtol=1e-13)
    assert inference.log_likelihood(STICKY, features, offsets_of(50))[0] == pytest.approx(0)


def test_forecast_tends_to_the_stationary_distribution():
    features, _ = sample(20, 30)
    found = inference.forecast(STICKY, features, offsets_of(20, 30), 400)
    assert found.shape == (2, 400, 2)
    np.testing.assert_allclose(found[:, -1], np.tile([2 / 3, 1 / 3], (2, 1)), rtol=1e-10)


LEFT_TO_RIGHT = HMMParameters(
    np.array([1.0, 0.0]), np.array([[0.5, 0.5], [0.0, 1.0]]), STICKY.means, STICKY.variances
)


@pytest.mark.parametrize(("known", "delay"), [([1, -1, -1], 1), ([-1, 1, 0], 1), ([1, -1, -1], 2)])
def test_a_known_class_that_cannot_be_is_refused(known, delay):
    features = np.zeros((4, 2))
    with pytest.raises(InputError, match="probability zero under the model"):
        inference.filter(
            LEFT_TO_RIGHT, features, offsets_of(4), None, np.array([*known, -1]), delay
        )


def test_sets_that_cannot_be_are_refused():
    allowed = np.array([[True, True], [False, True], [True, False]])
    for ask in (inference.smooth, inference.log_likelihood, inference.viterbi):
        with pytest.raises(InputError, match="probability zero under the model"):
            ask(LEFT_TO_RIGHT, np.zeros((3, 2)), offsets_of(3), allowed)


def test_a_start_that_cannot_be_is_refused():
    allowed = np.array([[False, True], [True, True]])
    start = HMMParameters(np.array([1.0, 0.0]), STICKY.transmat, STICKY.means, STICKY.variances)
    for ask in (inference.smooth, inference.log_likelihood, inference.viterbi):
        with pytest.raises(InputError, match="probability zero under the model"):
            ask(start, np.zeros((2, 2)), offsets_of(2), allowed)


def test_a_path_lost_to_underflow_is_found_in_log_space():
    # State 1 weighs e^-800 after the first step, and only it explains the second and third.
    far = HMMParameters(np.array([0.5, 0.5]), np.eye(2), np.array([[0.0], [40.0]]), np.ones((2, 1)))
    features = np.array([[0.0], [41.0], [41.0]])
    found = inference.filter(far, features, offsets_of(3))
    np.testing.assert_allclose(found, [[1, 0], [0, 1], [0, 1]], atol=1e-12)


@pytest.mark.parametrize(
    "change",
    [
        {"offsets": np.array([0, 5, 3, 10])},
        {"offsets": offsets_of(11)},
        {"allowed": np.ones((9, 2), dtype=bool)},
        {"known": np.zeros(11, dtype=np.int64)},
        {"delay": 0},
    ],
)
def test_what_would_lead_a_kernel_astray_is_refused(change):
    features, _ = sample(10)
    arguments = {"features": features, "offsets": offsets_of(10)} | change
    with pytest.raises(InputError):
        inference.smooth(STICKY, **arguments)


def test_more_states_than_bits_are_refused():
    many = HMMParameters(np.full(63, 1 / 63), np.full((63, 63), 1 / 63), *np.ones((2, 63, 1)))
    with pytest.raises(InputError, match="at most 62"):
        inference.smooth(many, np.zeros((3, 1)), offsets_of(3))
    most = HMMParameters(np.full(62, 1 / 62), np.full((62, 62), 1 / 62), *np.ones((2, 62, 1)))
    known = np.array([61, -1, 60])
    found = inference.filter(most, np.zeros((3, 1)), offsets_of(3), None, known)
    np.testing.assert_allclose(found, 1 / 62)


def test_shapes_are_checked_under_test():
    features, _ = sample(10)
    checked = [
        jaxtyped(f, typechecker=beartype)
        for f in (inference.smooth, inference.filter, inference.log_likelihood, inference.viterbi)
    ]
    allowed = np.ones((10, 2), dtype=bool)
    for ask in checked:
        ask(STICKY, features, offsets_of(4, 6), allowed)
        with pytest.raises(TypeCheckError):
            ask(STICKY, features, offsets_of(10), allowed[:9])
        with pytest.raises(TypeCheckError):
            ask(STICKY, features[:, 0], offsets_of(10))
    forecast = jaxtyped(inference.forecast, typechecker=beartype)
    forecast(STICKY, features, offsets_of(4, 6), 3, np.full(10, -1))
    step = jaxtyped(stream.step, typechecker=beartype)
    step(STICKY, stream.start(STICKY), features[0])
    with pytest.raises(TypeCheckError):
        step(STICKY, stream.start(STICKY), features)
