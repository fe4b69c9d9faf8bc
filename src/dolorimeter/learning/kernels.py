"""Learning rules over whole sequences, with sets of parameters side by side (science 2.2).

One rule of values serves six models, since their terms switch off exactly (a rate of associability
of 0 leaves an associability of 1 at 1), and one rule of counts serves the Bayesian learners. Sets
of parameters fill the lanes of vector registers; trials follow each other. A single step is the
same kernel on one trial, so that it agrees with a sequence to the last bit.
"""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LANES = 32  # sets of parameters side by side
TILE = 32  # trials kept in the first-level cache before they are written out

SIGNED, UNSIGNED, PEARCE_HALL, COUNTS = 0, 1, 2, 3
CODES = dict.fromkeys(("td", "rw", "hybrid", "dual-rate", "surprise"), SIGNED)
CODES |= {"pearce-hall": PEARCE_HALL, "valence-independent": UNSIGNED}
CODES |= {"beta-bernoulli": COUNTS, "transitions": COUNTS}

# Columns of settings, as in params: Numba's cache would not notice a change over there.
_RATE, _WORSE_RATE, _ASSOCIABILITY_RATE, _ASSOCIABILITY, _V0, _AVERAGE, _AVERAGE_RATE = range(7)
_LEAK, _PRIOR_HIGH, _PRIOR_LOW, _BY_TRIAL, _LOW, _HIGH = 0, 1, 2, 3, 4, 7

_entry = nb.njit(nogil=True, cache=True, error_model="numpy")
# Inlined before references are counted: otherwise each view costs more than the arithmetic.
_inner = nb.njit(nogil=True, error_model="numpy", forceinline=True)


@_inner
def _learn_values(
    code: Any,
    r: Any,
    value: Any,
    associability: Any,
    average: Any,
    settings: Any,
    said: Any,
    n: Any,
) -> None:
    """Write value, error and associability before the update to ``said``, then update."""
    for i in range(n):
        v, k = value[i], associability[i]
        reward = r - average[i]
        if code == UNSIGNED:
            reward = abs(reward)
        error = reward - v
        rate = settings[_RATE, i] if error > 0.0 else settings[_WORSE_RATE, i]
        drive = error
        if code == PEARCE_HALL:
            # Signs are compared, not multiplied: a product of small numbers would vanish.
            further = (error > 0.0) & (reward > 0.0) | (error < 0.0) & (reward < 0.0)
            drive = reward if further else error
        said[0, i], said[1, i], said[2, i] = v, error, k
        value[i] = v + rate * k * drive
        eta = settings[_ASSOCIABILITY_RATE, i]
        associability[i] = eta * abs(error) + (1.0 - eta) * k
        average[i] += settings[_AVERAGE_RATE, i] * (r - average[i])


@_inner
def _learn_counts(
    r: Any, betters: Any, worses: Any, average: Any, settings: Any, said: Any, n: Any
) -> None:
    """Write expected utility, error and weight of the next outcome to ``said``, then count it."""
    for i in range(n):
        low, high = settings[_LOW, i], settings[_HIGH, i]
        keep = 1.0 - settings[_LEAK, i]
        better = settings[_PRIOR_HIGH, i] + betters[i]
        worse = settings[_PRIOR_LOW, i] + worses[i]
        reward = r - average[i]
        v = (better * high + worse * low) / (better + worse)
        counted = keep * (betters[i] + worses[i]) + 1.0
        said[0, i], said[1, i] = v, reward - v
        said[2, i] = 1.0 / (settings[_PRIOR_HIGH, i] + settings[_PRIOR_LOW, i] + counted)
        betters[i] = keep * betters[i] + (reward - low) / (high - low)
        worses[i] = keep * worses[i] + (high - reward) / (high - low)


@_inner
def _leak_others(c: Any, memory: Any, settings: Any, n: Any) -> None:
    """Let the counts of the other rows leak, where they leak at every trial."""
    for other in range(memory.shape[1]):
        if other != c:
            for i in range(n):
                keep = 1.0 - settings[_BY_TRIAL, i] * settings[_LEAK, i]
                memory[0, other, i] *= keep
                memory[1, other, i] *= keep


@_inner
def _count(c: Any, r: Any, memory: Any, average: Any, settings: Any, said: Any, n: Any) -> None:
    """Learn one trial from counts, with what it does to the other rows."""
    _learn_counts(r, memory[0, c], memory[1, c], average, settings, said, n)
    if settings[_BY_TRIAL, 0] != 0.0:
        _leak_others(c, memory, settings, n)


@_inner
def _begin(
    code: Any, rows: Any, lane: Any, n: Any, cue_start: Any, lanes: Any, memory: Any
) -> None:
    """Put ``n`` rows of settings into columns, and the memory as before the first trial."""
    for i in range(n):
        for column in range(rows.shape[1]):
            lanes[column, i] = rows[lane + i, column]
        for c in range(memory.shape[1]):
            if code == COUNTS:
                memory[0, c, i], memory[1, c, i] = 0.0, 0.0
            else:
                memory[0, c, i] = lanes[_V0, i] + cue_start[c]
                memory[1, c, i] = lanes[_ASSOCIABILITY, i]


@_inner
def _write(tile: Any, lane: Any, n: Any, first: Any, n_trials: Any, out: Any) -> None:
    """Copy a tile (trials, quantities, lanes) to ``out`` (quantities, parameter sets, trials)."""
    for q in range(out.shape[0]):
        for i in range(n):
            for t in range(n_trials):
                out[q, lane + i, first + t] = tile[t, q, i]


@_entry
def learn_sequences(
    code: Any,
    cues: Ints,
    utilities: Floats,
    offsets: Ints,
    who: Ints,
    settings: Floats,
    cue_start: Floats,
    first: int,
    last: int,
    out: Floats,
) -> None:
    """Learn sequences ``first`` to ``last``, each anew, under every set of parameters.

    ``cues`` (n,) codes into ``cue_start`` (n_cues,), which is added to the starting value;
    ``utilities`` (n,); ``offsets`` (m + 1,); ``who`` (m,) the row of ``settings`` (s, g, 8) that a
    sequence obeys; ``out`` (q, g, n): value, then outcome error, then associability, q of them.
    """
    memory = np.empty((2, len(cue_start), LANES))
    average = np.empty(LANES)
    lanes = np.empty((settings.shape[2], LANES))
    tile = np.empty((TILE, 3, LANES))
    for sequence in range(first, last):
        rows = settings[who[sequence]]
        end = offsets[sequence + 1]
        for lane in range(0, rows.shape[0], LANES):
            n = min(LANES, rows.shape[0] - lane)
            _begin(code, rows, lane, n, cue_start, lanes, memory)
            average[:n] = lanes[_AVERAGE, :n]
            for start in range(offsets[sequence], end, TILE):
                n_trials = min(TILE, end - start)
                if code == COUNTS:
                    for t in range(n_trials):
                        c, r = cues[start + t], utilities[start + t]
                        _count(c, r, memory, average, lanes, tile[t], n)
                else:
                    for t in range(n_trials):
                        c, r = cues[start + t], utilities[start + t]
                        v, k = memory[0, c], memory[1, c]
                        _learn_values(code, r, v, k, average, lanes, tile[t], n)
                _write(tile, lane, n, start, n_trials, out)


@_entry
def learn_step(
    code: int, cue: int, utility: float, memory: Floats, average: Floats, settings: Floats
) -> Floats:
    """Learn one trial; ``memory`` (2, n_cues, 1) and ``average`` (1,) are changed in place.

    ``settings`` (8, 1). Returns value, outcome error and associability before the update, (3, 1).
    """
    said = np.empty((3, 1))
    if code == COUNTS:
        _count(cue, utility, memory, average, settings, said, 1)
    else:
        value, k = memory[0, cue], memory[1, cue]
        _learn_values(code, utility, value, k, average, settings, said, 1)
    return said
