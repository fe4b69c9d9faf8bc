"""Accuracy when test samples are averaged by condition: labelling, reported apart."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import InputError
from dolorimeter.decoding import (
    dprime_of_accuracy,
    forced_choice,
    labelling_curve,
)
from dolorimeter.studies.streams import stream

from .crossfit import Crossfit
from .plan import Plan

NOTE = (
    "Averaging test samples of one condition takes knowledge of what is to be told: this is "
    "labelling, not prediction (Hu & Iannetti 2016, Use of Prior Knowledge)."
)


def labelling_block(plan: Plan, found: Crossfit) -> dict[str, Any] | None:
    """Average held-out decisions in groups by condition, and score the averages.

    Parameters
    ----------
    plan : Plan
        Samples, sizes of groups.
    found : Crossfit
        Held-out decisions of single samples.

    Returns
    -------
    dict or None
        The labelling of docs/formats/results-decoding.md; None where a number is predicted, or
        no condition has two samples.
    """
    if not plan.has_classes:
        return None
    by, condition = grouping(plan)
    samples = plan.samples
    # A group is averaged within a person; and within a run where runs are left out, so that one
    # decoder has seen none of it.
    runs = samples.run if plan.study.groups == "run" else None
    cell = np.char.add(np.char.add(samples.subject, "\x1f"), condition)
    if runs is not None:
        cell = np.char.add(np.char.add(cell, "\x1f"), runs)
    largest = int(np.unique(cell, return_counts=True)[1].max())
    asked = {1, plan.study.test_average, *plan.study.sizes}
    sizes = sorted(m for m in asked if m <= largest)
    if plan.study.test_average > largest:
        given = f"{plan.study.test_average}, with at most {largest} samples of a {by} and subject"
        raise InputError("test_average", given, f"at most {largest}")
    if largest < 2:
        return None
    points = labelling_curve(
        found.decisions, plan.labels, condition, samples.subject, runs, sizes,
        random_state=stream(plan.seed, "labelling"),
    )  # fmt: skip
    single = points[0].accuracy
    two = len(plan.class_names) == 2 and 0 < single < 1
    return {
        "grouped_by": by,
        "dprime": dprime_of_accuracy(single) if two else None,
        "curve": [point.to_dict() for point in points],
        "forced_choice": _forced_choice(plan, found, condition),
        "note": NOTE,
    }


def grouping(plan: Plan) -> tuple[str, NDArray[np.str_]]:
    """Return by what test samples are grouped: their condition, or their class.

    Parameters
    ----------
    plan : Plan
        Samples.

    Returns
    -------
    by : str
        ``"condition"`` or ``"class"``.
    names : ndarray of shape (n_samples,)
        The group of each sample.
    """
    condition = plan.samples.condition
    pure = all(len(np.unique(plan.labels[condition == c])) == 1 for c in np.unique(condition))
    if pure and (condition != "").all():
        return "condition", condition
    return "class", np.array(plan.class_names)[plan.labels.astype(np.int64)]


def _forced_choice(plan: Plan, found: Crossfit, condition: NDArray[np.str_]) -> Any:
    subject, labels = plan.samples.subject, plan.labels
    both = any(len(np.unique(labels[subject == name])) == 2 for name in np.unique(subject))
    # Where the class is a trait nobody brings a sample of each to choose between.
    if len(plan.class_names) != 2 or not both:
        return None
    choice = forced_choice(found.decisions, plan.labels, condition, plan.samples.subject)
    return choice.to_dict()
