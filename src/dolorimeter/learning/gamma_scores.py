"""Reaction times as normal scores: each subject's own gamma distribution (science 2.3).

The time becomes its value under the cumulative distribution function of a gamma distribution
fitted to that subject by maximum likelihood, and that value its normal score. This is a transform
to one scale for all subjects, not a gamma regression.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special, stats

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints

FARTHEST = 8.0
_LEAST_SPREAD = 1e-9
_MOST_STEPS = 100


@dataclass(frozen=True, slots=True)
class GammaScores:
    """One gamma distribution a subject.

    Attributes
    ----------
    shape : ndarray of shape (n_subjects,)
        Shape k.
    scale : ndarray of shape (n_subjects,)
        Scale, in the unit of the times; the mean is ``shape * scale``.
    """

    shape: Floats
    scale: Floats

    def cdf(self, times: Floats, subject: Ints) -> Floats:
        """Return the cumulative probability of each time under its subject's distribution.

        Parameters
        ----------
        times : ndarray of shape (n,)
            Reaction times, NaN where missing.
        subject : ndarray of shape (n,), int
            Which subject's.

        Returns
        -------
        ndarray of shape (n,)
            Between 0 and 1; NaN where missing.
        """
        return np.asarray(stats.gamma.cdf(times, self.shape[subject], scale=self.scale[subject]))

    def normal_scores(self, times: Floats, subject: Ints) -> Floats:
        """Return the normal quantile of each cumulative probability.

        Parameters
        ----------
        times : ndarray of shape (n,)
            Reaction times, NaN where missing.
        subject : ndarray of shape (n,), int
            Which subject's.

        Returns
        -------
        ndarray of shape (n,)
            Standard normal if the distribution holds, kept within 8 either way; NaN where missing.
        """
        shape, scale = self.shape[subject], self.scale[subject]
        lower = stats.gamma.cdf(times, shape, scale=scale)
        upper = stats.gamma.sf(times, shape, scale=scale)
        # The smaller tail keeps its digits: 1 - upper would round to 1 for slow responses.
        scores = np.where(lower < upper, special.ndtri(lower), -special.ndtri(upper))
        return np.clip(scores, -FARTHEST, FARTHEST)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain values for JSON."""
        return {"shape": self.shape.tolist(), "scale": self.scale.tolist()}


def fit_gamma(times: Floats, subject: Ints, names: tuple[str, ...]) -> GammaScores:
    """Fit a gamma distribution to each subject's reaction times by maximum likelihood.

    With s = log of the mean less mean of the logs, the shape k solves log k - digamma(k) = s
    (Johnson, Kotz & Balakrishnan 1994, Continuous Univariate Distributions 1, eq. 17.45).

    Parameters
    ----------
    times : ndarray of shape (n,)
        Reaction times above 0, NaN where missing.
    subject : ndarray of shape (n,), int
        Which subject's.
    names : tuple of str
        The subjects' names, for errors.

    Returns
    -------
    GammaScores
        Shape and scale of each.

    Raises
    ------
    InputError
        If a time is not above 0, a subject has fewer than two times, or they are all equal.
    """
    means, log_means = (np.empty(len(names)) for _ in range(2))
    for index, name in enumerate(names):
        seen = times[(subject == index) & np.isfinite(times)]
        _check(seen, name)
        means[index], log_means[index] = seen.mean(), np.log(seen).mean()
    spread = np.log(means) - log_means
    for place in np.flatnonzero(spread < _LEAST_SPREAD):
        rule = "times that differ"
        raise InputError(f"rt of subject {names[place]}", "constant reaction times", rule)
    shape = _shape(spread)
    return GammaScores(shape, means / shape)


def _check(seen: Floats, name: str) -> None:
    where = f"rt of subject {name}"
    if len(seen) < 2:
        remedy = "Leave the subject out, or the measure."
        raise InputError(where, f"{len(seen)} times", "at least two reaction times", remedy)
    if (seen <= 0).any():
        remedy = "Mark missed responses as missing."
        raise InputError(where, f"{seen.min():g} s", "times above 0", remedy)


def _shape(spread: Floats) -> Floats:
    """Solve log k - digamma(k) = s by Newton steps in 1/k (Minka 2002, eq. 21)."""
    s = spread
    shape = (3 - s + np.sqrt((s - 3) ** 2 + 24 * s)) / (12 * s)
    for _ in range(_MOST_STEPS):
        gap = np.log(shape) - special.digamma(shape) - s
        slope = 1 / shape - special.polygamma(1, shape)
        new = 1 / (1 / shape + gap / (shape**2 * slope))
        if np.allclose(new, shape, rtol=1e-13, atol=0):
            return np.asarray(new)
        shape = new
    return np.asarray(shape)
