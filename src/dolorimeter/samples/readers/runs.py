"""One run of BOLD: which volumes answer to a block, and cleaning over the run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints


@dataclass(frozen=True, slots=True)
class Cleaning:
    """What is fitted to all volumes of a run, voxel by voxel.

    Attributes
    ----------
    detrend : bool
        Subtract the least-squares line.
    standardize : bool
        Subtract the mean and divide by the standard deviation.
    """

    detrend: bool
    standardize: bool

    @property
    def whole_run(self) -> bool:
        """Whether a sample depends on every volume of its run."""
        return self.detrend or self.standardize

    def notes(self) -> list[str]:
        """Say in words what was fitted over the run."""
        done = ["detrended"] * self.detrend + ["standardized"] * self.standardize
        if not done:
            return []
        return [f"{' and '.join(done)} per voxel and run over all volumes of the run"]


def block_volumes(start: float, duration: float, step: float, n_volumes: int) -> Ints:
    """Find the volumes whose middle falls into a block.

    Parameters
    ----------
    start : float
        When the response starts, s from the start of the run.
    duration : float
        How long it lasts, s; a volume at least where it is shorter than one.
    step : float
        Repetition time, s; volume i is measured from ``i * step`` to ``(i + 1) * step``.
    n_volumes : int
        Volumes of the run.

    Returns
    -------
    ndarray of int64
        Their numbers; empty where the block lies outside the run.
    """
    middles = (np.arange(n_volumes) + 0.5) * step
    stop = start + max(duration, step)
    # Times are decimals in binary: a billionth of a second keeps 42.5 from being after 42.5.
    return np.flatnonzero((middles >= start - 1e-9) & (middles < stop - 1e-9))


def clean_run(series: Floats, cleaning: Cleaning, where: str) -> Floats:
    """Clean the voxels of a run.

    Parameters
    ----------
    series : ndarray of shape (n_volumes, n_voxels)
        BOLD signal.
    cleaning : Cleaning
        What to do.
    where : str
        The file, for the message.

    Returns
    -------
    ndarray of shape (n_volumes, n_voxels), float64
        Cleaned.

    Raises
    ------
    InputError
        If a value is not finite, or a voxel that is to be standardized does not vary.
    """
    bad = ~np.isfinite(series)
    if bad.any():
        found = f"{int(bad.sum())} values not finite in {int(bad.any(axis=0).sum())} voxels"
        raise InputError(where, found, "finite values", "Give a mask without them.")
    if cleaning.detrend:
        line = np.arange(len(series)) - (len(series) - 1) / 2
        series = series - np.outer(line, line @ series / (line @ line))
    if cleaning.standardize:
        deviation = series.std(axis=0)
        flat = deviation <= 1e-12 * np.abs(series).max(axis=0)
        if flat.any():
            found = f"{int(flat.sum())} voxels of the mask do not vary"
            raise InputError(where, found, "voxels that vary", "Give a mask without them.")
        series = (series - series.mean(axis=0)) / deviation
    return series
