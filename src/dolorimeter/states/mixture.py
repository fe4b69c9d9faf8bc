"""EM for a mixture of diagonal Gaussians in which some windows name their class.

Arrays in, arrays out. With a window's values x, its missing ones left out of every sum,
log N_k(x) = sum_d -1/2 (log 2 pi v_kd + (x_d - m_kd)^2 / v_kd) is linear in the window's moments
[observed, x, x^2]. So each step of EM is one matrix product, and labeled windows, whose posterior
never moves, enter as sums made once (Panaggio et al. 2021, Eqs 1-4; science 1.5).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import Outcome

from .emissions import LOG_TWO_PI, column_means, log_densities
from .params import NaiveBayesParameters

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
TINY_COUNT = 1e-10  # an emission that nothing informs keeps its parameters


@dataclass(frozen=True, slots=True)
class Evidence:
    """What EM reads, made once for each fit.

    Attributes
    ----------
    center : ndarray of shape (D,)
        Subtracted from every value before it is squared.
    labeled_sums : ndarray of shape (K, 3 D)
        Weighted moments of the labeled windows, by class.
    labeled_counts : ndarray of shape (K,)
        Weight of the labeled windows, by class.
    all_sums : ndarray of shape (3 D,)
        Weighted moments of all windows.
    moments : ndarray of shape (3 D, n_open)
        Moments of the windows whose class is open and that tell something.
    weight : ndarray of shape (n_open,)
        Their weights.
    excluded : ndarray of shape (K, n_open), bool, or None
        Classes that they cannot have.
    """

    center: Floats
    labeled_sums: Floats
    labeled_counts: Floats
    all_sums: Floats
    moments: Floats
    weight: Floats
    excluded: NDArray[np.bool_] | None


def gather(
    features: Floats,
    labels: Ints,
    n_classes: int,
    weight: Floats,
    allowed: NDArray[np.bool_] | None,
) -> Evidence:
    """Sum what is fixed and lay out what is open.

    An open window without an observation and without a set of classes has the likelihood 1
    whatever the parameters; leaving it out changes no optimum and spares EM many iterations.

    Parameters
    ----------
    features : ndarray of shape (n, D)
        NaN where missing.
    labels : ndarray of shape (n,), int64
        Class, -1 where open.
    n_classes : int
        K.
    weight : ndarray of shape (n,)
        How often each window counts.
    allowed : ndarray of shape (n, K), bool, or None
        Classes each window may have.

    Returns
    -------
    Evidence
        Sums over labeled windows, moments of the open ones.
    """
    center = column_means(features)
    tells = ~np.isnan(features).all(axis=1)
    if allowed is not None:
        tells |= ~allowed.all(axis=1)
    is_open = np.flatnonzero((labels < 0) & (weight > 0) & tells)
    labeled = np.flatnonzero(labels >= 0)
    belongs = (labels[labeled] == np.arange(n_classes)[:, None]) * weight[labeled]
    labeled_sums = belongs @ _window_moments(features[labeled] - center).T
    moments = _window_moments(features[is_open] - center)
    return Evidence(
        center,
        labeled_sums,
        belongs.sum(axis=1),
        labeled_sums.sum(axis=0) + moments @ weight[is_open],
        moments,
        weight[is_open],
        None if allowed is None else ~allowed[is_open].T,
    )


def fit_mixture(
    evidence: Evidence,
    class_prior: Floats | None,
    unlabeled_weight: float,
    variance_floor: float,
    n_iter: int,
    tol: float | None,
) -> tuple[NaiveBayesParameters, Outcome, NDArray[np.bool_]]:
    """Run EM from the moments of the labeled windows.

    Parameters
    ----------
    evidence : Evidence
        As ``gather`` made it; every class has a labeled window.
    class_prior : ndarray of shape (K,) or None
        Held fixed; None: learned.
    unlabeled_weight : float
        Power on the densities of open windows, in [0, 1]: EM climbs
        sum_labeled log(prior_y N_y(x)) + sum_open log sum_k prior_k N_k(x)^unlabeled_weight.
    variance_floor : float
        Lower bound of a variance.
    n_iter : int
        Most iterations.
    tol : float or None
        Stop when the objective gains less (nats); None: run all iterations.

    Returns
    -------
    parameters : NaiveBayesParameters
        In the units of the features.
    outcome : Outcome
        Without words for the floors.
    floored : ndarray of shape (K, D), bool
        Variances at their floor that some window informs.
    """
    counts = evidence.labeled_counts
    prior = counts / counts.sum() if class_prior is None else class_prior
    means, variances = _first_moments(evidence, variance_floor)
    path: list[float] = []
    while True:
        posterior, objective = _e_step(evidence, prior, means, variances, unlabeled_weight)
        path.append(objective)
        converged = tol is not None and len(path) > 1 and path[-1] - path[-2] < tol
        if converged or len(path) > n_iter:
            break
        counts, sums = _expected(evidence, posterior, unlabeled_weight)
        prior = counts / counts.sum() if class_prior is None else class_prior
        means, variances = _moments(sums, means, variances, variance_floor)
    informed = _expected(evidence, posterior, unlabeled_weight)[1][:, : means.shape[1]] > TINY_COUNT
    log_likelihood = _e_step(evidence, prior, means, variances, 1.0)[1]
    outcome = Outcome(bool(converged), len(path) - 1, tuple(path), log_likelihood)
    parameters = NaiveBayesParameters(prior, means + evidence.center, variances)
    return parameters, outcome, informed & (variances <= variance_floor)


def log_joint(features: Floats, parameters: NaiveBayesParameters) -> Floats:
    """Return log(prior_k N_k(x)) of each window; a missing value's factor is 1.

    Unlike EM it does not expand squares: exact far from the data, and the same to the bit for a
    window alone as among others.

    Parameters
    ----------
    features : ndarray of shape (n, D)
        NaN where missing.
    parameters : NaiveBayesParameters
        Of K classes.

    Returns
    -------
    ndarray of shape (n, K)
        In nats; minus infinity for a class of prior 0.
    """
    with np.errstate(divide="ignore"):
        log_prior = np.log(parameters.class_prior)
    return log_prior + log_densities(features, parameters.means, parameters.variances)


def posterior_of(joint: Floats) -> Floats:
    """Normalize log joint probabilities over the classes.

    Parameters
    ----------
    joint : ndarray of shape (n, K)
        In nats.

    Returns
    -------
    ndarray of shape (n, K)
        Each row sums to 1.
    """
    posterior = np.exp(joint - joint.max(axis=1, keepdims=True))
    return posterior / posterior.sum(axis=1, keepdims=True)


def _window_moments(centered: Floats) -> Floats:
    """Stack [observed, x, x^2] of each vital, (3 D, n), with zeros where it is missing."""
    values = np.ascontiguousarray(centered.T)
    missing = np.isnan(values)
    values[missing] = 0.0
    return np.concatenate([~missing, values, values * values])


def _first_moments(evidence: Evidence, floor: float) -> tuple[Floats, Floats]:
    """Moments by class; where a class never shows a vital, those of all windows."""
    n_classes = len(evidence.labeled_counts)
    nothing = np.zeros((1, len(evidence.center))), np.ones((1, len(evidence.center)))
    mean, variance = _moments(evidence.all_sums[None], *nothing, floor)
    shape = (n_classes, 1)
    return _moments(evidence.labeled_sums, np.tile(mean, shape), np.tile(variance, shape), floor)


def _moments(sums: Floats, means: Floats, variances: Floats, floor: float) -> tuple[Floats, Floats]:
    """Weighted means and variances about them (Eqs 1, 2), or the old ones without evidence."""
    count, first, second = np.split(sums, 3, axis=1)
    informed = count > TINY_COUNT
    count = np.where(informed, count, 1.0)
    mean = np.where(informed, first / count, means)
    return mean, np.maximum(np.where(informed, second / count - mean**2, variances), floor)


def _e_step(
    evidence: Evidence, prior: Floats, means: Floats, variances: Floats, power: float
) -> tuple[Floats, float]:
    """Posterior of the open windows, (K, n_open), and the objective (Eqs 3, 4)."""
    constant = -0.5 * (LOG_TWO_PI + np.log(variances) + means**2 / variances)
    weights = np.concatenate([constant, means / variances, -0.5 / variances], axis=1)
    log_prior = np.log(prior)
    joint = (power * weights) @ evidence.moments
    joint += log_prior[:, None]
    if evidence.excluded is not None:
        joint[evidence.excluded] = -np.inf
    top = joint.max(axis=0)
    joint -= top
    np.exp(joint, out=joint)
    total = joint.sum(axis=0)
    joint /= total
    objective = float(evidence.weight @ (top + np.log(total)))
    objective += float(
        (evidence.labeled_sums * weights).sum() + evidence.labeled_counts @ log_prior
    )
    return joint, objective


def _expected(evidence: Evidence, posterior: Floats, power: float) -> tuple[Floats, Floats]:
    """Expected counts of the classes and weighted moments of their emissions."""
    posterior = posterior * evidence.weight
    counts = evidence.labeled_counts + posterior.sum(axis=1)
    return counts, evidence.labeled_sums + power * (posterior @ evidence.moments.T)
