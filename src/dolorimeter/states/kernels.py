"""Forward–backward with many sequences side by side in vector registers (science 1.4).

Sequences of like length are dealt to the lanes of a block; a row of lanes holds one step of each.
Each step is scaled after shifting the log densities by their maximum (Rabiner 1989, V.A), and a
missing emission has factor 1. Sums over steps stay in their lane until the block ends, and blocks
are added in their order, so that results do not depend on the number of threads.

The scaled recursion is exact while no transition is rarer than ``RARE``: a state whose weight
underflows is reached again from the others. ``logspace`` serves models that are sparser.
Numba's cache does not notice an edited callee in another file: kernels that call each other stand
here together.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from .lanes import (
    LANES,
    exponent,
    fma,
    has_bit,
    lane_sum,
    load,
    one_bit,
    present,
    scale_by_power,
    select,
    significand,
    splat,
    spread,
    store,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Lanes = Any  # a vector register, see lanes

LANES_DIGEST = "75b03f7d6cc4ee29"  # of lanes.py: a change there must change this file too
CHUNK = 512  # rows of scratch; a longer block is walked twice, from checkpoints
TILE = 16  # rows whose moments are summed while they are in the first-level cache
ANY = -1  # all bits set: every state possible
RARE = 1e-100

_SHIFT = 6755399441055744.0  # 1.5 * 2**52: adding it leaves the nearest integer in the low bits
_LOG2_E = 1.4426950408889634
_LN2 = 0.6931471805599453
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
# exp(r) = 1 + r + r^2 q(r): q interpolates at Chebyshev nodes on |r| <= ln(2)/2, error 2e-17.
_Q0, _Q1, _Q2, _Q3, _Q4 = (
    0.5,
    1 / 6,
    0.04166666666662413,
    0.008333333333330062,
    0.0013888888917213717,
)
_Q5, _Q6, _Q7 = 0.00019841269863053618, 2.4801521295954376e-05, 2.7557268459997064e-06
_Q8, _Q9 = 2.7620088445409746e-07, 2.510038549551032e-08

_entry = nb.njit(nogil=True, cache=True, error_model="numpy")
_inner = nb.njit(nogil=True, error_model="numpy", forceinline=True)

RUNNING, CONVERGED, RAN_OUT, IMPOSSIBLE, SPARSE = 0, 1, 2, 3, 4
MEAN, VARIANCE, SCALE, NORM = 0, 1, 2, 3
SHIFT, PRODUCT, POWER, LENGTH = 0, 1, 2, 3


class Model(NamedTuple):
    """Parameters as the kernels want them; an M step writes into these arrays.

    ``chain`` (K + 1, K): start, then the rows of the transition matrix; ``gauss`` (4, K, D): mean,
    variance, scale = 1 / sqrt(2 variance) and norm = -log(2 pi variance) / 2.
    """

    chain: Floats
    gauss: Floats


class Blocks(NamedTuple):
    """Sequences dealt to lanes.

    ``features`` (n, D) as given, and ``center`` (D,), which is subtracted; ``sets`` (n,) bits of
    the states possible at each step, or (0,) where nothing is known; ``offsets``
    (n_sequences + 1,); ``lanes`` (B, LANES) the sequence in each lane; ``weights`` (B, LANES),
    0 where a lane repeats a sequence only to fill its block; ``rows`` (B,) where each block starts
    in ``packed`` (R, D, LANES) and ``packed_sets`` (R, LANES), -1 where it is packed anew each
    time.
    """

    features: Floats
    center: Floats
    sets: Ints
    offsets: Ints
    lanes: Ints
    weights: Floats
    rows: Ints
    packed: Floats
    packed_sets: Ints


class Rules(NamedTuple):
    """What EM is told.

    ``chain_prior`` (K + 1, K) pseudo-counts, ``variance_floor``, ``unlabeled_weight``, ``n_iter``
    and ``tol``, the gain under which it stops.
    """

    chain_prior: Floats
    variance_floor: float
    unlabeled_weight: float
    n_iter: int
    tol: float


@_inner
def _exp(x: Lanes) -> Lanes:
    """Exponential of lanes that are not positive, within 1.1 units in the last place."""
    shifted = fma(x, splat(_LOG2_E), splat(_SHIFT))
    n = shifted - splat(_SHIFT)
    r = fma(n, splat(-_LN2_HIGH), x)
    r = fma(n, splat(-_LN2_LOW), r)
    q = fma(splat(_Q9), r, splat(_Q8))
    q = fma(q, r, splat(_Q7))
    q = fma(q, r, splat(_Q6))
    q = fma(q, r, splat(_Q5))
    q = fma(q, r, splat(_Q4))
    q = fma(q, r, splat(_Q3))
    q = fma(q, r, splat(_Q2))
    q = fma(q, r, splat(_Q1))
    q = fma(q, r, splat(_Q0))
    value = scale_by_power(fma(q * r, r, r) + splat(1.0), shifted)
    return select(x > splat(-708.0), value, splat(0.0))


@_inner
def _emit(
    features: Floats,
    row: int,
    bits: Lanes,
    possible: Lanes,
    power: float,
    gauss: Floats,
    rows: Floats,
    at: int,
) -> Lanes:
    """Write exp(log density - maximum) of a row to ``rows[at]`` and return the maximum.

    States that are not possible get zero and do not count for the maximum.
    """
    n_states, n_features = gauss.shape[1], gauss.shape[2]
    power = select(one_bit(bits), splat(1.0), splat(power))
    top = splat(-np.inf)
    for k in range(n_states):
        square, norm = splat(0.0), splat(0.0)
        for d in range(n_features):
            value = load(features, (row, d))
            z = (value - splat(gauss[MEAN, k, d])) * splat(gauss[SCALE, k, d])
            there = present(value)
            square = select(there, fma(-z, z, square), square)
            norm = select(there, norm + splat(gauss[NORM, k, d]), norm)
        total = square + norm
        total = total * power
        top = select(has_bit(possible, k) & (total > top), total, top)
        store(rows, (at, n_states + k), total)
    for k in range(n_states):
        value = _exp(load(rows, (at, n_states + k)) - top)
        store(rows, (at, n_states + k), select(has_bit(possible, k), value, splat(0.0)))
    return top


@_inner
def _advance(
    source: Floats,
    before: int,
    target: Floats,
    after: int,
    rows: Floats,
    emitted: int,
    first: bool,
    chain: Floats,
) -> Lanes:
    """Filter one step from ``source[before]`` to ``target[after]``; return the scale.

    Before the first step the source is (1, 0, …), so that the first row of ``chain`` applies.
    """
    n_states = chain.shape[1]
    skip = 0 if first else 1
    total = splat(0.0)
    for j in range(n_states):
        weight = load(source, (before, 0)) * splat(chain[skip, j])
        for i in range(1, n_states):
            weight = fma(load(source, (before, i)), splat(chain[skip + i, j]), weight)
        weight = weight * load(rows, (emitted, n_states + j))
        store(target, (after, j), weight)
        total = total + weight
    inverse = splat(1.0) / total
    for j in range(n_states):
        store(target, (after, j), load(target, (after, j)) * inverse)
    store(rows, (emitted, 2 * n_states), inverse)
    return total


@_inner
def _count(tally: Floats, top: Lanes, total: Lanes) -> None:
    """Add log(total) + top to the log-likelihood: a sum, a significand and a power of two."""
    store(tally, (SHIFT,), load(tally, (SHIFT,)) + top)
    product = load(tally, (PRODUCT,)) * total
    store(tally, (PRODUCT,), significand(product))
    store(tally, (POWER,), load(tally, (POWER,)) + exponent(product))


@_inner
def _log_likelihood(tally: Floats, lane: int) -> float:
    """Return what was counted in one lane, in nats."""
    return tally[SHIFT, lane] + np.log(tally[PRODUCT, lane]) + tally[POWER, lane] * _LN2


@_inner
def _pack_features(
    data: Blocks, block: int, start: int, stop: int, target: Floats, base: int
) -> None:
    """Copy steps start … stop of a block's sequences to rows of lanes, NaN past their ends."""
    for lane in range(LANES):
        sequence = data.lanes[block, lane]
        first = data.offsets[sequence]
        length = data.offsets[sequence + 1] - first
        for t in range(start, stop):
            for d in range(data.features.shape[1]):
                value = data.features[first + t, d] - data.center[d] if t < length else np.nan
                target[base + t - start, d, lane] = value


@_inner
def _pack_words(
    words: Ints, data: Blocks, block: int, start: int, stop: int, target: Floats, base: int
) -> None:
    """Copy the sets of possible states likewise, all states past the ends."""
    for lane in range(LANES):
        sequence = data.lanes[block, lane]
        first = data.offsets[sequence]
        length = data.offsets[sequence + 1] - first
        for t in range(start, stop):
            target[base + t - start, lane] = words[first + t] if t < length else ANY


@_inner
def _measure(offsets: Ints, lanes: Ints, block: int, tally: Floats) -> int:
    """Begin the tally of a block; return the length of its longest sequence."""
    longest = 0
    for lane in range(LANES):
        sequence = lanes[block, lane]
        length = offsets[sequence + 1] - offsets[sequence]
        tally[LENGTH, lane] = length
        longest = max(longest, length)
    store(tally, (SHIFT,), splat(0.0))
    store(tally, (PRODUCT,), splat(1.0))
    store(tally, (POWER,), splat(0.0))
    return longest


@_inner
def _longest(offsets: Ints, lanes: Ints, first: int, last: int) -> int:
    """Return the length of the longest sequence of some blocks."""
    longest = 1
    for block in range(first, last):
        for lane in range(LANES):
            sequence = lanes[block, lane]
            longest = max(longest, offsets[sequence + 1] - offsets[sequence])
    return longest


@_entry
def pack(first: int, last: int, data: Blocks) -> None:
    """Fill ``packed`` and ``packed_sets`` for some blocks."""
    for block in range(first, last):
        longest = 0
        for lane in range(LANES):
            sequence = data.lanes[block, lane]
            longest = max(longest, data.offsets[sequence + 1] - data.offsets[sequence])
        if data.rows[block] >= 0:
            _pack_features(data, block, 0, longest, data.packed, data.rows[block])
            if data.sets.shape[0]:
                _pack_words(data.sets, data, block, 0, longest, data.packed_sets, data.rows[block])


@_inner
def _startable(chain: Floats) -> int:
    """Return the bits of the states that a sequence can start in."""
    bits = 0
    for k in range(chain.shape[1]):
        if chain[0, k] > 0.0:
            bits |= 1 << k
    return bits


@_inner
def _fill(array: Floats, row: int, first: int, last: int, value: float) -> None:
    """Set a row of lanes at some columns."""
    for column in range(first, last):
        store(array, (row, column), splat(value))


@_inner
def _copy(source: Floats, before: int, target: Floats, after: int, n_columns: int) -> None:
    """Copy the first columns of a row of lanes."""
    for column in range(n_columns):
        store(target, (after, column), load(source, (before, column)))


@_inner
def _step_back(
    r: int, gamma: Floats, in_tile: int, active: Lanes, rows: Floats, sums: Floats, chain: Floats
) -> None:
    """Turn beta at a step into the posterior and beta one step before.

    The emission factors of the row become b beta / scale.
    """
    n_states = chain.shape[1]
    inverse = load(rows, (r, 2 * n_states))
    for j in range(n_states):
        beta = load(sums, (j, 0))
        posterior = load(rows, (r + 1, j)) * beta
        onward = load(rows, (r, n_states + j)) * (beta * inverse)
        store(gamma, (in_tile, j), select(active, posterior, splat(0.0)))
        store(rows, (r, n_states + j), select(active, onward, splat(0.0)))
    for i in range(n_states):
        beta = load(rows, (r, n_states)) * splat(chain[1 + i, 0])
        for j in range(1, n_states):
            beta = fma(load(rows, (r, n_states + j)), splat(chain[1 + i, j]), beta)
        store(sums, (i, 0), select(active, beta, splat(1.0)))


@_inner
def _sum_transitions(first: int, last: int, rows: Floats, sums: Floats) -> None:
    """Add alpha(t - 1) times b beta / scale (t) over rows; the probability itself comes later."""
    n_states = sums.shape[0]
    threes = n_states - n_states % 3
    for i in range(n_states):
        for j in range(0, threes, 3):
            one, two = load(sums, (i, 2 + j)), load(sums, (i, 3 + j))
            three, at = load(sums, (i, 4 + j)), n_states + j
            for r in range(first, last):
                alpha = load(rows, (r, i))
                one = fma(alpha, load(rows, (r, at)), one)
                two = fma(alpha, load(rows, (r, at + 1)), two)
                three = fma(alpha, load(rows, (r, at + 2)), three)
            store(sums, (i, 2 + j), one)
            store(sums, (i, 3 + j), two)
            store(sums, (i, 4 + j), three)
        for j in range(threes, n_states):
            one = load(sums, (i, 2 + j))
            for r in range(first, last):
                one = fma(load(rows, (r, i)), load(rows, (r, n_states + j)), one)
            store(sums, (i, 2 + j), one)


@_inner
def _add_moments(weight: Lanes, value: Lanes, count: Lanes, linear: Lanes, square: Lanes) -> Any:
    """Add a weight, the weight times x, and the weight times x squared."""
    product = weight * value
    return count + weight, linear + product, fma(product, value, square)


@_inner
def _sum_three(
    features: Floats, base: int, n_rows: int, d: int, k: int, gamma: Floats, sums: Floats
) -> None:
    """Add the moments of one emission in three states, which share its reading."""
    at = 2 + sums.shape[0] + 3 * d
    n0, x0, s0 = load(sums, (k, at)), load(sums, (k, at + 1)), load(sums, (k, at + 2))
    n1, x1, s1 = load(sums, (k + 1, at)), load(sums, (k + 1, at + 1)), load(sums, (k + 1, at + 2))
    n2, x2, s2 = load(sums, (k + 2, at)), load(sums, (k + 2, at + 1)), load(sums, (k + 2, at + 2))
    nothing = splat(0.0)
    for r in range(n_rows):
        value = load(features, (base + r, d))
        there = present(value)
        value = select(there, value, nothing)
        n0, x0, s0 = _add_moments(select(there, load(gamma, (r, k)), nothing), value, n0, x0, s0)
        n1, x1, s1 = _add_moments(
            select(there, load(gamma, (r, k + 1)), nothing), value, n1, x1, s1
        )
        n2, x2, s2 = _add_moments(
            select(there, load(gamma, (r, k + 2)), nothing), value, n2, x2, s2
        )
    store(sums, (k, at), n0)
    store(sums, (k, at + 1), x0)
    store(sums, (k, at + 2), s0)
    store(sums, (k + 1, at), n1)
    store(sums, (k + 1, at + 1), x1)
    store(sums, (k + 1, at + 2), s1)
    store(sums, (k + 2, at), n2)
    store(sums, (k + 2, at + 1), x2)
    store(sums, (k + 2, at + 2), s2)


@_inner
def _sum_one(
    features: Floats, base: int, n_rows: int, d: int, k: int, gamma: Floats, sums: Floats
) -> None:
    """Add the moments of one emission in one state."""
    at = 2 + sums.shape[0] + 3 * d
    n0, x0, s0 = load(sums, (k, at)), load(sums, (k, at + 1)), load(sums, (k, at + 2))
    for r in range(n_rows):
        value = load(features, (base + r, d))
        there = present(value)
        weight = select(there, load(gamma, (r, k)), splat(0.0))
        n0, x0, s0 = _add_moments(weight, select(there, value, splat(0.0)), n0, x0, s0)
    store(sums, (k, at), n0)
    store(sums, (k, at + 1), x0)
    store(sums, (k, at + 2), s0)


@_inner
def _sum_moments(features: Floats, base: int, n_rows: int, gamma: Floats, sums: Floats) -> None:
    """Add posterior, posterior times x and posterior times x squared over what is present."""
    n_states = sums.shape[0]
    threes = n_states - n_states % 3
    for d in range(features.shape[1]):
        for k in range(0, threes, 3):
            _sum_three(features, base, n_rows, d, k, gamma, sums)
        for k in range(threes, n_states):
            _sum_one(features, base, n_rows, d, k, gamma, sums)


@_inner
def _smooth_tile(
    sets: Ints,
    base: int,
    begin: int,
    end: int,
    start: int,
    power: float,
    rows: Floats,
    gamma: Floats,
    sums: Floats,
    tally: Floats,
    chain: Floats,
) -> None:
    """Smooth steps end … begin of a chunk that begins at step start."""
    n_states = chain.shape[1]
    for t in range(end - 1, begin - 1, -1):
        active = load(tally, (LENGTH,)) > splat(float(t))
        _step_back(t - start, gamma, t - begin, active, rows, sums, chain)
        if t == 0:
            for k in range(n_states):
                store(sums, (k, 1), load(gamma, (0, k)))
        bits = load(sets, (base + t,)) if sets.shape[0] else spread(ANY)
        weight = select(one_bit(bits), splat(1.0), splat(power))
        for k in range(n_states):
            store(gamma, (t - begin, k), load(gamma, (t - begin, k)) * weight)


@_inner
def _reduce_lanes(
    weights: Floats, block: int, chain: Floats, sums: Floats, tally: Floats, result: Floats
) -> None:
    """Add a block's lanes, each with the weight of its sequence, into one row of statistics."""
    n_states, n_columns = sums.shape[0], sums.shape[1]
    weight = load(weights, (block,))
    result[block, 0] = 0.0
    for lane in range(LANES):
        result[block, 0] += weights[block, lane] * _log_likelihood(tally, lane)
    at = 1
    for k in range(n_states):
        for column in range(1, n_columns):
            total = lane_sum(load(sums, (k, column)) * weight)
            if 2 <= column < 2 + n_states:
                total *= chain[1 + k, column - 2]
            result[block, at] = total
            at += 1


@_inner
def _e_block(
    block: int,
    data: Blocks,
    model: Model,
    power: float,
    rows: Floats,
    scratch: Floats,
    scratch_sets: Ints,
    gamma: Floats,
    sums: Floats,
    tally: Floats,
    result: Floats,
) -> None:
    """Run forward–backward on one block, chunk by chunk, and write its statistics."""
    chain, n_states, n_rows = model.chain, model.chain.shape[1], rows.shape[0] - 1
    any_sets = data.sets.shape[0] > 0
    longest = _measure(data.offsets, data.lanes, block, tally)
    for k in range(n_states):
        _fill(sums, k, 0, sums.shape[1], 0.0)
        store(sums, (k, 0), splat(1.0))
    _fill(rows, 0, 0, n_states, 0.0)
    store(rows, (0, 0), splat(1.0))
    n_chunks = (longest + n_rows - 1) // n_rows
    checkpoints = np.empty((n_chunks, n_states, LANES))
    features, sets, base = data.packed, data.packed_sets, data.rows[block]
    # Up to the last chunk, then down again: each chunk but the last is filtered twice.
    for visit in range(2 * n_chunks - 1):
        rising = visit < n_chunks
        chunk = visit if rising else 2 * n_chunks - 2 - visit
        start = chunk * n_rows
        stop = min(longest, start + n_rows)
        if data.rows[block] < 0:
            features, sets, base = scratch, scratch_sets, -start
            _pack_features(data, block, start, stop, scratch, 0)
            if any_sets:
                _pack_words(data.sets, data, block, start, stop, scratch_sets, 0)
        if rising:
            _copy(rows, 0, checkpoints, chunk, n_states)
        else:
            _copy(checkpoints, chunk, rows, 0, n_states)
        for t in range(start, stop):
            r = t - start
            bits = load(sets, (base + t,)) if any_sets else spread(ANY)
            possible = bits & spread(_startable(chain) if t == 0 else ANY)
            top = _emit(features, base + t, bits, possible, power, model.gauss, rows, r)
            total = _advance(rows, r, rows, r + 1, rows, r, t == 0, chain)
            # A step counts once, and not where the sequence has ended.
            counted = load(tally, (LENGTH,)) > splat(float(t) if rising else np.inf)
            _count(tally, select(counted, top, splat(0.0)), select(counted, total, splat(1.0)))
        if visit < n_chunks - 1:
            _copy(rows, n_rows, rows, 0, n_states)
        else:
            end = stop
            while end > start:
                begin = max(start, end - TILE)
                _smooth_tile(sets, base, begin, end, start, power, rows, gamma, sums, tally, chain)
                _sum_transitions(max(begin, 1) - start, end - start, rows, sums)
                _sum_moments(features, base + begin, end - begin, gamma, sums)
                end = begin
    _reduce_lanes(data.weights, block, chain, sums, tally, result)


@_inner
def _log_prior(chain: Floats, prior: Floats) -> float:
    """Log density of the Dirichlet pseudo-counts, but for its constant."""
    total = 0.0
    for i in range(chain.shape[0]):
        for j in range(chain.shape[1]):
            if prior[i, j] > 0.0:
                total += prior[i, j] * np.log(chain[i, j])
    return total


@_inner
def _derive(gauss: Floats) -> None:
    """Compute scales and norms from the variances."""
    for k in range(gauss.shape[1]):
        for d in range(gauss.shape[2]):
            gauss[SCALE, k, d] = 1.0 / np.sqrt(2.0 * gauss[VARIANCE, k, d])
            gauss[NORM, k, d] = -0.5 * np.log(2.0 * np.pi * gauss[VARIANCE, k, d])


@_inner
def _m_step(total: Floats, model: Model, rules: Rules) -> None:
    """Maximize the expected log-likelihood plus log prior (Panaggio et al. 2021, Eqs 1, 2)."""
    chain, gauss = model.chain, model.gauss
    n_states, n_features = gauss.shape[1], gauss.shape[2]
    stride = 1 + n_states + 3 * n_features
    for row in range(n_states + 1):
        # The start's counts are one column of the statistics, a transition's are in its state's.
        first, step = (1, stride) if row == 0 else (2 + (row - 1) * stride, 1)
        sum_of = 0.0
        for j in range(n_states):
            sum_of += total[first + j * step] + rules.chain_prior[row, j]
        for j in range(n_states):
            if sum_of > 0.0:
                chain[row, j] = (total[first + j * step] + rules.chain_prior[row, j]) / sum_of
    for k in range(n_states):
        at = 2 + n_states + k * stride
        for d in range(n_features):
            if total[at] > 0.0:
                mean = total[at + 1] / total[at]
                gauss[MEAN, k, d] = mean
                variance = total[at + 2] / total[at] - mean * mean
                gauss[VARIANCE, k, d] = max(variance, rules.variance_floor)
            at += 3
    _derive(gauss)


@_inner
def _conclude(
    iteration: int, statistics: Floats, total: Floats, model: Model, rules: Rules, path: Floats
) -> int:
    """Add up the blocks in order, note the objective, and update the model or stop."""
    for s in range(len(total)):
        total[s] = 0.0
        for block in range(statistics.shape[0]):
            total[s] += statistics[block, s]
    path[iteration] = total[0] + _log_prior(model.chain, rules.chain_prior)
    status = RUNNING
    if not np.isfinite(path[iteration]):
        status = IMPOSSIBLE
    elif iteration > 0 and path[iteration] - path[iteration - 1] < rules.tol:
        status = CONVERGED
    elif iteration == rules.n_iter:
        status = RAN_OUT
    else:
        _m_step(total, model, rules)
    return status


@_inner
def _is_sparse(chain: Floats) -> bool:
    """Tell whether a probability is too small for the scaled recursion to be exact."""
    for i in range(chain.shape[0]):
        for j in range(chain.shape[1]):
            if chain[i, j] < RARE and (i > 0 or chain[i, j] > 0.0):
                return True
    return False


@_entry
def derive(model: Model) -> None:
    """Compute what follows from the variances."""
    _derive(model.gauss)


@_entry
def conclude(
    iteration: int, statistics: Floats, total: Floats, model: Model, rules: Rules, path: Floats
) -> int:
    """End an iteration whose E step ran elsewhere; return its status."""
    return _conclude(iteration, statistics, total, model, rules, path)


@_entry
def run_em(
    first: int,
    last: int,
    iteration: int,
    alone: bool,
    data: Blocks,
    model: Model,
    rules: Rules,
    statistics: Floats,
    total: Floats,
    path: Floats,
) -> tuple[int, int]:
    """Run the E step of some blocks; when alone, whole iterations until EM stops.

    Returns the iteration reached and its status.
    """
    n_states, n_features = model.gauss.shape[1], model.gauss.shape[2]
    n_rows = min(CHUNK, _longest(data.offsets, data.lanes, first, last))
    rows = np.empty((n_rows + 1, 2 * n_states + 1, LANES))
    scratch = np.empty((n_rows, n_features, LANES))
    scratch_sets = np.empty((n_rows, LANES), np.int64)
    gamma = np.empty((TILE, n_states, LANES))
    sums = np.empty((n_states, 2 + n_states + 3 * n_features, LANES))
    tally = np.empty((4, LANES))
    while True:
        if _is_sparse(model.chain):
            return iteration, SPARSE
        for block in range(first, last):
            _e_block(
                block,
                data,
                model,
                rules.unlabeled_weight,
                rows,
                scratch,
                scratch_sets,
                gamma,
                sums,
                tally,
                statistics,
            )
        if not alone:
            return iteration, RUNNING
        status = _conclude(iteration, statistics, total, model, rules, path)
        if status != RUNNING:
            return iteration, status
        iteration += 1


@_inner
def _clamp(lag: Floats, known: Ints, row: int) -> None:
    """Put the filtered row 1 of ``lag`` into row 0, with the known class for certain."""
    bits = load(known, (row,)) if known.shape[0] else spread(ANY)
    for k in range(lag.shape[1]):
        certain = select(has_bit(bits, k), splat(1.0), splat(0.0))
        store(lag, (0, k), select(one_bit(bits), certain, load(lag, (1, k))))


@_inner
def _filter_step(
    t: int,
    origin: int,
    delay: int,
    known: Ints,
    started: bool,
    rows: Floats,
    lag: Floats,
    chain: Floats,
) -> Lanes:
    """Filter step t by what was observed until t and known until t - delay; return the scale.

    Row 0 of ``lag`` is the filter at t - delay, with all that is known until there.
    """
    first = max(0, t - delay + 1)
    total = _advance(lag, 0, lag, 1, rows, first - origin, first == 0 and not started, chain)
    if t - delay + 1 >= 0:
        _clamp(lag, known, first - origin)
    at = 1
    for s in range(first + 1, t + 1):
        total = _advance(lag, at, lag, 3 - at, rows, s - origin, False, chain)
        at = 3 - at
    _copy(lag, at, rows, t - origin + 1, chain.shape[1])
    return total


@_inner
def _smooth_step(r: int, active: Lanes, rows: Floats, beta: Floats, chain: Floats) -> None:
    """Turn a filtered row into the smoothed one, and beta into that of one step before.

    Beta is scaled by its own sum: with classes known the filter's scales are not those of the
    emissions alone.
    """
    n_states = chain.shape[1]
    total, mass = splat(0.0), splat(0.0)
    for j in range(n_states):
        posterior = load(rows, (r + 1, j)) * load(beta, (0, j))
        onward = load(rows, (r, n_states + j)) * load(beta, (0, j))
        store(rows, (r + 1, j), posterior)
        store(rows, (r, n_states + j), onward)
        total, mass = total + posterior, mass + onward
    inverse, scale = splat(1.0) / total, splat(1.0) / mass
    for i in range(n_states):
        store(rows, (r + 1, i), load(rows, (r + 1, i)) * inverse)
        value = load(rows, (r, n_states)) * splat(chain[1 + i, 0])
        for j in range(1, n_states):
            value = fma(load(rows, (r, n_states + j)), splat(chain[1 + i, j]), value)
        store(beta, (0, i), select(active, value * scale, splat(1.0)))


@_inner
def _unpack(
    data: Blocks, block: int, start: int, stop: int, rows: Floats, first_row: int, out: Floats
) -> None:
    """Copy rows of posteriors back to the steps of their sequences."""
    for lane in range(LANES):
        sequence = data.lanes[block, lane]
        first = data.offsets[sequence]
        length = data.offsets[sequence + 1] - first
        for t in range(start, min(stop, length)):
            for k in range(out.shape[1]):
                out[first + t, k] = rows[first_row + t - start, k, lane]


@_entry
def posteriors(
    first: int,
    last: int,
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
    """Filter or smooth the sequences of some blocks.

    ``known`` (n,) bits of the class known at each step, or (0,); ``carry`` (K,) the filter before
    the first step where ``started``, else (1, 0, …), and on return the filter of the first lane at
    the last step less ``delay``, all known until there.
    """
    chain, n_states, any_sets = model.chain, model.chain.shape[1], data.sets.shape[0] > 0
    n_rows = min(CHUNK, _longest(data.offsets, data.lanes, first, last))
    room = n_rows + delay
    rows = np.empty((room + 1, 2 * n_states + 1, LANES))
    features = np.empty((room, model.gauss.shape[2], LANES))
    sets = np.empty((room if any_sets else 0, LANES), np.int64)
    knowns = np.empty((room if known.shape[0] else 0, LANES), np.int64)
    lag, beta = np.empty((3, n_states, LANES)), np.empty((1, n_states, LANES))
    tally = np.empty((4, LANES))
    for block in range(first, last):
        longest = _measure(data.offsets, data.lanes, block, tally)
        for k in range(n_states):
            store(lag, (0, k), splat(carry[k]))
            store(beta, (0, k), splat(1.0))
        n_chunks = (longest + n_rows - 1) // n_rows
        checkpoints = np.empty((n_chunks, n_states, LANES))
        for visit in range(2 * n_chunks - 1 if smooth else n_chunks):
            rising, falling = visit < n_chunks, smooth and visit >= n_chunks - 1
            chunk = visit if rising else 2 * n_chunks - 2 - visit
            start = chunk * n_rows
            stop, origin = min(longest, start + n_rows), max(0, start - delay + 1)
            _pack_features(data, block, origin, stop, features, 0)
            if any_sets:
                _pack_words(data.sets, data, block, origin, stop, sets, 0)
            if known.shape[0]:
                _pack_words(known, data, block, origin, stop, knowns, 0)
            if rising:
                _copy(lag, 0, checkpoints, chunk, n_states)
            else:
                _copy(checkpoints, chunk, lag, 0, n_states)
            for t in range(origin, stop):
                r = t - origin
                bits = load(sets, (r,)) if any_sets else spread(ANY)
                fresh = t == 0 and not started
                possible = bits & spread(_startable(chain) if fresh else ANY)
                top = _emit(features, r, bits, possible, 1.0, model.gauss, rows, r)
                if t >= start:
                    total = _filter_step(t, origin, delay, knowns, started, rows, lag, chain)
                    counted = load(tally, (LENGTH,)) > splat(float(t) if rising else np.inf)
                    total = select(counted, total, splat(1.0))
                    _count(tally, select(counted, top, splat(0.0)), total)
            if falling:
                for t in range(stop - 1, start - 1, -1):
                    active = load(tally, (LENGTH,)) > splat(float(t))
                    _smooth_step(t - origin, active, rows, beta, chain)
            if falling or not smooth:
                _unpack(data, block, start, stop, rows, start - origin + 1, out)
        for lane in range(LANES):
            log_likelihoods[data.lanes[block, lane]] = _log_likelihood(tally, lane)
        for k in range(n_states):
            carry[k] = lag[0, k, 0] if last - first == 1 else carry[k]
