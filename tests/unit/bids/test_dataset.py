"""Runs found by entity, and what real data sets do to their folders."""

from pathlib import Path

import pytest

from dolorimeter.bids import count_notices, read_dataset
from dolorimeter.bids.dataset import run_labels
from dolorimeter.bids.names import join_name, natural, parse_name
from dolorimeter.core import InputError

PEOPLE = "participant_id\tage\nsub-1\t30\nsub-2\t31\n"


def name(sub, run="1", further="", suffix="events.tsv"):
    return f"sub-{sub}/func/sub-{sub}_task-t_{further}run-{run}_{suffix}"


def of_kind(dataset, kind):
    return [notice for notice in dataset.notices if notice.kind == kind]


@pytest.fixture
def whole(make_set, events):
    """Two people with two runs each, and nothing to complain of."""
    files = {name(s, r): events for s in "12" for r in "12"}
    files |= {name(s, r, suffix="bold.nii.gz"): "" for s in "12" for r in "12"}
    sidecar = {"task-t_bold.json": '{"RepetitionTime": 2.5}', "task-t_events.json": '{"onset": {}}'}
    return make_set({**files, **sidecar, "participants.tsv": PEOPLE})


def test_nothing_to_say_of_a_whole_data_set(whole):
    dataset = read_dataset(whole)
    assert dataset.notices == ()
    assert dataset.name == "small"
    assert (dataset.subjects, dataset.tasks, len(dataset.runs)) == (("1", "2"), ("t",), 4)
    assert [run.repetition_time for run in dataset.runs] == [2.5] * 4
    assert [len(run.images) for run in dataset.runs] == [1] * 4
    assert dataset.participants["age"].tolist() == ["30", "31"]


def test_select_by_entity(whole):
    dataset = read_dataset(whole)
    assert [run.file for run in dataset.select(sub="2", run="1").runs] == [name("2")]
    with pytest.raises(InputError, match="no run sub-3; expected sub among 1, 2"):
        dataset.select(sub="3")


def test_runs_come_in_the_order_of_their_numbers(make_set, events):
    root = make_set({name(s, r): events for s in ("10", "9") for r in ("10", "9", "1")})
    runs = read_dataset(root).runs
    assert [(run.subject, run.entities["run"]) for run in runs] == [
        *[("9", "1"), ("9", "9"), ("9", "10")],
        *[("10", "1"), ("10", "9"), ("10", "10")],
    ]


def test_sidecars_are_inherited_from_the_root_down(make_set, events):
    root = make_set(
        {
            name("1"): events,
            name("2"): events,
            "task-t_events.json": '{"a": 1, "b": 1, "c": 1, "d": 1}',
            "task-other_events.json": '{"a": 9}',
            "events.json": '{"a": 0, "z": 0}',
            "sub-1/sub-1_task-t_events.json": '{"b": 2, "c": 2, "d": 2}',
            "sub-1/func/sub-1_task-t_events.json": '{"c": 3, "d": 3}',
            "sub-1/func/sub-1_task-t_run-1_events.json": '{"d": 4}',
            "sub-1/func/sub-1_task-t_run-2_events.json": '{"d": 9}',
            "sub-1/func/sub-1_task-t_run-1_bold.json": '{"RepetitionTime": 1}',
            "bold.json": '{"RepetitionTime": 2}',
        }
    )
    one, two = read_dataset(root).runs
    assert one.metadata == {"a": 1, "b": 2, "c": 3, "d": 4, "z": 0}
    assert two.metadata == {"a": 1, "b": 1, "c": 1, "d": 1, "z": 0}
    assert (one.repetition_time, two.repetition_time) == (1, 2)


def test_images_that_are_links_to_nowhere(make_set, events):
    image = name("1", suffix="bold.nii.gz")
    whole = {name(s): events for s in "12"} | {name("2", suffix="bold.nii.gz"): ""}
    dataset = read_dataset(make_set({**whole, image: None}))
    (notice,) = of_kind(dataset, "image-dangling")
    assert (notice.file, notice.row) == (image, None)
    assert "link to nowhere (../../.git/annex/objects/" in notice.what
    (missing,) = of_kind(dataset, "no-image")
    assert str(missing) == f"{name('1')}: no image of this run"


def test_events_that_are_links_to_nowhere(make_set, events):
    dataset = read_dataset(make_set({name("1"): events, name("1", "2"): None}))
    assert [n.file for n in of_kind(dataset, "events-dangling")] == [name("1", "2")]
    assert len(dataset.runs) == 1


def test_what_all_runs_lack_is_said_once(make_set, events):
    dataset = read_dataset(make_set({name(s): events for s in "123"}, description=False))
    assert [(n.file, n.what) for n in dataset.notices] == [
        ("dataset_description.json", "missing: the data set has no name, licence or authors"),
        ("participants.tsv", "missing: nothing is known of the people"),
        ("set", "no image of any of the 3 runs"),
        ("set", "no sidecar describes the events of any of the 3 runs"),
        ("set", "no sidecar says the repetition time of any of the 3 runs"),
    ]


def test_people_beside_their_table(make_set, events):
    files = {name(s): events for s in ("1", "3", "4")}
    dataset = read_dataset(make_set({**files, "participants.tsv": PEOPLE}))
    (lacks,), (extra,) = (
        of_kind(dataset, kind) for kind in ("participants-lack", "participants-without-events")
    )
    assert lacks.what == "lacks 2 of 3 people who have events: sub-3, sub-4"
    assert extra.what == "lists 1 people who have no events here: sub-2"


@pytest.mark.parametrize("table", ["participant_id\tage\nsub-1\n", "name\n1\n", b"\xff\xfep\0"])
def test_a_broken_table_of_people_stops_nothing(make_set, events, table):
    dataset = read_dataset(make_set({name("1"): events, "participants.tsv": table}))
    assert len(of_kind(dataset, "broken-participants")) == 1


def test_a_broken_sidecar_stops_nothing(make_set, events):
    dataset = read_dataset(make_set({name("1"): events, "task-t_events.json": "{oops"}))
    (notice,) = of_kind(dataset, "broken-json")
    assert notice.file == "task-t_events.json"
    assert dataset.runs[0].metadata == {}


def test_people_with_fewer_runs(make_set, events):
    files = {name(s, r): events for s in "123" for r in "123"}
    del files[name("2", "2")]
    (notice,) = of_kind(read_dataset(make_set(files)), "fewer-runs")
    assert str(notice) == "sub-2: 2 of 3 runs of task t: 1, 3"


def test_names_that_are_not_bids(make_set, events):
    odd = {f"sub-1/func/{n}": events for n in ("my_events.tsv", "sub-1_task-t_run-2_events.csv")}
    dataset = read_dataset(make_set({name("1"): events, **odd}))
    assert count_notices(dataset.notices)["name-ignored"] == 2
    assert len(dataset.runs) == 1


def test_a_file_in_the_folder_of_another(make_set, events):
    path = "sub-1/func/sub-2_task-t_run-1_events.tsv"
    dataset = read_dataset(make_set({path: events}))
    (notice,) = of_kind(dataset, "folder-differs")
    assert notice.what == "lies in sub-1: the file's name counts"
    assert dataset.subjects == ("2",)


def test_loops_of_links_and_derivatives_are_not_followed(make_set, events):
    root = make_set({name("1"): events, "derivatives/p/" + name("1"): events})
    (root / "sub-1" / "func" / "up").symlink_to("../..")
    (root / "sub-1" / "round").symlink_to("..")
    assert len(read_dataset(root).runs) == 1


def test_runs_of_several_sessions_are_told_apart(make_set, events):
    files = {
        f"sub-1/ses-{s}/func/sub-1_ses-{s}_task-t_run-{r}_events.tsv": events
        for s in "ab"
        for r in "12"
    }
    runs = read_dataset(make_set(files)).runs
    assert run_labels(runs) == ("ses-a_run-1", "ses-a_run-2", "ses-b_run-1", "ses-b_run-2")
    assert run_labels(runs[:2]) == ("1", "2")


@pytest.mark.parametrize("second", ["01", "001"])
def test_duplicate_runs_are_refused(make_set, events, second):
    root = make_set({name("1", "1"): events, name("1", second): events})
    with pytest.raises(InputError, match="the same run as"):
        read_dataset(root)


def test_no_folder(tmp_path):
    with pytest.raises(InputError, match="no such folder; expected the folder of a BIDS"):
        read_dataset(tmp_path / "nowhere")
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="a file; expected the folder"):
        read_dataset(tmp_path / "file")
    with pytest.raises(InputError, match="no folder sub-"):
        read_dataset(tmp_path)


def test_no_events_at_all(make_set, events):
    with pytest.raises(InputError, match="no events at all"):
        read_dataset(make_set({name("1", suffix="bold.nii.gz"): ""}))


def test_a_person_is_no_data_set(make_set, events):
    root = make_set({name("1"): events})
    with pytest.raises(InputError, match="Give the folder above it"):
        read_dataset(root / "sub-1")


def test_a_folder_that_cannot_be_read(make_set, events, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    root = make_set({name("1"): events})
    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(InputError, match="set: Permission denied; expected folders"):
        read_dataset(root)


def test_numbers_beyond_counting_are_words():
    assert natural("9" * 5000) > natural("10") > natural("9") > natural("")


def test_names_read_and_written():
    text = "sub-P1_ses-1_task-paingen_dir-pa_run-01_events.tsv"
    found = parse_name(text)
    assert found.entities == {"sub": "P1", "ses": "1", "task": "paingen", "dir": "pa", "run": "01"}
    assert join_name(dict(reversed(found.entities.items())), "events", ".tsv") == text
    assert parse_name("sub-1_sub-2_events.tsv") is None
    assert parse_name("notes about events.tsv") is None
