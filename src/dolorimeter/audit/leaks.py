"""Leaks measured: from folds and samples to facts. Arrays in, plain values out.

Folds are pairs of index arrays (training, test). None is returned where a fact cannot be known.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

Folds = Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]]
Floats = NDArray[np.float64]
Names = NDArray[Any]


def shared_members(folds: Folds, names: Names) -> int | None:
    """Count who stands in training and test of one fold.

    Parameters
    ----------
    folds : sequence of (training, test) index arrays
        Of the run.
    names : ndarray of shape (n_samples,)
        Whose each sample is (subject, family, site); ``""`` where unknown.

    Returns
    -------
    int or None
        Different names that stand on both sides of at least one fold. None where none is seen to
        but a sample without a name takes part.
    """
    present, codes = np.unique(np.asarray(names).astype(str), return_inverse=True)
    shared, seen = np.zeros(len(present), bool), np.zeros(len(present), bool)
    for training, test in folds:
        trained, tested = np.zeros(len(present), bool), np.zeros(len(present), bool)
        trained[codes[training]], tested[codes[test]] = True, True
        shared |= trained & tested
        seen |= trained | tested
    named = present != ""
    count = int((shared & named).sum())
    return count if count or not (seen & ~named).any() else None


def kept_whole(folds: Folds, units: Names) -> bool | None:
    """Tell whether folds keep units whole.

    Parameters
    ----------
    folds : sequence of (training, test) index arrays
        Of the run.
    units : ndarray of shape (n_samples,)
        The unit of each sample that folds are said to keep whole; ``""`` where unknown.

    Returns
    -------
    bool or None
        No unit stands on both sides of a fold.
    """
    shared = shared_members(folds, units)
    return None if shared is None else shared == 0


def same_folds(folds: Folds, *others: Folds) -> bool:
    """Tell whether results stand on the same folds.

    Parameters
    ----------
    folds : sequence of (training, test) index arrays
        Of one result.
    *others : sequence of (training, test) index arrays
        Of other results.

    Returns
    -------
    bool
        All have the same folds, whatever their order.
    """
    members = _members(folds)
    return all(_members(other) == members for other in others)


def _members(folds: Folds) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Write folds so that equal ones compare equal."""
    pairs = ((np.sort(a).tolist(), np.sort(b).tolist()) for a, b in folds)
    return sorted((tuple(a), tuple(b)) for a, b in pairs)


def duplicates(folds: Folds, features: Floats) -> int:
    """Count test samples with an identical sample in the training of their fold.

    Parameters
    ----------
    folds : sequence of (training, test) index arrays
        Of the run.
    features : ndarray of shape (n_samples, n_features)
        As given, before any fit.

    Returns
    -------
    int
        Different samples; one that stands on both sides itself counts too.
    """
    rows = np.ascontiguousarray(features, dtype=np.float64) + 0.0  # -0.0 is 0.0
    digests = [blake2b(row.tobytes(), digest_size=16).hexdigest() for row in rows]
    present, codes = np.unique(digests, return_inverse=True)
    twice = np.zeros(len(rows), bool)
    for training, test in folds:
        trained = np.zeros(len(present), bool)
        trained[codes[training]] = True
        twice[test] |= trained[codes[test]]
    return int(twice.sum())


def target_in_features(
    features: Floats,
    target: Floats,
    names: Sequence[str],
    classes: bool = True,
    tolerance: float = 1e-9,
) -> tuple[str, ...]:
    """Name the features that hold the target.

    Parameters
    ----------
    features : ndarray of shape (n_samples, n_features)
        As given.
    target : ndarray of shape (n_samples,)
        Class codes or numbers.
    names : sequence of str
        Of the features.
    classes : bool
        The target is a class: a feature holds it that varies, but never within a class.
        Otherwise one whose correlation with it is 1 or -1.
    tolerance : float
        Of the correlation, and of a feature's variance within classes relative to its whole.

    Returns
    -------
    tuple of str
        Empty: none. Classes of one sample say nothing and are left out.
    """
    if classes:
        codes, counts = np.unique(target, return_counts=True)
        if (counts > 1).sum() < 2:
            return ()
        kept = np.isin(target, codes[counts > 1])
        features, target = features[kept], target[kept]
    centered = features - features.mean(axis=0)
    whole = (centered**2).sum(axis=0)
    varying = whole > 1e-24 * (1 + (features**2).sum(axis=0))
    if classes:
        means = np.stack([centered[target == k].mean(axis=0) for k in np.unique(target)])
        fitted = means[np.unique(target, return_inverse=True)[1]]
    else:
        y = target - target.mean()
        fitted = np.outer(y, y @ centered) / max(float(y @ y), 1e-300)
    left = ((centered - fitted) ** 2).sum(axis=0)
    holds = varying & (left <= tolerance * np.where(varying, whole, 1.0))
    return tuple(name for name, held in zip(names, holds, strict=True) if held)


def samples_standardized(features: Floats, tolerance: float = 1e-6) -> bool:
    """Tell whether every sample has mean 0 and deviation 1 across its features (N1).

    Parameters
    ----------
    features : ndarray of shape (n_samples, n_features)
        As the estimator sees them.
    tolerance : float
        Of mean and deviation (ddof 0).

    Returns
    -------
    bool
        All do.
    """
    means, deviations = features.mean(axis=1), features.std(axis=1)
    return bool((np.abs(means) <= tolerance).all() and (np.abs(deviations - 1) <= tolerance).all())


def scaled_over_samples(
    features: Floats, groups: Names | None = None, tolerance: float = 1e-8
) -> bool:
    """Tell whether features look standardized over all samples, and so outside the folds.

    No data have columns of mean 0 and deviation 1 to machine precision by chance.

    Parameters
    ----------
    features : ndarray of shape (n_samples, n_features)
        As given, before any fit.
    groups : ndarray of shape (n_samples,), optional
        Ask for it within each group (subject, run) of three samples or more instead.
    tolerance : float
        Of mean and deviation (ddof 0 or 1).

    Returns
    -------
    bool
        All columns that vary are, and at least one varies.
    """
    if groups is None:
        return _standardized(features, tolerance)
    parts = [features[groups == name] for name in np.unique(groups)]
    large = [part for part in parts if len(part) >= 3]
    return bool(large) and all(_standardized(part, tolerance) for part in large)


def _standardized(features: Floats, tolerance: float) -> bool:
    columns = features[:, np.ptp(features, axis=0) > 0]
    if len(columns) < 2 or columns.shape[1] == 0:
        return False
    centered = bool((np.abs(columns.mean(axis=0)) <= tolerance).all())
    scaled = (np.abs(columns.std(axis=0, ddof=ddof) - 1).max() <= tolerance for ddof in (0, 1))
    return centered and any(scaled)


def looks_ahead(features_until: Floats, onset: Floats) -> tuple[str, ...] | None:
    """Name the use of times after the target was given.

    Parameters
    ----------
    features_until : ndarray of shape (n_samples,)
        Last time that any feature of a sample uses, in seconds; NaN where unknown.
    onset : ndarray of shape (n_samples,)
        When its target was given, on the same clock.

    Returns
    -------
    tuple of str or None
        One sentence, or empty; None where no sample is seen to and one is unknown.
    """
    late = np.asarray(features_until) - np.asarray(onset)
    n_late = int((late > 0).sum())
    if n_late:
        most = float(np.nanmax(late))
        return (f"features of {n_late} of {len(late)} samples, by up to {most:g} s",)
    return None if np.isnan(late).any() else ()


def trials_behind(folds: Folds, n_averaged: NDArray[np.int64]) -> int | None:
    """Return the most trials behind one test sample.

    Parameters
    ----------
    folds : sequence of (training, test) index arrays
        Of the run.
    n_averaged : ndarray of shape (n_samples,)
        Trials averaged into each sample; 0 where unknown.

    Returns
    -------
    int or None
        None where it is unknown for a test sample and no other shows more than one.
    """
    tested = np.concatenate([n_averaged[test] for _, test in folds])
    most = int(tested.max())
    return most if most > 1 or (tested > 0).all() else None
