"""Information criteria in closed form, and standard errors against theory."""

import numpy as np
import pytest

from dolorimeter.core import InputError
from dolorimeter.states import GaussianHMM, information

LENGTHS = np.full(60, 30)


def truth(n_states=3, n_features=6):
    rng = np.random.default_rng(0)
    return GaussianHMM.from_parameters(
        np.full(n_states, 1 / n_states),
        np.full((n_states, n_states), 0.1) + (1 - 0.1 * n_states) * np.eye(n_states),
        rng.normal(scale=3, size=(n_states, n_features)),
        np.ones((n_states, n_features)),
    )


def test_three_states_and_six_vitals_have_44_free_parameters():
    X, _ = truth().sample(LENGTHS, 1)
    X[:5] = np.nan
    score = truth().score(X, lengths=LENGTHS)
    assert truth().parameters_.n_free == 44
    assert truth().aic(X, lengths=LENGTHS) == pytest.approx(88 - 2 * score)
    n = len(X) - 5
    assert truth().bic(X, lengths=LENGTHS) == pytest.approx(44 * np.log(n) - 2 * score)
    y = np.zeros(len(X), dtype=int)
    with_labels = 44 * np.log(n + 5) - 2 * truth().score(X, y, LENGTHS)
    assert truth().bic(X, y, LENGTHS) == pytest.approx(with_labels)


def test_bic_finds_the_number_of_states():
    X, _ = truth(2, 2).sample(LENGTHS, 1)
    values = [
        GaussianHMM(k, random_state=0).fit(X, lengths=LENGTHS).bic(X, lengths=LENGTHS)
        for k in (1, 2, 3)
    ]
    assert np.argmin(values) == 1


def test_standard_errors_are_those_of_independent_steps():
    # Labeled throughout and without order, a mean has the textbook's error sigma / sqrt(n).
    rng = np.random.default_rng(3)
    X, y = rng.normal(scale=2.0, size=(1500, 1)), np.zeros(1500, dtype=int)
    model = GaussianHMM().fit(X, y, np.ones(1500, dtype=int))
    errors = model.bootstrap_parameters(
        X, y, np.ones(1500, dtype=int), n_bootstrap=300, random_state=0
    )
    assert errors.means[0, 0] == pytest.approx(2 / np.sqrt(1500), rel=0.15)
    assert errors.variances[0, 0] == pytest.approx(4 * np.sqrt(2 / 1500), rel=0.15)
    assert errors.n_bootstrap == 300


def test_stays_of_one_patient_are_drawn_together():
    # Ten copies of each stay: to the naive bootstrap they look like ten times the evidence.
    model = truth(2, 1)
    X, y = model.sample(np.full(12, 20), 5)
    stays = np.repeat(np.arange(12), 10)
    rows = (stays[:, None] * 20 + np.arange(20)).ravel()
    lengths = np.full(120, 20)
    fitted = GaussianHMM().fit(X[rows], y[rows], lengths)
    options = {"n_bootstrap": 100, "random_state": 0}
    naive = fitted.bootstrap_parameters(X[rows], y[rows], lengths, **options)
    grouped = fitted.bootstrap_parameters(X[rows], y[rows], lengths, groups=stays, **options)
    ratio = grouped.means / naive.means
    np.testing.assert_allclose(ratio, np.sqrt(10), rtol=0.35)


def test_same_seed_same_errors():
    X, y = truth(2, 1).sample(np.full(8, 20), 5)
    model = GaussianHMM().fit(X, y, np.full(8, 20))
    one, two = (
        model.bootstrap_parameters(X, y, np.full(8, 20), n_bootstrap=5, random_state=4)
        for _ in range(2)
    )
    np.testing.assert_array_equal(one.transmat, two.transmat)


def test_one_stay_cannot_be_resampled():
    X, y = truth(2, 1).sample(20, 5)
    model = GaussianHMM().fit(X, y)
    with pytest.raises(InputError, match="at least two of both"):
        model.bootstrap_parameters(X, y)
    with pytest.raises(InputError, match="groups"):
        model.bootstrap_parameters(X, y, groups=[0, 1, 2])


def test_criteria_by_hand():
    assert information.aic(-10.0, 3) == 26.0
    assert information.bic(-10.0, 3, 100) == pytest.approx(20 + 3 * np.log(100))
