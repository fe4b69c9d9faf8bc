"""What looser designs add to the VUS, against direct recomputation and planted leaks."""

from dataclasses import replace

import numpy as np
import pytest

from dolorimeter.core import Folds, InputError
from dolorimeter.evaluation import Predictions, compare, vus
from dolorimeter.studies import VitalsStudy
from dolorimeter.studies.streams import stream
from dolorimeter.studies.vitals.arm import run_arm
from dolorimeter.studies.vitals.dealing import (
    deal_folds,
    duplicate_stays,
    held_by,
    shared_patients,
)
from dolorimeter.studies.vitals.inflation import measure_inflation
from dolorimeter.tables import Target, make_windows, reference_vitals, simulate_cohort

SMALL = {
    "models": ("hmm", "nb"),
    "folds": 4,
    "history": "none",
    "null_bootstraps": 20,
    "learning_splits": 0,
    "n_bootstrap": 200,
    "n_jobs": 1,
}


def entries(result):
    return {(e["rule"], e["task"], e["model"], e["a"]): e for e in result.content["inflation"]}


def test_three_things_are_measured(result):
    found = entries(result)
    tasks = ("direct", "median-referenced", "difference")
    for task in tasks:
        assert ("W3", task, "nb", "folds of stays") in found
        assert ("W3", task, "hmm", "folds of stays") in found
        assert ("K6", task, "hmm", "smoothing") in found
        assert ("K6", task, "nb", "smoothing") not in found  # it knows no order
        reference = ("K6", task, "hmm", "whole-stay standardization") in found
        assert reference == (task == "median-referenced")
    for e in found.values():
        assert e["difference"] == pytest.approx(e["value_a"] - e["value_b"], abs=1e-12)
        assert e["ci95"][0] < e["difference"] < e["ci95"][1]
        assert e["p_holm"] >= e["p"]


def test_the_study_itself_is_one_side_of_each(result):
    """Smoothing and patient folds are what the study ran: their VUS is the headline's."""
    found = entries(result)
    for task, block in result.content["tasks"].items():
        headline = block["models"]["hmm"]["metrics"]["vus"]["mean"]
        assert found["W3", task, "hmm", "folds of stays"]["value_b"] == headline
        assert found["K6", task, "hmm", "smoothing"]["value_a"] == headline


def test_folds_of_stays_are_what_a_study_by_stay_runs(cohort):
    study = VitalsStudy(task="direct", **SMALL)
    by_patient = study.run(cohort, random_state=3)
    by_stay = replace(study, group="stay").run(cohort, random_state=3)
    pairs = [
        entries(each)["W3", "direct", "hmm", "folds of stays"] for each in (by_patient, by_stay)
    ]
    assert pairs[0] == pairs[1]
    headline = by_stay.content["tasks"]["direct"]["models"]["hmm"]["metrics"]["vus"]["mean"]
    assert pairs[0]["value_a"] == headline


def test_only_the_reference_of_the_features_differs(cohort):
    """Recompute both sides by hand from the two targets."""
    study = VitalsStudy(task="median-referenced", **SMALL)
    folds = deal_folds(study, cohort, 3)
    arm = run_arm(study, cohort, folds, "median-referenced", "none", 3)
    entry = next(
        e for e in measure_inflation(study, arm, 3)
        if e["a"] == "whole-stay standardization" and e["model"] == "nb"
    )  # fmt: skip
    targets = [Target("median-referenced", reference=r) for r in ("stay", "causal")]
    vitals, offsets = cohort.vitals, cohort.offsets
    present = [~np.isnan(reference_vitals(vitals, offsets, target)) for target in targets]
    alike = (present[0] == present[1]).all(axis=1) & present[0].any(axis=1) & (arm.labels >= 0)
    assert 0 < alike.sum() < (arm.labels >= 0).sum()
    assert entry["windows"] == alike.sum()
    predictions = arm.predictions(arm.fits["nb"].probabilities, np.where(alike, arm.labels, -1))
    whole = vus(predictions.probabilities, predictions.labels, folds=predictions.fold).value
    assert entry["value_a"] == pytest.approx(whole, abs=1e-12)
    assert entry["value_b"] != entry["value_a"]


def test_it_can_be_left_out_and_changes_no_other_number(cohort, study, result):
    small = VitalsStudy(task="direct", **SMALL)
    with_it, without = (
        replace(small, inflation=on).run(cohort, random_state=3).to_dict() for on in (True, False)
    )
    assert without["inflation"] == []
    for content in (with_it, without):
        for name in ("created", "inflation", "claim"):
            content.pop(name)
    assert with_it == without


def test_where_no_patient_comes_twice_it_says_so():
    cohort = make_windows(simulate_cohort(10, 10, signal=4.0, random_state=1), "2h", "48h")
    result = VitalsStudy(task="direct", **SMALL).run(cohort, random_state=0)
    entry = next(e for e in result.content["inflation"] if e["rule"] == "W3")
    assert entry["difference"] is None
    assert "share no patient" in entry["note"]
    assert "changed the VUS" not in next(f.reason for f in result.claim.findings if f.rule == "W3")


def test_a_reference_that_cannot_be_had_is_named(cohort):
    """One vital is seen twice a stay: enough for the whole stay, too seldom for what is causal."""
    vitals = cohort.vitals.copy()
    vitals[:, 0] = np.nan
    for start, end in zip(cohort.offsets, cohort.offsets[1:], strict=False):
        vitals[[start, end - 1], 0] = [60.0 + start % 7, 90.0]
    rare = replace(cohort, vitals=vitals)
    result = VitalsStudy(task="median-referenced", **SMALL).run(rare, random_state=3)
    by_rule = {(e["rule"], e["a"]): e for e in result.content["inflation"]}
    entry = by_rule["K6", "whole-stay standardization"]
    assert entry["difference"] is None
    assert "one cannot be had: vital" in entry["note"]
    assert by_rule["K6", "smoothing"]["difference"] is not None
    assert "one cannot be had" in result.inflation_text


def test_folds_that_cannot_be_had_are_named(cohort):
    study = VitalsStudy(task="direct", group="stay", **(SMALL | {"folds": 13}))
    result = study.run(cohort, random_state=0)
    note = next(e["note"] for e in result.content["inflation"] if e["rule"] == "W3")
    assert "13 folds of 12 patients" in note


def test_other_folds_are_compared_only_when_asked(cohort):
    """The influence of a patient is the difference of its two, and the error their norm."""
    study = VitalsStudy(task="direct", **SMALL)
    sides = []
    for group in ("stay", "patient"):
        one = replace(study, group=group)
        arm = run_arm(one, cohort, deal_folds(one, cohort, 3), "direct", "none", 3)
        sides.append(arm.predictions(arm.fits["nb"].probabilities))
    with pytest.raises(InputError, match="fingerprint"):
        compare(*sides)
    found = compare(*sides, random_state=stream(0), across_folds=True)
    parts = [vus(s.probabilities, s.labels, groups=s.patient, folds=s.fold) for s in sides]
    assert found.difference == pytest.approx(parts[0].value - parts[1].value, abs=1e-12)
    moved = parts[0].influence - parts[1].influence
    n = len(moved)
    assert found.se == pytest.approx(np.sqrt(1.5 * n / (n - 1)) * np.linalg.norm(moved), rel=1e-9)


def test_a_patient_without_a_triple_in_one_folding_still_counts():
    """Patient 3 forms no triple in a, whose fold 1 lacks classes, and one in b."""
    labels, patient = np.array([0, 1, 2] * 6 + [0]), np.repeat([0, 1, 2, 3], [6, 6, 6, 1])
    p = np.random.default_rng(0).dirichlet(np.ones(3), 19)

    def sides(fold):
        names = ("low", "medium", "high")
        return Predictions(p, labels, np.array(fold), patient, np.arange(19), names, str(fold))

    a, b = sides([0] * 18 + [1]), sides([0] * 9 + [1] * 10)
    found = compare(a, b, random_state=0, across_folds=True)
    parts = [vus(s.probabilities, s.labels, groups=s.patient, folds=s.fold) for s in (a, b)]
    moved = parts[0].influence - parts[1].influence
    assert parts[0].group_triples[3] == 0 < parts[1].group_triples[3]
    assert found.se > 0
    assert found.se == pytest.approx(np.sqrt(1.5 * 4 / 3) * np.linalg.norm(moved), rel=1e-9)


def test_planted_leaks_are_measured(cohort):
    """Shared patients, a stay under two names, and a vital that holds the class."""
    study = VitalsStudy(task="direct", **SMALL)
    by_stay = deal_folds(replace(study, group="stay"), cohort, 0)
    assert shared_patients(cohort, by_stay) > 0
    folds = deal_folds(study, cohort, 0)
    assert (shared_patients(cohort, folds), duplicate_stays(cohort, folds)) == (0, 0)
    stays = np.array([*range(cohort.n_stays), 0])
    twice = replace(
        cohort.select(stays),
        stay_ids=np.append(cohort.stay_ids, "copy"),
        patient_ids=np.append(cohort.patient_ids, "other"),
    )
    split = Folds.of(
        (np.arange(12), np.arange(12, len(stays))), "patient", twice.stay_ids.astype(str)
    )
    assert duplicate_stays(twice, split) == 1
    arm = run_arm(study, cohort, folds, "direct", "none", 0)
    assert held_by(arm) == ()
    vitals = cohort.vitals.copy()
    vitals[:, 0] = np.where(arm.labels >= 0, 60.0 + arm.labels, np.nan)
    assert held_by(replace(arm, cohort=replace(cohort, vitals=vitals))) == (cohort.vital_names[0],)


def test_stay_folds_are_warned_of_and_reach_no_new_patient(cohort):
    result = VitalsStudy(task="direct", group="stay", **SMALL).run(cohort, random_state=3)
    found = next(f for f in result.claim.findings if f.rule == "W3")
    assert found.status == "warned"
    assert "changed the VUS" in found.reason
    assert result.content["design"]["folds_kept_whole"]
    assert any("holds for new patients" in s.text for s in result.claim.refused)


def test_a_whole_stay_reference_cannot_be_had_with_reports():
    target = VitalsStudy().target("median-referenced", "reports")
    assert target.reference == "causal"
