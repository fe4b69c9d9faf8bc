"""The imaging report in a real browser: it asks for nothing, complains of nothing, and fits."""

import runpy
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from dolorimeter.reporting import BrainMap, render_imaging_report

HERE = Path(__file__).parent
SHARED = runpy.run_path(str(HERE / "test_report_browser.py"))
FABRICATED = HERE.parent / "unit" / "reporting" / "fabricated_imaging.py"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Return what writes each report once and gives its address."""
    directory = tmp_path_factory.mktemp("reports")
    fabricated = runpy.run_path(str(FABRICATED))

    @cache
    def address(kind: str) -> str:
        made = fabricated["fabricated_maps"]().items() if kind == "full" else ()
        # One map on the template; that the others look like it is seen by the unit tests.
        maps = {name: BrainMap(*parts) for name, parts in made if "appetitive" in name}
        page = render_imaging_report(fabricated["fabricated_imaging"](kind), maps)
        path = directory / f"{kind}.html"
        path.write_text(page, encoding="utf-8")
        return path.as_uri()

    return address


@pytest.fixture(scope="module", params=["full", "minimal"])
def report(request: pytest.FixtureRequest, browser: Any, addresses: Callable[[str], str]) -> str:
    """Return the address of a report."""
    return addresses(request.param)


def test_it_asks_for_nothing_and_complains_of_nothing(page: Any, report: str) -> None:
    page.wait_for_load_state("networkidle")
    assert [url for url in page.asked if not url.startswith("data:")] == [report]
    assert page.said == []


def test_summary_and_claim_stand_first_and_every_anchor_leads_somewhere(page: Any) -> None:
    headings = page.eval_on_selector_all("main h2", "all => all.map(h => h.textContent)")
    assert headings[:2] == ["Summary", "What may be claimed"]
    broken = page.eval_on_selector_all(
        "a[href^='#']",
        "all => all.filter(a => !document.getElementById(a.hash.slice(1))).map(a => a.hash)",
    )
    assert broken == []


def test_nothing_sticks_out_and_no_labels_collide(page: Any) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(SHARED["STICKING_OUT"]) == []
    assert page.evaluate(SHARED["COLLISIONS"]) == []


def test_every_picture_is_shown_and_the_matrix_lies_beside_its_names(page: Any) -> None:
    broken = page.eval_on_selector_all(
        "main img", "all => all.filter(i => !i.complete || !i.naturalWidth).length"
    )
    assert broken == 0
    outside = page.evaluate(
        """() => [...document.querySelectorAll('svg image')].filter(i => {
          const [own, frame] = [i, i.closest('svg')].map(e => e.getBoundingClientRect());
          return own.width > 0 && (own.left < frame.left || own.right > frame.right + 1
            || own.top < frame.top - 1 || own.bottom > frame.bottom || own.width < 100);
        }).length"""
    )
    assert outside == 0


def test_one_click_marks_the_methods_and_nothing_else(page: Any) -> None:
    if not page.query_selector(".paste"):
        pytest.skip("this study has no methods text")
    page.click(".paste p")
    marked = page.evaluate("getSelection().toString().trim()")
    assert marked == page.inner_text(".paste").strip()
