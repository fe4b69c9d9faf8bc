"""Sums that a linear fit needs, for many sets of parameters at once: arrays in, arrays out."""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_LEAST_SHARE = 1e-20


@nb.njit(nogil=True, cache=True, error_model="numpy")
def residual_moments(
    x: Floats,
    rows: Ints,
    y: Floats,
    basis: Floats,
    offsets: Ints,
    first: int,
    last: int,
    xx: Floats,
    xy: Floats,
) -> None:
    """Fill sums of squares and products of x and y, nuisance taken out of x, by subject.

    ``x`` (g, n) model quantity on all trials; ``rows`` (m,) the trials used, subjects together;
    ``y`` (m,) the measure, nuisance taken out; ``basis`` (m, q) orthonormal columns within each
    subject; ``offsets`` (u + 1,) into the m; subjects ``first`` to ``last`` are filled in ``xx``
    and ``xy`` (u, g). A sum of squares that is rounding alone is 0.
    """
    n_sets, n_columns = x.shape[0], basis.shape[1]
    longest = 0
    for u in range(first, last):
        longest = max(longest, offsets[u + 1] - offsets[u])
    own = np.empty(longest)
    for u in range(first, last):
        start, size = offsets[u], offsets[u + 1] - offsets[u]
        for g in range(n_sets):
            whole = 0.0
            for t in range(size):
                own[t] = x[g, rows[start + t]]
                whole += own[t] * own[t]
            for q in range(n_columns):
                along = 0.0
                for t in range(size):
                    along += basis[start + t, q] * own[t]
                for t in range(size):
                    own[t] -= along * basis[start + t, q]
            squares, products = 0.0, 0.0
            for t in range(size):
                squares += own[t] * own[t]
                products += own[t] * y[start + t]
            if not squares > _LEAST_SHARE * whole:
                squares, products = 0.0, 0.0
            xx[u, g], xy[u, g] = squares, products
