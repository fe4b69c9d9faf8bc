"""From P(pattern | pain) to P(pain | pattern): base rate, Bayes factor, uncertainty.

Poldrack 2006 (Trends Cogn Sci 10, 59–63); Hu & Iannetti 2016, Box 1. A pattern that appears in
nearly every pain says little about pain where it also appears in much that is not pain, or where
pain is rare.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from dolorimeter.core import InputError

Floats = NDArray[np.float64]
Interval = tuple[float, float]

PRIORS = tuple(float(p) for p in np.round(np.linspace(0.01, 0.99, 99), 2))
GRID = 400  # equally probable values of each rate: ends of intervals are exact to about 0.002


@dataclass(frozen=True, slots=True)
class ReverseInference:
    """The probability of pain given the pattern.

    Attributes
    ----------
    base_rate : float
        Probability of pain before the pattern is seen, where the decoder is to be used.
    sensitivity : float
        P(pattern | pain).
    specificity : float
        P(no pattern | no pain).
    probability : float or None
        P(pain | pattern); None where the pattern never occurs.
    ci95 : tuple of float or None
        95 % interval from the counts behind both rates; None without counts.
    bayes_factor : float or None
        P(pattern | pain) / P(pattern | no pain), infinite for a pattern exclusive to pain.
    bayes_factor_ci95 : tuple of float or None
        Its 95 % interval.
    n_pain, n_other : float or None
        Independent tests behind sensitivity and specificity.
    curve : tuple of (float, float or None)
        Prior and probability of pain over a range of base rates.
    """

    base_rate: float
    sensitivity: float
    specificity: float
    probability: float | None
    ci95: Interval | None
    bayes_factor: float | None
    bayes_factor_ci95: Interval | None
    n_pain: float | None
    n_other: float | None
    curve: tuple[tuple[float, float | None], ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; what is infinite or undefined becomes None."""
        factors = self.bayes_factor_ci95
        return {
            "base_rate": self.base_rate,
            "sensitivity": self.sensitivity,
            "specificity": self.specificity,
            "probability": self.probability,
            "ci95": None if self.ci95 is None else list(self.ci95),
            "bayes_factor": _finite(self.bayes_factor),
            "bayes_factor_ci95": None if factors is None else [_finite(f) for f in factors],
            "n_pain": self.n_pain,
            "n_other": self.n_other,
            "curve": [{"prior": prior, "probability": p} for prior, p in self.curve],
        }


def probability_of_pain(
    prior: ArrayLike, sensitivity: ArrayLike, specificity: ArrayLike
) -> float | Floats:
    """Return P(pain | pattern) by Bayes' theorem.

    ``sens * prior / (sens * prior + (1 - spec) * (1 - prior))``; the three broadcast.

    Parameters
    ----------
    prior : float or array-like
        Base rate of pain, in [0, 1].
    sensitivity : float or array-like
        P(pattern | pain), in [0, 1].
    specificity : float or array-like
        P(no pattern | no pain), in [0, 1].

    Returns
    -------
    float or ndarray
        In [0, 1]; NaN where the pattern cannot occur (nothing can be inferred from it).

    Raises
    ------
    InputError
        If a number lies outside [0, 1].
    """
    p = _rate(prior, "prior")
    hit = _rate(sensitivity, "sensitivity") * p
    alarm = (1 - _rate(specificity, "specificity")) * (1 - p)
    total = hit + alarm
    out = np.full(np.shape(total), np.nan)
    np.divide(hit, total, out=out, where=total > 0)
    return out if out.ndim else float(out)


def bayes_factor(sensitivity: ArrayLike, specificity: ArrayLike) -> float | Floats:
    """Return P(pattern | pain) / P(pattern | no pain), by which the odds of pain are multiplied.

    Parameters
    ----------
    sensitivity : float or array-like
        P(pattern | pain), in [0, 1].
    specificity : float or array-like
        P(no pattern | no pain), in [0, 1].

    Returns
    -------
    float or ndarray
        Infinite where the pattern never occurs without pain; NaN where it never occurs at all.

    Raises
    ------
    InputError
        If a number lies outside [0, 1].
    """
    hit, alarm = _rate(sensitivity, "sensitivity"), 1 - _rate(specificity, "specificity")
    hit, alarm = np.broadcast_arrays(hit, alarm)
    out = np.where(hit > 0, np.inf, np.nan)
    np.divide(hit, alarm, out=out, where=alarm > 0)
    return out if out.ndim else float(out)


def reverse_inference(
    base_rate: float,
    sensitivity: float,
    specificity: float,
    n_pain: float | None = None,
    n_other: float | None = None,
    priors: ArrayLike = PRIORS,
) -> ReverseInference:
    """Infer pain from a pattern at a base rate, with the uncertainty of both rates.

    With counts, sensitivity and P(pattern | no pain) get Jeffreys' posteriors,
    ``Beta(k + 1/2, n - k + 1/2)``, independent of each other. The 95 % interval is taken from all
    pairs of 400 equally probable values of each: no random numbers. Where a pattern was never
    seen without pain (or never with it) the interval reaches the end of its range, as Brown, Cai
    & DasGupta (2001, Stat Sci 16, 101–133, section 4.1.2) have it. The base rate is taken as known.

    Parameters
    ----------
    base_rate : float
        Probability of pain where the decoder is to be used, in [0, 1].
    sensitivity : float
        P(pattern | pain) as observed, in [0, 1].
    specificity : float
        P(no pattern | no pain) as observed, in [0, 1].
    n_pain, n_other : float, optional
        Independent tests behind each rate, both or neither. Trials of one subject are not
        independent: pass what
        ``rates.effective_counts`` gives.
    priors : array-like, default 0.01 … 0.99
        Base rates of the curve.

    Returns
    -------
    ReverseInference
        Without counts it carries no intervals.

    Raises
    ------
    InputError
        If a rate lies outside [0, 1], a count is not positive, or only one count is given.
    """
    if (n_pain is None) != (n_other is None):
        raise InputError("n_pain, n_other", "one of them", "both counts, or neither")
    point = probability_of_pain(base_rate, sensitivity, specificity)
    axis = np.atleast_1d(np.asarray(priors, dtype=np.float64))
    curve = np.atleast_1d(probability_of_pain(axis, sensitivity, specificity))
    factor = float(bayes_factor(sensitivity, specificity))
    factors = None
    if n_pain is not None and n_other is not None:
        factors = _factor_interval(sensitivity, specificity, n_pain, n_other)
    return ReverseInference(
        base_rate=float(base_rate),
        sensitivity=float(sensitivity),
        specificity=float(specificity),
        probability=_defined(float(point)),
        ci95=None if factors is None else _update(float(base_rate), factors),
        bayes_factor=_defined(factor),
        bayes_factor_ci95=factors,
        n_pain=None if n_pain is None else float(n_pain),
        n_other=None if n_other is None else float(n_other),
        curve=tuple(zip(axis.tolist(), map(_defined, curve.tolist()), strict=True)),
    )


def _factor_interval(
    sensitivity: float, specificity: float, n_pain: float, n_other: float
) -> Interval:
    """Return the 95 % interval of the Bayes factor."""
    for name, n in (("n_pain", n_pain), ("n_other", n_other)):
        if not (np.isfinite(n) and n > 0):
            raise InputError(name, f"{n}", "a positive number of tests")
    hits = _jeffreys(sensitivity, n_pain)
    alarms = _jeffreys(1 - specificity, n_other)
    factors = np.log(hits)[:, None] - np.log(alarms)[None, :]
    low, high = np.exp(np.quantile(factors, [0.025, 0.975]))
    if sensitivity == 0:
        low = 0.0
    return float(low), float("inf") if specificity == 1 else float(high)


def _jeffreys(rate: float, n: float) -> Floats:
    """Return equally probable values of a rate under Jeffreys' posterior."""
    levels = (np.arange(GRID) + 0.5) / GRID
    values = stats.beta.ppf(levels, rate * n + 0.5, (1 - rate) * n + 0.5)
    return np.clip(values, np.finfo(np.float64).tiny, 1.0)


def _update(prior: float, factors: Interval) -> Interval | None:
    """Return P(pain | pattern) at both ends: it rises with the Bayes factor."""
    if prior in (0.0, 1.0):
        return prior, prior
    odds = prior / (1 - prior)
    low, high = (1.0 if np.isinf(f) else odds * f / (1 + odds * f) for f in factors)
    return low, high


def _rate(value: ArrayLike, name: str) -> Floats:
    rate = np.asarray(value, dtype=np.float64)
    if not ((rate >= 0) & (rate <= 1)).all():
        raise InputError(name, f"{rate}", "a probability between 0 and 1")
    return rate


def _defined(value: float) -> float | None:
    return None if np.isnan(value) else value


def _finite(value: float | None) -> float | None:
    return value if value is not None and np.isfinite(value) else None
