"""One person: images, confounds, designs, the model; kept by content where a cache is given."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dolorimeter.bids.preprocessed import PreprocessedRun
from dolorimeter.core import Grid, InputError, Trials
from dolorimeter.core.containers import Floats
from dolorimeter.imaging import (
    Design,
    fit_first_level,
    frame_times_of,
    make_design,
    motion_summary,
    read_confounds,
    read_run,
)

from .cache import Arrays, Cache
from .data import Person
from .design import ImagingStudy
from .timing import reference_of

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Task:
    """All that one person's results depend on.

    Attributes
    ----------
    person : Person
        Whose.
    trials : tuple of Trials
        One a run, with quantities.
    all_trials : Trials
        Of the person, runs without images included: what is learned there carries over.
    study : ImagingStudy
        The design.
    grid : Grid
        Voxels.
    resample : bool
        Whether images are taken to the grid.
    repetition_time : float or None
        Where files do not say it.
    """

    person: Person
    trials: tuple[Trials, ...]
    all_trials: Trials
    study: ImagingStudy
    grid: Grid
    resample: bool = False
    repetition_time: float | None = None

    def settings(self, *blocks: str) -> dict[str, Any]:
        """Return what a stage depends on beside the files.

        Parameters
        ----------
        *blocks : str
            Parts of the study.

        Returns
        -------
        dict
            Plain values and arrays.
        """
        told = {name: _plain(getattr(self.study, name)) for name in blocks}
        told["trials"] = [_plain(trials) for trials in (*self.trials, self.all_trials)]
        told["grid"] = [self.grid.mask, self.grid.affine]
        # From sidecars, which are no files of the person's.
        times = [[run.repetition_time, run.start_time] for run in self.person.runs]
        told["images"] = [self.resample, self.repetition_time, times]
        return told


@dataclass
class Images:
    """A person's runs in memory, read when first asked for and once."""

    task: Task
    held: list[tuple[Floats, float]] = field(default_factory=list)

    def runs(self) -> list[tuple[Floats, float]]:
        """Return data and repetition time of each run."""
        task = self.task
        if not self.held:
            self.held = [
                read_run(
                    run, task.grid, task.study.first_level.smoothing, task.resample,
                    task.repetition_time,
                )
                for run in task.person.runs
            ]  # fmt: skip
        return self.held


@dataclass(frozen=True, slots=True)
class FirstLevelMaps:
    """What the first level of one person leaves.

    Attributes
    ----------
    effects : dict of str to ndarray of shape (v,)
        By contrast.
    designs : tuple of Design
        One a run.
    runs : tuple of dict
        Volumes, repetition time and time within it, scrubbed frames and motion, by run.
    flat : ndarray of shape (v,), bool
        Voxels that do not vary in a run or more: there the effects are none of this person's.
    """

    effects: dict[str, Floats]
    designs: tuple[Design, ...]
    runs: tuple[dict[str, Any], ...]
    flat: Bools


def first_level(task: Task, images: Images, cache: Cache) -> FirstLevelMaps:
    """Fit one person's runs, or take what was kept.

    Parameters
    ----------
    task : Task
        The person.
    images : Images
        Read only where nothing was kept.
    cache : Cache
        Where results are kept.

    Returns
    -------
    FirstLevelMaps
        Effects and designs.
    """
    settings = task.settings("design", "first_level")
    settings["contrasts"] = task.study.asked
    arrays = cache.get(
        "first-level", settings, task.person.files, lambda: _fit(task, images.runs())
    )
    return _unpacked(arrays, tuple(task.study.asked))


def _fit(task: Task, runs: list[tuple[Floats, float]]) -> Arrays:
    study = task.study
    flat = [flat_voxels(run, data) for run, (data, _) in zip(task.person.runs, runs, strict=True)]
    made = [
        make_run(study, run, trials, len(data), step)
        for run, trials, (data, step) in zip(task.person.runs, task.trials, runs, strict=True)
    ]
    options = study.first_level
    fitted = fit_first_level(
        [data for data, _ in runs], [design for design, _ in made], study.asked,
        options.noise, options.engine, options.scaling,
    )  # fmt: skip
    arrays: Arrays = {"flat": np.any(flat, axis=0)}
    for i, name in enumerate(study.asked):
        arrays[f"effect_{i}"] = fitted.contrasts[name].effect
    for i, (design, told) in enumerate(made):
        arrays |= {f"matrix_{i}": design.matrix, f"times_{i}": design.frame_times}
        arrays[f"frames_{i}"] = design.frames
        named = [design.names, design.kinds, design.subject, design.run]
        arrays[f"told_{i}"] = np.array(json.dumps([*named, told]))
    return arrays


def flat_voxels(run: PreprocessedRun, data: Floats) -> Bools:
    """Find voxels that do not vary in a run, such as those outside its field of view.

    Parameters
    ----------
    run : PreprocessedRun
        For the message.
    data : ndarray of shape (n_frames, v)
        Of the run.

    Returns
    -------
    ndarray of shape (v,), bool
        Where the signal is one number.

    Raises
    ------
    InputError
        If no voxel varies: that is no image.
    """
    flat: Bools = (data == data[0]).all(axis=0)
    if flat.all():
        where = f"{run.bold}, in the mask of the analysis"
        found = f"all {len(flat)} voxels are constant"
        raise InputError(where, found, "images that vary in the mask")
    return flat


def _unpacked(arrays: Arrays, contrasts: tuple[str, ...]) -> FirstLevelMaps:
    designs, runs = [], []
    i = 0
    while f"told_{i}" in arrays:
        names, kinds, subject, run, told = json.loads(str(arrays[f"told_{i}"]))
        designs.append(
            Design(
                arrays[f"matrix_{i}"], tuple(names), tuple(kinds), arrays[f"times_{i}"],
                arrays[f"frames_{i}"], subject, run,
            )
        )  # fmt: skip
        runs.append(told)
        i += 1
    effects = {name: arrays[f"effect_{k}"] for k, name in enumerate(contrasts)}
    return FirstLevelMaps(effects, tuple(designs), tuple(runs), arrays["flat"])


def make_run(
    study: ImagingStudy, run: PreprocessedRun, trials: Trials, n_frames: int, step: float
) -> tuple[Design, dict[str, Any]]:
    """Build the design of one run.

    Parameters
    ----------
    study : ImagingStudy
        The design.
    run : PreprocessedRun
        With its table of confounds.
    trials : Trials
        Of this run.
    n_frames : int
        Volumes.
    step : float
        Repetition time in seconds.

    Returns
    -------
    design : Design
        Of this run.
    told : dict
        Volumes, repetition time and time within it, scrubbed frames and motion.

    Raises
    ------
    InputError
        If confounds are asked for and there are none, they do not fit the images, or the design
        refuses.
    """
    options = study.design
    table, scrubbed, moved = _confounds(study, run, n_frames)
    reference = reference_of(options.time_reference, run, step)
    design = make_design(
        trials, options.columns, frame_times_of(n_frames, step, reference),
        hrf=options.hrf, derivatives=options.derivatives, high_pass=options.high_pass,
        drift=options.drift, drift_order=options.drift_order, orthogonalize=options.orthogonalize,
        confounds=table, scrubbed=scrubbed, scrub=options.scrub_as, missing=options.missing,
        convolution=options.convolution,
    )  # fmt: skip
    told = {
        "subject": run.subject,
        "run": run.run,
        "volumes": n_frames,
        "repetition_time": step,
        "time_reference": reference,
        "scrubbed": 0 if scrubbed is None else int(np.sum(scrubbed)),
        "mean_fd": moved.get("mean_fd"),
        "max_fd": moved.get("max_fd"),
    }
    return design, told


def _confounds(
    study: ImagingStudy, run: PreprocessedRun, n_frames: int
) -> tuple[Any, Bools | None, Mapping[str, float]]:
    options = study.design
    wanted = bool(options.confounds or options.scrub)
    if run.confounds is None:
        if wanted:
            rule = "a table …_desc-confounds_timeseries.tsv beside it"
            remedy = "Set confounds: [] and scrub to nothing to go without."
            raise InputError(str(run.bold), "no confounds", rule, remedy)
        return None, None, {}
    moved = motion_summary(run.confounds) if _knows_motion(run.confounds) else {}
    if not wanted:
        return None, None, moved
    table, scrubbed = read_confounds(
        run.confounds, options.confounds, scrub=options.scrub, **options.confound_options
    )
    if len(table) != n_frames:
        found = f"{len(table)} rows for {n_frames} volumes"
        raise InputError(str(run.confounds), found, "one row a volume")
    return table, scrubbed, moved


def _knows_motion(table: Path) -> bool:
    with table.open("rb") as lines:
        return b"framewise_displacement" in lines.readline().rstrip(b"\r\n").split(b"\t")


def _plain(value: Any) -> Any:
    """Turn dataclasses into mappings, arrays left as they are."""
    if hasattr(value, "__dataclass_fields__"):
        if isinstance(value, Trials):
            held = {f.name: getattr(value, f.name) for f in fields(value)}
            return {k: dict(v) if isinstance(v, Mapping) else v for k, v in held.items()}
        return asdict(value)
    return value
