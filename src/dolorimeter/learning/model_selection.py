"""Random-effects Bayesian model selection.

Subjects may use different models, with frequencies that have a Dirichlet prior (Stephan et al.
2009, NeuroImage 46, 1004–1017, eq. 14 and Appendix B). Protected exceedance probabilities allow
for the chance that all frequencies are equal (Rigoux et al. 2014, NeuroImage 84, 971–985, eq. 7).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy import special, stats

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats

_MOST_STEPS = 10_000
_NODES = 4_001


@dataclass(frozen=True, slots=True)
class ModelSelection:
    """Which of several models the subjects use.

    Attributes
    ----------
    models : tuple of str
        The K models.
    n_subjects : int
        Subjects with evidence.
    counts : tuple of float
        Dirichlet parameters of the posterior, prior counts included.
    frequency : tuple of float
        Expected share of subjects of each model.
    exceedance : tuple of float
        Probability that each model is the most frequent.
    protected : tuple of float
        The same, allowing for equal frequencies.
    chance : float
        Posterior probability that all frequencies are equal (Bayesian omnibus risk).
    responsibility : tuple of tuple of float
        Probability of each model (inner) for each subject (outer).
    """

    models: tuple[str, ...]
    n_subjects: int
    counts: tuple[float, ...]
    frequency: tuple[float, ...]
    exceedance: tuple[float, ...]
    protected: tuple[float, ...]
    chance: float
    responsibility: tuple[tuple[float, ...], ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain values for JSON."""
        return asdict(self)


def select_model(
    log_evidence: Floats, models: tuple[str, ...] | list[str], prior: float = 1.0
) -> ModelSelection:
    """Infer how frequent each model is among subjects.

    Parameters
    ----------
    log_evidence : ndarray of shape (n_subjects, n_models)
        Log evidence of each model for each subject in nats, such as -BIC/2 or a cross-validated
        log likelihood.
    models : sequence of str
        Names, one a column.
    prior : float, default 1
        Dirichlet count of each model beforehand.

    Returns
    -------
    ModelSelection
        Frequencies, exceedance and protected exceedance probabilities.

    Raises
    ------
    InputError
        If shapes disagree, an evidence is not finite, or the prior is not positive.
    """
    evidence = _checked(log_evidence, models, prior)
    n_subjects, n_models = evidence.shape
    counts, responsibility = _iterate(evidence, np.full(n_models, float(prior)))
    exceedance = exceedance_probability(counts)
    chance = _chance(evidence, counts, responsibility, prior)
    protected = exceedance * (1 - chance) + chance / n_models
    return ModelSelection(
        models=tuple(models),
        n_subjects=n_subjects,
        counts=tuple(counts.tolist()),
        frequency=tuple((counts / counts.sum()).tolist()),
        exceedance=tuple(exceedance.tolist()),
        protected=tuple(protected.tolist()),
        chance=chance,
        responsibility=tuple(map(tuple, responsibility.tolist())),
    )


def exceedance_probability(counts: Floats) -> Floats:
    """Return the probability that each share of a Dirichlet distribution is the largest.

    Shares are gamma variables over their sum, so that the probability is one integral over the
    largest of them; no sampling.

    Parameters
    ----------
    counts : ndarray of shape (n_models,)
        Dirichlet parameters, positive.

    Returns
    -------
    ndarray of shape (n_models,)
        Adding up to 1.
    """
    counts = np.asarray(counts, np.float64)
    probability = np.empty(len(counts))
    # Midpoints of equal probability under each model's own gamma variable, tails included.
    levels = (np.arange(_NODES) + 0.5) / _NODES
    for k, count in enumerate(counts):
        at = stats.gamma.ppf(levels, count)
        others = np.delete(counts, k)
        probability[k] = stats.gamma.cdf(at[:, None], others[None, :]).prod(axis=1).mean()
    return probability / probability.sum()


def _iterate(evidence: Floats, prior: Floats) -> tuple[Floats, Floats]:
    """Update counts and responsibilities in turn until the counts rest."""
    counts = prior
    for _ in range(_MOST_STEPS):
        score = evidence + special.digamma(counts)
        responsibility = special.softmax(score, axis=1)
        new = prior + responsibility.sum(axis=0)
        if np.abs(new - counts).max() < 1e-10:
            return new, responsibility
        counts = new
    return counts, responsibility


def free_energy(evidence: Floats, counts: Floats, responsibility: Floats, prior: float) -> float:
    """Return the lower bound of the log evidence that frequencies differ.

    Parameters
    ----------
    evidence : ndarray of shape (n_subjects, n_models)
        Log evidence of each model for each subject.
    counts : ndarray of shape (n_models,)
        Dirichlet parameters of the approximate posterior.
    responsibility : ndarray of shape (n_subjects, n_models)
        Probability of each model for each subject.
    prior : float
        Dirichlet count of each model beforehand.

    Returns
    -------
    float
        In nats.
    """
    beforehand = np.full(len(counts), float(prior))
    log_share = special.digamma(counts) - special.digamma(counts.sum())
    expected = (responsibility * (evidence + log_share)).sum()
    expected += ((beforehand - counts) * log_share).sum()
    expected += _log_beta(counts) - _log_beta(beforehand)
    return float(expected + special.entr(responsibility).sum())


def _chance(evidence: Floats, counts: Floats, responsibility: Floats, prior: float) -> float:
    equal = special.logsumexp(evidence - np.log(len(counts)), axis=1).sum()
    different = free_energy(evidence, counts, responsibility, prior)
    return float(special.expit(equal - different))


def _log_beta(counts: Floats) -> float:
    return float(special.gammaln(counts).sum() - special.gammaln(counts.sum()))


def _checked(log_evidence: Floats, models: tuple[str, ...] | list[str], prior: float) -> Floats:
    evidence = np.asarray(log_evidence, np.float64)
    if evidence.ndim != 2 or evidence.shape[1] != len(models) or not evidence.size:
        rule = f"one row a subject, one column a model ({len(models)})"
        raise InputError("log_evidence", f"shape {evidence.shape}", rule)
    if not np.isfinite(evidence).all():
        raise InputError("log_evidence", "a value that is not finite", "log evidence in nats")
    if not (np.isfinite(prior) and prior > 0):
        raise InputError("prior", f"{prior}", "a positive count")
    return evidence
