"""Maps of the learning rate: which suits each voxel best, and what it foretells of other runs.

Whatever is selected (a rate, voxels) is selected on other runs than it is tested on: a rate chosen
and tested on one run makes effects out of noise (audit K5). Rates are chosen by the likelihood of
the other runs, so that neither the sign nor the size of the effect looked for enters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints

from .design import Design
from .held_out import HeldOut, held_out_grid


@dataclass(frozen=True, slots=True)
class RateMaps:
    """Learning rates of one person's voxels (or regions); NaN where the data are constant.

    Attributes
    ----------
    rates : ndarray of shape (g,)
        The grid.
    names : tuple of str
        The m modulated columns.
    best : ndarray of shape (v,)
        Rate with the greatest likelihood of all runs: it describes, and tests nothing.
    profile : ndarray of shape (g, v)
        Log likelihood of all runs, less its maximum over rates (nats).
    chosen : ndarray of shape (n_runs, v)
        For each run left out, the rate that the other runs choose.
    gain : ndarray of shape (v,)
        Log likelihood (nats) of the left-out runs at the chosen rate, less that without modulated
        columns, added up over runs; above 0 where the model foretells data it has not seen.
    effects : ndarray of shape (m, v)
        Coefficients of the modulated columns in the left-out runs at the chosen rate, mean over
        runs. The choice does not bias them: where there is no effect, their expectation is 0.
    held_out : HeldOut
        What each run says at every rate.
    """

    rates: Floats
    names: tuple[str, ...]
    best: Floats
    profile: Floats
    chosen: Floats
    gain: Floats
    effects: Floats
    held_out: HeldOut

    def contrast(self, weights: Mapping[str, float]) -> Floats:
        """Combine the effects of the left-out runs.

        Parameters
        ----------
        weights : mapping of str to float
            Of the modulated columns.

        Returns
        -------
        ndarray of shape (v,)
            What a test over people takes from each.

        Raises
        ------
        InputError
            If a name is no modulated column.
        """
        return np.asarray(read_weights(weights, self.names) @ self.effects)


def selection_facts(apart: bool = True) -> dict[str, object]:
    """Return what the audit's K5 asks of a test at selected rates or voxels.

    Parameters
    ----------
    apart : bool, default True
        Whether they were selected on other runs than tested, as ``gain`` and ``effects`` are;
        ``best`` and ``profile`` used the very runs they speak of.

    Returns
    -------
    dict of str to object
        Fields of ``audit.Facts``.
    """
    outside = () if apart else ("learning rate",)
    return {"fitted_outside": outside, "folds_agree": True, "duplicates": 0}


def map_rates(
    data: Sequence[NDArray[np.floating]],
    fixed: Sequence[Design],
    columns: Sequence[NDArray[np.float64]],
    names: Sequence[str],
    rates: ArrayLike,
    *,
    noise: str = "ar1",
    scaling: str = "percent",
    n_jobs: int = 1,
) -> RateMaps:
    """Fit a grid of learning rates to each voxel of one person, each run left out in turn.

    Parameters
    ----------
    data : sequence of ndarray of shape (n_frames, v)
        The person's runs, two or more: voxels, or means of regions (:func:`region_means`).
    fixed : sequence of Design
        For each run the columns that all rates share.
    columns : sequence of ndarray of shape (g, n_frames, m)
        For each run the modulated columns at each rate.
    names : sequence of str
        Their m names.
    rates : array-like of shape (g,)
        The grid, rising.
    noise : {"ar1", "ols"}, default "ar1"
        As in the first level.
    scaling : {"percent", "none"}, default "percent"
        As in the first level.
    n_jobs : int, default 1
        Threads.

    Returns
    -------
    RateMaps
        Of this person.

    Raises
    ------
    InputError
        If there is one run, two runs are the same data, rates and columns disagree, or as for
        the first level.
    """
    grid = np.asarray(rates, dtype=np.float64)
    check_apart(data)
    if grid.ndim != 1 or not np.isfinite(grid).all() or not (np.diff(grid) > 0).all():
        raise InputError("rates", repr(rates), "rising numbers")
    for i, block in enumerate(columns):
        if len(block) != len(grid):
            rule = f"{len(grid)}, one a rate"
            raise InputError(f"columns of run {i + 1}", f"{len(block)} models", rule)
    found = held_out_grid(data, fixed, columns, names, noise, scaling, n_jobs)
    profile = run_profiles(found).sum(axis=0)
    chosen = choose(training_profiles(found))
    return RateMaps(
        grid,
        tuple(names),
        at_rates(grid, choose(profile)),
        profile - profile.max(axis=0),
        at_rates(grid, chosen),
        gain_of(found, chosen),
        effects_of(found, chosen),
        found,
    )


def region_means(
    data: Sequence[NDArray[np.floating]], regions: Mapping[str, NDArray[np.bool_]]
) -> list[Floats]:
    """Replace voxels by the means of regions.

    Parameters
    ----------
    data : sequence of ndarray of shape (n_frames, v)
        Runs.
    regions : mapping of str to ndarray of shape (v,), bool
        Voxels of each.

    Returns
    -------
    list of ndarray of shape (n_frames, n_regions)
        One column a region, in their order.

    Raises
    ------
    InputError
        If there is no region, or one is empty.
    """
    if not regions:
        raise InputError("regions", "none", "at least one region")
    for name, voxels in regions.items():
        for run in data:
            if voxels.shape != run.shape[1:] or not voxels.any():
                rule = f"some of {run.shape[1]} voxels"
                raise InputError(f"region {name}", f"{int(np.sum(voxels))} voxels", rule)
    return [
        np.column_stack([run[:, voxels].mean(axis=1) for voxels in regions.values()])
        for run in data
    ]


def selected_effects(
    maps: RateMaps,
    regions: Mapping[str, NDArray[np.bool_]],
    contrast: Mapping[str, float],
    share: float = 0.1,
) -> Floats:
    """Effect in each region's most responsive voxels, selected on other runs than tested.

    Parameters
    ----------
    maps : RateMaps
        Of one person's voxels.
    regions : mapping of str to ndarray of shape (v,), bool
        Where to look.
    contrast : mapping of str to float
        Weights of the modulated columns; voxels are selected for its size above 0, in units of
        the residuals (take ``{"error": -1}`` for aversive errors).
    share : float, default 0.1
        Of a region's voxels that are kept, at least one.

    Returns
    -------
    ndarray of shape (n_regions,)
        The contrast's mean over those voxels and the left-out runs; its expectation is 0 where
        there is no effect.

    Raises
    ------
    InputError
        If the share or the contrast cannot be used, or a region has no voxel that varies.
    """
    if not 0 < share <= 1:
        raise InputError("share", repr(share), "above 0, at most 1")
    weights = read_weights(contrast, maps.names)
    effects = np.stack([weights @ run.estimates for run in maps.held_out.runs])  # (runs, g, v)
    sizes = np.stack([np.sqrt(run.errors / run.df) for run in maps.held_out.runs])
    with np.errstate(invalid="ignore", divide="ignore"):
        scores = effects / sizes
    found = [
        _selected(effects, scores, training_profiles(maps.held_out), voxels, share, name)
        for name, voxels in regions.items()
    ]
    return np.array(found)


def _selected(
    effects: Floats,
    scores: Floats,
    profiles: Floats,
    region: NDArray[np.bool_],
    share: float,
    name: str,
) -> float:
    """Mean over left-out runs of the effect in the voxels that the other runs select."""
    tested = []
    for run, rows in enumerate(choose(profiles)):
        live = np.flatnonzero(region & (rows >= 0))
        if not len(live):
            raise InputError(f"region {name}", "no voxel that varies", "voxels with data")
        others = np.delete(scores[:, rows[live], live], run, axis=0).mean(axis=0)
        kept = live[np.argsort(-others, kind="stable")[: max(round(share * len(live)), 1)]]
        tested.append(effects[run, rows[kept], kept].mean())
    return float(np.mean(tested))


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
