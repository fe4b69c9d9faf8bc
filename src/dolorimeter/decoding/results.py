"""What cross-validation returns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core.containers import Floats, Ints

from .schemes import Fold, Scheme


@dataclass(frozen=True, slots=True)
class CrossValidated:
    """Held-out predictions, their score, and its null by relabelling.

    Attributes
    ----------
    metric : str
        What the scores are: ``"accuracy"``, ``"balanced-accuracy"``, ``"r2"`` (predictive R²
        against each training fold's mean) or ``"correlation"``.
    score : float
        Over all test samples together.
    scores : ndarray of shape (n_folds,), float64
        Of each fold by itself; NaN where a fold has too few samples for the metric.
    predictions : ndarray of shape (n,)
        Held-out class labels as they were given, or numbers. Where all pairs are tested, what the
        mean decision over a sample's pairs speaks for; the score counts every pair.
    decisions : ndarray of shape (n,) or (n, K), float64
        Held-out decision values: two classes, positive for the second; more, the largest wins;
        numbers, the predictions.
    null : ndarray of shape (permutations,), float64
        Score of each relabelling.
    p_value : float or None
        (1 + number of null scores of at least the score) / (1 + permutations); None without
        permutations.
    scheme : Scheme
        The folds.
    labels : ndarray of shape (K,)
        Classes in the order of the columns of ``decisions``; empty for numbers.
    exact : bool
        True: from one factorization, which equals refitting. False: refitted in each fold.
    """

    metric: str
    score: float
    scores: Floats
    predictions: NDArray[np.generic]
    decisions: Floats
    null: Floats
    p_value: float | None
    scheme: Scheme
    labels: NDArray[np.generic]
    exact: bool

    @property
    def null_mean(self) -> float | None:
        """Mean of the null, which is no nominal chance level; None without permutations."""
        return float(self.null.mean()) if len(self.null) else None

    @property
    def folds(self) -> tuple[Fold, ...]:
        """Training and test samples of each fold."""
        return self.scheme.folds()


@dataclass(frozen=True, slots=True)
class RegionsCrossValidated:
    """The score of each region by itself, all on the same folds and relabellings.

    Attributes
    ----------
    metric : str
        What the scores are.
    regions : ndarray of shape (R,), int64
        Their numbers, ascending.
    score : ndarray of shape (R,), float64
        Over all test samples.
    null : ndarray of shape (permutations, R), float64
        A relabelling is the same for all regions.
    p_value : ndarray of shape (R,), float64, or None
        Of each region by itself; None without permutations.
    p_max : ndarray of shape (R,), float64, or None
        Corrected for all regions: against the largest score of each relabelling.
    scheme : Scheme
        The folds.
    """

    metric: str
    regions: Ints
    score: Floats
    null: Floats
    p_value: Floats | None
    p_max: Floats | None
    scheme: Scheme

    @property
    def null_mean(self) -> Floats | None:
        """Mean of each region's null, shape (R,); None without permutations."""
        return self.null.mean(axis=0) if len(self.null) else None


@dataclass(frozen=True, slots=True)
class GroupCrossValidated:
    """Cross-validation within each subject, and its mean over subjects.

    Attributes
    ----------
    metric : str
        What the scores are.
    subjects : ndarray of shape (S,)
        Names, ascending.
    score : float
        Mean over subjects.
    scores : ndarray of shape (S,), float64
        Of each subject.
    predictions : ndarray of shape (n,)
        Of all samples, each held out within its subject.
    null : ndarray of shape (permutations,), float64
        Mean over subjects of each relabelling; subjects are relabelled independently.
    p_value : float or None
        Of the mean; None without permutations.
    within : tuple of CrossValidated
        Each subject's own result.
    """

    metric: str
    subjects: NDArray[np.generic]
    score: float
    scores: Floats
    predictions: NDArray[np.generic]
    null: Floats
    p_value: float | None
    within: tuple[CrossValidated, ...]

    @property
    def null_mean(self) -> float | None:
        """Mean of the null; None without permutations."""
        return float(self.null.mean()) if len(self.null) else None
