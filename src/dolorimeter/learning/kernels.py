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

LANES = 8  # sets of parameters side by side
TILE = 32  # trials kept in the first-level cache before they are written out

SIGNED, UNSIGNED, PEARCE_HALL, COUNTS = 0, 1, 2, 3
CODES = dict.fromkeys(("td", "rw", "hybrid", "dual-rate", "surprise"), SIGNED)
CODES |= {"pearce-hall": PEARCE_HALL, "valence-independent": UNSIGNED}
CODES |= {"beta-bernoulli": COUNTS, "transitions": COUNTS}

# Columns of settings, as in params: Numba's cache would not notice a change over there.
_RATE, _WORSE_RATE, _ASSOCIABILITY_RATE, _ASSOCIABILITY, _V0, _AVERAGE, _AVERAGE_RATE = range(7)
_LEAK, _PRIOR_HIGH, _PRIOR_LOW, _BY_TRIAL, _LOW, _HIGH = 0, 1, 2, 3, 4, 7

_entry = nb.njit(nogil=True, cache=True, error_model="numpy")
_inner = nb.njit(nogil=True, error_model="numpy")


@_inner
def _learn_values(
    code: Any, c: Any, r: Any, memory: Any, average: Any, settings: Any, tile: Any, row: Any
) -> None:
    """Write value, error and associability before the update to ``tile[:, row]``, then update."""
    for i in range(LANES):
        value, associability = memory[0, c, i], memory[1, c, i]
        reward = r - average[i]
        if code == UNSIGNED:
            reward = abs(reward)
        error = reward - value
        rate = settings[_RATE, i] if error > 0.0 else settings[_WORSE_RATE, i]
        drive = error
        if code == PEARCE_HALL and (
            (error > 0.0 and reward > 0.0) or (error < 0.0 and reward < 0.0)
        ):
            drive = reward
        tile[0, row, i], tile[1, row, i], tile[2, row, i] = value, error, associability
        memory[0, c, i] = value + rate * associability * drive
        eta = settings[_ASSOCIABILITY_RATE, i]
        memory[1, c, i] = eta * abs(error) + (1.0 - eta) * associability
        average[i] += settings[_AVERAGE_RATE, i] * (r - average[i])


@_inner
def _learn_counts(
    c: Any, r: Any, memory: Any, average: Any, settings: Any, tile: Any, row: Any
) -> None:
    """Write expected utility, error and weight of the next outcome, then count it."""
    for i in range(LANES):
        low, high = settings[_LOW, i], settings[_HIGH, i]
        keep = 1.0 - settings[_LEAK, i]
        better = settings[_PRIOR_HIGH, i] + memory[0, c, i]
        worse = settings[_PRIOR_LOW, i] + memory[1, c, i]
        reward = r - average[i]
        value = (better * high + worse * low) / (better + worse)
        counted = keep * (memory[0, c, i] + memory[1, c, i]) + 1.0
        tile[0, row, i], tile[1, row, i] = value, reward - value
        tile[2, row, i] = 1.0 / (settings[_PRIOR_HIGH, i] + settings[_PRIOR_LOW, i] + counted)
        if settings[_BY_TRIAL, i] != 0.0:
            for other in range(memory.shape[1]):
                if other != c:
                    memory[0, other, i] *= keep
                    memory[1, other, i] *= keep
        memory[0, c, i] = keep * memory[0, c, i] + (reward - low) / (high - low)
        memory[1, c, i] = keep * memory[1, c, i] + (high - reward) / (high - low)


@_inner
def _write(tile: Any, first_lane: Any, first_trial: Any, n_trials: Any, out: Any) -> None:
    """Copy a tile (quantities, trials, lanes) to ``out`` (quantities, parameter sets, trials)."""
    for q in range(out.shape[0]):
        for i in range(min(LANES, out.shape[1] - first_lane)):
            for t in range(n_trials):
                out[q, first_lane + i, first_trial + t] = tile[q, t, i]


@_inner
def _run(
    code: Any,
    cues: Any,
    utilities: Any,
    first: Any,
    last: Any,
    memory: Any,
    average: Any,
    settings: Any,
    tile: Any,
    lane: Any,
    out: Any,
) -> None:
    """Walk trials ``first`` to ``last`` with the sets of parameters that start at ``lane``."""
    for start in range(first, last, TILE):
        n_trials = min(TILE, last - start)
        for t in range(n_trials):
            c, r = cues[start + t], utilities[start + t]
            if code == COUNTS:
                _learn_counts(c, r, memory, average, settings, tile, t)
            else:
                _learn_values(code, c, r, memory, average, settings, tile, t)
        _write(tile, lane, start, n_trials, out)


@_inner
def _fill(settings: Any, lane: Any, lanes: Any) -> None:
    """Put LANES rows of settings into columns; a short block repeats its last row."""
    for i in range(LANES):
        row = min(lane + i, settings.shape[0] - 1)
        for column in range(settings.shape[1]):
            lanes[column, i] = settings[row, column]


@_inner
def _begin(code: Any, cue_start: Any, lanes: Any, memory: Any, average: Any) -> None:
    """Set the memory as it is before the first trial."""
    for i in range(LANES):
        average[i] = lanes[_AVERAGE, i]
        for c in range(memory.shape[1]):
            if code == COUNTS:
                memory[0, c, i], memory[1, c, i] = 0.0, 0.0
            else:
                memory[0, c, i] = lanes[_V0, i] + cue_start[c]
                memory[1, c, i] = lanes[_ASSOCIABILITY, i]


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
    tile = np.empty((3, TILE, LANES))
    for sequence in range(first, last):
        rows = settings[who[sequence]]
        for lane in range(0, rows.shape[0], LANES):
            _fill(rows, lane, lanes)
            _begin(code, cue_start, lanes, memory, average)
            begin, end = offsets[sequence], offsets[sequence + 1]
            _run(
                code, cues, utilities, begin, end, memory, average, lanes, tile, lane, out
            )  # fmt: skip


@_entry
def learn_step(
    code: int, cue: int, utility: float, memory: Floats, average: float, settings: Floats
) -> tuple[Floats, float]:
    """Learn one trial from ``memory`` (2, n_cues), which is changed in place.

    Returns value, outcome error and associability before the update (3,), and the new average.
    """
    lanes = np.empty((settings.shape[0], LANES))
    tile = np.empty((3, 1, LANES))
    wide = np.empty((2, memory.shape[1], LANES))
    averages = np.full(LANES, average)
    for i in range(LANES):
        lanes[:, i] = settings
        wide[:, :, i] = memory
    if code == COUNTS:
        _learn_counts(cue, utility, wide, averages, lanes, tile, 0)
    else:
        _learn_values(code, cue, utility, wide, averages, lanes, tile, 0)
    memory[:] = wide[:, :, 0]
    return tile[:, 0, 0].copy(), averages[0]
