"""How much a fit explains for its size, and how sure its parameters are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import InputError

from .params import HMMParameters

Floats = NDArray[np.float64]
Fit = Callable[[Floats], HMMParameters]


@dataclass(frozen=True, slots=True)
class StandardErrors:
    """Bootstrap standard errors, each in the unit of its parameter.

    Attributes
    ----------
    startprob : ndarray of shape (K,)
        Of the start.
    transmat : ndarray of shape (K, K)
        Of the transitions.
    means, variances : ndarray of shape (K, D)
        Of the emissions.
    n_bootstrap : int
        Resamples that they rest on.
    """

    startprob: Floats
    transmat: Floats
    means: Floats
    variances: Floats
    n_bootstrap: int


def aic(log_likelihood: float, n_free: int) -> float:
    """Akaike's information criterion (Akaike 1974): smaller is better.

    Parameters
    ----------
    log_likelihood : float
        At the fitted parameters, in nats.
    n_free : int
        Free parameters: 44 for the hidden Markov model with K = 3 and D = 6.

    Returns
    -------
    float
        2 n_free - 2 log-likelihood.
    """
    return 2.0 * n_free - 2.0 * log_likelihood


def bic(log_likelihood: float, n_free: int, n_observed: int) -> float:
    """Schwarz's information criterion (Schwarz 1978): smaller is better.

    Parameters
    ----------
    log_likelihood : float
        At the fitted parameters, in nats.
    n_free : int
        Free parameters.
    n_observed : int
        Steps at which something was observed. An empty step tells nothing and does not count.

    Returns
    -------
    float
        n_free log(n_observed) - 2 log-likelihood.
    """
    return n_free * float(np.log(n_observed)) - 2.0 * log_likelihood


def bootstrap_parameters(
    fit: Fit, groups: NDArray[np.int64], n_bootstrap: int, random_state: np.random.Generator
) -> StandardErrors:
    """Refit on resampled stays, or on whatever groups of them are independent.

    Parameters
    ----------
    fit : callable
        Takes how often each sequence counts, shape (n_sequences,), and returns the parameters. It
        should start from the parameters fitted to all, so that states keep their meaning.
    groups : ndarray of shape (n_sequences,)
        Sequences of one group (a patient) are drawn together.
    n_bootstrap : int
        Resamples, at least 2.
    random_state : numpy.random.Generator
        Draws the groups.

    Returns
    -------
    StandardErrors
        Standard deviations over the resamples.

    Raises
    ------
    InputError
        If there are fewer than two groups or resamples.
    """
    codes = np.unique(groups, return_inverse=True)[1]
    n_groups = int(codes.max()) + 1
    if n_groups < 2 or n_bootstrap < 2:
        found = f"{n_groups} groups and {n_bootstrap} resamples"
        raise InputError("bootstrap", found, "at least two of both")
    draws: dict[str, list[Floats]] = {}
    for _ in range(n_bootstrap):
        drawn = np.bincount(random_state.integers(n_groups, size=n_groups), minlength=n_groups)
        for name, array in fit(drawn[codes].astype(np.float64)).to_arrays().items():
            draws.setdefault(name, []).append(array)
    errors = {name: np.std(arrays, axis=0, ddof=1) for name, arrays in draws.items()}
    return StandardErrors(**errors, n_bootstrap=n_bootstrap)
