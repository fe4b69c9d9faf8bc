"""Design matrices against what can be worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from dolorimeter.core import InputError, Trials
from dolorimeter.hemodynamics import canonical_hrf, convolve_events
from dolorimeter.imaging.columns import (
    cosine_drift,
    frame_times_of,
    polynomial_drift,
    read_scrubbed,
    require_independent,
)
from dolorimeter.imaging.design import Design, make_design
from dolorimeter.imaging.orthogonalize import orthogonalize_serially
from dolorimeter.imaging.regressors import Regressor
from dolorimeter.imaging.responses import event_responses, modulated_columns

FRAMES = frame_times_of(60, 2.0)
CUE = Regressor("cue")
VALUE = Regressor("value", modulator="value")
RESPONSE = Regressor("rt", modulator="rt")
SHOCK = Regressor("shock", ("outcome",), outcomes=("high",))


@pytest.fixture
def trials():
    n = 6
    return Trials(
        subject=np.full(n, "01"),
        run=np.full(n, "2"),
        cue=np.array(list("ABABAB")),
        outcome=np.array(["high", "low"] * 3),
        onset=np.arange(n) * 17.0 + 1,
        outcome_onset=np.arange(n) * 17.0 + 5,
        utility=np.zeros(n),
        quantities={"value": np.array([0.0, 0.4, 0.1, -0.3, 0.6, 0.2])},
        measures={"rt": np.array([0.5, 0.9, 0.4, 0.3, 0.8, 0.6])},
    )


def test_columns_say_what_they_are(trials):
    confounds = pd.DataFrame({"trans_x": np.sin(np.arange(60.0))})
    design = make_design(
        trials, (CUE, VALUE), FRAMES, derivatives=("time",), confounds=confounds, scrubbed=[7]
    )
    assert design.names == (
        *("cue", "cue_derivative", "value", "value_derivative", "trans_x", "spike_7"),
        *("drift_1", "constant"),
    )
    assert design.kinds == (
        *("regressor", "derivative", "modulator", "derivative", "confound", "spike"),
        *("drift", "constant"),
    )
    assert (design.subject, design.run, len(design)) == ("01", "2", 60)
    assert design.columns("derivative").tolist() == [1, 3]
    np.testing.assert_array_equal(design.frames, np.arange(60))
    np.testing.assert_array_equal(design.matrix[:, 5], np.eye(60)[7])


def test_exact_columns_are_sums_of_responses(trials):
    design = make_design(trials, (CUE, VALUE), FRAMES, convolution="exact")
    value = trials.quantities["value"] - trials.quantities["value"].mean()
    shifted = canonical_hrf(FRAMES[:, None] - trials.onset)
    np.testing.assert_allclose(design.matrix[:, 0], shifted.sum(axis=1), atol=1e-12)
    np.testing.assert_allclose(design.matrix[:, 1], shifted @ value, atol=1e-12)


def test_exact_boxcars(trials):
    lasting = Regressor("cue", duration="trial")
    design = make_design(trials, (lasting,), FRAMES, hrf="glover", convolution="exact")
    by_hand = convolve_events(trials.onset, 4.0, 1.0, FRAMES, "glover")
    np.testing.assert_allclose(design.matrix[:, 0], by_hand, atol=1e-12)


@pytest.mark.parametrize("convolution", ["nilearn", "exact"])
def test_modulated_columns_of_many_models_are_those_of_each(trials, convolution):
    values = np.random.default_rng(0).normal(size=(3, 6))
    columns = modulated_columns(
        VALUE, trials, {"value": values}, FRAMES, hrf="glover", convolution=convolution
    )
    assert columns.shape == (3, 60)
    for row, column in zip(values, columns, strict=True):
        one = trials.with_quantities(value=row)
        design = make_design(one, (VALUE,), FRAMES, hrf="glover", convolution=convolution)
        np.testing.assert_allclose(column, design.matrix[:, 0], atol=1e-13)
    with pytest.raises(InputError, match="no modulator"):
        modulated_columns(CUE, trials, {}, FRAMES)


def test_exact_fir_counts_events_at_each_delay(trials):
    design = make_design(
        trials, (SHOCK,), FRAMES, hrf="fir", fir_delays=[0, 3], convolution="exact"
    )
    assert design.names[:2] == ("shock_delay_0", "shock_delay_3")
    # Shocks at 5, 39 and 73 s: the first frames at or after them are at 6, 40 and 74 s.
    assert FRAMES[design.matrix[:, 0] == 1].tolist() == [6, 40, 74]
    assert FRAMES[design.matrix[:, 1] == 1].tolist() == [12, 46, 80]
    assert set(np.unique(design.matrix[:, :2])) == {0, 1}


def test_fir_spans_24_seconds(trials):
    design = make_design(trials, (SHOCK,), FRAMES, hrf="fir")
    assert [n for n in design.names if n.startswith("shock")][-1] == "shock_delay_11"


@pytest.mark.parametrize("convolution", ["nilearn", "exact"])
def test_an_event_at_the_very_time_of_a_frame_has_delay_0(trials, convolution):
    response = event_responses(SHOCK, trials.take(np.array([0])), FRAMES + 1, convolution="exact")
    assert response[2, 0] == 0  # the response begins there
    design = make_design(
        trials, (SHOCK,), FRAMES + 1, hrf="fir", fir_delays=[0], convolution=convolution
    )
    assert (FRAMES[design.matrix[:, 0] > 1e-9] + 1)[0] == 5


def test_serial_orthogonalization_by_hand():
    # (1,1,1,1); (0,1,2,3) less its mean; (0,1,4,9) less mean 3.5 and slope 3 times that.
    given = np.array([[1, 1, 1, 1], [0, 1, 2, 3], [0, 1, 4, 9]], dtype=float).T
    expected = np.array([[1, 1, 1, 1], [-1.5, -0.5, 0.5, 1.5], [1, -1, -1, 1]]).T
    np.testing.assert_allclose(orthogonalize_serially(given), expected, atol=1e-12)
    assert given[3, 2] == 9  # a copy


def test_orders_of_orthogonalization(trials):
    regressors = (SHOCK, VALUE, RESPONSE)
    plain = make_design(trials, regressors, FRAMES).matrix[:, :3]
    serial = make_design(trials, regressors, FRAMES, orthogonalize="serial").matrix
    np.testing.assert_allclose(serial[:, :3], orthogonalize_serially(plain), atol=1e-12)
    same = make_design(trials, regressors, FRAMES, orthogonalize="serial-same-events").matrix
    np.testing.assert_array_equal(same[:, :2], plain[:, :2])
    along = plain[:, 1] * (plain[:, 1] @ plain[:, 2]) / (plain[:, 1] @ plain[:, 1])
    np.testing.assert_allclose(same[:, 2], plain[:, 2] - along, atol=1e-12)


def test_drifts_by_hand():
    frames = frame_times_of(40, 2.0)
    waves = cosine_drift(frames, 50.0)  # 2 · 80 / 50 = 3.2 half waves
    assert waves.shape == (40, 3)
    np.testing.assert_allclose(waves.T @ waves, np.eye(3), atol=1e-12)
    assert (np.diff(waves[:, 0]) < 0).all()
    assert cosine_drift(frames, 200.0).shape == (40, 0)
    powers = polynomial_drift(frames, 2)
    centered = frames - frames.mean()
    np.testing.assert_allclose(powers[:, 0], centered / frames.max(), atol=1e-12)
    np.testing.assert_allclose(powers.sum(axis=0), 0, atol=1e-10)


def test_scrubbing_either_way_gives_the_same_estimates(trials):
    data = np.random.default_rng(1).normal(size=60)
    scrubbed = np.isin(np.arange(60), [3, 4, 40])
    spikes = make_design(trials, (CUE, VALUE), FRAMES, scrubbed=scrubbed)
    dropped = make_design(trials, (CUE, VALUE), FRAMES, scrubbed=scrubbed, scrub="drop")
    assert spikes.matrix.shape == (60, 4 + 3)
    assert dropped.matrix.shape == (57, 4)
    np.testing.assert_array_equal(dropped.frames, np.flatnonzero(~scrubbed))
    np.testing.assert_array_equal(dropped.frame_times, FRAMES[~scrubbed])
    wanted = [np.linalg.lstsq(d.matrix, data[d.frames])[0][:2] for d in (spikes, dropped)]
    np.testing.assert_allclose(*wanted, atol=1e-12)
    np.testing.assert_array_equal(read_scrubbed(scrubbed, 60), [3, 4, 40])


def test_a_run_may_lack_what_others_have(trials):
    lacking = Regressor("relief", ("outcome",), outcomes=("relief",))
    design = make_design(trials, (CUE, lacking), FRAMES, missing="skip")
    assert design.names == ("cue", "drift_1", "constant")
    with pytest.raises(InputError, match="no event"):
        make_design(trials, (CUE, lacking), FRAMES)


def test_a_design_without_events(trials):
    assert make_design(trials, (), FRAMES, high_pass=None).names == ("constant",)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"regressors": (CUE, Regressor("again"))}, "collinear columns 'cue', 'again'"),
        ({"hrf": "spn"}, "Did you mean 'spm'"),
        ({"hrf": "fir", "derivatives": ("time",)}, "none with hrf='fir'"),
        ({"derivatives": ("space",)}, "derivatives: 'space'"),
        ({"fir_delays": [0]}, "given with hrf='spm'"),
        ({"hrf": "fir", "fir_delays": [0, 0]}, "each delay once"),
        ({"hrf": "fir", "fir_delays": [-1]}, "whole numbers of frames"),
        ({"hrf": "fir", "fir_delays": [0.5]}, "whole numbers of frames"),
        ({"high_pass": 0.01}, "Give the period, not the frequency"),
        ({"drift": "linear"}, "drift: 'linear'"),
        ({"drift": "polynomial", "drift_order": 0}, "1 or more"),
        ({"orthogonalize": "yes"}, "orthogonalize"),
        ({"convolution": "spm"}, "convolution"),
        ({"scrub": "leave"}, "scrub"),
        ({"scrubbed": [60]}, r"frame 60; expected frames 0 … 59"),
        ({"scrubbed": np.ones(60, dtype=bool)}, "every frame"),
        ({"scrubbed": np.ones(3, dtype=bool)}, r"shape \(3,\)"),
        ({"missing": "ignore"}, "missing"),
        (
            {"frame_times": FRAMES[:40]},
            r"regressor 'cue', trial 5: cue at 86 s, after the end .*80 s",
        ),
        ({"frame_times": FRAMES + 26}, r"trial 0: cue at 1 s, before the run"),
        ({"frame_times": FRAMES[::-1]}, "do not rise"),
        ({"confounds": pd.DataFrame({"a": np.ones(59)})}, "59 rows for 60 frames"),
        (
            {"confounds": pd.DataFrame({"a": [np.nan, *np.ones(59)]})},
            r"01, run '2', design, confound 'a', frame 0: nan",
        ),
        ({"confounds": pd.DataFrame({"a": np.zeros(60)})}, "column 'a' is 0 at all 60 frames"),
        ({"confounds": pd.DataFrame({"a": np.ones(60)})}, "collinear columns 'a', 'constant'"),
        ({"confounds": pd.DataFrame({"cue": np.arange(60.0)})}, "'cue' twice"),
        (
            {"confounds": pd.DataFrame({"cosine00": cosine_drift(FRAMES, 128.0)[:, 0]})},
            "high_pass=None",
        ),
    ],
)
def test_what_cannot_be_built_is_refused(trials, options, told):
    given = {"regressors": (CUE, VALUE), "frame_times": FRAMES, **options}
    with pytest.raises(InputError, match=told):
        make_design(trials, **given)


def test_events_that_last_have_no_exact_fir(trials):
    lasting = Regressor("cue", duration=2)
    with pytest.raises(InputError, match="events that last"):
        make_design(trials, (lasting,), FRAMES, hrf="fir", convolution="exact")


def test_times_of_frames():
    assert frame_times_of(3, 1.5).tolist() == [0, 1.5, 3]
    assert frame_times_of(2, 1.5, 0.5).tolist() == frame_times_of(2, 1.5, "middle").tolist()
    for arguments in ((1, 2.0), (3, 0.0), (3, np.nan), (3, 2.0, "end"), (3, 2.0, 1.5)):
        with pytest.raises(InputError):
            frame_times_of(*arguments)


def test_more_columns_than_frames():
    with pytest.raises(InputError, match="5 columns for 4 frames"):
        require_independent(np.eye(5)[:4], list("abcde"))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"names": ("a",)}, "one name and one kind"),
        ({"names": ("a", "a")}, "'a' twice"),
        ({"kinds": ("regressor", "noise")}, "kinds"),
        ({"frame_times": np.arange(3.0)}, "one time"),
        ({"matrix": np.full((4, 2), np.inf)}, "not finite"),
    ],
)
def test_a_design_is_whole(changes, told):
    parts = {
        "matrix": np.eye(4)[:, :2],
        "names": ("a", "b"),
        "kinds": ("regressor", "constant"),
        "frame_times": np.arange(4.0),
        "frames": np.arange(4),
    }
    with pytest.raises(InputError, match=told):
        Design(**{**parts, **changes})
