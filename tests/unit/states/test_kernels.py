"""The machinery under the models: registers, exponentials, blocks, threads, compilation."""

import hashlib
import inspect
import platform
import sys
import time

import numba as nb
import numpy as np
import pytest

from dolorimeter.states import blocks, kernels, lanes, logspace
from dolorimeter.states.fit import Settings, fit_em
from dolorimeter.states.lanes import LANES, load, store
from dolorimeter.states.params import HMMParameters


@nb.njit
def exponentials(source, target):
    for row in range(source.shape[0]):
        store(target, (row,), kernels._exp(load(source, (row,))))


def random_model(rng, n_states=3, n_features=4):
    return HMMParameters(
        rng.dirichlet(np.ones(n_states)),
        rng.dirichlet(np.ones(n_states), size=n_states),
        rng.normal(size=(n_states, n_features)),
        rng.uniform(0.5, 2, (n_states, n_features)),
    )


def random_data(rng, lengths, n_features=4, missing=0.3):
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    features = rng.normal(size=(offsets[-1], n_features))
    features[rng.random(features.shape) < missing] = np.nan
    return features, offsets


def test_exponential_is_right_to_the_last_place_or_two():
    rng = np.random.default_rng(0)
    source = -np.concatenate([rng.uniform(0, 1, 8000), rng.uniform(0, 708, 8000), np.zeros(16)])
    target = np.empty((len(source) // LANES, LANES))
    exponentials(source.reshape(target.shape), target)
    exact = np.exp(source.astype(np.longdouble))
    error = np.abs(target.ravel() - exact) / np.spacing(exact.astype(float))
    assert error.max() < 1.1
    assert (target.ravel()[-16:] == 1.0).all()


def test_exponential_of_what_cannot_be_written_is_zero():
    source = np.full((1, LANES), -np.inf)
    source[0, :3] = [-708.5, -1e4, -1e300]
    target = np.ones_like(source)
    exponentials(source, target)
    assert (target == 0.0).all()


@pytest.mark.skipif(platform.machine() != "x86_64", reason="reads x86 assembly")
def test_lanes_become_vector_instructions():
    exponentials(np.zeros((1, LANES)), np.zeros((1, LANES)))
    (assembly,) = exponentials.inspect_asm().values()
    assert "zmm" in assembly or "ymm" in assembly
    assert "vfmadd" in assembly
    assert "vmulsd" not in assembly


def test_kernels_change_whenever_the_lanes_change():
    source = inspect.getsource(sys.modules[lanes.__name__]).encode()
    assert hashlib.sha256(source).hexdigest()[:16] == kernels.LANES_DIGEST


def test_every_sequence_counts_once_and_padding_not_at_all():
    lengths = np.array([3, 9, 1, 9, 4] * 7)
    features, offsets = random_data(np.random.default_rng(0), lengths)
    data = blocks.deal(features, offsets, np.empty(0, np.int64))
    counted = np.zeros(len(lengths))
    np.add.at(counted, data.lanes.ravel(), data.weights.ravel())
    assert (counted == 1).all()
    dealt = lengths[data.lanes]
    assert (np.diff(dealt.ravel()) <= 0).all()


@pytest.mark.parametrize("n_threads", [2, 3, 7])
def test_number_of_threads_does_not_change_a_bit(n_threads):
    rng = np.random.default_rng(1)
    features, offsets = random_data(rng, rng.integers(1, 60, 150))
    labels = np.where(rng.random(len(features)) < 0.3, rng.integers(0, 3, len(features)), -1)
    settings = Settings(5, None, np.ones(3), np.ones((3, 3)), 1e-3, 0.5)
    arguments = features, offsets, random_model(rng), settings, blocks.class_bits(labels)
    one, many = fit_em(*arguments, n_threads=1), fit_em(*arguments, n_threads=n_threads)
    assert one.outcome == many.outcome
    for name, array in one.parameters.to_arrays().items():
        np.testing.assert_array_equal(array, many.parameters.to_arrays()[name])


@pytest.mark.parametrize("power", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("keep", [True, False])
def test_statistics_of_lanes_equal_those_in_log_space(power, keep):
    rng = np.random.default_rng(2)
    # Longer than a chunk, so that blocks are walked twice, and shorter than a tile.
    lengths = np.array([kernels.CHUNK * 2 + 3, kernels.CHUNK + 1, 40, 7, 1])
    features, offsets = random_data(rng, lengths)
    labels = np.where(rng.random(len(features)) < 0.3, rng.integers(0, 3, len(features)), -1)
    weights = np.array([1.0, 0.5, 2.0, 0.0, 3.0])
    center = np.full(4, 0.1)
    data = blocks.deal(features, offsets, blocks.class_bits(labels), weights, center, keep)
    model = blocks.kernel_model(random_model(rng), center)
    rules = Settings(1, None, np.zeros(3), np.zeros((3, 3)), 1e-3, power).rules()
    kernels.pack(0, len(data.lanes), data)
    found, expected = np.empty((1, 1 + 3 * 16)), np.empty((1, 1 + 3 * 16))
    kernels.run_em(0, 1, 0, False, data, model, rules, found, found[0], np.empty(2))
    logspace.e_step(data, weights, model, power, expected)
    np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-11)


def test_a_lone_long_sequence_is_not_copied_into_lanes():
    features, offsets = random_data(np.random.default_rng(3), np.array([5 * kernels.CHUNK]))
    assert blocks.deal(features, offsets, np.empty(0, np.int64), keep=True).packed.size == 0


def test_small_work_stays_in_one_thread():
    assert blocks.n_threads_for(5_000, 3, 6) == 1
    assert blocks.n_threads_for(10**9, 3, 6) >= 1


def test_waiting_for_the_compiler_is_announced_on_a_terminal(monkeypatch):
    class Terminal:
        text = ""

        def isatty(self):
            return True

        def write(self, text):
            self.text += text

    class Slow:
        signatures = ()

        def compile(self, _):
            time.sleep(0.2)

        def __call__(self, value):
            return value

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(blocks, "NOTICE_AFTER", 0.01)
    assert blocks.run(Slow(), 7) == 7
    assert "Compiling kernels, once" in terminal.text


def test_sets_and_classes_become_bits():
    allowed = np.array([[True, False, True], [True, True, True], [False, True, False]])
    np.testing.assert_array_equal(blocks.set_bits(allowed), [0b101, -1, 0b010])
    np.testing.assert_array_equal(blocks.class_bits(np.array([0, -1, 2])), [1, -1, 4])
