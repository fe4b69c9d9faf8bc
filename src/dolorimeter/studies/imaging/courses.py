"""Time courses of regions by type of trial, and what the model foresees of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import Trials
from dolorimeter.core.containers import Floats
from dolorimeter.imaging import (
    CourseRun,
    Courses,
    fit_timecourses,
    group_courses,
    predicted_courses,
)

from .blocks import TimeCourses
from .cache import Arrays, Cache
from .coverage import seen_regions
from .group_stage import finite
from .person import FirstLevelMaps, Images, Task

Masks = Mapping[str, NDArray[np.bool_]]
Types = Mapping[str, Mapping[str, str]]
NUISANCE = ("confound", "spike", "drift")
SELECTED = "named in the study before the run; the course is described, not tested"


def courses_of(
    task: Task,
    images: Images,
    fitted: FirstLevelMaps,
    regions: Masks,
    types: Types,
    options: TimeCourses,
    cache: Cache,
) -> Courses:
    """Estimate one person's courses, or take what was kept.

    Parameters
    ----------
    task : Task
        The person.
    images : Images
        Read only where nothing was kept.
    fitted : FirstLevelMaps
        Whose designs hold drifts and confounds.
    regions : mapping of str to ndarray of shape (v,), bool
        Whose courses.
    types : mapping of str to mapping
        Types of trials of the whole study.
    options : TimeCourses
        Window and signs.
    cache : Cache
        Where results are kept.

    Returns
    -------
    Courses
        Of this person.
    """
    settings = task.settings("design", "first_level", "time_courses")
    settings |= {"regions": dict(regions), "types": types}
    arrays = cache.get(
        "time-courses",
        settings,
        task.person.files,
        lambda: _fit(task, images, fitted, regions, types, options),
    )
    return Courses(tuple(regions), tuple(types), **arrays)


def _fit(
    task: Task,
    images: Images,
    fitted: FirstLevelMaps,
    regions: Masks,
    types: Types,
    options: TimeCourses,
) -> Arrays:
    runs = [
        CourseRun(
            data[design.frames], design.frame_times, trials,
            design.matrix[:, design.columns(*NUISANCE)], f"sub-{design.subject}, run {design.run}",
        )
        for (data, _), design, trials in zip(
            images.runs(), fitted.designs, task.trials, strict=True
        )
    ]  # fmt: skip
    first = task.study.first_level
    seen = seen_regions(regions, fitted.flat, task.person.subject)
    found = fit_timecourses(
        runs, seen, types, window=options.window, scaling=first.scaling, noise=first.noise
    )
    names = ("delays", "estimates", "errors", "counts", "autocorrelation")
    return {name: np.asarray(getattr(found, name)) for name in names}


def course_blocks(
    people: list[Courses],
    trials: Trials,
    subjects: list[str],
    types: Types,
    options: TimeCourses,
    hrf: str = "spm",
) -> list[dict[str, Any]]:
    """Average courses over people, the model's beside them.

    Parameters
    ----------
    people : list of Courses
        One a person.
    trials : Trials
        Of everybody, with quantities where a model gives them.
    subjects : list of str
        Of the people, in their order.
    types : mapping of str to mapping
        Types of trials.
    options : TimeCourses
        Signs of the predictions.
    hrf : str, default "spm"
        The study's response, which the predictions follow.

    Returns
    -------
    list of dict
        One block a region, as results.json holds them.
    """
    known = {"cue_error", "outcome_error"} <= set(trials.quantities)
    blocks = []
    for i, region in enumerate(people[0].regions):
        signs = options.signs.get(region, {})
        foreseen = None
        if known:
            foreseen = [
                _foreseen(trials.take(trials.subject == name), types, own.delays, signs, hrf)
                for name, own in zip(subjects, people, strict=True)
            ]
        blocks.append(_block(people, foreseen, i, region))
    return blocks


def _foreseen(
    trials: Trials, types: Types, delays: Floats, signs: Mapping[str, float], hrf: str
) -> Floats:
    weights = np.array([float(signs.get(cue, 1.0)) for cue in trials.cue.tolist()])
    signed = {name: weights * trials.quantities[name] for name in ("cue_error", "outcome_error")}
    return predicted_courses(trials.with_quantities(**signed), types, delays, hrf=hrf)


def _block(
    people: list[Courses], foreseen: list[Floats] | None, i: int, region: str
) -> dict[str, Any]:
    group = group_courses(people, foreseen)
    scaled = group.prediction
    rows = [
        {
            "name": name,
            "subjects": int(group.subjects[k]),
            "mean": _list(group.mean[i, k]),
            "se": _list(group.standard_error[i, k]),
            "fixed": _list(group.fixed_mean[i, k]),
            "fixed_se": _list(group.fixed_error[i, k]),
            "predicted": None if scaled is None else _list(scaled.courses[i, k]),
        }
        for k, name in enumerate(group.types)
    ]
    return {
        "region": region,
        "selected_by": SELECTED,
        "times": _list(group.delays),
        "types": rows,
        "scale": None if scaled is None else finite(scaled.factors[i]),
        "explained": None if scaled is None else finite(scaled.explained[i]),
    }


def _list(values: Floats) -> list[float | None]:
    return [finite(float(value)) for value in values]
