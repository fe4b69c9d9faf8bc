"""dolorimeter imaging …: bad input is one line that says where and what, code 2, no file."""

import gzip
import json
import struct
from importlib import import_module
from typing import NamedTuple

import nibabel
import numpy as np
import pandas as pd
import pytest
import yaml

from dolorimeter.cli import main
from dolorimeter.studies.imaging import read_imaging, read_study


class Ran(NamedTuple):
    code: int
    stdout: str
    stderr: str


@pytest.fixture
def run(capsys):
    def command(*arguments):
        code = main.run(["imaging", *(str(a) for a in arguments)])
        return Ran(code, *capsys.readouterr())

    return command


@pytest.fixture
def refused(run, two_people):
    """Return a way to run the study, some keys changed, and to see it refused."""
    out = two_people.parent / "out"

    def start(*words, **changes):
        path = two_people / "study.yaml"
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        for block in ("overlap", "factors", "time_courses", "model_maps"):
            del content[block]
        for key, value in changes.items():
            both = isinstance(value, dict) and isinstance(content.get(key), dict)
            content[key] = content[key] | value if both and key != "contrasts" else value
        (two_people / "changed.yaml").write_text(
            yaml.safe_dump(content, sort_keys=False), encoding="utf-8"
        )
        result = run("run", two_people / "changed.yaml", "--out", out)
        assert result.code == 2, result
        (line,) = result.stderr.strip().splitlines()[-1:]
        assert line.startswith("error: ")
        for word in words:
            assert word in line, line
        assert result.stdout == ""
        assert not out.exists()
        assert not [p for p in two_people.parent.iterdir() if p.name.startswith((".out", "out"))]

    return start


@pytest.fixture
def functional(two_people):
    return two_people / "derivatives" / "fmriprep" / "sub-01" / "func"


def image_of(functional, run=1):
    (path,) = functional.glob(f"*_run-{run}_*_desc-preproc_bold.nii.gz")
    return path


def sidecar_of(path):
    return path.with_name(path.name.replace(".nii.gz", ".json"))


def table_of(functional, run=1):
    (path,) = functional.glob(f"*_run-{run}_desc-confounds_timeseries.tsv")
    return path


def rewrite(path, change):
    """Write an image anew, its data and header changed in place or replaced."""
    image = nibabel.load(path)
    data, affine, header = np.asarray(image.dataobj), image.affine.copy(), image.header.copy()
    data, affine = change(data, affine, header) or (data, affine)
    header.set_data_shape(data.shape)
    nibabel.Nifti1Image(data, affine, header).to_filename(path)


def test_the_files_as_they_are_make_a_study(run, two_people):
    """The oracle of all refusals below: without a change the study runs; --json is the file."""
    text = (two_people / "study.yaml").read_text(encoding="utf-8").split("overlap:")[0]
    (two_people / "plain.yaml").write_text(text, encoding="utf-8")
    out = two_people.parent / "out"
    result = run("run", two_people / "plain.yaml", "--out", out, "--random-state", 7, "--json")
    assert result.code == 0, result
    printed = json.loads(result.stdout)
    assert printed == json.loads((out / "results.json").read_text(encoding="utf-8"))
    assert printed["group"]["random_state"] == 7
    assert "<html" in (out / "report.html").read_text(encoding="utf-8")
    again = run("run", two_people / "plain.yaml", "--out", out)
    assert again.code == 2
    assert "exists" in again.stderr


# Images


def test_no_repetition_time(refused, functional):
    def forget(_data, _affine, header):
        header.set_xyzt_units("mm", None)

    path = image_of(functional)
    rewrite(path, forget)
    sidecar_of(path).write_text("{}", encoding="utf-8")
    refused(path.name, "no repetition time", "sidecar")


def test_a_repetition_time_told_in_two_ways(refused, functional):
    sidecar_of(image_of(functional)).write_text('{"RepetitionTime": 2.0}', encoding="utf-8")
    refused(image_of(functional).name, "2 s in the sidecar, 4 s in the header")


def test_events_after_the_end_of_the_run(refused, functional):
    path = image_of(functional)
    rewrite(path, lambda data, affine, _: (data[..., :60], affine))
    table = pd.read_csv(table_of(functional), sep="\t", dtype=str, keep_default_na=False)
    table[:60].to_csv(table_of(functional), sep="\t", index=False)
    refused("01, run '1'", "'cue'", "after the end of the run (240 s)")


def test_a_table_of_another_length(refused, functional):
    table = table_of(functional, 2)
    lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
    table.write_text("".join(lines[:-1]), encoding="utf-8")
    refused(table.name, f"{len(lines) - 2} rows for {len(lines) - 1} volumes")


def test_an_image_in_another_space(refused, functional):
    def shift(data, affine, header):
        affine[0, 3] += 6
        header.set_sform(affine)
        header.set_qform(affine)
        return data, affine

    rewrite(image_of(functional), shift)
    refused(image_of(functional).name, "the space of the mask", "resample")


def test_unequal_masks(refused, functional):
    (path,) = functional.glob("*_run-2_*_desc-brain_mask.nii.gz")
    rewrite(path, lambda data, affine, _: (data[:-1], affine))
    refused(path.name, "shape", "run-1", "Give one mask for all", data={"mask": None})


def test_a_truncated_image(refused, functional):
    path = image_of(functional, 3)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    refused(path.name)


def test_a_header_that_lies_about_its_size(refused, functional):
    path = image_of(functional)
    raw = bytearray(gzip.decompress(path.read_bytes()))
    raw[42:50] = struct.pack("<4h", 20000, 20000, 20000, 20000)  # 320 petabytes
    path.write_bytes(gzip.compress(bytes(raw)))
    refused(path.name)


def test_an_image_of_three_axes(refused, functional):
    rewrite(image_of(functional), lambda data, affine, _: (data[..., 0], affine))
    refused(image_of(functional).name, "3 axes", "time")


def test_voxels_without_signal(refused, functional):
    def silence(data, _affine, _header):
        data[:] = 0

    for run in (1, 2, 3):
        rewrite(image_of(functional, run), silence)
    refused(image_of(functional).name, "all 59 voxels are constant", first_level={"smoothing": 0})


def test_a_few_voxels_without_signal_are_told(two_people, functional):
    def silence(data, _affine, _header):
        inside = nibabel.load(two_people / "mask.nii.gz").get_fdata() > 0
        data[tuple(np.argwhere(inside)[0])] = 0

    rewrite(image_of(functional, 2), silence)
    text = (two_people / "study.yaml").read_text(encoding="utf-8").split("overlap:")[0]
    text = text.replace("smoothing: 8", "smoothing: 0")
    (two_people / "plain.yaml").write_text(text, encoding="utf-8")
    study, block, _ = read_study(two_people / "plain.yaml")
    content = study.run(read_imaging(block, two_people), 0).content
    (said,) = [n["what"] for n in content["data"]["notices"] if "do not vary" in n["what"]]
    assert said.startswith("1 of 59 voxels of the mask do not vary")
    assert said.endswith("(sub-01: 1)")


def test_percent_of_images_that_were_centered(refused, functional):
    for run in (1, 2, 3):
        rewrite(
            image_of(functional, run),
            lambda data, affine, header: (
                header.set_data_dtype(np.float32),
                ((data - data.mean(axis=3, keepdims=True)).astype(np.float32), affine),
            )[1],
        )
    refused("sub-01, run 1: means near 0", "percent", "scaling: none")


def test_a_response_without_a_shape(refused):
    refused("changed.yaml, design, hrf", "'fir'", "Time courses give", design={"hrf": "fir"})


# Confounds


def test_no_table_of_confounds(refused, functional):
    table_of(functional).unlink()
    refused(image_of(functional).name, "no confounds", "confounds: []")


def test_a_missing_column(refused, functional):
    table = table_of(functional)
    text = table.read_text(encoding="utf-8")
    table.write_text(text.replace("\trot_z\t", "\trot_q\t"), encoding="utf-8")
    refused(table.name, "rot_z")


def test_no_column_to_scrub_by(refused, functional):
    table = table_of(functional)
    text = table.read_text(encoding="utf-8")
    table.write_text(text.replace("framewise_displacement", "framewise"), encoding="utf-8")
    refused(table.name, "no column 'framewise_displacement'", "'framewise'")


def test_a_table_in_another_encoding(refused, functional):
    table = table_of(functional)
    table.write_bytes(table.read_bytes().replace(b"csf", b"cs\xff"))
    refused(table.name)


# Design


def test_a_modulator_that_does_not_vary(refused):
    rows = [{"name": "error", "at": "cue", "modulator": "appetitive_error"}]
    changes = {"design": {"regressors": rows}, "contrasts": {"a": {"error": 1}}}
    changes["learning"] = {"parameters": {"alpha": 0.0}}
    refused("01, run '1'", "'error'", "is 0 at all 30 events", **changes)


def test_collinear_regressors(refused):
    cues = [{"name": f"cue {k}", "at": "cue", "cues": k} for k in "ABC"]
    rows = [{"name": "cue", "at": "cue"}, *cues]
    refused("cue", "cue A", design={"regressors": rows}, contrasts={"a": {"cue A": 1}})


def test_a_contrast_of_a_column_that_is_not_there(refused):
    refused("contrast 'relief'", "'error_a'", "'error_A'", contrasts={"relief": {"error_a": 1}})


def test_an_unknown_region(refused):
    refused("regions", "amygdala lift", "amygdala left", regions=["amygdala lift"])


def test_a_region_without_a_voxel(refused):
    far = {"far": {"center": [60, -60, 60], "radius": 6}}
    refused("far", "no voxel", regions=far)


# People


def test_nobody_has_both_events_and_images(refused, two_people):
    derivatives = two_people / "derivatives" / "fmriprep"
    for name in ("sub-01", "sub-02"):
        (derivatives / name).rename(derivatives / name.replace("0", "1"))
        for path in (derivatives / name.replace("0", "1")).rglob("sub-*"):
            path.rename(path.with_name(path.name.replace("sub-0", "sub-1")))
    refused("fmriprep", "no image belongs to a run with events")


def test_images_without_events_are_said(run, two_people):
    func = two_people / "derivatives" / "fmriprep"
    for name in ("sub-02",):
        (func / name).rename(func / "sub-99")
        for path in (func / "sub-99").rglob("sub-*"):
            path.rename(path.with_name(path.name.replace(name, "sub-99")))
    text = (two_people / "study.yaml").read_text(encoding="utf-8").split("overlap:")[0]
    (two_people / "plain.yaml").write_text(text, encoding="utf-8")
    _, block, _ = read_study(two_people / "plain.yaml")
    data = read_imaging(block, two_people)
    assert [person.subject for person in data.people] == ["01"]
    assert dict(data.left_out) == {"02": "no preprocessed images", "99": "images without events"}
    result = run("run", two_people / "plain.yaml", "--out", two_people.parent / "out")
    assert result.code == 2
    assert "internal" not in result.stderr


def test_no_table_of_participants(refused, two_people):
    (two_people / "participants.tsv").unlink()
    refused("participants.tsv", "no such table", group={"covariates": ["age"]})


def test_no_such_covariate(refused, two_people):
    table = "participant_id\tage\nsub-01\t20\nsub-02\t30\n"
    (two_people / "participants.tsv").write_text(table, encoding="utf-8")
    refused("participants.tsv", "'aeg'", "age", group={"covariates": ["aeg"]})


@pytest.mark.parametrize(
    ("second", "words"),
    [("n/a", ["age", "nothing for sub-02"]), ("old", ["age", "sub-02", "'old'", "a number"])],
)
def test_covariates_that_are_no_numbers(refused, two_people, second, words):
    table = f"participant_id\tage\nsub-01\t20\nsub-02\t{second}\n"
    (two_people / "participants.tsv").write_text(table, encoding="utf-8")
    refused("participants.tsv", *words, group={"covariates": ["age"]})


def test_a_person_without_a_row_or_with_two(refused, two_people):
    path = two_people / "participants.tsv"
    path.write_text("participant_id\tage\nsub-01\t20\n", encoding="utf-8")
    refused("no row for sub-02", group={"covariates": ["age"]})
    path.write_text("participant_id\tage\nsub-01\t20\nsub-01\t2\nsub-02\t3\n", encoding="utf-8")
    refused("sub-01 twice", group={"covariates": ["age"]})


def test_too_few_people_for_two_groups(refused, two_people):
    (two_people / "participants.tsv").write_text(
        "participant_id\tsite\nsub-01\tx\nsub-02\tx\n", encoding="utf-8"
    )
    refused("group", group={"test": "two-sample", "between": "site"})


def test_someone_left_out_who_is_not_there(refused):
    refused("leave_out", "'77'", data={"leave_out": ["77"]})


# The file of the study


@pytest.mark.parametrize(
    ("block", "key", "near"),
    [
        (None, "contrast", "contrasts"),
        ("data", "derivative", "derivatives"),
        ("learning", "modle", "model"),
        ("design", "highpass", "high_pass"),
        ("first_level", "smooth", "smoothing"),
        ("group", "permutation", "permutations"),
        ("overlap", "secnd", "second"),
        ("time_courses", "region", "regions"),
        ("model_maps", "alpha", "alphas"),
    ],
)
def test_unknown_keys_at_every_level(run, two_people, block, key, near):
    content = yaml.safe_load((two_people / "study.yaml").read_text(encoding="utf-8"))
    place = content if block is None else content[block]
    place = place[0] if isinstance(place, list) else place
    place[key] = 1
    (two_people / "changed.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    result = run("run", two_people / "changed.yaml", "--out", two_people.parent / "out")
    assert result.code == 2
    assert f"unknown key '{key}'; expected '{near}'" in result.stderr
    assert block is None or block in result.stderr
    assert not (two_people.parent / "out").exists()


PAIR = {"first": "relief", "second": "exacerbation"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"contrasts": {"a b": {"error_A": 1}, "A-B": {"error_B": 1}}}, ["'A-B' beside 'a b'"]),
        ({"overlap": [dict(PAIR), dict(PAIR)]}, ["overlap", "beside"]),
        ({"factors": {"mean": "relief", "b": "exacerbation"}}, ["factors", "'mean'"]),
        ({"factors": {"a": "relief"}}, ["factors", "one level"]),
        ({"factors": {"a": "relief", "b": "reluef"}}, ["factors, b", "'reluef'"]),
        ({"factors": {"a": ["relief"], "b": "relief"}}, ["factors, a", "text"]),
        ({"factors": 3}, ["factors", "keys and values"]),
        ({"pain": "maybe"}, ["pain", "true or false"]),
        ({"title": 3}, ["title", "text"]),
        ({"regions": 3}, ["regions"]),
        ({"first_level": {"smoothing": "wide"}}, ["first_level, smoothing", "'wide'", "a number"]),
        ({"first_level": {"smoothing": -1}}, ["first_level, smoothing", "-1"]),
        ({"design": {"high_pass": [128]}}, ["design, high_pass", "a number"]),
        ({"design": {"time_reference": {}}}, ["design, time_reference", "text", "a number"]),
        ({"design": {"scrub": 0.5}}, ["design, scrub", "keys and values"]),
        ({"design": {"confound_options": ["basic"]}}, ["confound_options", "keys and values"]),
        ({"design": {"drift_order": True}}, ["drift_order", "a whole number"]),
        ({"learning": {"reset_runs": 3}}, ["reset_runs", "true or false"]),
        ({"learning": {"parameters": {"alpha": "fast"}}}, ["parameters, alpha", "a number"]),
        ({"group": {"extent": 0}}, ["group"]),
        ({"group": {"permutations": 2.5}}, ["permutations", "a whole number"]),
        ({"data": {"leave_out": [1]}}, ["leave_out", "in quotes"]),
        ({"model_maps": {"models": ["td"]}}, ["model_maps", "no 'contrast'"]),
        ({"random_state": -1}, ["random_state"]),
        ({"format": 2}, ["format 2"]),
    ],
)
def test_values_of_another_kind(refused, changes, words):
    refused("changed.yaml" if "regions" not in changes else "regions", *words, **changes)


def test_numbers_that_yaml_takes_for_text_are_numbers(two_people):
    text = (two_people / "study.yaml").read_text(encoding="utf-8")
    text = text.replace("group: {", "group: {cluster_p: 1e-3, ")
    (two_people / "changed.yaml").write_text(text, encoding="utf-8")
    study, _, _ = read_study(two_people / "changed.yaml")
    assert study.group.cluster_p == 0.001


def test_a_cache_inside_the_output(run, two_people):
    out = two_people.parent / "out"
    result = run("run", two_people / "study.yaml", "--out", out, "--cache", out / "kept")
    assert result.code == 2
    assert "outside the output" in result.stderr
    assert not out.exists()


# Simulated data, and help


@pytest.mark.parametrize("options", [["--alpha", "2"], ["--voxel-size", "12"], ["--tr", "0"]])
def test_a_simulation_that_cannot_be(run, tmp_path, options):
    result = run("simulate", "--subjects", 2, "--out", tmp_path / "sim", *options)
    assert result.code == 2, result
    assert len(result.stderr.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_simulated_study_is_one_that_can_be_read(run, tmp_path):
    out = tmp_path / "sim"
    result = run("simulate", "--subjects", 2, "--voxel-size", 9, "--tr", 4, "--out", out, "--json")
    assert result.code == 0, result
    told = json.loads(result.stdout)
    study, block, seed = read_study(out / "study.yaml")
    data = read_imaging(block, out)
    assert told["subjects"] == len(data.people) == 2
    assert told["runs"] == sum(len(person.runs) for person in data.people)
    assert told["voxels"] == data.grid.mask.sum()
    truth = json.loads(data.truth.read_text(encoding="utf-8"))
    assert told["sites"] == [site["name"] for site in truth["targets"]]
    assert {c for site in truth["targets"] for c in site["contrasts"]} == set(study.asked)
    assert (study.pain, seed) == (True, 0)


@pytest.mark.parametrize(
    ("verb", "options"),
    [
        ("run", ["STUDY", "--out", "--cache", "--jobs", "--random-state", "--force", "--json"]),
        (
            "simulate",
            ["--subjects", "--alpha", "--effect", "--tr", "--voxel-size", "--random-state",
             "--out", "--force", "--json"],
        ),
    ],
)  # fmt: skip
def test_help_names_every_option_and_says_what_it_is(run, verb, options):
    result = run(verb, "--help")
    assert result.code == 0
    assert "Example:" in result.stdout
    for option in options:
        assert option in result.stdout
    module = import_module(f"dolorimeter.cli.imaging_{verb}")
    command = getattr(module, f"imaging_{verb}")
    known = {o for parameter in command.params for o in parameter.opts if o.startswith("--")}
    assert known == {option for option in options if option.startswith("--")}
    assert all(p.help for p in command.params if p.opts[0].startswith("--"))
