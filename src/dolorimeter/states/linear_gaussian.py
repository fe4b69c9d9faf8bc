"""A linear-Gaussian model of pain: its parameters, and what observations say of the state.

Everything observed at a step enters as its information about the state z: a precision J and a
precision-weighted sum h, so that the likelihood of the step is exp(h z - J z^2 / 2) times a
constant. A missing value adds nothing to either.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import InputError

from .emissions import LOG_TWO_PI

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class StateSpaceParameters:
    """A linear-Gaussian state-space model with one state and D vitals.

    z_1 ~ N(start_mean, start_variance); z_t = intercept + persistence z_(t-1) + N(0, innovation);
    x_td = levels_d + loadings_d z_t + N(0, variances_d); c_t = z_t + N(0, report_variance).

    Attributes
    ----------
    start_mean, start_variance : ndarray of shape ()
        Of the state at the first step.
    persistence, intercept, innovation : ndarray of shape ()
        Of its course; the last is a variance.
    report_variance : ndarray of shape ()
        Of a reported class number about the state.
    levels, loadings, variances : ndarray of shape (D,)
        Of each vital given the state.

    Raises
    ------
    InputError
        If shapes disagree, a value is not finite, or a variance is not positive.
    """

    start_mean: Floats
    start_variance: Floats
    persistence: Floats
    intercept: Floats
    innovation: Floats
    report_variance: Floats
    levels: Floats
    loadings: Floats
    variances: Floats

    def __post_init__(self) -> None:
        n_vitals = np.shape(self.levels)
        for name, array in self.to_arrays().items():
            wanted = n_vitals[:1] if name in ("levels", "loadings", "variances") else ()
            if array.shape != wanted or not np.isfinite(array).all():
                raise InputError(name, f"{array!r}"[:60], f"finite numbers of shape {wanted}")
        for name in ("start_variance", "innovation", "report_variance", "variances"):
            if not (getattr(self, name) > 0).all():
                raise InputError(name, "a variance that is not positive", "positive numbers")

    def to_arrays(self) -> dict[str, Floats]:
        """Return the arrays by name, as they are saved."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, slots=True)
class Information:
    """What each step says of the state.

    Attributes
    ----------
    precision, weighted : ndarray of shape (n,)
        J and h.
    """

    precision: Floats
    weighted: Floats


def vitals_information(
    features: Floats, parameters: StateSpaceParameters
) -> tuple[Information, Floats]:
    """Gather what the vitals of each step say of the state.

    Parameters
    ----------
    features : ndarray of shape (n, D)
        NaN where missing.
    parameters : StateSpaceParameters
        The model.

    Returns
    -------
    information : Information
        J = sum_d b_d^2 / v_d and h = sum_d b_d (x_d - a_d) / v_d over what is observed.
    constant : ndarray of shape (n,)
        Log-likelihood of the step at z = 0.
    """
    precision, weighted, constant = np.zeros((3, len(features)))
    columns = (features.T, parameters.levels, parameters.loadings, parameters.variances)
    # Vital by vital, so that a step alone gives the same bits as among others.
    for column, level, loading, variance in zip(*columns, strict=True):
        seen, excess = ~np.isnan(column), np.nan_to_num(column - level)
        precision += seen * (loading**2 / variance)
        weighted += excess * (loading / variance)
        constant -= 0.5 * (seen * (LOG_TWO_PI + np.log(variance)) + excess**2 / variance)
    return Information(precision, weighted), constant


def report_information(labels: Ints, variance: float) -> tuple[Information, Floats]:
    """Gather what known classes say of the state.

    Parameters
    ----------
    labels : ndarray of shape (n,), int64
        Class number of each step, -1 where unknown.
    variance : float
        Of a class number about the state.

    Returns
    -------
    information : Information
        J = 1 / variance and h = c / variance where the class is known.
    constant : ndarray of shape (n,)
        Log-likelihood of the step at z = 0.
    """
    known, number = labels >= 0, np.maximum(labels, 0).astype(np.float64)
    constant = -0.5 * known * (LOG_TWO_PI + np.log(variance) + number**2 / variance)
    return Information(known / variance, number / variance), constant


def together(first: Information, second: Information) -> Information:
    """Add independent information.

    Parameters
    ----------
    first, second : Information
        Of the same steps.

    Returns
    -------
    Information
        Sums of precisions and weighted sums.
    """
    return Information(first.precision + second.precision, first.weighted + second.weighted)
