"""Intervals: their means, limits and errors."""

import numpy as np
import pytest
from scipy.integrate import quad

from dolorimeter.core import InputError
from dolorimeter.learning.intervals import Interval, _decay


@pytest.mark.parametrize(
    "interval",
    [
        Interval.fixed(3.0),
        Interval.uniform(4.0, 8.0),
        Interval.exponential(5.0, 4.0, 12.0),
        Interval.exponential(7.99, 4.0, 12.0),
        Interval.exponential(4.1, 4.0, 12.0),
    ],
)
def test_draws_have_the_mean_and_keep_the_limits(interval):
    values = interval.draw(40_000, np.random.default_rng(0))
    low, high = interval.limits
    assert low <= values.min() <= values.max() <= high
    assert values.mean() == pytest.approx(interval.expected, abs=0.03)


def test_the_truncated_exponential_has_its_density():
    decay = _decay(0.25)
    density = lambda y: decay * np.exp(-decay * y) / (1 - np.exp(-decay))  # noqa: E731
    assert quad(density, 0, 1)[0] == pytest.approx(1.0)
    assert quad(lambda y: y * density(y), 0, 1)[0] == pytest.approx(0.25, abs=1e-9)
    values = Interval.exponential(3.0, 2.0, 6.0).draw(50_000, np.random.default_rng(1))
    share = quad(density, 0, 0.5)[0]
    assert (values < 4.0).mean() == pytest.approx(share, abs=0.01)


@pytest.mark.parametrize(
    "make", [Interval.uniform, lambda *a, **k: Interval.exponential(3.0, *a, **k)]
)
def test_quantiles_sum_to_the_same_each_time(make):
    interval = make(2.0, 6.0, draws="quantiles")
    one, two = (interval.draw(50, np.random.default_rng(seed)) for seed in (0, 1))
    np.testing.assert_allclose(np.sort(one), np.sort(two))
    assert not np.array_equal(one, two)
    assert one.mean() == pytest.approx(interval.expected, abs=0.03)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Interval.fixed(-2.0), "interval, value: -2.0; expected seconds, 0 or more"),
        (lambda: Interval.uniform(-1.0, 3.0), "interval, low: -1.0"),
        (lambda: Interval.uniform(5.0, 3.0), "low below high"),
        (lambda: Interval.uniform(5.0, float("inf")), "interval, high"),
        (lambda: Interval.exponential(7.0, 2.0, 10.0), "between low and the middle.*2 to 6 s"),
        (lambda: Interval("uniform", low=1.0), "interval, high: None"),
        (lambda: Interval("fixed", value=1.0, low=1.0), "only value for kind 'fixed'"),
        (lambda: Interval("gamma"), "one of fixed, uniform, exponential"),
        (lambda: Interval.uniform(1.0, 2.0, draws="even"), "one of random, quantiles"),
        (lambda: Interval.fixed("4s"), "seconds"),
        (lambda: Interval.fixed(True), "seconds"),
    ],
)
def test_what_cannot_be_is_named(make, words):
    with pytest.raises(InputError, match=words):
        make()
