"""The best parameters of each subject alone, and of all subjects together."""

from __future__ import annotations

import numpy as np

from dolorimeter.core.containers import Floats

from .likelihoods import Evidence
from .optimize import Maximum, choose_starts, maximize
from .profiles import ParameterGrid


def best_by_subject(evidence: Evidence, on_grid: Floats | None = None) -> Maximum:
    """Maximize each subject's own likelihood.

    Parameters
    ----------
    evidence : Evidence
        Measure and model.
    on_grid : ndarray of shape (n_subjects, g), optional
        Log likelihoods on the usual grid, where known.

    Returns
    -------
    Maximum
        One point a subject.
    """
    grid = ParameterGrid.over(evidence.predictor.low, evidence.predictor.high)
    values = evidence.log_likelihood(grid.points) if on_grid is None else on_grid
    starts = choose_starts(grid.points, values, grid.low, grid.high)
    return maximize(evidence.log_likelihood, starts, grid.low, grid.high)


def best_shared(evidence: Evidence, on_grid: Floats | None = None) -> Maximum:
    """Maximize the likelihood of all subjects, parameters and effect shared.

    Parameters
    ----------
    evidence : Evidence
        Measure and model.
    on_grid : ndarray of shape (1, g), optional
        Log likelihoods on the usual grid, where known.

    Returns
    -------
    Maximum
        One point.
    """
    grid = ParameterGrid.over(evidence.predictor.low, evidence.predictor.high)
    whole = np.ones((1, len(evidence.subjects)))

    def objective(points: Floats) -> Floats:
        return evidence.common(points[0], whole)

    values = objective(grid.points[None]) if on_grid is None else on_grid
    starts = choose_starts(grid.points, values, grid.low, grid.high)
    return maximize(objective, starts, grid.low, grid.high)
