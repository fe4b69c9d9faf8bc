"""Decoding studies on real data: what must be granted, refused and measured there."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dolorimeter.samples import samples_from
from dolorimeter.studies.decoding import read_study

pytestmark = pytest.mark.real_data
EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "decoding"


def run(name, data_dir, permutations=49, **changed):
    study, data, _ = read_study(EXAMPLES / f"{name}.yaml")
    place = data_dir / data.pop("path").split("shared/data/")[1]
    samples = samples_from({"path": str(place), **data}, root=data_dir)
    return replace(study, permutations=permutations, **changed).run(samples, random_state=0)


def statuses(result):
    return {f.rule: f.status for f in result.claim.findings}


def test_haxby_decodes_objects_and_grants_nothing_about_pain(data_dir):
    result = run("haxby-objects", data_dir)
    score, design = result.content["accuracy"], result.content["design"]
    assert score["value"] > 1 / 4  # eight objects at 25 mm, whole runs left out
    assert score["p"] == 1 / 50
    assert (design["unit"], design["folds"]) == ("run", 12)
    assert design["exchanged"] == "trials within run and subject"
    assert result.claim.granted == ()
    refused = [said for said in result.claim.refused if "C1" in said.rules]
    assert any("not pain" in said.text for said in refused)
    assert statuses(result)["C1"] == "violated"


def test_paingen_labels_and_does_not_predict(data_dir):
    result = run("paingen-stimulus", data_dir)
    found = statuses(result)
    assert found["K2"] == found["K3"] == found["C2"] == "violated"
    assert found["W3"] == found["K5"] == found["V1"] == "passed"
    (said,) = (s for s in result.claim.refused if "C2" in s.rules and "predicts pain" in s.text)
    assert "K2" in said.rules
    assert "labelling" in said.text
    assert all("predicts" not in s.text for s in result.claim.granted)
    assert any("labels samples" in s.text for s in result.claim.granted)
    assert result.accuracy > result.content["accuracy"]["null_mean"]


def test_paingen_twins_split_across_folds_are_measured(data_dir):
    result = run("paingen-stimulus", data_dir, permutations=0)
    (row,) = (r for r in result.content["inflation"] if r["rule"] == "W3")
    assert row["value_b"] == result.accuracy
    assert abs(row["difference"]) < 0.05  # high against low tells no family
    assert row["ci95"][0] < row["difference"] < row["ci95"][1]
    assert result.content["design"]["shared"] == {"subject": 0, "family": 0, "site": None}
    assert result.content["data"]["families"] == 243


def test_paingen_ratings_are_means_of_conditions_too(data_dir):
    result = run("paingen-rating", data_dir, permutations=0)
    assert statuses(result)["K2"] == "violated"
    assert all("predicts" not in s.text for s in result.claim.granted)
    assert np.isfinite(result.r2)
