"""Models of value once more, as functions that JAX can differentiate (science 2.2).

The kernels stay the reference: this is the same rule on the same trials, arranged for gradients.
Rewards less their average do not depend on what is learned, and a cue's value only on the cue's own
trials, so that each learner and cue is a sequence of its own beside all others.

Pearce–Hall's rule jumps where an error changes its sign, and so does its likelihood: chains may get
stuck between jumps, above all on weak data. The diagnostics then say so.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints

from . import kernels
from .params import (
    ASSOCIABILITY,
    ASSOCIABILITY_RATE,
    AVERAGE,
    AVERAGE_RATE,
    RATE,
    V0,
    WORSE_RATE,
)
from .predictors import Predictor
from .reading import EncodedTrials

DIFFERENTIABLE = tuple(name for name, code in kernels.CODES.items() if code != kernels.COUNTS)


@dataclass(frozen=True, slots=True)
class CueSequences:
    """Trials of each learner and cue, side by side.

    Attributes
    ----------
    rewards : ndarray of shape (n_steps, n_sequences)
        Utilities less the average, as learned from; 0 after a sequence's end.
    start : ndarray of shape (n_sequences,)
        Value before the first trial.
    subject : ndarray of shape (n_sequences,), int64
        Whose it is.
    step, sequence : ndarray of shape (n_trials,), int64
        Where each trial, sorted by subject, stands in ``rewards``.
    """

    rewards: Floats
    start: Floats
    subject: Ints
    step: Ints
    sequence: Ints


def load_samplers() -> tuple[Any, Any]:
    """Import JAX and NumPyro, which nothing else here needs.

    Returns
    -------
    jax, numpyro : module
        The libraries.

    Raises
    ------
    InputError
        If the extra is not installed.
    """
    try:
        return importlib.import_module("jax"), importlib.import_module("numpyro")
    except ImportError as error:
        remedy = 'Install it with pip install "dolorimeter[bayes]".'
        raise InputError("numpyro", "not installed", "the extra 'bayes'", remedy) from error


def require_differentiable(model: str) -> None:
    """Refuse a model that is not among those of value.

    Parameters
    ----------
    model : str
        Name.

    Raises
    ------
    InputError
        If it learns by counting.
    """
    if model not in DIFFERENTIABLE:
        rule = f"for full Bayes one of {', '.join(DIFFERENTIABLE)}"
        raise InputError("model", repr(model), rule, "Fit it by likelihood.")


def make_recursion(predictor: Predictor) -> Callable[[Any], Any]:
    """Return the quantity of a model as a function that can be differentiated.

    Parameters
    ----------
    predictor : Predictor
        Model, trials, and what is fixed.

    Returns
    -------
    callable
        Takes free parameters (n_subjects, k) and gives the quantity on all trials, (n_trials,),
        sorted by subject: what ``predictor.quantity`` gives for one set a subject.

    Raises
    ------
    InputError
        If the model learns by counting, or the extra is not installed.
    """
    form = predictor.form
    require_differentiable(form.name)
    jax, _ = load_samplers()
    names = [spec.name for spec in predictor.free]
    values = [spec.default for spec in predictor.free]
    told = np.array([*values, *predictor.fixed.values()])
    settings = form.settings(told, [*names, *predictor.fixed])
    code = kernels.CODES[form.name]
    laid = lay_out(predictor.encoded, settings, predictor.v0, code == kernels.UNSIGNED)
    place = {column: i for i, spec in enumerate(predictor.free) for column in spec.columns}
    wanted = {"associability": 2, "surprise": 1}.get(predictor.regressor, 0)
    unsigned = predictor.regressor in ("magnitude", "surprise")

    def quantity(parameters: Any) -> Any:
        own = jax.numpy.asarray(parameters)[laid.subject]
        told = [own[:, place[c]] if c in place else settings[c] for c in range(len(settings))]
        found = _learn(jax, code, laid, told)[wanted][laid.step, laid.sequence]
        return jax.numpy.abs(found) if unsigned else found

    return quantity


def _learn(jax: Any, code: int, laid: CueSequences, told: list[Any]) -> Any:
    """Value, outcome error and associability before each update, (n_steps, n_sequences) each."""
    where = jax.numpy.where

    def step(kept: Any, reward: Any) -> Any:
        value, associability = kept
        error = reward - value
        drive = error
        if code == kernels.PEARCE_HALL:
            further = ((error > 0) & (reward > 0)) | ((error < 0) & (reward < 0))
            drive = where(further, reward, error)
        rate = where(error > 0, told[RATE], told[WORSE_RATE])
        eta = told[ASSOCIABILITY_RATE]
        after = eta * abs(error) + (1.0 - eta) * associability
        return (value + rate * associability * drive, after), (value, error, associability)

    start = jax.numpy.asarray(laid.start)
    begun = (start, jax.numpy.broadcast_to(told[ASSOCIABILITY], start.shape).astype(start.dtype))
    return jax.lax.scan(step, begun, jax.numpy.asarray(laid.rewards))[1]


def lay_out(
    encoded: EncodedTrials, settings: Floats, v0: Any = None, unsigned: bool = False
) -> CueSequences:
    """Lay trials out by learner and cue.

    Parameters
    ----------
    encoded : EncodedTrials
        Sorted by subject.
    settings : ndarray of shape (8,)
        Of which the average, its rate and the starting value are read.
    v0 : mapping of str to float, optional
        Added to the starting value of the cues named.
    unsigned : bool, default False
        Whether relief and exacerbation count alike.

    Returns
    -------
    CueSequences
        Of all learners.
    """
    n_trials, n_cues = len(encoded), len(encoded.cue_names)
    learner = np.repeat(np.arange(len(encoded.who)), np.diff(encoded.offsets))
    kinds, sequence = np.unique(learner * n_cues + encoded.cues, return_inverse=True)
    order = np.argsort(sequence, kind="stable")
    lengths = np.bincount(sequence)
    step = np.empty(n_trials, np.int64)
    step[order] = np.arange(n_trials) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    reward = _less_average(encoded, settings[AVERAGE], settings[AVERAGE_RATE])
    rewards = np.zeros((lengths.max(), len(kinds)))
    rewards[step, sequence] = np.abs(reward) if unsigned else reward
    added = np.array([(v0 or {}).get(name, 0.0) for name in encoded.cue_names])
    start = settings[V0] + added[kinds % n_cues]
    subject = encoded.who[kinds // n_cues]
    return CueSequences(rewards, start, subject, step, sequence.astype(np.int64))


def _less_average(encoded: EncodedTrials, average: float, rate: float) -> Floats:
    """Return utilities less the average before each trial, which follows utilities alone."""
    less = encoded.utilities - average
    if rate == 0.0:
        return less
    for first, last in zip(encoded.offsets[:-1], encoded.offsets[1:], strict=True):
        mean = average
        for t in range(first, last):
            less[t] = encoded.utilities[t] - mean
            mean += rate * less[t]
    return less
