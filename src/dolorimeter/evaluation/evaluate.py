"""From predictions on test folds to metrics with intervals [science 1.7]."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan, nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core.containers import Floats

from .folds import RandomState
from .metrics import metrics_from_confusion
from .predictions import Predictions
from .resample import GroupConfusions, bootstrap_weights, mean_over_folds
from .vus import vus


@dataclass(frozen=True, slots=True)
class MetricSummary:
    """One metric of one model.

    Attributes
    ----------
    mean : float
        Mean over the folds in which it is defined; for ``vus`` the summed credit over the summed
        triples. NaN where no fold defines it.
    folds : tuple of float or None
        Its value in each fold, None where it is undefined there.
    se : float
        Standard error, NaN where it cannot be had (a single patient).
    ci95 : tuple of float
        95 % interval.
    """

    mean: float
    folds: tuple[float | None, ...]
    se: float
    ci95: tuple[float, float]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON, None for NaN."""
        return {
            "mean": finite(self.mean),
            "folds": list(self.folds),
            "se": finite(self.se),
            "ci95": [finite(end) for end in self.ci95],
        }


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How one model did on the test folds.

    Attributes
    ----------
    metrics : mapping of str to MetricSummary
        ``vus, accuracy, precision, recall, f1, f1_of_means, weighted_precision,
        weighted_recall, weighted_f1``.
    confusion : ndarray of shape (K, K)
        Summed over folds; rows are true classes, columns decided ones.
    undefined_folds : int
        Folds that lack a class, in which the VUS is undefined.
    """

    metrics: Mapping[str, MetricSummary]
    confusion: NDArray[Any]
    undefined_folds: int

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON, as in ``results.json`` under a model's name."""
        return {
            "metrics": {name: summary.to_dict() for name, summary in self.metrics.items()},
            "confusion": self.confusion.tolist(),
            "undefined_folds": self.undefined_folds,
        }


def evaluate(
    predictions: Predictions,
    n_bootstrap: int = 2000,
    random_state: RandomState = None,
    rule: str = "product",
) -> Evaluation:
    """Score predictions, with intervals clustered by patient.

    Intervals are conditional on the fitted models: they say how far another set of patients might
    move the figure, not another training set; see
    :func:`~dolorimeter.evaluation.refit_interval` for that.

    Parameters
    ----------
    predictions : Predictions
        On all test folds.
    n_bootstrap : int, default 2000
        Resamples of patients for the intervals of all metrics but the VUS, which has its own
        from structural components.
    random_state : None, int or numpy.random.Generator
        Draws the resamples.
    rule : {"product", "sum", "distance"}, default "product"
        Assignment rule of the VUS.

    Returns
    -------
    Evaluation
        Every metric by fold, its mean, standard error and interval.

    Raises
    ------
    InputError
        If a class never occurs among the labels.
    """
    confusions = predictions.confusions
    headline, undefined = _vus_summary(predictions, rule)
    return Evaluation(
        metrics={"vus": headline}
        | _classwise(confusions, n_bootstrap, np.random.default_rng(random_state)),
        confusion=confusions.by_fold.sum(axis=0).astype(np.int64),
        undefined_folds=undefined,
    )


def point_metrics(predictions: Predictions, rule: str = "product") -> dict[str, float]:
    """Score predictions without intervals, as refits on exchanged labels need it.

    Parameters
    ----------
    predictions : Predictions
        On all test folds.
    rule : {"product", "sum", "distance"}, default "product"
        Assignment rule of the VUS.

    Returns
    -------
    dict of float
        The ``mean`` of each metric of :func:`evaluate`.

    Raises
    ------
    InputError
        If a class never occurs among the labels.
    """
    by_fold = metrics_from_confusion(predictions.confusions.by_fold)
    headline, _ = _vus_summary(predictions, rule)
    means = {name: float(mean_over_folds(values)) for name, values in by_fold.items()}
    return {"vus": headline.mean} | means


def finite(value: float) -> float | None:
    """Return a number for JSON, which knows no NaN.

    Parameters
    ----------
    value : float
        Any number.

    Returns
    -------
    float or None
        None for NaN.
    """
    return None if isnan(value) else float(value)


def _vus_summary(predictions: Predictions, rule: str) -> tuple[MetricSummary, int]:
    """Return the headline VUS and the number of folds that lack a class."""
    p = predictions
    volume = vus(p.probabilities, p.labels, rule, groups=p.patient, folds=p.fold)
    known = dict(zip(volume.fold_ids, volume.fold_values, strict=True))
    folds = tuple(known.get(f) for f in range(p.n_folds))
    summary = MetricSummary(volume.value, folds, volume.se, volume.ci95)
    return summary, sum(value is None for value in folds)


def _classwise(
    confusions: GroupConfusions, n_bootstrap: int, rng: np.random.Generator
) -> dict[str, MetricSummary]:
    """Summarize the metrics of confusion matrices, with percentile intervals."""
    width = confusions.n_folds * confusions.counts[0].size
    drawn: dict[str, list[Floats]] = {}
    for weights in bootstrap_weights(confusions.n_groups, n_bootstrap, rng, width):
        for name, values in confusions.means(weights).items():
            drawn.setdefault(name, []).append(values)
    by_fold = metrics_from_confusion(confusions.by_fold)
    return {
        name: _summary(by_fold[name], np.concatenate(draws), confusions.n_groups)
        for name, draws in drawn.items()
    }


def _summary(by_fold: Floats, draws: Floats, n_groups: int) -> MetricSummary:
    folds = tuple(finite(value) for value in by_fold)
    mean = float(mean_over_folds(by_fold))
    if n_groups < 2:
        return MetricSummary(mean, folds, nan, (nan, nan))
    low, high = np.percentile(draws, [2.5, 97.5])
    return MetricSummary(mean, folds, float(draws.std(ddof=1)), (float(low), float(high)))
