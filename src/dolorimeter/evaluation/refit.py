"""The unconditional interval: patients bootstrapped, models refitted [science 1.7].

The clustered interval of the VUS takes the fitted models as they are. Here every replicate draws
patients with replacement, deals them to new folds, all copies of a patient to one and the same,
refits in each fold and scores the test folds, so that the interval also says how far another
training set would move the figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import ArrayLike

from dolorimeter.core import progress
from dolorimeter.core.containers import Floats, Ints

from .evaluate import finite
from .folds import RandomState, deal_units, number_of_folds, unit_loads
from .labeled_stays import FitPredict, LabeledStays
from .vus import vus


@dataclass(frozen=True, slots=True)
class RefitInterval:
    """An interval of the VUS over other patients, training included.

    Attributes
    ----------
    value : float
        The VUS of the study itself.
    se : float
        Standard deviation over replicates.
    ci95 : tuple of float
        2.5th and 97.5th percentiles of the replicates, moved so that their mean is ``value``: a
        replicate trains on about 63 % of the patients, and its level is therefore lower.
    replicates : ndarray of shape (n_scored,)
        VUS of each replicate that could be scored.
    skipped_folds : int
        Folds whose training patients lacked a class, left out of their replicate.
    """

    value: float
    se: float
    ci95: tuple[float, float]
    replicates: Floats
    skipped_folds: int

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON, None for NaN."""
        return {
            "value": finite(self.value),
            "se": finite(self.se),
            "ci95": [finite(end) for end in self.ci95],
            "replicates": self.replicates.tolist(),
            "skipped_folds": self.skipped_folds,
        }


def refit_interval(
    fit_predict: FitPredict,
    labels: ArrayLike,
    sequences: ArrayLike,
    groups: ArrayLike,
    value: float,
    *,
    n_folds: int = 10,
    rule: str = "product",
    n_bootstrap: int = 200,
    n_jobs: int | None = None,
    random_state: RandomState = None,
) -> RefitInterval:
    """Bootstrap patients, refit, and score on redrawn folds.

    Parameters
    ----------
    fit_predict : callable
        ``fit_predict(train_stays, test_stays)`` as :func:`~dolorimeter.evaluation.learning_curve`
        takes it. Training stays repeat as often as their patient was drawn.
    labels : array-like of shape (n_windows,), int
        -1 where unknown.
    sequences : array-like of shape (n_windows,), int
        Index of each window's stay.
    groups : array-like of shape (n_stays,)
        Patient of each stay.
    value : float
        The VUS of the study itself, around which the interval stands.
    n_folds : int, default 10
        Folds of whole patients in each replicate; fewer where fewer patients were drawn.
    rule : {"product", "sum", "distance"}, default "product"
        Assignment rule of the VUS.
    n_bootstrap : int, default 200
        Replicates, each of ``n_folds`` fits.
    n_jobs : int, optional
        Threads; None leaves it to joblib's configuration.
    random_state : None, int or numpy.random.Generator
        Draws patients and folds.

    Returns
    -------
    RefitInterval
        Standard error, interval and replicates.

    Raises
    ------
    InputError
        If shapes disagree or folds cannot be made.
    """
    stays = LabeledStays.of(labels, sequences, groups)
    size = number_of_folds(n_folds, stays.n_patients, "patient")
    streams = np.random.default_rng(random_state).spawn(n_bootstrap)
    done = Parallel(n_jobs=n_jobs, prefer="threads")(
        delayed(_replicate)(fit_predict, stays, size, rule, rng)
        for rng in progress(streams, "refitting on bootstrapped patients")
    )
    scores = np.array([score for score, _ in done])
    scores = scores[~np.isnan(scores)]
    skipped = sum(number for _, number in done)
    if len(scores) < 2:
        return RefitInterval(value, nan, (nan, nan), scores, skipped)
    low, high = np.clip(np.percentile(scores, [2.5, 97.5]) + value - scores.mean(), 0.0, 1.0)
    se = float(scores.std(ddof=1))
    return RefitInterval(value, se, (float(low), float(high)), scores, skipped)


def _replicate(
    fit_predict: FitPredict,
    stays: LabeledStays,
    n_folds: int,
    rule: str,
    rng: np.random.Generator,
) -> tuple[float, int]:
    """Return the VUS of one draw of patients, and how many folds could not be fitted."""
    drawn = _draw(stays.n_patients, rng)
    n_folds = min(n_folds, len(np.unique(drawn)))
    fold = _deal(stays, drawn, n_folds, rng)
    parts, skipped = [], 0
    for f in range(n_folds):
        train = stays.stays_of(drawn[fold != f])
        if not stays.has_every_class(stays.windows_of(train)):
            skipped += 1
            continue
        test, times = np.unique(drawn[fold == f], return_counts=True)
        rows, windows = stays.predict(fit_predict, train, stays.stays_of(test))
        again = times[np.searchsorted(test, stays.window_patient[windows])]
        parts.append((np.full(again.sum(), f), rows.repeat(again, axis=0), windows.repeat(again)))
    return _pooled_vus(stays, parts, rule), skipped


def _draw(n_patients: int, rng: np.random.Generator) -> Ints:
    """Draw patients with replacement, again where all copies are of one."""
    while True:
        drawn = rng.integers(n_patients, size=n_patients)
        if (drawn != drawn[0]).any():
            return drawn


def _deal(stays: LabeledStays, drawn: Ints, n_folds: int, rng: np.random.Generator) -> Ints:
    """Deal the drawn patients to folds balanced by class; copies go together."""
    known = stays.labels >= 0
    counts = np.zeros((stays.n_patients, stays.n_classes))
    np.add.at(counts, (stays.window_patient[known], stays.labels[known]), 1.0)
    distinct, copy = np.unique(drawn, return_inverse=True)
    load = unit_loads(counts[drawn], copy, len(distinct))
    return deal_units(load, n_folds, 1, rng)[0][copy]


def _pooled_vus(stays: LabeledStays, parts: list[tuple[Ints, Floats, Ints]], rule: str) -> float:
    if not parts:
        return nan
    fold, rows, windows = (np.concatenate(part) for part in zip(*parts, strict=True))
    if not stays.has_every_class(windows):
        return nan
    return vus(rows, stays.labels[windows], rule, folds=fold).value
