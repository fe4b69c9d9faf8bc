"""What a hidden Markov model says about sequences: arrays in, arrays out (science 1.4).

All take flat ragged arrays: sequence i is ``offsets[i]:offsets[i + 1]``. Missing emissions are
NaN and have factor 1. Results do not depend on which other sequences come along, nor on the number
of threads.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int

from dolorimeter.core import InputError
from dolorimeter.core.containers import check_offsets

from . import kernels, logspace
from .blocks import (
    class_bits,
    deal,
    kernel_model,
    n_threads_for,
    over_blocks,
    require_length,
    run,
    set_bits,
    writable,
)
from .kernels import RARE, Model
from .params import HMMParameters

Features = Float[np.ndarray, "steps emissions"]
Offsets = Int[np.ndarray, "edges"]
Classes = Int[np.ndarray, "steps"]
Sets = Bool[np.ndarray, "steps states"]
Posteriors = Float[np.ndarray, "steps states"]
Forecasts = Float[np.ndarray, "edges-1 ahead states"]
PerSequence = Float[np.ndarray, "edges-1"]

_NOTHING = np.empty(0, np.int64)


def smooth(
    parameters: HMMParameters,
    features: Features,
    offsets: Offsets,
    allowed: Sets | None = None,
    known: Classes | None = None,
    delay: int = 1,
    n_threads: int | None = None,
) -> Posteriors:
    """Posterior of the states given all emissions of the sequence (forward–backward).

    Parameters
    ----------
    parameters : HMMParameters
        The model.
    features : ndarray of shape (n, D)
        Emissions, NaN where missing.
    offsets : ndarray of shape (n_sequences + 1,)
        Where each sequence starts, and the end.
    allowed : ndarray of shape (n, K), bool, optional
        States possible at each step; a set tells on its own step and on all others.
    known : ndarray of shape (n,), optional
        Class of each step, -1 where unknown; the class at s tells on the steps from s + delay on.
    delay : int, default 1
        Steps after which a class is known.
    n_threads : int, optional
        By default as many as the work is worth.

    Returns
    -------
    ndarray of shape (n, K)
        Rows add up to 1.

    Raises
    ------
    InputError
        If what is known or possible has probability zero under the model.
    """
    return _posteriors(parameters, features, offsets, allowed, known, delay, True, n_threads)[0]


def filter(
    parameters: HMMParameters,
    features: Features,
    offsets: Offsets,
    allowed: Sets | None = None,
    known: Classes | None = None,
    delay: int = 1,
    n_threads: int | None = None,
) -> Posteriors:
    """Posterior of the state at each step given the emissions up to it.

    Parameters
    ----------
    parameters : HMMParameters
        The model.
    features : ndarray of shape (n, D)
        Emissions, NaN where missing.
    offsets : ndarray of shape (n_sequences + 1,)
        Where each sequence starts, and the end.
    allowed : ndarray of shape (n, K), bool, optional
        States possible at each step; a set tells from its own step on.
    known : ndarray of shape (n,), optional
        Class of each step, -1 where unknown; the class at s tells on the steps from s + delay on.
    delay : int, default 1
        Steps after which a class is known.
    n_threads : int, optional
        By default as many as the work is worth.

    Returns
    -------
    ndarray of shape (n, K)
        Rows add up to 1.

    Raises
    ------
    InputError
        If what is known or possible has probability zero under the model.
    """
    return _posteriors(parameters, features, offsets, allowed, known, delay, False, n_threads)[0]


def forecast(
    parameters: HMMParameters,
    features: Features,
    offsets: Offsets,
    steps: int,
    known: Classes | None = None,
    delay: int = 1,
) -> Forecasts:
    """Distribution of the state 1 … ``steps`` steps after the end of each sequence.

    Parameters
    ----------
    parameters : HMMParameters
        The model.
    features : ndarray of shape (n, D)
        Emissions, NaN where missing.
    offsets : ndarray of shape (n_sequences + 1,)
        Where each sequence starts, and the end.
    steps : int
        How far to look.
    known : ndarray of shape (n,), optional
        Class of each step, -1 where unknown; the class at s tells on the steps from s + delay on.
    delay : int, default 1
        Steps after which a class is known.

    Returns
    -------
    ndarray of shape (n_sequences, steps, K)
        The filter run on over steps without emissions.

    Raises
    ------
    InputError
        If what is known has probability zero under the model.
    """
    lengths = np.diff(offsets)
    longer = np.concatenate([[0], np.cumsum(lengths + steps)]).astype(np.int64)
    inside = np.ones(longer[-1], dtype=bool)
    ahead = (longer[1:, None] - steps + np.arange(steps)).ravel()
    inside[ahead] = False
    extended = np.full((longer[-1], features.shape[1]), np.nan)
    extended[inside] = features
    classes = None
    if known is not None:
        classes = np.full(longer[-1], -1, dtype=np.int64)
        classes[inside] = known
    filtered = filter(parameters, extended, longer, None, classes, delay)
    return filtered[ahead].reshape(len(lengths), steps, -1)


def log_likelihood(
    parameters: HMMParameters,
    features: Features,
    offsets: Offsets,
    allowed: Sets | None = None,
    n_threads: int | None = None,
) -> PerSequence:
    """Log-likelihood of what was observed in each sequence, in nats.

    Parameters
    ----------
    parameters : HMMParameters
        The model.
    features : ndarray of shape (n, D)
        Emissions, NaN where missing.
    offsets : ndarray of shape (n_sequences + 1,)
        Where each sequence starts, and the end.
    allowed : ndarray of shape (n, K), bool, optional
        States possible at each step, which are part of what was observed.
    n_threads : int, optional
        By default as many as the work is worth.

    Returns
    -------
    ndarray of shape (n_sequences,)
        log p(x), or log p(x, state in its set at every step).

    Raises
    ------
    InputError
        If the sets have probability zero under the model.
    """
    return _posteriors(parameters, features, offsets, allowed, None, 1, False, n_threads)[1]


def viterbi(
    parameters: HMMParameters,
    features: Features,
    offsets: Offsets,
    allowed: Sets | None = None,
) -> tuple[Classes, PerSequence]:
    """Most probable path of states through each sequence.

    Parameters
    ----------
    parameters : HMMParameters
        The model.
    features : ndarray of shape (n, D)
        Emissions, NaN where missing.
    offsets : ndarray of shape (n_sequences + 1,)
        Where each sequence starts, and the end.
    allowed : ndarray of shape (n, K), bool, optional
        States possible at each step.

    Returns
    -------
    paths : ndarray of shape (n,), int64
        The state of each step; the first of equally probable ones.
    log_probabilities : ndarray of shape (n_sequences,)
        log p(x, path), in nats.

    Raises
    ------
    InputError
        If the sets have probability zero under the model.
    """
    data = writable(features), _NOTHING if allowed is None else set_bits(allowed), writable(offsets)
    check_offsets(offsets, len(features))
    require_length("allowed", data[1], len(features))
    paths, log_probabilities = np.empty(len(features), np.int64), np.empty(len(offsets) - 1)
    run(logspace.viterbi, *data, kernel_model(parameters), paths, log_probabilities)
    require_possible(log_probabilities)
    return paths, log_probabilities


def _posteriors(
    parameters: HMMParameters,
    features: Features,
    offsets: Offsets,
    allowed: Sets | None,
    known: Classes | None,
    delay: int,
    smoothed: bool,
    n_threads: int | None,
) -> tuple[Posteriors, PerSequence]:
    """Run the kernel that fits the model and return posteriors and log-likelihoods."""
    sets = _NOTHING if allowed is None else set_bits(allowed)
    bits = _NOTHING if known is None else class_bits(known)
    require_length("known", bits, len(features))
    if delay < 1:
        raise InputError("delay", str(delay), "a whole number of at least 1")
    model = kernel_model(parameters)
    data = deal(features, offsets, sets)
    out = np.empty((len(features), parameters.n_states))
    log_likelihoods = np.empty(len(offsets) - 1)
    more = (bits, delay, smoothed, False)
    if needs_logs(model, known is not None):
        carry = np.empty(parameters.n_states)
        run(logspace.posteriors, data, *more, carry, model, out, log_likelihoods)
    else:
        n_threads = n_threads or n_threads_for(len(features), *parameters.means.shape)
        with over_blocks(len(data.lanes), n_threads) as run_all:
            run_all(
                lambda first, last: run(
                    kernels.posteriors,
                    first,
                    last,
                    data,
                    *more,
                    virtual_start(parameters.n_states),
                    model,
                    out,
                    log_likelihoods,
                )
            )
    require_possible(log_likelihoods if known is None else out.sum(axis=1))
    return out, log_likelihoods


def virtual_start(n_states: int) -> Any:
    """Return what the kernels expect as the filter before the first step.

    Parameters
    ----------
    n_states : int
        Number of states K.

    Returns
    -------
    ndarray of shape (K,)
        (1, 0, …): it picks the start distribution.
    """
    carry = np.zeros(n_states)
    carry[0] = 1.0
    return carry


def needs_logs(model: Model, told: bool = False) -> bool:
    """Tell whether the scaled recursion could lose a path (``kernels.RARE``).

    Parameters
    ----------
    model : Model
        As the kernels take it.
    told : bool, default False
        Whether classes are known that could contradict a start of probability zero.

    Returns
    -------
    bool
        Whether to work in log space.
    """
    start, transition = model.chain[0], model.chain[1:]
    least_start = start.min() if told else np.where(start > 0, start, 1.0).min()
    return bool(transition.min() < RARE or least_start < RARE)


def require_possible(values: Any) -> None:
    """Refuse results in which a sequence turned out to have probability zero.

    Parameters
    ----------
    values : ndarray
        Log-likelihoods, or sums of posteriors.

    Raises
    ------
    InputError
        If one is not finite.
    """
    possible = np.isfinite(values)
    if not possible.all():
        raise InputError(
            "known or allowed classes",
            f"probability zero under the model, first at index {np.argmin(possible)}",
            "classes that the start and transition probabilities permit",
            "Fit with start_prior and transition_prior above zero.",
        )
