"""The report as a page: complete, self-contained, and safe whatever the data are called."""

import json
import re
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dolorimeter.core import InputError
from dolorimeter.reporting import render_vitals_report
from dolorimeter.reporting.vitals_words import not_done

Page = runpy.run_path(str(Path(__file__).with_name("pages.py")))["Page"]
SECTIONS = [
    "Summary",
    "What may be claimed",
    "Data",
    "Example stays",
    "Vital signs alone",
    "Knowing the patient’s own earlier reports",
    "Design",
    "How to read this report",
    "What was not done",
]


def test_every_element_is_closed_and_ids_are_unique(page: str) -> None:
    parsed = Page(page)
    assert parsed.open == []
    assert len(parsed.ids) == len(set(parsed.ids))


def test_sections_stand_in_order_and_the_contents_lead_to_them(page: str) -> None:
    parsed = Page(page)
    found = [text for tag, text in parsed.headings if tag == "h2" and text != "Contents"]
    assert found == SECTIONS
    anchors = [link.removeprefix("#") for link in parsed.links]
    assert all(link.startswith("#") for link in parsed.links)
    assert set(anchors) <= set(parsed.ids)
    assert len(anchors) == 1 + len(SECTIONS) + 6  # the skip link, sections, two histories of tasks


def test_the_page_stands_alone(page: str) -> None:
    parsed = Page(page)
    assert not {"script", "img", "iframe", "object", "embed", "form"} & set(parsed.tags)
    assert not re.search(r"https?://|@import|url\((?!#)|src=", page)
    assert "default-src 'none'" in page


def test_a_real_run_stays_under_three_megabytes(page: str) -> None:
    assert len(page.encode()) < 3_000_000


def test_the_same_results_give_the_same_page_and_are_left_alone(small: dict[str, Any]) -> None:
    before = json.dumps(small)
    page = render_vitals_report(small)
    assert json.dumps(small) == before
    assert render_vitals_report(json.loads(before)) == page


def test_numbers_with_and_without_reports_are_never_mixed(small: dict[str, Any]) -> None:
    alone, informed = small["tasks"]["direct"], small["tasks"]["direct"]["reports"]
    alone["models"]["hmm"]["metrics"]["vus"]["mean"] = 0.11111
    informed["models"]["hmm"]["metrics"]["vus"]["mean"] = 0.99999
    informed["class_counts"] = [1234, 5, 6]
    alone["comparisons"][0]["question"] = "A question without reports?"
    informed["comparisons"][0]["question"] = "A question with reports?"
    parsed = Page(render_vitals_report(small))
    for text in ("1.000", "1,234", "A question with reports?"):
        assert text in parsed.apart
    for text in ("0.111", "A question without reports?"):
        assert text in parsed.rest
        assert text not in parsed.apart
    assert "1,234" not in parsed.rest
    assert "A question with reports?" not in parsed.rest


def test_examples_stand_with_their_own_history(small: dict[str, Any]) -> None:
    small["examples"][0]["stay"], small["examples"][1]["stay"] = "stay-alone", "stay-informed"
    parsed = Page(render_vitals_report(small))
    assert "Stay stay-alone" in parsed.rest
    assert "Stay stay-alone" not in parsed.apart
    assert "Stay stay-informed" in parsed.apart
    assert "Stay stay-informed" not in parsed.rest


def test_what_matters_most_comes_first(page: str, fabricate: Callable[..., Any]) -> None:
    words = Page(page).words
    results = fabricate()
    order = [
        results["title"],
        "What was asked",
        results["summary"][0],
        results["claim"]["scope"],
        results["claim"]["granted"][0]["text"],
        results["claim"]["refused"][0]["text"],
        results["claim"]["unproven"][0]["text"],
        "Missing pain is not random",
        "unable to score",
        "the median of the same stay",
        "6f1c2a90be5d4e37",
        "the volume under the ROC surface",
        "The relabelling test was not run",
    ]
    places = [words.rindex(text) if i else words.index(text) for i, text in enumerate(order)]
    places = [words.index(text) for text in order[:7]] + places[7:]
    assert places == sorted(places)


@pytest.fixture
def bare(fabricate: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """Return the least that a run leaves."""
    results = fabricate(tasks=("direct",), reports=False, learning_curve=False, n_windows=2)
    results["examples"] = []
    for name in ("percent_present", "correlation", "scatter", "ledger", "outliers", "path"):
        del results["data"][name]
    task = results["tasks"]["direct"]
    del task["comparisons"]
    for model in task["models"].values():
        model |= {"calibration": None, "parameters": {}, "notes": []}
        for metric in model["metrics"].values():
            metric |= {"p_paper": None, "p_paper_holm": None, "mean": None, "ci95": None}
    results["claim"] |= {"granted": [], "unproven": [], "findings": []}
    return results


def test_missing_parts_are_left_out_and_named(bare: dict[str, Any]) -> None:
    parsed = Page(render_vitals_report(bare))
    found = [text for tag, text in parsed.headings if tag == "h2" and text != "Contents"]
    assert found == [s for s in SECTIONS if s not in ("Example stays", SECTIONS[5])]
    subheadings = [text for tag, text in parsed.headings if tag == "h4"]
    assert subheadings == ["Classes", "Results", "Confusion matrices"]
    for sentence in (
        "The relabelling test was not run",
        "No learning curve was drawn for: direct.",
        "earlier reports for: direct.",
        "No example stay was drawn.",
    ):
        assert sentence in parsed.words
    assert "Nothing was granted." in parsed.words
    assert "None" not in parsed.words
    assert "nan" not in parsed.words


def test_a_run_that_knows_reports_throughout_has_no_other_part(small: dict[str, Any]) -> None:
    small["tasks"] = {"direct": {"reports": small["tasks"]["direct"]["reports"]}}
    small["examples"] = small["examples"][1:]
    parsed = Page(render_vitals_report(small))
    found = [text for tag, text in parsed.headings if tag == "h2"]
    assert "Vital signs alone" not in found
    assert SECTIONS[5] in found
    assert "Nothing was evaluated from vital signs alone for: direct." in parsed.words


def test_what_was_done_is_not_called_undone(fabricate: Callable[..., dict[str, Any]]) -> None:
    results = fabricate(tasks=("direct",), permutations=199, n_windows=2)
    done = " ".join(not_done(results))
    for sentence in ("test was not run", "No learning curve", "No example", "Patients were not"):
        assert sentence not in done
    assert "Nothing was imputed" in done
    results["design"]["group"] = "stay"
    assert "Patients were not kept whole" in " ".join(not_done(results))


def test_five_classes_and_the_relabelling_test_fit(
    fabricate: Callable[..., dict[str, Any]],
) -> None:
    results = fabricate(
        tasks=("difference",), five_classes=True, permutations=199, reports=False, n_windows=4
    )
    page = render_vitals_report(results)
    assert "Relabelling p (VUS)" in page
    assert "chance 1/5! = 0.008" in page
    assert "--class-5-of-5:" in page
    assert "slight increase" in page


ATTACK = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}</svg></style>$x$"
DRAWN = {"text", "defs", "path", "g", "use", "rect", "clippath"}  # long labels are wrapped
STRUCTURE = {"none", "reports", "vus", "vitals", "random", "mode", "chance", "unknown"}


def attacked(value: Any, names: dict[str, str], key: str = "") -> Any:
    """Put markup into every text of the results, and into every name a user may choose."""
    if isinstance(value, dict):
        return {names.get(k, k): attacked(v, names, k) for k, v in value.items()}
    if isinstance(value, list):
        return [attacked(v, names, key) for v in value]
    if isinstance(value, str) and value not in STRUCTURE and key != "format":
        return names.get(value, f"{value} {ATTACK}")
    return value


def test_nothing_in_the_data_becomes_markup(small: dict[str, Any]) -> None:
    chosen = ("pulse", "spo2", "direct", "hmm", "boosting", "low", "high", "window", "cuts")
    names = {name: f"{name}{ATTACK}" for name in chosen}
    benign = Page(render_vitals_report(small))
    hostile = Page(render_vitals_report(attacked(small, names)))
    assert set(hostile.tags) == set(benign.tags)
    page_of = [{t: n for t, n in p.tags.items() if t not in DRAWN} for p in (hostile, benign)]
    assert page_of[0] == page_of[1]
    assert hostile.attributes == benign.attributes
    assert not [name for name in hostile.attributes if name.startswith("on")]
    assert ATTACK in hostile.words
    assert "{{7*7}}" in hostile.words


def test_any_script_and_broken_text_can_be_written(small: dict[str, Any]) -> None:
    small["title"] = "痛み \ud800 \x00 title"
    small["examples"][0]["vitals"]["حرارة"] = small["examples"][0]["vitals"].pop("pulse")
    page = render_vitals_report(small)
    assert "痛み \ufffd \ufffd title" in page
    assert ">حرارة</text>" in page
    page.encode("utf-8")


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"format": 2}, "format 2"),
        ({"study": "decoding"}, "'decoding'"),
        ({"tasks": None}, "no tasks"),
    ],
)
def test_other_results_are_refused(
    small: dict[str, Any], change: dict[str, Any], found: str
) -> None:
    small |= change
    if small["tasks"] is None:
        del small["tasks"]
    with pytest.raises(InputError, match=found):
        render_vitals_report(small)


def test_tables_and_figures_are_accessible(page: str) -> None:
    parsed = Page(page)
    assert not re.search(r"<th(?![^>]*\bscope=)[ >]", page)
    drawings = re.findall(r"<svg [^>]*>", page)
    assert all('role="img"' in svg and 'aria-label="' in svg for svg in drawings)
    labels = set(re.findall(r'aria-labelledby="([^"]+)"', page))
    assert labels <= set(parsed.ids)
    numbers = [int(n) for n in re.findall(r"<b>Table (\d+)\.</b>", page)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_what_looser_designs_add_stands_with_the_claim(small: dict[str, Any]) -> None:
    page = render_vitals_report(small)
    claim = page[page.index("What may be claimed") : page.index("Missing pain is not random")]
    assert "What looser designs would add to the VUS" in claim
    assert "smoothing against filtering (K6)" in claim
    assert "−0.024 to 0.056" in claim
    assert "Direct: folds of stays share no patient here." in claim
    assert "A model of the direct task: The posterior is smoothed" in claim
    bare = render_vitals_report({**small, "inflation": []})
    assert "What looser designs would add" not in bare
    assert "smoothing add to the VUS was not measured" in bare
