"""Learning rates and models over the brain: chosen on some runs, tested on others (audit K5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats
from dolorimeter.imaging import (
    Design,
    RateMaps,
    compare_models,
    group_rates,
    map_rates,
    mean_test,
    modulated_columns,
    permutation_test,
    region_means,
)
from dolorimeter.learning import MODELS, simulate_grid
from dolorimeter.studies.streams import stream

from .cache import Arrays, Cache
from .coverage import seen_regions
from .design import ImagingStudy, ModelMaps
from .group_maps import finite
from .person import FirstLevelMaps, Images, Task

Masks = Mapping[str, NDArray[np.bool_]]
ALPHA = "alpha"
COARSE = (0.1, 0.3, 0.5, 0.7, 0.9)  # of each parameter, for models that have several
SHOWN_P = 0.001  # of the held-out gain, for voxels that the map of rates shows
SCHEME = "each run left out in turn"
SELECTION = "the rate is chosen on the person's other runs and all other people's runs"
TEST = "the likelihood of the run left out, against the same design without the errors"


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
    grids = _grids(task.study, options)
    settings = task.settings("design", "first_level")
    settings |= {"grids": [[g.model, g.names, g.values] for g in grids], "regions": dict(regions)}
    arrays = cache.get(
        "model-maps", settings, task.person.files,
        lambda: _voxels(task, images, fitted, regions, grids),
    )  # fmt: skip
    gain = {grid.model: arrays[f"gain_{i}"] for i, grid in enumerate(grids)}
    return PersonRates(arrays["profile"], gain, _regions(task, arrays, fitted, regions, grids))


def _grids(study: ImagingStudy, options: ModelMaps) -> list[Grid]:
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


def rates_block(
    study: ImagingStudy,
    options: ModelMaps,
    people: Sequence[PersonRates],
    regions: Masks,
    seed: int,
) -> tuple[dict[str, Any], dict[str, Floats]]:
    """Bring people together.

    Parameters
    ----------
    study : ImagingStudy
        The design.
    options : ModelMaps
        Grid and models.
    people : sequence of PersonRates
        Everybody.
    regions : mapping of str to ndarray of shape (v,), bool
        In the order of their columns.
    seed : int
        Of the study.

    Returns
    -------
    block : dict
        ``model_maps`` of results.json.
    maps : dict of str to ndarray of shape (v,)
        By file.
    """
    grids = _grids(study, options)
    own = grids[0]
    weights = study.asked[options.contrast]
    maps = _brain(people, own)
    block: dict[str, Any] = {
        "parameter": ALPHA,
        "model": own.model,
        "contrast": options.contrast,
        "grid": own.rates.tolist(),
        "shown_p": SHOWN_P,
        "shown_voxels": int((maps["maps/best_alpha.nii.gz"] > 0).sum()),
        "regions": [],
        "comparison": None,
        "files": {"best_alpha": "maps/best_alpha.nii.gz", "gain": "maps/gain.nii.gz"},
        "note": f"{SCHEME}; {SELECTION}; {TEST}",
    }
    if regions:
        rated = {
            grid.model: group_rates(
                [p.regions[grid.model] for p in people],
                random_state=stream(seed, "rates", grid.model),
            )
            for grid in grids
        }
        gain = rated[own.model].gain
        family = _family_p(gain, study.group.permutations, stream(seed, "rates", "family"))
        block["regions"] = _region_rows(rated[own.model], regions, weights, family)
        if len(grids) > 1:
            block["comparison"] = _compared({m: r.gain for m, r in rated.items()}, regions)
    return block, maps


def _brain(people: Sequence[PersonRates], own: Grid) -> dict[str, Floats]:
    """Map the rate of the group where runs that were left out show that there is one."""
    total = np.sum([person.profile for person in people], axis=0)
    gains = np.stack([person.gain[own.model] for person in people])
    _, p = mean_test(gains, one_sided=True)
    known = np.isfinite(total).all(axis=0) & (p < SHOWN_P)
    best = own.rates[np.argmax(np.where(np.isfinite(total), total, -np.inf), axis=0)]
    return {
        "maps/best_alpha.nii.gz": np.where(known, best, 0.0),
        "maps/gain.nii.gz": np.nan_to_num(gains.mean(axis=0)),
    }


def _family_p(gain: Floats, permutations: int, rng: np.random.Generator) -> Floats | None:
    """Hold held-out gains of regions against flips of people's signs, family-wise."""
    if not permutations:
        return None
    return permutation_test(gain, n_permutations=permutations, random_state=rng).p_fwe


def _region_rows(
    found: Any, regions: Masks, weights: Mapping[str, float], family: Floats | None
) -> list[dict[str, Any]]:
    _, t, p = found.contrast(weights)
    return [
        {
            "region": name,
            "voxels": int(mask.sum()),
            "best": finite(found.best[i]),
            "ci95": [float(end) for end in found.interval[i]],
            "profile": [finite(float(x)) for x in found.profile[:, i]],
            "gain": finite(float(found.gain[:, i].mean())),
            "p_gain": finite(found.gain_p[i]),
            "p_gain_fwe": None if family is None else float(family[i]),
            "t_left_out": finite(t[i]),
            "p_left_out": finite(p[i]),
            "identified": bool(found.identified[i]),
            "reason": found.reasons[i].partition("identified: ")[2],
        }
        for i, (name, mask) in enumerate(regions.items())
    ]


def _compared(gains: Mapping[str, Floats], regions: Masks) -> dict[str, Any]:
    found = compare_models(gains)
    rows = []
    for i, name in enumerate(regions):
        blocks = [gains[model][:, i] for model in found.models]
        winner = int(found.winner[i])
        rows.append(
            {
                "region": name,
                "gain": [float(block.mean()) for block in blocks],
                "ci95": [_interval(block) for block in blocks],
                "p_difference": [finite(float(p)) for p in found.difference_p[:, i]],
                "best": None if winner < 0 else found.models[winner],
            }
        )
    return {
        "models": list(found.models),
        "reference": found.reference,
        "regions": rows,
        "scheme": SCHEME,
        "selection": SELECTION,
        "test": TEST,
    }


def _interval(values: Floats) -> list[float]:
    error = float(values.std(ddof=1)) / np.sqrt(len(values))
    reach = float(stats.t.isf(0.025, len(values) - 1)) * error
    return [float(values.mean()) - reach, float(values.mean()) + reach]
