"""What normal scores promise for any data."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import ndtri

from dolorimeter.states.normal_scores import NormalScores

numbers = st.floats(-1e6, 1e6, width=32) | st.integers(-3, 3).map(float)
columns = arrays(np.float64, st.tuples(st.integers(2, 40), st.just(1)), elements=numbers)


@settings(deadline=None)
@given(columns, columns)
def test_bounded_and_never_falling(training, later):
    scores = NormalScores().fit(training).transform(np.sort(later, axis=0)).ravel()
    assert (np.abs(scores) <= ndtri(1 - 1 / (2 * len(training))) + 1e-12).all()
    assert (np.diff(scores) >= 0).all()


@settings(deadline=None)
@given(columns)
def test_mirrored_values_give_mirrored_scores(training):
    scores = NormalScores().fit_transform(training)
    np.testing.assert_allclose(NormalScores().fit_transform(-training), -scores, atol=1e-9)


@settings(deadline=None)
@given(columns, st.integers(0, 5))
def test_missing_values_change_nothing_else(training, n_missing):
    gaps = np.concatenate([training, np.full((n_missing, 1), np.nan)])
    scores = NormalScores().fit_transform(gaps)
    np.testing.assert_array_equal(scores[: len(training)], NormalScores().fit_transform(training))
    assert np.isnan(scores[len(training) :]).all()


@settings(deadline=None)
@given(columns)
def test_training_scores_depend_on_order_alone(training):
    cubed = training / 1e2 + (training / 1e2) ** 3
    if len(np.unique(cubed)) == len(np.unique(training)):
        expected = NormalScores().fit_transform(training)
        np.testing.assert_allclose(NormalScores().fit_transform(cubed), expected, atol=1e-12)
