"""Which events a design leaves without a column, so that responses to them pass for a modulator.

A parametric modulator less its mean says how a response varies; the response itself needs a column.
Where events of some kind have none (omissions, say), their common response goes to the modulator
that differs between them and others, and a modulator without a column of its own events is biased.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dolorimeter.core import Trials
from dolorimeter.core.containers import Floats

from .events import NothingToModel, unweighted_events
from .regressors import TIMES, Regressor

_LEFT = 1e-8  # of a length; below it events are held by the columns


def uncovered(
    regressors: Sequence[Regressor], trials: Trials
) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """Find what responses could be taken for each modulator.

    Parameters
    ----------
    regressors : sequence of Regressor
        Of the design.
    trials : Trials
        Of one run.

    Returns
    -------
    events : dict of str to tuple of str
        For each modulator the kinds of events among its own that no column holds, such as
        ``"outcome none"``; empty where there is none.
    biased : tuple of str
        Modulators, less their means, whose own events no columns hold together: their effects come
        back wrong in size.

    Notes
    -----
    Events count, not their durations or the response: an event of each cue and each outcome of a
    trial is one row, a regressor without a modulator one column, and what is held is their span.
    """
    plain = [_indicator(r, trials) for r in regressors if r.modulator is None]
    basis = _basis(plain, 2 * len(trials))
    found: dict[str, tuple[str, ...]] = {}
    biased = []
    for regressor in regressors:
        if regressor.modulator is None:
            continue
        own = _indicator(regressor, trials)
        kinds = _kinds(trials)
        missing = [n for n, k in kinds.items() if (k * own).any() and not _held(k, basis)]
        found[regressor.name] = tuple(missing)
        if regressor.center and not _held(own, basis):
            biased.append(regressor.name)
    return found, tuple(biased)


def coverage_warnings(
    events: Mapping[str, Sequence[str]], biased: Sequence[str]
) -> tuple[str, ...]:
    """Say what :func:`uncovered` found.

    Parameters
    ----------
    events : mapping of str to sequence of str
        By modulator.
    biased : sequence of str
        Modulators.

    Returns
    -------
    tuple of str
        One sentence for each kind of event without a column, and one for biased modulators.
    """
    kinds = dict.fromkeys(kind for missing in events.values() for kind in missing)
    said = []
    for kind in kinds:
        names = ", ".join(name for name, missing in events.items() if kind in missing)
        said.append(
            f"No column holds the events '{kind}': a response to them would be taken for {names}. "
            "Declare a regressor without a modulator for them."
        )
    if biased:
        said.append(
            f"{', '.join(biased)}: no column holds just these events, so that the modulator less "
            "its mean does not come back in its full size. Declare a regressor with the same "
            "events and no modulator."
        )
    return tuple(said)


def _indicator(regressor: Regressor, trials: Trials) -> Floats:
    """Mark the events of a regressor: cues of all trials first, then outcomes."""
    marked = np.zeros((2, len(trials)))
    try:
        events = unweighted_events(regressor, trials)
    except NothingToModel:
        return marked.ravel()
    times = np.array([TIMES.index(str(time)) for time in events.times])
    marked[times, events.trials] = 1.0
    return marked.ravel()


def _kinds(trials: Trials) -> dict[str, Floats]:
    """Name the kinds of events: the cue, and each outcome."""
    n = len(trials)
    kinds = {"cue": np.concatenate([np.ones(n), np.zeros(n)])}
    for outcome in dict.fromkeys(trials.outcome.tolist()):
        marked = np.concatenate([np.zeros(n), (trials.outcome == outcome).astype(np.float64)])
        kinds[f"outcome {outcome}"] = marked
    return kinds


def _basis(columns: Sequence[Floats], n: int) -> Floats:
    if not columns:
        return np.zeros((n, 0))
    left, sizes, _ = np.linalg.svd(np.stack(columns, axis=1), full_matrices=False)
    return left[:, sizes > 1e-10 * max(sizes[0], 1.0)]


def _held(vector: Floats, basis: Floats) -> bool:
    rest = vector - basis @ (basis.T @ vector)
    return bool(np.linalg.norm(rest) <= _LEFT * max(float(np.linalg.norm(vector)), 1.0))
