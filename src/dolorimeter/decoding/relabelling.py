"""The null of decoding: labels exchanged between samples that could have had each other's.

Leave-one-trial-out has no null of 50 % [science 3.2], so that a p-value comes from relabelling
or not at all (rule V1).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints

from .arguments import nearest, read_names

RandomState = None | int | np.random.Generator
EXCHANGES = ("within", "whole")
TIE = 1e-10  # scores this close, relative to the larger of 1 and the score, count as equal


def relabellings(
    values: NDArray[np.generic],
    permutations: int,
    random_state: RandomState = None,
    blocks: ArrayLike | None = None,
    exchange: str = "within",
) -> Ints:
    """Draw relabellings: from which sample each sample takes its label.

    Parameters
    ----------
    values : ndarray of shape (n,)
        Labels, or numbers.
    permutations : int
        B, how many to draw; at least 0.
    random_state : None, int or numpy.random.Generator
        Draws them.
    blocks : array-like of shape (n,), optional
        Names of blocks. Without them all samples are one block.
    exchange : {"within", "whole"}
        ``"within"``: labels are exchanged among the samples of a block, as trials within run and
        subject. ``"whole"``: the sequences of labels of whole blocks of the same size are
        exchanged, as those of subjects or families; the order within a block is kept.

    Returns
    -------
    ndarray of shape (B, n), int64
        Row b makes the labels ``values[rows[b]]``.

    Raises
    ------
    InputError
        If nothing can be exchanged, shapes disagree, or an argument is unknown.
    """
    if exchange not in EXCHANGES:
        raise nearest("exchange", exchange, EXCHANGES)
    if not isinstance(permutations, int | np.integer) or permutations < 0:
        raise InputError("permutations", repr(permutations), "a whole number of at least 0")
    n = len(values)
    rows = np.tile(np.arange(n, dtype=np.int64), (permutations, 1))
    if permutations == 0:
        return rows
    codes = np.zeros(n, int) if blocks is None else _codes(read_names("blocks", blocks, n))
    if exchange == "whole" and blocks is None:
        raise InputError("blocks", "none", 'the block of each sample, for exchange="whole"')
    members = np.split(np.argsort(codes, kind="stable"), np.cumsum(np.bincount(codes))[:-1])
    rng = np.random.default_rng(random_state)
    if exchange == "within":
        return _within(rows, values, members, rng)
    return _whole(rows, values, members, rng)


def relabelling_p(score: float, null: Floats) -> float | None:
    """Return (1 + number of null scores of at least the score) / (1 + B).

    Parameters
    ----------
    score : float
        Of the labels as they are.
    null : ndarray of shape (B,), float64
        Scores of the relabellings; what is NaN counts as at least the score.

    Returns
    -------
    float or None
        None without relabellings. NaN if the score is.
    """
    if len(null) == 0:
        return None
    if np.isnan(score):
        return float("nan")
    below = null < score - TIE * max(1.0, abs(score))
    return float((1 + np.sum(~below)) / (1 + len(null)))


def _codes(names: NDArray[np.generic]) -> Ints:
    return np.unique(names, return_inverse=True)[1].astype(np.int64)


def _within(
    rows: Ints, values: NDArray[np.generic], members: list[Ints], rng: np.random.Generator
) -> Ints:
    """Permute the samples of each block whose labels differ."""
    mixed = [block for block in members if np.any(values[block] != values[block[0]])]
    if not mixed:
        raise InputError(
            "blocks",
            "every block holds one label only",
            "a block with different labels, so that there is something to exchange",
            'Exchange whole blocks (exchange="whole"), or name larger blocks.',
        )
    for block in mixed:
        rows[:, block] = rng.permuted(rows[:, block], axis=1)
    return rows


def _whole(
    rows: Ints, values: NDArray[np.generic], members: list[Ints], rng: np.random.Generator
) -> Ints:
    """Permute the blocks of each size among themselves."""
    moved = False
    for size in sorted({len(block) for block in members}):
        alike = np.array([block for block in members if len(block) == size])  # (m, size)
        moved = moved or bool(np.any(values[alike] != values[alike[0]]))
        order = np.tile(np.arange(len(alike)), (len(rows), 1))
        order = rng.permuted(order, axis=1)
        rows[:, alike.ravel()] = alike[order].reshape(len(rows), -1)
    if not moved:
        raise InputError(
            "blocks",
            "no two blocks of the same size with different labels",
            "blocks of like size that differ, so that there is something to exchange",
            'Exchange within blocks (exchange="within"), or name other blocks.',
        )
    return rows
