"""Three data sets of OpenNeuro, whole: counts, exact notices, and a few cells checked by eye."""

from collections import Counter

import numpy as np
import pytest

from dolorimeter.bids import (
    count_notices,
    read_all_events,
    read_dataset,
    trials_from_events,
    write_derivatives,
)

pytestmark = pytest.mark.real_data
PAINGEN = "sub-P100670/ses-1/func/sub-P100670_ses-1_task-paingen_dir-pa_run-01_events.tsv"
HEAT = "sub-{}/func/sub-{}_task-heatpainwithregulationandratings_run-{}_events.tsv"


def said(notices, kind):
    return [str(notice) for notice in notices if notice.kind == kind]


@pytest.fixture(scope="module")
def shocks(data_dir):
    return read_dataset(data_dir / "ds003836")


@pytest.fixture(scope="module")
def heat(data_dir):
    return read_dataset(data_dir / "ds000140")


@pytest.fixture(scope="module")
def paingen(data_dir):
    return read_dataset(data_dir / "ds004746")


# ds003836


def test_runs_of_the_shocks(shocks):
    assert (len(shocks.subjects), len(shocks.runs), shocks.tasks) == (35, 170, ("tsl",))
    assert shocks.name == "Learning the statistics of pain"
    assert {run.repetition_time for run in shocks.runs} == {2.0}


def test_notices_of_the_shocks(shocks):
    _, notices = trials_from_events(shocks, "ds003836")
    assert [str(notice) for notice in notices] == [
        "participants.tsv: missing: nothing is known of the people",
        "ds003836: no image of any of the 170 runs",
        "ds003836: no sidecar describes the events of any of the 170 runs",
        "sub-21: 4 of 5 runs of task tsl: 01, 02, 03, 04",
        "sub-33: 4 of 5 runs of task tsl: 01, 02, 03, 04",
        "sub-36: 4 of 5 runs of task tsl: 01, 02, 03, 04",
        "sub-38: 4 of 5 runs of task tsl: 01, 02, 04, 05",
        "sub-39: 4 of 5 runs of task tsl: 01, 02, 04, 05",
    ]


def test_shocks(shocks):
    trials, _ = trials_from_events(shocks, "ds003836")
    assert len(trials) == 170 * 260
    assert Counter(trials.outcome.tolist()) == {"high": 21283, "low": 22917}
    assert set(trials.cue) == {""}
    assert trials.measures == {}
    np.testing.assert_array_equal(trials.utility, np.where(trials.outcome == "high", -1, 1))
    assert trials.outcome[:8].tolist() == ["high"] * 6 + ["low", "high"]
    assert trials.outcome_onset[:3].tolist() == [1.6, 3.1, 4.6]
    assert np.isnan(trials.onset).all()


def test_derivatives_of_the_shocks(shocks, tmp_path):
    person = shocks.select(sub="38")
    trials, _ = trials_from_events(person, "ds003836")
    walk = np.arange(len(trials)) / 7
    told = trials.with_quantities(value=walk, cue_error=walk, outcome_error=-walk)
    target = write_derivatives(told, tmp_path, dataset=person)
    again, _ = trials_from_events(read_dataset(target), "dolorimeter-derivatives")
    np.testing.assert_array_equal(again.quantities["value"], walk)
    np.testing.assert_array_equal(again.outcome, trials.outcome)
    np.testing.assert_array_equal(again.run, trials.run)


# ds000140


def test_runs_of_the_heat(heat):
    assert (len(heat.subjects), len(heat.runs)) == (33, 33 * 9)
    assert heat.participants.shape == (33, 3)
    assert [str(notice) for notice in heat.notices] == [
        "ds000140: no image of any of the 297 runs",
        "ds000140: no sidecar describes the events of any of the 297 runs",
    ]


def test_onsets_of_the_heat_accumulate(heat):
    tables = read_all_events(heat)
    notices = [notice for table in tables for notice in table.notices]
    assert count_notices(notices) == {"onsets-accumulate": 33 * 8, "two-columns": 1}
    assert said(notices, "onsets-accumulate")[0] == (
        f"{HEAT.format('01', '01', '02')}: onsets start at 428.216 s, after the end of the run"
        " before (408.773 s): they count on from run to run, and are left as given"
    )
    assert said(notices, "two-columns") == [
        f"{HEAT.format('23', '23', '07')}: two columns 'regulate-up/down'; the later, with other"
        " values, is called 'regulate-up/down.2'"
    ]
    assert {table.offset for table in tables} == {0}
    assert tables[1].onset[0] == 428.216


def test_onsets_of_the_heat_from_the_start_of_each_run(heat):
    """All 33 people give the same eight offsets, each a whole number of volumes to 1 ms."""
    tables = read_all_events(heat, "from-run-start")
    offsets = np.array([table.offset for table in tables]).reshape(33, 9)
    volumes = np.cumsum([0, 209, 209, 191, 209, 209, 209, 191, 209])
    assert (offsets == 2 * volumes).all()
    notices = [notice for table in tables for notice in table.notices]
    assert count_notices(notices) == {"onsets-moved": 33 * 8, "two-columns": 1}
    assert all("ms)" in text and "not tied" not in text for text in said(notices, "onsets-moved"))
    firsts = [table.onset[0] for table in tables]
    np.testing.assert_allclose(firsts, 10.216, atol=0.0011)


def test_trials_of_the_heat(heat):
    trials, notices = trials_from_events(heat, "ds000140")
    assert len(trials) == 231 * 11 + 66 * 10 == 3201
    assert count_notices(notices) == {
        "no-image": 1,
        "no-sidecar": 1,
        "onsets-moved": 264,
        "two-columns": 1,
    }
    rating = trials.measures["rating"]
    assert np.isfinite(rating).all()
    assert (rating.min(), rating.max()) == (0, 200)
    assert trials.outcome[:3].tolist() == ["44.3", "43.3", "42.3"]
    assert rating[:3].tolist() == [103, 3, 2]
    assert trials.utility[:3].tolist() == [0, 1, 2]
    assert len(set(trials.outcome.tolist())) == 13
    assert np.nanmax(trials.outcome_onset) < 418
    given, _ = trials_from_events(heat, "ds000140", onsets="as-given")
    assert np.nanmax(given.outcome_onset) > 3272


# ds004746


def test_runs_of_paingen(paingen):
    assert (len(paingen.subjects), len(paingen.runs)) == (40, 158)
    assert {run.repetition_time for run in paingen.runs} == {0.46}
    assert all("int_rating" in run.metadata for run in paingen.runs)
    assert [str(notice) for notice in paingen.notices] == [
        "participants.tsv: lists 357 people who have no events here: sub-P906663, sub-P350638,"
        " sub-P708629, sub-P631776, sub-P602968 and 352 more",
        "ds004746: no image of any of the 158 runs",
        "sub-P180811: 2 of 4 runs of task paingen: 01, 02",
    ]


def test_onsets_of_paingen_go_back_and_stay(paingen):
    tables = read_all_events(paingen)
    notices = [notice for table in tables for notice in table.notices]
    assert count_notices(notices) == {"onset-goes-back": 641}
    assert str(notices[0]) == (
        f"{PAINGEN}, data row 20: onset 155.859 s lies before 159.792 s of data row 19:"
        " the order of the file is kept"
    )
    for table in tables:
        words = table.texts("trial_type").tolist()
        assert words[2::4] == ["int_rating"] * (len(words) // 4)
    assert Counter(len(table) for table in tables) == {32: 157, 16: 1}


def test_trials_of_paingen(paingen):
    trials, notices = trials_from_events(paingen, "ds004746")
    assert len(trials) == 1260
    assert count_notices(notices) == {
        "fewer-runs": 1,
        "no-image": 1,
        "onset-goes-back": 641,
        "participants-without-events": 1,
    }
    kinds = Counter(word.split()[0] for word in trials.outcome.tolist())
    assert kinds == {"heat": 632, "press": 628}
    assert sorted(set(trials.outcome.tolist())) == [
        *("heat 46.5", "heat 47", "heat 47.5"),
        *("press 3", "press 4", "press 5"),
    ]
    assert set(trials.utility) == {-1, -2, -3}
    measures = {name: values[4] for name, values in trials.measures.items()}
    assert measures == {
        "pain": 0.05859375,
        "unpleasantness": 0.17578125,
        "rt": 2.14844597468436,
        "rt-unpleasantness": 3.41536189029466,
    }
    assert all(np.isfinite(values).all() for values in trials.measures.values())
    assert (trials.onset < trials.outcome_onset).all()


def test_ratings_of_paingen_agree_with_those_repeated_in_the_stimulus_row(paingen):
    trials, _ = trials_from_events(paingen, "ds004746")
    repeated = {
        "trials": {"trial_type": ["heat", "press"]},
        "outcome": "trial_type",
        "utility": {"heat": -1, "press": -1},
        "measures": {"pain": "int_rating", "unpleasantness": "unp_rating"},
    }
    again, _ = trials_from_events(paingen, repeated)
    for name in ("pain", "unpleasantness"):
        np.testing.assert_array_equal(trials.measures[name], again.measures[name])
