"""The same recursions in log space, one sequence at a time: slower, and exact for any model.

They serve models with transitions too rare for the scaled recursion (``kernels.RARE``), where a
state whose weight underflows might never be reached again, and the Viterbi path. What is not
possible has log probability -inf, so that a contradiction shows instead of becoming NaN.
"""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

from .kernels import MEAN, NORM, SCALE, Blocks, Floats, Ints, Model

Bytes = NDArray[np.int8]

_entry = nb.njit(nogil=True, cache=True, error_model="numpy")
_inner = nb.njit(nogil=True, error_model="numpy")


@_inner
def _log_sum(values: Floats) -> float:
    """Logarithm of the sum of exponentials."""
    top = -np.inf
    for value in values:
        top = max(top, value)
    if top == -np.inf:
        return top
    total = 0.0
    for value in values:
        total += np.exp(value - top)
    return top + np.log(total)


@_inner
def _emissions(
    features: Floats, center: Floats, sets: Ints, first: int, stop: int, power: float, gauss: Floats
) -> Floats:
    """Log densities of the steps first … stop, -inf where a state is not possible."""
    n_states, n_features = gauss.shape[1], gauss.shape[2]
    result = np.empty((stop - first, n_states))
    for t in range(first, stop):
        bits = sets[t] if sets.shape[0] else -1
        weight = 1.0 if bits & (bits - 1) == 0 else power
        for k in range(n_states):
            total = 0.0
            for d in range(n_features):
                z = (features[t, d] - center[d] - gauss[MEAN, k, d]) * gauss[SCALE, k, d]
                if not np.isnan(z):
                    total += gauss[NORM, k, d] - z * z
            result[t - first, k] = total * weight if (bits >> k) & 1 else -np.inf
    return result


@_inner
def _step(
    source: Floats, begins: bool, log_chain: Floats, emitted: Floats, target: Floats, terms: Floats
) -> float:
    """Filter one step; return the logarithm of the scale, -inf where nothing is possible."""
    n_states = len(target)
    for j in range(n_states):
        if begins:
            target[j] = log_chain[0, j] + emitted[j]
        else:
            for i in range(n_states):
                terms[i] = source[i] + log_chain[1 + i, j]
            target[j] = _log_sum(terms) + emitted[j]
    total = _log_sum(target)
    if total > -np.inf:
        for j in range(n_states):
            target[j] -= total
    return total


@_inner
def _filter(
    emitted: Floats,
    known: Ints,
    delay: int,
    started: bool,
    carry: Floats,
    log_chain: Floats,
    out: Floats,
    scales: Floats,
) -> None:
    """Filter a sequence by what is known until ``delay`` steps before; update the carry."""
    n_steps, n_states = emitted.shape
    here, there, terms = np.empty(n_states), np.empty(n_states), np.empty(n_states)
    for t in range(n_steps):
        first = max(0, t - delay + 1)
        begins = first == 0 and not started
        scales[t] = _step(carry, begins, log_chain, emitted[first], here, terms)
        if t - delay + 1 >= 0:
            bits = known[first] if known.shape[0] else -1
            for k in range(n_states):
                carry[k] = here[k] if (bits >> k) & 1 else -np.inf
        for s in range(first + 1, t + 1):
            scales[t] = _step(here, False, log_chain, emitted[s], there, terms)
            here[:] = there
        out[t] = here


@_inner
def _backward(emitted: Floats, scales: Floats, log_chain: Floats, beta: Floats) -> None:
    """Write the log probability of all later observations given the state, less the scales."""
    n_steps, n_states = emitted.shape
    terms = np.empty(n_states)
    beta[n_steps - 1] = 0.0
    for t in range(n_steps - 2, -1, -1):
        for i in range(n_states):
            for j in range(n_states):
                terms[j] = log_chain[1 + i, j] + emitted[t + 1, j] + beta[t + 1, j]
            beta[t, i] = _log_sum(terms) - scales[t + 1]


@_inner
def _log(array: Floats) -> Floats:
    """Logarithm with log 0 = -inf."""
    result = np.empty(array.shape)
    for i in range(array.shape[0]):
        for j in range(array.shape[1]):
            result[i, j] = np.log(array[i, j]) if array[i, j] > 0.0 else -np.inf
    return result


@_entry
def posteriors(
    data: Blocks,
    known: Ints,
    delay: int,
    smooth: bool,
    started: bool,
    carry: Floats,
    model: Model,
    out: Floats,
    log_likelihoods: Floats,
) -> None:
    """Filter or smooth each sequence; the arguments are those of the kernel, the carry is in logs.

    A row becomes NaN where what is known or possible contradicts the model.
    """
    log_chain, n_states = _log(model.chain), model.chain.shape[1]
    for sequence in range(len(data.offsets) - 1):
        first, stop = data.offsets[sequence], data.offsets[sequence + 1]
        emitted = _emissions(data.features, data.center, data.sets, first, stop, 1.0, model.gauss)
        alpha, beta, scales = np.empty_like(emitted), np.zeros_like(emitted), np.empty(stop - first)
        held = carry.copy()
        held_known = known[first:stop] if known.shape[0] else known
        _filter(emitted, held_known, delay, started, held, log_chain, alpha, scales)
        log_likelihoods[sequence] = scales.sum()
        if smooth:
            _backward(emitted, scales, log_chain, beta)
        for t in range(stop - first):
            total = _log_sum(alpha[t] + beta[t])
            for k in range(n_states):
                out[first + t, k] = np.exp(alpha[t, k] + beta[t, k] - total)
        if len(data.offsets) == 2:
            carry[:] = held


@_inner
def _add_step(
    data: Blocks,
    step: int,
    posterior: Floats,
    joint: Floats,
    share: float,
    weight: float,
    begins: bool,
    result: Floats,
) -> None:
    """Add one step's posterior, transitions and moments to the statistics."""
    n_states, n_features = len(posterior), data.features.shape[1]
    stride = 1 + n_states + 3 * n_features
    for k in range(n_states):
        at = 1 + k * stride
        if begins:
            result[at] += weight * posterior[k]
        else:
            for j in range(n_states):
                result[at + 1 + j] += weight * joint[k, j]
        at += 1 + n_states
        for d in range(n_features):
            x = data.features[step, d] - data.center[d]
            if not np.isnan(x):
                result[at] += share * posterior[k]
                result[at + 1] += share * posterior[k] * x
                result[at + 2] += share * posterior[k] * x * x
            at += 3


@_entry
def e_step(data: Blocks, weights: Floats, model: Model, power: float, statistics: Floats) -> None:
    """Write the expected sufficient statistics of all sequences to the first row."""
    n_states, log_chain = model.gauss.shape[1], _log(model.chain)
    posterior, joint = np.empty(n_states), np.empty((n_states, n_states))
    statistics[:] = 0.0
    for sequence in range(len(data.offsets) - 1):
        if weights[sequence] == 0.0:
            continue
        first, stop = data.offsets[sequence], data.offsets[sequence + 1]
        emitted = _emissions(data.features, data.center, data.sets, first, stop, power, model.gauss)
        alpha, beta, scales = np.empty_like(emitted), np.empty_like(emitted), np.empty(stop - first)
        _filter(emitted, data.sets[:0], 1, False, posterior, log_chain, alpha, scales)
        _backward(emitted, scales, log_chain, beta)
        statistics[0, 0] += weights[sequence] * scales.sum()
        for t in range(stop - first):
            bits = data.sets[first + t] if data.sets.shape[0] else -1
            share = weights[sequence] * (1.0 if bits & (bits - 1) == 0 else power)
            for k in range(n_states):
                posterior[k] = np.exp(alpha[t, k] + beta[t, k])
                for i in range(n_states if t > 0 else 0):
                    onward = log_chain[1 + i, k] + emitted[t, k] + beta[t, k] - scales[t]
                    joint[i, k] = np.exp(alpha[t - 1, i] + onward)
            _add_step(
                data, first + t, posterior, joint, share, weights[sequence], t == 0, statistics[0]
            )


@_inner
def _best_path(emitted: Floats, log_chain: Floats, came_from: Bytes, path: Ints) -> float:
    """Write the most probable path through one sequence; return its log probability."""
    n_steps, n_states = emitted.shape
    best, previous = np.empty(n_states), np.empty(n_states)
    for t in range(n_steps):
        for j in range(n_states):
            previous[j] = best[j]
        for j in range(n_states):
            top, origin = log_chain[0, j], 0
            for i in range(n_states if t > 0 else 0):
                value = previous[i] + log_chain[1 + i, j]
                if i == 0 or value > top:
                    top, origin = value, i
            came_from[t, j], best[j] = origin, top + emitted[t, j]
    state = 0
    for j in range(n_states):
        state = j if best[j] > best[state] else state
    score = best[state]
    for t in range(n_steps - 1, -1, -1):
        path[t] = state
        state = came_from[t, state]
    return score


@_entry
def viterbi(
    features: Floats,
    sets: Ints,
    offsets: Ints,
    model: Model,
    paths: Ints,
    log_probabilities: Floats,
) -> None:
    """Write the most probable path of each sequence and its joint log probability.

    Of equally probable states the first is taken (Rabiner 1989, III.B).
    """
    log_chain, center = _log(model.chain), np.zeros(features.shape[1])
    for sequence in range(len(offsets) - 1):
        first, stop = offsets[sequence], offsets[sequence + 1]
        emitted = _emissions(features, center, sets, first, stop, 1.0, model.gauss)
        came_from = np.empty(emitted.shape, np.int8)
        path = paths[first:stop]
        log_probabilities[sequence] = _best_path(emitted, log_chain, came_from, path)
