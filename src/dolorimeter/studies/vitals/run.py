"""The whole road of the study: folds, arms, scores, claim, result."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import numpy as np

from dolorimeter._version import __version__
from dolorimeter.audit.leaks import kept_whole
from dolorimeter.core import Folds, progress
from dolorimeter.evaluation import holm
from dolorimeter.states import MODELS
from dolorimeter.tables import Cohort, summarize_cohort
from dolorimeter.tables.durations import format_duration

from .arm import Arm, run_arm
from .claim import make_claim
from .curves import learning_curves
from .dealing import (
    as_pairs,
    deal_folds,
    duplicate_stays,
    held_by,
    shared_patients,
    units,
)
from .design import VitalsStudy
from .examples import example_stays
from .inflation import adjust_inflation, measure_inflation
from .model import VitalsModel, fit_vitals_model, use_vitals
from .questions import ask
from .result import VitalsResult, posterior_table
from .rows import adjust, score
from .summary import summarize

DESCRIPTIONS = {
    "direct": "Is pain low, medium or high? Cut points {cuts}, half-open.",
    "median-referenced": "Is pain below, at or above the stay's median? Reference: {reference}.",
    "difference": "Does pain fall, stay or rise from one window to the {direction}?",
}
OUTLIERS_NOTE = (
    "Counted in test windows, with means and deviations of their training folds. Percent present, "
    "correlation and scatter are of the windows before it."
)
LIVE = " What is known: vital signs up to the window, and reports before it."
AFTER = " What is known: the vital signs of the whole stay, no report."


def run(study: VitalsStudy, cohort: Cohort, seed: int) -> VitalsResult:
    """Run a study on a cohort.

    Parameters
    ----------
    study : VitalsStudy
        The design.
    cohort : Cohort
        Windows of stays.
    seed : int
        Seed of everything random.

    Returns
    -------
    VitalsResult
        Results as data, posteriors and fitted models.

    Raises
    ------
    InputError
        If the cohort cannot carry the design: too few stays or patients for the folds, a class
        that never occurs, a vital that never varies.
    """
    cohort = use_vitals(cohort, study.vitals)
    folds = deal_folds(study, cohort, seed)
    tasks: dict[str, Any] = {}
    inflation: list[dict[str, Any]] = []
    tables, examples, removed = [], [], np.zeros(len(cohort.vital_names), dtype=np.int64)
    for task in study.tasks:
        for history in study.histories:
            arm = run_arm(study, cohort, folds, task, history, seed)
            _file(tasks, arm, _block(study, arm, seed))
            if study.inflation and history == "none":
                inflation += measure_inflation(study, arm, seed)
            tables.append(posterior_table(arm))
            examples += example_stays(arm) if task == study.tasks[0] else []
            removed = np.maximum(removed, sum(fold.removed for fold in arm.prepared))
    _adjust_all(study, tasks)
    adjust_inflation(inflation)
    models = refit(study, cohort, seed)
    _add_fit(tasks, models)
    content = {
        "format": 1,
        "study": "vitals",
        "version": __version__,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "title": "Pain states from vital signs",
        "summary": [],
        "data": _data(cohort, removed),
        "design": _design(study, cohort, folds, seed),
        "examples": examples,
        "tasks": tasks,
        "inflation": inflation,
    }
    claim = make_claim(content)
    content["summary"] = summarize(content)
    content["claim"] = claim.to_dict()
    return VitalsResult(content, claim, tables, models)


def refit(study: VitalsStudy, cohort: Cohort, seed: int) -> dict[tuple[str, str], VitalsModel]:
    """Refit every model that can be saved on all data.

    Parameters
    ----------
    study : VitalsStudy
        The design.
    cohort : Cohort
        All stays.
    seed : int
        Seed of restarts.

    Returns
    -------
    dict
        By task and model.
    """
    history = study.histories[0]
    jobs = [(task, name) for task in study.tasks for name in study.models if MODELS[name].storable]
    return {
        (task, name): fit_vitals_model(
            cohort, study.target(task, history), name,
            options=study.model_options.get(name), random_state=seed,
        )
        for task, name in progress(jobs, "refitting on all data")
    }  # fmt: skip


def _block(study: VitalsStudy, arm: Arm, seed: int) -> dict[str, Any]:
    scored = score(study, arm, seed)
    options = {
        "cuts": ", ".join(f"{cut:g}" for cut in arm.target.cuts),
        "reference": {"stay": "the whole stay", "causal": "earlier reports"}[arm.target.reference],
        "direction": arm.target.direction,
    }
    block = {
        "class_names": list(arm.class_names),
        "class_counts": arm.class_counts,
        "unknown": int((arm.labels < 0).sum()),
        "description": DESCRIPTIONS[arm.task].format(**options)
        + (LIVE if arm.history == "reports" else AFTER),
        "chance": 1 / math.factorial(len(arm.class_names)),
        "looks_ahead": arm.target.report_delay != 1,
        "ahead": list(arm.ahead),
        "target_in_features": list(held_by(arm)),
        "models": scored.rows,
        "comparisons": ask(study, arm, scored.predictions, seed),
    }
    if arm.history == "none":
        block["learning_curve"] = learning_curves(study, arm, seed)
    return block


def _file(tasks: dict[str, Any], arm: Arm, block: dict[str, Any]) -> None:
    """Put an arm where results.json keeps it: without reports on top, with reports beneath."""
    if arm.history == "none":
        tasks[arm.task] = block
    else:
        tasks.setdefault(arm.task, {})["reports"] = block


def _adjust_all(study: VitalsStudy, tasks: dict[str, Any]) -> None:
    """Add the Holm values, one family for each history, since the two are never mixed."""
    for blocks in (
        [t for t in tasks.values() if "models" in t],
        [t["reports"] for t in tasks.values() if "reports" in t],
    ):
        adjust([block["models"] for block in blocks], study.null_bootstraps)
        comparisons = [c for block in blocks for c in block["comparisons"]]
        for comparison, p in zip(comparisons, holm([c["p"] for c in comparisons]), strict=True):
            comparison["p_holm"] = p


def _add_fit(tasks: dict[str, Any], models: dict[tuple[str, str], VitalsModel]) -> None:
    """File what the refit did where its target is: the arm without reports, if that was run."""
    for (task, name), model in models.items():
        block = tasks[task] if "models" in tasks[task] else tasks[task]["reports"]
        block["models"][name]["parameters"]["refit"] = dict(model.record)


def _data(cohort: Cohort, removed: np.ndarray) -> dict[str, Any]:
    """Return the data block; its outliers are those that the folds' own thresholds removed."""
    data = summarize_cohort(cohort).to_dict()
    data["outliers"] = dict(zip(cohort.vital_names, removed.tolist(), strict=True))
    data["outliers_note"] = OUTLIERS_NOTE
    data["ledger"] += [
        {
            "variable": name,
            "reason": "outlier window, by the thresholds of its training folds",
            "action": "set missing",
            "count": count,
        }
        for name, count in data["outliers"].items()
        if count
    ]
    return data


def _design(study: VitalsStudy, cohort: Cohort, folds: Folds, seed: int) -> dict[str, Any]:
    return {
        "window": format_duration(cohort.width),
        "min_stay": format_duration(cohort.min_stay),
        "folds": len(folds),
        "group": study.group,
        "fold_fingerprint": folds.fingerprint,
        "fold_sizes": [len(test) for test in folds.test],
        "shared_patients": shared_patients(cohort, folds),
        "duplicate_stays": duplicate_stays(cohort, folds),
        "folds_kept_whole": kept_whole(as_pairs(folds), units(cohort, study.group)),
        "history": list(study.histories),
        "inference": {"none": "smoothed posterior", "reports": "filtered posterior"},
        "models": list(study.models),
        "vitals": list(cohort.vital_names),
        "rule": study.rule,
        "null_bootstraps": study.null_bootstraps,
        "permutations": study.permutations,
        "bootstraps": study.n_bootstrap,
        "random_state": seed,
        "target_options": {k: dict(v) for k, v in study.target_options.items()},
        "model_options": {k: dict(v) for k, v in study.model_options.items()},
    }
