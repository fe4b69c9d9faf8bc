"""How far each sample stands out along the mean profile of others: a gain that noise spares.

Under noise the deviation over p features, ``sqrt(gain² var(profile) + noise²)``, hardly moves with
the gain; the projection on the profile adds up over features and does. The profile of a sample
never holds the sample itself, so that its own noise does not project on itself.
"""

from __future__ import annotations

import numpy as np

from dolorimeter.core.containers import Floats, Ints


def project_on_others(X: Floats, units: Ints, codes: Ints) -> Floats:
    """Project each sample on the mean profile of the samples of the other units.

    ``x . m / |m|`` with m the mean of that class, among the other units, whose mean profile is the
    shorter one, less its mean over features. A gain stretches one profile, so that the shorter
    class mean holds it as well; a pattern of the longer class is not in it, and is not matched
    away, as it would be with the mean over both classes. Labels enter of other units only.

    Parameters
    ----------
    X : ndarray of shape (n, n_features), float64
        Samples before normalization.
    units : ndarray of shape (n,), int64
        Subject, run, or a number of its own for each sample; at least two.
    codes : ndarray of shape (n,), int64
        Class of each sample.

    Returns
    -------
    ndarray of shape (n,), float64
        In the unit of X; 0 where the profile of the others is flat.
    """
    classes = np.unique(codes)
    total = np.stack([X[codes == k].sum(axis=0) for k in classes])
    sizes = np.array([(codes == k).sum() for k in classes])
    out = np.zeros(len(X))
    for unit in np.unique(units):
        own = units == unit
        profiles = []
        for place, k in enumerate(classes):
            held = own & (codes == k)
            left = sizes[place] - held.sum()
            if left:
                mean = (total[place] - X[held].sum(axis=0)) / left
                profiles.append(mean - mean.mean())
        profile = min(profiles, key=lambda m: float(np.linalg.norm(m)))
        length = np.linalg.norm(profile)
        if length > 0:
            out[own] = X[own] @ (profile / length)
    return out


def project_on_own(X: Floats, subjects: Ints, blocks: Ints) -> Floats:
    """Project each sample on the mean profile of its subject outside its block.

    Parameters
    ----------
    X : ndarray of shape (n, n_features), float64
        Samples before normalization.
    subjects, blocks : ndarray of shape (n,), int64
        Owner and run of each sample. In a subject with one block the profile is that of all
        other samples, whatever their class: one class of one subject is too few under noise.

    Returns
    -------
    ndarray of shape (n,), float64
        In the unit of X; 0 for a subject with one sample.
    """
    out = np.zeros(len(X))
    for subject in np.unique(subjects):
        rows = np.flatnonzero(subjects == subject)
        units = blocks[rows]
        if len(np.unique(units)) == 1:
            units = np.arange(len(rows))
        if len(rows) > 1:
            out[rows] = project_on_others(X[rows], units, np.zeros(len(rows), np.int64))
    return out


def deviation_reliability(X: Floats, codes: Ints, blocks: Ints) -> float:
    """Estimate how much of the deviation over features is gain and not noise.

    Correlation, within class and block, of the deviations over the first and over the second half
    of the features, stepped up to all of them (Spearman 1910, Brown 1910: ``2 r / (1 + r)``).
    Halves of neighbors, not of every other feature: smooth noise is shared by neighbors.

    Parameters
    ----------
    X : ndarray of shape (n, n_features), float64
        Samples before normalization.
    codes, blocks : ndarray of shape (n,), int64
        Class and block of each sample.

    Returns
    -------
    float
        0 to 1; 0 where the halves do not go together or there are fewer than 4 features.
    """
    middle = X.shape[1] // 2
    if middle < 2:
        return 0.0
    cell = np.unique(np.column_stack([codes, blocks]), axis=0, return_inverse=True)[1].ravel()
    one, two = (_centered(half.std(axis=1), cell) for half in (X[:, :middle], X[:, middle:]))
    size = np.sqrt((one @ one) * (two @ two))
    r = float(one @ two / size) if size > 0 else 0.0
    return 2 * r / (1 + r) if r > 0 else 0.0


def _centered(values: Floats, cell: Ints) -> Floats:
    """Take the mean of its cell from each value."""
    return np.asarray(values - (np.bincount(cell, values) / np.bincount(cell))[cell])
