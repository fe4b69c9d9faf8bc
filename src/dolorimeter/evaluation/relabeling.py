"""Exchange whole label sequences between stays: the null of the relabelling test [science 1.6]."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from dolorimeter.core import InputError
from dolorimeter.core.containers import Ints, check_offsets

from .folds import RandomState

LEAST_BLOCK = 5  # stays; 120 orders already, while lengths stay alike
LIKE_LENGTH = 1.1  # a block grows while its longest stay is at most this times its shortest


def exchange_labels(
    labels: ArrayLike,
    offsets: ArrayLike,
    random_state: RandomState = None,
    groups: ArrayLike | None = None,
    block: int = LEAST_BLOCK,
) -> Ints:
    """Exchange whole label sequences, gaps included, between stays of like length.

    What stays intact is what makes labels depend on each other: their order, their gaps and their
    stickiness within a stay. What breaks is their tie to the vital signs. A sequence starts at
    its new stay's first window; it is cut where that stay is shorter, and followed by -1 where it
    is longer, so that like lengths matter.

    Parameters
    ----------
    labels : array-like of shape (n_windows,), int
        -1 where unknown.
    offsets : array-like of shape (n_stays + 1,)
        Stay i holds the windows ``offsets[i]:offsets[i + 1]``.
    random_state : None, int or numpy.random.Generator
        Draws the exchange.
    groups : array-like of shape (n_stays,), optional
        Patient of each stay. When given, all label sequences of a patient move together, the j-th
        to the j-th stay of another (a stay beyond those becomes unknown): labels and vitals of
        one patient's stays resemble each other, and stays exchanged singly would break that too.
    block : int, default 5
        Least number of stays (or patients) among which to exchange; see :func:`like_blocks`.

    Returns
    -------
    ndarray of shape (n_windows,), int64
        Labels for the same stays. Every label has moved within its block only.

    Raises
    ------
    InputError
        If shapes disagree or the block is smaller than 2.
    """
    given, ends = np.asarray(labels, dtype=np.int64), np.asarray(offsets, dtype=np.int64)
    check_offsets(ends, len(given))
    bundles = _bundles(groups, len(ends) - 1)
    rng = np.random.default_rng(random_state)
    length, start = np.diff(ends).tolist(), ends.tolist()
    sizes = np.array([[len(stays), sum(length[i] for i in stays)] for stays in bundles])
    exchanged = np.full_like(given, -1)
    for members in like_blocks(sizes, block, rng):
        for target, source in zip(members, rng.permutation(members), strict=True):
            for to, of in zip(bundles[target], bundles[source], strict=False):
                steps = min(length[to], length[of])
                moved = given[start[of] : start[of] + steps]
                exchanged[start[to] : start[to] + steps] = moved
    return exchanged


def like_blocks(sizes: Ints, block: int, rng: np.random.Generator) -> list[Ints]:
    """Cut bundles of stays, in the order of their size, into blocks of neighbors.

    A block grows until it has ``block`` members, and then as long as bundles have as many stays
    and at most 1.1 times the length of its first: small enough that little is cut off or padded,
    large enough to exchange. What is left over at the end joins the last block.

    Parameters
    ----------
    sizes : ndarray of shape (n_bundles, 2)
        Number of stays and windows of each bundle.
    block : int
        Least number of members, at least 2.
    rng : numpy.random.Generator
        Orders bundles of the same size.

    Returns
    -------
    list of ndarray of int64
        Members of each block; each bundle is in one.

    Raises
    ------
    InputError
        If the block is smaller than 2.
    """
    if block < 2:
        raise InputError("block", str(block), "at least 2 stays to exchange between")
    order = np.lexsort((rng.random(len(sizes)), sizes[:, 1], sizes[:, 0]))
    starts, ordered = [0], sizes[order].tolist()
    for i, (stays, windows) in enumerate(ordered):
        first = ordered[starts[-1]]
        alike = stays == first[0] and windows <= LIKE_LENGTH * first[1]
        if not alike and i - starts[-1] >= block:
            starts.append(i)
    if len(starts) > 1 and len(order) - starts[-1] < block:
        starts.pop()
    return np.split(order, starts[1:])


def _bundles(groups: ArrayLike | None, n_stays: int) -> list[list[int]]:
    """Return the stays that move together, in their order."""
    if groups is None:
        return [[i] for i in range(n_stays)]
    patient = np.asarray(groups)
    if patient.shape != (n_stays,):
        raise InputError("groups", f"shape {patient.shape}", f"one a stay, shape ({n_stays},)")
    _, code = np.unique(patient, return_inverse=True)
    ends = np.cumsum(np.bincount(code))[:-1]
    return [stays.tolist() for stays in np.split(np.argsort(code, kind="stable"), ends)]
