"""Class probabilities of models that know a class only as its number."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

Floats = NDArray[np.float64]


def class_probabilities(mean: Floats, deviation: Floats, n_classes: int) -> Floats:
    """Cut a normal distribution of the class number half way between neighboring classes.

    P(k) = Phi((k + 1/2 - mean) / deviation) - Phi((k - 1/2 - mean) / deviation), the first class
    without a lower end, the last without an upper one.

    Parameters
    ----------
    mean, deviation : ndarray of shape (n,)
        Of the class number, 0 … n_classes - 1.
    n_classes : int
        K.

    Returns
    -------
    ndarray of shape (n, K)
        Rows sum to 1; small probabilities keep their relative precision.
    """
    cuts = (np.arange(n_classes - 1) + 0.5 - mean[:, None]) / deviation[:, None]
    open_end = np.full((len(mean), 1), np.inf)
    lower, upper = np.hstack([-open_end, cuts]), np.hstack([cuts, open_end])
    # On the upper side both ends are near 1 and their difference would cancel: mirror it.
    mirrored = lower > 0
    left, right = np.where(mirrored, -upper, lower), np.where(mirrored, -lower, upper)
    return ndtr(right) - ndtr(left)
