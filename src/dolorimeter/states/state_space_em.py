"""EM for the linear-Gaussian state-space model (Shumway & Stoffer 1982), arrays in and out."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import Outcome

from .emissions import column_means
from .kalman import Normal, filter_forward, log_evidence, log_likelihood, smooth_backward
from .linear_gaussian import (
    Floats,
    Ints,
    StateSpaceParameters,
    report_information,
    together,
    vitals_information,
)

MAX_PERSISTENCE = 0.999


def fit_state_space(
    features: Floats,
    labels: Ints,
    offsets: Ints,
    emissions: Literal["labels", "joint"],
    floor: float,
    n_iter: int,
    tol: float | None,
) -> tuple[StateSpaceParameters, Outcome]:
    """Learn the parameters from vitals and known classes.

    Parameters
    ----------
    features : ndarray of shape (n, D)
        NaN where missing.
    labels : ndarray of shape (n,), int64
        Class number, -1 where unknown.
    offsets : ndarray of shape (n_sequences + 1,)
        Where sequences start.
    emissions : {"labels", "joint"}
        ``"labels"``: EM on the labels alone finds the course of the level, on which the vitals are
        then regressed; ``"joint"``: EM on vitals and labels together.
    floor : float
        Lower bound of every variance.
    n_iter : int
        Most iterations.
    tol : float or None
        Stop when the log-likelihood gains less (nats); None: run all iterations.

    Returns
    -------
    parameters : StateSpaceParameters
        Learned.
    outcome : Outcome
        What the fit did.
    """
    seen = features if emissions == "joint" else features[:, :0]
    parameters = _first_parameters(seen, labels, floor)
    path: list[float] = []
    while True:
        likelihood, smoothed, covariance = _e_step(seen, labels, offsets, parameters)
        path.append(likelihood)
        converged = tol is not None and len(path) > 1 and path[-1] - path[-2] < tol
        if converged or len(path) > n_iter:
            break
        parameters = _m_step(seen, labels, offsets, smoothed, covariance, parameters, floor)
    if emissions == "labels":
        levels, loadings, variances = _calibrate_vitals(features, smoothed, floor)
        parameters = replace(parameters, levels=levels, loadings=loadings, variances=variances)
    ended = "Converged" if converged else "Ran out of iterations"
    words = f"{ended} after {len(path) - 1} iterations."
    likelihood = log_evidence(features, labels, offsets, parameters)
    bound = _bounds(parameters, floor)
    return parameters, Outcome(
        bool(converged), len(path) - 1, tuple(path), likelihood, bound, words
    )


def _first_parameters(features: Floats, labels: Ints, floor: float) -> StateSpaceParameters:
    """Start from a lasting state with the labels' moments and vitals regressed on the labels."""
    known = labels >= 0
    numbers = labels[known].astype(np.float64)
    mean, variance = numbers.mean(), max(numbers.var(), floor)
    point = Normal(numbers, np.zeros(len(numbers)))
    vitals = _regress_vitals(features[known], point, _flat_vitals(features, floor), floor)
    persistence = 0.9
    innovation = max((1 - persistence**2) * variance, floor)
    return _parameters(
        start=(mean, variance),
        course=(persistence, (1 - persistence) * mean, innovation),
        report_variance=max(variance / 10, floor),
        vitals=vitals,
    )


def _flat_vitals(features: Floats, floor: float) -> tuple[Floats, Floats, Floats]:
    """Vitals that do not depend on the state, for those it has no evidence on."""
    levels = column_means(features)
    spreads = column_means((features - levels) ** 2)
    return levels, np.zeros_like(levels), np.maximum(spreads, floor)


def _e_step(
    features: Floats, labels: Ints, offsets: Ints, parameters: StateSpaceParameters
) -> tuple[float, Normal, Floats]:
    """Log-likelihood of vitals and labels, and the smoothed state."""
    vitals, constant = vitals_information(features, parameters)
    reports, more = report_information(labels, float(parameters.report_variance))
    information = together(vitals, reports)
    predicted, filtered = filter_forward(information, offsets, parameters)
    likelihood = log_likelihood(predicted, information, constant + more)
    return likelihood, *smooth_backward(predicted, filtered, offsets, parameters)


def _m_step(
    features: Floats,
    labels: Ints,
    offsets: Ints,
    smoothed: Normal,
    covariance: Floats,
    old: StateSpaceParameters,
    floor: float,
) -> StateSpaceParameters:
    """Maximize the expected log-likelihood; each variance is about the new regression."""
    first, known = offsets[:-1], labels >= 0
    start_mean = smoothed.mean[first].mean()
    start = np.mean(smoothed.variance[first] + (smoothed.mean[first] - start_mean) ** 2)
    misses = (labels[known] - smoothed.mean[known]) ** 2 + smoothed.variance[known]
    return _parameters(
        start=(start_mean, max(start, floor)),
        course=_regress_course(smoothed, covariance, offsets, old, floor),
        report_variance=max(misses.mean(), floor),
        vitals=_regress_vitals(
            features, smoothed, (old.levels, old.loadings, old.variances), floor
        ),
    )


def _regress_course(
    smoothed: Normal, covariance: Floats, offsets: Ints, old: StateSpaceParameters, floor: float
) -> tuple[float, float, float]:
    """Regress each state on the one before it: persistence, intercept, innovation."""
    now = np.ones(len(covariance), dtype=bool)
    now[offsets[:-1]] = False
    if not now.any():
        return float(old.persistence), float(old.intercept), float(old.innovation)
    before = np.flatnonzero(now) - 1
    z, u = smoothed.mean[now], smoothed.mean[before]
    along_z, along_u = z - z.mean(), u - u.mean()
    of_z = np.mean(smoothed.variance[now] + along_z**2)
    of_u = np.mean(smoothed.variance[before] + along_u**2)
    across = np.mean(covariance[now] + along_z * along_u)
    # The expected loss is a parabola in the persistence: its least point within bounds is a clip.
    persistence = float(np.clip(across / of_u, -MAX_PERSISTENCE, MAX_PERSISTENCE))
    innovation = of_z - 2 * persistence * across + persistence**2 * of_u
    return persistence, float(z.mean() - persistence * u.mean()), max(float(innovation), floor)


def _regress_vitals(
    features: Floats, state: Normal, old: tuple[Floats, Floats, Floats], floor: float
) -> tuple[Floats, Floats, Floats]:
    """Regress each vital on the state over the steps where it is present."""
    levels, loadings, variances = (array.copy() for array in old)
    for d, column in enumerate(features.T):
        seen = ~np.isnan(column)
        if not seen.any():
            continue
        x, z, spread = column[seen], state.mean[seen], state.variance[seen]
        along_x, along_z = x - x.mean(), z - z.mean()
        of_z = np.mean(spread + along_z**2)
        loadings[d] = np.mean(along_x * along_z) / of_z if of_z > 0 else 0.0
        levels[d] = x.mean() - loadings[d] * z.mean()
        left = np.mean((along_x - loadings[d] * along_z) ** 2 + loadings[d] ** 2 * spread)
        variances[d] = max(left, floor)
    return levels, loadings, variances


def _calibrate_vitals(
    features: Floats, smoothed: Normal, floor: float
) -> tuple[Floats, Floats, Floats]:
    """Regress the vitals on a level that was found without them.

    E[x | labels] = a + b E[z | labels], so that the slope on the smoothed mean needs no correction,
    while what is left holds b^2 times the smoothed variance on top of the vital's own variance
    (regression calibration: Carroll et al., Measurement Error in Nonlinear Models, ch. 4).
    """
    point = Normal(smoothed.mean, np.zeros_like(smoothed.mean))
    old = _flat_vitals(features, floor)
    levels, loadings, left = _regress_vitals(features, point, old, floor)
    seen = ~np.isnan(features)
    unsure = smoothed.variance @ seen / np.maximum(seen.sum(axis=0), 1)
    return levels, loadings, np.maximum(left - loadings**2 * unsure, floor)


def _parameters(
    start: tuple[float, float],
    course: tuple[float, float, float],
    report_variance: float,
    vitals: tuple[Floats, Floats, Floats],
) -> StateSpaceParameters:
    """Put numbers into arrays of shape (), as storage wants them."""
    return StateSpaceParameters(
        start_mean=np.array(start[0]),
        start_variance=np.array(start[1]),
        persistence=np.array(course[0]),
        intercept=np.array(course[1]),
        innovation=np.array(course[2]),
        report_variance=np.array(report_variance),
        levels=vitals[0],
        loadings=vitals[1],
        variances=vitals[2],
    )


def _bounds(parameters: StateSpaceParameters, floor: float) -> tuple[str, ...]:
    """Name what a guard held up or down."""
    single = ("start_variance", "innovation", "report_variance")
    found = [name for name in single if getattr(parameters, name) <= floor]
    if abs(parameters.persistence) >= MAX_PERSISTENCE:
        found.append("persistence")
    at_floor: NDArray[np.int64] = np.flatnonzero(parameters.variances <= floor)
    return (*found, *(f"variance[{d}]" for d in at_floor))
