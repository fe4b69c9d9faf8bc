"""What a decoding study says and writes: blocks, sentences, and files that are whole or absent."""

import json

import numpy as np
import pandas as pd
import pytest

from dolorimeter.audit import Prediction, Signature
from dolorimeter.core import InputError
from dolorimeter.samples import simulate_samples
from dolorimeter.studies.decoding import DecodingStudy
from dolorimeter.studies.decoding.maps import Maps
from dolorimeter.studies.decoding.summary import inflation_sentence


@pytest.fixture(scope="module")
def samples():
    return simulate_samples(
        6, 3, 4, grid=(3, 4, 3), pattern=1.0, modalities=("pain", "touch"), random_state=0
    )


@pytest.fixture(scope="module")
def result(samples):
    study = DecodingStudy(
        Signature(scheme="leave-one-run-out", population="v"), permutations=39, pain=True,
        modalities=("touch",), base_rate=0.2, signal="simulated BOLD", title="A title",
    )  # fmt: skip
    return study.run(samples, random_state=0)


def test_data_block_counts_all_samples(result, samples):
    data = result.content["data"]
    assert (data["samples"], data["trained_on"], data["subjects"]) == (216, 144, 6)
    assert data["modalities"] == {"baseline": 72, "pain": 72, "touch": 72}
    assert data["target"]["class_names"] == ["baseline", "pain"]
    assert data["target"]["class_counts"] == [72, 72]
    assert data["trials_behind"] == {"least": 1, "most": 1, "unknown": 0}
    assert data["has_space"] is True
    assert data["features"] == samples.features.shape[1] == 36


def test_design_block_is_as_it_was_run(result):
    design = result.content["design"]
    assert (design["folds"], design["unit"], design["within_subject"]) == (18, "run", True)
    assert design["fold_sizes"] == [8] * 18
    assert design["shared"]["subject"] == 6
    assert design["departures"] == []
    assert design["random_state"] == 0
    first = design["drawing"][0]
    assert (first["test"], first["train"]) == (["1"], ["2", "3"])
    assert (first["n_test"], first["n_train"]) == (8, 16)


def test_folds_subjects_and_confusion_agree_with_the_score(result):
    content = result.content
    value = content["accuracy"]["value"]
    assert np.mean([s["score"] for s in content["subjects"]]) == pytest.approx(value)
    assert np.mean([f["score"] for f in content["folds"]]) == pytest.approx(value)
    counts = np.array(content["confusion"]["counts"])
    assert counts.sum(axis=1).tolist() == [72, 72]
    assert np.trace(counts) / counts.sum() == pytest.approx(value)
    table = result.predictions
    assert (table["observed"] == table["predicted"]).mean() == pytest.approx(value)
    assert ((table["decision"] > 0) == (table["predicted"] == "pain")).all()


def test_null_histogram_holds_every_relabelling(result):
    score = result.content["accuracy"]
    histogram = score["null_histogram"]
    assert sum(histogram["counts"]) == 39
    assert len(histogram["edges"]) == len(histogram["counts"]) + 1
    assert score["chance"] == 0.5
    assert histogram["edges"][0] <= score["null_mean"] <= histogram["edges"][-1]


def test_departures_are_said(samples):
    study = DecodingStudy(
        Prediction(normalization="sample", within="subject", scheme="leave-one-run-out"),
        null="nominal", test_average=2, outside=({"scale": True},), permutations=9,
        modalities=("touch",),
    )  # fmt: skip
    said = " ".join(study.run(samples, random_state=0).content["design"]["departures"])
    for words in ("Normalization", "within", "groups of 2", "nominal", "scaling of features"):
        assert words in said


def test_summary_speaks_of_the_score_and_calls_averages_labelling(result):
    first, null, *rest = result.summary
    assert f"{result.accuracy:.3f}" in first
    assert "leave-one-run-out" in first
    assert "relabelling" in null
    said = " ".join(rest)
    assert "that is labelling, and no prediction" in said
    assert "Separation of pain from touch" in said
    assert "Bulk amplitude alone" in said
    assert result.r2 is None


def test_summary_without_relabelling_knows_nothing_of_chance(samples):
    study = DecodingStudy(Prediction(), permutations=0, modalities=("touch",))
    result = study.run(samples, random_state=0)
    assert "nothing is known of chance" in result.summary[1]
    assert result.content["accuracy"]["p"] is None


def test_inflation_is_a_sentence():
    row = {"a": "scale outside", "b": "scale inside", "value_a": 0.75, "value_b": 0.5,
           "difference": 0.25, "ci95": [0.1, 0.4]}  # fmt: skip
    assert inflation_sentence(row) == (
        "Scale outside against scale inside: 0.750 against 0.500, a difference of +0.250 "
        "(95 % interval +0.100 to +0.400)."
    )
    assert "interval" not in inflation_sentence(row | {"ci95": None})


def test_save_writes_all_and_reads_back(result, samples, tmp_path):
    import nibabel

    out = tmp_path / "out"
    result.save(out)
    names = {p.name for p in out.iterdir()}
    assert {"results.json", "report.html", "predictions.parquet", "maps"} <= names
    assert json.loads((out / "results.json").read_text(encoding="utf-8")) == result.to_dict()
    pd.testing.assert_frame_equal(
        pd.read_parquet(out / "predictions.parquet"), result.predictions, check_dtype=False
    )
    image = nibabel.load(out / "maps" / "weights.nii.gz")
    np.testing.assert_array_equal(image.affine, samples.grid.affine)
    np.testing.assert_allclose(image.get_fdata()[samples.grid.mask], result.maps.values["weights"])
    assert [b["file"] for b in result.content["maps"]] == [
        f"maps/{name}.nii.gz" for name in result.maps.values
    ]


def test_save_refuses_what_exists_and_replaces_by_force(result, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="out"):
        result.save(out)
    assert [p.name for p in out.iterdir()] == ["mine.txt"]
    result.save(out, force=True)
    assert (out / "results.json").exists()
    assert not (out / "mine.txt").exists()


def test_nothing_is_left_of_a_save_that_fails(result, tmp_path, monkeypatch):
    def fail(self, directory):
        (directory / "half").write_text("half")
        raise RuntimeError("disk on fire")

    monkeypatch.setattr(Maps, "save", fail)
    with pytest.raises(RuntimeError, match="on fire"):
        result.save(tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_numbers_come_with_correlations_within_subjects(tmp_path):
    ratings = simulate_samples(5, 2, 8, 30, pattern=2.0, kind="rating", random_state=0)
    result = DecodingStudy(Prediction(), "ridge", permutations=9).run(ratings, random_state=0)
    assert result.accuracy is None
    assert result.r2 == result.content["accuracy"]["value"]
    table, rs = result.predictions, []
    for name in np.unique(ratings.subject):
        own = table[table["subject"] == name]
        rs.append(np.corrcoef(own["observed"], own["predicted"])[0, 1])
    found = result.content["regression"]["within_subject_r"]
    assert found["mean"] == pytest.approx(np.tanh(np.mean(np.arctanh(rs))))
    assert found["subjects"] == 5
    result.save(tmp_path / "out")
    features = pd.read_parquet(tmp_path / "out" / "features.parquet")
    assert list(features.columns)[:3] == ["feature", "weights", "pattern"]
    assert len(features) == 30
