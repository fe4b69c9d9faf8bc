"""The course of one simulated stay: hidden class, charting rounds, pain scores, doses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dolorimeter.core.containers import Floats, Ints

from .simulate_truth import CohortParameters


@dataclass(frozen=True, slots=True)
class Course:
    """The charting rounds of one stay.

    Attributes
    ----------
    hours : ndarray of shape (n_rounds,)
        Times from the start of the stay, to the minute.
    clock : ndarray of shape (n_rounds,)
        Hour of the day.
    classes : ndarray of shape (n_rounds,), int64
        Hidden class.
    scores : ndarray of shape (n_rounds,)
        Pain score, NaN where none was given.
    level : ndarray of shape (n_rounds,)
        Medication in effect, in doses.
    doses : ndarray of shape (n_doses,)
        Times of medication in hours from the start of the stay.
    """

    hours: Floats
    clock: Floats
    classes: Ints
    scores: Floats
    level: Floats
    doses: Floats


def draw_path(rng: np.random.Generator, parameters: CohortParameters, hours: float) -> Ints:
    """Draw the hidden class at each step of the grid, by its jumps in continuous time.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of randomness.
    parameters : CohortParameters
        Rates of change and step of the grid.
    hours : float
        Duration of the stay.

    Returns
    -------
    ndarray of shape (n_steps,), int64
        Class from each step to the next.
    """
    rates = np.array(parameters.rates)
    path = np.empty(int(np.ceil(hours / parameters.grid)), dtype=np.int64)
    state, time, start = int(rng.choice(len(rates), p=parameters.startprob)), 0.0, 0
    while start < len(path):
        time += rng.exponential(-1 / rates[state, state])
        end = int(np.ceil(time / parameters.grid))
        path[start:end] = state
        leave = np.maximum(rates[state], 0)
        state, start = int(rng.choice(len(rates), p=leave / leave.sum())), end
    return path


def draw_course(
    rng: np.random.Generator,
    parameters: CohortParameters,
    signal: float,
    duration: float,
    clock_at_start: float,
    path: Ints,
) -> Course:
    """Draw the rounds of one stay, its pain scores and its doses.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of randomness; what is drawn does not depend on the signal, only what follows.
    parameters : CohortParameters
        Rounds, sleep, scores and doses.
    signal : float
        Up to 1, how far sleep depends on pain.
    duration : float
        Of the stay, hours.
    clock_at_start : float
        Hour of the day at which the stay starts.
    path : ndarray of shape (n_steps,)
        Hidden class at each step of the grid.

    Returns
    -------
    Course
        What happened.
    """
    hours = _draw_rounds(rng, parameters, duration)
    clock = (clock_at_start + hours) % 24
    classes = path[np.minimum((hours / parameters.grid).astype(int), len(path) - 1)]
    night_start, night_end = parameters.night
    # Only as far as there is a signal may sleep, and so the gaps, depend on pain.
    by_class = np.array(parameters.asleep_by_class)[classes]
    asleep = parameters.asleep + min(signal, 1.0) * (by_class - parameters.asleep)
    at_night = (clock >= night_start) | (clock < night_end)
    asked = rng.random(len(hours)) < parameters.pain_charted
    awake = ~at_night | (rng.random(len(hours)) >= asleep)
    scores = np.where(asked & awake, _draw_scores(rng, parameters, classes), np.nan)
    doses = _draw_doses(rng, parameters, hours, scores)
    doses = doses[doses <= duration]
    since = hours[:, None] - doses
    level = np.where(since >= 0, np.exp(-np.maximum(since, 0) / parameters.dose_decay), 0.0)
    return Course(hours, clock, classes, scores, level.sum(axis=1), doses)


def _draw_rounds(rng: np.random.Generator, parameters: CohortParameters, duration: float) -> Floats:
    """Draw the times of charting rounds, none during an absence, to the minute."""
    shape, mean = parameters.round_shape, parameters.round_interval
    # Twice the expected number and some: running out before the end is beyond ten deviations.
    gaps = rng.gamma(shape, mean / shape, int(2 * duration / mean) + 20)
    hours = np.floor(np.cumsum(gaps) * 60) / 60
    hours = hours[hours <= duration]
    n_absences = rng.poisson(duration / parameters.absence_interval)
    away = rng.uniform(0, duration, n_absences)
    back = away + rng.uniform(*parameters.absence, n_absences)
    absent = (hours[:, None] >= away) & (hours[:, None] < back)
    return hours[~absent.any(axis=1)]


def _draw_scores(rng: np.random.Generator, parameters: CohortParameters, classes: Ints) -> Floats:
    """Draw a score at each round, often the same as before while the class stays."""
    lowest, highest = np.array(parameters.scores).T
    # One uniform each, whatever the class: `integers` would use up more of the source for some.
    span = highest[classes] - lowest[classes] + 1
    fresh = lowest[classes] + np.floor(rng.random(len(classes)) * span)
    repeats = rng.random(len(classes)) < parameters.score_persistence
    repeats &= np.diff(classes, prepend=-1) == 0
    drawn_at = np.maximum.accumulate(np.where(repeats, 0, np.arange(len(classes))))
    return fresh[drawn_at]


def _draw_doses(
    rng: np.random.Generator, parameters: CohortParameters, hours: Floats, scores: Floats
) -> Floats:
    """Draw the times of doses: after high scores, not too close."""
    highest = [high for _, high in parameters.scores]
    classes = np.searchsorted(highest, np.nan_to_num(scores))
    probability = np.where(np.isnan(scores), 0.0, np.array(parameters.dose_probability)[classes])
    wanted = hours[rng.random(len(hours)) < probability]
    doses: list[float] = []
    for hour in wanted:
        if not doses or hour - doses[-1] >= parameters.dose_interval:
            doses.append(hour)
    return np.array(doses, dtype=float) + parameters.dose_delay
