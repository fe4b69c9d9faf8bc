"""The canonical response: its closed form, its derivatives, its scale."""

import math

import numpy as np
import pytest

from dolorimeter.core import InputError
from dolorimeter.hemodynamics import canonical_hrf, glover_hrf

TIMES = np.arange(0.0, 32.0, 0.01)


def test_is_the_difference_of_two_gamma_densities():
    # Written out: t^5 e^-t / 5! less a sixth of t^15 e^-t / 15!, over its value at the peak.
    written = TIMES**5 * np.exp(-TIMES) / math.factorial(5)
    written -= TIMES**15 * np.exp(-TIMES) / math.factorial(15) / 6
    np.testing.assert_allclose(canonical_hrf(TIMES), written / written.max(), atol=1e-6)


def test_peaks_at_one_whatever_the_times():
    assert canonical_hrf(TIMES).max() == pytest.approx(1.0, abs=1e-6)
    assert TIMES[canonical_hrf(TIMES).argmax()] == pytest.approx(5.0, abs=0.02)
    np.testing.assert_array_equal(canonical_hrf(TIMES)[300:400], canonical_hrf(TIMES[300:400]))
    assert glover_hrf(TIMES).max() == pytest.approx(1.0, abs=1e-5)


def test_sums_to_one_on_its_times():
    for grid in (TIMES, TIMES[::100]):
        assert canonical_hrf(grid, normalize="sum").sum() == pytest.approx(1.0)


def test_is_silent_before_and_long_after():
    assert canonical_hrf([-3.0, -1e-9, 32.1, 100.0]).tolist() == [0.0] * 4
    assert canonical_hrf([[5.0, 6.0]]).shape == (1, 2)


def test_a_weight_of_the_time_derivative_shifts_the_response():
    small = 1e-4
    derivative = canonical_hrf(TIMES, derivative="time", step=1e-4)
    shifted = canonical_hrf(TIMES + small)
    np.testing.assert_allclose(
        canonical_hrf(TIMES) + small * derivative, shifted, atol=1e-5 * small + 1e-7
    )
    coarse = canonical_hrf(TIMES) - canonical_hrf(TIMES - 1.0)
    np.testing.assert_allclose(canonical_hrf(TIMES, derivative="time"), coarse, atol=1e-12)


def test_a_weight_of_the_dispersion_derivative_narrows_the_response():
    narrower = canonical_hrf(TIMES) + 0.3 * canonical_hrf(TIMES, derivative="dispersion")

    def width(values):
        above = TIMES[values > values.max() / 2]
        return above[-1] - above[0]

    assert width(narrower) < width(canonical_hrf(TIMES)) - 0.1


def test_derivatives_keep_the_scale_of_the_response():
    by_peak = canonical_hrf(TIMES, derivative="time")
    by_sum = canonical_hrf(TIMES, derivative="time", normalize="sum")
    ratio = canonical_hrf(TIMES)[500] / canonical_hrf(TIMES, normalize="sum")[500]
    np.testing.assert_allclose(by_peak, ratio * by_sum, rtol=1e-12)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"derivative": "shape"}, "'time' or 'dispersion'"),
        ({"normalize": "area"}, "'peak' or 'sum'"),
        ({"derivative": "time", "step": 0.0}, "positive"),
    ],
)
def test_unknown_options_are_named(options, words):
    with pytest.raises(InputError, match=words):
        canonical_hrf(TIMES, **options)


def test_times_that_cannot_be_used_are_refused():
    with pytest.raises(InputError, match="not finite"):
        canonical_hrf([0.0, np.nan])
    with pytest.raises(InputError, match="cover the response"):
        canonical_hrf([-1.0, 40.0], normalize="sum")
