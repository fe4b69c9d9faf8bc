"""Credit of single tuples: is the identity an optimal assignment, and with how many is it tied?"""

from __future__ import annotations

from itertools import permutations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from dolorimeter.core.containers import Floats, Ints

BLOCK = 100_000  # tuples scored at once, to bound memory


def tuple_credit(scores: Ints, tuples: Ints) -> Floats:
    """Score the assignment of labels to tuples of one example of each class.

    Parameters
    ----------
    scores : ndarray of shape (n, K), int64
        Assignment scores of all examples.
    tuples : ndarray of shape (m, K), int64
        The example of class k in column k.

    Returns
    -------
    ndarray of shape (m,), float64
        1 / (number of optimal permutations) where the identity is one of them, else 0.
    """
    score = _by_permutations if scores.shape[1] <= 3 else _by_assignment
    blocks = range(0, len(tuples), BLOCK)
    return np.concatenate([score(scores[tuples[i : i + BLOCK]]) for i in blocks])


def _by_permutations(squares: Ints) -> Floats:
    """Credit of square score matrices, shape (m, K, K), by trying all permutations."""
    rows = np.arange(squares.shape[1])
    totals = np.stack([squares[:, rows, list(p)].sum(axis=1) for p in permutations(rows)])
    optimal = totals == totals.max(axis=0)
    return np.where(optimal[0], 1.0 / optimal.sum(axis=0), 0.0)


def _by_assignment(squares: Ints) -> Floats:
    """Credit of square score matrices by the assignment solver (its sums of integers are exact)."""
    credit = np.zeros(len(squares))
    for i, square in enumerate(squares):
        rows, columns = linear_sum_assignment(square, maximize=True)
        if np.trace(square) >= square[rows, columns].sum():
            credit[i] = 1.0 / _n_optimal(square)
    return credit


def _n_optimal(square: Ints) -> int:
    """Count the optimal permutations of a matrix whose diagonal is one of them.

    A permutation loses the sum of ``loss[i, j]`` over the labels j it gives to i. With potentials
    from shortest paths every loss becomes non-negative while a permutation's sum stays, so that
    the optimal ones use zeros only: the permanent of the pattern of zeros counts them.
    """
    loss = np.diagonal(square)[:, None] - square
    potential = np.zeros(len(square), dtype=np.int64)
    for _ in range(len(square)):
        potential = (loss + potential[:, None]).min(axis=0)
    return _permanent(loss + potential[:, None] == potential)


def _permanent(pattern: NDArray[np.bool_]) -> int:
    """Count the permutations within a pattern of allowed cells, row by row over sets of columns."""
    ways = {0: 1}
    for row in pattern:
        following: dict[int, int] = {}
        for used, count in ways.items():
            for column in np.flatnonzero(row):
                bit = 1 << int(column)
                if not used & bit:
                    following[used | bit] = following.get(used | bit, 0) + count
        ways = following
    return ways[(1 << len(pattern)) - 1]
