"""The parts of a learning report that hold its results: figures, tables and their captions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import (
    figures_learning_behaviour,
    figures_learning_course,
    figures_learning_design,
    figures_learning_efficiency,
    tables_learning,
)
from .decoding_inflation import questions
from .decoding_words import block, counted
from .formats import count, number, plain
from .learning_views import parameter_words
from .learning_words import lower_first, model_name
from .words import sentence_case

Results = Mapping[str, Any]
_FILLED = " Filled: something followed; hollow: nothing did. (As Fig 1b, c of Seymour et al. 2005.)"


def designed(design: Results) -> dict[str, Any]:
    """Gather the drawing of the design and the overlap of its regressors.

    Parameters
    ----------
    design : mapping
        The results' ``design``.

    Returns
    -------
    dict
        Figure and table, None for what was not done.
    """
    trials = design.get("timeline") or ()
    runs = len({trial.get("run") for trial in trials})
    most, found = figures_learning_design.MOST_RUNS, block(design, "efficiency")
    few = f" The first {most} of {count(runs)} runs." if runs > most else ""
    return {
        "timeline": figures_learning_design.timeline(
            trials,
            "Every trial of the first subject at its place in time, a lane for each cue. The "
            f"direction of a stroke tells what followed, as the legend says.{few}",
        ),
        "efficiency": figures_learning_efficiency.efficiency(found, _overlapping(found)),
        "efficiency_table": tables_learning.efficiency(
            found, "Variance inflation of the planned regressors, median and most over subjects."
        ),
        "efficiency_reason": plain(design.get("efficiency_reason") or ""),
    }


def _overlapping(found: Results) -> str:
    """Say what was assumed: the frames are not in the events."""
    how = [
        f"errors of {lower_first(model_name(plain(found['model'])))}" if found.get("model") else "",
        f"a frame every {number(found['tr'], 1)} s (assumed)" if found.get("tr") else "",
        f"the response {plain(found['hrf'])}" if found.get("hrf") else "",
        f"median of {counted(found['subjects'], 'subject')}, stroke: the most"
        if found.get("subjects")
        else "",
    ]
    said = "; ".join(part for part in how if part)
    return (
        "Variance inflation of the planned regressors after convolution with the hemodynamic "
        "response: how far each can be told from all the others. Above 5 (dashed) it is poor."
        f"{f' {sentence_case(said)}.' if said else ''}"
    )


def learned_view(learned: Results) -> dict[str, Any] | None:
    """Gather values and errors.

    Parameters
    ----------
    learned : mapping
        The results' ``learned``.

    Returns
    -------
    dict or None
        Figures, table and a sentence; None where no model was run.
    """
    courses, types = learned.get("course") or {}, learned.get("trial_types") or ()
    name = model_name(learned.get("model") or "", learned.get("label"))
    parameters = parameter_words(block(learned, "parameters"))
    free = {*courses, *(entry.get("cue") or "" for entry in types)} <= {""}
    over = "over the trials" if free else "over the presentations of each cue"
    shown = {
        "course": figures_learning_course.course(
            courses, f"Values and errors {over}, means over subjects."
        ),
        "types": figures_learning_course.trial_types(
            types,
            "Mean errors by kind of trial." + ("" if free else _FILLED),
        ),
        "table": tables_learning.trial_types(
            types, "Means over the trials of each kind, over all subjects."
        ),
    }
    return (
        {
            "said": f"All values and errors are those of {lower_first(name) or 'the model'}"
            f"{f' with {parameters}' if parameters else ''}. The errors are appetitive: "
            "better than expected is above 0; the aversive error is their negative.",
            **shown,
        }
        if any(shown.values())
        else None
    )


def behaved(behaviour: Results) -> dict[str, Any] | None:
    """Gather preferences, measures by cue and paired comparisons.

    Parameters
    ----------
    behaviour : mapping
        The results' ``behaviour``.

    Returns
    -------
    dict or None
        Figures and tables; None where nothing was measured.
    """
    preferences = block(behaviour, "preferences")
    parts = {
        "preferences": figures_learning_behaviour.preferences(
            preferences,
            "How often each cue was preferred. Dots: subjects; upright: mean, over its standard "
            "error; dashed: half of all choices, no preference. (As Fig 2 of Seymour et al. 2005.)",
        ),
        "tests": tables_learning.preference_tests(
            preferences.get("tests") or (), "Wilcoxon signed-rank tests between the scores."
        ),
        "by_cue": figures_learning_behaviour.measures_by_cue(
            block(behaviour, "by_cue"),
            "Each measure by cue: mean and standard error over subjects.",
        ),
        "paired": tables_learning.paired(
            behaviour.get("paired") or (), "Paired comparisons within subjects."
        ),
    }
    return parts if any(parts.values()) else None


def inflated(results: Results) -> dict[str, Any]:
    """Gather what looser analyses add.

    Parameters
    ----------
    results : mapping
        The content of ``results.json``.

    Returns
    -------
    dict
        Table and questions; the table is None where nothing was measured.
    """
    entries = results.get("inflation") or ()
    return {
        "table": tables_learning.inflation(
            entries, "What looser analyses add, measured on the trials of this study."
        ),
        "questions": questions(entries),
    }
