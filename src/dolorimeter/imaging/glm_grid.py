"""A grid of models on the same runs: only the modulated columns differ from point to point.

One pass over the data serves all points: the columns that all models share are taken off once,
and each point adds products with its own columns, orthogonal to the shared ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core.containers import Floats

from .contrast_maps import contrast_rows, fixed_effects
from .design import Design
from .grid_statistics import GridStatistics, grid_statistics
from .run_data import NOISE, SCALING, check_choice, read_columns, read_runs
from .run_fit import RunFit, fit_statistics


@dataclass(frozen=True, slots=True)
class GridRun:
    """All models of the grid fitted to one run.

    Attributes
    ----------
    estimates : ndarray of shape (g, m, v)
        Coefficients of the modulated columns.
    errors : ndarray of shape (g, v)
        Sums of squares of the whitened residuals.
    rho : ndarray of shape (g, v)
        Autocorrelation that whitened the voxel.
    autocorrelation : ndarray of shape (g, v)
        Its estimate, not truncated to a bin.
    log_likelihood : ndarray of shape (g, v)
        As :func:`dolorimeter.imaging.run_fit.profile_log_likelihood` defines it.
    n_frames, n_columns, df : int
        Of each model: frames, columns (shared and modulated), frames less the rank.
    """

    estimates: NDArray[np.float64]
    errors: Floats
    rho: Floats
    autocorrelation: Floats
    log_likelihood: Floats
    n_frames: int
    n_columns: int
    df: int


@dataclass(frozen=True, slots=True)
class GridFit:
    """A grid of models fitted to the runs of one person.

    Attributes
    ----------
    contrast_names : tuple of str
        The c contrasts.
    effect, variance, t : ndarray of shape (g, c, v)
        Combined over runs as :class:`dolorimeter.imaging.contrast_maps.ContrastMap` does.
    df : tuple of int
        Degrees of freedom of each contrast.
    log_likelihood : ndarray of shape (g, v)
        Sum over runs; NaN where a model leaves no residual (a constant voxel).
    runs : tuple of GridRun
        Each run.
    """

    contrast_names: tuple[str, ...]
    effect: NDArray[np.float64]
    variance: NDArray[np.float64]
    t: NDArray[np.float64]
    df: tuple[int, ...]
    log_likelihood: Floats
    runs: tuple[GridRun, ...]


def fit_first_level_grid(
    data: Sequence[NDArray[np.floating]],
    fixed: Sequence[Design],
    columns: Sequence[NDArray[np.float64]],
    names: Sequence[str],
    contrasts: Mapping[str, Mapping[str, float]],
    noise: str = "ar1",
    scaling: str = "percent",
    n_jobs: int = 1,
) -> GridFit:
    """Fit every model of a grid to the runs of one person.

    Parameters
    ----------
    data : sequence of ndarray of shape (n_frames, v)
        The runs; all frames of each, from which ``design.frames`` are taken.
    fixed : sequence of Design
        For each run the columns that all models share.
    columns : sequence of ndarray of shape (g, n_frames, m)
        For each run the modulated columns of each model, at the frames of its design.
    names : sequence of str
        Their m names.
    contrasts : mapping of str to mapping of str to float
        For each contrast the columns and their weights.
    noise : str, default "ar1"
        Or ``"ols"``, as in :func:`dolorimeter.imaging.glm.fit_first_level`.
    scaling : str, default "percent"
        Or ``"none"``.
    n_jobs : int, default 1
        Threads: over blocks of voxels, then over models.

    Returns
    -------
    GridFit
        Equal to fitting each model by itself.

    Raises
    ------
    InputError
        As for one model; or if a modulated column is a combination of the others.
    """
    check_choice("noise", noise, NOISE)
    check_choice("scaling", scaling, SCALING)
    series = read_runs(data, fixed)
    added = read_columns(columns, fixed, names)
    rows = contrast_rows(contrasts, [(*design.names, *names) for design in fixed])
    effects: dict[str, list[Floats]] = {name: [] for name in rows}
    variances: dict[str, list[Floats]] = {name: [] for name in rows}
    degrees = dict.fromkeys(rows, 0)
    runs = []
    for run, (values, design, grid) in enumerate(zip(series, fixed, added, strict=True)):
        where = f"run {design.run or run + 1}"
        statistics = grid_statistics(
            values, design.matrix, grid, where, names, scaling == "percent", n_jobs
        )
        here = [name for name in rows if run in rows[name]]
        weights = np.zeros((len(here), len(design.names) + len(names)))
        for place, name in enumerate(here):
            weights[place] = rows[name][run]
        fits = fit_models(statistics, weights, noise, n_jobs)
        runs.append(stack_models(fits, len(names)))
        for place, name in enumerate(here, len(names)):
            effects[name].append(np.stack([fit.estimates[place] for fit in fits]))
            spread = [fit.unit_variances[place] * fit.dispersion for fit in fits]
            variances[name].append(np.stack(spread))
            degrees[name] += fits[0].df
    effect = np.empty((len(added[0]), len(rows), series[0].shape[1]))
    variance, t = np.empty_like(effect), np.empty_like(effect)
    for place, name in enumerate(rows):
        found = fixed_effects(effects[name], variances[name])
        effect[:, place], variance[:, place], t[:, place] = found
    return GridFit(
        tuple(rows),
        effect,
        variance,
        t,
        tuple(degrees.values()),
        np.sum([run.log_likelihood for run in runs], axis=0),
        tuple(runs),
    )


def fit_models(
    statistics: GridStatistics, weights: Floats, noise: str = "ar1", n_jobs: int = 1
) -> list[RunFit]:
    """Fit every model of a grid to one run.

    Parameters
    ----------
    statistics : GridStatistics
        Of the run.
    weights : ndarray of shape (c, k + m)
        Contrasts, of the shared columns and then the modulated ones.
    noise : str, default "ar1"
        Or ``"ols"``.
    n_jobs : int, default 1
        Threads over models.

    Returns
    -------
    list of RunFit
        One for each model; ``estimates`` are its m modulated columns, then the contrasts.
    """
    n_shared, n_added = statistics.n_shared, statistics.own.shape[1]
    own = np.eye(n_shared + n_added)[n_shared:]
    wanted = np.vstack([own, weights])
    rank = statistics.basis.rank + n_added

    def fit(model: int) -> RunFit:
        functionals = statistics.functionals(wanted, model)
        sums = statistics.of_model(model)
        return fit_statistics(sums, functionals, n_shared + n_added, rank, noise)

    models = range(len(statistics.added))
    if n_jobs == 1:
        return [fit(model) for model in models]
    with ThreadPoolExecutor(n_jobs) as pool:
        return list(pool.map(fit, models))


def stack_models(fits: Sequence[RunFit], n_added: int) -> GridRun:
    """Stack the models of a run.

    Parameters
    ----------
    fits : sequence of RunFit
        One for each model, by the fast engine.
    n_added : int
        How many of their first estimates are modulated columns.

    Returns
    -------
    GridRun
        All of them.
    """
    first = fits[0]
    return GridRun(
        np.stack([fit.estimates[:n_added] for fit in fits]),
        np.stack([fit.errors for fit in fits]),
        np.stack([fit.rho for fit in fits]),
        np.stack([fit.autocorrelation for fit in fits if fit.autocorrelation is not None]),
        np.stack([fit.log_likelihood for fit in fits]),
        first.n_frames,
        first.n_columns,
        first.df,
    )
