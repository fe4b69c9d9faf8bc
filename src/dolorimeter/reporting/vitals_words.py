"""What a vital-signs study left undone, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .words import sentence_case


def not_done(results: Mapping[str, Any]) -> list[str]:
    """Say what the results do not hold, and what that leaves open.

    Parameters
    ----------
    results : mapping
        The content of ``results.json``.

    Returns
    -------
    list of str
        One sentence each; never empty, for some things are never done.
    """
    return [*_missing_parts(results), *_never_done()]


def _missing_parts(results: Mapping[str, Any]) -> Iterator[str]:
    design, tasks = results["design"], results["tasks"]
    if not design.get("permutations"):
        yield (
            "The relabelling test was not run (--permutations 199 runs it). Without it no claim "
            "that a model predicts pain is proven."
        )
    not_alone = [n for n, task in tasks.items() if "models" not in task]
    if not_alone:
        yield f"Nothing was evaluated from vital signs alone for: {_names(not_alone)}."
    without_curve = [n for n, t in tasks.items() if "models" in t and not t.get("learning_curve")]
    if without_curve:
        yield f"No learning curve was drawn for: {_names(without_curve)}."
    without_reports = [n for n, task in tasks.items() if not task.get("reports")]
    if without_reports:
        yield (
            "Nothing was evaluated that knows the patient’s own earlier reports for: "
            f"{_names(without_reports)}."
        )
    if not results.get("inflation"):
        yield (
            "What folds of stays, a whole-stay reference and smoothing add to the VUS was not "
            "measured."
        )
    if not results.get("examples"):
        yield "No example stay was drawn."
    if "stay" in str(design.get("group")):
        yield (
            "Patients were not kept whole in the folds: stays of one patient may stand on both "
            "sides, so nothing here speaks of new patients."
        )


def _never_done() -> Iterator[str]:
    yield "Nothing was imputed: a window without a value of a vital has none."
    yield (
        "Intervals and comparisons take the fitted models as given: no model was refitted for them."
    )
    yield (
        "The models were not tested in another hospital, nor live at a bedside, nor on people "
        "unlike those in these data."
    )


def _names(tasks: list[str]) -> str:
    return ", ".join(sentence_case(name).lower() for name in tasks)
