"""Paired, patient-clustered comparison of two models on the same folds [science 1.6].

Each patient has an influence on the difference: for the VUS from its structural components, with
an allowance for cross-fitting, for the other metrics by leaving the patient's confusion matrices
out (jackknife). Patients are drawn with replacement, with one and the same draw for both models,
and their influences summed: the bootstrap to first order, whose mean is zero, as it must be where
neither model is better.

Called better at the nominal 5 % (``benchmarks/proof_comparison.py``): of models of equal skill 3 to
6 % by the VUS and 1 to 7 % by the others, where a bootstrap of the mean over folds itself gives 2
to 11 %; of classifiers fitted to noise 6 to 11 % by the VUS. By accuracy and F1 it is up to 21 % of
these, and rightly so: having learnt nothing, they differ in the class that each happens to prefer.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from math import factorial, isnan, nan, sqrt
from typing import Any

import numpy as np
from scipy.special import expit, logit

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats

from .evaluate import finite
from .folds import RandomState
from .metrics import metrics_from_confusion
from .predictions import Predictions
from .resample import bootstrap_weights, leave_one_out, mean_over_folds, vus_influence
from .significance import exceedance
from .vus import vus

CHANCE = "chance"
EDGE = 1e-12  # keeps the logit of a perfect VUS finite


@dataclass(frozen=True, slots=True)
class Comparison:
    """Whether model a does better than model b.

    Attributes
    ----------
    metric : str
        What was compared.
    difference : float
        Metric of a less that of b; NaN where one of them is undefined.
    se : float
        Standard error, clustered by patient and conditional on the fitted models.
    ci95 : tuple of float
        Two-sided 95 % interval.
    p : float or None
        One-sided, for "a is better than b"; None with fewer than two patients.
    a, b : str
        Names of the two; b may be ``"chance"``.
    question : str
        The question this answers, in plain words.
    p_holm : float or None
        Adjusted by :func:`~dolorimeter.evaluation.holm`, by whoever knows the other tests.
    """

    metric: str
    difference: float
    se: float
    ci95: tuple[float, float]
    p: float | None
    a: str = "a"
    b: str = "b"
    question: str = ""
    p_holm: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON, None for NaN."""
        numbers = {"difference": finite(self.difference), "se": finite(self.se)}
        return asdict(self) | numbers | {"ci95": [finite(end) for end in self.ci95]}


def compare(
    a: Predictions,
    b: Predictions,
    metric: str = "vus",
    n_bootstrap: int = 10_000,
    random_state: RandomState = None,
    *,
    rule: str = "product",
    names: tuple[str, str] = ("a", "b"),
    question: str = "",
    across_folds: bool = False,
) -> Comparison:
    """Compare two models on the same windows of the same folds.

    Parameters
    ----------
    a, b : Predictions
        Of the two models.
    metric : str, default "vus"
        ``"vus"``, or a metric of :func:`~dolorimeter.evaluation.metrics_from_confusion`.
    n_bootstrap : int, default 10,000
        Resamples of patients.
    random_state : None, int or numpy.random.Generator
        Draws the resamples.
    rule : {"product", "sum", "distance"}, default "product"
        Assignment rule of the VUS.
    names : tuple of str
        What a and b are called.
    question : str
        The question this answers, carried along.
    across_folds : bool, default False
        The question is what another choice of folds does: the same windows, each metric within its
        own folds (docs/decisions/0009-comparing-folds.md).

    Returns
    -------
    Comparison
        Difference a - b, its standard error, interval and one-sided p.

    Raises
    ------
    InputError
        If folds (but see ``across_folds``), windows, labels or classes differ, or the metric is
        unknown.
    """
    a, b = _ordered(a), _ordered(b)
    _refuse_unequal(a, b, ("fingerprint", "fold") if not across_folds else ())
    value_a, influence_a = _influence(a, metric, rule)
    value_b, influence_b = _influence(b, metric, rule)
    difference = value_a - value_b
    influence = _together(influence_a, influence_b)
    moved = _bootstrap(influence, n_bootstrap, random_state)
    if isnan(difference) or moved is None:
        return Comparison(metric, difference, nan, (nan, nan), None, *names, question)
    low, high = np.percentile(moved, [2.5, 97.5])
    ci95 = (difference - float(high), difference - float(low))
    p = exceedance(difference, moved)
    return Comparison(metric, difference, _error(influence), ci95, p, *names, question)


def compare_to_chance(
    a: Predictions,
    n_bootstrap: int = 10_000,
    random_state: RandomState = None,
    *,
    rule: str = "product",
    name: str = "a",
    question: str = "",
) -> Comparison:
    """Compare the VUS of a model with chance, 1/K!.

    Test and interval are formed on the logit of the VUS: its standard error grows with it, which
    cancels out between two models, but would leave this test rejecting 1 to 4 % where it says 5.

    Parameters
    ----------
    a : Predictions
        Of the model.
    n_bootstrap : int, default 10,000
        Resamples of patients.
    random_state : None, int or numpy.random.Generator
        Draws the resamples.
    rule : {"product", "sum", "distance"}, default "product"
        Assignment rule.
    name : str
        What a is called.
    question : str
        The question this answers, carried along.

    Returns
    -------
    Comparison
        With b named ``"chance"``.
    """
    value, influence = _of_vus(a, rule)
    chance = 1.0 / factorial(len(a.class_names))
    moved = _bootstrap(influence, n_bootstrap, random_state)
    if isnan(value) or moved is None:
        return Comparison("vus", value - chance, nan, (nan, nan), None, name, CHANCE, question)
    slope = 1.0 / max(value * (1.0 - value), EDGE)
    apart = float(_logit(value) - _logit(chance))
    low, high = _logit(value) - slope * np.percentile(moved, [97.5, 2.5])
    ci95 = (float(expit(low)) - chance, float(expit(high)) - chance)
    p = exceedance(apart, slope * moved)
    return Comparison("vus", value - chance, _error(influence), ci95, p, name, CHANCE, question)


def _ordered(predictions: Predictions) -> Predictions:
    """Sort by window, so that the order of rows does not matter."""
    order = np.argsort(predictions.window)
    return replace(
        predictions,
        probabilities=predictions.probabilities[order],
        labels=predictions.labels[order],
        fold=predictions.fold[order],
        patient=predictions.patient[order],
        window=predictions.window[order],
    )


def _refuse_unequal(a: Predictions, b: Predictions, folds: tuple[str, ...]) -> None:
    for name in (*folds, "class_names", "window", "labels", "patient"):
        if not np.array_equal(getattr(a, name), getattr(b, name)):
            raise InputError(
                name,
                "two models that differ in it",
                "the same folds, windows, labels and classes for both",
                "Evaluate both models on the same folds.",
            )


def _together(a: Floats, b: Floats) -> Floats:
    """By how much each patient moves a difference; NaN where neither side has a triple."""
    silent = np.isnan(a) & np.isnan(b)
    return np.where(silent, nan, np.nan_to_num(a) - np.nan_to_num(b))


def _influence(predictions: Predictions, metric: str, rule: str) -> tuple[float, Floats]:
    """Return the metric, and by how much each patient's weight moves it; NaN where it cannot."""
    return _of_vus(predictions, rule) if metric == "vus" else _of_metric(predictions, metric)


def _of_vus(p: Predictions, rule: str) -> tuple[float, Floats]:
    """Structural components of the VUS; patients without a triple say nothing."""
    volume = vus(p.probabilities, p.labels, rule, groups=p.patient, folds=p.fold)
    return volume.value, vus_influence(volume)


def _of_metric(p: Predictions, metric: str) -> tuple[float, Floats]:
    """Jackknife: leave each patient out of the confusion matrices."""
    confusions = p.confusions
    by_fold = metrics_from_confusion(confusions.by_fold)
    if metric not in by_fold:
        raise InputError("metric", repr(metric), ", ".join(["vus", *by_fold]))
    value = float(mean_over_folds(by_fold[metric]))
    n = confusions.n_groups
    if n < 2:
        return value, np.full(n, nan)
    width = confusions.n_folds * confusions.counts[0].size
    without = np.concatenate([confusions.means(w)[metric] for w in leave_one_out(n, width)])
    return value, (without.mean() - without) * (n - 1) / n


def _bootstrap(influence: Floats, n_bootstrap: int, random_state: RandomState) -> Floats | None:
    """Sum resampled influences: draws of the error of a figure. None with a single patient."""
    heard = influence[~np.isnan(influence)]
    n = len(heard)
    if n < 2:
        return None
    rng = np.random.default_rng(random_state)
    drawn = [(weights - 1.0) @ heard for weights in bootstrap_weights(n, n_bootstrap, rng)]
    return sqrt(n / (n - 1)) * np.concatenate(drawn)


def _error(influence: Floats) -> float:
    """Return the standard error, which the bootstrap's deviation approaches."""
    heard = influence[~np.isnan(influence)]
    return sqrt(len(heard) / (len(heard) - 1)) * float(np.linalg.norm(heard))


def _logit(value: float) -> float:
    return float(logit(min(max(value, EDGE), 1.0 - EDGE)))
