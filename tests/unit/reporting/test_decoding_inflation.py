"""What looser protocols add, and other parts of the decoding report that must not mislead."""

import runpy
from pathlib import Path
from typing import Any

import pytest

from dolorimeter.reporting import render_decoding_report
from dolorimeter.reporting.decoding_inflation import inflation, questions
from dolorimeter.reporting.decoding_labelling import labelled
from dolorimeter.reporting.decoding_methods import methods
from dolorimeter.reporting.decoding_parts import mapped, score_view
from dolorimeter.reporting.decoding_views import data_facts, design_facts
from dolorimeter.reporting.decoding_words import question, trials_words
from dolorimeter.reporting.drawing import house_style
from dolorimeter.reporting.figures_decoding_curves import labelling_curve
from dolorimeter.reporting.figures_decoding_folds import fold_grid
from dolorimeter.reporting.figures_decoding_modalities import modalities
from dolorimeter.reporting.formats import DASH

FABRICATED = runpy.run_path(str(Path(__file__).with_name("fabricated_decoding.py")))
HEADING = "What a looser protocol would have shown"
TWINS: dict[str, Any] = {
    "rule": "W3",
    "question": "What does it add to leave out single people?",
    "a": "leave one person out",
    "b": "leave one family out",
    "metric": "accuracy",
    "value_a": 0.61,
    "value_b": 0.58,
    "difference": 0.03,
    "se": 0.01,
    "ci95": [0.01, 0.05],
}


@pytest.fixture
def results() -> Any:
    return FABRICATED["fabricated_decoding"]("minimal")


def texts(entry: dict[str, Any]) -> list[str]:
    table = inflation([entry], "")
    assert table is not None
    return [cell.text for cell in table.rows[0].cells]


def test_one_row_a_comparison():
    table = inflation([TWINS, {**TWINS, "rule": "K5", "a": "select outside"}], "Caption.")
    assert table is not None
    assert [row.head for row in table.rows] == [
        "Leave one person out against leave one family out (W3)",
        "Select outside against leave one family out (K5)",
    ]
    assert texts(TWINS) == ["Accuracy", "0.610", "0.580", "+0.030", "0.010 to 0.050"]
    assert len(table.columns) == len(table.rows[0].cells) + 1
    assert any("no proof that a looser design is harmless" in note for note in table.notes)


def test_signs_and_gaps():
    assert texts({**TWINS, "difference": -0.03})[3] == "−0.030"
    assert texts({**TWINS, "difference": None, "ci95": None})[3:] == [DASH, DASH]
    assert texts({**TWINS, "metric": "r2"})[0] == "R²"


def test_each_question_once():
    assert questions([TWINS, TWINS, {**TWINS, "question": "Another?"}]) == (
        "What does it add to leave out single people? Another?"
    )


def test_the_table_stands_in_the_page(results):
    results["accuracy"] = {"metric": "accuracy", "value": 0.58}
    page = render_decoding_report({**results, "inflation": [TWINS]})
    assert page.count(f">{HEADING}</h3>") == 1
    assert page.index(">Score</h2>") < page.index(f">{HEADING}</h3>")
    assert "leave one family out (W3)" in page
    hostile = "<script>alert(1)</script>"
    attack = {**TWINS, "a": hostile, "b": hostile, "rule": hostile, "question": hostile}
    assert hostile not in render_decoding_report({**results, "inflation": [attack]})


@pytest.mark.parametrize("absent", [[], None, "missing"])
def test_nothing_measured_nothing_shown(results, absent):
    if absent != "missing":
        results["inflation"] = absent
    else:
        results.pop("inflation", None)
    assert HEADING not in render_decoding_report(results)


def test_steps_inside_the_folds_and_tuning_are_told():
    design = {"estimator": "lda", "inside": ["scaling"], "tuned": "penalty of 3", "outside": []}
    said = " ".join(methods({"design": design}))
    assert "training samples of each fold: scaling." in said
    assert "Tuned: penalty of 3." in said
    assert "linear discriminant analysis" in said
    facts = dict(design_facts(design))
    assert facts["Fitted inside the folds"] == "scaling"
    assert facts["Tuned"] == "penalty of 3"
    without = {**design, "inside": [], "tuned": ""}
    assert not {"Fitted inside the folds", "Tuned"} & set(dict(design_facts(without)))
    assert "Tuned" not in " ".join(methods({"design": without}))


@pytest.mark.parametrize(
    ("least", "most", "said"),
    [(1, 1, "1"), (2, 2, "2 or more"), (1, 2, "1, 2 or more"), (4, 12, "4 to 12"), (8, 8, "8")],
)
def test_two_trials_stand_for_any_number_above_one(least, most, said):
    assert trials_words(least, most) == said
    behind = {"trials_behind": {"least": least, "most": most, "unknown": 0}}
    assert dict(data_facts(behind))["Trials behind a sample"] == said


@pytest.mark.parametrize(
    ("behind", "noun"),
    [
        ({"least": 1, "most": 1, "unknown": 0}, "trial"),
        ({"least": 2, "most": 2, "unknown": 0}, "sample"),
        ({"least": 1, "most": 1, "unknown": 3}, "sample"),
        (None, "sample"),
    ],
)
def test_averages_are_never_called_single_trials(behind, noun):
    curve = [{"m": 1, "accuracy": 0.7, "expected": 0.7}, {"m": 4, "accuracy": 0.9}]
    forced = {"m": 1, "accuracy": 0.8, "pairs": 10}
    with house_style():
        found = labelled(
            {
                "data": {"trials_behind": behind},
                "labelling": {"curve": curve, "forced_choice": forced},
            }
        )
        assert found is not None
        svg = str(found["plate"].panels[0].drawing.markup("f-"))
    assert found["noun"] == noun
    assert f"two single {noun}s, one of each class" in found["forced"]
    assert f"single {noun} 0.700" in svg


def test_intervals_of_the_labelling_curve_are_drawn():
    bare = [{"m": 1, "accuracy": 0.7, "expected": 0.7}, {"m": 4, "accuracy": 0.9}]
    spread = [bare[0], {**bare[1], "ci95": [0.6, 0.95]}]
    with house_style():
        without, drawn = (
            str(labelling_curve({"curve": c}, "").panels[0].drawing.markup("f-"))
            for c in (bare, spread)
        )
    assert drawn.count("<path") == without.count("<path") + 1


def test_salience_is_that_of_pain_less_the_other():
    entry = {"modality": "touch", "salience_difference": 0.4, "salience_ci95": [0.2, 0.6]}
    with house_style():
        (panel,) = modalities([entry], "").panels
    assert panel.title == "Salience, pain minus it"


def test_folds_of_one_subject_are_not_drawn_twice():
    scores = [{"n": 8, "score": 0.5}, {"n": 8, "score": 0.75}]
    both = {
        "folds": [{"name": f"subject {i}", **s} for i, s in enumerate(scores)],
        "subjects": [{"subject": str(i), **s} for i, s in enumerate(scores)],
        "accuracy": {"metric": "accuracy", "value": 0.625},
    }
    with house_style():
        view = score_view(both)
        assert view["folds_are_subjects"]
        assert view["fold_scores"] is None
        assert view["subject_scores"] is not None
        both["folds"][0]["score"] = 0.6
        assert score_view(both)["fold_scores"] is not None


def test_names_over_columns_keep_what_tells_them_apart():
    names = [f"sub-{i:03d}" for i in range(1, 4)]
    folds = [
        {"fold": n, "test": [n], "train": [m for m in names if m != n], "n_test": 1, "n_train": 2}
        for n in names
    ]
    with house_style():
        svg = str(fold_grid(folds, "subject", "").panels[0].drawing.markup("f-"))
    for short in (">1<", ">2<", ">3<"):
        assert short in svg
    assert "sub-0…" not in svg


def test_voxels_are_called_voxels():
    top = [{"feature": "1 2 3", "weight": 0.5, "pattern": 0.2}]
    for in_space, head in ((True, "Voxel i j k"), (False, "Feature")):
        found = mapped({"data": {"has_space": in_space}, "top_features": top}, {})
        assert found["top"].columns[0] == head


def test_a_target_without_a_name_is_asked_by_its_classes():
    target = {"class_names": ["low", "high"]}
    said = question({"data": {"target": target}, "design": {"objective": "prediction"}})
    assert said.startswith("can low or high be predicted")
    said = question({"data": {"target": {**target, "name": "heat"}}})
    assert "heat (low or high)" in said
    (first, *_) = methods({"data": {"samples": 4, "source": "simulated: pattern 0.6"}})
    assert first == "4 samples were simulated (pattern 0.6)."
