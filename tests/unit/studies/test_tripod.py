"""The TRIPOD+AI checklist: whole, in order, filled by what a run knows and by nothing else."""

from collections import Counter
from typing import Any

import pytest

from dolorimeter.studies.tripod import fill_tripod

# Collins et al. 2024, BMJ 385:e078378: how many parts each of the 27 items has.
PARTS = {3: 3, 5: 2, 6: 3, 8: 3, 9: 3, 12: 7, 18: 6, 20: 3, 23: 2, 27: 3}
ITEMS = [
    f"{item}{'abcdefg'[part] if item in PARTS else ''}"
    for item in range(1, 28)
    for part in range(PARTS.get(item, 1))
]
RUN: dict[str, Any] = {
    "study": "decoding",
    "version": "0.1.0",
    "title": "Heat pain from fMRI",
    "summary": ["It was shown."],
    "data": {
        "source": "paingen: 40 rows without a target were dropped",
        "samples": 90,
        "subjects": 3,
        "sites": 1,
        "features": 500,
        "target": {
            "kind": "classes",
            "name": "heat",
            "class_names": ["low", "high"],
            "class_counts": [45, 45],
        },
    },
    "design": {
        "objective": "prediction",
        "scheme": "leave-one-subject-out",
        "unit": "subject",
        "normalization": "none",
        "estimator": "lda",
        "regularization": 1.0,
        "priors": None,
        "permutations": 999,
        "exchanged": "trials within subject",
        "folds": 3,
        "fold_sizes": [30, 30, 30],
        "shared": {"subject": 0, "family": None, "site": None},
        "outside": [],
    },
    "accuracy": {"metric": "accuracy", "value": 0.7254, "ci95": [0.6, 0.8]},
    "subjects": [{"subject": "a", "n": 30, "score": 0.6}, {"subject": "b", "n": 30, "score": 0.8}],
    "maps": [{"name": "weights", "file": "maps/weights.nii.gz"}],
    "claim": {
        "findings": [{"rule": "K2", "status": "violated"}, {"rule": "W3", "status": "passed"}]
    },
}
NEVER_KNOWN = {
    *("3a", "3b", "3c", "5b", "6b", "6c", "8b", "8c", "9c", "10", "14", "17", "19"),
    *("18a", "18b", "18c", "18d", "18e", "20b", "20c", "25", "27a", "27b", "27c"),
}


def by_item(results: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {entry["item"]: entry for entry in fill_tripod(results)}


def test_the_list_is_that_of_the_paper():
    entries = fill_tripod({"study": "decoding"})
    assert [entry["item"] for entry in entries] == ITEMS
    assert len(entries) == 52
    assert Counter(entry["section"] for entry in entries) == {
        "Title and abstract": 2,
        "Introduction": 4,
        "Methods": 26,
        "Open science": 6,
        "Patient and public involvement": 1,
        "Results": 8,
        "Discussion": 5,
    }
    assert all(set(e) == {"item", "section", "text", "filled", "value"} for e in entries)


def test_a_run_fills_what_it_knows_and_leaves_the_rest_open():
    entries = by_item(RUN)
    assert {item for item, entry in entries.items() if not entry["filled"]} == NEVER_KNOWN
    assert all(bool(entry["value"]) == entry["filled"] for entry in entries.values())


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ("5a", "40 rows without a target were dropped. Still to be written: why these data"),
        ("12a", "leave-one-subject-out. 3 folds"),
        ("12e", "Null by 999 relabellings, exchanging trials within subject"),
        ("13", "Class counts: low 45, high 45"),
        ("16", "subject 0"),
        ("23a", "Accuracy 0.725 (95 % interval 0.600 to 0.800)"),
        ("23b", "0.600 to 0.800"),
        ("26", "K2"),
    ],
)
def test_the_value_holds_the_number_of_the_run(item, words):
    assert words in by_item(RUN)[item]["value"]


def test_a_rule_that_passed_is_no_limitation():
    assert "W3" not in by_item(RUN)["26"]["value"]


@pytest.mark.parametrize("empty", [None, {}])
def test_without_blocks_nothing_is_filled(empty):
    blocks = {name: empty for name in RUN if isinstance(RUN[name], dict)}
    results = {"study": "decoding", **blocks, "subjects": None, "maps": None}
    assert not any(entry["filled"] for entry in fill_tripod(results))


@pytest.mark.parametrize("key", list(RUN["design"]))
def test_removing_a_fact_fills_nothing(key):
    design = {name: value for name, value in RUN["design"].items() if name != key}
    before, after = by_item(RUN), by_item({**RUN, "design": design})
    assert all(before[item]["filled"] for item in after if after[item]["filled"])


def test_an_interval_that_is_missing_is_said_to_be():
    score = {"metric": "r2", "value": 0.1, "ci95": None}
    assert "without interval" in by_item({**RUN, "accuracy": score})["23a"]["value"]


def test_a_number_as_target():
    target = {"kind": "number", "name": "rating", "mean": 3.2, "deviation": 1.5}
    entries = by_item({**RUN, "data": {**RUN["data"], "target": target}})
    assert "mean 3.2 and deviation 1.5" in entries["8a"]["value"]
    assert not entries["13"]["filled"]


def test_a_study_of_vital_signs_is_filled_too():
    results = {
        "study": "vitals",
        "title": "Pain states",
        "version": "0.1.0",
        "data": {"source": "meds", "patients": 56, "stays": 74, "percent_present": {"pulse": 93.0}},
        "design": {"folds": 10, "group": "patient", "vitals": ["pulse"]},
        "tasks": {"direct": {}},
    }
    entries = by_item(results)
    assert entries["20a"]["value"].startswith("Patients 56, stays 74.")
    assert "10 folds, each patient whole" in entries["12a"]["value"]
    assert not entries["23a"]["filled"]


def test_an_unknown_study_fills_nothing():
    assert not any(entry["filled"] for entry in fill_tripod({"study": "imaging", "title": "x"}))
