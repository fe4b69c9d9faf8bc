"""Events to trials by a mapping: ratings to the stimulus before them, utilities by outcome."""

import numpy as np
import pytest

from dolorimeter.bids import (
    preset_names,
    read_dataset,
    read_spec,
    trials_from_events,
)
from dolorimeter.core import InputError

FILE = "sub-1/func/sub-1_task-t_run-1_events.tsv"
HEAD = "onset\tduration\ttrial_type\tlevel\trating\n"
ROWS = (
    "1\t1\twarn\tn/a\tn/a",
    "3\t1\theat\t47.50\tn/a",
    "6\t1\trate\tn/a\t7",
    "9\t1\twarn\tn/a\tn/a",
    "11\t1\theat\t46\tn/a",
    "14\t1\trate\tn/a\t3",
)
SPEC = {
    "trials": {"trial_type": "heat"},
    "cue": {"column": "trial_type", "rows": {"trial_type": "warn"}, "match": "previous"},
    "onset": {"column": "onset", "rows": {"trial_type": "warn"}, "match": "previous"},
    "outcome": [{"column": "trial_type"}, {"column": "level", "as_number": True}],
    "outcome_onset": "onset",
    "utility": {"heat 47.5": -2, "heat 46": -1},
    "measures": {"pain": {"column": "rating", "rows": {"trial_type": "rate"}, "match": "next"}},
}
PAIN = SPEC["measures"]["pain"]


@pytest.fixture
def trials_of(make_set):
    """Return a function that reads trials, and the notices about them, from rows of one file."""

    def of(rows=ROWS, **changed):
        root = make_set({FILE: HEAD + "".join(f"{row}\n" for row in rows)})
        trials, notices = trials_from_events(read_dataset(root), {**SPEC, **changed})
        return trials, [n for n in notices if n.file == FILE]

    return of


def without(*rows):
    return [row for i, row in enumerate(ROWS, start=1) if i not in rows]


def test_each_thing_from_its_row(trials_of):
    trials, notices = trials_of()
    assert notices == []
    assert trials.subject.tolist() == ["1", "1"]
    assert trials.run.tolist() == ["1", "1"]
    assert trials.cue.tolist() == ["warn", "warn"]
    assert trials.outcome.tolist() == ["heat 47.5", "heat 46"]
    assert trials.onset.tolist() == [1, 9]
    assert trials.outcome_onset.tolist() == [3, 11]
    assert trials.utility.tolist() == [-2, -1]
    assert trials.measures["pain"].tolist() == [7, 3]


def test_a_rating_that_is_missing_is_not_taken_from_the_next_trial(trials_of):
    trials, notices = trials_of(without(3))
    np.testing.assert_array_equal(trials.measures["pain"], [np.nan, 3])
    assert [(n.kind, n.row) for n in notices] == [("no-row", 2)]
    assert notices[0].what == "no row below it for pain: missing"


def test_a_rating_without_its_stimulus_goes_to_nobody(trials_of):
    trials, notices = trials_of(without(2))
    assert trials.measures["pain"].tolist() == [3]
    assert [(n.kind, n.row) for n in notices] == [
        ("several-rows", 4),
        ("row-not-used", 1),
        ("row-not-used", 2),
    ]


def test_of_two_ratings_the_nearer_row_is_taken_and_said(trials_of):
    rows = [*ROWS[:3], "7\t1\trate\tn/a\t5", *ROWS[3:]]
    trials, notices = trials_of(rows)
    assert trials.measures["pain"].tolist() == [7, 3]
    assert [(n.kind, n.row) for n in notices] == [("several-rows", 2), ("row-not-used", 4)]


def test_of_two_warnings_the_nearer_row_is_taken(trials_of):
    trials, notices = trials_of(["0\t1\twarn\tn/a\tn/a", *ROWS])
    assert trials.onset.tolist() == [1, 9]
    assert [n.kind for n in notices] == ["several-rows", "row-not-used"]


def test_a_rating_below_that_lies_before_in_time(trials_of):
    rows = [*ROWS[:2], "2\t1\trate\tn/a\t7", *ROWS[3:]]
    trials, notices = trials_of(rows)
    assert trials.measures["pain"].tolist() == [7, 3]
    assert {n.kind for n in notices} == {"onset-goes-back", "order-contradicts-time"}


def test_missing_values_of_a_measure_are_counted(trials_of):
    rows = [*ROWS[:5], "14\t1\trate\tn/a\tn/a"]
    trials, notices = trials_of(rows)
    np.testing.assert_array_equal(trials.measures["pain"], [7, np.nan])
    assert [str(n) for n in notices] == [
        f"{FILE}, data row 6: pain missing in 1 of 2 trials, here the first"
    ]


def test_utility_from_a_column(trials_of):
    source = {"column": "level", "times": -1, "plus": 46.3}
    assert trials_of(utility=source)[0].utility.tolist() == [-1.2, 0.3]


def test_a_word_for_all_trials_and_a_column_by_its_name(trials_of):
    utility = {"heat": -1}
    trials, _ = trials_of(cue={"word": "warm"}, outcome="trial_type", utility=utility)
    assert trials.cue.tolist() == ["warm", "warm"]
    assert trials.outcome.tolist() == ["heat", "heat"]
    assert trials_of(cue="")[0].cue.tolist() == ["", ""]


def test_trials_that_overlap(trials_of):
    rows = [ROWS[0], "10\t1\theat\t46\tn/a", *ROWS[3:]]
    _, notices = trials_of(rows)
    assert ("trials-overlap", 4) in [(n.kind, n.row) for n in notices]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"utility": {"heat 46": -1}}, "data row 2: outcome 'heat 47.5' without a utility"),
        ({"utility": "rating"}, "data row 2: outcome 'heat 47.5' without a utility"),
        ({"measures": {"pain": {**PAIN, "scale": [0, 5]}}}, "data row 3: pain 7; expected 0 to 5"),
        ({"trials": {"trial_type": "cold"}}, "spec: no row of 1 files is a trial"),
        ({"trials": {"kind": "heat"}}, "no column 'kind'"),
        ({"task": "other"}, "no run task-other; expected task among t"),
        ({"trials": {"by": "level"}}, "match previous where trials have numbers"),
        ({"measures": {"p": {"column": "rating", "match": "trial"}}}, "match trial where rows"),
        ({"measures": {"p": "level", "q": "trial_type"}}, "column trial_type: 'warn'"),
    ],
)
def test_mappings_that_do_not_fit_the_data(trials_of, changed, words):
    with pytest.raises(InputError) as error:
        trials_of(**changed)
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"trails": {}}, "Did you mean 'trials'?"),
        ({"format": 2}, "spec: format: 2"),
        ({"onsets": "zero"}, "spec: onsets: 'zero'"),
        ({"trials": "heat"}, "spec: trials: 'heat'"),
        ({"trials": {"trial_type": []}}, "spec: trials: trial_type: []"),
        ({"cue": {"colum": "x"}}, "spec: cue"),
        ({"cue": {"column": "x", "match": "after"}}, "match: 'after'"),
        ({"cue": {"column": "x", "match": "next"}}, "match next without rows"),
        ({"utility": {"a": "much"}}, "spec: utility: a: 'much'"),
        ({"utility": {"a": float("nan")}}, "spec: utility: a: nan"),
        ({"measures": {"p": {"column": "x", "scale": [1]}}}, "scale: [1]"),
        ({"measures": {"p": {"column": "x", "scale": [1, 0]}}}, "the least value first"),
        ({"measures": ["p"]}, "spec: measures"),
    ],
)
def test_mappings_that_cannot_be_used(changed, words):
    with pytest.raises(InputError) as error:
        read_spec({**SPEC, **changed})
    assert words in str(error.value)


@pytest.mark.parametrize("key", ["trials", "outcome", "utility"])
def test_keys_that_must_be_there(key):
    with pytest.raises(InputError, match=f"no key '{key}'"):
        read_spec({k: v for k, v in SPEC.items() if k != key})


@pytest.mark.parametrize("name", preset_names())
def test_presets_are_readable(name):
    assert read_spec(name).name == f"preset {name}"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("trials: 1\ntrials: 2\n", "the key 'trials' twice"),
        ("a: &x 1\nb: *x\n", "alias"),
        ("- 1\n", "list; expected keys"),
        ("a: [1\n", "line 2"),
        ("", "NoneType"),
    ],
)
def test_yaml_that_is_none(tmp_path, text, words):
    (tmp_path / "spec.yaml").write_text(text)
    with pytest.raises(InputError, match=words.replace("[", "\\[")):
        read_spec(tmp_path / "spec.yaml")


def test_neither_preset_nor_file():
    with pytest.raises(InputError, match=r"or a preset: dolorimeter, .*ds004746"):
        read_spec("ds999999")
