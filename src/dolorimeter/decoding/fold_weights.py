"""Weights of a fold's training targets in its predictions, by refitting that fold alone."""

from __future__ import annotations

import numpy as np

from dolorimeter.core.containers import Floats, Ints


def refitted_weights(features: Floats, alpha: float, train: Ints, test: Ints) -> Floats:
    """Weights of the training targets in the predictions of a fold, by refitting it.

    For the folds whose block of the residual matrix is (nearly) singular, as small penalties may
    make it; without penalty this is least squares of least norm.

    Parameters
    ----------
    features : ndarray of shape (n, p), float64
        Samples by features, best reduced by :func:`coordinates`.
    alpha : float
        Penalty, at least 0.
    train, test : ndarray of int64
        Samples of the fold.

    Returns
    -------
    ndarray of shape (n_test, n), float64
        Zero for the samples that are not trained on.
    """
    centered = center(features, train)
    inner, outer = centered[train], centered[test]
    left, singular, right = np.linalg.svd(inner, full_matrices=False)
    kept = singular > len(train) * np.finfo(np.float64).eps * singular[0]
    shrunk = singular[kept] / (singular[kept] ** 2 + alpha)
    weights = np.zeros((len(test), len(features)))
    weights[:, train] = ((outer @ right[kept].T) * shrunk) @ left[:, kept].T + 1.0 / len(train)
    return weights


def coordinates(features: Floats) -> Floats:
    """Return as many features as samples, at most, with the same distances between samples.

    Unlike the kernel, they keep small differences between samples to full precision.

    Parameters
    ----------
    features : ndarray of shape (n, p), float64
        Samples by features.

    Returns
    -------
    ndarray of shape (n, min(n, p)), float64
        The features themselves where they are no more than the samples.
    """
    if features.shape[1] <= len(features):
        return features
    return np.asarray(np.linalg.qr(center(features).T, mode="r"), dtype=np.float64).T


def center(features: Floats, rows: Ints | None = None) -> Floats:
    """Subtract the mean of some rows from all, twice: large offsets leave a rest the first time.

    Parameters
    ----------
    features : ndarray of shape (n, p), float64
        Samples by features.
    rows : ndarray of int64, optional
        Whose mean; by default all.

    Returns
    -------
    ndarray of shape (n, p), float64
        A copy.
    """
    own = slice(None) if rows is None else rows
    centered = features - features[own].mean(axis=0)
    centered -= centered[own].mean(axis=0)
    return centered
