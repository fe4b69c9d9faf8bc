"""Whatever is planted: courses are linear in the errors, and shift with the events."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dolorimeter.core import Grid, Trials
from dolorimeter.imaging.images import smooth
from dolorimeter.imaging.simulate_noise import smooth_fields
from dolorimeter.imaging.truth import Response, Site, site_course, site_weights

FRAMES = np.arange(0.0, 90.0, 1.5)
numbers = st.floats(-2, 2)
errors = st.lists(st.tuples(numbers, numbers), min_size=1, max_size=5)


def course(pairs, onsets, kind="appetitive"):
    n = len(pairs)
    onsets = np.asarray(onsets, dtype=float)
    at_cue, at_outcome = np.array(pairs, dtype=float).T
    trials = Trials(
        np.full(n, "1"), np.full(n, ""), np.full(n, "A"), np.full(n, "none"),
        onsets, onsets + 4, np.zeros(n),
        quantities={"cue_error": at_cue, "outcome_error": at_outcome},
    )  # fmt: skip
    return site_course(Site("s", (0, 0, 0), 5.0, (Response(kind),), 1.0), trials, FRAMES)


@given(errors, numbers)
@settings(max_examples=40)
def test_courses_are_linear_in_the_errors(pairs, factor):
    onsets = np.arange(len(pairs)) * 9.0
    scaled = [(factor * a, factor * b) for a, b in pairs]
    whole = course(pairs, onsets)
    np.testing.assert_allclose(course(scaled, onsets), factor * whole, atol=1e-10)
    parts = sum(course([p], [t]) for p, t in zip(pairs, onsets, strict=True))
    np.testing.assert_allclose(whole, parts, atol=1e-10)
    np.testing.assert_allclose(course(pairs, onsets, "aversive"), -whole, atol=1e-10)


@given(errors, st.integers(0, 10))
@settings(max_examples=30)
def test_courses_shift_with_their_events(pairs, frames):
    onsets = np.arange(len(pairs)) * 7.0
    early, late = course(pairs, onsets), course(pairs, onsets + 1.5 * frames)
    np.testing.assert_allclose(late[frames:], early[: len(FRAMES) - frames], atol=1e-10)


@given(st.tuples(*[st.floats(-20, 20)] * 3), st.floats(5, 15))
@settings(max_examples=30)
def test_a_site_is_strongest_at_its_center(center, radius):
    grid = Grid(np.ones((9, 9, 9), dtype=bool), np.diag([5.0, 5.0, 5.0, 1.0]))
    grid.affine[:3, 3] = -20
    weights = site_weights(Site("s", center, radius, (Response("cue"),), 1.0), grid)
    places = np.argwhere(grid.mask) * 5.0 - 20
    distance = np.linalg.norm(places - np.array(center), axis=1)
    order = np.argsort(distance)
    assert (np.diff(weights[order]) <= 1e-12).all()
    assert ((weights >= 0.5 - 1e-12) == (distance <= radius + 1e-9)).all()


@given(st.floats(1, 30), st.integers(0, 5))
@settings(max_examples=20)
def test_smoothing_keeps_constants_and_fields_their_variance(width, seed):
    affine = np.diag([4.0, 6.0, 8.0, 1.0])
    np.testing.assert_allclose(smooth(np.full((5, 6, 7), 3.0), affine, width), 3.0)
    grid = Grid(np.ones((5, 6, 7), dtype=bool), affine)
    fields = smooth_fields(800, grid, width, np.random.default_rng(seed))
    assert abs(np.sqrt((fields.astype(float) ** 2).mean(axis=0)) - 1).max() < 0.2
