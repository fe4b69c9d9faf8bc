"""The hierarchical model that full Bayes samples: priors, likelihood, and what is reported.

On subject u's n observations, measure y and quantity x with nuisance (a constant at least) taken
out and scaled to variance 1, ``y = slope_u x + noise_u e``, e normal. Coefficients of the nuisance
have a flat prior and are integrated out, which leaves n less their number, m, degrees of freedom:
``log p = -m log(noise_u) - n (1 - 2 slope_u r_u + slope_u^2) / (2 noise_u^2) + constant``, r_u
being the correlation of both at the subject's learning parameters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from dolorimeter.core import InputError

from .bayes_recursion import load_samplers, make_recursion
from .likelihoods import GaussianEvidence

# Variance of a quantity so small that nothing is learned: keeps its correlation differentiable.
_LEAST_SQUARE = 1e-20


@dataclass(frozen=True, slots=True)
class BayesPriors:
    """Priors of the group; each subject's values are normal around its mean.

    Attributes
    ----------
    logit_location, logit_scale : float
        Normal, of the mean logit of a learning parameter between its limits. 0 and 1.5 are near
        uniform over the parameter itself (95 % from 0.05 to 0.95).
    logit_deviation : float
        Half-normal, of the logit's deviation over subjects.
    slope_scale : float
        Normal around 0, of the mean slope, both sides at variance 1.
    slope_deviation : float
        Half-normal, of the slope's deviation over subjects.
    noise_scale : float
        Normal around 0, of the mean logarithm of the noise, as a share of the measure's deviation.
    noise_deviation : float
        Half-normal, of that logarithm's deviation over subjects.
    """

    logit_location: float = 0.0
    logit_scale: float = 1.5
    logit_deviation: float = 1.0
    slope_scale: float = 0.5
    slope_deviation: float = 0.5
    noise_scale: float = 0.5
    noise_deviation: float = 0.5

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            positive = name == "logit_location" or value > 0
            if not (np.isfinite(value) and positive):
                rule = "a finite number" + ("" if name == "logit_location" else " above 0")
                raise InputError(f"priors, {name}", str(value), rule)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where what is sampled stands in a row of unbounded numbers, (size,).

    First the group's means (k logits, slope, log noise), then the logarithms of their deviations,
    then each subject's distance from the mean in deviations (not centered), subjects in rows.

    Attributes
    ----------
    n_parameters, n_subjects : int
        Learning parameters k, and subjects.
    """

    n_parameters: int
    n_subjects: int

    @property
    def width(self) -> int:
        """Quantities that vary over subjects: k logits, slope, log noise."""
        return self.n_parameters + 2

    @property
    def size(self) -> int:
        """Numbers in all."""
        return self.width * (2 + self.n_subjects)

    def split(self, rows: Any, exp: Any = np.exp) -> tuple[Any, Any, Any]:
        """Take rows apart.

        Parameters
        ----------
        rows : array of shape (..., size)
            Draws.
        exp : callable, optional
            That of the arrays' library.

        Returns
        -------
        mean, deviation : array of shape (..., width)
            Of the group.
        standard : array of shape (..., n_subjects, width)
            Subjects' distances from the mean, in deviations.
        """
        d = self.width
        standard = rows[..., 2 * d :].reshape(*rows.shape[:-1], self.n_subjects, d)
        return rows[..., :d], exp(rows[..., d : 2 * d]), standard


def make_potential(evidence: GaussianEvidence, priors: BayesPriors) -> Callable[[Any], Any]:
    """Return the negative log density of the posterior as a function to differentiate.

    Written out, since a model of NumPyro's own language compiles in twice the time.

    Parameters
    ----------
    evidence : GaussianEvidence
        Measure and model.
    priors : BayesPriors
        Of the group.

    Returns
    -------
    callable
        Takes a row as :class:`Layout` has it, gives nats up to a constant.
    """
    jax, _ = load_samplers()
    jnp, predictor, correlations = jax.numpy, evidence.predictor, make_correlations(evidence)
    layout = Layout(len(predictor.free), len(evidence.subjects))
    k, n = layout.n_parameters, evidence.counts.astype(np.float64)
    spare = n - evidence.observations.n_nuisance
    location = np.array([priors.logit_location] * k + [0.0, 0.0])
    scale = np.array([priors.logit_scale] * k + [priors.slope_scale, priors.noise_scale])
    spread = np.array(
        [priors.logit_deviation] * k + [priors.slope_deviation, priors.noise_deviation]
    )

    def potential(row: Any) -> Any:
        mean, deviation, standard = layout.split(row, jnp.exp)
        each = mean + deviation * standard
        parameters = predictor.low + (predictor.high - predictor.low) * jax.nn.sigmoid(each[:, :k])
        slope, log_noise = each[:, k], each[:, k + 1]
        share = 1.0 - 2.0 * slope * correlations(parameters) + slope**2
        likelihood = -spare * log_noise - 0.5 * n * share * jnp.exp(-2.0 * log_noise)
        prior = -0.5 * (((mean - location) / scale) ** 2).sum() - 0.5 * (standard**2).sum()
        # Half-normal, and the derivative of the exponential.
        prior += (jnp.log(deviation) - 0.5 * (deviation / spread) ** 2).sum()
        return -(likelihood.sum() + prior)

    return potential


def make_correlations(evidence: GaussianEvidence) -> Callable[[Any], Any]:
    """Return the correlation of measure and quantity as a function to differentiate.

    Parameters
    ----------
    evidence : GaussianEvidence
        Measure and model.

    Returns
    -------
    callable
        Takes parameters (n_subjects, k), gives (n_subjects,): what ``evidence.correlations`` gives.
    """
    jax, _ = load_samplers()
    seen, quantity = evidence.observations, make_recursion(evidence.predictor)
    n_subjects, most = len(seen.subjects), int(seen.counts.max())
    place = np.arange(len(seen.rows)) - seen.offsets[seen.subject]
    rows = np.zeros((n_subjects, most), np.int64)
    y, there = np.zeros((n_subjects, most)), np.zeros((n_subjects, most))
    basis = np.zeros((n_subjects, most, seen.basis.shape[1]))
    rows[seen.subject, place], there[seen.subject, place] = seen.rows, 1.0
    y[seen.subject, place] = seen.y / np.sqrt(seen.squares)[seen.subject]
    basis[seen.subject, place] = seen.basis
    contract = jax.numpy.einsum

    def correlations(parameters: Any) -> Any:
        x = quantity(parameters)[rows] * there
        x = x - contract("umq,uq->um", basis, contract("umq,um->uq", basis, x))
        return (x * y).sum(axis=1) / jax.numpy.sqrt((x**2).sum(axis=1) + _LEAST_SQUARE)

    return correlations
