"""The model of one run by nilearn's ``run_glm``: the reference that the fast path equals."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats

from .run_fit import RunFit
from .run_statistics import percent_signal


def _nilearn() -> Any:
    """Import nilearn's regression, or say which extra has it."""
    try:
        return importlib.import_module("nilearn.glm.first_level")
    except ImportError as error:
        remedy = 'Install it with pip install "dolorimeter[images]".'
        raise InputError("nilearn", "not installed", "the extra 'images'", remedy) from error


def fit_run_by_nilearn(
    data: NDArray[np.floating],
    matrix: Floats,
    functionals: Floats,
    noise: str = "ar1",
    percent: bool = True,
    n_jobs: int = 1,
) -> RunFit:
    """Fit one run with nilearn.

    Parameters
    ----------
    data : ndarray of shape (n_frames, v)
        One column a voxel.
    matrix : ndarray of shape (n_frames, k)
        The design.
    functionals : ndarray of shape (f, k)
        Combinations of its coefficients that are wanted.
    noise : str, default "ar1"
        Or ``"ols"``.
    percent : bool, default True
        Scale each voxel to percent of its mean first.
    n_jobs : int, default 1
        Workers over bins.

    Returns
    -------
    RunFit
        As the fast path gives it, but ``autocorrelation`` is None, and a constant voxel has what
        rounding makes of it.
    """
    first_level = _nilearn()
    series = np.asarray(data, dtype=np.float64)
    series = percent_signal(series) if percent else series
    labels, results = first_level.run_glm(series, matrix, noise_model=noise, n_jobs=n_jobs)
    n_voxels = series.shape[1]
    estimates = np.empty((len(functionals), n_voxels))
    unit_variances = np.empty_like(estimates)
    errors, rho = np.empty(n_voxels), np.zeros(n_voxels)
    for label, result in results.items():
        here = labels == label
        estimates[:, here] = functionals @ result.theta
        spread = np.einsum("fk,kl,fl->f", functionals, result.cov, functionals)
        unit_variances[:, here] = spread[:, np.newaxis]
        errors[here] = result.SSE
        if noise == "ar1":
            rho[here] = result.model.rho[0]
    rank = int(next(iter(results.values())).model.df_model)
    n_frames, n_columns = matrix.shape
    return RunFit(estimates, unit_variances, errors, rho, None, n_frames, n_columns, rank)
