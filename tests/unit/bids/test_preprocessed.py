"""Preprocessed images are found as real pipelines leave them, and choices are never guessed."""

import json

import pytest

from dolorimeter.bids import read_dataset
from dolorimeter.bids.dataset import run_labels
from dolorimeter.bids.preprocessed import read_preprocessed
from dolorimeter.core import InputError

MNI = "space-MNI152NLin2009cAsym_res-2"


def tree(root, runs, spaces=(MNI,), masks=True, confounds="desc-confounds_timeseries"):
    for run in runs:
        parts = dict(part.split("-") for part in run.split("_"))
        folders = [f"{key}-{parts[key]}" for key in ("sub", "ses") if key in parts]
        func = root.joinpath(*folders, "func")
        func.mkdir(parents=True, exist_ok=True)
        for space in spaces:
            stem = f"{run}_{space}" if space else run
            (func / f"{stem}_desc-preproc_bold.nii.gz").touch()
            about = json.dumps({"RepetitionTime": 2.5})
            (func / f"{stem}_desc-preproc_bold.json").write_text(about)
            if masks:
                (func / f"{stem}_desc-brain_mask.nii.gz").touch()
        if confounds:
            (func / f"{run}_{confounds}.tsv").touch()
    return root


def events(root, runs):
    for run in runs:
        parts = dict(part.split("-") for part in run.split("_"))
        folders = [f"{key}-{parts[key]}" for key in ("sub", "ses") if key in parts]
        func = root.joinpath(*folders, "func")
        func.mkdir(parents=True, exist_ok=True)
        (func / f"{run}_events.tsv").write_text("onset\tduration\n1\t0\n")
    return root


def test_all_that_belongs_to_a_run_is_found(tmp_path):
    (run,) = read_preprocessed(tree(tmp_path, ["sub-01_task-tsl_run-02"]))
    assert (run.subject, run.run, run.space) == ("01", "02", "MNI152NLin2009cAsym")
    assert run.entities == {"sub": "01", "task": "tsl", "run": "02"}
    assert run.bold.name == f"sub-01_task-tsl_run-02_{MNI}_desc-preproc_bold.nii.gz"
    assert run.mask.name == f"sub-01_task-tsl_run-02_{MNI}_desc-brain_mask.nii.gz"
    assert run.confounds.name == "sub-01_task-tsl_run-02_desc-confounds_timeseries.tsv"
    assert run.repetition_time == 2.5


def test_old_confounds_and_none(tmp_path):
    name = "desc-confounds_regressors"
    (old,) = read_preprocessed(tree(tmp_path / "a", ["sub-1_task-x"], confounds=name))
    assert old.confounds.name == f"sub-1_task-x_{name}.tsv"
    root = tree(tmp_path / "b", ["sub-1_task-x"], confounds=None, masks=False)
    (bare,) = read_preprocessed(root)
    assert bare.confounds is None
    assert bare.mask is None


def test_several_spaces_must_be_chosen(tmp_path):
    root = tree(tmp_path, ["sub-01_task-x"], spaces=(MNI, "space-T1w", ""))
    with pytest.raises(InputError, match=r"images in space MNI152NLin2009cAsym, T1w, native"):
        read_preprocessed(root)
    (run,) = read_preprocessed(root, space="T1w")
    assert "space-T1w_desc-preproc" in run.bold.name
    assert "space-T1w_desc-brain" in run.mask.name
    (native,) = read_preprocessed(root, space="native")
    assert native.bold.name == "sub-01_task-x_desc-preproc_bold.nii.gz"
    with pytest.raises(InputError, match="no image in space 'MNI'"):
        read_preprocessed(root, space="MNI")


def test_several_resolutions_must_be_chosen(tmp_path):
    spaces = ("space-MNI_res-1", "space-MNI_res-2")
    root = tree(tmp_path, ["sub-01_task-x"], spaces=spaces)
    with pytest.raises(InputError, match="images in resolution 1, 2"):
        read_preprocessed(root)
    (run,) = read_preprocessed(root, resolution="2")
    assert "res-2" in run.bold.name
    assert "res-2" in run.mask.name


def test_tasks_and_descriptions_are_chosen_by_name(tmp_path):
    root = tree(tmp_path, ["sub-01_task-rest", "sub-01_task-tsl"])
    (run,) = read_preprocessed(root, task="tsl")
    assert run.entities["task"] == "tsl"
    assert run.run == ""
    with pytest.raises(InputError, match=r"task-tls.*expected task among rest, tsl"):
        read_preprocessed(root, task="tls")
    with pytest.raises(InputError, match=r"desc-denoised.*expected desc among preproc"):
        read_preprocessed(root, desc="denoised")


def test_runs_are_named_as_their_events_are(tmp_path):
    names = ["sub-01_ses-1_task-x_run-01", "sub-01_ses-2_task-x_run-01"]
    raw = read_dataset(events(tmp_path / "raw", names))
    found = read_preprocessed(tree(tmp_path / "prep", names))
    assert run_labels(raw.runs) == ("ses-1_run-01", "ses-2_run-01")
    assert tuple(run.run for run in found) == run_labels(raw.runs)
    # One session without images: only the raw data set still tells how its runs are called.
    root = tree(tmp_path / "half", names[:1])
    assert [run.run for run in read_preprocessed(root)] == ["01"]
    assert [run.run for run in read_preprocessed(root, dataset=raw)] == ["ses-1_run-01"]


def test_images_of_runs_without_events_are_left_out(tmp_path):
    raw = read_dataset(events(tmp_path / "raw", ["sub-01_task-x_run-01"]))
    root = tree(tmp_path / "prep", ["sub-01_task-x_run-1", "sub-01_task-rest"])
    (run,) = read_preprocessed(root, dataset=raw)  # run-1 is run-01
    assert (run.entities["task"], run.run) == ("x", "01")
    with pytest.raises(InputError, match="no image belongs to a run with events"):
        read_preprocessed(root, dataset=raw, task="rest")


def test_the_raw_sidecar_speaks_where_the_derivative_is_silent(tmp_path):
    raw = events(tmp_path / "raw", ["sub-01_task-x"])
    (raw / "task-x_bold.json").write_text('{"RepetitionTime": 1.5}')
    root = tree(tmp_path / "prep", ["sub-01_task-x"])
    for sidecar in root.rglob("*_bold.json"):
        sidecar.write_text("{}")
    assert read_preprocessed(root)[0].repetition_time is None
    assert read_preprocessed(root, dataset=read_dataset(raw))[0].repetition_time == 1.5


def test_people_and_runs_come_in_the_order_of_numbers(tmp_path):
    names = [f"sub-{s}_task-x_run-{r}" for s in ("10", "2") for r in ("10", "9")]
    found = [(run.subject, run.run) for run in read_preprocessed(tree(tmp_path, names))]
    assert found == [("2", "9"), ("2", "10"), ("10", "9"), ("10", "10")]


def test_two_images_of_a_run_are_refused(tmp_path):
    root = tree(tmp_path, ["sub-01_task-x_run-1", "sub-01_task-x_run-01"])
    with pytest.raises(InputError, match="an image of the same run as"):
        read_preprocessed(root)


def test_the_folder_above_is_named(tmp_path):
    tree(tmp_path / "fmriprep", ["sub-01_task-x"])
    with pytest.raises(InputError, match=r"pipelines \(fmriprep\); expected the folder of one"):
        read_preprocessed(tmp_path)


def test_a_link_to_nowhere_is_named(tmp_path):
    root = tree(tmp_path, ["sub-01_task-x"])
    (path,) = root.rglob("*_bold.nii.gz")
    path.unlink()
    path.symlink_to("../../.git/annex/objects/x")
    with pytest.raises(InputError, match=r"a link to nowhere .*datalad get"):
        read_preprocessed(root)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({}, (None, False)),
        ({"StartTime": 1.233, "SliceTimingCorrected": True}, (1.233, True)),
        ({"StartTime": 0, "SliceTimingCorrected": True}, (0.0, True)),
        ({"StartTime": 1.0}, (1.0, False)),
        ({"StartTime": 1.0, "SliceTimingCorrected": False}, (None, False)),
        ({"SliceTimingCorrected": True}, (None, True)),
        ({"StartTime": "late", "SliceTimingCorrected": 1}, (None, False)),
        ({"StartTime": -1.0}, (None, False)),
        ({"StartTime": True}, (None, False)),
    ],
)
def test_when_slices_were_brought_to(tmp_path, told, expected):
    root = tree(tmp_path / "prep", ["sub-01_task-x"])
    for sidecar in root.rglob("*_bold.json"):
        sidecar.write_text(json.dumps({"RepetitionTime": 2.5} | told))
    (run,) = read_preprocessed(root)
    assert (run.start_time, run.slices_corrected) == expected


@pytest.mark.parametrize("spaces", [(MNI,), (MNI, "space-T1w"), ("",)])
def test_single_echoes_beside_the_combined_image_are_passed_over(tmp_path, spaces):
    echoes = ("echo-1", "echo-2", "echo-3")  # fMRIPrep leaves them in native space
    root = tree(tmp_path, ["sub-01_task-x_run-1"], spaces=(*spaces, *echoes), masks=False)
    space = "T1w" if len(spaces) == 2 else None
    (run,) = read_preprocessed(root, space=space)
    assert "echo" not in run.bold.name
    assert spaces[-1] in run.bold.name


def test_single_echoes_alone_are_one_line(tmp_path):
    root = tree(tmp_path, ["sub-01_task-x"], spaces=("echo-1", "echo-2"))
    with pytest.raises(InputError, match=r"single echoes alone .*echo-1.*its echoes combined"):
        read_preprocessed(root)
    (only,) = read_preprocessed(tree(tmp_path / "one", ["sub-01_task-x"], spaces=("echo-1",)))
    assert "echo-1" in only.bold.name
