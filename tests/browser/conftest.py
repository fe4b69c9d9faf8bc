"""One browser for all pages, and each page as a phone, a laptop and a dark phone show it."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE, LAPTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Start chromium, or skip where there is none; in CI that is a failure."""
    if not CHROMIUM.exists():
        reason = f"{CHROMIUM} is absent: the report was not looked at in a browser"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="module", params=["phone", "laptop", "dark phone"])
def page(request: pytest.FixtureRequest, browser: Any, report: str) -> Iterator[Any]:
    """Open the report, listening to all that it says and asks for."""
    opened = browser.new_page(
        viewport=LAPTOP if request.param == "laptop" else PHONE,
        color_scheme="dark" if "dark" in request.param else "light",
    )
    opened.said, opened.asked = [], []
    opened.on("console", lambda message: opened.said.append(message.text))
    opened.on("pageerror", lambda error: opened.said.append(str(error)))
    opened.on("request", lambda sent: opened.asked.append(sent.url))
    opened.goto(report)
    opened.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    yield opened
    opened.close()
