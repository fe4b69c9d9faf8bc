"""Trials to BIDS and back, to the last bit; derivatives; what the official validator says."""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dolorimeter.bids import (
    count_notices,
    read_dataset,
    read_events,
    trials_from_events,
    write_derivatives,
    write_events,
)
from dolorimeter.core import InputError, Trials

FIXED = ("onset", "duration", "trial_type", "trial", "cue", "outcome", "utility")
COLUMNS = ("subject", "run", "cue", "outcome", "onset", "outcome_onset", "utility")
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=4).filter(
    lambda word: word != "n/a"
)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
MISSING = NUMBERS | st.just(float("nan"))
NAMES = st.sampled_from(["rt", "pain", "heart-rate", "Größe", "a b", "x.2"])


def trials_from(rows, measures=(), quantities=()):
    columns = list(zip(*rows, strict=True))
    words = [np.array(column, dtype=np.str_) for column in columns[:4]]
    numbers = [np.array(column, dtype=np.float64) for column in columns[4:]]
    return Trials(*words, *numbers, dict(measures), dict(quantities))


def three_trials():
    rows = [
        ("1", "1", "A", "relief", 1, 5, 1),
        ("1", "1", "B", "none", 20.1, 24.1, 0),
        ("2", "1", "", "exacerbation", np.nan, 3, -1),
    ]
    rt, pain = np.array([0.5, np.nan, 0.7]), np.array([3.0, 4, np.nan])
    said = {
        "value": np.array([0.1, -0.2, 0.3]),
        "cue_error": np.array([0.1, -0.2, 0.3]),
        "outcome_error": np.array([0.9, 0.2, -1.3]),
        "associability": np.array([1, 0.5, np.nan]),
    }
    return trials_from(rows, {"rt": rt, "pain": pain}, said)


def assert_same(one, other, further=()):
    for name in COLUMNS:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)
    for group in further:
        assert set(getattr(one, group)) == set(getattr(other, group))
        for name, values in getattr(one, group).items():
            np.testing.assert_array_equal(values, getattr(other, group)[name], err_msg=name)


RUNS = (("",), ("01",), ("01", "2", "10"), ("ses-1_run-1", "ses-1_run-2", "ses-2_run-1"))


@st.composite
def any_trials(draw):
    """Draw trials of people and runs, both in the order of their labels."""
    runs = draw(st.sampled_from(RUNS))
    rows = []
    for subject in ("02", "10", "P7")[: draw(st.integers(1, 3))]:
        for run in runs:
            for _ in range(draw(st.integers(1, 3))):
                fill = (draw(WORDS), draw(WORDS), draw(MISSING), draw(MISSING), draw(NUMBERS))
                rows.append((subject, run, *fill))
    columns = st.lists(MISSING, min_size=len(rows), max_size=len(rows)).map(np.array)
    return trials_from(rows, draw(st.dictionaries(NAMES, columns, max_size=3)))


def read_back(folder, spec="dolorimeter"):
    return trials_from_events(read_dataset(folder), spec)


@settings(max_examples=25)
@given(any_trials())
def test_what_is_written_is_read(trials):
    with tempfile.TemporaryDirectory() as scratch:
        folder = write_events(trials, Path(scratch) / "set", task="relief")
        again, _ = read_back(folder)
    assert_same(again, trials, ["measures"])


@settings(max_examples=25)
@given(any_trials(), st.data())
def test_derivatives_are_read_as_they_were_written(trials, data):
    column = st.lists(MISSING, min_size=len(trials), max_size=len(trials)).map(np.array)
    names = ("value", "cue_error", "outcome_error", "associability")
    told = trials.with_quantities(**{name: data.draw(column) for name in names})
    with tempfile.TemporaryDirectory() as scratch:
        folder = write_derivatives(told, Path(scratch), task="relief")
        again, _ = read_back(folder, "dolorimeter-derivatives")
    assert_same(again, told, ["quantities"])


def test_people_come_back_in_the_order_of_their_labels(tmp_path):
    trials = three_trials()
    mixed = trials.take(np.array([2, 0, 1]))
    again, _ = read_back(write_events(mixed, tmp_path / "set"))
    assert_same(again, trials, ["measures"])


def test_the_files(tmp_path):
    folder = write_events(three_trials(), tmp_path / "set", task="relief", outcome_duration=5)
    files = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    assert files == [
        "README.md",
        "dataset_description.json",
        "participants.tsv",
        "sub-1/func/sub-1_task-relief_run-1_events.tsv",
        "sub-2/func/sub-2_task-relief_run-1_events.tsv",
        "task-relief_events.json",
    ]
    rows = [line.split("\t") for line in (folder / files[3]).read_text().splitlines()]
    assert rows == [
        [*FIXED, "response_time", "pain"],
        ["1", "4", "cue", "1", "A", "n/a", "n/a", "0.5", "3"],
        ["5", "5", "outcome", "1", "A", "relief", "1", "n/a", "n/a"],
        ["20.1", "4", "cue", "2", "B", "n/a", "n/a", "n/a", "4"],
        ["24.1", "5", "outcome", "2", "B", "none", "0", "n/a", "n/a"],
    ]
    about = json.loads((folder / "task-relief_events.json").read_text())
    assert set(rows[0]) - {"onset", "duration"} == set(about) - {"TaskName"}
    assert about["cue"]["Levels"] == {"A": "Cue A", "B": "Cue B"}
    assert about["response_time"]["Units"] == "s"


def test_rows_are_sorted_by_onset_and_trials_keep_their_numbers(tmp_path):
    rows = [("1", "", "A", "x", 1, 9, 1), ("1", "", "B", "y", 4, 6, 0)]
    folder = write_events(trials_from(rows), tmp_path / "set", task="t")
    table = read_events(read_dataset(folder).runs[0])
    assert table.onset.tolist() == [1, 4, 6, 9]
    assert table.texts("trial").tolist() == ["1", "2", "2", "1"]
    again, notices = read_back(folder)
    assert_same(again, trials_from(rows))
    assert count_notices(notices)["trials-overlap"] == 1


def test_a_person_of_sub_and_number_is_the_number(tmp_path):
    rows = [("sub-1", "1", "A", "x", 1, 2, 0)]
    again, _ = read_back(write_events(trials_from(rows), tmp_path / "set"))
    assert again.subject.tolist() == ["1"]


def test_regressors_by_hand(tmp_path):
    target = write_derivatives(three_trials(), tmp_path, task="relief", model={"alpha": 0.3})
    frames = [read_events(run).frame() for run in read_dataset(target).runs]
    first = frames[0].set_index(["trial", "trial_type"])
    expected = {
        "value": ["0.1", None, "-0.2", None],
        "absolute_value": ["0.1", None, "0.2", None],
        "cue_error": ["0.1", None, "-0.2", None],
        "outcome_error": [None, "0.9", None, "0.2"],
        "associability": ["1", None, "0.5", None],
        "appetitive_error": ["0.1", "0.9", "-0.2", "0.2"],
        "aversive_error": ["-0.1", "-0.9", "0.2", "-0.2"],
        "appetitive_error_A": ["0.1", "0.9", None, None],
        "aversive_error_A": ["-0.1", "-0.9", None, None],
        "appetitive_error_B": [None, None, "-0.2", "0.2"],
        "aversive_error_B": [None, None, "0.2", "-0.2"],
    }
    for name, cells in expected.items():
        found = [None if cell != cell or cell is None else cell for cell in first[name]]
        assert found == cells, name
    cue_free = frames[1]
    assert cue_free["value"].tolist() == ["0.3"]
    assert cue_free["outcome_error"].tolist() == ["-1.3"]
    about = json.loads((target / "task-relief_events.json").read_text())
    assert {name for name in about if about[name].get("Derivative")} == {
        name for name in expected if name.startswith(("absolute", "appetitive", "aversive"))
    }
    description = json.loads((target / "dataset_description.json").read_text())
    assert description["DatasetType"] == "derivative"
    assert description["GeneratedBy"][0]["Description"] == "alpha 0.3"


def test_derivatives_are_named_as_the_events_they_come_from(make_set, events):
    file = "sub-1/ses-b/func/sub-1_ses-b_task-tsl_dir-pa_run-02_events.tsv"
    dataset = read_dataset(make_set({file: events}))
    trials, _ = trials_from_events(dataset, "ds003836")
    said = {name: np.zeros(2) for name in ("value", "cue_error", "outcome_error")}
    told = trials.with_quantities(**said)
    target = write_derivatives(told, dataset.root / "derivatives", dataset=dataset)
    assert [run.file for run in read_dataset(target).runs] == [file]
    assert (target / "task-tsl_events.json").is_file()
    with pytest.raises(InputError, match="no run '02' of sub-2"):
        other = trials_from([("2", "02", "", "low", 0, 1, 1)] * 2).with_quantities(**said)
        write_derivatives(other, dataset.root / "derivatives", dataset=dataset, pipeline="p")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("a b", "1", "A", "x"), "subject: 'a b'; expected letters and digits"),
        (("1", "first", "A", "x"), "run of 1: 'first'; expected a number"),
        (("1", "1", "A\tB", "x"), "cue: 'A\\tB'"),
        (("1", "1", "n/a", "x"), "cue: 'n/a'"),
        (("1", "1", "A", "x\n"), "outcome: 'x\\n'"),
    ],
)
def test_words_that_bids_cannot_hold(tmp_path, row, words):
    with pytest.raises(InputError) as error:
        write_events(trials_from([(*row, 1, 2, 0)]), tmp_path / "set")
    assert words in str(error.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("runs", [("2", "1"), ("1", "2", "1"), ("1", "01")])
def test_runs_that_would_come_back_in_another_order(tmp_path, runs):
    rows = [("1", run, "A", "x", 1, 2, 0) for run in runs]
    with pytest.raises(InputError, match="runs in ascending order"):
        write_events(trials_from(rows), tmp_path / "set")


def test_two_names_of_one_person(tmp_path):
    rows = [(subject, "1", "A", "x", 1, 2, 0) for subject in ("1", "sub-1")]
    with pytest.raises(InputError, match="one name for each person"):
        write_events(trials_from(rows), tmp_path / "set")


@pytest.mark.parametrize(
    "name", ["onset", "response_time", "", "*", " a", "a\tb", "cue", "trial", "n/a"]
)
def test_measures_whose_name_no_column_can_have(tmp_path, name):
    trials = trials_from([("1", "1", "A", "x", 1, 2, 0)], {name: np.zeros(1)})
    with pytest.raises(InputError, match="measures"):
        write_events(trials, tmp_path / "set")


def test_further_refusals(tmp_path):
    trials = trials_from([("1", "1", "A", "x", 1, 2, 0)])
    with pytest.raises(InputError, match="task: 'a-b'"):
        write_events(trials, tmp_path / "set", task="a-b")
    with pytest.raises(InputError, match="outcome_duration: -1"):
        write_events(trials, tmp_path / "set", outcome_duration=-1)
    with pytest.raises(InputError, match="no measure 'pain'"):
        write_events(trials, tmp_path / "set", descriptions={"pain": {}})
    with pytest.raises(InputError, match="no quantity 'value'"):
        write_derivatives(trials, tmp_path)
    write_events(trials, tmp_path / "set")
    with pytest.raises(InputError, match="exists"):
        write_events(trials, tmp_path / "set")
    write_events(trials, tmp_path / "set", force=True)


VALIDATOR = shutil.which("bids-validator-deno", path=os.environ.get("BIDS_VALIDATOR_PATH"))


@pytest.mark.skipif(VALIDATOR is None, reason="needs the official bids-validator-deno on the path")
def test_the_official_validator_finds_no_error(tmp_path):
    folder = write_events(three_trials(), tmp_path / "set", task="relief", authors=("A", "B"))
    target = write_derivatives(three_trials(), folder / "derivatives", task="relief")
    for path in (folder, target):
        found = subprocess.run([VALIDATOR, path, "--format", "json"], capture_output=True)
        issues = json.loads(found.stdout)["issues"]["issues"]
        assert [issue for issue in issues if issue["severity"] == "error"] == []
        assert found.returncode == 0
