"""Fixtures of the report's tests: fabricated results, and pages drawn from them."""

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dolorimeter.reporting import render_vitals_report


@pytest.fixture(scope="session")
def fabricate() -> Callable[..., dict[str, Any]]:
    """Return the builder of complete results."""
    return runpy.run_path(str(Path(__file__).with_name("fabricated.py")))["fabricated_results"]


@pytest.fixture
def small(fabricate: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """Return results of one task, quick to draw: short stays, and no more panels than needed."""
    results = fabricate(tasks=("direct",), learning_curve=False, n_windows=12)
    results["data"]["scatter"] = {"pulse": results["data"]["scatter"]["pulse"]}
    for block in (results["tasks"]["direct"], results["tasks"]["direct"]["reports"]):
        for name in ("hmm-labelled", "chain", "boosting"):
            block["models"][name]["calibration"] = None
    return results


@pytest.fixture(scope="session")
def page(fabricate: Callable[..., dict[str, Any]]) -> str:
    """Return the whole report of a complete run."""
    return render_vitals_report(fabricate())
