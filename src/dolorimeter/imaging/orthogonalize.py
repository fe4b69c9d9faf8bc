"""Serial orthogonalization: what columns share goes to the first of them (SPM's `spm_orth`)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from dolorimeter.core.containers import Floats


def orthogonalize_serially(columns: ArrayLike) -> Floats:
    """Subtract from each column what those before it explain.

    Parameters
    ----------
    columns : array-like of shape (n, k)
        In order of precedence; the first stays as it is. Lengths are not changed to 1. A column
        that those before it explain wholly becomes 0 (to rounding).

    Returns
    -------
    ndarray of shape (n, k)
        Each column orthogonal to all others; a new array.

    Examples
    --------
    >>> orthogonalize_serially([[1.0, 1.0], [1.0, 3.0]]).round(9).tolist()
    [[1.0, -1.0], [1.0, 1.0]]
    """
    found = np.array(columns, dtype=np.float64)
    for i in range(1, found.shape[1]):
        before = found[:, :i]
        weights = np.linalg.lstsq(before, found[:, i], rcond=None)[0]
        found[:, i] -= before @ weights
    return found
