"""Filtering where a class becomes known some steps late, in a batch and one step at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dolorimeter.core import InputError

from .kalman import Normal, filter_forward, predict, update
from .linear_gaussian import Information, Ints, StateSpaceParameters, together


def filter_delayed(
    offsets: Ints,
    vitals: Information,
    reports: Information,
    delay: int,
    parameters: StateSpaceParameters,
) -> Normal:
    """Filter on vitals up to each step t and on classes up to t - delay.

    Parameters
    ----------
    offsets : ndarray of shape (n_sequences + 1,)
        Where sequences start.
    vitals, reports : Information
        Of all steps.
    delay : int
        Steps after which a class is known.
    parameters : StateSpaceParameters
        The model.

    Returns
    -------
    Normal
        The level at each step.
    """
    _, now = filter_forward(vitals, offsets, parameters)
    _, settled = filter_forward(together(vitals, reports), offsets, parameters)
    place = np.arange(offsets[-1]) - np.repeat(offsets[:-1], np.diff(offsets))
    rows = np.flatnonzero(place >= delay)
    late = Normal(settled.mean[rows - delay], settled.variance[rows - delay])
    for behind in range(delay - 1, -1, -1):
        here = Information(vitals.precision[rows - behind], vitals.weighted[rows - behind])
        late = update(predict(late, parameters), here)
    now.mean[rows], now.variance[rows] = late.mean, late.variance
    return now


def surplus(more: Normal, less: Normal) -> Information:
    """Return what one distribution of the state knows beyond another.

    Parameters
    ----------
    more, less : Normal
        ``more`` is ``less`` conditioned on something.

    Returns
    -------
    Information
        On that something.
    """
    precision = np.maximum(1 / more.variance - 1 / less.variance, 0.0)
    return Information(precision, more.mean / more.variance - less.mean / less.variance)


@dataclass(frozen=True, slots=True)
class LiveLevel:
    """What a live filter remembers between two steps, constant in size.

    Attributes
    ----------
    level : Normal
        State expected at the first of the recent steps, with all that is known before it.
    recent : tuple of Information
        Vitals of the steps, fewer than ``delay``, whose class may still become known.
    delay : int
        Steps after which a class is known.
    """

    level: Normal
    recent: tuple[Information, ...]
    delay: int


def live_step(
    state: LiveLevel, vitals: Information, report: Information, parameters: StateSpaceParameters
) -> tuple[LiveLevel, Normal]:
    """Take in one step; by the operations of the batch, so that the bits agree.

    Parameters
    ----------
    state : LiveLevel
        Before the step.
    vitals : Information
        Of the step.
    report : Information
        Of the class of the step ``delay - 1`` steps back.
    parameters : StateSpaceParameters
        The model.

    Returns
    -------
    state : LiveLevel
        After the step.
    now : Normal
        The level at the step, from vitals up to it and the classes known before it.

    Raises
    ------
    InputError
        If a class is given for a step before the first.
    """
    recent = (*state.recent, vitals)
    now = update(state.level, recent[0])
    for information in recent[1:]:
        now = update(predict(now, parameters), information)
    if len(recent) < state.delay:
        if report.precision.any():
            raise InputError("known", "a class before the first step", "-1")
        return LiveLevel(state.level, recent, state.delay), now
    settled = update(state.level, together(recent[0], report))
    return LiveLevel(predict(settled, parameters), recent[1:], state.delay), now
