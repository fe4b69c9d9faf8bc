"""What holds for every design."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dolorimeter.core import Trials
from dolorimeter.hemodynamics import canonical_hrf
from dolorimeter.imaging.columns import frame_times_of
from dolorimeter.imaging.design import make_design
from dolorimeter.imaging.events import events_of
from dolorimeter.imaging.orthogonalize import orthogonalize_serially
from dolorimeter.imaging.regressors import Regressor
from dolorimeter.imaging.responses import event_responses

ERROR = Regressor("error", ("cue", "outcome"), modulator="appetitive_error")
REGRESSORS = (Regressor("cue"), Regressor("outcome", ("outcome",)), ERROR)
conventions = st.sampled_from(["nilearn", "exact"])


@st.composite
def runs(draw):
    n = draw(st.integers(4, 12))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    onset = np.cumsum(rng.uniform(8, 16, n))
    return Trials(
        subject=np.full(n, "01"),
        run=np.full(n, "1"),
        cue=rng.choice(["A", "B"], n),
        outcome=np.full(n, ""),
        onset=onset,
        outcome_onset=onset + rng.uniform(2, 6, n),
        utility=np.zeros(n),
        quantities={name: rng.normal(size=n) for name in ("cue_error", "outcome_error")},
    )


def frames_for(trials, tr=2.0):
    return frame_times_of(int(trials.outcome_onset.max() / tr) + 8, tr)


@settings(max_examples=20)
@given(runs(), conventions)
def test_a_modulated_column_is_linear_in_its_weights(trials, convolution):
    frames = frames_for(trials)
    design = make_design(trials, REGRESSORS, frames, convolution=convolution)
    weights = events_of(ERROR, trials).amplitudes
    assert weights.mean() == pytest.approx(0, abs=1e-12)
    responses = event_responses(ERROR, trials, frames, convolution=convolution)
    np.testing.assert_allclose(responses @ weights, design.matrix[:, 2], atol=1e-13)


@settings(max_examples=20)
@given(runs(), conventions, st.integers(0, 2**32 - 1))
def test_the_order_of_trials_does_not_matter(trials, convolution, seed):
    frames = frames_for(trials)
    shuffled = trials.take(np.random.default_rng(seed).permutation(len(trials)))
    one, other = (
        make_design(t, REGRESSORS, frames, convolution=convolution).matrix
        for t in (trials, shuffled)
    )
    np.testing.assert_allclose(one, other, atol=1e-12)


@settings(max_examples=20)
@given(runs())
def test_the_fit_does_not_change_when_regressors_are_orthogonalized(trials):
    frames = frames_for(trials)
    data = np.random.default_rng(0).normal(size=len(frames))
    fits, last = [], []
    for order in ("none", "serial"):
        matrix = make_design(trials, REGRESSORS, frames, orthogonalize=order).matrix
        weights = np.linalg.lstsq(matrix, data)[0]
        fits.append(matrix @ weights)
        last.append(weights[2])
    np.testing.assert_allclose(*fits, atol=1e-9)
    assert last[0] == pytest.approx(last[1], rel=1e-6, abs=1e-8)  # nothing comes after it


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1), st.integers(1, 6))
def test_serial_orthogonalization_is_that_of_qr(seed, k):
    given_columns = np.random.default_rng(seed).normal(size=(20, k))
    found = orthogonalize_serially(given_columns)
    basis, upper = np.linalg.qr(given_columns)
    np.testing.assert_allclose(found, basis * np.diag(upper), atol=1e-10)


@settings(max_examples=20)
@given(runs())
def test_the_two_conventions_differ_by_scale_alone(trials):
    frames = frames_for(trials)
    nilearn, exact = (
        make_design(trials, REGRESSORS, frames, convolution=name).matrix[:, :3].T
        for name in ("nilearn", "exact")
    )
    # One step of the grid, over the area under a response of peak 1.
    scale = 2.0 / 50 / (canonical_hrf(np.arange(0, 32, 0.001)).sum() / 1000)
    for regressor, theirs, ours in zip(REGRESSORS, nilearn, exact, strict=True):
        # On their grid events are up to two steps (0.08 s) late; slopes reach 0.3 a second, and up
        # to four events overlap.
        atol = 0.1 * np.abs(events_of(regressor, trials).amplitudes).max()
        np.testing.assert_allclose(theirs / scale, ours, atol=atol)
        assert (theirs @ ours) / (ours @ ours) / scale == pytest.approx(1, abs=0.05)
