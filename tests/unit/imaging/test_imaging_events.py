"""Events and weights against a table small enough to read."""

import numpy as np
import pytest

from dolorimeter.core import InputError, Trials
from dolorimeter.imaging.events import NothingToModel, events_of
from dolorimeter.imaging.regressors import Regressor


def five_trials(**changes):
    words = {
        "subject": ["01"] * 5,
        "run": ["1"] * 5,
        "cue": list("ABACB"),
        "outcome": ["relief", "exacerbation", "none", "none", "none"],
    }
    numbers = {
        "onset": [0.0, 20, 40, 60, 80],
        "outcome_onset": [4.0, 24, 44, 64, 84],
        "utility": [1.0, -1, 0, 0, 0],
    }
    table = {k: np.array(v) for k, v in {**words, **numbers}.items()}
    table["quantities"] = {
        "value": np.array([0.0, 0, 0.3, 0, -0.3]),
        "cue_error": np.array([0.0, 0, 0.3, 0, -0.3]),
        "outcome_error": np.array([1.0, -1, -0.3, 0, 0.3]),
    }
    table["measures"] = {"rt": np.array([0.5, 0.6, 0.4, np.nan, 0.6])}
    return Trials(**{**table, **changes})


def test_events_stand_trial_by_trial_cue_first():
    events = events_of(Regressor("error_A", ("outcome", "cue"), cues=("A",)), five_trials())
    assert events.onsets.tolist() == [0, 4, 40, 44]
    assert events.trials.tolist() == [0, 0, 2, 2]
    assert events.times.tolist() == ["cue", "outcome"] * 2
    assert events.amplitudes.tolist() == [1] * 4
    assert len(events) == 4


def test_outcomes_and_durations():
    relief = events_of(
        Regressor("r", ("outcome",), outcomes=("relief",), duration=5), five_trials()
    )
    assert (relief.onsets.tolist(), relief.durations.tolist()) == ([4], [5])
    cues = events_of(Regressor("c", ("cue",), duration="trial"), five_trials())
    assert cues.durations.tolist() == [4] * 5


@pytest.mark.parametrize(
    ("modulator", "center", "expected"),
    [
        ("appetitive_error", False, [0, 1, 0.3, -0.3]),
        ("appetitive_error", True, [-0.25, 0.75, 0.05, -0.55]),
        ("aversive_error", False, [0, -1, -0.3, 0.3]),
        ("aversive_error", True, [0.25, -0.75, -0.05, 0.55]),
        ("absolute_error", False, [0, 1, 0.3, 0.3]),
        ("absolute_value", False, [0, 0, 0.3, 0.3]),
        ("value", True, [-0.15, -0.15, 0.15, 0.15]),
        ("rt", False, [0.5, 0.5, 0.4, 0.4]),
    ],
)
def test_weights_by_hand(modulator, center, expected):
    regressor = Regressor("m", ("cue", "outcome"), cues=("A",), modulator=modulator, center=center)
    np.testing.assert_allclose(events_of(regressor, five_trials()).amplitudes, expected, atol=1e-15)


def test_each_time_point_reads_its_own_error():
    at_cue = Regressor("m", ("cue",), modulator="appetitive_error", center=False)
    np.testing.assert_array_equal(events_of(at_cue, five_trials()).amplitudes, [0, 0, 0.3, 0, -0.3])
    bare = five_trials(quantities={"cue_error": np.arange(5.0)})  # the other is not needed
    np.testing.assert_array_equal(events_of(at_cue, bare).amplitudes, np.arange(5.0))


def test_a_task_without_cues():
    trials = five_trials(cue=np.array([""] * 5), onset=np.full(5, np.nan))
    events = events_of(Regressor("shock", ("outcome",)), trials)
    assert events.onsets.tolist() == [4, 24, 44, 64, 84]


@pytest.mark.parametrize(
    ("regressor", "changes", "kind", "told"),
    [
        (Regressor("x", cues=("D",)), {}, NothingToModel, "'A', 'B', 'C'"),
        (
            Regressor("x", cues=("C",), modulator="value"),
            {},
            NothingToModel,
            "is 0 at all 1 events",
        ),
        (
            Regressor("x", cues=("C",), modulator="value", center=False),
            {},
            NothingToModel,
            "is 0 at all",
        ),
        (Regressor("x", modulator="valeu"), {}, InputError, "Did you mean 'value'"),
        (
            Regressor("x", modulator="appetitive_error"),
            {"quantities": {}},
            InputError,
            "needs 'cue_error', which the trials lack",
        ),
        (Regressor("x", modulator="rt"), {}, InputError, r"trial 3: modulator \(rt\) is nan"),
        (
            Regressor("x"),
            {"onset": np.array([0, 20, np.nan, 60, 80])},
            InputError,
            r"01, run '1', regressor 'x', trial 2: onset \(cue\) is nan",
        ),
        (
            Regressor("x", duration="trial"),
            {"outcome_onset": np.array([4.0, 19, 44, 64, 84])},
            InputError,
            r"trial 1: duration \(cue\) is -1",
        ),
        (Regressor("x"), {"run": np.array(list("11122"))}, InputError, "trials of one run"),
    ],
)
def test_what_cannot_be_modeled_is_refused(regressor, changes, kind, told):
    with pytest.raises(InputError, match=told) as caught:
        events_of(regressor, five_trials(**changes))
    assert type(caught.value) is kind


def test_a_constant_weight_is_a_main_effect_where_it_is_not_centered():
    trials = five_trials(quantities={"value": np.full(5, 2.0)})
    plain = Regressor("x", modulator="value", center=False)
    assert events_of(plain, trials).amplitudes.tolist() == [2] * 5
    with pytest.raises(NothingToModel, match="is 2 at all 5 events"):
        events_of(Regressor("x", modulator="value"), trials)
