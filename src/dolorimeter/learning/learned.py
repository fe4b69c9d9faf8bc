"""What a model says of each trial, under one set of parameters or under a grid of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import entr, xlogy

from dolorimeter.core import Trials

Floats = NDArray[np.float64]

COUNTING = ("beta-bernoulli", "transitions")
WITH_ASSOCIABILITY = ("pearce-hall", "hybrid", *COUNTING)
_NO_CUE_ERROR = ("rw", "transitions")


class GridLearned(NamedTuple):
    """What a model says of each trial under each set of parameters.

    Attributes
    ----------
    value : ndarray of shape (g, n_trials)
        Expected before the outcome.
    cue_error, outcome_error : ndarray of shape (g, n_trials)
        Prediction errors; 0 at the cue for models without an error there. Read-only where it is
        the value itself.
    associability : ndarray of shape (g, n_trials)
        Before the outcome; NaN for models without it.
    """

    value: Floats
    cue_error: Floats
    outcome_error: Floats
    associability: Floats


@dataclass(frozen=True, slots=True)
class Learned:
    """What a model says of each trial.

    Attributes
    ----------
    value : ndarray of shape (n_trials,)
        Expected utility before the outcome, less the average.
    cue_error, outcome_error : ndarray of shape (n_trials,)
        Prediction errors of appetitive sign; unsigned where the model has no sign.
    associability : ndarray of shape (n_trials,)
        How much the outcome will teach; NaN for models without it.
    probability : ndarray of shape (n_trials,)
        Of the better outcome, before it; NaN for models that learn no probability.
    surprise : ndarray of shape (n_trials,)
        -log2 of the probability of what happened, bits; NaN likewise.
    entropy : ndarray of shape (n_trials,)
        Of the outcome before it, bits; NaN likewise.
    """

    value: Floats
    cue_error: Floats
    outcome_error: Floats
    associability: Floats
    probability: Floats
    surprise: Floats
    entropy: Floats

    @property
    def appetitive_error(self) -> Floats:
        """Errors at cue and outcome with the sign of relief, (n_trials, 2)."""
        return np.column_stack([self.cue_error, self.outcome_error])

    @property
    def aversive_error(self) -> Floats:
        """Errors at cue and outcome with the sign of pain, (n_trials, 2)."""
        return -self.appetitive_error

    def attach(self, trials: Trials) -> Trials:
        """Return the trials with what the model says of them.

        Parameters
        ----------
        trials : Trials
            Those that were learned, in their order.

        Returns
        -------
        Trials
            With a quantity for each attribute that the model has (those all NaN are left out).
        """
        known = {field.name: getattr(self, field.name) for field in fields(self)}
        return trials.with_quantities(**{k: v for k, v in known.items() if not np.isnan(v).all()})


def name_quantities(name: str, out: Floats) -> GridLearned:
    """Name what a kernel wrote, and derive the quantities that cost no kernel.

    Parameters
    ----------
    name : str
        Of the model.
    out : ndarray of shape (q, g, n_trials)
        Value, outcome error and associability, or only the first one or two.

    Returns
    -------
    GridLearned
        NaN where a quantity is absent.
    """
    absent = np.broadcast_to(np.float64(np.nan), out.shape[1:])
    value = out[0]
    if len(out) == 1:
        return GridLearned(value, absent, absent, absent)
    error, cue_error = out[1], value.view()
    cue_error.flags.writeable = False
    if name in _NO_CUE_ERROR:
        cue_error = np.broadcast_to(np.float64(0.0), value.shape)
    if name == "surprise":
        cue_error, error = np.abs(value), np.abs(error)
    associability = out[2] if name in WITH_ASSOCIABILITY and len(out) > 2 else absent
    return GridLearned(value, cue_error, error, associability)


def learned_under(
    name: str, grid: GridLearned, parameters: Mapping[str, float], row: int = 0
) -> Learned:
    """Return what a model says under one set of parameters, with what follows from it.

    Parameters
    ----------
    name : str
        Of the model.
    grid : GridLearned
        Of one set of parameters or more.
    parameters : mapping of str to float
        That set; ``low`` and ``high`` matter, for models that learn a probability.
    row : int, default 0
        Which set of the grid it is.

    Returns
    -------
    Learned
        Arrays of its own, writable.
    """
    value, cue_error, outcome_error, associability = (quantity[row].copy() for quantity in grid)
    probability = surprise = entropy = np.full(len(value), np.nan)
    if name in COUNTING:
        low, high = parameters["low"], parameters["high"]
        probability = (value - low) / (high - low)
        better = np.clip((value + outcome_error - low) / (high - low), 0.0, 1.0)
        # An outcome halfway between the worse and the better counts half of each.
        nats = -(xlogy(better, probability) + xlogy(1.0 - better, 1.0 - probability))
        surprise = nats / np.log(2.0)
        entropy = (entr(probability) + entr(1.0 - probability)) / np.log(2.0)
    return Learned(
        value, cue_error, outcome_error, associability, probability, surprise.copy(), entropy.copy()
    )
