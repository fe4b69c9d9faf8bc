"""A score with its null and its interval, as results.json holds it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from dolorimeter.core import Samples
from dolorimeter.core.containers import Floats
from dolorimeter.decoding import clustered_interval

from .crossfit import Crossfit
from .plan import Plan

BINS = 40
Score = dict[str, Any]


def score_block(plan: Plan, found: Crossfit) -> Score:
    """Return a score with null, p-value and interval.

    Parameters
    ----------
    plan : Plan
        Samples and labels.
    found : Crossfit
        Held-out predictions.

    Returns
    -------
    dict
        The SCORE of docs/formats/results-decoding.md.
    """
    n_classes = len(np.unique(plan.labels)) if plan.has_classes else 0
    return {
        "metric": found.metric,
        "value": found.score,
        "chance": 1 / n_classes if n_classes else None,
        **null_block(found.null),
        "p": found.p,
        "ci95": _interval(plan, found),
        "n": len(plan.samples),
        "exact": found.exact,
        "regularization": found.regularization,
    }


def null_block(null: Floats) -> dict[str, Any]:
    """Describe a null distribution.

    Parameters
    ----------
    null : ndarray of shape (permutations,)
        Scores of relabellings; may be empty.

    Returns
    -------
    dict
        Mean, deviation and histogram, or None.
    """
    if not len(null):
        return {"null_mean": None, "null_deviation": None, "null_histogram": None}
    counts, edges = np.histogram(null, bins=min(BINS, max(len(np.unique(null)), 1)))
    return {
        "null_mean": float(null.mean()),
        "null_deviation": float(null.std()),
        "null_histogram": {"edges": edges.tolist(), "counts": counts.tolist()},
    }


def hits(plan: Plan, found: Crossfit) -> Floats:
    """Tell of each sample whether its class was found.

    Parameters
    ----------
    plan : Plan
        True classes.
    found : Crossfit
        Predicted ones.

    Returns
    -------
    ndarray of shape (n_samples,), float64
        1 or 0. Where all pairs are tested, of the mean decision over a sample's pairs.
    """
    return (found.predictions == plan.labels).astype(np.float64)


def clusters(samples: Samples) -> NDArray[Any] | None:
    """Return what may be taken as independent: families, subjects, or one subject's runs.

    Parameters
    ----------
    samples : Samples
        Those tested.

    Returns
    -------
    ndarray of shape (n_samples,), int64, or None
        Code of each sample's cluster; None for one subject without runs.
    """
    for names in (samples.family, samples.subject, samples.run):
        codes = np.unique(names, return_inverse=True)[1]
        if (names != "").all() and codes.max() > 0:
            return codes
    return None


def _interval(plan: Plan, found: Crossfit) -> list[float] | None:
    """95 % interval over families, subjects or runs; conditional on the fitted decoders."""
    owners = clusters(plan.samples)
    if owners is None:
        return None
    if not plan.has_classes:
        return _interval_of_r2(plan, found, owners)
    if len(found.parts) > 1:
        shares = np.array([part.score for _, _, part in found.parts])
        owners = np.array([owners[rows[0]] for _, rows, _ in found.parts])
    else:
        shares = hits(plan, found)
    interval = clustered_interval(shares, np.ones(len(shares)), owners, len(plan.samples))[1]
    return None if interval is None else list(interval)


def squared_errors(plan: Plan, found: Crossfit) -> tuple[Floats, Floats]:
    """Return squared errors of the predictions, and of the mean of each training fold.

    Parameters
    ----------
    plan : Plan
        Numbers to predict.
    found : Crossfit
        Predicted ones.

    Returns
    -------
    tuple of ndarray of shape (n_samples,)
        Their sums give the predictive R² [science 3.2].
    """
    baseline = np.empty(len(plan.samples))
    for train, test in found.folds():
        baseline[test] = plan.labels[train].mean()
    return (plan.labels - found.predictions) ** 2, (plan.labels - baseline) ** 2


def influence(plan: Plan, found: Crossfit) -> Floats:
    """Return each sample's share in the deviation of the score, linearized.

    Parameters
    ----------
    plan : Plan
        Samples and labels.
    found : Crossfit
        Held-out predictions.

    Returns
    -------
    ndarray of shape (n_samples,), float64
        They add up to 0; their sums over clusters give the score's variance. Parts count alike.
    """
    shares = np.empty(len(plan.samples))
    errors, baseline = (None, None) if plan.has_classes else squared_errors(plan, found)
    right = hits(plan, found)
    for _, rows, part in found.parts:
        if errors is None or baseline is None:
            own = (right[rows] - right[rows].mean()) / len(rows)
        else:
            own = ((1 - part.score) * baseline[rows] - errors[rows]) / baseline[rows].sum()
        shares[rows] = (own + (part.score - found.score) / len(rows)) / len(found.parts)
    return shares


def _interval_of_r2(plan: Plan, found: Crossfit, owners: NDArray[Any]) -> list[float] | None:
    """Interval of a ratio of sums over clusters, by its linearization and Student's quantile."""
    n_clusters = int(owners.max()) + 1
    sums = np.bincount(owners, influence(plan, found))
    variance = n_clusters / (n_clusters - 1) * float(sums @ sums)
    half = float(student.ppf(0.975, n_clusters - 1)) * np.sqrt(variance)
    return [found.score - half, found.score + half]
