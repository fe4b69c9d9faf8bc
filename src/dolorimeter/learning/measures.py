"""What is measured on each trial, brought to one scale for all subjects (science 2.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import InputError, Trials
from dolorimeter.core.containers import Floats, Ints

from .gamma_scores import fit_gamma

Transform = Literal["gamma", "standardize", "none"]
Regressor = Literal["magnitude", "value", "associability", "surprise"]
Bools = NDArray[np.bool_]

TRANSFORMS = ("gamma", "standardize", "none")
REGRESSORS = ("magnitude", "value", "associability", "surprise")


@dataclass(frozen=True, slots=True)
class Measure:
    """How a measure is brought to one scale, and which quantity of a model it should follow.

    Attributes
    ----------
    name : str
        Key in ``Trials.measures``.
    transform : str
        ``"gamma"`` (normal score of the gamma distribution, for times), ``"standardize"`` (less
        the subject's mean, over the subject's deviation) or ``"none"``.
    regressor : str
        ``"magnitude"`` (of the cue's value), ``"value"`` (signed), ``"associability"``, or
        ``"surprise"`` (magnitude of the error at the outcome).
    scale : tuple of float, optional
        Least and greatest possible rating; others are refused.
    """

    name: str
    transform: Transform = "standardize"
    regressor: Regressor = "magnitude"
    scale: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        for field, known in (("transform", TRANSFORMS), ("regressor", REGRESSORS)):
            given = getattr(self, field)
            if given not in known:
                where = f"{field} of measure {self.name}"
                raise InputError(where, repr(given), f"one of {', '.join(known)}")


MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        "rt": Measure("rt", "gamma"),
        "heart-rate": Measure("heart-rate"),
        "skin-conductance": Measure("skin-conductance"),
        "pupil": Measure("pupil"),
        "pain": Measure("pain", regressor="value"),
        "unpleasantness": Measure("unpleasantness", regressor="value"),
        "pleasantness": Measure("pleasantness", regressor="value"),
    }
)


def transform_measure(
    trials: Trials, measure: str | Measure, train: Bools | None = None
) -> tuple[Floats, Measure]:
    """Bring one measure of all subjects to one scale.

    Parameters
    ----------
    trials : Trials
        With the measure.
    measure : str or Measure
        A name in ``MEASURES``, any other name in ``trials.measures`` (then standardized and held
        against the magnitude of the value), or a Measure.
    train : ndarray of shape (n_trials,), bool, optional
        Trials on which the transform is fitted; by default all. It is applied to all.

    Returns
    -------
    values : ndarray of shape (n_trials,)
        NaN where missing.
    measure : Measure
        What was done.

    Raises
    ------
    InputError
        If there is no such measure, a rating lies outside its scale, or a subject has no data or
        no variation on the training trials.
    """
    chosen = find_measure(measure)
    if chosen.name not in trials.measures:
        rule = f"one of {', '.join(trials.measures) or 'no measure'}"
        raise InputError("measure", repr(chosen.name), rule)
    raw = np.asarray(trials.measures[chosen.name], np.float64)
    _check_scale(raw, chosen, trials)
    names, index = subject_index(trials)
    seen = raw if train is None else np.where(train, raw, np.nan)
    if chosen.transform == "gamma":
        _check_times(raw, chosen, trials)
        return fit_gamma(seen, index, names).normal_scores(raw, index), chosen
    if chosen.transform == "standardize":
        return _standardize(raw, seen, index, names, chosen.name), chosen
    return raw, chosen


def find_measure(measure: str | Measure) -> Measure:
    """Return how a measure is treated.

    Parameters
    ----------
    measure : str or Measure
        A name, or the treatment itself.

    Returns
    -------
    Measure
        As given, as listed in ``MEASURES``, or the default under that name.
    """
    if isinstance(measure, Measure):
        return measure
    return MEASURES.get(measure, Measure(measure))


def subject_index(trials: Trials) -> tuple[tuple[str, ...], Ints]:
    """Return the subjects in order of appearance, and whose each trial is.

    Parameters
    ----------
    trials : Trials
        Of one or more subjects.

    Returns
    -------
    names : tuple of str
        Each subject once.
    index : ndarray of shape (n_trials,), int64
        Place in ``names``.
    """
    found, first, inverse = np.unique(trials.subject, return_index=True, return_inverse=True)
    order = np.argsort(first)
    place = np.empty(len(found), np.int64)
    place[order] = np.arange(len(found))
    return tuple(str(name) for name in found[order]), place[inverse]


def neutral_trials(trials: Trials) -> Bools:
    """Mark the trials of cues that are never followed by anything: their value is 0.

    Parameters
    ----------
    trials : Trials
        With utilities.

    Returns
    -------
    ndarray of shape (n_trials,), bool
        All False where the task has one cue or none.
    """
    cues = np.unique(trials.cue)
    never = [cue for cue in cues if not trials.utility[trials.cue == cue].any()]
    if len(never) == len(cues):
        return np.zeros(len(trials), bool)
    return np.isin(trials.cue, never)


def _standardize(raw: Floats, seen: Floats, index: Ints, names: tuple[str, ...], of: str) -> Floats:
    scores = np.empty_like(raw)
    for place, name in enumerate(names):
        own = index == place
        known = seen[own & np.isfinite(seen)]
        if len(known) < 2 or np.ptp(known) == 0:
            found = f"{len(known)} values" if len(known) < 2 else "the same value on each trial"
            remedy = "Leave the subject out, or the measure."
            raise InputError(f"{of} of subject {name}", found, "values that vary", remedy)
        scores[own] = (raw[own] - known.mean()) / known.std()
    return scores


def _check_scale(raw: Floats, measure: Measure, trials: Trials) -> None:
    if measure.scale is None:
        return
    low, high = measure.scale
    outside = np.flatnonzero((raw < low) | (raw > high))
    if len(outside):
        row = int(outside[0])
        where = f"{measure.name}, trial {row} of subject {trials.subject[row]}"
        raise InputError(where, f"{raw[row]:g}", f"a rating from {low:g} to {high:g}")


def _check_times(raw: Floats, measure: Measure, trials: Trials) -> None:
    wrong = np.flatnonzero(raw <= 0)
    if len(wrong):
        row = int(wrong[0])
        where = f"{measure.name}, trial {row} of subject {trials.subject[row]}"
        remedy = "Mark missed responses as missing."
        raise InputError(where, f"{raw[row]:g} s", "a time above 0", remedy)
