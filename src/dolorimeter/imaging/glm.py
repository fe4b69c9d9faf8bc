"""First level: the model of one person's runs at every voxel, and its contrasts by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core.containers import Floats

from .contrast_maps import ContrastMap, combine_runs, contrast_rows
from .design import Design
from .nilearn_glm import fit_run_by_nilearn
from .run_data import NOISE, SCALING, check_choice, read_runs, refuse_centered
from .run_fit import RunFit, fit_statistics
from .run_statistics import orthonormal_basis, run_statistics

ENGINES = ("fast", "nilearn")


@dataclass(frozen=True, slots=True)
class FirstLevel:
    """Models of the runs of one person.

    Attributes
    ----------
    contrasts : dict of str to ContrastMap
        Each contrast, combined over runs.
    runs : tuple of RunFit
        Each run; its ``estimates`` (k, v) are those of the columns of its design.
    names : tuple of tuple of str
        Column names of each run.
    noise, scaling, engine : str
        What was chosen.
    """

    contrasts: dict[str, ContrastMap]
    runs: tuple[RunFit, ...]
    names: tuple[tuple[str, ...], ...]
    noise: str
    scaling: str
    engine: str

    @property
    def rho(self) -> Floats:
        """Autocorrelation that whitened each voxel, by run: (n_runs, v)."""
        return np.stack([run.rho for run in self.runs])

    @property
    def log_likelihood(self) -> Floats:
        """Sum over runs of the Gaussian log-likelihood at the estimates (v,), NaN if constant."""
        return np.sum([run.log_likelihood for run in self.runs], axis=0)


def fit_first_level(
    data: Sequence[NDArray[np.floating]],
    designs: Sequence[Design],
    contrasts: Mapping[str, Mapping[str, float]],
    noise: str = "ar1",
    engine: str = "fast",
    scaling: str = "percent",
    n_jobs: int = 1,
) -> FirstLevel:
    """Fit the runs of one person and combine contrasts over them.

    Parameters
    ----------
    data : sequence of ndarray of shape (n_frames, v)
        The runs; all frames of each, from which ``design.frames`` are taken.
    designs : sequence of Design
        One for each run.
    contrasts : mapping of str to mapping of str to float
        For each contrast the columns and their weights.
    noise : str, default "ar1"
        nilearn's: autocorrelation at lag one by voxel, from the residuals of ordinary least
        squares, in bins of 1 / 100; or ``"ols"``.
    engine : str, default "fast"
        One pass over the data, then small systems by bin, equal to ``"nilearn"``.
    scaling : str, default "percent"
        Of each voxel's mean, minus 100 (nilearn's ``signal_scaling=0``); or ``"none"``.
    n_jobs : int, default 1
        Threads over voxels (workers over bins with ``"nilearn"``).

    Returns
    -------
    FirstLevel
        Contrast maps and the runs' estimates.

    Raises
    ------
    InputError
        If data and designs do not fit together, data are not finite, percent is to be taken of
        data that were centered before, or a contrast names a column that no run has.
    """
    check_choice("noise", noise, NOISE)
    check_choice("engine", engine, ENGINES)
    check_choice("scaling", scaling, SCALING)
    series = read_runs(data, designs)
    names = tuple(design.names for design in designs)
    rows = contrast_rows(contrasts, names)
    percent = scaling == "percent"
    if percent:
        refuse_centered(series, designs)
    runs, picked = [], []
    for run, (values, design) in enumerate(zip(series, designs, strict=True)):
        wanted = [row[run] for row in rows.values() if run in row]
        combinations = np.vstack([np.eye(len(design.names)), *wanted])
        if engine == "nilearn":
            fitted = fit_run_by_nilearn(values, design.matrix, combinations, noise, percent, n_jobs)
        else:
            fitted = _fit_run(values, design.matrix, combinations, noise, percent, n_jobs)
        runs.append(_columns_only(fitted, len(design.names)))
        picked.append(fitted)
    return FirstLevel(_combine(rows, picked), tuple(runs), names, noise, scaling, engine)


def _fit_run(
    data: NDArray[np.floating],
    matrix: Floats,
    combinations: Floats,
    noise: str,
    percent: bool,
    n_jobs: int,
) -> RunFit:
    """Fit one run by the fast path."""
    basis = orthonormal_basis(matrix)
    statistics, _ = run_statistics(data, basis, None, percent, n_jobs)
    functionals = combinations @ basis.back
    return fit_statistics(statistics, functionals, matrix.shape[1], basis.rank, noise)


def _columns_only(fitted: RunFit, n_columns: int) -> RunFit:
    """Keep the estimates of the columns, not those of the contrasts."""
    return replace(
        fitted,
        estimates=fitted.estimates[:n_columns],
        unit_variances=fitted.unit_variances[:n_columns],
    )


def _combine(
    rows: Mapping[str, Mapping[int, Floats]], fitted: Sequence[RunFit]
) -> dict[str, ContrastMap]:
    """Combine each contrast over the runs that have it; it stands after the columns there."""
    places = [run.n_columns for run in fitted]
    variances = [run.variances for run in fitted]
    maps = {}
    for name, row in rows.items():
        effects = [fitted[run].estimates[places[run]] for run in row]
        spread = [variances[run][places[run]] for run in row]
        maps[name] = combine_runs(effects, spread, sum(fitted[run].df for run in row), list(row))
        for run in row:
            places[run] += 1
    return maps
