"""From trials to events: when, how long, and with what weight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dolorimeter.core import InputError, Trials
from dolorimeter.core.containers import Floats, Ints
from dolorimeter.samples.arguments import hint

from .regressors import Regressor


class NothingToModel(InputError):
    """A regressor has no event in a run, or a modulator that does not vary over them."""


class _Recipe(NamedTuple):
    """What a modulator reads at each time point, and what it does with it."""

    cue: str
    outcome: str
    sign: float = 1.0
    absolute: bool = False


_ERRORS = ("cue_error", "outcome_error")
MODULATORS: Mapping[str, _Recipe] = {
    "appetitive_error": _Recipe(*_ERRORS),
    "aversive_error": _Recipe(*_ERRORS, sign=-1.0),
    "absolute_error": _Recipe(*_ERRORS, absolute=True),
    "absolute_value": _Recipe("value", "value", absolute=True),
}
_FLAT = 1e-12  # of the largest weight; a spread below it is rounding


@dataclass(frozen=True, slots=True)
class Events:
    """The events of one regressor in one run, trial by trial, cue before outcome.

    Attributes
    ----------
    onsets, durations : ndarray of shape (n_events,), float64
        Seconds from the start of the run.
    amplitudes : ndarray of shape (n_events,), float64
        Weights: 1 without a modulator, else the modulator, centered where that is asked.
    trials : ndarray of shape (n_events,), int64
        Which trial each event belongs to.
    times : ndarray of shape (n_events,), str
        ``"cue"`` or ``"outcome"``.
    """

    onsets: Floats
    durations: Floats
    amplitudes: Floats
    trials: Ints
    times: NDArray[np.str_]

    def __len__(self) -> int:
        """Return the number of events."""
        return len(self.onsets)


def place_of(trials: Trials) -> tuple[str, str]:
    """Return whose trials these are and of which run.

    Parameters
    ----------
    trials : Trials
        Of one run of one subject.

    Returns
    -------
    tuple of str
        Subject and run.

    Raises
    ------
    InputError
        If they are of several.
    """
    places = sorted(set(zip(trials.subject.tolist(), trials.run.tolist(), strict=True)))
    if len(places) > 1:
        found = f"{len(places)} runs, such as {places[0]} and {places[1]}"
        raise InputError("trials", found, "trials of one run of one subject")
    return places[0]


def events_of(regressor: Regressor, trials: Trials) -> Events:
    """Find the events of a regressor and weigh them.

    Parameters
    ----------
    regressor : Regressor
        What to look for.
    trials : Trials
        Of one run of one subject, with the quantities that the modulator needs.

    Returns
    -------
    Events
        At least one.

    Raises
    ------
    NothingToModel
        If there is no event, or the modulator does not vary over them (an InputError too).
    InputError
        If an onset or a weight is unknown (NaN), or the modulator's name is; the message names run,
        regressor and trial.
    """
    events = unweighted_events(regressor, trials)
    if regressor.modulator is None:
        return events
    given = {**trials.measures, **trials.quantities}
    weights = weigh(regressor, trials, events, given)
    return Events(events.onsets, events.durations, weights, events.trials, events.times)


def unweighted_events(regressor: Regressor, trials: Trials) -> Events:
    """Find the events of a regressor, whatever its modulator says.

    Parameters
    ----------
    regressor : Regressor
        What to look for.
    trials : Trials
        Of one run of one subject.

    Returns
    -------
    Events
        With amplitudes of 1.

    Raises
    ------
    NothingToModel
        If there is no event.
    InputError
        If an onset is unknown, or a duration unknown or negative.
    """
    where = name_place(regressor, trials)
    chosen = _chosen(where, regressor, trials)
    rows = np.repeat(np.flatnonzero(chosen), len(regressor.at))
    times = np.tile([t for t in ("cue", "outcome") if t in regressor.at], int(chosen.sum()))
    onsets = np.where(times == "cue", trials.onset[rows], trials.outcome_onset[rows])
    _refuse(~np.isfinite(onsets), where, rows, times, onsets, "onset", "seconds in the run")
    if regressor.duration == "trial":
        durations = trials.outcome_onset[rows] - onsets
        bad = ~(durations >= 0)
        _refuse(bad, where, rows, times, durations, "duration", "an outcome after the cue")
    else:
        durations = np.full(len(rows), float(regressor.duration))
    return Events(onsets, durations, np.ones(len(rows)), rows, times)


def weigh(
    regressor: Regressor, trials: Trials, events: Events, given: Mapping[str, ArrayLike]
) -> Floats:
    """Weigh events with what models say of their trials.

    Parameters
    ----------
    regressor : Regressor
        With a modulator.
    trials : Trials
        The run.
    events : Events
        Of that regressor in these trials.
    given : mapping of str to array-like of shape (…, n_trials)
        Quantities and measures by name; leading axes hold several models, and broadcast.

    Returns
    -------
    ndarray of shape (…, n_events)
        Weights, centered over the events where the regressor says so.

    Raises
    ------
    NothingToModel
        If the modulator is the same for all events (not centered: 0).
    InputError
        If what the modulator needs is missing or NaN.
    """
    where = name_place(regressor, trials)
    recipe = _recipe(where, regressor, given)
    parts = [np.asarray(given[name], dtype=np.float64)[..., events.trials] for name in recipe[:2]]
    raw = np.where(events.times == "cue", *parts)
    needed = np.where(events.times == "cue", *recipe[:2])
    worst = raw.sum(axis=tuple(range(raw.ndim - 1)))  # NaN where any model has NaN
    _refuse(
        ~np.isfinite(worst), where, events.trials, needed, worst, "modulator", "a finite number"
    )
    weights = recipe.sign * (np.abs(raw) if recipe.absolute else raw) + 0.0
    _refuse_constant(where, regressor, weights)
    return weights - weights.mean(axis=-1, keepdims=True) if regressor.center else weights


def name_place(regressor: Regressor, trials: Trials) -> str:
    """Name run and regressor, for messages.

    Parameters
    ----------
    regressor : Regressor
        At fault.
    trials : Trials
        Of one run of one subject.

    Returns
    -------
    str
        Such as ``"sub-01, run 1, regressor 'error_A'"``.

    Raises
    ------
    InputError
        If the trials are of several runs.
    """
    subject, run = place_of(trials)
    parts = (subject, f"run {run!r}" if run else "", f"regressor {regressor.name!r}")
    return ", ".join(part for part in parts if part)


def _chosen(where: str, regressor: Regressor, trials: Trials) -> NDArray[np.bool_]:
    chosen = np.ones(len(trials), dtype=bool)
    for what, wanted in (("cue", regressor.cues), ("outcome", regressor.outcomes)):
        if wanted:
            chosen &= np.isin(getattr(trials, what), wanted)
    if not chosen.any():
        there = [f"{what}s {_listed(getattr(trials, what))}" for what in ("cue", "outcome")]
        found = f"no event; the run has {there[0]} and {there[1]}"
        remedy = 'With missing="skip" a run goes without the columns that it has no events for.'
        raise NothingToModel(where, found, "at least one trial of its cues and outcomes", remedy)
    return chosen


def _listed(words: NDArray[np.str_]) -> str:
    return ", ".join(repr(word) for word in sorted(set(words.tolist()))[:6])


def _recipe(where: str, regressor: Regressor, given: Mapping[str, ArrayLike]) -> _Recipe:
    """Return what the modulator reads; built-in names come first."""
    name = str(regressor.modulator)
    recipe = MODULATORS.get(name, _Recipe(name, name))
    needed = [recipe.cue] * ("cue" in regressor.at) + [recipe.outcome] * ("outcome" in regressor.at)
    for quantity in needed:
        if quantity not in given:
            names = [*MODULATORS, *given]
            found = f"modulator {name!r}"
            found += f" needs {quantity!r}, which the trials lack" if name in MODULATORS else ""
            rule = f"one of {', '.join(dict.fromkeys(names))}"
            raise InputError(where, found, rule, hint(quantity, given))
    there = [quantity for quantity in recipe[:2] if quantity in given]
    return recipe._replace(
        cue=recipe.cue if recipe.cue in given else there[0],
        outcome=recipe.outcome if recipe.outcome in given else there[0],
    )


def _refuse(
    bad: NDArray[np.bool_],
    where: str,
    rows: Ints,
    times: NDArray[np.str_],
    values: Floats,
    what: str,
    rule: str,
) -> None:
    if bad.any():
        i = int(np.flatnonzero(bad)[0])
        place = f"{where}, trial {rows[i]}"
        raise InputError(place, f"{what} ({times[i]}) is {values[i]:g}", rule)


def _refuse_constant(where: str, regressor: Regressor, weights: Floats) -> None:
    """A weight that never varies says nothing beyond the events, or nothing at all."""
    largest = np.abs(weights).max(axis=-1)
    flat = np.ptp(weights, axis=-1) <= _FLAT * np.maximum(largest, 1e-300)
    if not regressor.center:
        flat &= largest == 0
    if flat.any():
        value = weights[flat].flat[0] if weights.ndim > 1 else weights[0]
        found = f"modulator {regressor.modulator!r} is {value:g} at all {weights.shape[-1]} events"
        remedy = "Leave it out, or declare the events without a modulator."
        raise NothingToModel(where, found, "a modulator that varies over its events", remedy)
