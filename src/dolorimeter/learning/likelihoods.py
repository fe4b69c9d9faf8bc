"""How well a measure on each trial follows a model: the linear-Gaussian likelihood.

For each subject and set of learning parameters it gives the log likelihood with coefficients and
error variance profiled out in closed form, and the same with a standardized slope kept free.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from dolorimeter.core.containers import Floats, Ints

from .fit_kernels import residual_moments
from .observations import Observations
from .predictors import Predictor

# A correlation this close to 1 has no finite likelihood: the error variance is held up here.
_LEAST_VARIANCE = 1e-12


class Evidence(Protocol):
    """What fits ask of a measure under a model; arrays are (n_subjects, g)."""

    @property
    def predictor(self) -> Predictor:
        """The model."""

    @property
    def subjects(self) -> tuple[str, ...]:
        """Names."""

    @property
    def counts(self) -> Ints:
        """Observations of each subject, (n_subjects,)."""

    @property
    def n_coefficients(self) -> Ints:
        """Parameters of each subject that are profiled out, (n_subjects,)."""

    def without(self) -> Floats:
        """Log likelihood without any learning, (n_subjects,)."""

    def log_likelihood(self, parameters: Floats) -> Floats:
        """Profile log likelihood at parameters (g, k) or (n_subjects, g, k)."""

    def common(self, parameters: Floats, weights: Floats) -> Floats:
        """Log likelihood (w, g) at shared parameters (g, k), one effect for all subjects."""

    def joint(self, parameters: Floats, effect: Floats) -> Floats:
        """Log likelihood at parameters (n_subjects, g, k) and effects (n_subjects, g)."""


@dataclass(frozen=True, slots=True)
class GaussianEvidence:
    """A measure on each trial: intercept + slope * quantity + normal error, in each subject.

    Attributes
    ----------
    predictor : Predictor
        The model.
    observations : Observations
        The measure.
    """

    predictor: Predictor
    observations: Observations

    @property
    def subjects(self) -> tuple[str, ...]:
        """Names."""
        return self.observations.subjects

    @property
    def counts(self) -> Ints:
        """Observations of each subject, (n_subjects,)."""
        return self.observations.counts

    @property
    def n_coefficients(self) -> Ints:
        """Nuisance, slope and error variance of each subject, (n_subjects,)."""
        return self.observations.n_nuisance + 2

    def correlations(self, parameters: Floats) -> Floats:
        """Correlate measure and quantity within each subject, nuisance taken out of both.

        Parameters
        ----------
        parameters : ndarray of shape (g, k) or (n_subjects, g, k)
            Learning parameters.

        Returns
        -------
        ndarray of shape (n_subjects, g)
            0 where the quantity is constant.
        """
        seen = self.observations
        found = np.empty((len(seen.subjects), parameters.shape[-2]))
        for block in self.predictor.blocks(parameters.shape[-2]):
            x = self.predictor.quantity(parameters[..., block, :])
            xx, xy = (np.empty((len(found), x.shape[0])) for _ in range(2))
            residual_moments(x, seen.rows, seen.y, seen.basis, seen.offsets, 0, len(found), xx, xy)
            scale = np.sqrt(xx * seen.squares[:, None])
            found[:, block] = np.divide(xy, scale, out=np.zeros_like(xy), where=scale > 0)
        return np.clip(found, -1.0, 1.0)

    def log_likelihood(self, parameters: Floats) -> Floats:
        """Return the log likelihood with coefficients and error variance at their best.

        Parameters
        ----------
        parameters : ndarray of shape (g, k) or (n_subjects, g, k)
            Learning parameters.

        Returns
        -------
        ndarray of shape (n_subjects, g)
            In nats.
        """
        return self._of_share(1 - self.correlations(parameters) ** 2)

    def without(self) -> Floats:
        """Return the log likelihood of each subject without any learning: slope 0.

        Returns
        -------
        ndarray of shape (n_subjects,)
            In nats.
        """
        return self._of_share(np.ones((len(self.subjects), 1)))[:, 0]

    def common(self, parameters: Floats, weights: Floats) -> Floats:
        """Return the log likelihood with one standardized slope for all subjects.

        Parameters
        ----------
        parameters : ndarray of shape (g, k)
            Learning parameters, shared.
        weights : ndarray of shape (w, n_subjects)
            How often each subject counts.

        Returns
        -------
        ndarray of shape (w, g)
            In nats; each subject keeps a scale of error of its own, that of its measure.
        """
        return self.common_of(self.correlations(parameters), weights)

    def common_of(self, correlations: Floats, weights: Floats) -> Floats:
        """Return the same from correlations that are known.

        Parameters
        ----------
        correlations : ndarray of shape (n_subjects, g)
            Within subjects.
        weights : ndarray of shape (w, n_subjects)
            How often each subject counts.

        Returns
        -------
        ndarray of shape (w, g)
            In nats.
        """
        # Both sides standardized: the best common slope is the mean correlation, by trials.
        trials = weights * self.counts
        total = trials.sum(axis=1, keepdims=True)
        share = np.maximum(1 - (trials @ correlations / total) ** 2, _LEAST_VARIANCE)
        scale = weights @ self._of_share(np.ones((len(self.subjects), 1)))
        return np.asarray(scale - total / 2 * np.log(share))

    def joint(self, parameters: Floats, effect: Floats) -> Floats:
        """Return the log likelihood with the standardized slope kept free.

        Parameters
        ----------
        parameters : ndarray of shape (n_subjects, g, k)
            Learning parameters.
        effect : ndarray of shape (n_subjects, g)
            Slope after both sides are standardized; best at the correlation.

        Returns
        -------
        ndarray of shape (n_subjects, g)
            In nats.
        """
        r = self.correlations(parameters)
        return self._of_share(1 - 2 * effect * r + effect**2)

    def _of_share(self, share: Floats) -> Floats:
        """Log likelihood where this share of the sum of squares is error."""
        n = self.counts[:, None]
        variance = np.maximum(share, _LEAST_VARIANCE) * self.observations.squares[:, None] / n
        return np.asarray(-n / 2 * (np.log(2 * np.pi * variance) + 1))
