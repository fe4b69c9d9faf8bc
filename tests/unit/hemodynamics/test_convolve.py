"""Convolution: the peaks that science 2.4 states, impulses, events that last, mirror images."""

import numpy as np
import pytest
from scipy.integrate import quad

from dolorimeter.core import InputError
from dolorimeter.hemodynamics import HRFS, canonical_hrf, convolve_events, read_hrf

FINE = np.arange(0.0, 40.0, 0.01)


def peak(values, sign=1):
    place = (sign * values).argmax()
    return values[place], FINE[place]


def test_peaks_of_the_prediction_errors():
    """Science 2.4: reinforced 0.736 at 8.3 s; unreinforced 0.455 at 4.8 s, -0.338 at 9.8 s."""
    reinforced = convolve_events([0, 4], 0, [0.429, 0.5709], FINE)
    assert peak(reinforced) == pytest.approx((0.736, 8.3), abs=0.05)
    assert peak(reinforced)[0] == pytest.approx(0.736, abs=5e-4)
    omitted = convolve_events([0, 4], 0, [0.460, -0.4598], FINE)
    assert peak(omitted)[0] == pytest.approx(0.455, abs=5e-4)
    assert peak(omitted)[1] == pytest.approx(4.8, abs=0.05)
    assert peak(omitted, -1)[0] == pytest.approx(-0.338, abs=5e-4)
    assert peak(omitted, -1)[1] == pytest.approx(9.8, abs=0.05)


def test_exacerbation_mirrors_relief():
    relief = convolve_events([0, 4], 0, [0.429, 0.5709], FINE)
    np.testing.assert_array_equal(convolve_events([0, 4], 0, [-0.429, -0.5709], FINE), -relief)


def test_impulses_add_their_responses_exactly():
    rng = np.random.default_rng(0)
    onsets, weights = rng.uniform(0, 200, 30), rng.normal(size=30)
    frames = np.arange(0.0, 230.0, 1.7)
    expected = sum(w * canonical_hrf(frames - o) for o, w in zip(onsets, weights, strict=True))
    np.testing.assert_allclose(convolve_events(onsets, 0, weights, frames), expected, atol=1e-12)


@pytest.mark.parametrize("duration", [0.3, 4.0, 40.0])
def test_lasting_events_add_the_area_of_the_response(duration):
    frames = np.arange(0.0, 80.0, 2.0)
    found = convolve_events([3.3], duration, 2.0, frames)

    def area(t):
        low, high = max(t - 3.3 - duration, 0.0), min(max(t - 3.3, 0.0), 32.0)
        return quad(canonical_hrf, low, high, epsabs=1e-11)[0] if high > low else 0.0

    np.testing.assert_allclose(found, [2.0 * area(t) for t in frames], atol=2e-8)


def test_a_short_event_is_an_impulse_of_its_area():
    frames = np.arange(0.0, 40.0, 1.0)
    short = convolve_events([5.0], 0.01, 100.0, frames)
    np.testing.assert_allclose(short, convolve_events([5.005], 0, 1.0, frames), atol=1e-5)


def test_events_outside_the_frames_add_what_reaches_them():
    frames = np.arange(0.0, 10.0, 1.0)
    early = convolve_events([-5.0], 0, 1.0, frames)
    np.testing.assert_allclose(early, canonical_hrf(frames + 5.0), atol=1e-15)
    assert not convolve_events([11.0, -40.0], 0, 1.0, frames).any()
    assert not convolve_events([], [], [], frames).any()


def test_a_response_is_a_name_or_a_function():
    frames = np.arange(0.0, 40.0, 1.0)
    for name, function in HRFS.items():
        np.testing.assert_array_equal(
            convolve_events([1.0], 0, 1.0, frames, name),
            convolve_events([1.0], 0, 1.0, frames, function),
        )
    box = convolve_events([1.0], 0, 1.0, frames, lambda t: np.ones_like(t))
    assert box.tolist() == [0.0] + 33 * [1.0] + 6 * [0.0]
    with pytest.raises(InputError, match="spm, spm time derivative"):
        read_hrf("fsl")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"onsets": [0.0, np.nan]}, "onsets, event 1: nan"),
        ({"durations": [0.0, -1.0]}, "durations, event 1: -1 s"),
        ({"amplitudes": [1.0, 2.0, 3.0]}, "amplitudes: shape"),
        ({"onsets": 0.0}, "onsets: shape"),
        ({"frame_times": [0.0, 2.0, 1.0]}, "do not rise"),
        ({"frame_times": []}, "one a frame"),
        ({"durations": 1.0, "oversampling": 0}, "oversampling"),
    ],
)
def test_what_cannot_be_used_is_named(change, words):
    given = {"onsets": [0.0, 1.0], "durations": 0.0, "amplitudes": 1.0, "frame_times": [0.0, 1.0]}
    with pytest.raises(InputError, match=words):
        convolve_events(**(given | change))
