"""EM for a mixture of diagonal Gaussians in which some windows name their class.

Arrays in, arrays out (Panaggio et al. 2021, Eqs 1-4; science 1.5). Squares are taken about each
class's own mean, once an iteration: they give the variances of that update and the densities of
the next posterior. Expanding them into one matrix product would take half the time, but cancels
where classes lie far apart, and then the objective falls.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

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
    """The windows that tell something, those with a label first.

    Attributes
    ----------
    values : ndarray of shape (D, n)
        About ``center``; 0 where missing.
    observed : ndarray of shape (D, n)
        1 where observed, else 0.
    labeled : ndarray of shape (K, n_labeled)
        Weight of each labeled window in its own class's row.
    weight : ndarray of shape (n_open,)
        Weight of each window whose class is open.
    excluded : ndarray of shape (K, n_open), bool, or None
        Classes that it cannot have.
    center : ndarray of shape (D,)
        Mean of each vital.
    """

    values: Floats
    observed: Floats
    labeled: Floats
    weight: Floats
    excluded: NDArray[np.bool_] | None
    center: Floats


class _Emissions(NamedTuple):
    """Means and variances, (K, D), and the squares about these means, (K, D, n)."""

    means: Floats
    variances: Floats
    squares: Floats


def gather(
    features: Floats,
    labels: Ints,
    n_classes: int,
    weight: Floats,
    allowed: NDArray[np.bool_] | None,
) -> Evidence:
    """Lay out what is labeled and what is open.

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
        For ``fit_mixture``.
    """
    tells = ~np.isnan(features).all(axis=1)
    if allowed is not None:
        tells |= ~allowed.all(axis=1)
    labeled = np.flatnonzero((labels >= 0) & (weight > 0))
    is_open = np.flatnonzero((labels < 0) & (weight > 0) & tells)
    chosen = features[np.concatenate([labeled, is_open])]
    center = column_means(chosen)
    values = np.ascontiguousarray((chosen - center).T)
    missing = np.isnan(values)
    values[missing] = 0.0
    belongs = (labels[labeled] == np.arange(n_classes)[:, None]) * weight[labeled]
    excluded = None if allowed is None else ~allowed[is_open].T
    return Evidence(values, 1.0 - missing, belongs, weight[is_open], excluded, center)


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
    counts = evidence.labeled.sum(axis=1)
    prior = counts / counts.sum() if class_prior is None else class_prior
    emissions = _first_emissions(evidence, variance_floor)
    path: list[float] = []
    while True:
        posterior, objective = _e_step(evidence, prior, emissions, unlabeled_weight)
        path.append(objective)
        converged = tol is not None and len(path) > 1 and path[-1] - path[-2] < tol
        if converged or len(path) > n_iter:
            break
        counts = evidence.labeled.sum(axis=1) + posterior.sum(axis=1)
        prior = counts / counts.sum() if class_prior is None else class_prior
        share = np.hstack([evidence.labeled, unlabeled_weight * posterior])
        emissions = _m_step(evidence, share, emissions, variance_floor)
    informed = np.hstack([evidence.labeled, unlabeled_weight * posterior]) @ evidence.observed.T
    floored = (informed > TINY_COUNT) & (emissions.variances <= variance_floor)
    log_likelihood = _e_step(evidence, prior, emissions, 1.0)[1]
    outcome = Outcome(bool(converged), len(path) - 1, tuple(path), log_likelihood)
    parameters = NaiveBayesParameters(prior, emissions.means + evidence.center, emissions.variances)
    return parameters, outcome, floored


def log_joint(features: Floats, parameters: NaiveBayesParameters) -> Floats:
    """Return log(prior_k N_k(x)) of each window; a missing value's factor is 1.

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


def _first_emissions(evidence: Evidence, floor: float) -> _Emissions:
    """Moments of the labeled windows; where a class never shows a vital, those of all windows."""
    n_classes, n_labeled = evidence.labeled.shape
    shape = (n_classes, len(evidence.center))
    room = np.empty((*shape, evidence.values.shape[1]))
    nothing = _Emissions(np.zeros(shape), np.ones(shape), room)
    everyone = np.tile(
        np.concatenate([evidence.labeled.sum(axis=0), evidence.weight]), (n_classes, 1)
    )
    overall = _m_step(evidence, everyone, nothing, floor)
    labeled = np.zeros_like(everyone)
    labeled[:, :n_labeled] = evidence.labeled
    return _m_step(evidence, labeled, overall, floor)


def _m_step(evidence: Evidence, share: Floats, old: _Emissions, floor: float) -> _Emissions:
    """Weighted means and variances about them (Eqs 1, 2), or the old ones without evidence."""
    count = share @ evidence.observed.T
    informed = count > TINY_COUNT
    count = np.where(informed, count, 1.0)
    means = np.where(informed, share @ evidence.values.T / count, old.means)
    # In the room of the old squares: to allocate a megabyte anew takes longer than to fill it.
    squares = np.subtract(evidence.values, means[:, :, None], out=old.squares)
    np.square(squares, out=squares)
    squares *= evidence.observed
    left = (squares @ share[:, :, None])[:, :, 0] / count
    return _Emissions(means, np.maximum(np.where(informed, left, old.variances), floor), squares)


def _e_step(
    evidence: Evidence, prior: Floats, emissions: _Emissions, power: float
) -> tuple[Floats, float]:
    """Weighted posterior of the open windows, (K, n_open), and the objective (Eqs 3, 4)."""
    _, variances, squares = emissions
    joint = ((-0.5 / variances)[:, None, :] @ squares)[:, 0, :]
    joint -= 0.5 * (LOG_TWO_PI + np.log(variances)) @ evidence.observed
    log_prior, n_labeled = np.log(prior)[:, None], evidence.labeled.shape[1]
    objective = float((evidence.labeled * (joint[:, :n_labeled] + log_prior)).sum())
    joint = power * joint[:, n_labeled:] + log_prior
    if evidence.excluded is not None:
        joint[evidence.excluded] = -np.inf
    top = joint.max(axis=0)
    joint -= top
    np.exp(joint, out=joint)
    total = joint.sum(axis=0)
    objective += float(evidence.weight @ (top + np.log(total)))
    joint *= evidence.weight / total
    return joint, objective
