"""Hemodynamic response functions: the difference of two gamma densities, in continuous time.

With g(t; k, s) the gamma density of shape k and scale s, the response to an impulse at 0 s is
``g(t; delay/dispersion, dispersion) - ratio g(t; undershoot/u_dispersion, u_dispersion)``
(Friston et al. 1998, Neuroimage 7:30-40; the parameters of SPM12, and those of Glover 1999,
Neuroimage 9:416-429, as NIPY and nilearn write them).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize_scalar
from scipy.stats import gamma

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats

LENGTH = 32.0  # s; as SPM, the response is over then
STEPS = {"time": 1.0, "dispersion": 0.01}  # of SPM's finite differences


@dataclass(frozen=True, slots=True)
class _DoubleGamma:
    """Times in seconds; the ratio is that of the undershoot to the response."""

    delay: float
    undershoot: float
    dispersion: float
    u_dispersion: float
    ratio: float

    def at(self, times: Floats) -> Floats:
        """Density of the response minus that of the undershoot, 0 outside 0 … LENGTH."""
        peak = gamma.pdf(times, self.delay / self.dispersion, scale=self.dispersion)
        shape = self.undershoot / self.u_dispersion
        dip = gamma.pdf(times, shape, scale=self.u_dispersion)
        return np.where((times >= 0) & (times <= LENGTH), peak - self.ratio * dip, 0.0)


_SPM = _DoubleGamma(6.0, 16.0, 1.0, 1.0, 1 / 6)
_GLOVER = _DoubleGamma(6.0, 12.0, 0.9, 0.9, 0.48)


def canonical_hrf(
    times: ArrayLike,
    derivative: str | None = None,
    normalize: str = "peak",
    step: float | None = None,
) -> Floats:
    """Response to an impulse at 0 s: SPM's double gamma, or one of its derivatives.

    Parameters
    ----------
    times : array-like
        Seconds since the impulse.
    derivative : {None, "time", "dispersion"}, default None
        Finite difference with respect to onset or to the dispersion of the first gamma, signed as
        in SPM: a positive weight of ``"time"`` moves the response earlier, one of
        ``"dispersion"`` makes it narrower.
    normalize : {"peak", "sum"}, default "peak"
        ``"peak"``: the response (not its derivative) has a maximum of 1, whatever the times.
        ``"sum"``: the response at these times sums to 1, as in SPM and nilearn.
    step : float, optional
        Of the finite difference; without it SPM's: 1 s, or 0.01 for the dispersion (nilearn's
        step in time is 0.1 s).

    Returns
    -------
    ndarray of the shape of ``times``
        0 before the impulse and more than 32 s after it.

    Raises
    ------
    InputError
        If a name is unknown, a time is not finite, or the step is not positive.

    Examples
    --------
    >>> canonical_hrf([0.0, 5.0, 16.0]).round(3).tolist()
    [0.0, 1.0, -0.089]
    """
    return _response(_SPM, times, derivative, normalize, step)


def glover_hrf(
    times: ArrayLike,
    derivative: str | None = None,
    normalize: str = "peak",
    step: float | None = None,
) -> Floats:
    """Response to an impulse at 0 s after Glover (1999): earlier and deeper undershoot.

    Parameters
    ----------
    times : array-like
        Seconds since the impulse.
    derivative : {None, "time", "dispersion"}, default None
        As in :func:`canonical_hrf`.
    normalize : {"peak", "sum"}, default "peak"
        As in :func:`canonical_hrf`.
    step : float, optional
        As in :func:`canonical_hrf`.

    Returns
    -------
    ndarray of the shape of ``times``
        0 before the impulse and more than 32 s after it.

    Raises
    ------
    InputError
        As :func:`canonical_hrf`.
    """
    return _response(_GLOVER, times, derivative, normalize, step)


def _response(
    shape: _DoubleGamma,
    times: ArrayLike,
    derivative: str | None,
    normalize: str,
    step: float | None,
) -> Floats:
    given = np.asarray(times, dtype=np.float64)
    if not np.isfinite(given).all():
        raise InputError("times", "a value that is not finite", "seconds since the impulse")
    return _derived(shape, given, derivative, step) / _size(shape, given, normalize)


def _derived(
    shape: _DoubleGamma, times: Floats, derivative: str | None, step: float | None
) -> Floats:
    if derivative is None:
        return shape.at(times)
    if derivative not in STEPS:
        raise InputError("derivative", repr(derivative), "None, 'time' or 'dispersion'")
    width = STEPS[derivative] if step is None else float(step)
    if not 0 < width < LENGTH:
        raise InputError("step", repr(step), "a positive number (seconds, for time)")
    if derivative == "time":
        return (shape.at(times) - shape.at(times - width)) / width
    wider = replace(shape, dispersion=shape.dispersion + width)
    return (shape.at(times) - wider.at(times)) / width


def _size(shape: _DoubleGamma, times: Floats, normalize: str) -> float:
    if normalize == "peak":
        return _peak(shape)
    if normalize == "sum":
        total = float(shape.at(times).sum())
        if total > 0:
            return total
        found = f"{times.size} times over which the response sums to {total:g}"
        raise InputError("times", found, "times that cover the response, for normalize='sum'")
    raise InputError("normalize", repr(normalize), "'peak' or 'sum'")


@lru_cache
def _peak(shape: _DoubleGamma) -> float:
    options = {"xatol": 1e-10}
    best = minimize_scalar(lambda t: -shape.at(t), bounds=(2, 9), method="bounded", options=options)
    return float(-best.fun)
