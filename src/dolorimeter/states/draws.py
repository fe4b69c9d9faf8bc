"""Drawing sequences from a hidden Markov model."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .params import HMMParameters

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def draw(
    parameters: HMMParameters, offsets: Ints, random_state: np.random.Generator
) -> tuple[Floats, Ints]:
    """Draw states and emissions.

    Parameters
    ----------
    parameters : HMMParameters
        The model.
    offsets : ndarray of shape (n_sequences + 1,)
        Where each sequence starts, and the end.
    random_state : numpy.random.Generator
        Makes the draws.

    Returns
    -------
    features : ndarray of shape (n, D)
        Emissions, nothing missing.
    states : ndarray of shape (n,), int64
        The path through each sequence.
    """
    n_steps, lengths = int(offsets[-1]), np.diff(offsets)
    uniform = random_state.random(n_steps)
    states = np.empty(n_steps, dtype=np.int64)
    starts, rows = np.cumsum(parameters.startprob), np.cumsum(parameters.transmat, axis=1)
    for t in range(int(lengths.max())):
        at = offsets[:-1][lengths > t] + t
        thresholds = rows[states[at - 1]] if t else starts
        chosen = (uniform[at, None] >= thresholds).sum(axis=1)
        states[at] = np.minimum(chosen, parameters.n_states - 1)
    noise = random_state.standard_normal((n_steps, parameters.n_features))
    return parameters.means[states] + np.sqrt(parameters.variances[states]) * noise, states


def generator(random_state: Any) -> np.random.Generator:
    """Make a generator of whatever scikit-learn accepts as ``random_state``.

    Parameters
    ----------
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        A seed, or something that draws.

    Returns
    -------
    numpy.random.Generator
        The same one, if it was one.
    """
    if isinstance(random_state, np.random.RandomState):
        return np.random.default_rng(random_state.randint(2**31, size=4))
    return np.random.default_rng(random_state)
