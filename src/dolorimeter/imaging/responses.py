"""What a scanner would see of each event: one column an event, so that weights are a product.

Two conventions. ``"nilearn"``: events laid on a grid of TR/50 and convolved with a response that
sums to 1 on it, read off at the frames; equal to nilearn's regressors to rounding. An impulse lasts
one step of the grid, so its size, and with it the unit of an effect, depends on the repetition
time. ``"exact"``: the response at the very distance of each frame from each event, with a peak of 1
for an impulse (effects are peaks, in the unit of the data), whatever the repetition time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from dolorimeter.core import InputError, Trials
from dolorimeter.core.containers import Floats
from dolorimeter.hemodynamics import convolve_events
from dolorimeter.samples.arguments import as_choice

from .columns import read_frame_times
from .convolution_grid import LEAD as LEAD
from .convolution_grid import OVERSAMPLING, convolve_on_grid, grid_kernel
from .events import Events, name_place, unweighted_events, weigh
from .regressors import Regressor

HRFS = ("spm", "glover")
DERIVATIVES = ("time", "dispersion")
CONVOLUTIONS = ("nilearn", "exact")


def event_responses(
    regressor: Regressor,
    trials: Trials,
    frame_times: ArrayLike,
    *,
    hrf: str = "spm",
    convolution: str = "nilearn",
    derivative: str | None = None,
) -> Floats:
    """Respond to each event of a regressor with a weight of 1.

    A modulated column is this times the weights (``events_of(regressor, trials).amplitudes``): for
    a grid of learning rates the responses stay and the weights change.

    Parameters
    ----------
    regressor : Regressor
        Its modulator is left aside.
    trials : Trials
        Of one run of one subject.
    frame_times : array-like of shape (n_frames,)
        Seconds, on the clock of the onsets.
    hrf : {"spm", "glover"}, default "spm"
        The response.
    convolution : {"nilearn", "exact"}, default "nilearn"
        See the module.
    derivative : {None, "time", "dispersion"}, default None
        The derivative of the response in place of it (as it is: a design orthogonalizes it).

    Returns
    -------
    ndarray of shape (n_frames, n_events)
        Events in the order of ``events_of``.

    Raises
    ------
    InputError
        If there is no event, an onset is unknown, after the end of the run or more than 24 s before
        its first frame, or an option is unknown.
    """
    frames = read_frame_times(frame_times)
    events = unweighted_events(regressor, trials)
    require_within(regressor, trials, events, frames)
    return respond(events, frames, response_name(hrf, derivative), convolution)


def modulated_columns(
    regressor: Regressor,
    trials: Trials,
    quantities: Mapping[str, ArrayLike],
    frame_times: ArrayLike,
    *,
    hrf: str = "spm",
    convolution: str = "nilearn",
) -> Floats:
    """Build one modulated column under each of several models at once.

    Parameters
    ----------
    regressor : Regressor
        With a modulator.
    trials : Trials
        Of one run of one subject.
    quantities : mapping of str to array-like of shape (g, n_trials)
        What each of g models says of these trials, such as ``cue_error`` and ``outcome_error``;
        what is not given is taken from the trials.
    frame_times : array-like of shape (n_frames,)
        Seconds.
    hrf, convolution : str
        As in :func:`event_responses`.

    Returns
    -------
    ndarray of shape (g, n_frames)
        The columns that ``make_design`` would build for each.

    Raises
    ------
    InputError
        As :func:`event_responses` and ``events_of``.
    """
    if regressor.modulator is None:
        where = name_place(regressor, trials)
        raise InputError(where, "no modulator", "a regressor that a model modulates")
    responses = event_responses(regressor, trials, frame_times, hrf=hrf, convolution=convolution)
    given = {**trials.measures, **trials.quantities, **quantities}
    weights = weigh(regressor, trials, unweighted_events(regressor, trials), given)
    return np.atleast_2d(weights) @ responses.T


def respond(events: Events, frames: Floats, response: str, convolution: str) -> Floats:
    """Respond to each event, whatever its weight.

    Parameters
    ----------
    events : Events
        At least one.
    frames : ndarray of shape (n_frames,)
        Seconds.
    response : str
        As ``response_name`` gives it.
    convolution : {"nilearn", "exact"}
        See the module.

    Returns
    -------
    ndarray of shape (n_frames, n_events)
        One column an event.

    Raises
    ------
    InputError
        If the convolution is unknown.
    """
    if as_choice("convolution", convolution, CONVOLUTIONS) == "nilearn":
        kernel = grid_kernel(response, float(np.diff(frames).min()))
        return convolve_on_grid(events.onsets, events.durations, frames, kernel)
    parts = zip(events.onsets, events.durations, strict=True)
    return np.stack(
        [convolve_events([on], length, 1.0, frames, response) for on, length in parts], 1
    )


def fir_responses(
    events: Events, frames: Floats, delays: Sequence[int], convolution: str, where: str = "fir"
) -> list[Floats]:
    """Respond to each event with a box of one frame at each delay (finite impulse response).

    Parameters
    ----------
    events : Events
        At least one; impulses for the exact convention.
    frames : ndarray of shape (n_frames,)
        Seconds.
    delays : sequence of int
        In frames.
    convolution : {"nilearn", "exact"}
        ``"exact"``: 1 at the frame that lies within a delay's box, so that an estimate is the
        signal at that delay. ``"nilearn"``: an impulse has the size 1/50.
    where : str, default "fir"
        What the events belong to, for messages.

    Returns
    -------
    list of ndarray of shape (n_frames, n_events)
        One a delay.

    Raises
    ------
    InputError
        If a delay is no whole number of at least 0 or stands twice, or events last and the
        convention is exact.
    """
    if any(isinstance(d, bool) or int(d) != d or d < 0 for d in delays) or not len(delays):
        raise InputError("fir_delays", repr(delays), "whole numbers of frames, 0 or more")
    if len(set(delays)) < len(delays):
        raise InputError("fir_delays", repr(delays), "each delay once")
    spacing = float(np.diff(frames).min())
    if as_choice("convolution", convolution, CONVOLUTIONS) == "nilearn":
        boxes = [
            np.repeat([0.0, 1 / OVERSAMPLING], [d * OVERSAMPLING, OVERSAMPLING]) for d in delays
        ]
        return [
            convolve_on_grid(events.onsets, events.durations, frames, box, OVERSAMPLING - 1)
            for box in boxes
        ]
    if (events.durations > 0).any():
        remedy = "Give a duration of 0, or convolution='nilearn'."
        raise InputError(where, "events that last, with hrf='fir'", "impulses", remedy)
    since = (frames[:, None] - events.onsets) / spacing
    box_of = np.floor(since + 1e-9)  # an event at a frame's very time is at delay 0
    return [(box_of == d).astype(np.float64) for d in delays]


def response_name(hrf: str, derivative: str | None = None) -> str:
    """Name a response or its derivative as ``hemodynamics.HRFS`` does.

    Parameters
    ----------
    hrf : {"spm", "glover"}
        The response.
    derivative : {None, "time", "dispersion"}, default None
        Of it.

    Returns
    -------
    str
        Such as ``"spm time derivative"``.

    Raises
    ------
    InputError
        If a name is unknown.
    """
    name = as_choice("hrf", hrf, HRFS)
    if derivative is None:
        return name
    return f"{name} {as_choice('derivative', derivative, DERIVATIVES)} derivative"


def require_within(regressor: Regressor, trials: Trials, events: Events, frames: Floats) -> None:
    """Refuse events that the run cannot have seen.

    Parameters
    ----------
    regressor : Regressor
        Whose events.
    trials : Trials
        The run.
    events : Events
        To check.
    frames : ndarray of shape (n_frames,)
        Seconds.

    Raises
    ------
    InputError
        If an event begins after the last frame has been taken, or more than 24 s before the first.
    """
    end = frames[-1] + float(np.diff(frames).min())
    outside = (events.onsets >= end) | (events.onsets < frames[0] - LEAD)
    if outside.any():
        i = int(np.flatnonzero(outside)[0])
        late = events.onsets[i] >= end
        where = f"{name_place(regressor, trials)}, trial {events.trials[i]}"
        found = f"{events.times[i]} at {events.onsets[i]:g} s, "
        found += f"after the end of the run ({end:g} s)" if late else "before the run"
        rule = f"events from {frames[0] - LEAD:g} s to {end:g} s"
        remedy = "Check the number of volumes, the repetition time and the clock of the onsets."
        raise InputError(where, found, rule, remedy)
