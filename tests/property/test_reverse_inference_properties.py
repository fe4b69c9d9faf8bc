"""Whatever the rates: bounds, monotony, exclusivity, and agreement of odds with the factor."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dolorimeter.decoding.reverse_inference import (
    bayes_factor,
    probability_of_pain,
    reverse_inference,
)

RATE = st.floats(0.0, 1.0)
INNER = st.floats(0.001, 0.999)


@given(RATE, RATE, RATE)
def test_a_probability_or_undefined(prior, sensitivity, specificity):
    p = probability_of_pain(prior, sensitivity, specificity)
    never = sensitivity * prior + (1 - specificity) * (1 - prior) == 0
    assert np.isnan(p) if never else 0.0 <= p <= 1.0


@given(INNER, INNER, INNER, INNER)
def test_rises_with_each_of_the_three(a, b, x, y):
    low, high = sorted((a, b))
    assert probability_of_pain(low, x, y) <= probability_of_pain(high, x, y) + 1e-15
    assert probability_of_pain(x, low, y) <= probability_of_pain(x, high, y) + 1e-15
    assert probability_of_pain(x, y, low) <= probability_of_pain(x, y, high) + 1e-15


@given(INNER, INNER)
def test_exclusivity_makes_it_certain(prior, sensitivity):
    assert probability_of_pain(prior, sensitivity, 1.0) == 1.0


@given(INNER, INNER, INNER)
def test_odds_are_multiplied_by_the_factor(prior, sensitivity, specificity):
    p = probability_of_pain(prior, sensitivity, specificity)
    odds = prior / (1 - prior) * bayes_factor(sensitivity, specificity)
    assert p == pytest.approx(odds / (1 + odds))


@given(INNER, INNER)
def test_a_pattern_as_frequent_without_pain_tells_nothing(prior, rate):
    assert probability_of_pain(prior, rate, 1 - rate) == pytest.approx(prior)


@given(INNER, st.integers(1, 60), st.integers(1, 60), st.data())
def test_the_interval_holds_the_estimate(prior, n_pain, n_other, data):
    hits, alarms = data.draw(st.integers(1, n_pain)), data.draw(st.integers(0, n_other))
    found = reverse_inference(prior, hits / n_pain, 1 - alarms / n_other, n_pain, n_other)
    low, high = found.ci95
    assert 0.0 <= low <= high <= 1.0
    assert low - 1e-9 <= found.probability <= high + 1e-9
