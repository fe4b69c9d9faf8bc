"""Choosing a learning rate without the run that it is judged on, and judging it on that run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints

from .held_out import HeldOut


def run_profiles(found: HeldOut) -> Floats:
    """Return each run's log likelihood at its best coefficients, (n_runs, g, v).

    Parameters
    ----------
    found : HeldOut
        Of one person.

    Returns
    -------
    ndarray of shape (n_runs, g, v)
        NaN where a voxel is constant in any run.
    """
    profiles = np.stack([run.log_likelihood for run in found.runs])
    varies = np.asarray(np.isfinite(profiles).all(axis=(0, 1)))
    return np.where(varies, profiles, np.nan)


def training_profiles(found: HeldOut) -> Floats:
    """Return for each run the log likelihood of all others, (n_runs, g, v).

    Parameters
    ----------
    found : HeldOut
        Of one person.

    Returns
    -------
    ndarray of shape (n_runs, g, v)
        Nothing of a run enters its own row.
    """
    profiles = run_profiles(found)
    rows = range(len(profiles))
    return np.stack([np.delete(profiles, run, axis=0).sum(axis=0) for run in rows])


def choose(profile: Floats) -> Ints:
    """Return the grid point of the greatest likelihood.

    Parameters
    ----------
    profile : ndarray of shape (..., g, v)
        Log likelihoods.

    Returns
    -------
    ndarray of shape (..., v), int64
        -1 where they are unknown.
    """
    known = np.asarray(np.isfinite(profile).all(axis=-2))
    best = np.where(known[..., None, :], profile, 0.0).argmax(axis=-2)
    return np.where(known, best, -1)


def at_rates(rates: Floats, chosen: Ints) -> Floats:
    """Return rates by their place in the grid.

    Parameters
    ----------
    rates : ndarray of shape (g,)
        The grid.
    chosen : ndarray of int64
        Places; -1 unknown.

    Returns
    -------
    ndarray of the shape of ``chosen``
        NaN where unknown.
    """
    return np.where(chosen >= 0, rates[chosen], np.nan)


def gain_of(found: HeldOut, chosen: Ints) -> Floats:
    """Add up how much better left-out runs are foretold with the model than without.

    Parameters
    ----------
    found : HeldOut
        Of one person.
    chosen : ndarray of shape (n_runs, v), int64
        Grid points, chosen without the run.

    Returns
    -------
    ndarray of shape (v,)
        Nats.
    """
    voxels = np.arange(chosen.shape[1])
    runs = np.arange(len(chosen))[:, None]
    gains = found.log_likelihood[runs, chosen, voxels] - found.baseline
    return np.asarray(np.where(chosen >= 0, gains, np.nan).sum(axis=0))


def effects_of(found: HeldOut, chosen: Ints) -> Floats:
    """Average the left-out runs' coefficients at grid points that others chose.

    Parameters
    ----------
    found : HeldOut
        Of one person.
    chosen : ndarray of shape (n_runs, v), int64
        Grid points.

    Returns
    -------
    ndarray of shape (m, v)
        Mean over runs.
    """
    voxels = np.arange(chosen.shape[1])
    parts = [run.estimates[rows, :, voxels] for run, rows in zip(found.runs, chosen, strict=True)]
    return np.where((chosen >= 0).all(axis=0), np.mean(parts, axis=0).T, np.nan)


def read_weights(contrast: Mapping[str, float], names: Sequence[str]) -> Floats:
    """Return a contrast's weights in the order of the modulated columns.

    Parameters
    ----------
    contrast : mapping of str to float
        By name; names left out have weight 0.
    names : sequence of str
        The m modulated columns.

    Returns
    -------
    ndarray of shape (m,)
        Weights.

    Raises
    ------
    InputError
        If a name is none of them, or all weights are 0.
    """
    weights = np.array([contrast.get(name, 0.0) for name in names], dtype=np.float64)
    if set(contrast) - set(names) or not weights.any() or not np.isfinite(weights).all():
        raise InputError("contrast", repr(dict(contrast)), f"weights of {', '.join(names)}")
    return weights


def check_apart(data: Sequence[NDArray[np.floating]]) -> None:
    """Refuse what cannot be split into runs to select on and runs to test on.

    Parameters
    ----------
    data : sequence of ndarray of shape (n_frames, v)
        The runs of one person.

    Raises
    ------
    InputError
        If there is one run, or two are the same data.
    """
    if len(data) < 2:
        rule = "two runs or more: what is selected on one is tested on another"
        remedy = "Neighboring frames are not independent: half a run is no second run."
        raise InputError("data", f"{len(data)} run", rule, remedy)
    for i, run in enumerate(data):
        for j, other in enumerate(data[:i]):
            if run.shape == other.shape and np.array_equal(run, other):
                found = f"the same data as run {j + 1}"
                raise InputError(f"run {i + 1}", found, "runs of their own", "Name each run once.")
