"""Time courses over people: their mean, its error, and the fixed-effects version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints

from .predicted_courses import ScaledPrediction, scale_prediction
from .timecourse import Courses


@dataclass(frozen=True, slots=True)
class GroupCourses:
    """Responses of a group.

    Attributes
    ----------
    regions, types : tuple of str
        Names.
    delays : ndarray of shape (n_delays,), float64
        Seconds after the event, mean over people.
    by_subject : ndarray of shape (n_subjects, n_regions, n_types, n_delays), float64
        Each person's estimates; NaN where a person has no trial of a type.
    mean, standard_error : ndarray of shape (n_regions, n_types, n_delays), float64
        Over people, each counted once: speaks for people like them. The error is NaN for fewer
        than two.
    fixed_mean, fixed_error : ndarray of shape (n_regions, n_types, n_delays), float64
        Weighted by each person's precision: speaks for these people alone.
    subjects : ndarray of shape (n_types,), int64
        People with trials of each type.
    prediction : ScaledPrediction or None
        The model's mean course at the same delays, scaled by one factor a region.
    """

    regions: tuple[str, ...]
    types: tuple[str, ...]
    delays: Floats
    by_subject: Floats
    mean: Floats
    standard_error: Floats
    fixed_mean: Floats
    fixed_error: Floats
    subjects: Ints
    prediction: ScaledPrediction | None = None


def group_courses(
    people: Sequence[Courses],
    predicted: Sequence[Floats] | None = None,
    common: str = "kept",
) -> GroupCourses:
    """Average courses over people.

    Parameters
    ----------
    people : sequence of Courses
        With the same regions, types and number of delays.
    predicted : sequence of ndarray of shape (n_types, n_delays), optional
        What a model foresees for each person, at that person's delays; averaged as the
        measured courses are, over the people who have trials of a type.
    common : {"kept", "removed"}, default "kept"
        See :func:`scale_prediction`.

    Returns
    -------
    GroupCourses
        With the scaled prediction where one was given.

    Raises
    ------
    InputError
        If there is nobody, or regions, types or delays differ.
    """
    _check_alike(people)
    estimates = np.stack([person.estimates for person in people])
    weights = np.stack([_precision(person.errors) for person in people])
    mean, standard_error = _over_people(estimates)
    fixed_mean, fixed_error = _weighted(estimates, weights)
    has = np.stack([person.counts > 0 for person in people])
    prediction = None
    if predicted is not None:
        if len(predicted) != len(people):
            rule = f"one a person, {len(people)}"
            raise InputError("predicted", f"{len(predicted)} courses", rule)
        foreseen, _ = _over_people(np.where(has[:, :, None], np.stack(list(predicted)), np.nan))
        prediction = scale_prediction(mean, foreseen, common)
    return GroupCourses(
        people[0].regions,
        people[0].types,
        np.mean([person.delays for person in people], axis=0),
        estimates,
        mean,
        standard_error,
        fixed_mean,
        fixed_error,
        has.sum(axis=0),
        prediction,
    )


def _over_people(values: Floats) -> tuple[Floats, Floats]:
    """Mean and its standard error over the first axis, of what is known."""
    known = np.isfinite(values)
    n = known.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(known, values, 0.0).sum(axis=0) / n
        squares = np.where(known, (values - mean) ** 2, 0.0).sum(axis=0)
        error = np.sqrt(squares / (n - 1) / n)
    return np.where(n > 0, mean, np.nan), np.where(n > 1, error, np.nan)


def _precision(errors: Floats) -> Floats:
    """Return 1 / variance; 0 where nothing was estimated."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(errors > 0, 1.0 / errors**2, 0.0)


def _weighted(estimates: Floats, weights: Floats) -> tuple[Floats, Floats]:
    total = weights.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(weights > 0, weights * estimates, 0.0).sum(axis=0) / total
        return mean, np.where(total > 0, 1.0 / np.sqrt(total), np.nan)


def _check_alike(people: Sequence[Courses]) -> None:
    if not people:
        raise InputError("people", "nobody", "courses of at least one person")
    first = people[0]
    for i, person in enumerate(people):
        for name in ("regions", "types"):
            if getattr(person, name) != getattr(first, name):
                found = f"{name} {getattr(person, name)}"
                raise InputError(f"courses of person {i}", found, f"{getattr(first, name)}")
        if person.delays.shape != first.delays.shape:
            found, rule = f"{len(person.delays)} delays", f"{len(first.delays)}"
            raise InputError(f"courses of person {i}", found, rule)
