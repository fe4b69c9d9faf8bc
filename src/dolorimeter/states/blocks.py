"""From flat ragged arrays to blocks of lanes, and from one core to all of them."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import numba as nb
import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import InputError
from dolorimeter.core.containers import check_offsets

from . import kernels
from .kernels import ANY, CHUNK, MEAN, VARIANCE, Blocks, Model
from .lanes import LANES
from .params import HMMParameters

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

MAX_STATES = 62  # sets of possible states are bits of a signed word
WORK_PER_THREAD = 1_000_000  # steps times states times (states + emissions): about a millisecond
PIECES_PER_THREAD = 4  # blocks differ in length
NOTICE_AFTER = 1.0  # seconds; loading compiled kernels takes a fraction of that


def deal(
    features: Floats,
    offsets: Ints,
    sets: Ints,
    weights: Floats | None = None,
    center: Floats | None = None,
    keep: bool = False,
) -> Blocks:
    """Deal sequences of like length to the lanes of blocks.

    Parameters
    ----------
    features : ndarray of shape (n, D)
        Emissions, NaN where missing.
    offsets : ndarray of shape (n_sequences + 1,)
        Where each sequence starts, and the end.
    sets : ndarray of shape (n,) or (0,)
        Bits of the states possible at each step.
    weights : ndarray of shape (n_sequences,), optional
        How often each sequence counts.
    center : ndarray of shape (D,), optional
        Subtracted from the features as they are packed.
    keep : bool, default False
        Reserve room for the packed features, to be filled once by ``kernels.pack``.

    Returns
    -------
    Blocks
        For the kernels, which trust it.

    Raises
    ------
    InputError
        If the offsets do not rise from 0 to n, or there are sets for some steps only.
    """
    check_offsets(offsets, len(features))
    require_length("sets of states", sets, len(features))
    lengths = np.diff(offsets)
    n_sequences, n_features = len(lengths), features.shape[1]
    order = np.argsort(-lengths, kind="stable")
    n_blocks = -(-n_sequences // LANES)
    # A lane without a sequence repeats the last one with weight zero.
    places = np.minimum(np.arange(n_blocks * LANES), n_sequences - 1)
    share = np.zeros(n_blocks * LANES)
    share[:n_sequences] = 1.0 if weights is None else weights[order]
    lanes = order[places].reshape(n_blocks, LANES).astype(np.int64)
    padding = np.zeros(n_blocks * LANES - n_sequences, np.int64)
    steps = np.append(lengths[order], padding).reshape(n_blocks, LANES)
    rows, n_rows = _places(steps[:, 0], steps.sum(axis=1), keep)
    return Blocks(
        writable(features),
        np.zeros(n_features) if center is None else writable(center),
        sets,
        writable(offsets),
        lanes,
        share.reshape(n_blocks, LANES),
        rows,
        np.empty((n_rows, n_features, LANES)),
        np.empty((n_rows if len(sets) else 0, LANES), np.int64),
    )


def _places(longest: Ints, filled: Ints, keep: bool) -> tuple[Ints, int]:
    """Give each block its first row of the packed copy, or -1 where that would be mostly air."""
    thin = (longest > CHUNK) & (longest * LANES > 2 * filled)
    sizes = np.where(thin | (not keep), 0, longest)
    ends = np.cumsum(sizes)
    return np.where(sizes > 0, ends - sizes, -1).astype(np.int64), int(ends[-1])


def require_length(name: str, array: NDArray[Any], n_steps: int) -> None:
    """Refuse an array that is neither empty nor has an entry for each step.

    Parameters
    ----------
    name : str
        What it is.
    array : ndarray
        To be handed to a kernel.
    n_steps : int
        Number of steps.

    Raises
    ------
    InputError
        If its length is another.
    """
    if len(array) not in (0, n_steps):
        raise InputError(name, f"{len(array)} entries", f"one for each of {n_steps} steps")


def writable(array: NDArray[Any]) -> NDArray[Any]:
    """Return a row-major array that Numba does not see as read-only, which would compile anew.

    Parameters
    ----------
    array : ndarray
        Any.

    Returns
    -------
    ndarray
        The same one where it will do, else a copy.
    """
    array = np.ascontiguousarray(array)
    return array if array.flags.writeable and array.flags.aligned else array.copy()


def kernel_model(parameters: HMMParameters, center: Floats | None = None) -> Model:
    """Lay parameters out for the kernels, in fresh arrays.

    Parameters
    ----------
    parameters : HMMParameters
        The model.
    center : ndarray of shape (D,), optional
        What is subtracted from the features, and so from the means.

    Returns
    -------
    Model
        For the kernels, which may write into it.

    Raises
    ------
    InputError
        If there are more states than bits for them.
    """
    n_states, n_features = parameters.means.shape
    if n_states > MAX_STATES:
        raise InputError("parameters", f"{n_states} states", f"at most {MAX_STATES}")
    model = Model(
        np.concatenate([parameters.startprob[None], parameters.transmat]),
        np.empty((4, n_states, n_features)),
    )
    model.gauss[MEAN] = parameters.means - (0.0 if center is None else center)
    model.gauss[VARIANCE] = parameters.variances
    run(kernels.derive, model)
    return model


def class_bits(labels: Ints) -> Ints:
    """Turn known classes into bits.

    Parameters
    ----------
    labels : ndarray of shape (n,)
        Class of each step, -1 where unknown.

    Returns
    -------
    ndarray of shape (n,), int64
        The bit of the class; all bits where it is unknown.
    """
    return np.where(labels < 0, ANY, np.int64(1) << np.maximum(labels, 0)).astype(np.int64)


def set_bits(allowed: Bools) -> Ints:
    """Turn sets of possible classes into bits.

    Parameters
    ----------
    allowed : ndarray of shape (n, K), bool
        Which classes each step may have.

    Returns
    -------
    ndarray of shape (n,), int64
        Their bits; all bits where every class is possible.
    """
    bits = allowed @ (np.int64(1) << np.arange(allowed.shape[1], dtype=np.int64))
    return np.where(allowed.all(axis=1), ANY, bits).astype(np.int64)


def n_threads_for(n_steps: int, n_states: int, n_features: int) -> int:
    """Choose how many threads some work is worth.

    Parameters
    ----------
    n_steps, n_states, n_features : int
        Size of the work.

    Returns
    -------
    int
        One for small work, at most the processors that this process may use.
    """
    work = n_steps * n_states * (n_states + n_features)
    if hasattr(os, "sched_getaffinity"):
        available = len(os.sched_getaffinity(0))
    else:
        available = os.cpu_count() or 1
    return max(1, min(available, work // WORK_PER_THREAD))


@contextmanager
def over_blocks(n_blocks: int, n_threads: int) -> Iterator[Callable[[Any], None]]:
    """Give a function that runs a task on all blocks, in one thread or several.

    Parameters
    ----------
    n_blocks, n_threads : int
        How many.

    Yields
    ------
    callable
        Takes a task, ``task(first, last)``, that writes only what belongs to its blocks.
    """
    if n_threads == 1 or n_blocks == 1:
        yield lambda task: task(0, n_blocks)
        return
    n_pieces = min(n_blocks, n_threads * PIECES_PER_THREAD)
    edges = np.linspace(0, n_blocks, n_pieces + 1).astype(int).tolist()
    with ThreadPoolExecutor(n_threads) as pool:

        def run_all(task: Any) -> None:
            list(pool.map(task, edges[:-1], edges[1:]))

        yield run_all


def run(kernel: Any, *arguments: Any) -> Any:
    """Call a kernel; on a terminal, say so if it has to be compiled first.

    Parameters
    ----------
    kernel : Numba dispatcher
        The kernel.
    *arguments : object
        For the kernel.

    Returns
    -------
    object
        What the kernel returns.
    """
    if not kernel.signatures:
        with _announced():
            kernel.compile(tuple(nb.typeof(argument) for argument in arguments))
    return kernel(*arguments)


@contextmanager
def _announced() -> Iterator[None]:
    """Tell whoever waits at a terminal that the wait is for the compiler, and happens once."""
    timer = threading.Timer(
        NOTICE_AFTER, sys.stderr.write, ["Compiling kernels, once: up to 20 s …\n"]
    )
    timer.daemon = True
    if sys.stderr.isatty():
        timer.start()
    try:
        yield
    finally:
        timer.cancel()
