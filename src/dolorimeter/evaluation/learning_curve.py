"""How performance grows with the share of patients trained on (Panaggio et al. 2021, Fig 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan
from typing import Any, Literal

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import ArrayLike

from dolorimeter.core import InputError, progress
from dolorimeter.core.containers import Floats, Ints

from .evaluate import finite
from .folds import RandomState
from .labeled_stays import FitPredict, LabeledStays
from .learning_splits import TrainingSet, grow_patients, grow_windows
from .resample import bootstrap_weights, vus_influence
from .vus import vus

Unit = Literal["patient", "window"]
Interval = tuple[float, float]
Scored = tuple[Ints, Floats, Ints]  # split, posterior and window of each row
ROUNDING = 1e-9
SHARES = tuple(float(s) for s in np.geomspace(0.1, 0.85, 6).round(3))
LEAKS = (
    "Labelled windows were held out singly, so that windows of one and the same stay were trained "
    "on: the curve says nothing about new stays."
)


@dataclass(frozen=True, slots=True)
class LearningCurve:
    """VUS against the share of the data trained on.

    Attributes
    ----------
    shares : tuple of float
        Share of all patients (or labelled windows) in the training set.
    n_stays : tuple of float
        Mean number of stays trained on.
    vus : tuple of float
        Credit over triples, both summed over splits; NaN where no split could be scored.
    ci95 : tuple of (float, float)
        95 % interval of each, from the patient bootstrap, conditional on the fitted models.
    slope, slope_ci95 : float, tuple of float
        Slope of the VUS on the natural logarithm of the share, least squares, and its interval.
    splits : int
        Number of splits.
    held_out : float
        Share held out for testing in each.
    skipped : tuple of int
        Training sets at each share that lacked a class, and were left out. Those that remain are
        not a fair sample of small training sets.
    unit : str
        ``"patient"`` or ``"window"``.
    note : str
        A warning where the split leaks within stays, else empty.
    """

    shares: tuple[float, ...]
    n_stays: tuple[float, ...]
    vus: tuple[float, ...]
    ci95: tuple[tuple[float, float], ...]
    slope: float
    slope_ci95: tuple[float, float]
    splits: int
    held_out: float
    skipped: tuple[int, ...]
    unit: str
    note: str

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON, None for NaN."""
        return {
            "shares": list(self.shares),
            "n_stays": [finite(n) for n in self.n_stays],
            "vus": [finite(value) for value in self.vus],
            "ci95": [[finite(low), finite(high)] for low, high in self.ci95],
            "slope": finite(self.slope),
            "slope_ci95": [finite(end) for end in self.slope_ci95],
            "splits": self.splits,
            "held_out": self.held_out,
            "skipped": list(self.skipped),
            "unit": self.unit,
            "note": self.note,
        }


def learning_curve(
    fit_predict: FitPredict,
    labels: ArrayLike,
    sequences: ArrayLike,
    groups: ArrayLike,
    *,
    shares: Sequence[float] = SHARES,
    n_splits: int = 20,
    held_out: float = 0.15,
    unit: Unit = "patient",
    rule: str = "product",
    n_bootstrap: int = 2000,
    n_jobs: int | None = None,
    random_state: RandomState = None,
) -> LearningCurve:
    """Refit on growing shares of the patients and score those held out [science 1.7].

    In each split a share of the patients is held out and the training sets grow, each holding
    the one before. Triples are formed within splits, and pooled over them.

    Parameters
    ----------
    fit_predict : callable
        ``fit_predict(train_stays, test_stays)`` fits any model and returns class probabilities
        of shape (n_test_windows, K) for all windows of the test stays, one stay after the other.
        It is called from several threads. With ``unit="window"`` it is given a third argument,
        labels of shape (n_windows,) with those not to be trained on set to -1, and all stays as
        both training and test stays.
    labels : array-like of shape (n_windows,), int
        -1 where unknown.
    sequences : array-like of shape (n_windows,), int
        Index of each window's stay.
    groups : array-like of shape (n_stays,)
        Patient of each stay.
    shares : sequence of float
        Shares of all patients to train on, above 0, at most ``1 - held_out``.
    n_splits : int, default 20
        Number of splits.
    held_out : float, default 0.15
        Share of the patients held out.
    unit : {"patient", "window"}, default "patient"
        ``"window"`` is the paper's split of labelled windows, which leaks within stays.
    rule : {"product", "sum", "distance"}, default "product"
        Assignment rule of the VUS.
    n_bootstrap : int, default 2000
        Resamples of patients for the intervals.
    n_jobs : int, optional
        Threads; None leaves it to joblib's configuration.
    random_state : None, int or numpy.random.Generator
        Draws splits and resamples.

    Returns
    -------
    LearningCurve
        Points, slope, their intervals, and what was skipped.

    Raises
    ------
    InputError
        If shares, splits, unit or shapes cannot be used.
    """
    stays = LabeledStays.of(labels, sequences, groups)
    _check(shares, n_splits, held_out, unit)
    rng = np.random.default_rng(random_state)
    grow = grow_patients if unit == "patient" else grow_windows
    splits = [grow(stays, shares, held_out, rng) for _ in range(n_splits)]
    scored = _scored(fit_predict, stays, splits, n_jobs)
    points = [_point(stays, at_share, rule) for at_share in scored]
    values, influence = (np.array(part) for part in zip(*points, strict=True))
    ci95, slope, slope_ci95 = _intervals(np.log(shares), values, influence, n_bootstrap, rng)
    return LearningCurve(
        shares=tuple(float(share) for share in shares),
        n_stays=tuple(
            np.mean([[len(t.train) for t in grown] for grown in splits], axis=0).tolist()
        ),
        vus=tuple(values.tolist()),
        ci95=ci95,
        slope=slope,
        slope_ci95=slope_ci95,
        splits=n_splits,
        held_out=held_out,
        skipped=tuple(n_splits - len(at_share) for at_share in scored),
        unit=unit,
        note=LEAKS if unit == "window" else "",
    )


def _check(shares: Sequence[float], n_splits: int, held_out: float, unit: str) -> None:
    if unit not in ("patient", "window"):
        raise InputError("unit", repr(unit), "'patient' or 'window'")
    if not 0.0 < held_out < 1.0:
        raise InputError("held_out", str(held_out), "a share between 0 and 1")
    if n_splits < 1:
        raise InputError("n_splits", str(n_splits), "at least 1")
    if not len(shares) or min(shares) <= 0.0 or max(shares) > 1.0 - held_out + ROUNDING:
        rule = f"shares above 0, at most {1.0 - held_out:g}, which is what is not held out"
        raise InputError("shares", str(list(shares)), rule)


def _scored(
    fit_predict: FitPredict,
    stays: LabeledStays,
    splits: Sequence[Sequence[TrainingSet]],
    n_jobs: int | None,
) -> list[list[Scored]]:
    """Refit on every training set that has all classes; return what was predicted by share."""
    jobs = [
        (split, share, training)
        for split, grown in enumerate(splits)
        for share, training in enumerate(grown)
        if stays.has_every_class(training.taught)
    ]
    done = Parallel(n_jobs=n_jobs, prefer="threads")(
        delayed(training.predict)(fit_predict, stays)
        for _, _, training in progress(jobs, "learning curve")
    )
    scored: list[list[Scored]] = [[] for _ in splits[0]]
    for (split, share, _), (rows, windows) in zip(jobs, done, strict=True):
        scored[share].append((np.full(len(windows), split), rows, windows))
    return scored


def _point(stays: LabeledStays, scored: list[Scored], rule: str) -> tuple[float, Floats]:
    """Pool the splits; return the VUS and each patient's influence on it."""
    nothing = nan, np.zeros(stays.n_patients)
    if not scored:
        return nothing
    split, rows, windows = (np.concatenate(part) for part in zip(*scored, strict=True))
    if not stays.has_every_class(windows):
        return nothing
    patient = stays.window_patient[windows]
    volume = vus(rows, stays.labels[windows], rule, groups=patient, folds=split)
    influence = np.zeros(stays.n_patients)
    influence[volume.group_ids] = np.nan_to_num(vus_influence(volume))
    return volume.value, influence


def _intervals(
    x: Floats, values: Floats, influence: Floats, n_bootstrap: int, rng: np.random.Generator
) -> tuple[tuple[Interval, ...], float, Interval]:
    """Bootstrap patients, the same draw at every share: points, slope and its interval."""
    known = ~np.isnan(values)
    centered = np.where(known, x - x[known].mean() if known.any() else 0.0, 0.0)
    spread = float(centered @ centered)
    across = centered / spread if spread > 0 else np.full(len(x), nan)
    n = influence.shape[1]
    scale = np.sqrt(n / max(n - 1, 1)) if n > 1 else nan
    drawn = bootstrap_weights(n, n_bootstrap, rng)
    moved = scale * np.concatenate([(w - 1.0) @ influence.T for w in drawn])
    slope = float(across @ np.where(known, values, 0.0))
    points = np.clip(values + moved, 0.0, 1.0)
    ends = np.percentile(np.column_stack([points, slope + moved @ across]), [2.5, 97.5], axis=0)
    pairs = tuple((float(low), float(high)) for low, high in ends.T)
    return pairs[:-1], slope, pairs[-1]
