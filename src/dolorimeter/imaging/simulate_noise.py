"""Noise of simulated images: autocorrelated, smooth in space, with drift."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import Grid, InputError
from dolorimeter.core.containers import Floats

Singles = NDArray[np.float32]
_FWHM = float(np.sqrt(8 * np.log(2)))  # of a Gaussian whose deviation is 1
DRIFT_WIDTH = 40.0  # mm; drift and effects of motion differ slowly from place to place
DRIFT_PERIOD = 128.0  # s; nothing faster is drift, so that a high-pass filter takes it out


@dataclass(frozen=True, slots=True)
class Noise:
    """How noisy simulated images are; amplitudes in percent of the mean signal.

    Attributes
    ----------
    deviation : float
        Of the autocorrelated noise in a voxel.
    autocorrelation : float
        Between neighboring frames (AR(1)), mean over runs.
    autocorrelation_spread : float
        Runs differ by up to this much.
    width : float
        Full width at half maximum of the noise's smoothness, mm.
    drift : float
        Deviation of the slow drift.
    motion : float
        Deviation of what the motion parameters do to the signal.
    spikes : float
        Share of frames with a jerk of the head.
    spike_size : float
        Deviation over voxels of what a jerk does to its frame.

    Raises
    ------
    InputError
        If a number is negative, or an autocorrelation could reach 1.
    """

    deviation: float = 1.0
    autocorrelation: float = 0.3
    autocorrelation_spread: float = 0.1
    width: float = 8.0
    drift: float = 1.0
    motion: float = 0.3
    spikes: float = 0.01
    spike_size: float = 3.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not 0 <= value < np.inf:
                raise InputError(f"noise, {field.name}", repr(value), "a number, 0 or more")
        if self.autocorrelation + self.autocorrelation_spread >= 1:
            found = f"{self.autocorrelation:g} ± {self.autocorrelation_spread:g}"
            raise InputError("noise, autocorrelation", found, "less than 1")
        if self.spikes > 0.5:
            raise InputError("noise, spikes", repr(self.spikes), "a share of at most 0.5")


def smooth_fields(n: int, grid: Grid, width: float, rng: np.random.Generator) -> Singles:
    """Draw independent fields that are smooth in space.

    Parameters
    ----------
    n : int
        How many.
    grid : Grid
        Voxels.
    width : float
        Full width at half maximum, mm, of the Gaussian that smooths white noise; 0: white.
    rng : numpy.random.Generator
        Random numbers.

    Returns
    -------
    ndarray of shape (n, n_voxels), float32
        Mean 0 and deviation 1 in every voxel, at the borders too.
    """
    fields_ = rng.standard_normal((n, *grid.mask.shape), dtype=np.float32)
    if width > 0:
        sizes = np.sqrt((grid.affine[:3, :3] ** 2).sum(axis=0))
        for axis, size in enumerate(sizes, start=1):
            kernel = _unit_kernel(grid.mask.shape[axis - 1], width / (_FWHM * size))
            fields_ = np.moveaxis(np.moveaxis(fields_, axis, -1) @ kernel, -1, axis)
    return np.ascontiguousarray(fields_[:, grid.mask])


def _unit_kernel(n: int, deviation: float) -> Singles:
    """Return a matrix that smooths along an axis and keeps the variance of white noise."""
    distance = np.arange(n)[:, None] - np.arange(n)[None, :]
    kernel = np.exp(-0.5 * (distance / deviation) ** 2)
    return (kernel / np.sqrt((kernel**2).sum(axis=0))).astype(np.float32)


def draw_noise(
    n_frames: int, tr: float, grid: Grid, noise: Noise, rng: np.random.Generator
) -> Singles:
    """Draw autocorrelated noise and drift.

    Parameters
    ----------
    n_frames : int
        Of the run.
    tr : float
        Repetition time, seconds.
    grid : Grid
        Voxels.
    noise : Noise
        How much.
    rng : numpy.random.Generator
        Random numbers.

    Returns
    -------
    ndarray of shape (n_frames, n_voxels), float32
        Percent of the mean signal.
    """
    spread = noise.autocorrelation_spread
    rho = np.float32(np.clip(noise.autocorrelation + rng.uniform(-spread, spread), 0, 0.99))
    series = smooth_fields(n_frames, grid, noise.width, rng)
    fresh = np.sqrt(1 - rho**2)
    for t in range(1, n_frames):  # stationary from the first frame on: its deviation is 1
        series[t] *= fresh
        series[t] += rho * series[t - 1]
    series *= np.float32(noise.deviation)
    basis = drift_basis(n_frames, tr)
    weights = smooth_fields(basis.shape[1], grid, DRIFT_WIDTH, rng)
    series += np.float32(noise.drift) * (basis.astype(np.float32) @ weights)
    return series


def drift_basis(n_frames: int, tr: float) -> Floats:
    """Return slow courses: a line, and cosines of periods beyond 128 s.

    Parameters
    ----------
    n_frames : int
        Of the run.
    tr : float
        Repetition time, seconds.

    Returns
    -------
    ndarray of shape (n_frames, 1 + n_cosines), float64
        Mean 0; the mean squares of the columns add up to 1.
    """
    order = int(np.floor(2 * n_frames * tr / DRIFT_PERIOD))
    line = np.linspace(-1.0, 1.0, n_frames) if n_frames > 1 else np.zeros(1)
    columns = np.column_stack([line, *cosines(n_frames, order).T])
    return columns / np.sqrt((columns**2).mean(axis=0).sum() or 1.0)


def cosines(n_frames: int, order: int) -> Floats:
    """Return the discrete cosine basis without its constant.

    Parameters
    ----------
    n_frames : int
        Of the run.
    order : int
        How many.

    Returns
    -------
    ndarray of shape (n_frames, order), float64
        Orthonormal columns, the slowest first.
    """
    frames = np.arange(n_frames)[:, None] + 0.5
    return np.sqrt(2 / n_frames) * np.cos(np.pi / n_frames * frames * np.arange(1, order + 1))
