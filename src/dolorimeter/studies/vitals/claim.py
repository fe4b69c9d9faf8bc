"""What the study may claim: its facts, judged by the audit, with the inflation it measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from dolorimeter.audit import Claim, Finding, Statement, audit_study

from .facts import label, study_facts
from .words import interval, population, whom

Content = dict[str, Any]
RELABEL = "run the HMM or naive Bayes with --permutations 199"
NO_TEST = "relabelling cannot test it: the reports that are known belong to those to be told"
REPORTS = Statement(
    "That results with earlier reports show what vital signs alone can tell: much of them comes "
    "from the reports.",
    ("C2",),
)
PAPER = Statement(
    "Any conclusion from p_paper: it takes windows as independent and rejects far too often where "
    "there is no signal.",
    ("V1",),
)


def make_claim(content: Content) -> Claim:
    """Judge a run from its own results.

    Parameters
    ----------
    content : dict
        Results in the shape of results.json, the claim still missing.

    Returns
    -------
    Claim
        Nothing is granted for lack of evidence.
    """
    claim = audit_study(study_facts(content), scope(content))
    told = (REPORTS,) if "reports" in content["design"]["history"] else ()
    findings = (_cite(finding, content) for finding in claim.findings)
    return replace(claim, refused=(*claim.refused, *told, PAPER), findings=tuple(findings))


def scope(content: Content) -> str:
    """Say of whom the claim speaks, when, and which tasks look ahead.

    Parameters
    ----------
    content : dict
        Results.

    Returns
    -------
    str
        Sentences.
    """
    design = content["design"]
    when = {
        "none": "after the fact, from the vital signs of the whole stay",
        "reports": "live, from vital signs and reports before the window",
    }
    said = "; ".join(when[history] for history in design["history"])
    ahead = "; ".join(_ahead(content))
    return (
        f"{whom(design).capitalize()}, {population(content)}. {said.capitalize()}. "
        f"Beyond that {f'look ahead: {ahead}' if ahead else 'no task looks ahead'}."
    )


def _ahead(content: Content) -> Iterator[str]:
    """Name the tasks whose classes or features use later times, under each history."""
    for task, block in content["tasks"].items():
        if block.get("ahead"):
            yield f"the {task} task ({', '.join(block['ahead'])})"
        if block.get("reports", {}).get("ahead"):
            ahead = ", ".join(block["reports"]["ahead"])
            yield f"the {task} task knowing earlier reports ({ahead})"


def _cite(finding: Finding, content: Content) -> Finding:
    """Add what was measured to the reasons of W3 and K6, and what this study has to V1."""
    if (finding.rule, finding.status) == ("V1", "unknown"):
        reports = "knowing earlier reports" in finding.analysis
        return replace(finding, remedy=NO_TEST if reports else RELABEL)
    about = finding.analysis.split("; ") if finding.analysis else []
    cited = [
        _figure(entry)
        for entry in content["inflation"]
        if entry["rule"] == finding.rule and entry["difference"] is not None
        if entry["model"] == "hmm" or not _has(content, entry, "hmm")
        if not about or any(name in about for name in _labels(content, entry["task"]))
    ]
    return replace(finding, reason="; ".join([finding.reason, *cited]))


def _has(content: Content, entry: Content, model: str) -> bool:
    """Whether the same was measured with that model."""
    same = ("rule", "task", "a")
    return any(
        other["model"] == model and all(other[key] == entry[key] for key in same)
        for other in content["inflation"]
    )


def _labels(content: Content, task: str) -> list[str]:
    """Names of a task's analyses from vital signs alone, of which the inflation was measured."""
    rows = content["tasks"][task].get("models", {}).values()
    return [label(task, "none"), *(label(task, "none", row["label"]) for row in rows)]


def _figure(entry: Content) -> str:
    return (
        f"{entry['a']} against {entry['b']} changed the VUS by {entry['difference']:+.3f} "
        f"({interval(entry)}; {entry['task']} task, {entry['model']})"
    )
