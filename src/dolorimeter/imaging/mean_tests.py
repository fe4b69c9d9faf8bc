"""Whether a mean over people differs from 0: Student's t along one axis."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from dolorimeter.core.containers import Floats


def mean_test(
    values: NDArray[np.float64], axis: int = 0, one_sided: bool = False
) -> tuple[Floats, Floats]:
    """Test a mean against 0.

    Parameters
    ----------
    values : ndarray
        People along one axis, at least two.
    axis : int, default 0
        Theirs.
    one_sided : bool, default False
        Whether only means above 0 count.

    Returns
    -------
    t, p : ndarray without that axis
        NaN where someone's value is unknown or all values are equal.
    """
    n = values.shape[axis]
    mean, deviation = values.mean(axis=axis), values.std(axis=axis, ddof=1)
    varies = deviation > 1e-14 * np.abs(mean)
    t = np.full_like(mean, np.nan)
    np.divide(mean * np.sqrt(n), deviation, out=t, where=varies)
    tail = stdtr(n - 1, -t if one_sided else -np.abs(t))
    return t, np.asarray(tail if one_sided else 2.0 * tail)
