"""Credit by group (a patient, a stay) and the clustered interval that follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan, sqrt

import numpy as np
from scipy.special import stdtrit

from dolorimeter.core.containers import Floats, Ints

from .vus_exact import FoldCredit
from .vus_kernels import CREDIT_UNIT

Members = list[list[Ints]]  # examples of each fold and class


@dataclass(frozen=True, slots=True)
class GroupSums:
    """Sums over the triples that examples of a group take part in, counted once a member.

    Attributes
    ----------
    credit : ndarray of shape (n_groups,), float64
        In whole credits.
    triples : ndarray of shape (n_groups,), float64
        Number of triples.
    influence : ndarray of shape (n_replicates, n_groups), float64
        By how much the group moves the VUS; a row from each half of the draws where sampled.
    """

    credit: Floats
    triples: Floats
    influence: Floats


def sums_by_group(
    parts: Sequence[FoldCredit | None],
    members: Members,
    group: Ints,
    n_groups: int,
    values: Floats,
) -> GroupSums:
    """Sum credit, triples and influence over the examples of each group.

    Without folds the influence of a group is ``(c - V n) / N`` (delta method). With folds, a
    triple's credit would count once for each of its K members, so that the luck of a fold,
    ``(V_f - V) N_f``, would weigh K² where one patient is a fold. So examples are centered at
    ``V + h (V_f - V)`` with ``h = 1 - sqrt(min(m, K)) / K`` for m groups in the fold: exact where
    that luck is an interaction of as many groups as can be (so for one group), else on the safe
    side, and without effect where m is large.

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
    values : ndarray of shape (n_replicates,), float64
        The VUS over all folds, by each replicate.

    Returns
    -------
    GroupSums
        Zero for groups without a triple.
    """
    credit, triples = np.zeros(n_groups), np.zeros(n_groups)
    influence = np.zeros((len(values), n_groups))
    for part, classes in zip(parts, members, strict=True):
        if part is None:
            continue
        codes = group[np.concatenate(classes)]
        n_classes, present = len(classes), min(len(np.unique(codes)), len(classes))
        each = np.concatenate([np.full(len(m), part.n_tuples // len(m)) for m in classes])
        center = values + (1.0 - sqrt(present) / n_classes) * (part.values - values)
        moved = part.credit / CREDIT_UNIT - center[:, None] * each
        triples += np.bincount(codes, weights=each, minlength=n_groups)
        credit += np.bincount(codes, weights=part.credit.mean(axis=0), minlength=n_groups)
        influence += [np.bincount(codes, weights=row, minlength=n_groups) for row in moved]
    return GroupSums(credit / CREDIT_UNIT, triples, influence * (len(members[0]) / triples.sum()))


def clustered_interval(
    value: float, sums: GroupSums, draws: float
) -> tuple[float, tuple[float, float]]:
    """Return the standard error by groups that form triples, and the 95 % interval.

    Parameters
    ----------
    value : float
        The VUS.
    sums : GroupSums
        Of which the influences count.
    draws : float
        Variance that drawing adds.

    Returns
    -------
    float
        Standard error, NaN with fewer than two groups.
    tuple of float
        Lower and upper end, within [0, 1].
    """
    n_groups = int((sums.triples > 0).sum())
    if n_groups < 2:
        return nan, (nan, nan)
    product = float(sums.influence[0] @ sums.influence[-1])
    se = sqrt(max(product, 0.0) * n_groups / (n_groups - 1) + draws)
    reach = float(stdtrit(n_groups - 1, 0.975)) * se
    return se, (max(value - reach, 0.0), min(value + reach, 1.0))
