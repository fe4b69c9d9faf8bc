"""How much a looser protocol lifts the score, measured on the same samples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.stats import t as student

from .crossfit import Crossfit, crossfit
from .plan import Plan, make_plan
from .scores import clusters, influence

TWINS = "What does it add to leave out single people whose relatives stay in training?"
OUTSIDE = "What does it add to fit {what} on all samples, those tested included?"


def measure_inflation(plan: Plan, found: Crossfit) -> list[dict[str, Any]]:
    """Measure what looser protocols add, as paired differences on the same samples.

    Parameters
    ----------
    plan : Plan
        Samples, design.
    found : Crossfit
        The study's own result.

    Returns
    -------
    list of dict
        Rows of ``"inflation"`` in results.json: relatives split across folds (W3) where families
        are known and people are left out, steps outside the folds (K5) where the study has any.
    """
    return [*_families(plan, found), *_outside(plan, found)]


def _families(plan: Plan, found: Crossfit) -> Iterator[dict[str, Any]]:
    family, study = plan.samples.family, plan.study
    if (family == "").any() or study.groups not in ("subject", "family"):
        return
    if len(set(family.tolist())) == len(set(plan.samples.subject.tolist())):
        return
    other = "family" if study.groups == "subject" else "subject"
    objective = replace(study.objective, scheme="leave-one-group-out")
    apart = crossfit(plan, permutations=0, objective=objective, group=other)
    split, whole = (apart, found) if other == "subject" else (found, apart)
    names = ("leave one person out, relatives in training", "leave one family out")
    yield _row(plan, "W3", TWINS, names, split, whole)


def _outside(plan: Plan, found: Crossfit) -> Iterator[dict[str, Any]]:
    study = plan.study
    if not study.outside:
        return
    inside = replace(study, outside=(), inside=(*study.outside, *study.inside), permutations=0)
    honest = make_plan(inside, plan.given, plan.seed)
    what = ", ".join(next(iter(step)) for step in study.outside)
    names = (f"{what} outside the folds", f"{what} inside the folds")
    yield _row(
        plan, "K5", OUTSIDE.format(what=what), names, found, crossfit(honest, permutations=0)
    )


def _row(
    plan: Plan,
    rule: str,
    question: str,
    names: tuple[str, str],
    loose: Crossfit,
    strict: Crossfit,
) -> dict[str, Any]:
    difference, error, interval = paired_difference(plan, loose, strict)
    return {
        "rule": rule,
        "question": question,
        "a": names[0],
        "b": names[1],
        "metric": loose.metric,
        "value_a": loose.score,
        "value_b": strict.score,
        "difference": difference,
        "se": error,
        "ci95": interval,
    }


def paired_difference(
    plan: Plan, a: Crossfit, b: Crossfit
) -> tuple[float, float | None, list[float] | None]:
    """Compare two results on the same samples, clustered by family, subject or run.

    Parameters
    ----------
    plan : Plan
        Samples and labels.
    a, b : Crossfit
        Two results, each with its own folds.

    Returns
    -------
    difference : float
        Score of a less that of b.
    se : float or None
        Its standard error, the fitted decoders taken as given; None with one cluster.
    ci95 : list of float or None
        By Student's quantile over clusters.
    """
    difference, owners = a.score - b.score, clusters(plan.samples)
    if owners is None:
        return difference, None, None
    sums = np.bincount(owners, influence(plan, a) - influence(plan, b))
    n_clusters = len(sums)
    error = float(np.sqrt(n_clusters / (n_clusters - 1) * float(sums @ sums)))
    half = float(student.ppf(0.975, n_clusters - 1)) * error
    return difference, error, [difference - half, difference + half]
