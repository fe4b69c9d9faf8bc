"""Score all relabellings at all centers: blocks of centers through matrix products, in threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from dolorimeter.core import InputError, progress
from dolorimeter.core.containers import Floats, Ints

from .kernels_searchlight import count_correct, held_out_maps, sum_squared_errors
from .relabelling import TIE
from .schemes import Scheme
from .spheres import CSR
from .targets import Target

CENTERS = 8  # centers that share a matrix product
PIECE = 128  # centers to a task of a thread
CELLS = 2**20  # decisions that a thread holds at a time, 8 MB


class Work(NamedTuple):
    """What all centers share; samples of one fold side by side, the labels as they are first."""

    rows: Floats  # (n_voxels, n)
    edges: Ints  # (n_folds + 1,) fold f tests the columns edges[f]:edges[f + 1]
    order: Ints  # (n,) sample of each column
    alpha: float
    normalize: bool
    n_classes: int  # 0: numbers
    known: list[NDArray[Any]]  # (n, w) codes or numbers, w relabellings at a time
    coded: list[Floats]  # (n, columns * w) what is multiplied
    total: Floats  # (B + 1,) what a score is relative to: n, or squares about training means


class Null(NamedTuple):
    """Of B relabellings: the largest score of each, and at each center mean and p values."""

    largest: Floats
    mean: Floats
    p_value: Floats
    p_max: Floats


class _Piece(NamedTuple):
    """Of some centers: scores, sum of the null, how often it reached the score, and its maxima."""

    scores: Floats
    null_sum: Floats
    reached: Ints
    null_max: Floats


def lay_out(
    features: Floats, target: Target, folds: Scheme, drawn: Ints, alpha: float, normalize: bool
) -> Work:
    """Order samples by fold and code the relabelled targets.

    Parameters
    ----------
    features : ndarray of shape (n, n_voxels)
        Finite.
    target : Target
        Classes or numbers.
    folds : Scheme
        Tests each sample once.
    drawn : ndarray of shape (B, n), int64
        From which sample each sample takes its label.
    alpha : float
        Ridge penalty, positive.
    normalize : bool
        Give each sample mean 0 and deviation 1 over the voxels of each sphere.

    Returns
    -------
    Work
        For :func:`score_spheres`.
    """
    order = np.concatenate(folds.tests)
    edges = np.cumsum([0, *map(len, folds.tests)]).astype(np.int64)
    n, n_classes = len(order), len(target.labels)
    columns = {0: 1, 2: 1}.get(n_classes, n_classes)
    values = target.values.astype(np.float64)
    targets = np.vstack([values, values[drawn]])[:, order].T  # (n, B + 1)
    width = max(64, CELLS // (CENTERS * n * columns))
    kind = np.int8 if n_classes else np.float64
    known = [
        np.ascontiguousarray(targets[:, i : i + width], dtype=kind)
        for i in range(0, targets.shape[1], width)
    ]
    coded = [_code(part, n_classes) for part in known]
    total = np.full(targets.shape[1], float(n)) if n_classes else _squares(targets, edges)
    rows = np.ascontiguousarray(features[order].T)
    return Work(rows, edges, order, alpha, normalize, n_classes, known, coded, total)


def _code(known: NDArray[Any], n_classes: int) -> Floats:
    """Code targets: numbers as they are, two classes as ±1, more as a column each."""
    if n_classes == 0:
        return known
    if n_classes == 2:
        return 2.0 * known - 1.0
    return np.hstack([(known == k).astype(np.float64) for k in range(n_classes)])


def _squares(targets: Floats, edges: Ints) -> Floats:
    """Sum the squares of what the mean of the training samples leaves of each target."""
    sizes = np.diff(edges)
    tested = np.repeat(np.add.reduceat(targets, edges[:-1], axis=0), sizes, axis=0)
    means = (targets.sum(axis=0) - tested) / (len(targets) - np.repeat(sizes, sizes))[:, None]
    return ((targets - means) ** 2).sum(axis=0)


def score_spheres(work: Work, spheres: CSR, n_threads: int) -> tuple[Floats, Null | None]:
    """Score all centers in threads, each with one thread of BLAS.

    Parameters
    ----------
    work : Work
        From :func:`lay_out`.
    spheres : (indptr, indices)
        Voxels of each center.
    n_threads : int
        How many; results do not depend on it.

    Returns
    -------
    scores : ndarray of shape (n_centers,), float64
        Accuracy, or predictive R².
    null : Null or None
        None without relabellings.

    Raises
    ------
    InputError
        If a sample is flat in a sphere that normalizes.
    """
    starts = range(0, len(spheres[0]) - 1, PIECE)
    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(n_threads) as pool:
        done = pool.map(lambda start: _score_piece(work, spheres, start), starts)
        found = list(progress(done, "searchlight", len(starts)))
    scores = np.concatenate([part.scores for part in found])
    n_null = len(work.total) - 1
    if n_null == 0:
        return scores, None
    largest = np.max([part.null_max for part in found], axis=0)
    mean = np.concatenate([part.null_sum for part in found]) / n_null
    reached = np.concatenate([part.reached for part in found])
    below = np.searchsorted(np.sort(largest), _just_below(scores))
    above = n_null - below
    return scores, Null(largest, mean, (1 + reached) / (1 + n_null), (1 + above) / (1 + n_null))


def _just_below(scores: Floats) -> Floats:
    """Return what null scores must reach to equal a score but for rounding."""
    return scores - TIE * np.maximum(1.0, np.abs(scores))


def _score_piece(work: Work, spheres: CSR, start: int) -> _Piece:
    """Score some centers, block by block."""
    stop = min(start + PIECE, len(spheres[0]) - 1)
    n = len(work.order)
    maps = np.empty((CENTERS, n, n))
    room = np.empty(CENTERS * n * max(part.shape[1] for part in work.coded))
    values = np.empty((stop - start, len(work.total)))
    for first in range(start, stop, CENTERS):
        last = min(first + CENTERS, stop)
        _map_block(work, spheres, first, maps[: last - first])
        values[first - start : last - start] = _score_block(work, maps[: last - first], room)
    scores, null = values[:, 0].copy(), values[:, 1:]
    reached = np.sum(null >= _just_below(scores)[:, None], axis=1)
    return _Piece(scores, null.sum(axis=1), reached, null.max(axis=0, initial=-np.inf))


def _map_block(work: Work, spheres: CSR, first: int, maps: Floats) -> None:
    """Write the maps from targets to held-out predictions of a block of centers."""
    indptr, indices = spheres
    some = indptr[first : first + len(maps) + 1]
    flat = held_out_maps(work.rows, some, indices, work.edges, work.alpha, work.normalize, maps)
    if flat >= 0:
        center, column = divmod(flat, len(work.order))
        found = f"sample {work.order[column]} is flat around center {first + center}"
        rule = "samples that vary over the voxels of each sphere"
        raise InputError("X", found, rule, "Use a larger radius, or mask such voxels.")


def _score_block(work: Work, maps: Floats, room: Floats) -> Floats:
    """Return the scores of all relabellings at a block of centers, (n_centers, B + 1)."""
    n_centers, n, _ = maps.shape
    scores = np.empty((n_centers, len(work.total)))
    start = 0
    for known, coded in zip(work.known, work.coded, strict=True):
        decisions = room[: n_centers * n * coded.shape[1]].reshape(n_centers * n, -1)
        np.matmul(maps.reshape(n_centers * n, n), coded, out=decisions)
        part = scores[:, start : start + known.shape[1]]
        cubes = decisions.reshape(n_centers, n, -1)
        if work.n_classes:
            count_correct(cubes, known, work.n_classes, part)
        else:
            sum_squared_errors(cubes, known, part)
        start += known.shape[1]
    share = scores / work.total
    return share if work.n_classes else 1.0 - share
