"""Where EM starts (science 1.4, point 1)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from dolorimeter.core import InputError

from .emissions import weighted_moments
from .params import HMMParameters

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def from_labels(
    features: Floats, offsets: Ints, labels: Ints, weights: Floats, n_states: int, floor: float
) -> HMMParameters:
    """Take the moments of the labeled steps, and count their neighbors.

    Parameters
    ----------
    features : ndarray of shape (n, D)
        Emissions, NaN where missing.
    offsets : ndarray of shape (n_sequences + 1,)
        Where each sequence starts, and the end.
    labels : ndarray of shape (n,)
        Class of each step, -1 where unknown.
    weights : ndarray of shape (n,)
        How often each step counts.
    n_states : int
        Number of classes K.
    floor : float
        Least variance.

    Returns
    -------
    HMMParameters
        An emission never observed with a class starts from all steps. Every start and transition
        has one count more than was seen, since EM never revives a probability of zero.
    """
    means, variances = _moments(features, labels, weights, n_states)
    return _parameters(means, variances, floor, offsets, labels, weights, n_states)


def from_clusters(
    features: Floats,
    offsets: Ints,
    labels: Ints,
    weights: Floats,
    n_states: int,
    floor: float,
    random_state: np.random.Generator,
) -> HMMParameters:
    """Cluster the steps that have all emissions by k-means, and match clusters to classes.

    The emissions are brought to equal deviations first, so that units do not matter.

    Parameters
    ----------
    features : ndarray of shape (n, D)
        Emissions, NaN where missing.
    offsets : ndarray of shape (n_sequences + 1,)
        Where each sequence starts, and the end.
    labels : ndarray of shape (n,)
        Class of each step, -1 where unknown; the assignment of clusters to classes agrees with as
        many as possible.
    weights : ndarray of shape (n,)
        How often each step counts.
    n_states : int
        Number of classes K.
    floor : float
        Least variance.
    random_state : numpy.random.Generator
        For the centers that k-means starts from.

    Returns
    -------
    HMMParameters
        Moments of the clusters; transitions counted between labels or, without any, clusters.

    Raises
    ------
    InputError
        If fewer than K different steps have all emissions.
    """
    whole = ~np.isnan(features).any(axis=1) & (weights > 0)
    points = features[whole]
    if len(np.unique(points, axis=0)) < n_states:
        raise InputError(
            "init",
            f"'kmeans' with fewer than {n_states} different steps that have all emissions",
            "at least one a state",
            "Use init='labels', or parameters.",
        )
    clusters = np.full(len(features), -1, dtype=np.int64)
    clusters[whole] = _cluster(points, weights[whole], n_states, random_state)
    both = whole & (labels >= 0)
    agreement = np.zeros((n_states, n_states))
    np.add.at(agreement, (clusters[both], labels[both]), weights[both])
    clusters[whole] = linear_sum_assignment(-agreement)[1][clusters[whole]]
    means, variances = _moments(features, clusters, weights, n_states)
    seen = labels if (labels >= 0).any() else clusters
    return _parameters(means, variances, floor, offsets, seen, weights, n_states)


def _cluster(points: Floats, weights: Floats, n_states: int, rng: np.random.Generator) -> Ints:
    """Run k-means once on standardized points."""
    from sklearn.cluster import KMeans

    deviations = points.std(axis=0)
    scaled = (points - points.mean(axis=0)) / np.where(deviations > 0, deviations, 1.0)
    method = KMeans(n_states, n_init=1, random_state=int(rng.integers(2**31)))
    return np.asarray(method.fit(scaled, sample_weight=weights).labels_, dtype=np.int64)


def _moments(
    features: Floats, classes: Ints, weights: Floats, n_states: int
) -> tuple[Floats, Floats]:
    """Moments of the steps of each class; of all steps where a class never shows an emission."""
    steps = np.flatnonzero(classes >= 0)
    shares = np.zeros((len(steps), n_states))
    shares[np.arange(len(steps)), classes[steps]] = weights[steps]
    means, variances, totals = weighted_moments(features[steps], shares)
    if not totals.all():
        everywhere, spread, _ = weighted_moments(features, np.ones((len(features), 1)))
        means = np.where(totals > 0, means, everywhere)
        variances = np.where(totals > 0, variances, spread)
    return means, variances


def _parameters(
    means: Floats,
    variances: Floats,
    floor: float,
    offsets: Ints,
    classes: Ints,
    weights: Floats,
    n_states: int,
) -> HMMParameters:
    """Count starts and neighbors among known classes, each one more often than seen."""
    start, transition = np.ones(n_states), np.ones((n_states, n_states))
    first = offsets[:-1][classes[offsets[:-1]] >= 0]
    np.add.at(start, classes[first], weights[first])
    follows = np.ones(len(classes), dtype=bool)
    follows[offsets[:-1]] = False
    later = np.flatnonzero(follows)
    later = later[(classes[later] >= 0) & (classes[later - 1] >= 0)]
    np.add.at(transition, (classes[later - 1], classes[later]), weights[later])
    return HMMParameters(
        start / start.sum(),
        transition / transition.sum(axis=1, keepdims=True),
        means,
        np.maximum(variances, floor),
    )
