"""What the report of a vital-signs study shows of one task under one history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import figures_data, figures_models, tables_models, tables_parameters
from .figures import Plate
from .formats import count, number, percent, plain
from .tables import Table
from .words import option, sentence_case

Results = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fitted:
    """The parameters of one model, averaged over folds.

    Attributes
    ----------
    label : str
        Name of the model.
    tables : tuple of Table
        Transitions and emissions, as far as the model has them.
    facts : tuple of str
        Likelihood, information criteria, convergence, floors: sentences for footnotes.
    """

    label: str
    tables: tuple[Table, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TaskView:
    """What the page shows of one task under one history.

    Attributes
    ----------
    name, title, description : str
        The task in the results, its heading, and what it asks.
    counts, bars : Plate
        Class counts; VUS of the models.
    calibration, learning : Plate or None
        None where the results have none.
    results : Table
        Metrics by model.
    comparisons, null_p_values, relabelling, further : Table or None
        None where the results have none.
    confusions : tuple of Table
        One a model.
    fitted : tuple of Fitted
        One for each model that has parameters.
    notes : tuple of (str, str)
        Labels of models and what is to be noted of them.
    """

    name: str
    title: str
    description: str
    counts: Plate
    bars: Plate
    calibration: Plate | None
    learning: Plate | None
    results: Table
    comparisons: Table | None
    null_p_values: Table | None
    relabelling: Table | None
    further: Table | None
    confusions: tuple[Table, ...]
    fitted: tuple[Fitted, ...]
    notes: tuple[tuple[str, str], ...]


def task_view(name: str, block: Results, suffix: str = "") -> TaskView:
    """Gather what the page shows of one task under one history.

    Parameters
    ----------
    name : str
        The task in the results.
    block : mapping
        The results' block of the task, or its ``reports``.
    suffix : str, default ""
        Added to the heading, to tell the two histories apart.

    Returns
    -------
    TaskView
        Figures and tables, ready for the template.
    """
    models, classes = block["models"], block["class_names"]
    title = f"{sentence_case(name)}{suffix}"
    return TaskView(
        name=name,
        title=title,
        description=plain(block.get("description", "")),
        counts=figures_data.class_counts(
            block, f"{title}: windows in each class, and of unknown class."
        ),
        bars=figures_models.vus_bars(
            models,
            len(classes),
            f"{title}: VUS of each model with its 95 % interval. The dashed line is chance; null "
            "models are gray.",
        ),
        calibration=figures_models.calibration(
            models,
            classes,
            f"{title}: calibration. How often a class was true where it was predicted with a given "
            "probability. A calibrated model lies on the diagonal. Brier score: mean squared "
            "error of the probabilities, less is better.",
        ),
        learning=_learning(title, block, classes),
        results=tables_models.results(models, f"{title}: results over the test folds."),
        comparisons=tables_models.comparisons(
            block.get("comparisons") or (), models, f"{title}: paired comparisons."
        ),
        null_p_values=tables_models.null_p_values(
            models, f"{title}: the paper’s p-values against both nulls (descriptive)."
        ),
        relabelling=tables_models.relabelling(models, f"{title}: the relabelling test."),
        further=tables_models.further_metrics(models, f"{title}: further metrics."),
        confusions=tables_parameters.confusions(models, classes),
        fitted=tuple(_fitted(models, classes)),
        notes=tuple((plain(m["label"]), plain(n)) for m in models.values() for n in _notes(m)),
    )


def _notes(model: Results) -> Sequence[str]:
    return model.get("notes") or ()


def _learning(title: str, task: Results, classes: Sequence[str]) -> Plate | None:
    curves = task.get("learning_curve")
    if not curves:
        return None
    some = next(iter(curves.values()))
    unit = {"window": "labelled windows"}.get(some.get("unit", ""), "patients")
    held_out, splits = percent(100 * some["held_out"], 0), count(some["splits"])
    skipped = any(any(curve.get("skipped") or ()) for curve in curves.values())
    lines = [
        f"{title}: learning curves. VUS on {held_out} of the {unit}, held out, against the share "
        f"of all {unit} trained on (log scale), over {splits} splits. Band and brackets: 95 % "
        "intervals from resampling patients; dashed: chance. The slope is VUS on log share.",
        "Training sets that lacked a class were left out." if skipped else "",
        plain(some.get("note") or ""),
    ]
    caption = " ".join(line for line in lines if line)
    return figures_models.learning_curves(curves, task["models"], len(classes), caption)


def _fitted(models: Results, classes: Sequence[str]) -> Iterator[Fitted]:
    for model in models.values():
        parameters = model.get("parameters") or {}
        shown = (
            tables_parameters.transitions(parameters, classes),
            tables_parameters.emissions(parameters, classes),
        )
        tables = tuple(table for table in shown if table)
        if tables:
            yield Fitted(plain(model["label"]), tables, _facts(parameters))


def _facts(parameters: Results) -> tuple[str, ...]:
    """What the fits in the folds did, and what the one on all data did."""
    refit = parameters.get("refit") or {}
    lines = (_fit_facts("In the folds", parameters), _fit_facts("Refitted on all data", refit))
    return tuple(line for line in lines if line)


def _fit_facts(which: str, fit: Results) -> str:
    scores = {"log_likelihood": "log-likelihood", "aic": "AIC", "bic": "BIC"}
    words = {
        "converged_folds": "folds that converged",
        "iterations": "iterations",
        "floors_bound": "floors that bound",
    }
    facts = [f"{text} {number(fit[key], 1)}" for key, text in scores.items() if key in fit]
    facts += [f"{text}: {option(fit[key])}" for key, text in words.items() if key in fit]
    facts += [plain(fit["message"])] if fit.get("message") else []
    return f"{which}: {'; '.join(facts)}" if facts else ""
