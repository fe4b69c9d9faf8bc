"""Predictive log-likelihood of runs that a model was not fitted to.

Coefficients of the modulated columns, noise variance and autocorrelation come from the training
runs. The columns that all models share (confounds, drifts, the constant, nuisance events) belong
to their run, so that their coefficients cannot be carried over: the held-out data enter through
the contrasts that are free of them, whose exact Gaussian density is evaluated. With X0 the shared
columns, Q an orthonormal basis of them (rank r), W the whitening (first frame as it is) and e the
whitened residual of ``y - X1 beta`` after X0, it is

    -(n - r) / 2 log(2 pi s2) - 1/2 log det(Q' W' W Q) - e' e / (2 s2),

the restricted likelihood of Patterson, H. D., & Thompson, R. (1971). Biometrika 58, 545-554,
eq. 4, at given variance. All models of a grid share X0, so that their values can be compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats

from .ar_bins import bin_autocorrelation
from .design import Design
from .glm_grid import GridRun, fit_models, stack_models
from .grid_statistics import GridStatistics, grid_statistics
from .run_data import NOISE, SCALING, check_choice, read_columns, read_runs
from .run_fit import RunFit, fit_statistics, whitened
from .run_statistics import Statistics


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Every run predicted from the others.

    Attributes
    ----------
    log_likelihood : ndarray of shape (n_runs, g, v)
        Of each held-out run under each model; NaN where a voxel is constant in some run.
    baseline : ndarray of shape (n_runs, v)
        The same without any modulated column.
    n_values : tuple of int
        For each run its frames less the rank of the shared columns: what the density is of.
    runs : tuple of GridRun
        The models fitted to each run by itself.
    """

    log_likelihood: NDArray[np.float64]
    baseline: Floats
    n_values: tuple[int, ...]
    runs: tuple[GridRun, ...]


@dataclass(frozen=True, slots=True)
class Trained:
    """What the training runs say of each voxel.

    Attributes
    ----------
    coefficients : ndarray of shape (m, v)
        Of the modulated columns: the mean over runs, as contrasts are combined.
    variance : ndarray of shape (v,)
        Of the whitened noise: errors over degrees of freedom, both summed over runs.
    rho : ndarray of shape (v,)
        Autocorrelation: the mean of the runs' estimates, weighted by their frames.
    """

    coefficients: Floats
    variance: Floats
    rho: Floats

    @classmethod
    def of(cls, runs: Sequence[RunFit], n_added: int, noise: str = "ar1") -> Trained:
        """Pool training runs.

        Parameters
        ----------
        runs : sequence of RunFit
            One model, fitted to each by the fast engine.
        n_added : int
            How many of the first estimates are modulated columns.
        noise : str, default "ar1"
            With ``"ols"`` the autocorrelation is 0.

        Returns
        -------
        Trained
            Their pool.
        """
        frames = np.array([run.n_frames for run in runs], dtype=np.float64)
        freedom = sum(run.n_frames - run.n_columns for run in runs)
        variance = np.sum([run.errors for run in runs], axis=0) / freedom
        rho = np.zeros_like(variance)
        if noise == "ar1":
            kept = [run.autocorrelation for run in runs if run.autocorrelation is not None]
            rho = np.average(kept, axis=0, weights=frames)
        coefficients = np.mean([run.estimates[:n_added] for run in runs], axis=0)
        return cls(coefficients, variance, rho)


def held_out_grid(
    data: Sequence[NDArray[np.floating]],
    fixed: Sequence[Design],
    columns: Sequence[NDArray[np.float64]],
    names: Sequence[str],
    noise: str = "ar1",
    scaling: str = "percent",
    n_jobs: int = 1,
) -> HeldOut:
    """Predict each run of one person from the others, under each model of a grid.

    Parameters
    ----------
    data : sequence of ndarray of shape (n_frames, v)
        The runs, two or more.
    fixed : sequence of Design
        For each run the columns that all models share.
    columns : sequence of ndarray of shape (g, n_frames, m)
        For each run the modulated columns of each model.
    names : sequence of str
        Their m names.
    noise : str, default "ar1"
        Or ``"ols"``.
    scaling : str, default "percent"
        Or ``"none"``: then runs must share their unit.
    n_jobs : int, default 1
        Threads.

    Returns
    -------
    HeldOut
        One pass over the data of each run.

    Raises
    ------
    InputError
        If there is but one run, or as for the fit.
    """
    check_choice("noise", noise, NOISE)
    check_choice("scaling", scaling, SCALING)
    series = read_runs(data, fixed)
    if len(series) < 2:
        raise InputError("data", "one run", "two runs or more: one is held out")
    added = read_columns(columns, fixed, names)
    percent = scaling == "percent"
    passed = [
        grid_statistics(values, design.matrix, grid, _where(run, design), names, percent, n_jobs)
        for run, (values, design, grid) in enumerate(zip(series, fixed, added, strict=True))
    ]
    none = [np.empty((0, design.matrix.shape[1] + len(names))) for design in fixed]
    fits = [fit_models(one, rows, noise, n_jobs) for one, rows in zip(passed, none, strict=True)]
    shared = [_shared_only(one, noise) for one in passed]
    scores, baseline = [], []
    for run, one in enumerate(passed):
        rest = [other for other in range(len(passed)) if other != run]
        trained = [
            Trained.of([fits[other][model] for other in rest], len(names), noise)
            for model in range(len(added[0]))
        ]
        scores.append(np.stack([predict(one, model, of) for model, of in enumerate(trained)]))
        alone = Trained.of([shared[other] for other in rest], 0, noise)
        baseline.append(_density(one.statistics, alone))
    return HeldOut(
        np.stack(scores),
        np.stack(baseline),
        tuple(one.added.shape[1] - one.basis.columns.shape[1] for one in passed),
        tuple(stack_models(found, len(names)) for found in fits),
    )


def _where(run: int, design: Design) -> str:
    """Name a run for messages."""
    return f"run {design.run or run + 1}"


def _shared_only(one: GridStatistics, noise: str) -> RunFit:
    """Fit the shared columns alone."""
    nothing = np.empty((0, one.basis.columns.shape[1]))
    return fit_statistics(one.statistics, nothing, one.n_shared, one.basis.rank, noise)


def predict(one: GridStatistics, model: int, trained: Trained) -> Floats:
    """Evaluate the predictive log-likelihood of a run under one model.

    Parameters
    ----------
    one : GridStatistics
        Of the held-out run.
    model : int
        Which model.
    trained : Trained
        What the training runs say.

    Returns
    -------
    ndarray of shape (v,)
        Natural logarithm; NaN where a voxel is constant.
    """
    return _density(one.without(model, one.own[model] @ trained.coefficients), trained)


def _density(left: Statistics, trained: Trained) -> Floats:
    """Return the density of what is free of the shared columns."""
    rho, labels = bin_autocorrelation(trained.rho)
    n_frames, rank = left.basis.shape
    solved = whitened(left, rho, labels, np.empty((0, rank)))
    usable = (trained.variance > 0.0) & ~left.flat
    variance = np.where(usable, trained.variance, np.nan)
    found = (n_frames - rank) * np.log(2.0 * np.pi * variance) + solved.errors / variance
    return -0.5 * (found + solved.log_determinants[labels])


def predictive_log_likelihood(
    trained: Trained,
    data: NDArray[np.floating],
    design: Design,
    carried: Sequence[str],
    scaling: str = "percent",
) -> Floats:
    """Evaluate another run given what training runs say.

    Parameters
    ----------
    trained : Trained
        Coefficients of the carried columns, in their order, variance and autocorrelation.
    data : ndarray of shape (n_frames, v)
        The held-out run.
    design : Design
        Its design.
    carried : sequence of str
        The columns whose coefficients are carried over; the others are the run's own.
    scaling : str, default "percent"
        Or ``"none"``.

    Returns
    -------
    ndarray of shape (v,)
        Natural logarithm, as defined above.

    Raises
    ------
    InputError
        If a carried column is not in the design, or as for the fit.
    """
    check_choice("scaling", scaling, SCALING)
    for name in carried:
        if name not in design.names:
            raise InputError("carried", repr(name), f"among {', '.join(design.names)}")
    (values,) = read_runs([data], [design])
    places = [design.names.index(name) for name in carried]
    others = np.setdiff1d(np.arange(len(design.names)), places)
    columns = design.matrix[np.newaxis][:, :, places]
    percent = scaling == "percent"
    one = grid_statistics(
        values, design.matrix[:, others], columns, _where(0, design), carried, percent
    )
    return predict(one, 0, trained)
