"""Temperatures of one person, found by steps of 0.5 °C (science 2.3)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from dolorimeter.core import InputError

STEP = 0.5  # degrees Celsius
BASELINE, EXACERBATION = 6.0, 8.0  # rated, of 10


def find_temperatures(
    temperature: ArrayLike,
    rating: ArrayLike,
    baseline: float = BASELINE,
    exacerbation: float = EXACERBATION,
) -> tuple[float, float]:
    """Find the temperatures of the tonic pain and of its exacerbation.

    Parameters
    ----------
    temperature : array-like of shape (n,)
        Tried, in °C, in the order of the steps.
    rating : array-like of shape (n,)
        Rated pain, 0 to 10.
    baseline : float, default 6
        Rating that the tonic pain shall reach.
    exacerbation : float, default 8
        Rating that the exacerbation shall reach.

    Returns
    -------
    baseline : float
        The first rated at least that, in °C; NaN where none was.
    exacerbation : float
        The first from there rated at least that, in °C; NaN where none was.

    Raises
    ------
    InputError
        If the lengths differ, or the exacerbation need not be rated above the baseline.

    Examples
    --------
    >>> find_temperatures([43.0, 43.5, 44.0, 44.5], [5.1, 6.2, 7.0, 8.3])
    (43.5, 44.5)
    """
    steps, rated = np.asarray(temperature, np.float64), np.asarray(rating, np.float64)
    if steps.shape != rated.shape or steps.ndim != 1:
        found = f"shapes {steps.shape} and {rated.shape}"
        raise InputError("temperature and rating", found, "one rating a step")
    if not baseline < exacerbation:
        raise InputError("exacerbation", f"{exacerbation:g}", f"above the baseline, {baseline:g}")
    low = _first(rated >= baseline)
    high = _first((rated >= exacerbation) & (np.arange(len(rated)) >= low))
    reached = np.append(steps, np.nan)
    return float(reached[low]), float(reached[high])


def _first(holds: np.ndarray) -> int:
    """Index of the first True; the length where there is none."""
    return int(holds.argmax()) if holds.any() else len(holds)
