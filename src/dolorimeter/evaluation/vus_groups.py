"""Credit by group (a patient, a stay) and the clustered interval that follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan, sqrt

import numpy as np
from scipy.special import stdtrit

from dolorimeter.core.containers import Floats, Ints

from .vus_exact import FoldCredit
from .vus_kernels import CREDIT_UNIT

Members = list[list[Ints]]  # examples of each fold and class


def credit_by_group(
    parts: Sequence[FoldCredit | None], members: Members, group: Ints, n_groups: int
) -> tuple[Floats, Floats]:
    """Sum credit and triples over the examples of each group.

    Parameters
    ----------
    parts : sequence of FoldCredit or None
        Credit of each fold; None where it lacks a class.
    members : list of list of ndarray of int64
        Examples of each fold and class.
    group : ndarray of shape (n,), int64
        Group of each example, as a code from 0 up.
    n_groups : int
        Number of groups.

    Returns
    -------
    ndarray of shape (n_replicates, n_groups), float64
        Credit in sixtieths: of all tuples, or as each half of the draws estimates it.
    ndarray of shape (n_groups,), float64
        Number of triples, counted once for each member.
    """
    n_replicates = max((len(part.credit) for part in parts if part is not None), default=1)
    credit, triples = np.zeros((n_replicates, n_groups)), np.zeros(n_groups)
    for part, classes in zip(parts, members, strict=True):
        if part is None:
            continue
        codes = group[np.concatenate(classes)]
        each = np.concatenate([np.full(len(m), part.n_tuples // len(m)) for m in classes])
        triples += np.bincount(codes, weights=each, minlength=n_groups)
        credit += [np.bincount(codes, weights=row, minlength=n_groups) for row in part.credit]
    return credit, triples


def clustered_interval(
    values: Floats, credit: Floats, triples: Floats, n_triples: int, draws: float
) -> tuple[float, tuple[float, float]]:
    """Return the standard error by groups that form triples, and the 95 % interval.

    Parameters
    ----------
    values : ndarray of shape (n_replicates,), float64
        The VUS by each replicate.
    credit : ndarray of shape (n_replicates, n_groups), float64
        Credit in sixtieths by group.
    triples : ndarray of shape (n_groups,), float64
        Triples by group.
    n_triples : int
        Triples in all.
    draws : float
        Variance that drawing adds.

    Returns
    -------
    float
        Standard error, NaN with fewer than two groups.
    tuple of float
        Lower and upper end, within [0, 1].
    """
    n_groups = int((triples > 0).sum())
    if n_groups < 2:
        return nan, (nan, nan)
    deviations = (credit / CREDIT_UNIT - values[:, None] * triples) / n_triples
    between = max(float(deviations[0] @ deviations[-1]), 0.0) * n_groups / (n_groups - 1)
    se = sqrt(between + draws)
    value, reach = float(values.mean()), float(stdtrit(n_groups - 1, 0.975)) * se
    return se, (max(value - reach, 0.0), min(value + reach, 1.0))
