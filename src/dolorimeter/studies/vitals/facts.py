"""What the study did, as facts for the audit, read off its own results (science.md, part 3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from dolorimeter.audit import Facts, Proposition, Test
from dolorimeter.states import MODELS

from .words import interval, population, whom

ALPHA = 0.05
MEASURED = frozenset(
    {"shared_subjects", "duplicates", "target_in_features", "looks_ahead", "folds_agree"}
)
ADDS = ("K2", "K3", "K5", "K6", "W3")
SIGNAL = {
    "none": "vital signs alone",
    "reports": "vital signs and earlier reports",
}
EXCHANGED = "whole label sequences between patients with as many stays"
SMOOTHING = "smoothing, which sees the rest of the stay"
Content = dict[str, Any]
Analysis = tuple[Facts, list[Proposition]]


def study_facts(content: Content) -> list[Analysis]:
    """Describe every analysis of a run: a task under one history.

    From vital signs alone each model that passed the relabelling test is an analysis of its own;
    where none did, the task is one. With earlier reports the study asks what vital signs add.

    Parameters
    ----------
    content : dict
        Results in the shape of results.json, the claim still missing.

    Returns
    -------
    list of (Facts, list of Proposition)
        For :func:`dolorimeter.audit.audit_study`.
    """
    analyses: list[Analysis] = []
    for task, block in content["tasks"].items():
        if "models" in block:
            analyses += [(facts, []) for facts in _alone(content, task, block)]
    for task, block in content["tasks"].items():
        if "reports" in block:
            reports = block["reports"]
            analyses.append((_with_reports(content, task, reports), [*_adds(content, task)]))
    return analyses


def label(task: str, history: str, model: str = "") -> str:
    """Name an analysis.

    Parameters
    ----------
    task : str
        Name of the task.
    history : str
        What is known at test time.
    model : str
        Its label, where the analysis is about one.

    Returns
    -------
    str
        To stand before a verb.
    """
    who = f"{model}, on" if model else "a model of"
    return f"{who} the {task} task{' knowing earlier reports' * (history == 'reports')}"


def relabeled(content: Content) -> list[Content]:
    """Return the VUS of every model that the relabelling test was run on.

    Parameters
    ----------
    content : dict
        Results.

    Returns
    -------
    list of dict
        Cells of results.json.
    """
    return [
        row["metrics"]["vus"]
        for block in content["tasks"].values()
        for row in block.get("models", {}).values()
        if row["metrics"]["vus"].get("p_holm") is not None
    ]


def _alone(content: Content, task: str, block: Content) -> Iterator[Facts]:
    """Describe one task from vital signs alone."""
    cells = {
        name: row["metrics"]["vus"]
        for name, row in block["models"].items()
        if name in MODELS and MODELS[name].uses_vitals
    }
    tested = {name: cell for name, cell in cells.items() if cell.get("p_holm") is not None}
    proven = [name for name, cell in tested.items() if cell["p_holm"] < ALPHA]
    for name in proven:
        model = block["models"][name]["label"]
        shown = _test(cells[name], "VUS (Holm-adjusted p)")
        yield _facts(content, task, "none", [name], model, shown)
    if not proven:
        yield _facts(content, task, "none", [*cells], "", _best(block, tested or cells))


def _best(block: Content, cells: Content) -> Test | None:
    """Take the model with the least p, or where none was tested the largest VUS."""
    if not cells:
        return None
    name = min(cells, key=lambda name: (cells[name].get("p_holm") or 0.0, -cells[name]["mean"]))
    return _test(cells[name], f"VUS of {block['models'][name]['label']} (Holm-adjusted p)")


def _test(cell: Content, metric: str) -> Test:
    low, high = cell["ci95"]
    ci95 = None if low is None or high is None else (low, high)
    return Test(cell["mean"], cell.get("null_mean"), cell.get("p_holm"), ci95, metric)


def _with_reports(content: Content, task: str, block: Content) -> Facts:
    return _facts(content, task, "reports", [*block["models"]], "", None)


def _facts(
    content: Content,
    task: str,
    history: Literal["none", "reports"],
    names: list[str],
    model: str,
    result: Test | None,
) -> Facts:
    """Gather what holds for one analysis."""
    design, block = content["design"], content["tasks"][task]
    block = block["reports"] if history == "reports" else block
    shared = design["shared_patients"]
    new = design["group"] == "patient" or not shared
    ahead = (*_smoothing(history, names), *block["ahead"])
    return Facts(
        label=label(task, history, model),
        signal=SIGNAL[history],
        pain=True,
        objective="prediction",
        whom="new-subjects" if new else "new-stays",
        population=population(content),
        timing="after-the-fact" if ahead or history == "none" else "live",
        cross_validation="between-subject" if not shared else "within-subject",
        normalization="time" if task == "median-referenced" else "none",
        amplitude_used=True,
        shared_subjects=shared,
        shared_families=0,  # patients are taken to be unrelated, and the population says so
        duplicates=design["duplicate_stays"],
        trials_per_test_sample=1,
        grouped_by="nothing",
        forced_choice=False,
        fitted_outside=(),
        target_in_features=tuple(block["target_in_features"]),
        looks_ahead=ahead,
        folds_agree=design["folds_kept_whole"],
        comparators=(),
        failures_reported=True,
        **_null(content, result),
        result=result,
        mass_univariate=True,
        bulk_amplitude=False,
        intervention=False,
        tested_in_use=False,
        measured=MEASURED,
    )


def _smoothing(history: str, names: list[str]) -> tuple[str, ...]:
    ordered = any(name in MODELS and MODELS[name].ordered for name in names)
    return (SMOOTHING,) if history == "none" and ordered else ()


def _null(content: Content, result: Test | None) -> dict[str, Any]:
    """Describe the relabelling test, where it was run; else no null is known."""
    if result is None:
        return {}
    plan = {"exchanged": EXCHANGED, "exchangeable": True}
    if result.p is None:
        return plan
    tests, times = len(relabeled(content)), content["design"]["permutations"]
    least = int(tests / ALPHA) - 1
    few = f"; Holm's adjustment over {tests} tests takes {least} to show anything"
    exchanged = f"{EXCHANGED}, {times} times{few * (times < least)}"
    return plan | {"null": "relabelling", "exchanged": exchanged}


def _adds(content: Content, task: str) -> Iterator[Proposition]:
    """Say where a model with vitals beats the same without, reports known to both."""
    block = content["tasks"][task]["reports"]
    models = block["models"]
    asked = [c for c in block["comparisons"] if c["b"] in ("chain", "boosting-reports")]
    shown = [c for c in asked if _is_shown(c)]
    text = (
        f"vital signs add to the patient's own earlier reports in the {task} task, in "
        f"{whom(content['design'])}, the fitted models taken as given"
    )
    for c in shown:
        yield Proposition(text, ADDS, True, _gain(c, models))
    if asked and not shown:
        yield Proposition(text, ADDS, False, "; ".join(_gain(c, models) for c in asked))


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
