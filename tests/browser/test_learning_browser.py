"""The learning report in a real browser: it asks for nothing, complains of nothing, and fits."""

import runpy
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from dolorimeter.reporting import render_learning_report

HERE = Path(__file__).parent
SHARED = runpy.run_path(str(HERE / "test_report_browser.py"))
FABRICATED = HERE.parent / "unit" / "reporting" / "fabricated_learning.py"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Return what writes each report once and gives its address."""
    directory = tmp_path_factory.mktemp("reports")
    fabricated = runpy.run_path(str(FABRICATED))

    @cache
    def address(kind: str) -> str:
        page = render_learning_report(fabricated["fabricated_learning"](kind))
        path = directory / f"{kind}.html"
        path.write_text(page, encoding="utf-8")
        return path.as_uri()

    return address


@pytest.fixture(scope="module", params=["full", "sequence", "minimal"])
def report(request: pytest.FixtureRequest, browser: Any, addresses: Callable[[str], str]) -> str:
    """Return the address of a report."""
    return addresses(request.param)


def test_it_asks_for_nothing_and_complains_of_nothing(page: Any, report: str) -> None:
    page.wait_for_load_state("networkidle")
    assert [url for url in page.asked if not url.startswith("data:")] == [report]
    assert page.said == []


def test_the_claim_stands_first_and_every_anchor_leads_somewhere(page: Any) -> None:
    headings = page.eval_on_selector_all("main h2", "all => all.map(h => h.textContent)")
    assert headings[0] == "What may be claimed"
    broken = page.eval_on_selector_all(
        "a[href^='#']",
        "all => all.filter(a => !document.getElementById(a.hash.slice(1))).map(a => a.hash)",
    )
    assert broken == []


def test_nothing_sticks_out_and_no_labels_collide(page: Any) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(SHARED["STICKING_OUT"]) == []
    assert page.evaluate(SHARED["COLLISIONS"]) == []


def test_one_click_marks_the_methods_and_nothing_else(page: Any) -> None:
    if not page.query_selector(".paste"):
        pytest.skip("this study has no methods text")
    page.click(".paste p")
    marked = page.evaluate("getSelection().toString().trim()")
    assert marked == page.inner_text(".paste").strip()


def test_every_folded_table_opens_without_breaking_the_page(page: Any) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(SHARED["STICKING_OUT"]) == []
