"""Credit of single tuples: is the identity an optimal assignment, and with how many is it tied?

An assignment solver says whether some other permutation is better, one tuple at a time, but not
how many are as good. Shortest paths say both, for all tuples side by side.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core.containers import Floats, Ints

BLOCK = 50_000  # tuples scored at once, to bound memory


def tuple_credit(scores: Ints, tuples: Ints) -> Floats:
    """Score the assignment of labels to tuples of one example of each class.

    Giving example i the label j instead of its own loses ``loss[i, j] = s[i, i] - s[i, j]``, and
    a permutation loses the sum along its cycles. So the identity is optimal exactly when no cycle
    is negative, and the permutations as good as it are made of the arcs that lie on cycles of
    zero: their number is the permanent of that pattern. All in integers, hence exact.

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
    credit = np.zeros(len(tuples))
    for start in range(0, len(tuples), BLOCK):
        squares = scores[tuples[start : start + BLOCK]]
        optimal, tied = _zero_cycles(squares)
        credit[start + optimal] = 1.0 / _permanents(tied)
    return credit


def _zero_cycles(squares: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """Find which matrices have an optimal identity, and in these the arcs on cycles of zero."""
    optimal = np.arange(len(squares))
    loss = np.diagonal(squares, axis1=1, axis2=2)[:, :, None] - squares
    walk = loss  # Floyd–Warshall: least loss from i to j by way of the first k
    for k in range(squares.shape[1]):
        walk = np.minimum(walk, walk[:, :, k, None] + walk[:, None, k, :])
        sound = (np.diagonal(walk, axis1=1, axis2=2) >= 0).all(axis=1)
        # Left in, a negative cycle would double at every step and overflow.
        optimal, loss, walk = optimal[sound], loss[sound], walk[sound]
    return optimal, loss + walk.transpose(0, 2, 1) == 0


def _permanents(patterns: NDArray[np.bool_]) -> Ints:
    """Count the permutations within each pattern, each distinct pattern once."""
    n, size, _ = patterns.shape
    counts = np.ones(n, dtype=np.int64)
    tied = np.flatnonzero(patterns.sum(axis=(1, 2)) > size)  # the others hold the identity alone
    distinct, which = np.unique(patterns[tied].reshape(-1, size**2), axis=0, return_inverse=True)
    permanents = [_permanent(pattern.reshape(size, size)) for pattern in distinct]
    counts[tied] = np.array(permanents, dtype=np.int64)[which.reshape(-1)]
    return counts


def _permanent(pattern: NDArray[np.bool_]) -> int:
    """Count the permutations within a pattern, row by row over the sets of columns used."""
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
