"""What a learning model foresees of a time course: its mean errors by type of trial, convolved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dolorimeter.core import InputError, Trials
from dolorimeter.core.containers import Floats
from dolorimeter.hemodynamics import read_hrf

from .trial_types import Selector, rows_of


@dataclass(frozen=True, slots=True)
class ScaledPrediction:
    """A prediction brought to the size of what was measured, by one factor a region.

    Attributes
    ----------
    factors : ndarray of shape (n_regions,), float64
        Measured units per unit of prediction error; negative where the region goes against the
        model.
    courses : ndarray of shape (n_regions, n_types, n_times), float64
        Factor times prediction.
    explained : ndarray of shape (n_regions,), float64
        Share of the measured course's squares that the one factor explains, 0 to 1.
    """

    factors: Floats
    courses: Floats
    explained: Floats


def predicted_courses(
    trials: Trials,
    types: Mapping[str, Selector],
    times: ArrayLike,
    *,
    cue: str | None = "cue_error",
    outcome: str | None = "outcome_error",
    hrf: str | Callable[[Floats], Floats] = "spm",
    at: str = "cue",
) -> Floats:
    """Mean response that a model foresees after each type of trial (science 2.4).

    Each trial adds ``cue_error x hrf(t) + outcome_error x hrf(t - lag)``, with its own lag from
    cue to outcome; trials of a type are averaged.

    Parameters
    ----------
    trials : Trials
        Of one person, with the model's ``quantities``.
    types : mapping of str to mapping
        Selectors, as for :func:`fit_timecourses`.
    times : array-like of shape (n_times,)
        Seconds after the event at 0 s, such as the delays of measured courses.
    cue, outcome : str or None
        Quantities that the response follows at cue and outcome; None: none there.
    hrf : str or callable, default "spm"
        A name in ``hemodynamics.HRFS`` (with a peak of 1) or a function of seconds.
    at : {"cue", "outcome"}, default "cue"
        Which event is at 0 s.

    Returns
    -------
    ndarray of shape (n_types, n_times)
        In units of prediction error at the peak of the response; NaN where no trial is of the
        type.

    Raises
    ------
    InputError
        If a quantity or an onset is missing.

    Examples
    --------
    >>> one = Trials(
    ...     *(np.array([name]) for name in ("sub-1", "run-1", "A", "relief")),
    ...     *(np.array([number]) for number in (0.0, 4.0, 1.0)),
    ...     quantities={"cue_error": np.array([0.4]), "outcome_error": np.array([0.6])},
    ... )
    >>> predicted_courses(one, {"relief": {"outcome": "relief"}}, [5.0, 9.0]).round(3).tolist()
    [[0.41, 0.731]]
    """
    if at not in ("cue", "outcome"):
        raise InputError("at", repr(at), "'cue' or 'outcome'")
    moments = np.asarray(times, dtype=np.float64)
    response = read_hrf(hrf)
    origin = trials.onset if at == "cue" else trials.outcome_onset
    foreseen = []
    for name, rows in rows_of(trials, types).items():
        total = np.zeros(len(moments)) if rows.any() else np.full(len(moments), np.nan)
        for quantity, onsets in ((cue, trials.onset), (outcome, trials.outcome_onset)):
            if quantity is not None and rows.any():
                weights = _quantity(trials, quantity)[rows]
                lags = (onsets - origin)[rows]
                _check_finite(name, quantity, weights, lags)
                total += response(moments[:, None] - lags) @ weights / rows.sum()
        foreseen.append(total)
    return np.array(foreseen)


def scale_prediction(measured: Floats, predicted: Floats, common: str = "kept") -> ScaledPrediction:
    """Bring a prediction to the size of the measured courses by one factor a region.

    Least squares through the origin over all types and delays: the model's shape, order and signs
    stay as they are.

    Parameters
    ----------
    measured : ndarray of shape (n_regions, n_types, n_times)
        Courses; NaN where unknown.
    predicted : ndarray of shape (n_types, n_times)
        At the same types and times.
    common : {"kept", "removed"}, default "kept"
        Whether the factor and ``explained`` come from the courses as they are, or from what is
        left at each delay after the mean over types: a response to any cue, which no error
        foretells, does not reach them then.

    Returns
    -------
    ScaledPrediction
        Courses are factor times prediction either way. NaN for a region without a measured value.

    Raises
    ------
    InputError
        If the shapes disagree, an option is unknown, or nothing is foreseen.
    """
    if measured.ndim != 3 or measured.shape[1:] != predicted.shape:
        found = f"shapes {measured.shape} and {predicted.shape}"
        raise InputError("predicted", found, "the types and times of the measured courses")
    known = np.isfinite(measured) & np.isfinite(predicted)
    y = np.where(known, measured, 0.0)
    x = np.where(known, predicted, 0.0)
    if common == "removed":
        y, x = _without_mean(y, known), _without_mean(x, known)
    elif common != "kept":
        raise InputError("common", repr(common), "'kept' or 'removed'")
    power = (x**2).sum(axis=(1, 2))
    if known.any() and not power.any():
        rule = "a model that foresees a response"
        raise InputError("predicted", "0 at all types and times", rule)
    product, total = (x * y).sum(axis=(1, 2)), (y**2).sum(axis=(1, 2))
    with np.errstate(invalid="ignore", divide="ignore"):
        factors = product / power
        explained = product**2 / (power * total)
    return ScaledPrediction(factors, factors[:, None, None] * predicted, explained)


def _without_mean(courses: Floats, known: NDArray[np.bool_]) -> Floats:
    """Take the mean over the known types off at each time."""
    mean = courses.sum(axis=1, keepdims=True) / np.maximum(known.sum(axis=1, keepdims=True), 1)
    return np.where(known, courses - mean, 0.0)


def _quantity(trials: Trials, name: str) -> Floats:
    known = {**trials.measures, **trials.quantities}
    if name not in known:
        near = get_close_matches(name, known, n=1)
        remedy = f"Did you mean {near[0]!r}?" if near else "Simulate a model on the trials first."
        raise InputError("quantity", repr(name), f"one of {', '.join(known) or 'none'}", remedy)
    return known[name]


def _check_finite(kind: str, quantity: str, weights: Floats, lags: Floats) -> None:
    for name, values in ((quantity, weights), ("onsets", lags)):
        bad = np.flatnonzero(~np.isfinite(values))
        if len(bad):
            where = f"{name}, trial {bad[0]} of {kind!r}"
            raise InputError(where, "unknown", "a finite number for each trial")
