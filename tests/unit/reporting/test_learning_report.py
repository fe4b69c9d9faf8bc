"""The learning report as a page: claim first, gaps said, identification plain, safe in any case."""

import json
import re
import runpy
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from dolorimeter.core import InputError
from dolorimeter.reporting import render, render_learning_report
from dolorimeter.reporting.figures_learning import SERIES
from dolorimeter.reporting.figures_learning_asked import ratings, temperatures
from dolorimeter.reporting.learning_words import model_name, not_done, question, trial_type

FOLDER = Path(__file__).parent
PAGES = runpy.run_path(str(FOLDER / "pages.py"))
Page, attacked, emptied, harmless, paths, sections, without = (
    PAGES[name]
    for name in ("Page", "attacked", "emptied", "harmless", "paths", "sections", "without")
)
SECTIONS = [
    "What may be claimed",
    "Summary",
    "Data",
    "Design",
    "Values and errors",
    "Behavior",
    "Learning rate",
    "Fitted models",
    "Comparison of models",
    "Recovery",
    "What a looser analysis would have shown",
    "The rules behind the claim",
    "Methods, ready to paste",
    "What was not done",
]


@pytest.fixture(scope="module")
def fabricate() -> Callable[[str], dict[str, Any]]:
    return runpy.run_path(str(FOLDER / "fabricated_learning.py"))["fabricated_learning"]


@pytest.fixture
def full(fabricate: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    return fabricate("full")


@pytest.fixture
def light(full: dict[str, Any]) -> dict[str, Any]:
    """Return results with little to draw, where a test is about words."""
    full["design"]["timeline"] = full["design"]["timeline"][:2]
    full["learned"]["course"] = {}
    full["learned"]["trial_types"] = full["learned"]["trial_types"][:1]
    full["behaviour"]["preferences"]["scores"] = None
    full["behaviour"]["by_cue"] = None
    full["behaviour"]["calibration"] = full["behaviour"]["ratings"] = None
    for fit in full["fits"]["rt"].values():
        fit["parameters"] = {}
    full["fits"] = {"rt": full["fits"]["rt"]}
    del full["criterion"]["heart-rate"]
    full["criterion"]["rt"]["profile"] = None
    full["comparison"] = {"rt": {"models": ["td", "rw"], "bic": [1.0, 2.0]}}
    full["recovery"]["parameters"]["true"] = [0.3]
    return full


@pytest.fixture(scope="module", params=["full", "sequence", "minimal"])
def page(request: pytest.FixtureRequest, fabricate: Callable[[str], dict[str, Any]]) -> str:
    return render_learning_report(fabricate(request.param))


@pytest.mark.parametrize("check", PAGES["CHECKS"], ids=lambda check: check.__name__)
def test_the_page_is_sound(page: str, check: Callable[[str], None]) -> None:
    check(page)


def test_the_colors_of_cues_are_those_of_the_style_sheet(light: dict[str, Any]) -> None:
    page = render_learning_report(light)
    for color in SERIES:
        assert re.findall(rf"--{color.name}: (#\w+)", page) == [color.light, color.dark]


def test_sections_stand_in_order(light: dict[str, Any]) -> None:
    assert sections(Page(render_learning_report(light))) == SECTIONS


def test_the_claim_comes_before_any_result(light: dict[str, Any]) -> None:
    words = Page(render_learning_report(light)).words
    for kind in ("granted", "refused", "unproven"):
        for statement in light["claim"][kind]:
            assert 0 < words.index(statement["text"]) < words.index(light["summary"][0])


def test_rules_that_do_not_apply_are_folded_away(light: dict[str, Any]) -> None:
    page = render_learning_report(light)
    folded = page[page.index("Rules that do not apply here: 1") :]
    assert 'id="rule-C6"' in folded
    assert 'id="rule-C4"' not in folded
    light["claim"]["findings"] = light["claim"]["findings"][:1]
    assert "do not apply" not in render_learning_report(light)


def test_a_study_without_an_audit_claims_nothing(light: dict[str, Any]) -> None:
    words = Page(render_learning_report({**light, "claim": None})).words
    assert "The study was not audited, so nothing may be claimed" in words
    assert "may be said" not in words


def test_rule_ids_lead_to_their_rows(light: dict[str, Any]) -> None:
    page = render_learning_report(light)
    assert '<a class="rules" href="#rule-K5">K5</a>' in page
    assert 'id="rule-K5"' in page
    assert '<span class="rules">C9</span>' in page  # no finding of that rule


@pytest.mark.parametrize(
    ("known", "said", "status"),
    [
        (True, "Alpha is identified by the reaction time.", "passed"),
        (False, "Alpha is not identified by the reaction time.", "warned"),
        (None, "Alpha was not examined for being identified by the reaction time.", "unknown"),
    ],
)
def test_it_is_said_whether_alpha_is_identified(
    light: dict[str, Any], known: bool | None, said: str, status: str
) -> None:
    light["fits"]["rt"]["td"] |= {"identified": known, "reason": "Because of this."}
    page = render_learning_report(light)
    finding = page[page.index('<p class="finding') :]
    finding = finding[: finding.index("</p>")]
    assert f"status-{status}" in finding
    assert said in finding
    assert "Because of this." in finding


def test_models_without_identified_parameters_are_named(light: dict[str, Any]) -> None:
    words = Page(render_learning_report(light)).words
    assert "do not settle the parameters of Pearce–Hall, hybrid and dual learning rates" in words
    for fit in light["fits"]["rt"].values():
        fit["identified"] = True
    assert "do not settle" not in Page(render_learning_report(light)).words


def test_the_p_that_repeats_the_search_is_told_from_the_other(light: dict[str, Any]) -> None:
    page = render_learning_report(light)
    for name, text in (("p, the search repeated", "0.013"), ("p, as if alpha were given", "0.005")):
        assert f"<dt>{name}</dt><dd>{text}</dd>" in page


def test_sensitivity_stands_beside_the_result(light: dict[str, Any]) -> None:
    page = render_learning_report(light)
    for head, alpha in (
        ("As reported", "0.30"),
        ("Without the first ten trials", "0.40"),
        ("v0 = −0.50", "0.26"),
        ("v0 = 0.50", "0.45"),
    ):
        assert re.search(rf"{head}</th>\s*<td[^>]*>{alpha}<", page)


def test_notices_are_shown_and_many_are_folded(
    fabricate: Callable[[str], dict[str, Any]], light: dict[str, Any]
) -> None:
    page = render_learning_report(fabricate("sequence"))
    first, folded = page.split("<details>", 1)
    assert first.count("the link leads nowhere") == 8
    assert folded.count("the link leads nowhere") == 24
    assert "24 further notices" in folded
    light["data"]["notices"] = []
    assert "gave no notice" in render_learning_report(light)


def test_a_task_without_cues_is_drawn_without_any(
    fabricate: Callable[[str], dict[str, Any]],
) -> None:
    parsed = Page(render_learning_report(fabricate("sequence")))
    assert "Run 04, 260 trials" in parsed.words
    assert "means over subjects" in parsed.words
    assert "over the presentations of each cue" not in parsed.words
    assert "hollow" not in parsed.words
    assert "0.861 to 0.885" in parsed.words
    assert "minutes since the first trial of the run" in parsed.words


def test_the_methods_stand_in_a_box_word_for_word(light: dict[str, Any]) -> None:
    page = render_learning_report(light)
    box = page[page.index('<div class="paste"') :]
    box = box[: box.index("</div>")]
    assert re.findall(r"<p>(.*?)</p>", box) == light["methods"]


UNDONE = {
    "claim": "not audited",
    "summary": "left no summary",
    "data": "Nothing is recorded of the data",
    "design": "Nothing is recorded of the design",
    "learned": "No model was run over the trials",
    "behaviour": "No behavior was measured",
    "criterion": "No learning rate was sought",
    "fits": "No model was fitted to a measure: its parameters are assumed",
    "comparison": "Models were not compared",
    "recovery": "Whether the true model is chosen was not tested",
    "methods": "recorded nothing of its methods",
}


@pytest.mark.parametrize("gone", ["missing", "null"])
def test_a_block_that_is_not_there_is_said_not_to_be_done(light: dict[str, Any], gone: str) -> None:
    complete = Page(render_learning_report(light)).words
    kept = {key: value for key, value in light.items() if key not in UNDONE}
    if gone == "null":
        kept |= dict.fromkeys(UNDONE)
    bare = Page(render_learning_report(kept)).words
    for said in UNDONE.values():
        assert said not in complete
        assert said in bare


def test_any_part_of_any_block_may_be_null(
    fabricate: Callable[[str], dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each block by itself, with one part of it null at a time; SVG is not written for this."""
    monkeypatch.setattr("dolorimeter.reporting.drawing.Drawing.markup", lambda *_: "")
    monkeypatch.setattr(render, "_environment", cache(render._environment))
    full, minimal = fabricate("full"), fabricate("minimal")
    results = minimal | {key: full[key] for key in ("recovery", "learned")}
    results["criterion"] = {"rt": full["criterion"]["rt"]}
    results["learned"]["course"] = {"A": full["learned"]["course"]["A"]}
    for path in paths(
        {k: v for k, v in results.items() if k not in ("format", "study")}, lists=False
    ):
        block = without(results[path[0]], path[1:]) if path[1:] else None
        words = Page(render_learning_report({"format": 1, "study": "learning", path[0]: block}))
        assert not re.search(r"\b(None|nan)\b", words.words), path


def test_a_frame_without_content_is_drawn(full: dict[str, Any]) -> None:
    kept = {key: full[key] for key in ("format", "study")}
    words = Page(render_learning_report({**emptied(full), **kept})).words
    assert words.count("Not done.") >= 8
    assert Page(render_learning_report(kept)).open == []


def test_the_results_are_left_alone_and_give_the_same_page(light: dict[str, Any]) -> None:
    before = json.dumps(light)
    page = render_learning_report(light)
    assert json.dumps(light) == before
    assert render_learning_report(json.loads(before)) == page


STRUCTURE = {
    "",
    *("learning", "none", "td", "rt", "subject", "pooled", "hierarchical", "association"),
    *("pain", "pleasantness", "before", "after", "steps"),
    *("passed", "violated", "warned", "unknown", "not-applicable", "blocks", "limits", "advises"),
}


def named(block: dict[str, Any]) -> set[str]:
    """Tell the keys that are names; alpha is a field of the format beside r."""
    return {"A", "B", "C", "relief", "exacerbation", *(() if "r" in block else ("alpha",))}


def test_nothing_in_the_data_becomes_markup(full: dict[str, Any]) -> None:
    for name in ("criterion", "fits", "comparison"):
        full[name] = {"rt": full[name]["rt"]}
    hostile = attacked(full, STRUCTURE, named)
    harmless(render_learning_report(full), render_learning_report(hostile))


@pytest.mark.parametrize("change", [{"format": 2}, {"study": "decoding"}, {"format": None}])
def test_other_results_are_refused(light: dict[str, Any], change: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="format 1 of study 'learning'"):
        render_learning_report({**light, **change})


def test_the_question_names_measures_people_and_models(
    full: dict[str, Any], fabricate: Callable[[str], dict[str, Any]]
) -> None:
    asked = question(full)
    assert asked.startswith("do reaction time, heart rate and preference of 19 subjects follow")
    assert "temporal difference, Rescorla–Wagner, Pearce–Hall" in asked
    assert "every trial that 8 subjects met" in question(fabricate("sequence"))


@pytest.mark.parametrize(
    ("cue", "outcome", "said"),
    [
        ("A", "relief", "A, then relief"),
        ("C", "none", "C, then nothing"),
        ("", "high", "High"),
        (None, None, "Nothing"),
    ],
)
def test_kinds_of_trials_have_names(cue: str | None, outcome: str | None, said: str) -> None:
    assert trial_type(cue, outcome) == said


def test_models_that_no_trial_tells_apart_share_a_name() -> None:
    assert model_name("td = rw") == "Temporal difference = Rescorla–Wagner"
    assert model_name("td", "a sentence about the model") == "Temporal difference"
    assert model_name("mine", "My model") == "My model"


def test_the_criterion_has_the_word_on_what_it_identifies(light: dict[str, Any]) -> None:
    light["criterion"]["rt"] |= {
        "identified": False,
        "reason": "Too flat.",
        "parameter": "leak",
        "default": {"r": 0.181, "p": 0.0072},
    }
    page = render_learning_report(light)
    assert "Leak is not identified by the reaction time." in page
    assert "Too flat." in page
    assert "p at the rate fixed beforehand" in page
    assert re.search(r"As reported</th>\s*<td[^>]*>0.30</td>\s*<td[^>]*>0.181</td>", page)


def test_what_was_done_is_not_called_undone(full: dict[str, Any]) -> None:
    assert len(not_done(full)) == 3
    full["recovery"]["models"] = None
    assert any("true model is chosen" in sentence for sentence in not_done(full))


# What people told


def test_what_people_told_is_drawn_and_said(light: dict[str, Any]) -> None:
    light["behaviour"]["ratings"] = None
    words = Page(render_learning_report(light)).words
    assert "17 of 19" in words
    assert "67 % to 99 %" in words.replace("\u00a0", " ")
    assert "The decrease was unpleasant to 03 and 11" in words
    assert "4 of 14" in words


def test_ratings_stand_in_the_order_of_their_rows(fabricate: Callable[[str], Any]) -> None:
    block = fabricate("full")["behaviour"]
    plate = ratings(block["ratings"]["means"], "c")
    assert plate is not None
    assert [panel.title for panel in plate.panels] == ["Rated pain", "Rated pleasantness"]
    assert [panel.note for panel in plate.panels] == ["0 to 10", "−10 to 10"]
    found = temperatures(block["calibration"], "c")
    assert found is not None
    assert ratings([], "c") is temperatures({}, "c") is None


def test_nothing_told_is_said_to_be_missing(light: dict[str, Any]) -> None:
    for name in ("calibration", "screening", "ratings", "awareness"):
        light["behaviour"][name] = None
    assert not {"Screening", "Awareness", "Temperatures"} & {
        text for _, text in Page(render_learning_report(light)).headings
    }
    assert any("pleasant was not asked" in sentence for sentence in not_done(light))
    assert any("could report what followed" in sentence for sentence in not_done(light))


# The tests without drift, and what the design takes out


def test_the_tests_that_claims_rest_on_are_drawn(light: dict[str, Any]) -> None:
    light["criterion"]["rt"] |= {
        "default": {"r": 0.181, "p": 0.0072},
        "without_drift": {
            "alpha": 0.27, "ci95": [0.1, 0.6], "r": 0.171, "p_search": 0.013, "kept": 0.62,
            "default": {"r": 0.162, "p": 0.0051, "kept": 0.66}, "p_holm": 0.0102,
            "p_search_holm": 0.026,
        },
    }  # fmt: skip
    words = Page(render_learning_report(light)).words
    for figure in ("0.162", "0.010", "0.171", "0.026", "0.10 to 0.60", "66", "62"):
        assert figure in words
    assert "no claim can rest" not in words
    light["criterion"]["rt"]["without_drift"] = None
    assert "no claim can rest on these tests" in Page(render_learning_report(light)).words


@pytest.mark.parametrize(
    ("nuisance", "warned"), [([], True), (["trend"], True), (["practice", "trend"], False)]
)
def test_a_comparison_says_whether_it_allows_for_a_drift(
    light: dict[str, Any], nuisance: list[str], warned: bool
) -> None:
    light["design"] |= {"nuisance": nuisance, "exchange": "trials", "exchange_declared": False}
    words = Page(render_learning_report(light)).words
    assert ("A drift is not allowed for" in words) == warned
    assert "independence was not declared" in words
    assert (nuisance[0] if nuisance else "nothing; for the claim") in words


def test_the_reason_for_no_efficiency_is_said(light: dict[str, Any]) -> None:
    light["design"] |= {"efficiency": None, "efficiency_reason": "no onset is known"}
    assert "was not examined: no onset is known." in Page(render_learning_report(light)).words
