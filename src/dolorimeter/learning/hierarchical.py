"""Partial pooling: expectation maximization with Laplace's approximation (empirical Bayes).

Each subject has parameters on the logit scale and an effect (standardized slope, or logarithm of
the inverse temperature); they are normal over subjects, with means and variances that maximize the
approximate marginal likelihood (Huys et al. 2011, PLoS Comput Biol 7, e1002028, Methods).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from dolorimeter.core import Outcome
from dolorimeter.core.containers import Floats

from .likelihoods import Evidence
from .optimize import Objective, climb_all

# On the logit scale: 0.0025 to 0.9975 of the range. Beyond, values hardly change any more.
_FARTHEST = 6.0
_EFFECT_LOW, _EFFECT_HIGH = -4.0, 4.0
_LEAST_DEVIATION = 0.05
_START_DEVIATION = 1.5
_STEP = 0.05
_MOST_ROUNDS = 100
_STRIDE = 1.7
_TOLERANCE = 1e-3  # nats
_GREATEST_DEVIATION = 3.0
_LONGEST = 1.0


@dataclass(frozen=True, slots=True)
class HierarchicalFit:
    """Subjects and the group they come from; d = k + 1 columns, the effect last.

    Attributes
    ----------
    modes : ndarray of shape (n_subjects, d)
        Most probable value of each subject, on the logit scale but for the effect.
    covariances : ndarray of shape (n_subjects, d, d)
        Around them.
    mean, deviation : ndarray of shape (d,)
        Of the group.
    log_evidence : ndarray of shape (n_subjects,)
        Laplace's approximation given the group, in nats.
    outcome : Outcome
        Of the expectation maximization; the path is the total log evidence.
    """

    modes: Floats
    covariances: Floats
    mean: Floats
    deviation: Floats
    log_evidence: Floats
    outcome: Outcome


def to_parameters(logits: Floats, low: Floats, high: Floats) -> Floats:
    """Return parameters from the logit scale.

    Parameters
    ----------
    logits : ndarray of shape (..., k)
        Any numbers.
    low, high : ndarray of shape (k,)
        Limits of the parameters.

    Returns
    -------
    ndarray of shape (..., k)
        Between the limits.
    """
    return np.asarray(low + (high - low) * special.expit(logits))


def fit_hierarchical(evidence: Evidence) -> HierarchicalFit:
    """Fit subjects and their group together.

    Parameters
    ----------
    evidence : Evidence
        Measure and model.

    Returns
    -------
    HierarchicalFit
        Started wide, in the middle of the range.
    """
    d, n_subjects = len(evidence.predictor.free) + 1, len(evidence.subjects)
    groups = _Groups(np.zeros((1, d)), np.full((1, d), _START_DEVIATION))
    weights = np.ones((1, n_subjects))
    modes = np.zeros((n_subjects, 1, d))
    path: list[float] = []
    while True:
        modes, covariances, log_evidence = _laplace(evidence, modes, groups)
        path.append(float(log_evidence.sum()))
        done = len(path) > 1 and abs(path[-1] - path[-2]) < _TOLERANCE
        if done or len(path) > _MOST_ROUNDS:
            break
        groups = _update(groups, modes, covariances, weights)
    names = (*(spec.name for spec in evidence.predictor.free), "effect")
    bound = groups.deviation[0] <= _LEAST_DEVIATION
    floors = tuple(f"deviation[{name}]" for name, at in zip(names, bound, strict=True) if at)
    message = "the group came to rest" if done else f"stopped after {_MOST_ROUNDS} rounds"
    outcome = Outcome(bool(done), len(path) - 1, tuple(path), path[-1], floors, message)
    return HierarchicalFit(
        modes[:, 0], covariances[:, 0], groups.mean[0], groups.deviation[0], log_evidence[:, 0],
        outcome,
    )  # fmt: skip


def replicate_means(
    evidence: Evidence, fit: HierarchicalFit, weights: Floats, rounds: int = 8
) -> Floats:
    """Refit the group to other draws of its subjects, all draws at once.

    Parameters
    ----------
    evidence : Evidence
        Measure and model.
    fit : HierarchicalFit
        Where each refit starts.
    weights : ndarray of shape (w, n_subjects)
        How often each subject is in each draw.
    rounds : int, default 8
        Of expectation maximization.

    Returns
    -------
    ndarray of shape (w, d)
        Means on the scale of ``fit.mean``.
    """
    n_draws, d = len(weights), len(fit.mean)
    groups = _Groups(np.tile(fit.mean, (n_draws, 1)), np.tile(fit.deviation, (n_draws, 1)))
    modes = np.repeat(fit.modes[:, None, :], n_draws, axis=1)
    for _ in range(rounds if n_draws else 0):
        modes, covariances, _ = _laplace(evidence, modes, groups, tolerance=1e-3, most_steps=20)
        groups = _update(groups, modes, covariances, weights)
    return groups.mean.reshape(n_draws, d)


@dataclass(frozen=True, slots=True)
class _Groups:
    """Means and deviations (s, d) of s groups that are fitted side by side."""

    mean: Floats
    deviation: Floats


def _update(groups: _Groups, modes: Floats, covariances: Floats, weights: Floats) -> _Groups:
    """Improve the groups; modes (u, s, d), weights (s, u).

    The mean takes a step of Newton's on the approximate marginal likelihood, since the plain mean
    of the modes crawls where subjects hang on the group; deviations take a longer stride for the
    same reason. Both rest where expectation maximization does.
    """
    precision = 1 / groups.deviation**2
    score = np.einsum("su,usd->sd", weights, modes - groups.mean) * precision
    shrunk = precision[:, :, None] * np.einsum("su,usij->sij", weights, covariances)
    information = -shrunk * precision[:, None, :]
    total = weights.sum(axis=1)[:, None]
    diagonal = np.arange(modes.shape[2])
    information[:, diagonal, diagonal] += total * precision
    information = _positive(information, 1e-3 * total.min())
    step = np.linalg.solve(information, score[..., None])[..., 0]
    mean = np.clip(groups.mean + np.clip(step, -_LONGEST, _LONGEST), -_FARTHEST, _FARTHEST)
    spread = (modes - mean) ** 2 + np.diagonal(covariances, axis1=2, axis2=3)
    wanted = np.sqrt(np.einsum("su,usd->sd", weights, spread) / total)
    deviation = groups.deviation * (wanted / groups.deviation) ** _STRIDE
    return _Groups(mean, np.clip(deviation, _LEAST_DEVIATION, _GREATEST_DEVIATION))


def _laplace(
    evidence: Evidence,
    start: Floats,
    groups: _Groups,
    tolerance: float = 1e-4,
    most_steps: int = 300,
) -> tuple[Floats, Floats, Floats]:
    """Return modes (u, s, d), covariances and log evidence of all subjects in all groups."""
    n_subjects, n_groups, d = start.shape
    low = np.append(np.full(d - 1, -_FARTHEST), _EFFECT_LOW)
    predictor = evidence.predictor

    def objective(points: Floats) -> Floats:
        parameters = to_parameters(points[..., :-1], predictor.low, predictor.high)
        likelihood = evidence.joint(parameters, points[..., -1])
        apart = points.reshape(n_subjects, n_groups, -1, d)
        away = (apart - groups.mean[:, None, :]) / groups.deviation[:, None, :]
        prior = -0.5 * (away**2).sum(-1) - np.log(groups.deviation).sum(-1)[:, None]
        return np.asarray(likelihood + prior.reshape(likelihood.shape))

    found = climb_all(
        objective, start, low, -low, step=0.02, tolerance=tolerance, most_steps=most_steps
    )
    curvature = _curvature(objective, found.points)
    precision = _positive(curvature, 0.25 / groups.deviation[..., :].max() ** 2)
    covariances = np.asarray(np.linalg.inv(precision), np.float64)
    _, log_det = np.linalg.slogdet(covariances)
    # The prior's and Laplace's factors of 2 pi cancel.
    return found.points, covariances, np.asarray(found.values + log_det / 2)


def _curvature(objective: Objective, at: Floats) -> Floats:
    """Second derivatives of the negative objective at (u, s, d), by central differences."""
    n_subjects, n_groups, d = at.shape
    pairs = [(i, j) for i in range(d) for j in range(i, d)]
    unit = _STEP * np.eye(d)
    moves = np.array([s * unit[i] + t * unit[j] for i, j in pairs for s, t in _SIGNS])
    points = (at[:, :, None, :] + moves).reshape(n_subjects, -1, d)
    values = objective(points).reshape(n_subjects, n_groups, len(pairs), 4)
    mixed = (values @ np.array([1.0, -1.0, -1.0, 1.0])) / (4 * _STEP**2)
    found = np.empty((n_subjects, n_groups, d, d))
    for place, (i, j) in enumerate(pairs):
        found[..., i, j] = found[..., j, i] = -mixed[..., place]
    return found


_SIGNS = ((1, 1), (1, -1), (-1, 1), (-1, -1))


def _positive(matrices: Floats, least: float) -> Floats:
    """Raise eigenvalues that are too low: a bent likelihood takes no precision away."""
    values, vectors = np.linalg.eigh(matrices)
    kept = np.maximum(values, least)
    return np.asarray((vectors * kept[..., None, :]) @ np.swapaxes(vectors, -1, -2))
