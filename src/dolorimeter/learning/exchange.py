"""What may be exchanged if a measure has nothing to do with a model's values.

Shuffling outcomes is no null: shuffled values share the acquisition curve, rising from 0 in every
order (science 2.3). So values stay as they are, and the measure is exchanged.

``"trials"``: the measure among trials of one subject and cue. Exact where the measure does not
drift and its trials are independent given the cue; a drift (practice, fatigue) may pass for
learning, so take it out (nuisance ``"trend"``) or use signs.

``"signs"``: the sign of each subject's whole profile of correlations. Exact where these lie
symmetrically about 0, whatever the dependence among trials; it asks, as the one-sample t does,
whether subjects agree, and needs at least six. A drift that subjects share passes here too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np

from dolorimeter.core import InputError, Trials, progress
from dolorimeter.core.containers import Floats, Ints

from .likelihoods import GaussianEvidence

Exchange = Literal["trials", "signs"]

_FEWEST_SIGNS = 6
WORDS = {
    "trials": "the measure among trials of one subject and cue",
    "signs": "the sign of each subject's correlations",
}


def null_profiles(
    evidence: GaussianEvidence,
    trials: Trials,
    points: Floats,
    permutations: int,
    exchange: Exchange,
    rng: np.random.Generator,
) -> Floats:
    """Return mean Fisher z on a grid after each exchange.

    Parameters
    ----------
    evidence : GaussianEvidence
        Measure and model.
    trials : Trials
        Sorted by subject, those of the evidence.
    points : ndarray of shape (g, k)
        Learning parameters.
    permutations : int
        Exchanges.
    exchange : str
        ``"trials"`` or ``"signs"``.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    ndarray of shape (permutations, g)
        The search is repeated by taking the best of each row.

    Raises
    ------
    InputError
        If the exchange is unknown, or there are too few subjects for signs.
    """
    if exchange not in WORDS:
        raise InputError("exchange", repr(exchange), f"one of {', '.join(WORDS)}")
    n_subjects = len(evidence.subjects)
    if exchange == "signs":
        if n_subjects < _FEWEST_SIGNS:
            rule = f"at least {_FEWEST_SIGNS} subjects to exchange signs"
            raise InputError("exchange", f"{n_subjects} subjects", rule, "Exchange trials.")
        signs = rng.choice([-1.0, 1.0], size=(permutations, n_subjects))
        return signs @ fisher_z(evidence.correlations(points)) / n_subjects
    total = np.zeros((permutations, len(points)))
    for x, y in progress(_subjects(evidence, trials, points, permutations, rng), "Exchanging"):
        total += fisher_z(y @ x.T)
    return total / n_subjects


def fisher_z(r: Floats) -> Floats:
    """Return the inverse hyperbolic tangent of correlations, kept finite at 1.

    Parameters
    ----------
    r : ndarray
        Correlations.

    Returns
    -------
    ndarray
        Of the same shape.
    """
    return np.asarray(np.arctanh(np.clip(r, -1 + 1e-12, 1 - 1e-12)))


def _subjects(
    evidence: GaussianEvidence, trials: Trials, points: Floats, draws: int, rng: np.random.Generator
) -> Iterator[tuple[Floats, Floats]]:
    """Yield, by subject, model (g, m) and exchanged measure (draws, m), each row of length 1."""
    seen = evidence.observations
    quantity = evidence.predictor.quantity(points)
    for start, stop in zip(seen.offsets[:-1], seen.offsets[1:], strict=True):
        basis, rows = seen.basis[start:stop], seen.rows[start:stop]
        x = quantity[:, rows]
        scale = np.linalg.norm(x, axis=1)
        x = x - (x @ basis) @ basis.T
        order = _shuffles(trials.cue[rows], draws, rng)
        y = seen.y[start:stop][order]
        y = y - (y @ basis) @ basis.T
        yield _unit(x, 1e-10 * scale), _unit(y, np.zeros(draws))


def _unit(rows: Floats, least: Floats) -> Floats:
    """Scale rows to length 1; those that are rounding alone become 0."""
    length = np.linalg.norm(rows, axis=1)
    usable = (length > least)[:, None]
    return np.divide(rows, length[:, None], out=np.zeros_like(rows), where=usable)


def _shuffles(cue: np.ndarray, draws: int, rng: np.random.Generator) -> Ints:
    """Return orders (draws, m) that keep each cue's trials among themselves."""
    order = np.empty((draws, len(cue)), np.int64)
    for name in np.unique(cue):
        own = np.flatnonzero(cue == name)
        order[:, own] = rng.permuted(np.tile(own, (draws, 1)), axis=1)
    return order
