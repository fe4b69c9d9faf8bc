"""Orders of trials: counts kept exactly, runs balanced, no more repeats than allowed.

A trial type is a cue with its outcome. First each run gets its number of each type, then each run
is ordered. Where shuffling meets the limits on repeats often enough, all orders that meet them are
equally likely; where it does not, an order is drawn trial by trial, and never into a dead end that
the count of what is left betrays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import InputError
from dolorimeter.core.containers import Ints

SHUFFLES = 200
ATTEMPTS = 50  # at other numbers of each type in the runs
RESTARTS = 40  # of drawing trial by trial


@dataclass(frozen=True, slots=True)
class TrialTypes:
    """The k trial types of a task and the limits on repeats.

    Attributes
    ----------
    counts : ndarray of shape (k,), int64
        Trials of each type in the whole task.
    labels : ndarray of shape (2, k), int64
        Code of the cue, and of the outcome, of each type.
    limits : tuple of two ndarray of int64
        The most trials in a row for each code of cue, and of outcome.
    names : tuple of two tuple of str
        Names of the codes of cues, and of outcomes.
    """

    counts: Ints
    labels: Ints
    limits: tuple[Ints, Ints]
    names: tuple[tuple[str, ...], tuple[str, ...]]


def draw_order(
    types: TrialTypes, n_runs: int, balance: str, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Draw an order of trials.

    Parameters
    ----------
    types : TrialTypes
        Trial types with their counts.
    n_runs : int
        Number of runs; repeats do not count over a break.
    balance : {"task", "cues", "run"}
        What is equal in all runs, see ``OrderRules``.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    types : ndarray of shape (n_trials,), int64
        Code of the type of each trial.
    runs : ndarray of shape (n_trials,), int64
        Run of each trial, from 0.

    Raises
    ------
    InputError
        If the limits on repeats cannot be met, with what would do.
    """
    trouble: InputError | None = None
    for _ in range(ATTEMPTS):
        counts = _share_out(types, n_runs, balance, rng)
        found = [_order_run(types, row, run, rng) for run, row in enumerate(counts)]
        errors = [item for item in found if isinstance(item, InputError)]
        if not errors:
            orders = [item for item in found if not isinstance(item, InputError)]
            sizes = [len(order) for order in orders]
            return np.concatenate(orders), np.repeat(np.arange(n_runs), sizes)
        trouble = errors[0]
    assert trouble is not None
    raise trouble


def breaks_limit(orders: Ints, types: TrialTypes) -> NDArray[np.bool_]:
    """Tell which orders of one run repeat a cue or an outcome too often.

    Parameters
    ----------
    orders : ndarray of shape (g, n), int64
        Codes of types, one order a row.
    types : TrialTypes
        With the limits.

    Returns
    -------
    ndarray of shape (g,), bool
        True where a limit is broken.
    """
    broken = np.zeros(len(orders), dtype=bool)
    for labels, limits in zip(types.labels, types.limits, strict=True):
        shown = labels[orders]
        for code, limit in enumerate(limits):
            if limit < shown.shape[1]:
                ends = np.cumsum(np.pad(shown == code, ((0, 0), (1, 0))), axis=1)
                in_a_row = ends[:, limit + 1 :] - ends[:, : -(limit + 1)]
                broken |= (in_a_row > limit).any(axis=1)
    return broken


def _share_out(types: TrialTypes, n_runs: int, balance: str, rng: np.random.Generator) -> Ints:
    """Number of trials of each type in each run, shape (n_runs, k)."""
    everything = np.repeat(np.arange(len(types.counts)), types.counts)
    if balance == "task":
        parts = np.array_split(rng.permutation(everything), n_runs)
        return np.array([np.bincount(part, minlength=len(types.counts)) for part in parts])
    shared = np.zeros((n_runs, len(types.counts)), dtype=np.int64)
    for cue in range(len(types.names[0])):
        of_cue = np.flatnonzero(types.labels[0] == cue)
        room = _even(int(types.counts[of_cue].sum()), shared.sum(axis=1), rng)
        if balance == "run":
            for kind in of_cue:
                shared[:, kind] = types.counts[kind] * room // types.counts[of_cue].sum()
        left = np.repeat(of_cue, types.counts[of_cue] - shared[:, of_cue].sum(axis=0))
        runs = np.repeat(np.arange(n_runs), room - shared[:, of_cue].sum(axis=1))
        np.add.at(shared, (runs, rng.permutation(left)), 1)
    return shared


def _even(count: int, sizes: Ints, rng: np.random.Generator) -> Ints:
    """Split a count over runs, what is left over going to the runs with the fewest trials."""
    room = np.full(len(sizes), count // len(sizes))
    emptiest = np.lexsort((rng.random(len(sizes)), sizes))
    room[emptiest[: count % len(sizes)]] += 1
    return room


def _order_run(
    types: TrialTypes, counts: Ints, run: int, rng: np.random.Generator
) -> Ints | InputError:
    """Return an order of one run that keeps the limits, or why there is none."""
    impossible = _impossible(types, counts, run)
    if impossible is not None:
        return impossible
    everything = np.repeat(np.arange(len(counts)), counts)
    free = all((limits >= len(everything)).all() for limits in types.limits)
    shuffled = rng.permuted(np.tile(everything, (1 if free else SHUFFLES, 1)), axis=1)
    kept = np.flatnonzero(~breaks_limit(shuffled, types))
    if len(kept):
        return shuffled[kept[0]]
    for _ in range(RESTARTS):
        order = _trial_by_trial(types, counts, rng)
        if order is not None:
            return order
    found = f"no order of run {run + 1} found that keeps all limits on repeats"
    remedy = "Allow more repeats of cues or of outcomes; together they may leave no order."
    return InputError("order", found, "limits that can be kept together", remedy)


def _impossible(types: TrialTypes, counts: Ints, run: int) -> InputError | None:
    """n trials of a kind fit between o others, at most m in a row, only if n <= m (o + 1)."""
    total = int(counts.sum())
    for which, labels, limits, names in zip(
        ("cue", "outcome"), types.labels, types.limits, types.names, strict=True
    ):
        for code, limit in enumerate(limits):
            number = int(counts[labels == code].sum())
            others = total - number
            if number > limit * (others + 1):
                needed = -(-number // (others + 1))
                return InputError(
                    f"order, {which}_repeats",
                    f"at most {limit} in a row of {names[code]!r}, "
                    f"which run {run + 1} has {number} times among {others} other trials",
                    f"{needed} or more there",
                    f"Or have at most {limit * (others + 1)} of them, or fewer runs.",
                )
    return None


def _trial_by_trial(types: TrialTypes, counts: Ints, rng: np.random.Generator) -> Ints | None:
    """Draw types in proportion to what is left, only where the rest can still be placed."""
    left, order = counts.copy(), np.empty(counts.sum(), dtype=np.int64)
    row = [(-1, 0), (-1, 0)]  # the last cue and outcome, and how often in a row
    for place in range(len(order)):
        good = [kind for kind in np.flatnonzero(left) if _can_follow(types, left, row, int(kind))]
        if not good:
            return None
        weights = left[good] / left[good].sum()
        kind = int(rng.choice(good, p=weights))
        left[kind] -= 1
        order[place] = kind
        row = _extended(types, row, kind)
    return order


def _extended(types: TrialTypes, row: list[tuple[int, int]], kind: int) -> list[tuple[int, int]]:
    codes = types.labels[:, kind]
    return [
        (int(code), length + 1 if code == last else 1)
        for code, (last, length) in zip(codes, row, strict=True)
    ]


def _can_follow(types: TrialTypes, left: Ints, row: list[tuple[int, int]], kind: int) -> bool:
    """Whether a type may come next, and no cue or outcome would be left with too few others."""
    after = left.copy()
    after[kind] -= 1
    rest = int(after.sum())
    sides = zip(types.labels, types.limits, _extended(types, row, kind), strict=True)
    for labels, limits, (code, length) in sides:
        if length > limits[code]:
            return False
        numbers = np.bincount(labels, weights=after, minlength=len(limits))
        # What is left of this kind fits after it too, since it fitted with this trial among it.
        if (numbers > limits * (rest - numbers + 1)).any():
            return False
    return True
