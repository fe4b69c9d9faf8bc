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

N_SETTINGS = 8
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
def _learn_values(code: Any, r: Any, kept: Any, settings: Any, said: Any, n: Any) -> None:
    """Write value, error and associability before the update to ``said``, then update ``kept``."""
    for i in range(n):
        value, associability = kept[0, i], kept[1, i]
        better, worse = settings[_RATE, i], settings[_WORSE_RATE, i]
        average, eta = settings[_AVERAGE, i], settings[_ASSOCIABILITY_RATE, i]
        reward = r - average
        if code == UNSIGNED:
            reward = abs(reward)
        error = reward - value
        drive = error
        if code == PEARCE_HALL:
            # Signs are compared, not multiplied: a product of small numbers would vanish.
            further = (error > 0.0) & (reward > 0.0) | (error < 0.0) & (reward < 0.0)
            drive = reward if further else error
        said[0, i], said[1, i], said[2, i] = value, error, associability
        kept[0, i] = value + (better if error > 0.0 else worse) * associability * drive
        kept[1, i] = eta * abs(error) + (1.0 - eta) * associability
        settings[_AVERAGE, i] = average + settings[_AVERAGE_RATE, i] * (r - average)


@_inner
def _learn_counts(r: Any, kept: Any, settings: Any, said: Any, n: Any) -> None:
    """Write expected utility, error and weight of the next outcome to ``said``, then count it."""
    for i in range(n):
        low, high = settings[_LOW, i], settings[_HIGH, i]
        keep = 1.0 - settings[_LEAK, i]
        prior_high, prior_low = settings[_PRIOR_HIGH, i], settings[_PRIOR_LOW, i]
        n_high, n_low = kept[0, i], kept[1, i]
        reward = r - settings[_AVERAGE, i]
        better, worse = prior_high + n_high, prior_low + n_low
        value = (better * high + worse * low) / (better + worse)
        counted = keep * (n_high + n_low) + 1.0
        said[0, i], said[1, i] = value, reward - value
        said[2, i] = 1.0 / (prior_high + prior_low + counted)
        share = (reward - low) / (high - low)
        kept[0, i] = keep * n_high + share
        kept[1, i] = keep * n_low + (1.0 - share)


@_inner
def _count(c: Any, r: Any, memory: Any, settings: Any, said: Any, n: Any) -> None:
    """Learn one trial from counts; those of other rows leak too where they do at every trial."""
    _learn_counts(r, memory[c], settings, said, n)
    if settings[_BY_TRIAL, 0] != 0.0:
        for other in range(memory.shape[0]):
            if other != c:
                for q in range(2):
                    for i in range(n):
                        memory[other, q, i] *= 1.0 - settings[_LEAK, i]


@_inner
def _begin(
    code: Any, rows: Any, lane: Any, n: Any, cue_start: Any, settings: Any, memory: Any
) -> None:
    """Put ``n`` rows of settings into columns, and the memory as before the first trial."""
    for i in range(n):
        for column in range(N_SETTINGS):
            settings[column, i] = rows[lane + i, column]
        for c in range(len(cue_start)):
            if code == COUNTS:
                memory[c, 0, i], memory[c, 1, i] = 0.0, 0.0
            else:
                memory[c, 0, i] = settings[_V0, i] + cue_start[c]
                memory[c, 1, i] = settings[_ASSOCIABILITY, i]


@_inner
def _write(tile: Any, lane: Any, n: Any, first: Any, n_trials: Any, out: Any) -> None:
    """Copy a tile (trials, quantities, lanes) to ``out`` (quantities, parameter sets, trials)."""
    for q in range(out.shape[0]):
        for i in range(n):
            row, column = out[q, lane + i, first : first + n_trials], tile[:, q, i]
            for t in range(n_trials):
                row[t] = column[t]


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
    memory = np.empty((len(cue_start), 2, LANES))
    lanes = np.empty((N_SETTINGS, LANES))
    tile = np.empty((TILE, 3, LANES))
    for sequence in range(first, last):
        rows = settings[who[sequence]]
        end = offsets[sequence + 1]
        for lane in range(0, rows.shape[0], LANES):
            n = min(LANES, rows.shape[0] - lane)
            _begin(code, rows, lane, n, cue_start, lanes, memory)
            for start in range(offsets[sequence], end, TILE):
                n_trials = min(TILE, end - start)
                if code == COUNTS:
                    for t in range(n_trials):
                        c, r = cues[start + t], utilities[start + t]
                        _count(c, r, memory, lanes, tile[t], n)
                else:
                    for t in range(n_trials):
                        c, r = cues[start + t], utilities[start + t]
                        _learn_values(code, r, memory[c], lanes, tile[t], n)
                _write(tile, lane, n, start, n_trials, out)


@_entry
def learn_step(code: int, cue: int, utility: float, memory: Floats, settings: Floats) -> Floats:
    """Learn one trial; ``memory`` (n_cues, 2, 1) and the average in ``settings`` are changed.

    ``settings`` (8, 1). Returns value, outcome error and associability before the update, (3, 1).
    """
    said = np.empty((3, 1))
    if code == COUNTS:
        _count(cue, utility, memory, settings, said, 1)
    else:
        _learn_values(code, utility, memory[cue], settings, said, 1)
    return said
