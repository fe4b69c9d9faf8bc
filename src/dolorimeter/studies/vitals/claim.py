"""What the study may claim, in plain words (science.md, part 3: W3, K2, K3, K5, K6, V1, C1–C6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dolorimeter.audit import Claim, Finding, Statement

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
        cells = {name: row["metrics"]["vus"] for name, row in block["models"].items()}
        tested = {name: c for name, c in cells.items() if c.get("p_holm") is not None}
        proven = {name: c for name, c in tested.items() if c["p_holm"] < ALPHA}
        for name, cell in proven.items():
            said = _predicts_words(block["models"][name]["label"], task, content["design"])
            yield "granted", Statement(f"{said}: {_evidence(cell, block['chance'])}.", PREDICTS)
        if not proven:
            said = f"That vital signs alone predict the {task} pain class"
            yield "unproven", Statement(f"{said} {_untested(tested, content)}.", PREDICTS)


def _predicts_words(label: str, task: str, design: Content) -> str:
    return (
        f"{label} predicts the {task} pain class after the fact from vital signs alone, in "
        f"{whom(design)}"
    )


def _evidence(cell: Content, chance: float) -> str:
    return (
        f"VUS {cell['mean']:.3f} (95 % interval {_interval(cell)}; chance {chance:.3f}; "
        f"relabelling p = {cell['p']:.3f}, Holm {cell['p_holm']:.3f})"
    )


def _untested(tested: Content, content: Content) -> str:
    if tested:
        times = content["design"]["permutations"]
        return f"was tested by {times} relabellings and not shown for any model"
    return "was not tested by relabelling; run with --permutations 199"


def _adds(content: Content) -> Iterator[tuple[str, Statement]]:
    """Say where a model with vitals beats the same without, reports known to both."""
    for task, block in content["tasks"].items():
        reports = block.get("reports", {})
        asked = [
            c for c in reports.get("comparisons", []) if c["b"] in ("chain", "boosting-reports")
        ]
        shown = [
            c
            for c in asked
            if c["p_holm"] is not None and c["p_holm"] < ALPHA and c["difference"] > 0
        ]
        where = f"to the patient's own earlier reports in the {task} task"
        for c in shown:
            said = f"Vital signs add {where}: {_gain(c, reports['models'])}."
            yield "granted", Statement(said, ADDS)
        if asked and not shown:
            gains = "; ".join(_gain(c, reports["models"]) for c in asked)
            said = f"That vital signs add {where} was not shown: {gains}."
            yield "unproven", Statement(said, ADDS)


def _gain(c: Content, models: Content) -> str:
    p = "not defined" if c["p_holm"] is None else f"{c['p_holm']:.3f}"
    return (
        f"{models[c['a']]['label']}, difference in VUS {c['difference']:+.3f} "
        f"({_interval(c)}), Holm p = {p}"
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
    if design["permutations"]:
        yield Finding(
            "V1",
            "passed",
            f"label sequences were exchanged between stays {design['permutations']} times, "
            "with refits",
        )
    else:
        yield Finding("V1", "unknown", "no relabelling was run", "run with --permutations 199")
    for rule, reason in (
        ("C1", "the objective is prediction, not a signature"),
        ("C3", "one objective was declared"),
        ("C4", "an observational study tests no cause"),
        ("C6", "the study was not run where it would be used"),
    ):
        yield Finding(rule, "not-applicable", reason)


def _look_ahead_findings(design: Content, tasks: Content) -> Iterator[Finding]:
    ahead = [task for task, block in tasks.items() if block.get("looks_ahead")]
    if "none" in design["history"]:
        also = f"; so do the references of {', '.join(ahead)}" if ahead else ""
        yield Finding(
            "K6",
            "warned",
            f"history none: smoothing uses later windows{also}; after the fact only",
            "for live use take history reports, or a causal reference with the filter",
        )
    if "reports" in design["history"]:
        yield Finding(
            "K6",
            "passed",
            "history reports: filtered; reports enter strictly after they were given",
        )


def _interval(cell: Content) -> str:
    low, high = cell["ci95"]
    return f"{low:.3f} to {high:.3f}"
