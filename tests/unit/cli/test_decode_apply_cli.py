"""decode apply and decode study-pattern: one row an image, and one line for bad input."""

import json

import numpy as np
import pandas as pd
import pytest

from dolorimeter.cli import main

nibabel = pytest.importorskip("nibabel")
pytest.importorskip("nilearn")

AFFINE = np.diag([2.0, 2, 2, 1])
SHAPE = (5, 4, 6)
RNG = np.random.default_rng(4)
WEIGHTS = RNG.standard_normal(SHAPE)
IMAGES = RNG.standard_normal((3, *SHAPE))


def run(capsys, *arguments):
    code = main.run(["decode", *(str(a) for a in arguments)])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def save(path, values, affine=AFFINE):
    nibabel.save(nibabel.Nifti1Image(np.asarray(values, dtype=np.float64), affine), path)
    return path


@pytest.fixture
def weights(tmp_path):
    return save(tmp_path / "weights.nii.gz", WEIGHTS)


@pytest.fixture
def images(tmp_path):
    return [save(tmp_path / f"image-{i}.nii.gz", image) for i, image in enumerate(IMAGES)]


@pytest.mark.parametrize(
    ("how", "oracle"),
    [
        ("dot", lambda w, x: w @ x),
        ("cosine", lambda w, x: w @ x / np.linalg.norm(w) / np.linalg.norm(x)),
        ("correlation", lambda w, x: np.corrcoef(w, x)[0, 1]),
    ],
)
def test_expression_of_each_image(capsys, weights, images, how, oracle):
    code, out, err = run(capsys, "apply", weights, *images, "--how", how, "--json")
    assert (code, err) == (0, "")
    content = json.loads(out)
    expected = [oracle(WEIGHTS.ravel(), image.ravel()) for image in IMAGES]
    assert [row["expression"] for row in content["images"]] == pytest.approx(expected)
    assert [row["image"] for row in content["images"]] == [str(path) for path in images]
    assert content["space"]["resampled"] is False
    assert content["space"]["weight_covered"] == 1.0
    assert content["how"] == how


def test_one_image_of_four_axes_is_many(capsys, weights, images, tmp_path):
    series = save(tmp_path / "series.nii.gz", np.moveaxis(IMAGES, 0, -1))
    apart = json.loads(run(capsys, "apply", weights, *images, "--json")[1])["images"]
    whole = json.loads(run(capsys, "apply", weights, series, "--json")[1])["images"]
    assert [row["volume"] for row in whole] == [0, 1, 2]
    assert [r["expression"] for r in whole] == pytest.approx([r["expression"] for r in apart])
    out = run(capsys, "apply", weights, series)[1]
    assert f"{series} [2]" in out


def test_what_was_done_is_said(capsys, weights, images, tmp_path):
    out = run(capsys, "apply", weights, *images)[1]
    assert "nothing was resampled" in out
    assert "100.0 % of the absolute weight" in out
    assert "no probability of pain" in out
    shifted = AFFINE.copy()
    shifted[0, 3] = 2.0
    moved = save(tmp_path / "moved.nii.gz", WEIGHTS, shifted)
    out = run(capsys, "apply", moved, *images, "--interpolation", "nearest")[1]
    covered = np.abs(WEIGHTS[:-1]).sum() / np.abs(WEIGHTS).sum()
    assert "resampled to the grid of the images (nearest)" in out
    assert f"{100 * covered:.1f} % of the absolute weight" in out
    assert "the rest took no part" in out


def test_mask(capsys, weights, images, tmp_path):
    inside = RNG.random(SHAPE) < 0.5
    mask = save(tmp_path / "mask.nii.gz", inside)
    out = run(capsys, "apply", weights, *images, "--mask", mask, "--json")[1]
    expected = [WEIGHTS[inside] @ image[inside] for image in IMAGES]
    found = json.loads(out)
    assert [row["expression"] for row in found["images"]] == pytest.approx(expected)
    assert found["space"]["image_voxels"] == inside.sum()


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_table(capsys, weights, images, tmp_path, ending):
    target = tmp_path / "new" / f"expression.{ending}"
    assert run(capsys, "apply", weights, *images, "--out", target)[0] == 0
    table = pd.read_csv(target) if ending == "csv" else pd.read_parquet(target)
    assert list(table.columns) == ["image", "volume", "expression"]
    expected = [(WEIGHTS * image).sum() for image in IMAGES]
    assert table["expression"].to_numpy() == pytest.approx(expected)
    before = target.read_bytes()
    code, _, err = run(capsys, "apply", weights, images[0], "--out", target)
    assert code == 2
    assert "--force" in err
    assert target.read_bytes() == before
    assert run(capsys, "apply", weights, images[0], "--out", target, "--force")[0] == 0
    assert target.read_bytes() != before
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def bad_input(tmp_path, weights, images):
    """Arguments and what must be said of them."""
    gap = IMAGES[0].copy()
    gap[0, 0, 0] = np.nan
    packed = images[0].read_bytes()
    (tmp_path / "cut.nii.gz").write_bytes(packed[: len(packed) // 2])
    (tmp_path / "text.nii").write_text("no image")
    small = save(tmp_path / "small.nii.gz", np.ones((2, 2, 2)))
    mask = save(tmp_path / "ones.nii.gz", np.ones(SHAPE))
    far = AFFINE.copy()
    far[:3, 3] = 1000.0
    return {
        "none.nii": ([weights, tmp_path / "none.nii"], "no such file"),
        "cut": ([weights, tmp_path / "cut.nii.gz"], "cut.nii.gz"),
        "text": ([tmp_path / "text.nii", images[0]], "text.nii"),
        "grids": ([weights, images[0], small], "another grid"),
        "mask": ([weights, images[0], "--mask", small], "does not fit"),
        "gap": ([weights, save(tmp_path / "gap.nii.gz", gap), "--mask", mask], "not finite"),
        "far": ([save(tmp_path / "far.nii.gz", WEIGHTS, far), images[0]], "none falls on"),
        "empty": ([save(tmp_path / "zero.nii.gz", np.zeros(SHAPE)), images[0]], "0 and NaN"),
        "five": ([weights, save(tmp_path / "five.nii", np.ones((*SHAPE, 2, 2)))], "axes"),
        "ending": ([weights, images[0], "--out", tmp_path / "table.xls"], ".parquet or .csv"),
        "folder": ([weights, images[0], "--out", tmp_path], "ending"),
        "how": ([weights, images[0], "--how", "cos"], "cosine"),
        "no images": ([weights], "IMAGES"),
    }


CASES = (
    "none.nii", "cut", "text", "grids", "mask", "gap", "far", "empty", "five", "ending", "folder",
    "how", "no images",
)  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_one_line(capsys, weights, images, tmp_path, case):
    arguments, said = bad_input(tmp_path, weights, images)[case]
    written = tmp_path / "out.csv"
    target = [] if "--out" in arguments else ["--out", written]
    code, out, err = run(capsys, "apply", *arguments, *target)
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert said in err
    assert not written.exists()


@pytest.fixture
def folder(tmp_path):
    common = RNG.standard_normal(SHAPE)
    save(tmp_path / "mask.nii.gz", np.ones(SHAPE))
    rows = ["study_id,sample_size"]
    for i in range(6):
        values = common + 0.5 * RNG.standard_normal(SHAPE)
        save(tmp_path / f"study-{i + 1:02d}_stat-t_statmap.nii.gz", values)
        rows.append(f"pain_{i + 1:02d},{12 + i}")
    (tmp_path / "samplesize.csv").write_text("\n".join(rows) + "\n")
    return tmp_path


def test_study_pattern_prints_expression_and_claim(capsys, folder):
    code, out, err = run(capsys, "study-pattern", folder, "--flips", 99)
    assert (code, err) == (0, "")
    assert out.count("\npain_0") == 6
    assert out.index("mean over studies") < out.index("GRANTED   Nothing.") < out.index("REFUSED")
    assert "predicts pain" in out
    assert "--separate-people" in out
    out = run(capsys, "study-pattern", folder, "--flips", 999, "--separate-people")[1]
    assert "GRANTED   The group maps of these 6 studies" in out
    assert "--separate-people" not in out


def test_study_pattern_json_is_repeatable(capsys, folder):
    arguments = ["study-pattern", folder, "--flips", 99, "--weighting", "sample-size", "--json"]
    first, again = (json.loads(run(capsys, *arguments)[1]) for _ in range(2))
    assert first == again
    assert first["people"] == [12, 13, 14, 15, 16, 17]
    assert first["weighting"] == "sample-size"
    coarse = json.loads(run(capsys, *arguments, "--coarsen", 2)[1])
    assert coarse["voxels"] == 2 * 2 * 3 + 2 * 3  # the last cube along x is half filled, and counts


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--flips", 0], "--flips"),
        (["--coarsen", 0], "--coarsen"),
        (["--coarsen", 100], "coarsen"),
        (["--weighting", "size"], "sample-size"),
    ],
)
def test_bad_options_of_study_pattern(capsys, folder, options, said):
    code, out, err = run(capsys, "study-pattern", folder, *options)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert said in err


def test_bad_folders_of_study_pattern(capsys, folder, tmp_path):
    assert run(capsys, "study-pattern", tmp_path / "nowhere")[0] == 2
    sizes = tmp_path / "samplesize.csv"
    sizes.write_text("study_id\n" + "\n".join(f"pain_{i:02d}" for i in range(1, 7)) + "\n")
    code, _, err = run(capsys, "study-pattern", folder)
    assert code == 2
    assert "sample_size" in err
    for path in sorted(tmp_path.glob("study-*"))[2:]:
        path.unlink()
    sizes.write_text("study_id,sample_size\npain_01,12\npain_02,13\n")
    code, _, err = run(capsys, "study-pattern", folder)
    assert code == 2
    assert "three or more" in err


@pytest.mark.parametrize("verb", ["apply", "study-pattern"])
def test_help_has_an_example(capsys, verb):
    code, out, _ = run(capsys, verb, "--help")
    assert code == 0
    assert "Example:" in out
    assert "--json" in out
