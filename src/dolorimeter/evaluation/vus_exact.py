"""Exact credit of every example, without sampling: two and three classes, or few tuples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core.containers import Floats, Ints

from .vus_assignment import tuple_credit
from .vus_kernels import CREDIT_UNIT, triple_credit


@dataclass(frozen=True, slots=True)
class FoldCredit:
    """The credit of one fold, in sixtieths: integers for two and three classes, so sums are exact.

    Attributes
    ----------
    n_tuples : int
        Number of tuples of one example of each class.
    credit : ndarray of shape (n_replicates, n), float64
        Sum of credit over the tuples that an example is in, class after class. One replicate
        where exact; where sampled, an independent estimate from each half of the draws.
    n_first : int
        How many of the examples are of the first class.
    variance : float
        Variance of the mean credit (whole credits squared) over repeated draws; 0 where exact.
    n_draws : int
        Tuples drawn; 0 where exact.
    """

    n_tuples: int
    credit: Floats
    n_first: int
    variance: float = 0.0
    n_draws: int = 0

    @property
    def totals(self) -> Floats:
        """Summed credit over all tuples, shape (n_replicates,): each has one of the first class."""
        return self.credit[:, : self.n_first].sum(axis=1)

    @property
    def values(self) -> Floats:
        """Mean credit of a tuple in whole credits, shape (n_replicates,)."""
        return self.totals / (CREDIT_UNIT * self.n_tuples)


def exact_fold(scores: Ints, members: Sequence[Ints]) -> FoldCredit:
    """Sum the credit of all tuples of one fold.

    Parameters
    ----------
    scores : ndarray of shape (n, K), int64
        Assignment scores of all examples.
    members : sequence of K ndarray of int64
        Examples of each class in the fold, none empty.

    Returns
    -------
    FoldCredit
        Exact; by listing every tuple for more than three classes.
    """
    if len(members) == 2:
        credit: NDArray[Any] = _pairs(*(scores[m] for m in members))
    elif len(members) == 3:
        credit = _triples(*(scores[m] for m in members))
    else:
        credit = _listed(scores, members)
    n_tuples = prod(len(m) for m in members)
    return FoldCredit(n_tuples, credit[None, :].astype(np.float64), len(members[0]))


def _pairs(first: Ints, second: Ints) -> Ints:
    """Compare x = s2 - s1 of one example of each class: AUC by ranks, half a credit a tie."""
    low, high = first[:, 1], second[:, 1]
    wins = _twice_below(np.sort(low), high)
    losses = _twice_below(np.sort(high), low)
    return CREDIT_UNIT // 2 * np.concatenate([2 * len(high) - losses, wins])


def _twice_below(keys: Ints, values: Ints) -> Ints:
    """Twice the number of keys below each value, plus the number equal to it."""
    return np.searchsorted(keys, values, "left") + np.searchsorted(keys, values, "right")


def _triples(first: Ints, second: Ints, third: Ints) -> Ints:
    """Credit of three classes. The kernel gives it for two of them; turned by one, for the last."""
    credit_second, credit_third = triple_credit(*(_relative(s, 0) for s in (first, second, third)))
    _, credit_first = triple_credit(*(_relative(s, 1) for s in (second, third, first)))
    return np.concatenate([credit_first, credit_second, credit_third])


def _relative(scores: Ints, base: int) -> Ints:
    """Scores of the two labels that follow ``base`` in turn, less that of ``base``."""
    turned = np.roll(scores, -base, axis=1)
    return turned[:, 1:] - turned[:, :1]


def _listed(scores: Ints, members: Sequence[Ints]) -> Floats:
    """Credit by listing every tuple."""
    grid = np.meshgrid(*members, indexing="ij")
    tuples = np.stack(grid, axis=-1).reshape(-1, len(members))
    credit = CREDIT_UNIT * tuple_credit(scores, tuples).reshape(grid[0].shape)
    axes = range(len(members))
    sums = [credit.sum(axis=tuple(j for j in axes if j != k)) for k in axes]
    return np.concatenate(sums)
