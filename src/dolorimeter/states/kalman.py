"""Kalman filter and smoother for one hidden number.

Arrays in, arrays out. Steps stand in one flat block; sequence i is offsets[i]:offsets[i + 1].
"""

from __future__ import annotations

from dataclasses import dataclass

import numba as nb
import numpy as np
from numpy.typing import NDArray

from .linear_gaussian import (
    Floats,
    Information,
    Ints,
    StateSpaceParameters,
    report_information,
    together,
    vitals_information,
)


@dataclass(frozen=True, slots=True)
class Normal:
    """A normal distribution of the state at each step.

    Attributes
    ----------
    mean, variance : ndarray of shape (n,)
        Of the state.
    """

    mean: Floats
    variance: Floats


def update(prior: Normal, information: Information) -> Normal:
    """Condition the state of each step on what the step says.

    Parameters
    ----------
    prior : Normal
        Before.
    information : Information
        Of the same steps.

    Returns
    -------
    Normal
        After; the same where the step says nothing.
    """
    variance = prior.variance / (1 + information.precision * prior.variance)
    surprise = information.weighted - information.precision * prior.mean
    return Normal(prior.mean + variance * surprise, variance)


def predict(now: Normal, parameters: StateSpaceParameters) -> Normal:
    """Carry the state of each step one step on.

    Parameters
    ----------
    now : Normal
        At a step.
    parameters : StateSpaceParameters
        The model.

    Returns
    -------
    Normal
        At the next one, before it says anything.
    """
    mean = parameters.intercept + parameters.persistence * now.mean
    return Normal(mean, parameters.persistence**2 * now.variance + parameters.innovation)


def log_evidence(
    features: Floats, labels: Ints, offsets: Ints, parameters: StateSpaceParameters
) -> float:
    """Compute the log-likelihood of vitals and known classes.

    Parameters
    ----------
    features : ndarray of shape (n, D)
        NaN where missing.
    labels : ndarray of shape (n,), int64
        Class number, -1 where unknown.
    offsets : ndarray of shape (n_sequences + 1,)
        Where sequences start.
    parameters : StateSpaceParameters
        The model.

    Returns
    -------
    float
        In nats.
    """
    vitals, constant = vitals_information(features, parameters)
    reports, more = report_information(labels, float(parameters.report_variance))
    information = together(vitals, reports)
    predicted, _ = filter_forward(information, offsets, parameters)
    return log_likelihood(predicted, information, constant + more)


def filter_forward(
    information: Information, offsets: Ints, parameters: StateSpaceParameters
) -> tuple[Normal, Normal]:
    """Run the Kalman filter along every sequence.

    Parameters
    ----------
    information : Information
        Of all steps.
    offsets : ndarray of shape (n_sequences + 1,)
        Where sequences start.
    parameters : StateSpaceParameters
        The model.

    Returns
    -------
    predicted : Normal
        State of each step given the steps before it.
    filtered : Normal
        State of each step given those and itself.
    """
    start = float(parameters.start_mean), float(parameters.start_variance)
    course = float(parameters.persistence), float(parameters.intercept)
    innovation = float(parameters.innovation)
    means, variances = _forward(
        information.precision, information.weighted, offsets, *start, *course, innovation
    )
    return Normal(means[0], variances[0]), Normal(means[1], variances[1])


def smooth_backward(
    predicted: Normal, filtered: Normal, offsets: Ints, parameters: StateSpaceParameters
) -> tuple[Normal, Floats]:
    """Run the Rauch-Tung-Striebel smoother along every sequence.

    Parameters
    ----------
    predicted, filtered : Normal
        From :func:`filter_forward`.
    offsets : ndarray of shape (n_sequences + 1,)
        Where sequences start.
    parameters : StateSpaceParameters
        The model.

    Returns
    -------
    smoothed : Normal
        State of each step given its whole sequence.
    covariance : ndarray of shape (n,)
        Smoothed covariance of each state with the one before it; 0 at first steps.
    """
    smoothed = Normal(filtered.mean.copy(), filtered.variance.copy())
    covariance = np.zeros_like(filtered.mean)
    _backward(
        predicted.mean,
        predicted.variance,
        smoothed.mean,
        smoothed.variance,
        covariance,
        offsets,
        float(parameters.persistence),
    )
    return smoothed, covariance


def log_likelihood(predicted: Normal, information: Information, constant: Floats) -> float:
    """Sum the log-likelihood of all steps, each given the steps before it.

    Parameters
    ----------
    predicted : Normal
        From :func:`filter_forward`.
    information : Information
        What it was run on.
    constant : ndarray of shape (n,)
        Log-likelihood of each step at z = 0.

    Returns
    -------
    float
        In nats: log of the integral of exp(h z - J z^2 / 2) over N(mean, variance), and constants.
    """
    mean, variance = predicted.mean, predicted.variance
    growth = 1 + information.precision * variance
    surprise = information.weighted - information.precision * mean
    terms = information.weighted * mean - 0.5 * information.precision * mean**2
    terms += 0.5 * (surprise**2 * variance / growth - np.log(growth))
    return float((terms + constant).sum())


@nb.njit(cache=True, nogil=True)
def _forward(
    precision: NDArray[np.float64],
    weighted: NDArray[np.float64],
    offsets: NDArray[np.int64],
    start_mean: float,
    start_variance: float,
    persistence: float,
    intercept: float,
    innovation: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Means and variances, (2, n): predicted, filtered; in the order of ``update``, ``predict``."""
    means, variances = np.empty((2, len(precision))), np.empty((2, len(precision)))
    for i in range(len(offsets) - 1):
        mean, variance = start_mean, start_variance
        for t in range(offsets[i], offsets[i + 1]):
            means[0, t], variances[0, t] = mean, variance
            variance = variance / (1 + precision[t] * variance)
            mean = mean + variance * (weighted[t] - precision[t] * mean)
            means[1, t], variances[1, t] = mean, variance
            mean = intercept + persistence * mean
            variance = persistence**2 * variance + innovation
    return means, variances


@nb.njit(cache=True, nogil=True)
def _backward(
    predicted_mean: NDArray[np.float64],
    predicted_variance: NDArray[np.float64],
    mean: NDArray[np.float64],
    variance: NDArray[np.float64],
    covariance: NDArray[np.float64],
    offsets: NDArray[np.int64],
    persistence: float,
) -> None:
    """Turn filtered means and variances into smoothed ones, in place."""
    for i in range(len(offsets) - 1):
        for t in range(offsets[i + 1] - 1, offsets[i], -1):
            gain = persistence * variance[t - 1] / predicted_variance[t]
            covariance[t] = gain * variance[t]
            mean[t - 1] += gain * (mean[t] - predicted_mean[t])
            variance[t - 1] += gain**2 * (variance[t] - predicted_variance[t])
