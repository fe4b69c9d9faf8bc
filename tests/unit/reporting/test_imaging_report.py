"""The imaging report as a page: gaps said, what carries a peak plain, planted truth, safe."""

import json
import re
import runpy
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from dolorimeter.core import InputError
from dolorimeter.reporting import (
    figures_imaging_courses,
    figures_imaging_design,
    figures_imaging_inflation,
    figures_imaging_models,
    render,
    render_imaging_report,
)
from dolorimeter.reporting.imaging_words import not_done, question

FOLDER = Path(__file__).parent
PAGES = runpy.run_path(str(FOLDER / "pages.py"))
Page, attacked, emptied, harmless, paths, without = (
    PAGES[name] for name in ("Page", "attacked", "emptied", "harmless", "paths", "without")
)
SECTIONS = [
    "Summary",
    "What may be claimed",
    "The rules behind the claim",
    "Planted truth, found or not",
    "Data",
    "Design",
    "Maps of the group",
    "Overlap",
    "Factors",
    "Time courses by trial type",
    "Models in the brain",
    "Methods, ready to paste",
    "Software",
    "What was not done",
]


@pytest.fixture(scope="module")
def fabricate() -> Callable[[str], dict[str, Any]]:
    return runpy.run_path(str(FOLDER / "fabricated_imaging.py"))["fabricated_imaging"]


@pytest.fixture
def full(fabricate: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    return fabricate("full")


@pytest.fixture
def small(full: dict[str, Any]) -> dict[str, Any]:
    """Return results with every kind of drawing, and each of them small."""
    matrix = full["design"]["matrices"][0]
    few = {"columns": ["cue", "constant"], "kinds": ["regressor", "constant"]}
    few |= {"frame_times": [0.0, 3.0], "values": [[0.0, 1.0], [0.5, 1.0]]}
    full["design"]["matrices"] = [{**matrix, **few}]
    full["design"]["variance_inflation"] = full["design"]["variance_inflation"][3:4]
    course = full["timecourses"][0]
    full["timecourses"] = [{**course, "types": course["types"][:1]}]
    full["model_maps"]["regions"] = full["model_maps"]["regions"][:1]
    full["model_maps"]["comparison"]["regions"] = full["model_maps"]["comparison"]["regions"][:1]
    full["group"]["maps"] = full["group"]["maps"][:1]
    return full


@pytest.fixture
def light(small: dict[str, Any]) -> dict[str, Any]:
    """Return results with little to draw, where a test is about words."""
    small["design"]["matrices"] = None
    small["timecourses"][0]["types"][0]["fixed"] = None
    small["model_maps"]["comparison"] = None
    return small


@pytest.fixture(scope="module", params=["full", "minimal"])
def page(request: pytest.FixtureRequest, fabricate: Callable[[str], dict[str, Any]]) -> str:
    return render_imaging_report(fabricate(request.param))


def words(results: dict[str, Any]) -> str:
    return str(Page(render_imaging_report(results)).words)


@pytest.mark.parametrize("check", PAGES["CHECKS"], ids=lambda check: check.__name__)
def test_the_page_is_sound(page: str, check: Callable[[str], None]) -> None:
    check(page)


def test_sections_stand_in_order(light: dict[str, Any]) -> None:
    headings = Page(render_imaging_report(light)).headings
    found = [text for tag, text in headings if tag == "h2" and text != "Contents"]
    assert found == SECTIONS


def test_planted_truth_is_for_simulated_data_alone(light: dict[str, Any]) -> None:
    page = render_imaging_report(light)
    assert re.search(r"<dt>of 5 planted sites found</dt><dd>4</dd>", page)
    assert "<b>Missed:</b> midbrain." in page
    row = next(r for r in re.findall(r"<tr.*?</tr>", page, re.S) if ">amygdala left</th>" in r)
    assert re.findall(r"<td[^>]*>([^<]*)", row)[:4] == [
        "appetitive error", "−22, −4, −18", "0.25", "found"]  # fmt: skip
    light["truth"] = None
    assert "lanted" not in words(light).replace("planted sites were looked for", "")


def test_what_carries_a_peak_stands_beside_it(light: dict[str, Any]) -> None:
    region, other = light["group"]["maps"][0]["peaks"][0], light["group"]["maps"][0]["peaks"][-1]
    rows = re.findall(r"<tr.*?</tr>", render_imaging_report(light), re.S)
    last = [re.findall(r"<td[^>]*>([^<]*)", row)[-2:] for row in rows if "9,072" in row]
    assert last[:3] == [["amygdala left", "yes"], ["midbrain", "no"], ["none", "no"]]
    assert (region["region"], other["region"]) == ("amygdala left", None)


def test_sub_peaks_stand_under_their_cluster(light: dict[str, Any]) -> None:
    page = render_imaging_report(light)
    rows = re.findall(r'<tr( class="ruled")?><th scope="row" class="label">([^<]*)', page)
    peaks = [(bool(ruled), head) for ruled, head in rows if re.match(r"·|\d  ", head)]
    assert peaks[:4] == [
        (False, "1  amygdala left"),
        (False, "· amygdala left"),
        (True, "2  midbrain"),
        (True, "9  Precuneus right"),
    ]


def test_corrections_that_nobody_computed_have_no_column(light: dict[str, Any]) -> None:
    assert "p, TFCE" not in words(light)
    for peak in light["group"]["maps"][0]["peaks"]:
        peak |= {"p_tfce": 0.04, "p_fwe": None}
    light["group"]["factors"] = None
    said = words(light)
    assert "p, TFCE" in said
    assert "p, family-wise" not in said


def test_many_peaks_are_folded(light: dict[str, Any]) -> None:
    entry = light["group"]["maps"][0]
    entry["peaks"] = entry["peaks"] * 10
    page = render_imaging_report(light)
    assert "16 further peaks" in page
    assert "The first 24 of 40." in page


def test_no_cluster_is_a_result_and_no_search_is_a_gap(light: dict[str, Any]) -> None:
    light["group"]["maps"][0]["peaks"] = []
    assert "No cluster exceeds the threshold." in words(light)
    light["group"]["maps"][0]["peaks"] = None
    assert "Peaks were not listed." in words(light)


def test_warnings_on_the_design_are_shown_as_such(light: dict[str, Any]) -> None:
    page = render_imaging_report(light)
    shown = re.findall(r'<p class="finding status-warned">.*?</p>', page, re.S)
    assert any("variance inflation 6.0 in run 3 of subject 07" in text for text in shown)


def test_efficiency_stands_beside_its_contrast(light: dict[str, Any]) -> None:
    light["design"]["efficiency"] = [{"contrast": "aversive", "value": 0.456}]
    page = render_imaging_report(light)
    row = next(r for r in re.findall(r"<tr.*?</tr>", page, re.S) if "Aversive prediction" in r)
    assert re.findall(r"<td[^>]*>([^<]*)", row) == [
        "Aversive prediction error", "−1 × error A, −1 × error B", "0.456"]  # fmt: skip


def test_contrasts_without_words_have_no_column_for_them(light: dict[str, Any]) -> None:
    assert "Asks" in words(light)
    for contrast in light["contrasts"]:
        contrast["words"] = None
    assert "Asks" not in words(light)


def test_direction_and_notes_of_the_group_are_shown(light: dict[str, Any]) -> None:
    light["group"] |= {"direction": "controls less patients", "notes": ["every flip was used"]}
    page = render_imaging_report(light)
    assert "<dt>Direction</dt><dd>controls less patients</dd>" in page
    assert "Every flip was used" in page
    assert "No SliceTiming." in page


@pytest.mark.parametrize(
    ("factors", "said"),
    [
        ({"factor": "factors", "levels": ["a, x", "b, y"]},
         "Two factors within subjects, crossed, cells: a, x; b, y. Each"),
        ({"factor": "factor", "levels": ["a", "b"]}, "Factor within subjects: a and b. Each"),
        ({"factor": "error", "levels": None}, "Factor error within subjects. Each"),
    ],
)  # fmt: skip
def test_factors_are_named(light: dict[str, Any], factors: dict[str, Any], said: str) -> None:
    light["group"]["factors"] |= factors
    assert said in words(light)


def test_a_p_over_contrasts_stands_under_that_of_its_region(light: dict[str, Any]) -> None:
    light["group"]["maps"][0]["regions"][0]["p_svc_adjusted"] = 0.0123
    assert "0.012 over contrasts" in words(light)


def test_a_rate_that_is_not_identified_is_said_to_be_so(light: dict[str, Any]) -> None:
    assert "Amygdala left: alpha is not identified. The profile is flat" in words(light)
    light["model_maps"]["regions"][0]["reason"] = "people's data fit most rates alike"
    assert "not identified. People's data fit most rates alike." in words(light)
    light["model_maps"]["regions"][0]["identified"] = True
    assert "is not identified" not in words(light)


def test_how_the_voxels_of_a_course_were_chosen_is_said(light: dict[str, Any]) -> None:
    assert "chosen before the data were seen. Correlation of measured and predicted" in words(light)
    light["timecourses"][0]["selected_by"] = None
    assert "How its voxels were chosen is not recorded." in words(light)


def test_the_methods_stand_in_a_box_word_for_word(light: dict[str, Any]) -> None:
    page = render_imaging_report(light)
    box = page[page.index('<div class="paste"') :]
    assert re.findall(r"<p>(.*?)</p>", box[: box.index("</div>")]) == light["methods"]


UNDONE = {
    "claim": "not audited",
    "summary": "left no summary",
    "data": "Nothing is recorded of the data",
    "design": "Variance inflation was not computed.",
    "group": "The group was not tested",
    "model_maps": "Neither parameters were sought",
    "timecourses": "Time courses by trial type were not estimated",
    "methods": "recorded nothing of its methods",
    "software": "did not record its software",
}


@pytest.mark.parametrize("gone", ["missing", "null"])
def test_a_block_that_is_not_there_is_said_not_to_be_done(light: dict[str, Any], gone: str) -> None:
    complete = words(light)
    kept = {key: value for key, value in light.items() if key not in UNDONE}
    if gone == "null":
        kept |= dict.fromkeys(UNDONE)
    bare = words(kept)
    for said in UNDONE.values():
        assert said not in complete
        assert said in bare


def test_every_block_null_leaves_a_whole_page(full: dict[str, Any]) -> None:
    kept = {key: full[key] for key in ("format", "study")}
    nothing = {**dict.fromkeys(full), **kept}
    parsed = Page(render_imaging_report(nothing))
    assert parsed.open == []
    assert parsed.words.count("Not done.") >= 12
    assert Page(render_imaging_report({**emptied(full), **kept})).open == []


PLATES = {
    figures_imaging_courses: ("by_type",),
    figures_imaging_design: ("courses", "matrices"),
    figures_imaging_inflation: ("inflation",),
    figures_imaging_models: ("profiles", "comparison"),
}


def once(draw: Callable[..., Any]) -> Callable[..., Any]:
    """Draw what was drawn before only once."""
    kept: dict[str, Any] = {}

    def remembered(*args: Any) -> Any:
        key = repr(args)
        if key not in kept:
            kept[key] = draw(*args)
        return kept[key]

    return remembered


def test_any_part_of_any_block_may_be_null(
    small: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each block by itself, with one part of it null at a time; SVG is not written for this."""
    monkeypatch.setattr("dolorimeter.reporting.drawing.Drawing.markup", lambda *_: "")
    monkeypatch.setattr(render, "_environment", cache(render._environment))
    for module, names in PLATES.items():
        for name in names:
            monkeypatch.setattr(module, name, once(getattr(module, name)))
    frame = {"format": 1, "study": "imaging"}
    small["claim"]["granted"] = []  # a sentence of a claim always has its text
    small["claim"]["refused"] = small["claim"]["unproven"] = []
    for path in paths({k: v for k, v in small.items() if k not in frame}):
        block = without(small[path[0]], path[1:]) if path[1:] else None
        said = words({**frame, path[0]: block})
        assert not re.search(r"\b(None|nan)\b", said), path


def test_the_results_are_left_alone_and_give_the_same_page(small: dict[str, Any]) -> None:
    before = json.dumps(small)
    page = render_imaging_report(small)
    assert json.dumps(small) == before
    assert render_imaging_report(json.loads(before)) == page


STRUCTURE = {
    *("", "imaging", "td", "association", "surprise", "valence-independent"),
    *("regressor", "modulator", "derivative", "confound", "drift", "spike", "constant"),
    *("passed", "violated", "warned", "unknown", "not-applicable", "blocks", "limits", "advises"),
}
NAMES = {"alpha", "v0", "error_A", "error_B", "nilearn", "numpy", "fd"}


def test_nothing_in_the_data_becomes_markup(small: dict[str, Any]) -> None:
    hostile = attacked(small, STRUCTURE, lambda _: NAMES)
    harmless(render_imaging_report(small), render_imaging_report(hostile))


@pytest.mark.parametrize("change", [{"format": 2}, {"study": "learning"}, {"format": None}])
def test_other_results_are_refused(light: dict[str, Any], change: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="format 1 of study 'imaging'"):
        render_imaging_report({**light, **change})


def test_the_question_names_people_contrasts_and_model(full: dict[str, Any]) -> None:
    assert question(full) == (
        "where does the brain signal of 19 subjects follow the contrasts appetitive, "
        "aversive and relief, by temporal difference (alpha 0.3, v0 0)?"
    )
    assert question({}) == (
        "where does the brain signal of the subjects follow what a model of learning says of every "
        "trial?"
    )


def test_what_was_done_is_not_called_undone(full: dict[str, Any]) -> None:
    full["group"]["tfce"] = True
    assert len(not_done(full)) == 3
    full["group"]["permutations"] = 0
    assert any("carried by nothing" in sentence for sentence in not_done(full))
