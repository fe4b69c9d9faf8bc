"""The searchlight of a study: what it finds, what it finds in noise, and what the page draws."""

import json
from dataclasses import replace

import numpy as np
import pytest

from dolorimeter.audit import Prediction, Signature
from dolorimeter.decoding import search_samples
from dolorimeter.samples import simulate_samples
from dolorimeter.studies.decoding import DecodingStudy
from dolorimeter.studies.decoding import searchlight as room
from dolorimeter.studies.decoding.plan import make_plan
from dolorimeter.studies.decoding.searchlight import search
from dolorimeter.studies.streams import stream

RUNS = Prediction(scheme="leave-one-run-out", within="", whom="same-subjects")
KEYS = {"radius", "centers", "best", "best_p_max", "n_significant", "null_mean", "note"}


@pytest.fixture(scope="module")
def samples():
    return simulate_samples(3, 3, 6, grid=(3, 4, 3), pattern=1.5, random_state=0)


def radius(samples):
    return 1.1 * float(np.linalg.norm(samples.grid.affine[:3, 0]))


def planned(samples, objective=RUNS, **options):
    study = DecodingStudy(objective, searchlight=radius(samples), **options)
    return make_plan(study, samples, 5)


def test_one_part_is_the_searchlight_with_the_exchange_and_penalty_of_the_study(samples):
    plan = planned(samples, permutations=19, regularization=3.0)
    found = search(plan)
    expected = search_samples(
        plan.everything, radius(samples), "leave-one-run-out", groups=plan.groups,
        regularization=3.0, permutations=19, blocks=plan.exchange.blocks,
        random_state=stream(5, "searchlight", "everybody"),
    )  # fmt: skip
    np.testing.assert_array_equal(found.scores, expected.scores)
    np.testing.assert_allclose(found.map, expected.scores - expected.null_mean)
    np.testing.assert_allclose(found.p_max, expected.p_max)
    told = found.to_dict()
    assert set(told) == KEYS
    assert told["best"] == expected.scores.max()
    assert told["best_p_max"] == pytest.approx(expected.p_max.min())
    assert told["n_significant"] == (expected.p_max <= 0.05).sum() > 0
    assert told["null_mean"] == pytest.approx(expected.null_mean.mean())


def test_subjects_are_averaged_and_p_is_conservative(samples):
    plan = planned(samples, Signature(scheme="leave-one-run-out"), permutations=39)
    found, parts = search(plan), []
    for name, rows in plan.parts:
        parts.append(search_samples(
            plan.everything.take(rows), radius(samples), "leave-one-run-out", permutations=39,
            random_state=stream(5, "searchlight", name),
        ))  # fmt: skip
    np.testing.assert_allclose(found.scores, np.mean([p.scores for p in parts], axis=0))
    largest = np.mean([p.null_max for p in parts], axis=0)
    reached = (largest[None, :] >= found.scores[:, None] - 1e-9).sum(axis=1)
    np.testing.assert_allclose(found.p_max, (1 + reached) / 40)
    assert "means over 3 subjects" in found.note
    assert "conservative" in found.note


def test_noise_has_a_map_about_zero_and_nothing_significant(samples):
    noise = np.random.default_rng(1).normal(size=samples.features.shape)
    found = search(planned(replace(samples, features=noise), permutations=99))
    assert found.to_dict()["n_significant"] == 0
    assert abs(found.map.mean()) < 0.05
    assert found.scores.mean() > 0.4


def test_without_relabelling_the_map_is_less_the_nominal_chance(samples):
    found = search(planned(samples, permutations=0))
    np.testing.assert_allclose(found.map, found.scores - 0.5)
    told = found.to_dict()
    assert told["best_p_max"] is told["n_significant"] is told["null_mean"] is None
    assert "No null" in told["note"]


def test_relabellings_are_capped(samples, monkeypatch):
    monkeypatch.setattr(room, "MOST", 9)
    found = search(planned(samples, permutations=50))
    assert "9 relabellings" in found.note
    assert found.p_max.min() >= 0.1


def test_no_searchlight_no_block(samples):
    assert search(make_plan(DecodingStudy(RUNS), samples, 0)) is None


def test_a_study_whose_mask_fills_the_grid_is_saved_with_its_searchlight(samples, tmp_path):
    study = DecodingStudy(RUNS, searchlight=radius(samples), permutations=9)
    study.run(samples, random_state=0).save(tmp_path / "out")
    results = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    assert set(results["searchlight"]) == KEYS
    assert (tmp_path / "out" / "maps" / "searchlight.nii.gz").exists()
    row = next(m for m in results["maps"] if m["name"] == "searchlight")
    assert row["largest"] < results["searchlight"]["best"]
