"""Finite impulse responses: one column for each type of event and each delay after it.

Nothing is assumed of the response's shape. ``"bins"``: a frame belongs to the delay in whose bin
it falls, as in nilearn's FIR; ``"tent"``: the response is read at the delays themselves and is
straight between them, which is exact for events that are not locked to the frames.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints

_EDGE = 1e-6  # of a bin; onsets and frames that ought to coincide differ by rounding


@dataclass(frozen=True, slots=True)
class ImpulseColumns:
    """Columns of a finite impulse response in one run.

    Attributes
    ----------
    matrix : ndarray of shape (n_frames, n_types * n_delays), float64
        Delays vary fastest.
    counts : ndarray of shape (n_types, n_delays), int64
        Frames that inform each column.
    lag_sums : ndarray of shape (n_types, n_delays), float64
        Seconds since their event, summed over those frames.
    """

    matrix: Floats
    counts: Ints
    lag_sums: Floats


def impulse_columns(
    onsets: Sequence[Floats],
    frame_times: Floats,
    n_delays: int,
    width: float,
    basis: str = "bins",
) -> ImpulseColumns:
    """Build the columns of one run.

    Parameters
    ----------
    onsets : sequence of ndarray of shape (n_events,)
        Seconds, for each type; a type may have none.
    frame_times : ndarray of shape (n_frames,)
        Seconds, rising.
    n_delays : int
        Columns of each type.
    width : float
        Seconds between delays, from 0 s on.
    basis : {"bins", "tent"}, default "bins"
        Delay d covers the frames from ``d * width`` to ``(d + 1) * width`` after the event, or is
        a tent with its peak at ``d * width`` that reaches 0 at its neighbors.

    Returns
    -------
    ImpulseColumns
        Where two events of a type reach one frame, both count.

    Raises
    ------
    InputError
        If the basis is unknown.
    """
    if basis not in ("bins", "tent"):
        raise InputError("basis", repr(basis), "'bins' or 'tent'")
    shape = (len(onsets), n_delays)
    matrix = np.zeros((len(frame_times), *shape))
    counts, lag_sums = np.zeros(shape, dtype=np.int64), np.zeros(shape)
    for i, begin in enumerate(onsets):
        lags = frame_times[:, None] - begin[None, :]  # (n_frames, n_events)
        for d in range(n_delays):
            weight = _weight(lags / width - d, basis)
            matrix[:, i, d] = weight.sum(axis=1)
            counts[i, d] = np.count_nonzero(weight > _EDGE)
            lag_sums[i, d] = lags[weight > _EDGE].sum()
    return ImpulseColumns(matrix.reshape(len(frame_times), -1), counts, lag_sums)


def _weight(position: Floats, basis: str) -> Floats:
    """Return the share of a delay at positions in widths after it."""
    if basis == "tent":
        return np.maximum(1.0 - np.abs(position), 0.0)
    return ((position >= -_EDGE) & (position < 1.0 - _EDGE)).astype(np.float64)
