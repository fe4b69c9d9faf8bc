"""Planted places and courses are what the closed forms of science 2.4 say."""

import numpy as np
import pytest

from dolorimeter.core import Grid, InputError, Trials
from dolorimeter.hemodynamics import canonical_hrf
from dolorimeter.imaging.truth import (
    EVOKED,
    SITES,
    Response,
    Site,
    planted_signal,
    site_course,
    site_weights,
)

FRAMES = np.arange(0, 60, 0.05)


def trials(cue, outcome, cue_error, outcome_error, onset=None):
    n = len(cue)
    onsets = np.arange(n) * 100.0 if onset is None else np.asarray(onset, dtype=float)
    return Trials(
        np.full(n, "01"), np.full(n, "1"), np.array(cue), np.array(outcome), onsets, onsets + 4.0,
        np.zeros(n),
        quantities={
            "cue_error": np.array(cue_error, dtype=float),
            "outcome_error": np.array(outcome_error, dtype=float),
        },
    )  # fmt: skip


def site(*responses, center=(0.0, 0.0, 0.0), radius=7.0, effect=0.5):
    return Site("here", center, radius, responses, effect)


def test_courses_by_trial_type_are_the_closed_forms():
    # science 2.4: reinforced relief peaks 0.736 at 8.3 s; unreinforced +0.455 at 4.8 s, then
    # -0.338 at 9.8 s; errors by trial type from 2.2
    place = site(Response("appetitive"))
    reinforced = site_course(place, trials(["A"], ["relief"], [0.429], [0.5709]), FRAMES)
    assert reinforced.max() == pytest.approx(0.736, abs=1e-3)
    assert FRAMES[reinforced.argmax()] == pytest.approx(8.3, abs=0.1)
    omitted = site_course(place, trials(["A"], ["none"], [0.460], [-0.4598]), FRAMES)
    assert omitted.max() == pytest.approx(0.455, abs=1e-3)
    assert FRAMES[omitted.argmax()] == pytest.approx(4.8, abs=0.1)
    assert omitted.min() == pytest.approx(-0.338, abs=1e-3)
    assert FRAMES[omitted.argmin()] == pytest.approx(9.8, abs=0.1)


def test_aversive_is_the_mirror_and_cues_are_kept_apart():
    told = trials(["A", "B"], ["relief", "exacerbation"], [0.4, -0.4], [0.6, -0.6], [0, 20])
    appetitive = site_course(site(Response("appetitive")), told, FRAMES)
    aversive = site_course(site(Response("aversive")), told, FRAMES)
    np.testing.assert_allclose(aversive, -appetitive, atol=1e-12)
    one = trials(["A"], ["relief"], [0.4], [0.6], [0])
    only_a = site_course(site(Response("appetitive", cues=("A",))), told, FRAMES)
    np.testing.assert_allclose(
        only_a, site_course(site(Response("appetitive")), one, FRAMES), atol=1e-12
    )
    both = site(Response("appetitive", cues=("A",)), Response("aversive", cues=("B",)))
    late = trials(["B"], ["exacerbation"], [-0.4], [-0.6], [20])
    rest = site_course(site(Response("aversive")), late, FRAMES)
    np.testing.assert_allclose(site_course(both, told, FRAMES), only_a + rest, atol=1e-12)


def test_evoked_responses_ignore_the_errors():
    told = trials(["A", "B"], ["relief", "exacerbation"], [0.4, -0.4], [0.6, -0.6], [0, 20])
    cue = site_course(site(Response("cue")), told, FRAMES)
    hrf = canonical_hrf(FRAMES) + canonical_hrf(FRAMES - 20)
    np.testing.assert_allclose(cue, hrf, atol=1e-12)
    pain = site(Response("exacerbation"), Response("relief", weight=-0.5))
    expected = canonical_hrf(FRAMES - 24) - 0.5 * canonical_hrf(FRAMES - 4)
    np.testing.assert_allclose(site_course(pain, told, FRAMES), expected, atol=1e-12)


def test_weights_by_hand():
    grid = Grid(np.ones((5, 1, 1), dtype=bool), np.diag([7.0, 7.0, 7.0, 1.0]))
    weights = site_weights(site(Response("cue"), center=(0, 0, 0)), grid)
    # 0, 1, 2, 3 and 4 radii away: halved with the square of the distance, nothing beyond 3
    np.testing.assert_allclose(weights, [1, 0.5, 0.5**4, 0.5**9, 0])


def test_sites_add_up_at_their_own_sizes():
    grid = Grid(np.ones((3, 1, 1), dtype=bool), np.diag([30.0, 30.0, 30.0, 1.0]))
    told = trials(["A"], ["relief"], [0.0], [1.0])
    here = site(Response("appetitive"))
    there = Site("there", (30.0, 0, 0), 7.0, (Response("aversive"),), 0.5)
    signal = planted_signal([here, there], [2.0, 3.0], told, grid, FRAMES)
    course = canonical_hrf(FRAMES - 4)
    np.testing.assert_allclose(signal, np.outer(course, [2, -3, 0]), atol=1e-12)
    assert not planted_signal([], [], told, grid, FRAMES).any()


def test_what_cannot_be_planted_is_refused():
    with pytest.raises(InputError, match="expected one of appetitive"):
        Response("error")
    with pytest.raises(InputError, match="a positive radius"):
        site(Response("cue"), radius=0)
    with pytest.raises(InputError, match="no response"):
        site()
    grid = Grid(np.ones((2, 2, 2), dtype=bool), np.eye(4))
    with pytest.raises(InputError, match="site here: no voxel within 7 mm"):
        site_weights(site(Response("cue"), center=(90, 0, 0)), grid)
    bare = trials(["A"], ["relief"], [0.0], [1.0]).take(np.array([0]))
    object.__setattr__(bare, "quantities", {})
    with pytest.raises(InputError, match="no quantity 'cue_error'"):
        site_course(site(Response("appetitive")), bare, FRAMES)


def test_the_shipped_sites_are_the_issues():
    kinds = {place.name: {r.kind for r in place.responses} for place in SITES}
    assert kinds["amygdala left"] == kinds["midbrain"] == {"appetitive"}
    assert kinds["orbitofrontal lateral right"] == kinds["cingulate genual"] == {"aversive"}
    for side in ("left", "right"):
        assert kinds[f"putamen ventral {side}"] == {"appetitive", "aversive"}
    names = [place.name for place in (*SITES, *EVOKED)]
    assert len(set(names)) == len(names)
    centers = np.array([place.center for place in (*SITES, *EVOKED)])
    apart = np.linalg.norm(centers[:, None] - centers, axis=2)[~np.eye(len(centers), dtype=bool)]
    assert apart.min() > 16  # no peak within 8 mm of two of them
    assert not (centers % 6).any()  # voxels of 6 mm have their centers there
