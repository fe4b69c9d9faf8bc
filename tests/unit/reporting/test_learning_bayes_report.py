"""Full Bayes in the learning report: diagnostics shown, a plain warning where not trusted."""

import re
import runpy
from pathlib import Path

import pytest

from dolorimeter.reporting import render_learning_report
from dolorimeter.reporting.learning_bayes import sampled

Fabricated = runpy.run_path(str(Path(__file__).parent / "fabricated_learning.py"))


def row(mean=0.31, r_hat=1.002, ess=1234.0):
    return {"mean": mean, "sd": 0.05, "ci95": [mean - 0.1, mean + 0.1], "r_hat": r_hat, "ess": ess}


def posterior(trusted=True, **worst):
    return {
        "group": {"alpha": row(), "slope": row(0.5)},
        "subjects": {"alpha": {"01": row(), "02": row(**worst)}},
        "divergences": 0 if trusted else 3,
        "chains": 4,
        "warm_up": 500,
        "draws": 1000,
        "priors": {},
        "trusted": trusted,
        "reason": "The largest R-hat is what it is.",
    }


def cells(table, place):
    return [line.cells[place].text for line in table.rows]


def test_the_worst_of_group_and_subjects_is_shown():
    entries = [("TD", {"bayes": posterior(False, r_hat=1.234, ess=12.0)}), ("RW", {})]
    found = sampled(entries, "Reaction time")
    assert found["warnings"] == [("TD", "The largest R-hat is what it is.")]
    (line,) = found["chains"].rows
    assert [cell.text for cell in line.cells] == ["4 × 1,000", "500", "1.234", "12", "3", "No"]
    assert cells(found["posterior"], 0) == ["0.310", "0.500"]
    assert cells(found["subjects"], 3) == ["1.002", "1.234"]


def test_what_is_not_known_is_no_number():
    found = sampled([("TD", {"bayes": posterior(False, r_hat=None, ess=None)})], "Reaction time")
    assert [cell.text for cell in found["chains"].rows[0].cells][2:4] == ["–", "–"]


@pytest.mark.parametrize("fit", [{}, {"bayes": None}])
def test_nothing_sampled_nothing_said(fit):
    assert sampled([("TD", fit)], "Reaction time") is None


@pytest.mark.parametrize("trusted", [True, False])
def test_the_page_warns_only_of_what_is_not_trusted(trusted):
    results = Fabricated["fabricated_learning"]("full")
    results["fits"]["rt"]["td"]["bayes"] = posterior(trusted)
    page = re.sub(r"\s+", " ", render_learning_report(results))
    assert "Largest R-hat" in page
    assert "Divergences" in page
    assert ("Do not trust the full Bayes fit of" in page) is not trusted
