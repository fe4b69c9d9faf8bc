"""The road of an imaging study: learn, fit people, test the group, audit, result."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dolorimeter._version import __version__
from dolorimeter.audit import audit_study
from dolorimeter.core import InputError, Trials, progress
from dolorimeter.core.containers import Floats
from dolorimeter.imaging import Courses, Design, labels_used, read_regions, types_of

from .cache import Cache
from .contents import (
    contrast_block,
    data_block,
    design_block,
    design_tables,
    truth_block,
)
from .courses import course_blocks, courses_of
from .coverage import seen_by_all, within
from .data import ImagingData
from .design import ImagingStudy
from .facts import analyses
from .group_maps import run_group
from .group_stage import GroupStage
from .learned import learn
from .people import read_sample
from .person import FirstLevelMaps, Images, Task, first_level
from .rates import PersonRates, rates_of
from .rates_group import rates_block
from .result import ImagingResult
from .words import methods, summarize

IMAGES = (".nii", ".nii.gz")
Masks = dict[str, NDArray[np.bool_]]


def run(
    study: ImagingStudy,
    data: ImagingData,
    seed: int,
    cache: str | Path | None = None,
    n_jobs: int = 1,
) -> ImagingResult:
    """Run a study.

    Parameters
    ----------
    study : ImagingStudy
        The design.
    data : ImagingData
        Images and trials.
    seed : int
        Seed of everything random.
    cache : str or Path, optional
        Folder that keeps what was computed for each person.
    n_jobs : int, default 1
        People at once.

    Returns
    -------
    ImagingResult
        Results as data.

    Raises
    ------
    InputError
        If the data cannot carry the design.
    """
    trials, told = learn(study.learning, data.learning, data.root)
    sample = read_sample(study.group, data)
    regions = _regions(study, data)
    courses = _course_regions(study, regions)
    tasks = [_task(study, data, trials, i) for i in range(len(data.people))]
    types = types_of(trials)
    done = _people(tasks, Cache(Path(cache) if cache else None), courses, regions, types, n_jobs)
    people = [person for person, _, _ in done]
    kept = seen_by_all(data, people)
    data, regions = within(data, regions, kept)
    effects = {name: np.stack([p.effects[name][kept] for p in people]) for name in study.asked}
    _refuse_empty(effects, data)
    stage = run_group(
        study, effects, sample, data.grid, regions, seed, n_jobs, data.in_mni
    )  # fmt: skip
    designs = [design for person in people for design in person.designs]
    subjects = [person.subject for person in data.people]
    content: dict[str, Any] = {
        **_header(study),
        "data": data_block(study, data, people),
        "learning": told,
        "design": design_block(study, designs, [t for task in tasks for t in task.trials]),
        "contrasts": contrast_block(study),
        "group": stage.blocks,
        "model_maps": None,
        "timecourses": None,
        "truth": truth_block(data.truth, stage.blocks),
        "software": _software(data),
    }
    if study.time_courses is not None:
        fitted = [each for _, each, _ in done if each is not None]
        content["timecourses"] = course_blocks(
            fitted, trials, subjects, types, study.time_courses, study.design.hrf
        )
    if study.model_maps is not None:
        rated = [rates.within(kept) for _, _, rates in done if rates is not None]
        block, maps = rates_block(study, study.model_maps, rated, regions, seed)
        content["model_maps"] = block
        stage.maps |= maps
    return _finish(data, content, stage, designs)


def _header(study: ImagingStudy) -> dict[str, Any]:
    return {
        "format": 1,
        "study": "imaging",
        "version": __version__,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "title": study.title or "Prediction errors in the brain",
    }


def _software(data: ImagingData) -> dict[str, str]:
    labels = labels_used() if data.in_mni else "none: the images do not lie in MNI space"
    versions = {"nilearn": version("nilearn"), "numpy": np.__version__}
    return {"dolorimeter": __version__, **versions, "labels": labels}


def _regions(study: ImagingStudy, data: ImagingData) -> Masks:
    """Read the regions; outside MNI space only images of masks say where they are."""
    if not study.regions:
        return {}
    drawn = study.regions.values() if isinstance(study.regions, Mapping) else ()
    if not data.in_mni and not (drawn and all(str(v).endswith(IMAGES) for v in drawn)):
        rule = "names with images of their masks, since named places are those of MNI space"
        raise InputError("regions", f"images in the space {data.space!r}", rule)
    return read_regions(study.regions, data.grid, data.root)


def _people(
    tasks: Sequence[Task],
    cache: Cache,
    courses: Masks,
    regions: Masks,
    types: dict[str, dict[str, str]],
    n_jobs: int,
) -> list[tuple[FirstLevelMaps, Courses | None, PersonRates | None]]:
    """Fit everybody, each person whole; what is kept is not computed again."""
    jobs = (joblib.delayed(_one)(task, cache, courses, regions, types) for task in tasks)
    made = joblib.Parallel(n_jobs=n_jobs, return_as="generator")(jobs)
    return list(progress(made, "people", total=len(tasks)))


def _one(
    task: Task, cache: Cache, courses: Masks, regions: Masks, types: dict[str, dict[str, str]]
) -> tuple[FirstLevelMaps, Courses | None, PersonRates | None]:
    images = Images(task)
    fitted = first_level(task, images, cache)
    options = task.study.time_courses
    found = courses_of(task, images, fitted, courses, types, options, cache) if options else None
    rated = None
    if task.study.model_maps is not None:
        rated = rates_of(task, images, fitted, regions, task.study.model_maps, cache)
    return fitted, found, rated


def _task(study: ImagingStudy, data: ImagingData, trials: Trials, i: int) -> Task:
    person = data.people[i]
    return Task(
        person, person.trials(trials), trials.take(trials.subject == person.subject), study,
        data.grid, data.resample, data.block.repetition_time,
    )  # fmt: skip


def _course_regions(study: ImagingStudy, regions: Masks) -> Masks:
    options = study.time_courses
    if options is None:
        return {}
    for name in options.regions:
        if name not in regions:
            rule = f"one of the study's regions: {', '.join(regions) or 'none is declared'}"
            raise InputError("time_courses, regions", repr(name), rule)
    return {name: regions[name] for name in options.regions}


def _refuse_empty(effects: dict[str, Floats], data: ImagingData) -> None:
    for name, maps in effects.items():
        bad = np.flatnonzero(~np.isfinite(maps).all(axis=1))
        if len(bad):
            where = f"sub-{data.people[bad[0]].subject}, contrast {name!r}"
            raise InputError(where, "an effect that is not finite", "images that vary in the mask")


def _finish(
    data: ImagingData, content: dict[str, Any], stage: GroupStage, designs: Sequence[Design]
) -> ImagingResult:
    content["summary"] = summarize(content)
    content["methods"] = methods(content)
    claim = audit_study(analyses(content), _scope(content))
    content["claim"] = claim.to_dict()
    # What JSON cannot hold must not get as far as the disk.
    content = json.loads(json.dumps(content, allow_nan=False))
    peaks = pd.concat(stage.peaks, ignore_index=True)
    tables = {"tables/peaks.tsv": peaks}
    regions = [
        {"contrast": found["contrast"], **{k: v for k, v in row.items() if k != "ci95"},
         "ci95_low": row["ci95"][0], "ci95_high": row["ci95"][1]}
        for found in content["group"]["maps"] for row in found["regions"]
    ]  # fmt: skip
    if regions:
        tables["tables/regions.tsv"] = pd.DataFrame(regions)
    tables["tables/motion.tsv"] = pd.DataFrame(content["data"]["motion"])
    return ImagingResult(content, claim, data.grid, stage.maps, tables, design_tables(designs))


def _scope(content: dict[str, Any]) -> str:
    n = len(content["data"]["subjects"])
    return (
        f"The {n} people studied, and people like them as far as these stand for them "
        "(people are a random effect; nobody else was tested); after the fact; "
        "associations of BOLD with what a model of learning says."
    )
