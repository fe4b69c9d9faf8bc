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
from dolorimeter.core.containers import Floats

from .design import Design
from .held_out import HeldOut, held_out_grid
from .rate_choice import (
    at_rates,
    check_apart,
    choose,
    effects_of,
    gain_of,
    read_weights,
    run_profiles,
    training_profiles,
)


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
