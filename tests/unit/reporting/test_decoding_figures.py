"""The drawings of a decoding report: what they show, and what they leave out."""

import re
from typing import Any

import pytest

from dolorimeter.reporting.drawing import house_style
from dolorimeter.reporting.figures_decoding import comparators, null_histogram, unit_scores
from dolorimeter.reporting.figures_decoding_curves import labelling_curve, reverse_inference
from dolorimeter.reporting.figures_decoding_folds import COLORS, fold_grid
from dolorimeter.reporting.figures_decoding_modalities import modalities
from dolorimeter.reporting.tables_decoding import confusion, top_features
from dolorimeter.reporting.tables_rules import rule_rows, status_counts

SCORE: dict[str, Any] = {
    "metric": "accuracy",
    "value": 0.7,
    "chance": 0.5,
    "null_mean": 0.42,
    "ci95": [0.6, 0.8],
    "null_histogram": {"edges": [0.3, 0.4, 0.5], "counts": [3, 5]},
}


def drawn(plate: Any, panel: int = 0) -> str:
    with house_style():
        return str(plate.panels[panel].drawing.markup("f-"))


def folds(n_units: int, n_folds: int) -> list[dict[str, Any]]:
    names = [f"u{i}" for i in range(n_units)]
    return [
        {
            "fold": f"fold {i}",
            "test": [names[i]],
            "train": [name for name in names if name != names[i]],
            "n_test": 5,
            "n_train": 5 * (n_units - 1),
        }
        for i in range(n_folds)
    ]


def bars(svg: str) -> dict[str, int]:
    return {
        role: len(re.findall(rf'<path[^>]*style="fill:var\(--{color.name}\)', svg))
        for role, color in COLORS.items()
    }


@pytest.mark.parametrize(("n_units", "n_folds", "shown"), [(2, 2, 2), (14, 14, 12), (243, 243, 12)])
def test_every_fold_tests_one_unit_and_trains_on_the_others(n_units, n_folds, shown):
    with house_style():
        svg = drawn(fold_grid(folds(n_units, n_folds), "subject", ""))
    tested = min(n_units, shown)
    # The first and last unit of the staircase have training on one side only.
    one_sided = 1 + (n_units == shown)
    assert bars(svg) == {"test": tested, "train": 2 * tested - one_sided, "both": 0}
    assert f"{n_units} subjects" in svg
    assert svg.count("fold ") >= shown


def test_a_unit_on_both_sides_of_a_fold_is_shown_as_a_leak():
    leaky = folds(4, 4)
    leaky[1]["train"].append("u1")
    with house_style():
        plate = fold_grid(leaky, "family", "")
        assert bars(drawn(plate))["both"] == 1
        assert "both: a leak" in [name for name, _ in plate.legend]
        assert "both: a leak" not in [n for n, _ in fold_grid(folds(4, 4), "family", "").legend]
        assert "4 families" in drawn(plate)


def test_without_units_there_is_no_grid():
    assert fold_grid([], "subject", "") is None
    assert fold_grid([{"fold": "a", "test": [], "train": None}], "subject", "") is None


def test_the_null_is_drawn_with_the_chance_that_is_not_it():
    with house_style():
        svg = drawn(null_histogram(SCORE, ""))
        assert svg.count("stroke-dasharray") == 1  # the nominal chance, and nothing else
        no_chance = drawn(null_histogram({**SCORE, "chance": None}, ""))
        assert "stroke-dasharray" not in no_chance
        assert "nominal" not in no_chance
    assert null_histogram({**SCORE, "null_histogram": None}, "") is None
    assert null_histogram({**SCORE, "value": None}, "") is None


def test_few_units_are_named_and_many_are_in_order():
    with house_style():
        few = drawn(unit_scores([("a", 0.5), ("b", None), ("c", 0.75)], SCORE, ""))
        assert all(text in few for text in (">a<", ">c<", "0.750"))
        assert ">b<" not in few
        many = drawn(unit_scores([(f"s{i}", i / 400) for i in range(300)], SCORE, ""))
        assert "300, in order of their score" in many
        assert many.count("<use") >= 300
    assert unit_scores([("a", None)], SCORE, "") is None


def test_comparators_need_something_to_compare_with():
    with house_style():
        assert comparators([("This study", SCORE), ("Other", {})], "") is None
        svg = drawn(comparators([("This study", SCORE), ("Other", {**SCORE, "value": 0.6})], ""))
    assert "0.600" in svg


def test_only_a_single_trial_is_called_a_prediction():
    curve = [
        {"m": 1, "accuracy": 0.725, "expected": 0.725},
        {"m": 4, "accuracy": 0.88, "expected": 0.884},
    ]
    with house_style():
        assert "single trial 0.725" in drawn(labelling_curve({"curve": curve}, ""))
        assert "single trial 0" not in drawn(labelling_curve({"curve": curve[1:]}, ""))
        measured = [{**point, "accuracy": None} for point in curve]
        assert "single trial 0" not in drawn(labelling_curve({"curve": measured}, ""))
    assert labelling_curve({"curve": []}, "") is None


def test_the_probability_of_pain_stands_at_its_base_rate():
    curve = [{"prior": p / 4, "probability": p / 4} for p in range(5)]
    block = {"curve": curve, "base_rate": 0.25, "probability": 0.25, "ci95": [0.2, 0.3]}
    with house_style():
        assert "0.250 at a base rate of 0.25" in drawn(reverse_inference(block, ""))
        assert (
            "at a base rate of 0"
            not in drawn(reverse_inference({"curve": curve}, "")).split(">", 1)[1]
        )
    assert reverse_inference({}, "") is None


def test_a_modality_without_ratings_has_no_salience():
    entries = [{"modality": "touch", "separation": 1.0, "separation_ci95": None}]
    with house_style():
        assert len(modalities(entries, "").panels) == 1
        rated = [
            {**entries[0], "salience_difference": 0.1, "salience_ci95": [0, 0.2], "margin": 0.4}
        ]
        assert len(modalities(rated, "").panels) == 2
    assert modalities([{"modality": "touch"}], "") is None


def test_confusion_shows_the_share_of_its_row():
    block = {"rows": ["a", "b"], "columns": ["x", "y"], "counts": [[3, 1], [0, 0]]}
    table = confusion(block, "", "")
    assert [cell.share for cell in table.rows[0].cells] == [0.75, 0.25]
    assert table.rows[0].cells[0].under.startswith("75")
    assert [cell.share for cell in table.rows[1].cells] == [None, None]
    assert confusion(None, "", "") is None


def test_bars_of_features_show_size_whatever_the_sign():
    entries = [
        {"feature": "a", "weight": -4.0, "pattern": 0.5},
        {"feature": "b", "weight": 2.0, "pattern": None},
    ]
    table = top_features(entries, "")
    assert [row.cells[0].share for row in table.rows] == [1.0, 0.5]
    assert table.rows[0].cells[0].text == "−4"
    assert table.rows[1].cells[1].text == "–"


def test_rules_keep_their_verdict_and_one_anchor_each():
    rows = rule_rows(
        [
            {"rule": "K2", "status": "violated", "reason": "r", "analysis": "HMM"},
            {"rule": "K2", "status": "passed", "reason": "r"},
            {"rule": "x y", "status": "new-status", "reason": "r", "severity": "blocks"},
        ]
    )
    assert [row.anchor for row in rows] == ["rule-K2", "", ""]
    assert [row.status for row in rows] == ["violated", "passed", "unknown"]
    assert rows[0].notes == ("HMM",)
    assert rows[2].notes == ("can block a claim",)
    assert status_counts(rows) == (
        ("passed", "Passed", 1),
        ("violated", "Violated", 1),
        ("unknown", "Unknown", 1),
    )
