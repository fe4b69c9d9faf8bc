"""What the study may claim, in plain words (science.md, part 3: W3, K2, K3, K5, K6, V1, C1–C6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dolorimeter.audit import Claim, Finding, Statement
from dolorimeter.states import MODELS

ALPHA = 0.05
PREDICTS = ("C2", "K3", "K5", "W3", "V1")
ADDS = ("C2", "K5", "K6", "W3")
Content = dict[str, Any]


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
    design = content["design"]
    statements = [*_predicts(content), *_adds(content)]
    return Claim(
        objective="prediction",
        scope=_scope(content),
        granted=tuple(s for kind, s in statements if kind == "granted"),
        refused=tuple(_refusals(content)),
        unproven=tuple(s for kind, s in statements if kind == "unproven"),
        findings=tuple(_findings(design, content["tasks"])),
    )


def whom(design: Content) -> str:
    """Return to whom the folds let a result apply.

    Parameters
    ----------
    design : dict
        Design block of the results.

    Returns
    -------
    str
        ``"patients not seen in training"``, or stays of patients who were.
    """
    if design["shared_patients"] == 0:
        return "patients not seen in training"
    return "new stays of patients who may have been seen in training"


def _scope(content: Content) -> str:
    data, design = content["data"], content["design"]
    when = {
        "none": "after the fact, from the vital signs of the whole stay",
        "reports": "live, from vital signs and reports before the window",
    }
    return (
        f"{whom(design).capitalize()}, of the kind in this cohort ({data['patients']} patients, "
        f"{data['stays']} stays of at least {design['min_stay']}, windows of {design['window']}, "
        f"source {data['source']}); " + "; ".join(when[h] for h in design["history"]) + "."
    )


def _predicts(content: Content) -> Iterator[tuple[str, Statement]]:
    """One sentence a task, or one a model that predicts, by the relabelling test."""
    for task, block in content["tasks"].items():
        if "models" not in block:
            continue
        cells = {
            row["label"]: row["metrics"]["vus"]
            for name, row in block["models"].items()
            if name in MODELS and MODELS[name].uses_vitals
        }
        tested = {label: c for label, c in cells.items() if c.get("p_holm") is not None}
        proven = {label: c for label, c in tested.items() if c["p_holm"] < ALPHA}
        rules = _rules(PREDICTS, content["design"])
        for label, cell in proven.items():
            said = f"{label} predicts the {task} pain class after the fact from vital signs alone"
            evidence = _evidence(cell, block["chance"])
            yield (
                "granted",
                Statement(f"{said}, in {whom(content['design'])}: {evidence}.", rules),
            )
        if not proven:
            said = f"That vital signs alone predict the {task} pain class"
            yield "unproven", Statement(f"{said} {_untested(tested, content)}.", rules)


def _rules(rules: tuple[str, ...], design: Content) -> tuple[str, ...]:
    """Leave W3 out where patients are shared: the sentence then is not about new ones."""
    return tuple(r for r in rules if r != "W3" or not design["shared_patients"])


def _evidence(cell: Content, chance: float) -> str:
    return (
        f"VUS {cell['mean']:.3f} (95 % interval {interval(cell)}; chance {chance:.3f}; "
        f"relabelling p = {cell['p']:.3f}, Holm {cell['p_holm']:.3f})"
    )


def _untested(tested: Content, content: Content) -> str:
    if not tested:
        return "was not tested by relabelling; run an HMM or naive Bayes with --permutations 199"
    times = content["design"]["permutations"]
    said = f"was tested by {times} relabellings and not shown for any model"
    least = _least_permutations(content["tasks"])
    return said if times >= least else f"{said}: with {least} or more it could be"


def _least_permutations(tasks: Content) -> int:
    """Relabellings below which Holm's adjustment cannot reach the level, whatever the data."""
    n_tests = sum(
        row["metrics"]["vus"].get("p_holm") is not None
        for block in tasks.values()
        for row in block.get("models", {}).values()
    )
    return int(n_tests / ALPHA) - 1


def _adds(content: Content) -> Iterator[tuple[str, Statement]]:
    """Say where a model with vitals beats the same without, reports known to both."""
    rules = _rules(ADDS, content["design"])
    for task, block in content["tasks"].items():
        reports = block.get("reports", {})
        asked = [
            c for c in reports.get("comparisons", []) if c["b"] in ("chain", "boosting-reports")
        ]
        shown = [c for c in asked if _is_shown(c)]
        where = (
            f"to the patient's own earlier reports in the {task} task, in "
            f"{whom(content['design'])}, the fitted models taken as given"
        )
        for c in shown:
            said = f"Vital signs add {where}: {_gain(c, reports['models'])}."
            yield "granted", Statement(said, rules)
        if asked and not shown:
            gains = "; ".join(_gain(c, reports["models"]) for c in asked)
            said = f"That vital signs add {where}, was not shown: {gains}."
            yield "unproven", Statement(said, rules)


def _is_shown(c: Content) -> bool:
    """Ask both of a comparison: the adjusted test, and an interval above zero."""
    low = c["ci95"][0]
    return c["p_holm"] is not None and c["p_holm"] < ALPHA and low is not None and low > 0


def _gain(c: Content, models: Content) -> str:
    if c["p_holm"] is None:
        return f"{models[c['a']]['label']}, not defined"
    return (
        f"{models[c['a']]['label']}, difference in VUS {c['difference']:+.3f} "
        f"({interval(c)}), Holm p = {c['p_holm']:.3f}"
    )


def _refusals(content: Content) -> Iterator[Statement]:
    design, tasks = content["design"], content["tasks"]
    if design["shared_patients"]:
        yield Statement(
            f"That the results hold for new patients: {design['shared_patients']} patients stand "
            "in training and test of the same fold. Group the folds by patient.",
            ("W3", "C2"),
        )
    if "none" in design["history"]:
        yield Statement(
            "Live use of the results without reports: they rest on smoothing, which looks at the "
            "rest of the stay.",
            ("K6", "C2"),
        )
    if tasks.get("median-referenced", {}).get("looks_ahead"):
        yield Statement(
            "Live use of the median-referenced task as run: its median and its standardization "
            "come from the whole stay, reports of the test stay included.",
            ("K6", "C2"),
        )
    if tasks.get("difference", {}).get("looks_ahead"):
        yield Statement(
            "Live use of the difference task as run: the class of a window holds the report of the "
            "next one.",
            ("K6", "C2"),
        )
    if "reports" in design["history"]:
        yield Statement(
            "That results with earlier reports show what vital signs alone can tell: much of them "
            "comes from the reports.",
            ("C2",),
        )
    yield Statement(
        "Any conclusion from p_paper: it takes windows as independent and rejects far too often "
        "where there is no signal.",
        ("V1",),
    )
    yield Statement("A physiological signature of pain: no specificity was tested.", ("C1", "C3"))
    yield Statement("That pain causes the vital signs, or they the pain.", ("C4",))
    yield Statement("Clinical, medico-legal or other real-life use: not tested there.", ("C6",))


def _findings(design: Content, tasks: Content) -> Iterator[Finding]:
    yield Finding(
        "K5", "passed",
        "outlier thresholds, normal scores and models were fitted on training stays of each fold",
    )  # fmt: skip
    shared = design["shared_patients"]
    yield Finding(
        "W3",
        "violated" if shared else "passed",
        f"{shared} patients stand in training and test of the same fold",
        "group the folds by patient" if shared else "",
    )
    yield Finding("K2", "passed", "no test window was averaged or grouped by its class")
    yield Finding("K3", "passed", "each test sample is one window of one stay")
    yield from _look_ahead_findings(design, tasks)
    yield _relabeling_finding(design, tasks)
    for rule, reason in (
        ("C1", "the objective is prediction, not a signature"),
        ("C3", "one objective was declared"),
        ("C4", "an observational study tests no cause"),
        ("C6", "the study was not run where it would be used"),
    ):
        yield Finding(rule, "not-applicable", reason)


def _relabeling_finding(design: Content, tasks: Content) -> Finding:
    rows = [
        row
        for block in tasks.values()
        for name, row in block.get("models", {}).items()
        if name in MODELS and MODELS[name].uses_vitals
    ]
    tested = {row["label"] for row in rows if row["metrics"]["vus"].get("p") is not None}
    untested = {row["label"] for row in rows} - tested
    if not tested:
        return Finding("V1", "unknown", "no model was relabelled", "run with --permutations 199")
    also = f"; not tested: {', '.join(sorted(untested))}" if untested else ""
    return Finding(
        "V1",
        "passed",
        f"label sequences were exchanged between patients {design['permutations']} times, with "
        f"refits: {', '.join(sorted(tested))}{also}",
    )


def _look_ahead_findings(design: Content, tasks: Content) -> Iterator[Finding]:
    if "none" in design["history"]:
        ahead = [task for task, block in tasks.items() if block.get("looks_ahead")]
        also = f"; so do the classes or references of {', '.join(ahead)}" if ahead else ""
        yield Finding(
            "K6",
            "warned",
            f"history none: smoothing uses later windows{also}; after the fact only",
            "for live use take history reports, or a causal reference with the filter",
        )
    if "reports" in design["history"]:
        ahead = [task for task, block in tasks.items() if block["reports"].get("looks_ahead")]
        also = f"; but the classes of {', '.join(ahead)} hold the next report" if ahead else ""
        yield Finding(
            "K6",
            "warned" if ahead else "passed",
            f"history reports: filtered; reports enter strictly after they were given{also}",
            "take the difference to the previous window for live use" if ahead else "",
        )


def interval(cell: Content) -> str:
    """Write an interval.

    Parameters
    ----------
    cell : dict
        A metric or comparison of results.json; the ends are None where too few patients take part.

    Returns
    -------
    str
        Both ends, or that there are none.
    """
    low, high = cell["ci95"]
    return "no interval" if low is None or high is None else f"{low:.3f} to {high:.3f}"
