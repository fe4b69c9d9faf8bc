"""The chain of classes alone."""

import warnings

import numpy as np
import pytest
from sklearn.utils.estimator_checks import check_estimator

from dolorimeter.core import InputError
from dolorimeter.states import Chain, GaussianHMM, load_model
from dolorimeter.states.sequence_model import EXPECTED_FAILED_CHECKS

START, TRANSITION = [0.5, 0.5], [[0.9, 0.1], [0.2, 0.8]]
LENGTHS = np.full(1500, 20)


def data(labeled=0.5, seed=0):
    rng = np.random.default_rng(seed)
    flat = np.zeros((2, 1))
    X, z = GaussianHMM.from_parameters(START, TRANSITION, flat, flat + 1).sample(LENGTHS, rng)
    return X, np.where(rng.random(len(z)) < labeled, z, -1), z


def test_vitals_are_not_looked_at():
    X, y, _ = data()
    one, other = Chain().fit(X, y, LENGTHS), Chain().fit(np.full_like(X, np.nan), y, LENGTHS)
    np.testing.assert_array_equal(one.transmat_, other.transmat_)
    np.testing.assert_array_equal(one.predict_proba(X, LENGTHS), other.predict_proba(-X, LENGTHS))


def test_transitions_are_learned_across_gaps():
    X, y, _ = data(labeled=0.3)
    model = Chain(n_iter=500).fit(X, y, LENGTHS)
    assert model.outcome_.converged
    np.testing.assert_allclose(model.transmat_, TRANSITION, atol=0.03)
    np.testing.assert_allclose(model.startprob_, START, atol=0.1)
    assert model.parameters_.n_free == 3


def test_what_was_known_decays_towards_the_base_rate():
    model = Chain.from_parameters(START, TRANSITION)
    X = np.zeros((60, 1))
    known = np.full(60, -1)
    known[4] = 1
    found = model.filter(X, known=known)
    np.testing.assert_allclose(found[5], [0.2, 0.8])
    np.testing.assert_allclose(found[6], np.array([0.2, 0.8]) @ np.array(TRANSITION))
    np.testing.assert_allclose(found[-1], [2 / 3, 1 / 3], atol=1e-6)
    late = model.filter(X, known=known, delay=2)
    assert late[5, 1] < 0.5
    np.testing.assert_allclose(late[6], found[6])


def test_likelihood_is_that_of_the_known_classes():
    model = Chain.from_parameters(START, TRANSITION)
    y = np.array([0, 0, -1, 1])
    expected = np.log(0.5 * 0.9 * (0.9 * 0.1 + 0.1 * 0.8))
    assert model.score(np.zeros((4, 1)), y) == pytest.approx(expected)
    assert model.bic(np.zeros((4, 1)), y) > 0


def test_at_least_one_label_is_needed():
    with pytest.raises(InputError, match="no labeled step"):
        Chain().fit(np.zeros((5, 1)), np.full(5, -1))


def test_scikit_learns_checks_pass_but_for_the_declared_ones():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = check_estimator(
            Chain(), expected_failed_checks=EXPECTED_FAILED_CHECKS, on_fail="raise"
        )
    failed = {r["check_name"] for r in results if r["status"] == "xfail"}
    assert failed == set(EXPECTED_FAILED_CHECKS)


def test_a_stored_chain_says_the_same(tmp_path):
    X, y, _ = data()
    model = Chain(transition_prior=0.5).fit(np.hstack([X, X]), y, LENGTHS)
    model.save(tmp_path / "chain")
    loaded = load_model(tmp_path / "chain")
    assert loaded.get_params() == model.get_params()
    np.testing.assert_array_equal(
        loaded.predict_proba(np.hstack([X, X]), LENGTHS, known=y),
        model.predict_proba(np.hstack([X, X]), LENGTHS, known=y),
    )
