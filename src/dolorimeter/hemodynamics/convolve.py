"""Events to what a scanner would see of them: convolution with a hemodynamic response.

No grid of micro-time for impulses: the response is evaluated at the very distance of each frame
from each event. Only the area under an event that lasts is taken from a spline.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import CubicSpline

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats

from .hrf import LENGTH, canonical_hrf, glover_hrf

Response = Callable[[Floats], Floats]

HRFS: dict[str, Response] = {
    "spm": canonical_hrf,
    "spm time derivative": partial(canonical_hrf, derivative="time"),
    "spm dispersion derivative": partial(canonical_hrf, derivative="dispersion"),
    "glover": glover_hrf,
    "glover time derivative": partial(glover_hrf, derivative="time"),
    "glover dispersion derivative": partial(glover_hrf, derivative="dispersion"),
}


def read_hrf(hrf: str | Response) -> Response:
    """Return a hemodynamic response by its name.

    Parameters
    ----------
    hrf : str or callable
        One of ``HRFS``, or a function of seconds since the impulse, which is returned as it is.

    Returns
    -------
    callable
        From times (n,) to the response (n,).

    Raises
    ------
    InputError
        If there is none of that name.
    """
    if callable(hrf):
        return hrf
    if hrf not in HRFS:
        raise InputError("hrf", repr(hrf), f"a function of time, or one of {', '.join(HRFS)}")
    return HRFS[hrf]


def convolve_events(
    onsets: ArrayLike,
    durations: ArrayLike,
    amplitudes: ArrayLike,
    frame_times: ArrayLike,
    hrf: str | Response = "spm",
    oversampling: int = 50,
) -> Floats:
    """Sum the responses to events at the times of the frames.

    An event of duration 0 is an impulse and adds ``amplitude x hrf(t - onset)``; one that lasts
    adds its amplitude times the area of the response under it, in seconds. (SPM's convention;
    nilearn's impulses last one bin of its micro-time, and are smaller by that factor.)

    Parameters
    ----------
    onsets : array-like of shape (n_events,)
        Seconds.
    durations : array-like of shape (n_events,) or float
        Seconds, 0 for impulses.
    amplitudes : array-like of shape (n_events,) or float
        Finite weights; 0 leaves an event out.
    frame_times : array-like of shape (n_frames,)
        Seconds, rising, on the clock of the onsets.
    hrf : str or callable, default "spm"
        A name in ``HRFS`` (all with a peak of 1) or a function of seconds since the impulse; what
        it says beyond 32 s is not used.
    oversampling : int, default 50
        Nodes of the spline per frame, for events that last.

    Returns
    -------
    ndarray of shape (n_frames,)
        The regressor.

    Raises
    ------
    InputError
        If shapes disagree, a number is not finite, a duration is negative, the frames do not
        rise, or ``oversampling`` is not positive.

    Examples
    --------
    >>> convolve_events([0, 4], 0, [1, -1], [5.0, 9.0]).round(3).tolist()
    [0.983, -0.672]
    """
    begin, duration, weight = _read_events(onsets, durations, amplitudes)
    frames = _read_frames(frame_times)
    response = read_hrf(hrf)
    total = np.zeros(len(frames))
    lasting = duration > 0
    _add(total, frames, begin[~lasting], weight[~lasting], response, LENGTH)
    if lasting.any():
        area = _area(response, frames, oversampling)
        end = begin[lasting] + duration[lasting]
        _add(total, frames, begin[lasting], weight[lasting], area, np.inf)
        _add(total, frames, end, -weight[lasting], area, np.inf)
    return total


def _add(
    total: Floats,
    frames: Floats,
    onsets: Floats,
    weights: Floats,
    response: Response,
    length: float,
) -> None:
    """Add the responses to impulses into ``total``, each over the frames that it reaches."""
    first = np.searchsorted(frames, onsets)
    last = np.searchsorted(frames, onsets + length, side="right")
    counts = last - first
    event = np.repeat(np.arange(len(onsets)), counts)
    frame = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts) + first[event]
    if len(frame):
        values = weights[event] * response(frames[frame] - onsets[event])
        total += np.bincount(frame, values, minlength=len(total))


def _area(response: Response, frames: Floats, oversampling: int) -> Response:
    """Return the integral of the response from 0 s on; it stays as it is from 32 s on."""
    if oversampling < 1:
        raise InputError("oversampling", repr(oversampling), "a whole number, 1 or more")
    spacing = float(np.diff(frames).min()) if len(frames) > 1 else 1.0
    n_nodes = int(np.ceil(LENGTH / min(spacing, 1.0) * oversampling)) + 1
    nodes = np.linspace(0.0, LENGTH, n_nodes)
    integral = CubicSpline(nodes, response(nodes)).antiderivative()
    return lambda times: integral(np.minimum(times, LENGTH))


def _read_events(
    onsets: ArrayLike, durations: ArrayLike, amplitudes: ArrayLike
) -> tuple[Floats, Floats, Floats]:
    begin = np.asarray(onsets, dtype=np.float64)
    if begin.ndim != 1:
        raise InputError("onsets", f"shape {begin.shape}", "one an event, (n_events,)")
    read = {"onsets": begin}
    for name, given in (("durations", durations), ("amplitudes", amplitudes)):
        values = np.asarray(given, dtype=np.float64)
        if values.shape not in ((), begin.shape):
            raise InputError(name, f"shape {values.shape}", f"one an event, {begin.shape}")
        read[name] = np.broadcast_to(values, begin.shape)
    for name, values in read.items():
        if not np.isfinite(values).all():
            row = int(np.flatnonzero(~np.isfinite(values))[0])
            raise InputError(f"{name}, event {row}", str(values[row]), "a finite number")
    if (read["durations"] < 0).any():
        row = int(np.flatnonzero(read["durations"] < 0)[0])
        found = f"{read['durations'][row]:g} s"
        raise InputError(f"durations, event {row}", found, "0 s (an impulse) or more")
    return read["onsets"], read["durations"], read["amplitudes"]


def _read_frames(frame_times: ArrayLike) -> Floats:
    frames = np.asarray(frame_times, dtype=np.float64)
    if frames.ndim != 1 or len(frames) == 0:
        raise InputError("frame_times", f"shape {frames.shape}", "one a frame, (n_frames,)")
    if not np.isfinite(frames).all() or (np.diff(frames) <= 0).any():
        raise InputError("frame_times", "times that do not rise", "finite, rising seconds")
    return frames
