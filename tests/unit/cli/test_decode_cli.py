"""dolorimeter decode: a declared study is run and saved; bad input is one line, code 2, no file."""

import csv
import json
import random
from typing import NamedTuple

import numpy as np
import pytest

from dolorimeter.cli import main

SIMULATED = """\
data: {simulate: {n_subjects: 4, n_runs: 2, n_trials: 3, n_features: 20, random_state: 1}}
permutations: 9
pain: true
"""
TABLE = """\
data:
  path: trials.csv
  columns: {subject: sub}
  target: {column: y, classes: {low: 0, high: 1}}
permutations: 9
objective: {prediction: {within: subject, scheme: leave-one-trial-out}}
"""


class Ran(NamedTuple):
    code: int
    stdout: str
    stderr: str


@pytest.fixture
def run(capsys):
    def command(*arguments):
        code = main.run(["decode", "run", *(str(a) for a in arguments)])
        return Ran(code, *capsys.readouterr())

    return command


@pytest.fixture
def decode(run, tmp_path):
    def study(text, *options):
        (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
        return run(tmp_path / "study.yaml", "--out", tmp_path / "out", *options)

    return study


def write_table(folder, change=lambda row, _: row, more=()):
    """Write six trials of each of four people, each row changed."""
    rng = random.Random(0)
    rows = [[f"s{s}", t % 2, *(round(rng.gauss(0, 1), 4) for _ in range(3))]
            for s in range(4) for t in range(6)]  # fmt: skip
    with (folder / "trials.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["sub", "y", "f1", "f2", "f3"])
        writer.writerows([change(row, i) for i, row in enumerate(rows)] + list(more))


def refused(result, folder, *words):
    """One line on stderr, code 2, and nothing written."""
    assert result.code == 2, result
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("error: ")
    for word in words:
        assert word in lines[0]
    assert result.stdout == ""
    assert not (folder / "out").exists()
    assert not [p for p in folder.iterdir() if p.name.startswith((".out", "out"))]


def test_a_study_is_run_and_saved(decode, tmp_path):
    result = decode(SIMULATED + "objective: prediction\n")
    assert result.code == 0, result
    assert "Single test samples, leave-one-subject-out" in result.stdout
    assert "GRANTED   Nothing." in result.stdout
    assert "REFUSED" in result.stdout
    content = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    assert content["design"]["random_state"] == 0
    assert (tmp_path / "out" / "report.html").exists()


def test_json_is_what_the_file_holds_and_the_seed_can_be_given(decode, tmp_path):
    text = SIMULATED + "objective: prediction\nrandom_state: 3\n"
    result = decode(text, "--json", "--random-state", "5")
    content = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    assert json.loads(result.stdout) == content
    assert content["design"]["random_state"] == 5
    again = decode(text, "--json", "--force")
    assert json.loads(again.stdout)["design"]["random_state"] == 3


def test_what_exists_is_kept(decode, tmp_path):
    (tmp_path / "out").mkdir()
    result = decode(SIMULATED + "objective: prediction\n")
    assert result.code == 2
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("objective: prediction\npermutatons: 5\n", ["'permutatons'", "'permutations'"]),
        ("objective: {prediction: {}, signature: {}}\n", ["declares one objective"]),
        ("", ["declares one objective"]),
        ("objective: signature\nmodalities: [touch]\n", ["unknown modality 'touch'"]),
        ("objective: prediction\ninside: scale\n", ["'scale'", "scale: true"]),
        ("objective: prediction\ninside: {select: 50}\n", ["50", "at most 20"]),
        ("objective: prediction\nsearchlight: 8\n", ["no grid"]),
        ("objective: prediction\nestimator: ridge\n", ["'ridge' with a target of classes"]),
        ("objective: {prediction: {scheme: leave-one-group-out}}\ngroup: family\n", ["family"]),
    ],
)
def test_bad_studies(decode, tmp_path, text, words):
    refused(decode(SIMULATED + text), tmp_path, *words)


def test_lda_with_a_number_as_target(decode, tmp_path):
    text = SIMULATED.replace("n_runs: 2", "n_runs: 2, kind: rating") + "objective: prediction\n"
    refused(decode(text), tmp_path, "'lda' with a target that is a number", "ridge")


def test_files_that_cannot_be_read(run, decode, tmp_path):
    refused(decode("a: [1, 2"), tmp_path, "study.yaml")
    refused(decode(TABLE), tmp_path, "trials.csv")
    refused(run(tmp_path / "none.yaml", "--out", tmp_path / "out"), tmp_path, "none.yaml")


def test_a_good_table_runs(decode, tmp_path):
    write_table(tmp_path)
    assert decode(TABLE).code == 0


@pytest.mark.parametrize("value", ["nan", "inf", ""])
def test_features_that_are_no_numbers(decode, tmp_path, value):
    write_table(tmp_path, lambda row, i: [*row[:2], value, *row[3:]] if i == 5 else row)
    refused(decode(TABLE), tmp_path, "'f1'", "row 6")


def test_one_class_only(decode, tmp_path):
    write_table(tmp_path, lambda row, _: [row[0], 1, *row[2:]])
    text = TABLE.replace("classes: {low: 0, high: 1}", "classes: {high: 1}")
    refused(decode(text), tmp_path, "class")


def test_a_subject_with_one_trial(decode, tmp_path):
    write_table(tmp_path, more=[["s9", 1, 0.1, 0.2, 0.3]])
    refused(decode(TABLE), tmp_path, "'s9' with 1 samples", "Leave the subject out")


def test_labels_in_floating_point(decode, tmp_path):
    write_table(tmp_path, lambda row, i: [row[0], row[1] + 0.5 * (i % 3 == 0), *row[2:]])
    refused(decode(TABLE), tmp_path, "0.5", "floating point")
    text = TABLE.replace(", classes: {low: 0, high: 1}", "")
    refused(decode(text), tmp_path, "'lda' with a target that is a number")


def test_voxels_that_are_not_finite_and_a_mask_that_does_not_fit(decode, tmp_path):
    import nibabel

    volumes = np.random.default_rng(0).standard_normal((3, 3, 3, 8)).astype(np.float32)
    volumes[1, 1, 1, 6] = np.nan
    affine = np.diag([4.0, 4.0, 4.0, 1.0])
    nibabel.Nifti1Image(volumes, affine).to_filename(tmp_path / "maps.nii.gz")
    rows = ["sub,y", *(f"s{i // 4},{i % 2}" for i in range(8))]
    (tmp_path / "trials.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    for name, shape in (("mask", (3, 3, 3)), ("other", (4, 3, 3))):
        mask = nibabel.Nifti1Image(np.ones(shape, np.uint8), affine)
        mask.to_filename(tmp_path / f"{name}.nii.gz")
    text = TABLE.replace("trials.csv", "maps.nii.gz").replace(
        "  columns", "  mask: mask.nii.gz\n  trials: trials.csv\n  columns"
    )
    refused(decode(text), tmp_path, "not finite")
    refused(decode(text.replace("mask: mask.nii", "mask: other.nii")), tmp_path, "mask")


def test_help_shows_an_example(run):
    result = run("--help")
    assert result.code == 0
    assert "examples/decoding/signature.yaml" in result.stdout
