"""The report in a real browser: it asks for nothing, complains of nothing, and fits a phone."""

import runpy
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from dolorimeter.reporting import render_vitals_report

FABRICATED = Path(__file__).parents[1] / "unit" / "reporting" / "fabricated.py"

pytestmark = pytest.mark.browser

# What sticks out of the window without standing in a box that scrolls by itself.
STICKING_OUT = """() => [...document.querySelectorAll('body *')]
  .filter(e => !e.closest('.scroll') && e.getBoundingClientRect().width > 0)
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1
            || e.getBoundingClientRect().left < -1 && !e.classList.contains('skip'))
  .map(e => e.outerHTML.slice(0, 120))"""
# Texts of one drawing that run into each other.
COLLISIONS = """() => [...document.querySelectorAll('svg')].flatMap(svg => {
  const boxes = [...svg.querySelectorAll('text')]
    .map(t => [t.textContent, t.getBoundingClientRect()])
    .filter(([_, r]) => r.width > 0);
  return boxes.flatMap(([a, r], i) => boxes.slice(i + 1)
    .filter(([_, s]) => Math.min(r.right, s.right) - Math.max(r.left, s.left) > 1
                     && Math.min(r.bottom, s.bottom) - Math.max(r.top, s.top) > 4)
    .map(([b, _]) => a + ' | ' + b));
})"""


OPTIONS: dict[str, dict[str, Any]] = {
    "whole": {},
    "five classes": {"tasks": ("difference",), "five_classes": True, "permutations": 199},
    "bare": {"tasks": ("direct",), "reports": False, "learning_curve": False},
}


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Return what writes each report once and gives its address."""
    directory = tmp_path_factory.mktemp("reports")

    @cache
    def address(name: str) -> str:
        fabricate = runpy.run_path(str(FABRICATED))["fabricated_results"]
        path = directory / f"{name}.html"
        path.write_text(render_vitals_report(fabricate(**OPTIONS[name])), encoding="utf-8")
        return path.as_uri()

    return address


@pytest.fixture(scope="module", params=list(OPTIONS))
def report(
    request: pytest.FixtureRequest,
    browser: Any,  # before anything is drawn: without a browser there is nothing to draw for
    addresses: Callable[[str], str],
) -> str:
    """Return the address of a report."""
    return addresses(request.param)


def test_it_asks_for_nothing_and_complains_of_nothing(page: Any, report: str) -> None:
    page.wait_for_load_state("networkidle")
    assert page.asked == [report]
    assert page.said == []


def test_it_has_its_headings_and_every_anchor_leads_somewhere(page: Any) -> None:
    headings = page.eval_on_selector_all("main h2", "all => all.map(h => h.textContent)")
    assert headings[:3] == ["Summary", "What may be claimed", "Data"]
    assert headings[-3:] == ["Design", "How to read this report", "What was not done"]
    assert page.eval_on_selector_all("nav a", "all => all.length") >= len(headings)
    broken = page.eval_on_selector_all(
        "a[href^='#']",
        "all => all.filter(a => !document.getElementById(a.hash.slice(1))).map(a => a.hash)",
    )
    assert broken == []
    page.locator("nav a").last.click()
    assert page.evaluate("scrollY") > 0


def test_nothing_sticks_out_and_no_labels_collide(page: Any) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(STICKING_OUT) == []
    assert page.evaluate(COLLISIONS) == []


def test_it_prints_with_every_fold_open(page: Any) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = false)")
    page.emulate_media(media="print")
    hidden = page.eval_on_selector_all(
        "details table", "all => all.filter(t => !t.checkVisibility()).length"
    )
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.emulate_media(media="screen")
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert hidden == 0
    assert background == "rgb(255, 255, 255)"
