"""Do targets follow each other in time? Then trials may not be exchanged one by one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core.containers import Floats
from dolorimeter.decoding import relabelling_p, relabellings

DRAWS = 999
LEVEL = 0.01


def follows_order(
    target: Floats,
    blocks: NDArray[np.str_],
    random_state: np.random.Generator,
    drifts: bool = True,
) -> bool:
    """Tell whether targets resemble their neighbors, or drift, within blocks.

    Two statistics against relabellings within blocks: the share of the target's variation that
    neighbors have in common (serial dependence), and the square of its slope over all blocks'
    places (a drift that blocks share). A design that assigned targets at random shows neither.

    Parameters
    ----------
    target : ndarray of shape (n_samples,)
        Class codes or numbers, samples in the order of time.
    blocks : ndarray of shape (n_samples,), str
        Run and subject of each.
    random_state : numpy.random.Generator
        Draws the relabellings.
    drifts : bool, default True
        Ask for a drift too. Not of classes, whose order an experiment may fix (one after the
        other, in every run), which is no drift of theirs.

    Returns
    -------
    bool
        True where either is beyond chance at 1 %.
    """
    _, codes = np.unique(blocks, return_inverse=True)
    order = np.argsort(codes, kind="stable")
    codes, values = codes[order], target[order].astype(np.float64)
    if np.ptp(values) == 0:
        return False
    counts = np.bincount(codes)
    centered = values - (np.bincount(codes, values) / counts)[codes]
    place = np.arange(len(codes)) - (np.cumsum(counts) - counts)[codes]
    place = place - ((counts - 1) / 2)[codes]
    same = codes[1:] == codes[:-1]
    rows = relabellings(values, DRAWS, random_state, codes)
    every = np.vstack([np.arange(len(values)), rows])
    drawn = centered[every]
    serial = (drawn[:, 1:] * drawn[:, :-1])[:, same].sum(axis=1)
    asked = [serial, (drawn @ place) ** 2] if drifts else [serial]
    return any((relabelling_p(float(one[0]), one[1:]) or 1.0) < LEVEL for one in asked)
