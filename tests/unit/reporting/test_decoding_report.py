"""The decoding report as a page: claim first, nothing mixed, gaps said, safe in any case."""

import copy
import json
import re
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dolorimeter.core import InputError
from dolorimeter.reporting import render_decoding_report
from dolorimeter.reporting.decoding_methods import methods
from dolorimeter.reporting.decoding_words import not_done, question

FOLDER = Path(__file__).parent
PAGES = runpy.run_path(str(FOLDER / "pages.py"))
Page, attacked, emptied, harmless, sections = (
    PAGES[name] for name in ("Page", "attacked", "emptied", "harmless", "sections")
)
SECTIONS = [
    "What may be claimed",
    "Summary",
    "Data",
    "Design",
    "Score",
    "Labelling: another question",
    "Comparators",
    "Specificity",
    "Maps and features",
    "The rules behind the claim",
    "Methods, ready to paste",
    "TRIPOD+AI",
    "What was not done",
]


@pytest.fixture(scope="module")
def fabricate() -> Callable[[str], dict[str, Any]]:
    return runpy.run_path(str(FOLDER / "fabricated_decoding.py"))["fabricated_decoding"]


@pytest.fixture
def signature(fabricate: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    return fabricate("signature")


@pytest.fixture
def light(signature: dict[str, Any]) -> dict[str, Any]:
    """Return results with little to draw, where a test is about words."""
    signature["design"]["drawing"] = signature["design"]["drawing"][:1]
    signature["accuracy"]["null_histogram"] = None
    signature["comparators"] = {"bulk_amplitude": {"value": None}}
    del signature["specificity"]["modalities"], signature["specificity"]["reverse_inference"]
    return signature | {"folds": None, "subjects": None, "labelling": None}


@pytest.fixture(scope="module", params=["signature", "labelling", "minimal"])
def page(request: pytest.FixtureRequest, fabricate: Callable[[str], dict[str, Any]]) -> str:
    return render_decoding_report(fabricate(request.param))


@pytest.mark.parametrize("check", PAGES["CHECKS"], ids=lambda check: check.__name__)
def test_the_page_is_sound(page: str, check: Callable[[str], None]) -> None:
    check(page)


def test_sections_stand_in_order(signature: dict[str, Any]) -> None:
    assert sections(Page(render_decoding_report(signature))) == SECTIONS


def test_the_claim_comes_before_any_score(light: dict[str, Any]) -> None:
    words = Page(render_decoding_report(light)).words
    for kind in ("granted", "refused", "unproven"):
        for statement in light["claim"][kind]:
            assert 0 < words.index(statement["text"]) < words.index("Accuracy 0.725")


@pytest.mark.parametrize(
    ("kept", "headline", "tone"),
    [
        (("granted", "refused"), "1 sentence may be said", "granted"),
        (("refused", "unproven"), "This study carries no claim", "refused"),
        (("unproven",), "This study carries no claim", "unproven"),
    ],
)
def test_the_headline_tells_what_kind_of_verdict_it_is(
    light: dict[str, Any], kept: tuple[str, ...], headline: str, tone: str
) -> None:
    for kind in {"granted", "refused", "unproven"} - set(kept):
        light["claim"][kind] = []
    page = render_decoding_report(light)
    assert re.search(rf'<p class="headline {tone}">.*?{headline}', page, re.S)


def test_a_study_without_an_audit_claims_nothing(light: dict[str, Any]) -> None:
    page = render_decoding_report({**light, "claim": None})
    assert "The study was not audited, so nothing may be claimed" in page
    assert "may be said" not in Page(page).words


def test_rule_ids_lead_to_their_rows_and_each_verdict_has_its_word(
    light: dict[str, Any],
) -> None:
    page = render_decoding_report(light)
    assert '<a class="rules" href="#rule-S1">S1</a>' in page
    assert 'id="rule-S1"' in page
    assert '<span class="rules">C2</span>' in page  # no finding of that rule: nothing to lead to
    row = page[page.index('id="rule-S1"') :]
    row = row[: row.index("</tr>")]
    finding = next(f for f in light["claim"]["findings"] if f["rule"] == "S1")
    for text in ("Unknown", finding["reason"], finding["remedy"], finding["section"], "<svg"):
        assert text in row


def test_labelling_is_set_apart_and_never_mixed_with_the_score(signature: dict[str, Any]) -> None:
    for point in signature["labelling"]["curve"]:
        if point["m"] > 1:
            point["accuracy"] = 0.98765
    signature["labelling"]["forced_choice"]["accuracy"] = 0.97531
    page = render_decoding_report(signature)
    parsed = Page(page)
    assert "97.5" in parsed.apart
    assert "97.5" not in parsed.rest
    start = page.index('<section class="apart">')
    stop = page.index("</section>", start)
    assert "0.988" in page[start:stop]
    assert "0.988" not in page[:start] + page[stop:]


def test_nominal_chance_is_called_what_it_is(signature: dict[str, Any]) -> None:
    words = Page(render_decoding_report(signature)).words
    assert "nominal 0.500, not the null" in words
    assert "mean of the null 0.424" in words
    signature["accuracy"]["null_histogram"] = None
    signature["accuracy"]["null_mean"] = signature["accuracy"]["p"] = None
    words = Page(render_decoding_report(signature)).words
    assert "nothing to hold the score against" in words


def test_a_number_is_drawn_with_its_scatter(fabricate: Callable[[str], dict[str, Any]]) -> None:
    parsed = Page(render_decoding_report(fabricate("labelling")))
    assert "Observed and predicted" in [text for _, text in parsed.headings]
    assert "mean correlation within subjects" in parsed.words
    assert "R²" in parsed.words
    assert "Features with the largest weights" in parsed.words
    assert "Labelling: another question" not in sections(parsed)
    assert "Samples are condition means" in parsed.words


def test_gaps_of_the_checklist_stay_visible(light: dict[str, Any]) -> None:
    words = Page(render_decoding_report(light)).words
    gaps = sum(not entry["filled"] for entry in light["tripod"])
    assert words.count("Gap: to be written") == gaps > 20
    assert f"{52 - gaps} of the 52 parts" in words


UNDONE = {
    "claim": "not audited",
    "summary": "left no summary",
    "data": "Nothing is recorded of the data",
    "design": "Nothing is recorded of the design",
    "accuracy": "No score was computed",
    "comparators": "compared with no simpler signal",
    "specificity": "nothing here is specific to pain",
    "maps": "Neither maps nor weights were kept",
    "tripod": "checklist was not filled in",
}


@pytest.mark.parametrize("gone", ["missing", "null"])
def test_a_block_that_is_not_there_is_said_not_to_be_done(light: dict[str, Any], gone: str) -> None:
    complete = Page(render_decoding_report(light)).words
    kept = {key: value for key, value in light.items() if key not in UNDONE}
    if gone == "null":
        kept |= dict.fromkeys(UNDONE)
    bare = Page(render_decoding_report(kept)).words
    for said in UNDONE.values():
        assert said not in complete
        assert said in bare


def test_a_frame_without_content_is_drawn(signature: dict[str, Any]) -> None:
    kept = {key: signature[key] for key in ("format", "study")}
    words = Page(render_decoding_report({**emptied(signature), **kept})).words
    assert words.count("Not done.") >= 6
    assert Page(render_decoding_report(kept)).open == []


def test_the_results_are_left_alone_and_give_the_same_page(light: dict[str, Any]) -> None:
    before = json.dumps(light)
    page = render_decoding_report(light)
    assert json.dumps(light) == before
    assert render_decoding_report(json.loads(before)) == page


STRUCTURE = {
    "",
    *("signature", "prediction", "classes", "number", "accuracy", "r2", "sample", "none", "time"),
    *("passed", "violated", "warned", "unknown", "not-applicable", "blocks", "limits", "advises"),
    *("decoding", "weights", "pattern", "univariate", "same-subjects", "after-the-fact"),
}


def test_nothing_in_the_data_becomes_markup(signature: dict[str, Any]) -> None:
    hostile = attacked(signature, STRUCTURE)
    harmless(render_decoding_report(signature), render_decoding_report(hostile))


@pytest.mark.parametrize("change", [{"format": 2}, {"study": "vitals"}, {"format": None}])
def test_other_results_are_refused(signature: dict[str, Any], change: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="format 1 of study 'decoding'"):
        render_decoding_report({**signature, **change})


def test_the_question_names_target_features_and_scope(
    signature: dict[str, Any], fabricate: Callable[[str], dict[str, Any]]
) -> None:
    assert "23,817 features of a sample, and not its amplitude" in question(signature)
    assert "state (baseline or pain)" in question(signature)
    other = question(fabricate("labelling"))
    assert other.startswith("can rated intensity be predicted from the 34 features")
    assert "in groups of people the model has not seen, after the fact?" in other


def test_the_methods_hold_every_number_of_the_run(
    fabricate: Callable[[str], dict[str, Any]],
) -> None:
    said = " ".join(methods(fabricate("labelling")))
    for number in ("2,352 samples", "392 subjects", "243 families", "34 features", "243 folds"):
        assert number in said
    for fact in ("regularization 10", "1,000 relabellings", "0.118", "0.080 to 0.150", "−0.004"):
        assert fact in said
    assert "0 subjects, 0 families" in said
    assert "How many trials" not in said or "Behind each sample" not in said


def test_what_was_done_is_not_called_undone(signature: dict[str, Any]) -> None:
    done = not_done(signature)
    assert len(done) == 2
    gone = copy.deepcopy(signature)
    gone["comparators"]["residual_amplitude"] = None
    assert any("(N4)" in sentence for sentence in not_done(gone))
