"""Simulated motion of the head, and the table of confounds that fMRIPrep would make of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dolorimeter.core import Grid
from dolorimeter.core.containers import Floats, Ints

from .places import voxel_centers
from .simulate_noise import DRIFT_PERIOD, DRIFT_WIDTH, Noise, Singles, cosines, smooth_fields

if TYPE_CHECKING:
    import pandas as pd

PARAMETERS = ("trans_x", "trans_y", "trans_z", "rot_x", "rot_y", "rot_z")
HEAD = 50.0  # mm; a rotation moves the surface of a sphere of this radius (Power et al. 2012)
STEP = np.array([0.02] * 3 + [2e-4] * 3)  # of the random walk: mm and radians a frame
JERK = np.array([0.5] * 3 + [5e-3] * 3)
LIMITS = {"framewise_displacement": 0.5, "std_dvars": 1.5}  # fMRIPrep's, beyond them outliers
_VENTRICLES = ((-6.0, 0.0, 18.0), (6.0, 0.0, 18.0))
_WHITE = ((-24.0, -30.0, 30.0), (24.0, -30.0, 30.0))


@dataclass(frozen=True, slots=True)
class Motion:
    """How a head moved.

    Attributes
    ----------
    parameters : ndarray of shape (n_frames, 6), float64
        Translations in mm, rotations in radians.
    spikes : ndarray of shape (n_spikes,), int64
        Frames with a jerk.
    """

    parameters: Floats
    spikes: Ints


def draw_motion(n_frames: int, noise: Noise, rng: np.random.Generator) -> Motion:
    """Draw a slow wander with jerks that last one frame.

    Parameters
    ----------
    n_frames : int
        Of the run.
    noise : Noise
        Its ``spikes``.
    rng : numpy.random.Generator
        Random numbers.

    Returns
    -------
    Motion
        From the first frame's place.
    """
    steps = rng.standard_normal((n_frames, 6)) * STEP
    steps[0] = 0.0
    parameters = np.cumsum(steps, axis=0)
    jerked = np.flatnonzero(rng.random(n_frames) < noise.spikes)
    spikes = jerked[(jerked > 0) & (jerked < n_frames - 1)].astype(np.int64)
    signs = rng.choice([-1.0, 1.0], size=(len(spikes), 6))
    parameters[spikes] += signs * JERK * rng.uniform(0.5, 1.0, size=(len(spikes), 1))
    return Motion(parameters, spikes)


def motion_signal(motion: Motion, grid: Grid, noise: Noise, rng: np.random.Generator) -> Singles:
    """Return what motion does to the signal.

    Parameters
    ----------
    motion : Motion
        Of the head.
    grid : Grid
        Voxels.
    noise : Noise
        Its ``motion`` and ``spike_size``.
    rng : numpy.random.Generator
        Random numbers.

    Returns
    -------
    ndarray of shape (n_frames, n_voxels), float32
        Percent of the mean signal: linear in the parameters, and a disturbance of its own in each
        frame with a jerk.
    """
    centered = motion.parameters - motion.parameters.mean(axis=0)
    size = centered.std(axis=0)
    scaled = centered / np.where(size > 0, size, 1.0) / np.sqrt(6)
    series = scaled.astype(np.float32) @ smooth_fields(6, grid, DRIFT_WIDTH, rng)
    series *= np.float32(noise.motion)
    jerks = smooth_fields(len(motion.spikes), grid, DRIFT_WIDTH, rng)
    series[motion.spikes] += np.float32(noise.spike_size) * jerks
    return series


def confounds_table(data: Singles, motion: Motion, grid: Grid, tr: float) -> pd.DataFrame:
    """Return the confounds of a run under fMRIPrep's names.

    Parameters
    ----------
    data : ndarray of shape (n_frames, n_voxels)
        The signal.
    motion : Motion
        Of the head.
    grid : Grid
        Voxels.
    tr : float
        Repetition time, seconds.

    Returns
    -------
    DataFrame
        A row a frame; NaN where a difference from the frame before does not exist.
    """
    import pandas as pd

    columns: dict[str, Floats] = {
        "global_signal": data.mean(axis=1, dtype=np.float64),
        "csf": _mean_near(data, grid, _VENTRICLES),
        "white_matter": _mean_near(data, grid, _WHITE),
        "std_dvars": _standardized_dvars(data),
        "framewise_displacement": framewise_displacement(motion.parameters),
    }
    for name, values in zip(PARAMETERS, motion.parameters.T, strict=True):
        change = np.concatenate([[np.nan], np.diff(values)])
        columns |= {name: values, f"{name}_derivative1": change}
        columns |= {f"{name}_power2": values**2, f"{name}_derivative1_power2": change**2}
    order = int(np.floor(2 * len(data) * tr / DRIFT_PERIOD))
    columns |= {f"cosine{k:02d}": v for k, v in enumerate(cosines(len(data), order).T)}
    beyond = np.zeros(len(data), dtype=bool)
    for name, limit in LIMITS.items():
        beyond |= np.nan_to_num(columns[name]) > limit
    for k, frame in enumerate(np.flatnonzero(beyond)):
        columns[f"motion_outlier{k:02d}"] = (np.arange(len(data)) == frame).astype(np.float64)
    return pd.DataFrame(columns)


def framewise_displacement(parameters: Floats) -> Floats:
    """Return how far the head moved from frame to frame.

    Parameters
    ----------
    parameters : ndarray of shape (n_frames, 6)
        Translations in mm, rotations in radians.

    Returns
    -------
    ndarray of shape (n_frames,), float64
        Sum of the absolute changes in mm, rotations on a sphere of 50 mm (Power et al. 2012); NaN
        in the first frame.
    """
    moved = np.abs(np.diff(parameters, axis=0))
    total = moved[:, :3].sum(axis=1) + HEAD * moved[:, 3:].sum(axis=1)
    return np.concatenate([[np.nan], total])


def _mean_near(data: Singles, grid: Grid, centers: tuple[tuple[float, ...], ...]) -> Floats:
    """Mean over the voxels nearest to some places."""
    places = voxel_centers(grid)
    distances = np.linalg.norm(places[:, None] - np.array(centers), axis=2).min(axis=1)
    near = distances <= max(10.0, distances.min())
    return data[:, near].mean(axis=1, dtype=np.float64)


def _standardized_dvars(data: Singles) -> Floats:
    """Change from frame to frame over what the noise makes of it (Nichols 2013, as nipype)."""
    if len(data) < 2:
        return np.full(len(data), np.nan)
    change = np.diff(data, axis=0)
    low, high = np.percentile(data, [25, 75], axis=0)
    centered = data - data.mean(axis=0)
    power = (centered**2).sum(axis=0)
    rho = (centered[1:] * centered[:-1]).sum(axis=0) / np.where(power > 0, power, 1)
    expected = ((high - low) / 1.349 * np.sqrt(2 * np.clip(1 - rho, 0, None))).mean()
    dvars = np.sqrt((change.astype(np.float64) ** 2).mean(axis=1))
    return np.concatenate([[np.nan], dvars / (expected or 1.0)])
