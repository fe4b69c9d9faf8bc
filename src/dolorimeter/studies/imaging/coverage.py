"""Voxels without data in someone, such as outside a field of view: the group is not tested there.

A voxel that does not vary has the effect 0, which is no measurement of that person's; among the
others' effects it would move the group's mean and shrink its deviation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from dolorimeter.bids import Notice
from dolorimeter.core import Grid, InputError

from .data import ImagingData
from .person import FirstLevelMaps

Bools = NDArray[np.bool_]
Masks = Mapping[str, Bools]
REMEDY = "Leave the person out, name another region, or give a mask within everybody's images."
NAMED = 10  # people listed in a notice


def seen_regions(regions: Masks, flat: Bools, subject: str) -> dict[str, Bools]:
    """Leave a person's voxels without data out of regions that are averaged.

    Parameters
    ----------
    regions : mapping of str to ndarray of shape (v,), bool
        The regions.
    flat : ndarray of shape (v,), bool
        Voxels that do not vary.
    subject : str
        Whose, for the message.

    Returns
    -------
    dict of str to ndarray of shape (v,), bool
        What is left of each.

    Raises
    ------
    InputError
        If nothing is left of one.
    """
    left = {name: mask & ~flat for name, mask in regions.items()}
    for name, mask in left.items():
        if not mask.any():
            found = f"no voxel of {int(regions[name].sum())} varies in sub-{subject}"
            raise InputError(f"regions, {name}", found, "one at least in everybody", REMEDY)
    return left


def seen_by_all(data: ImagingData, people: Sequence[FirstLevelMaps]) -> Bools:
    """Find the voxels that everybody has data at.

    Parameters
    ----------
    data : ImagingData
        Whose people they are.
    people : sequence of FirstLevelMaps
        One a person.

    Returns
    -------
    ndarray of shape (v,), bool
        Where the group can be tested.

    Raises
    ------
    InputError
        If there is none.
    """
    flat = np.stack([person.flat for person in people])
    kept = np.logical_not(np.any(flat, axis=0))
    if not kept.any():
        found = f"no voxel of {len(kept)} varies in everybody ({_whose(data, flat)})"
        rule = "images that share voxels with data"
        raise InputError("the mask of the analysis", found, rule, "Leave the person out.")
    return kept


def within(data: ImagingData, regions: Masks, kept: Bools) -> tuple[ImagingData, dict[str, Bools]]:
    """Keep some voxels of the grid, and of the regions.

    Parameters
    ----------
    data : ImagingData
        With the grid.
    regions : mapping of str to ndarray of shape (v,), bool
        Of all its voxels.
    kept : ndarray of shape (v,), bool
        Which.

    Returns
    -------
    data : ImagingData
        With those voxels alone.
    regions : dict of str to ndarray of shape (kept voxels,), bool
        What is left of each.

    Raises
    ------
    InputError
        If nothing is left of a region.
    """
    if kept.all():
        return data, dict(regions)
    for name, mask in regions.items():
        if not mask[kept].any():
            found = f"none of its {int(mask.sum())} voxels varies in everybody"
            raise InputError(f"regions, {name}", found, "one at least", REMEDY)
    inside = data.grid.mask.copy()
    inside[data.grid.mask] = kept
    small = replace(data, grid=Grid(inside, data.grid.affine))
    return small, {name: mask[kept] for name, mask in regions.items()}


def coverage_notices(data: ImagingData, people: Sequence[FirstLevelMaps]) -> list[Notice]:
    """Tell how many voxels were left out, and because of whom.

    Parameters
    ----------
    data : ImagingData
        Whose people they are.
    people : sequence of FirstLevelMaps
        One a person.

    Returns
    -------
    list of Notice
        One, or none where everybody has data everywhere.
    """
    flat = np.stack([person.flat for person in people])
    lost = int(flat.any(axis=0).sum())
    if not lost:
        return []
    what = (
        f"{lost:,} of {flat.shape[1]:,} voxels of the mask do not vary in a run of someone's and "
        f"were left out of the group, with 0 in its maps ({_whose(data, flat)})"
    )
    return [Notice(data.block.mask or data.derivatives, None, what, "voxels-without-data")]


def _whose(data: ImagingData, flat: Bools) -> str:
    """List people with the number of voxels they lack, the most first."""
    counts = flat.sum(axis=1)
    order = [int(i) for i in np.argsort(-counts, kind="stable") if counts[i]]
    said = [f"sub-{data.people[i].subject}: {int(counts[i]):,}" for i in order[:NAMED]]
    more = [f"and {len(order) - NAMED} more"] if len(order) > NAMED else []
    return ", ".join([*said, *more])
