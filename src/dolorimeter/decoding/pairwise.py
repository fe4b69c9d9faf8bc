"""A decoder of one condition against another, its separation, and a null that trains anew."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .separation import Bools, Floats, Names, RandomState, Separation, areas, separation, with_null
from .transfer import Ints, Scheme, pair_units, plan_transfer, transfer_decisions


def pairwise_separation(
    X: Floats,
    first: Bools,
    subject: Names,
    unit: Names,
    scheme: Scheme,
    block: NDArray[np.generic] | None = None,
    estimator: Any = "lda",
    regularization: float = 1.0,
    permutations: int = 0,
    random_state: RandomState = None,
) -> tuple[Floats, Separation]:
    """Train the first condition against the second and separate them in samples held out.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Samples of both conditions.
    first : ndarray of shape (n_samples,), bool
        Whether a sample is of the first.
    subject, unit : ndarray of shape (n_samples,), str
        As in :func:`plan_transfer`.
    scheme : str
        As there; leave-one-pair-out takes matched pairs, and labels are then exchanged within them.
    block : ndarray of shape (n_samples,), optional
        Labels are exchanged within equal blocks of a subject; without it within subjects.
    estimator : "lda", "ridge" or scikit-learn classifier, default "lda"
        As in :func:`transfer_decisions`.
    regularization : float, default 1.0
        Ridge penalty.
    permutations : int, default 0
        Relabellings, each trained anew.
    random_state : int, Generator or None
        For relabelling, and the bootstrap of a single subject.

    Returns
    -------
    decisions : ndarray of shape (n_samples,)
        Above 0: called the first.
    separation : Separation
        Within subjects, over subjects.

    Raises
    ------
    InputError
        As for its parts.
    """
    rng = np.random.default_rng(random_state)
    codes = first.astype(np.int64)
    folds = plan_transfer(codes, subject, unit, scheme, matched=True)
    if scheme == "leave-one-pair-out":
        block = np.empty(len(codes), dtype=np.int64)
        for name in np.unique(subject):
            block[subject == name] = pair_units(codes[subject == name])
    labels = _relabellings(codes, subject, block, permutations, rng)
    decisions = transfer_decisions(
        X, np.where(labels == 1, 1.0, -1.0), folds, estimator, regularization
    )
    found = separation(decisions[:, 0], first, subject, random_state=rng)
    if not permutations:
        return decisions[:, 0], found
    rows = [np.flatnonzero(subject == name) for name in found.subjects]
    null = np.mean([areas(decisions[r, 1:], labels[r, 1:] == 1) for r in rows], axis=0) - 0.5
    return decisions[:, 0], with_null(found, null)


def exchange_blocks(first: Bools, subject: Names, run: Names) -> Names | None:
    """Say within what labels may be exchanged.

    Parameters
    ----------
    first : ndarray of shape (n_samples,), bool
        Whether a sample is of the first condition.
    subject, run : ndarray of shape (n_samples,), str
        Whose it is, and in which run.

    Returns
    -------
    ndarray or None
        The runs, where each run of those who felt both holds both; None: only within subjects.
    """
    for name in np.intersect1d(subject[first], subject[~first]):
        mine = subject == name
        if set(run[mine & first].tolist()) != set(run[mine & ~first].tolist()):
            return None
    return run


def _relabellings(
    codes: Ints,
    subject: Names,
    block: NDArray[np.generic] | None,
    permutations: int,
    rng: np.random.Generator,
) -> Ints:
    """Return the labels, and relabellings of them, one a column."""
    labels = np.tile(codes[:, None], (1, 1 + permutations))
    for name in np.unique(subject):
        mine = subject == name
        groups = np.zeros(len(codes)) if block is None else block
        for group in np.unique(groups[mine]):
            rows = np.flatnonzero(mine & (groups == group))
            labels[rows, 1:] = rng.permuted(labels[rows, 1:], axis=0)
    return labels
