"""Learning rates and models over the brain: chosen on some runs, tested on others (audit K5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats
from dolorimeter.imaging import (
    Design,
    RateMaps,
    map_rates,
    modulated_columns,
    region_means,
)
from dolorimeter.learning import MODELS, simulate_grid

from .blocks import ModelMaps
from .cache import Arrays, Cache
from .coverage import seen_regions
from .design import ImagingStudy
from .person import FirstLevelMaps, Images, Task

Masks = Mapping[str, NDArray[np.bool_]]
ALPHA = "alpha"
COARSE = (0.1, 0.3, 0.5, 0.7, 0.9)  # of each parameter, for models that have several


@dataclass(frozen=True, slots=True)
class Grid:
    """Sets of parameters of one model.

    Attributes
    ----------
    model : str
        A key of ``MODELS``.
    names : tuple of str
        Parameters.
    values : ndarray of shape (g, k)
        A row a set.
    """

    model: str
    names: tuple[str, ...]
    values: Floats

    @property
    def rates(self) -> Floats:
        """The learning rates, or the numbers of the sets where a model has several parameters."""
        alone = self.names[0] == ALPHA
        return self.values[:, 0] if alone else np.arange(len(self.values), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class PersonRates:
    """What one person's runs say of each model.

    Attributes
    ----------
    profile : ndarray of shape (g, v)
        Of the study's model at each voxel, all runs, less its maximum (nats).
    gain : dict of str to ndarray of shape (v,)
        By model: held-out log likelihood over that without errors (nats).
    regions : dict of str to RateMaps
        By model: regions in place of voxels.
    """

    profile: Floats
    gain: dict[str, Floats]
    regions: dict[str, RateMaps]

    def within(self, kept: NDArray[np.bool_]) -> PersonRates:
        """Keep some voxels.

        Parameters
        ----------
        kept : ndarray of shape (v,), bool
            Which.

        Returns
        -------
        PersonRates
            Regions are as they were.
        """
        gain = {model: values[kept] for model, values in self.gain.items()}
        return PersonRates(self.profile[:, kept], gain, self.regions)


def grid_of(model: str, options: ModelMaps, fixed: Mapping[str, float]) -> Grid:
    """Return the sets of parameters that a model is fitted with.

    Parameters
    ----------
    model : str
        A key of ``MODELS``.
    options : ModelMaps
        With the learning rates.
    fixed : mapping of str to float
        Parameters that the study fixes; those that are not free in the model.

    Returns
    -------
    Grid
        Learning rates; five values of each free parameter for a model that has no single one.
    """
    free = [p.name for p in MODELS[model].parameters if p.free]
    known = {p.name for p in MODELS[model].parameters} - set(free)
    kept = {name: value for name, value in fixed.items() if name in known}
    if free == [ALPHA]:
        sets = [[alpha] for alpha in sorted(options.alphas)]
    else:
        sets = [list(values) for values in product(COARSE, repeat=len(free))]
    rows = [[*values, *kept.values()] for values in sets]
    return Grid(model, (*free, *kept), np.array(rows, dtype=np.float64))


def rates_of(
    task: Task,
    images: Images,
    fitted: FirstLevelMaps,
    regions: Masks,
    options: ModelMaps,
    cache: Cache,
) -> PersonRates:
    """Fit every model's grid to one person, or take what was kept.

    Parameters
    ----------
    task : Task
        The person.
    images : Images
        Read only where nothing was kept.
    fitted : FirstLevelMaps
        Whose designs hold drifts and confounds.
    regions : mapping of str to ndarray of shape (v,), bool
        Whose means are mapped beside the voxels.
    options : ModelMaps
        Grid and models.
    cache : Cache
        Where results are kept.

    Returns
    -------
    PersonRates
        Of this person.
    """
    grids = grids_of(task.study, options)
    settings = task.settings("design", "first_level")
    settings |= {"grids": [[g.model, g.names, g.values] for g in grids], "regions": dict(regions)}
    arrays = cache.get(
        "model-maps", settings, task.person.files,
        lambda: _voxels(task, images, fitted, regions, grids),
    )  # fmt: skip
    gain = {grid.model: arrays[f"gain_{i}"] for i, grid in enumerate(grids)}
    return PersonRates(arrays["profile"], gain, _regions(task, arrays, fitted, regions, grids))


def grids_of(study: ImagingStudy, options: ModelMaps) -> list[Grid]:
    """Return the grids of a study: of its own model first, then of those compared.

    Parameters
    ----------
    study : ImagingStudy
        Names the model and its fixed parameters.
    options : ModelMaps
        Rates and models.

    Returns
    -------
    list of Grid
        One a model.

    Raises
    ------
    InputError
        If the study has no model, or one without a single learning rate.
    """
    model = study.learning.model
    if model is None:
        raise InputError("model_maps", "no model of learning", "learning: model")
    own = grid_of(model, options, study.learning.parameters)
    if own.names[0] != ALPHA:
        rule = "a model whose one free parameter is alpha, such as td"
        raise InputError("model_maps", f"the model {model!r}", rule)
    others = [name for name in options.models if name != model]
    return [own, *(grid_of(name, options, study.learning.parameters) for name in others)]


def _voxels(
    task: Task, images: Images, fitted: FirstLevelMaps, regions: Masks, grids: Sequence[Grid]
) -> Arrays:
    """Map every model over the voxels; keep the means of regions for what comes after."""
    data = [values for values, _ in images.runs()]
    fixed = _fixed(task, fitted)
    arrays: Arrays = {}
    for i, grid in enumerate(grids):
        found = _map(task, data, fixed, fitted, grid)
        arrays[f"gain_{i}"] = found.gain
        if i == 0:
            arrays["profile"] = found.profile
    if regions:
        means = region_means(data, seen_regions(regions, fitted.flat, task.person.subject))
        arrays |= {f"means_{run}": values for run, values in enumerate(means)}
    return arrays


def _regions(
    task: Task, arrays: Arrays, fitted: FirstLevelMaps, regions: Masks, grids: Sequence[Grid]
) -> dict[str, RateMaps]:
    if not regions:
        return {}
    data = [arrays[f"means_{run}"] for run in range(len(fitted.designs))]
    fixed = _fixed(task, fitted)
    return {grid.model: _map(task, data, fixed, fitted, grid) for grid in grids}


def _map(
    task: Task,
    data: Sequence[Floats],
    fixed: Sequence[Design],
    fitted: FirstLevelMaps,
    grid: Grid,
) -> RateMaps:
    first = task.study.first_level
    names, columns = _columns(task, fitted, grid)
    return map_rates(
        data, fixed, columns, names, grid.rates, noise=first.noise, scaling=first.scaling
    )


def _fixed(task: Task, fitted: FirstLevelMaps) -> list[Design]:
    """Take the modulators, and their derivatives, out of the designs of a person."""
    gone = {r.name for r in task.study.design.columns if r.modulator is not None}
    made = []
    for design in fitted.designs:
        kept = [i for i, name in enumerate(design.names) if not _belongs(name, gone)]
        made.append(
            Design(
                design.matrix[:, kept], tuple(design.names[i] for i in kept),
                tuple(design.kinds[i] for i in kept), design.frame_times, design.frames,
                design.subject, design.run,
            )
        )  # fmt: skip
    return made


def _belongs(column: str, regressors: set[str]) -> bool:
    return column in regressors or any(
        column in (f"{name}_derivative", f"{name}_dispersion") for name in regressors
    )


def _columns(
    task: Task, fitted: FirstLevelMaps, grid: Grid
) -> tuple[list[str], list[NDArray[np.float64]]]:
    """Return the modulated columns of each run at each set of parameters."""
    options = task.study.design
    modulated = [r for r in options.columns if r.modulator is not None]
    learned = simulate_grid(
        grid.model, task.all_trials, grid.values, list(grid.names),
        reset_runs=task.study.learning.reset_runs,
    )  # fmt: skip
    made = []
    for design, trials in zip(fitted.designs, task.trials, strict=True):
        own = task.all_trials.run == trials.run[0]
        said = {
            name: getattr(learned, name)[:, own]
            for name in ("value", "cue_error", "outcome_error", "associability")
        }
        columns = [
            modulated_columns(
                regressor, trials, said, design.frame_times, hrf=options.hrf,
                convolution=options.convolution,
            )
            for regressor in modulated
        ]  # fmt: skip
        made.append(np.stack(columns, axis=2))
    return [r.name for r in modulated], made
