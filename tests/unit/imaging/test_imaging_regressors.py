"""What a study may declare of its design, and what it is told when it may not."""

import pytest

from dolorimeter.core import InputError
from dolorimeter.imaging.regressors import ONE_ERROR, PAPER, PRESETS, Regressor, read_regressors


def test_presets_are_those_of_the_paper():
    assert [r.name for r in PAPER] == ["cue", "relief", "exacerbation", "error_A", "error_B"]
    assert PRESETS["paper"] is PAPER
    added = [r.name for r in PRESETS["two-errors"] if r not in PAPER]
    assert added == ["omission", "events_A", "events_B"]
    assert PRESETS["one-error"] is ONE_ERROR
    error = PAPER[3]
    assert (error.at, error.cues, error.modulator) == (
        ("cue", "outcome"),
        ("A",),
        "appetitive_error",
    )
    assert all(r.duration == 0 and r.center for r in PAPER)
    for regressors in PRESETS.values():
        names = [r.name for r in regressors]
        assert len(set(names)) == len(names)


def test_entries_of_a_study_are_read():
    entries = [{"name": "shock", "at": "outcome", "outcomes": ["high", "low"], "duration": 1}]
    assert read_regressors(entries) == (
        Regressor("shock", ("outcome",), outcomes=("high", "low"), duration=1),
    )


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("two-error", "Did you mean 'two-errors'"),
        ([], "at least one regressor"),
        ([{"at": "cue"}], "entry 1: no name"),
        ([{"name": "x"}, {"name": "x"}], "'x' twice"),
        ([{"name": "x", "cue": "A"}], "Did you mean 'cues'"),
        ([{"name": "x", "at": "onset"}], "'cue', 'outcome' or both"),
        ([{"name": "x", "at": []}], "'cue', 'outcome' or both"),
        ([{"name": " "}], "a name of its own"),
        ([{"name": "x", "duration": -1}], "0 or more"),
        ([{"name": "x", "duration": True}], "0 or more"),
        ([{"name": "x", "duration": "trial", "at": ["cue", "outcome"]}], "events at the cue only"),
        ([{"name": "x", "cues": [1]}], "a tuple of names"),
        ([{"name": "x", "center": "no"}], "true or false"),
        ([{"name": "x", "modulator": 3}], "a name, or none"),
        (["cue"], "a mapping with at least a name"),
    ],
)
def test_what_cannot_be_is_refused(given, told):
    with pytest.raises(InputError, match=told):
        read_regressors(given)
