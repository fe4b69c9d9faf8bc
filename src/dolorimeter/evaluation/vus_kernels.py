"""Exact credit of all triples of three classes by dominance counts, in O(n²) time.

Scores are integers (grid steps), so that ties are exact; credit is counted in sixtieths, the
least common denominator of 1, 1/2, … 1/6, so that sums are exact too.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from dolorimeter.core.containers import Ints

CREDIT_UNIT = 60  # one whole credit


def triple_credit(first: Ints, second: Ints, third: Ints) -> tuple[Ints, Ints]:
    """Sum the credit of the triples that each example of the second and third class is in.

    With x and y the scores of labels 2 and 3 less that of label 1, and a, b, c examples of the
    three classes, the identity is an optimal assignment exactly when ``xb - yb >= xc - yc``,
    ``xa <= X = min(xb, xb + yc - yb)`` and ``ya <= Y = min(yc, yc + xb - xc)``. For each pair
    (b, c) the number of such a is one two-dimensional dominance count; each equality met is one
    more optimal permutation to share the credit with.

    Parameters
    ----------
    first, second, third : ndarray of shape (n_class, 2), int64
        Scores (x, y) of the examples of each class in grid steps, below 2^61 in magnitude.

    Returns
    -------
    ndarray of shape (n_second,), int64
        Credit of each example of the second class, in sixtieths.
    ndarray of shape (n_third,), int64
        The same for the third class.
    """
    by_x = np.argsort(first[:, 0], kind="stable")
    x_keys, y_keys = first[by_x, 0], np.sort(first[:, 1])
    column = np.empty(len(first), np.int64)
    column[np.argsort(first[by_x, 1], kind="stable")] = np.arange(len(first))
    by_y = np.argsort(third[:, 1], kind="stable")
    inner = third[by_y]
    slant = inner[:, 1] - inner[:, 0]
    by_slant = np.argsort(slant, kind="stable")
    counts, bits = _dominance_table(column)
    credit_second, sorted_credit = _pair_credit(
        x_keys, y_keys, counts, bits, second, inner, slant[by_slant], by_slant
    )
    credit_third = np.empty_like(sorted_credit)
    credit_third[by_y] = sorted_credit
    return credit_second, credit_third


@numba.njit(nogil=True, cache=True)
def _dominance_table(column: Ints) -> tuple[NDArray[np.int32], NDArray[np.uint64]]:
    """Tabulate how many of the first i columns are below j: words of 64, and counts before each.

    n²/64 words of memory instead of n² cells, so that 3,000 examples fit into a core's cache.
    """
    n = column.size
    n_words = n // 64 + 1
    counts = np.zeros((n + 1, n_words), np.int32)
    bits = np.zeros((n + 1, n_words), np.uint64)
    for i in range(n):
        word = column[i] >> 6
        for w in range(n_words):
            counts[i + 1, w] = counts[i, w] + (w > word)
            bits[i + 1, w] = bits[i, w]
        bits[i + 1, word] |= np.uint64(1) << np.uint64(column[i] & 63)
    return counts, bits


@numba.njit(nogil=True, cache=True)
def _count(counts: NDArray[np.int32], bits: NDArray[np.uint64], i: int, j: int) -> np.int64:
    """How many of the first i columns are below j."""
    word = j >> 6
    v = bits[i, word] & ((np.uint64(1) << np.uint64(j & 63)) - np.uint64(1))
    v = v - ((v >> np.uint64(1)) & np.uint64(0x5555555555555555))
    v = (v & np.uint64(0x3333333333333333)) + ((v >> np.uint64(2)) & np.uint64(0x3333333333333333))
    v = (v + (v >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return counts[i, word] + np.int64((v * np.uint64(0x0101010101010101)) >> np.uint64(56))


@numba.njit(nogil=True, cache=True)
def _ranks(keys: Ints, values: Ints, shift: int, below: Ints, upto: Ints) -> None:
    """For ascending values plus a shift, count the keys below each and up to each, in one walk."""
    p = 0
    q = 0
    for k in range(values.size):
        value = values[k] + shift
        while p < keys.size and keys[p] < value:
            p += 1
        q = max(p, q)
        while q < keys.size and keys[q] <= value:
            q += 1
        below[k] = p
        upto[k] = q


@numba.njit(nogil=True, cache=True)
def _tied_credit(
    counts: NDArray[np.int32],
    bits: NDArray[np.uint64],
    i: int,
    i_tied: int,
    j: int,
    j_tied: int,
    n_optimal: int,
    x_ties: int,
    y_ties: int,
) -> np.int64:
    """Credit of a pair where some a lie on the border x = X (ranks i … i_tied) or y = Y."""
    inside = _count(counts, bits, i, j)
    on_x = _count(counts, bits, i_tied, j) - inside
    on_y = _count(counts, bits, i, j_tied) - inside
    on_both = _count(counts, bits, i_tied, j_tied) - inside - on_x - on_y
    return (
        inside * (CREDIT_UNIT // n_optimal)
        + on_x * (CREDIT_UNIT // (n_optimal + x_ties))
        + on_y * (CREDIT_UNIT // (n_optimal + y_ties))
        + on_both * (CREDIT_UNIT // (n_optimal + x_ties + y_ties))
    )


@numba.njit(nogil=True, cache=True)
def _pair_credit(
    x_keys: Ints,
    y_keys: Ints,
    counts: NDArray[np.int32],
    bits: NDArray[np.uint64],
    second: Ints,
    inner: Ints,
    slants: Ints,
    by_slant: Ints,
) -> tuple[Ints, Ints]:
    """Sum credit over all pairs (b, c); ``inner`` is class 3 by ascending y."""
    n_b, n_c = second.shape[0], inner.shape[0]
    credit_b = np.zeros(n_b, np.int64)
    credit_c = np.zeros(n_c, np.int64)
    x_below = np.empty(n_c, np.int64)
    x_upto = np.empty(n_c, np.int64)
    y_below = np.empty(n_c, np.int64)
    y_upto = np.empty(n_c, np.int64)
    c_below = np.empty(n_c, np.int64)
    c_upto = np.empty(n_c, np.int64)
    inner_y = inner[:, 1].copy()
    _ranks(y_keys, inner_y, 0, c_below, c_upto)
    for b in range(n_b):
        xb, yb = second[b, 0], second[b, 1]
        # Rank of a minimum = minimum of the ranks.
        b_below = np.searchsorted(x_keys, xb, side="left")
        b_upto = np.searchsorted(x_keys, xb, side="right")
        _ranks(x_keys, inner_y, xb - yb, x_below, x_upto)
        _ranks(y_keys, slants, xb, y_below, y_upto)
        total = np.int64(0)
        for m in range(np.searchsorted(slants, yb - xb, side="left"), n_c):
            c = by_slant[m]
            i, i_tied = min(b_below, x_below[c]), min(b_upto, x_upto[c])
            j, j_tied = min(c_below[c], y_below[m]), min(c_upto[c], y_upto[m])
            n_optimal = 2 if slants[m] == yb - xb else 1
            if i == i_tied and j == j_tied:
                credit = _count(counts, bits, i, j) * (CREDIT_UNIT // n_optimal)
            else:
                x_ties = 2 if inner[c, 1] == yb else 1
                y_ties = 2 if inner[c, 0] == xb else 1
                credit = _tied_credit(counts, bits, i, i_tied, j, j_tied, n_optimal, x_ties, y_ties)
            total += credit
            credit_c[c] += credit
        credit_b[b] = total
    return credit_b, credit_c
