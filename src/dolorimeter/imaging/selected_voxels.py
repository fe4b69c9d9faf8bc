"""Effects in the most responsive voxels of a region, selected on other runs than tested."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats

from .model_maps import RateMaps
from .rate_choice import choose, read_weights, training_profiles


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
