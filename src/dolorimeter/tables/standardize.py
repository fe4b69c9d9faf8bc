"""Standardizing the vitals of one stay, over all of it or over what came before."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core.containers import Floats

_TIE = 1e-9
_LEAST_EARLIER = 2


def standardize(values: Floats) -> Floats:
    """Standardize the vitals of a stay to mean 0 and deviation 1 over its observed windows.

    Parameters
    ----------
    values : ndarray of shape (n_windows, n_vitals)
        Window means of one stay in the units of the vitals, NaN where not observed.

    Returns
    -------
    ndarray of shape (n_windows, n_vitals)
        Without unit; a vital whose range is within 1e-9 of its size is missing.
    """
    highest, lowest = np.fmax.reduce(values), np.fmin.reduce(values)
    varies = _varies(lowest, highest)
    observed = ~np.isnan(values)
    count = np.maximum(observed.sum(axis=0), 1)
    centered = values - np.where(observed, values, 0.0).sum(axis=0) / count
    variance = np.square(np.where(observed, centered, 0.0)).sum(axis=0) / count
    return np.where(varies, centered / np.sqrt(np.where(varies, variance, 1.0)), np.nan)


def standardize_causally(values: Floats) -> Floats:
    """Standardize each window of a stay by the mean and deviation of those strictly before.

    Sums run in order (cumsum), and around the first observation, so that what is at or after t
    cannot touch the reference at t, not even by rounding.

    Parameters
    ----------
    values : ndarray of shape (n_windows, n_vitals)
        Window means of one stay in the units of the vitals, NaN where not observed.

    Returns
    -------
    ndarray of shape (n_windows, n_vitals)
        Without unit; missing where fewer than two earlier windows observed the vital, or where
        it did not vary in them (range within 1e-9 of its size).
    """
    observed = ~np.isnan(values)
    first = np.take_along_axis(values, np.argmax(observed, axis=0)[None], axis=0)
    shifted = np.where(observed, values - first, 0.0)
    count = _before(np.cumsum(observed, axis=0), 0)
    mean = _before(np.cumsum(shifted, axis=0), 0.0) / np.maximum(count, 1)
    square = _before(np.cumsum(np.square(shifted), axis=0), 0.0) / np.maximum(count, 1)
    lowest = _before(np.fmin.accumulate(values, axis=0), np.nan)
    highest = _before(np.fmax.accumulate(values, axis=0), np.nan)
    usable = (count >= _LEAST_EARLIER) & _varies(lowest, highest) & (square > mean**2)
    deviation = np.sqrt(np.where(usable, square - mean**2, 1.0))
    return np.where(usable, (values - first - mean) / deviation, np.nan)


def _before(accumulated: Floats, initial: float) -> Floats:
    """Shift running values by one window, so that they end before it."""
    return np.concatenate([np.full_like(accumulated[:1], initial), accumulated[:-1]])


def _varies(lowest: Floats, highest: Floats) -> NDArray[np.bool_]:
    """Whether a range is wider than rounding; False where nothing was observed."""
    return highest - lowest > _TIE * np.maximum(np.abs(lowest), np.abs(highest))
