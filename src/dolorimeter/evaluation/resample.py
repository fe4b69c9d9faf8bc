"""The bootstrap of patients that evaluation, comparison and learning curves share.

Patients are drawn with replacement and the fitted models stay as they are: how often each was
drawn is a weight on its confusion matrices (exact) or on its part in the VUS (first order).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt

import numpy as np

from dolorimeter.core.containers import Floats, Ints

from .metrics import metrics_from_confusion
from .vus import Vus

CROSS_FITTING = 1.5  # times the variance of a VUS; between 1 and 2, see vus_influence
BLOCK = 1 << 22  # numbers held at once while drawing: 32 MB


@dataclass(frozen=True, slots=True)
class GroupConfusions:
    """Confusion matrices of each pair of group and fold that occurs.

    Attributes
    ----------
    counts : ndarray of shape (n_pairs, K, K), float64
        Rows true classes, columns decided ones.
    group, fold : ndarray of shape (n_pairs,)
        Whose they are, 0 … n_groups - 1 and 0 … n_folds - 1.
    n_groups, n_folds : int
        How many there are.
    """

    counts: Floats
    group: Ints
    fold: Ints
    n_groups: int
    n_folds: int

    @property
    def by_fold(self) -> Floats:
        """Confusion matrix of each fold, shape (n_folds, K, K)."""
        return self.reweighted(np.ones((1, self.n_groups)))[0]

    def reweighted(self, weights: Floats) -> Floats:
        """Weigh groups and sum them within folds.

        Parameters
        ----------
        weights : ndarray of shape (n_draws, n_groups)
            From :func:`bootstrap_weights`.

        Returns
        -------
        ndarray of shape (n_draws, n_folds, K, K)
            Confusion matrices.
        """
        n_pairs, n_classes, _ = self.counts.shape
        flat = self.counts.reshape(n_pairs, -1)
        summed = np.zeros((len(weights), self.n_folds, n_classes**2))
        for f in range(self.n_folds):
            pairs = np.flatnonzero(self.fold == f)
            summed[:, f] = weights[:, self.group[pairs]] @ flat[pairs]
        return summed.reshape(len(weights), self.n_folds, n_classes, n_classes)

    def means(self, weights: Floats) -> dict[str, Floats]:
        """Average every metric over folds, groups weighted.

        A fold counts by the weight of its groups, so that a patient weighs the same whether ten
        folds were made or one of each patient; with equal weights this is the plain mean.

        Parameters
        ----------
        weights : ndarray of shape (n_draws, n_groups)
            From :func:`bootstrap_weights`.

        Returns
        -------
        dict of ndarray of shape (n_draws,)
            As :func:`~dolorimeter.evaluation.metrics_from_confusion` names them.
        """
        held = np.zeros((self.n_groups, self.n_folds))
        held[self.group, self.fold] = 1.0
        share = weights @ (held / np.maximum(held.sum(axis=0), 1.0))
        by_fold = metrics_from_confusion(self.reweighted(weights))
        return {name: mean_over_folds(values, share) for name, values in by_fold.items()}


def group_confusions(
    labels: Ints, predicted: Ints, group: Ints, fold: Ints, n_classes: int, n_folds: int
) -> GroupConfusions:
    """Count examples by group, fold, true and decided class.

    Parameters
    ----------
    labels, predicted : ndarray of shape (n,)
        True and decided classes, 0 … n_classes - 1.
    group, fold : ndarray of shape (n,)
        Codes of whom an example comes from and where it was tested; groups may skip numbers.
    n_classes, n_folds : int
        How many classes and folds there are.

    Returns
    -------
    GroupConfusions
        Groups are numbered in ascending order of their codes.
    """
    ids, code = np.unique(group, return_inverse=True)
    pairs, pair = np.unique(code * n_folds + fold, return_inverse=True)
    cell = (pair * n_classes + labels) * n_classes + predicted
    counts = np.bincount(cell, minlength=len(pairs) * n_classes**2).astype(np.float64)
    shape = (len(pairs), n_classes, n_classes)
    return GroupConfusions(
        counts.reshape(shape), pairs // n_folds, pairs % n_folds, len(ids), n_folds
    )


def bootstrap_weights(
    n_groups: int, n_draws: int, rng: np.random.Generator, width: int = 1
) -> Iterator[Floats]:
    """Draw groups with replacement, and count.

    Parameters
    ----------
    n_groups : int
        Groups, and draws in each replicate.
    n_draws : int
        Number of replicates.
    rng : numpy.random.Generator
        Source of the draws.
    width : int, default 1
        Numbers that the caller holds for one replicate, to keep blocks small.

    Yields
    ------
    ndarray of shape (n_replicates, n_groups), float64
        How often each group was drawn; the blocks hold n_draws replicates together.
    """
    size = max(1, BLOCK // max(n_groups, width))
    for start in range(0, n_draws, size):
        n = min(size, n_draws - start)
        drawn = rng.integers(n_groups, size=(n, n_groups)) + n_groups * np.arange(n)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=n * n_groups)
        yield counts.reshape(n, n_groups).astype(np.float64)


def leave_one_out(n_groups: int, width: int = 1) -> Iterator[Floats]:
    """Weigh all groups but one, for each in turn.

    Parameters
    ----------
    n_groups : int
        Number of groups.
    width : int, default 1
        Numbers that the caller holds for one row.

    Yields
    ------
    ndarray of shape (n_rows, n_groups), float64
        Ones, and a zero for the group left out; the blocks hold n_groups rows together.
    """
    size = max(1, BLOCK // max(n_groups, width))
    for start in range(0, n_groups, size):
        weights = np.ones((min(size, n_groups - start), n_groups))
        weights[np.arange(len(weights)), start + np.arange(len(weights))] = 0.0
        yield weights


def vus_influence(volume: Vus) -> Floats:
    """By how much each group's weight moves a VUS, allowing for cross-fitting.

    ``Vus.influence`` takes the fitted models as given. But every patient also trains the models
    that test the others, so that two patients who agree by chance count both ways: where nothing
    was learnt this doubles the variance, where the models would have come out the same without
    any one patient it adds nothing, and no clustering of test patients tells the two apart. The
    variance is multiplied by the middle, 1.5: tests at the nominal 5 % then reject 2.2 to 7.7 % in
    large cohorts, whichever holds. ``benchmarks/proof_comparison.py`` measures small ones.

    Parameters
    ----------
    volume : Vus
        With groups and folds.

    Returns
    -------
    ndarray of shape (n_groups,), float64
        In the order of ``volume.group_ids``; NaN for groups without a triple.
    """
    moved = sqrt(CROSS_FITTING) * volume.influence
    return np.where(volume.group_triples > 0, moved, np.nan)


def mean_over_folds(values: Floats, weights: Floats | None = None) -> Floats:
    """Average over the folds in which a metric is defined.

    Parameters
    ----------
    values : ndarray of shape (..., n_folds)
        NaN where it is not.
    weights : ndarray of shape (..., n_folds), optional
        Weight of each fold; equal by default.

    Returns
    -------
    ndarray of shape (...,)
        NaN where no fold has a value.
    """
    weight = np.where(np.isnan(values), 0.0, 1.0 if weights is None else weights)
    total = (np.where(weight > 0, values, 0.0) * weight).sum(axis=-1)
    whole = weight.sum(axis=-1)
    return np.divide(total, whole, out=np.full(whole.shape, np.nan), where=whole > 0)
