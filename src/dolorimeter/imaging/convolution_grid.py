"""Convolution on nilearn's grid of TR/50, for each event by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core.containers import Floats
from dolorimeter.samples.arguments import need_extra

OVERSAMPLING = 50  # steps a frame
LEAD = 24.0  # s before the first frame from which events count (nilearn's min_onset, negated)


def convolve_on_grid(
    onsets: Floats, durations: Floats, frames: Floats, kernel: Floats, shift: int = 0
) -> Floats:
    """Convolve each event on nilearn's grid and read off at the frames.

    On the grid an event is a box from one step to another, one step long for an impulse: its
    response is the difference of the kernel's running sum since the two.

    Parameters
    ----------
    onsets, durations : ndarray of shape (n_events,)
        Seconds.
    frames : ndarray of shape (n_frames,)
        Seconds.
    kernel : ndarray of shape (n_steps,)
        The response, step by step.
    shift : int, default 0
        Steps by which it is read off later (nilearn's FIR: one frame less one step).

    Returns
    -------
    ndarray of shape (n_frames, n_events)
        One column an event of weight 1.
    """
    grid = _grid(frames)
    end = len(grid) - 1
    first = np.minimum(np.searchsorted(grid, onsets), end)
    last = np.minimum(np.searchsorted(grid, onsets + durations), end)
    last = np.where((last == first) & (last < end), last + 1, last)
    running = np.concatenate([[0.0], np.cumsum(kernel)])

    def since(step: NDArray[np.int64], begin: NDArray[np.int64]) -> Floats:
        passed = np.clip(step[:, None] - begin + 1, 0, len(kernel))
        return running[passed]

    def at(step: NDArray[np.int64]) -> Floats:
        return since(step + shift, first) - since(step + shift, last)

    left = np.clip(np.searchsorted(grid, frames) - 1, 0, len(grid) - 2)
    share = ((frames - grid[left]) / (grid[left + 1] - grid[left]))[:, None]
    return (1 - share) * at(left) + share * at(left + 1)


def _grid(frames: Floats) -> Floats:
    """Return the times of nilearn's grid (its `_sample_condition`)."""
    n = len(frames)
    last = frames.max() * (1 + 1.0 / (n - 1))
    per_second = (n - 1) / (frames.max() - frames.min()) * OVERSAMPLING
    n_steps = per_second * (last - frames.min() + LEAD) + 1
    return np.linspace(frames.min() - LEAD, last, int(np.rint(n_steps)))


@lru_cache(maxsize=32)
def grid_kernel(response: str, spacing: float) -> Floats:
    """Return nilearn's own samples of a response.

    Parameters
    ----------
    response : str
        Such as ``"spm"`` or ``"glover time derivative"``.
    spacing : float
        Seconds from frame to frame.

    Returns
    -------
    ndarray of shape (n_steps,)
        Over 32 s; those of a response sum to 1.

    Raises
    ------
    InputError
        If nilearn is not installed.
    """
    models = need_extra("nilearn.glm.first_level.hemodynamic_models", "images")
    name, *derivative = response.split()
    functions: Mapping[tuple[str, ...], Callable[..., Floats]] = {
        (): getattr(models, f"{name}_hrf"),
        ("time", "derivative"): getattr(models, f"{name}_time_derivative"),
        ("dispersion", "derivative"): getattr(models, f"{name}_dispersion_derivative"),
    }
    return functions[tuple(derivative)](spacing, OVERSAMPLING)
