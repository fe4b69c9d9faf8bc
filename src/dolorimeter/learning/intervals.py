"""Times that vary from trial to trial: fixed, uniform, or exponential between two limits."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import brentq

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats

KINDS: dict[str, tuple[str, ...]] = {
    "fixed": ("value",),
    "uniform": ("low", "high"),
    "exponential": ("mean", "low", "high"),
}
DRAWS = ("random", "quantiles")


@dataclass(frozen=True, slots=True)
class Interval:
    """How a time in seconds varies over trials.

    Attributes
    ----------
    kind : {"fixed", "uniform", "exponential"}
        ``"exponential"`` is truncated: only times between ``low`` and ``high`` occur.
    value : float or None
        Of a fixed interval.
    low, high : float or None
        Limits of the others.
    mean : float or None
        Mean of the truncated exponential itself, between ``low`` and the middle of the limits.
    draws : {"random", "quantiles"}
        ``"quantiles"`` shuffles evenly spaced quantiles, so that the sum is the same each time.

    Raises
    ------
    InputError
        If a number is missing, negative, not finite or in no use, or the limits are reversed.
    """

    kind: str = "fixed"
    value: float | None = None
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    draws: str = "random"

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InputError("interval, kind", repr(self.kind), f"one of {', '.join(KINDS)}")
        if self.draws not in DRAWS:
            raise InputError("interval, draws", repr(self.draws), f"one of {', '.join(DRAWS)}")
        for name in ("value", "low", "high", "mean"):
            given = getattr(self, name)
            if name in KINDS[self.kind]:
                check_seconds(f"interval, {name}", given)
            elif given is not None:
                rule = f"only {' and '.join(KINDS[self.kind])} for kind {self.kind!r}"
                raise InputError(f"interval, {name}", repr(given), rule)
        if self.low is not None and self.high is not None:
            self._check_limits(self.low, self.high)

    def _check_limits(self, low: float, high: float) -> None:
        if not low < high:
            raise InputError("interval", f"low {low:g} s, high {high:g} s", "low below high")
        middle = (low + high) / 2
        if self.mean is not None and not low < self.mean < middle:
            rule = f"a mean between low and the middle of the limits, {low:g} to {middle:g} s"
            raise InputError("interval, mean", f"{self.mean:g} s", rule)

    @classmethod
    def fixed(cls, value: float) -> Interval:
        """Return an interval that never varies.

        Parameters
        ----------
        value : float
            Seconds.

        Returns
        -------
        Interval
            Of kind ``"fixed"``.
        """
        return cls("fixed", value=value)

    @classmethod
    def uniform(cls, low: float, high: float, draws: str = "random") -> Interval:
        """Return an interval that is equally likely anywhere between two limits.

        Parameters
        ----------
        low, high : float
            Seconds.
        draws : {"random", "quantiles"}, default "random"
            How its values are drawn.

        Returns
        -------
        Interval
            Of kind ``"uniform"``.
        """
        return cls("uniform", low=low, high=high, draws=draws)

    @classmethod
    def exponential(cls, mean: float, low: float, high: float, draws: str = "random") -> Interval:
        """Return an interval of which short values are likelier than long ones.

        Parameters
        ----------
        mean : float
            Of the truncated distribution, seconds.
        low, high : float
            Seconds.
        draws : {"random", "quantiles"}, default "random"
            How its values are drawn.

        Returns
        -------
        Interval
            Of kind ``"exponential"``.
        """
        return cls("exponential", low=low, high=high, mean=mean, draws=draws)

    @property
    def expected(self) -> float:
        """Mean of the interval in seconds."""
        if self.mean is not None:
            return self.mean
        low, high = self.limits
        return (low + high) / 2

    @property
    def limits(self) -> tuple[float, float]:
        """Shortest and longest value in seconds."""
        if self.low is None or self.high is None:
            return float(self.value or 0.0), float(self.value or 0.0)
        return self.low, self.high

    def draw(self, n: int, rng: np.random.Generator) -> Floats:
        """Draw values.

        Parameters
        ----------
        n : int
            How many.
        rng : numpy.random.Generator
            Source of randomness; a fixed interval takes nothing from it.

        Returns
        -------
        ndarray of shape (n,)
            Seconds.
        """
        low, high = self.limits
        if self.kind == "fixed":
            return np.full(n, low)
        even = (np.arange(n) + 0.5) / max(n, 1)
        share = rng.permutation(even) if self.draws == "quantiles" else rng.random(n)
        if self.kind == "uniform":
            return low + (high - low) * share
        decay = _decay((self.expected - low) / (high - low))
        return low - (high - low) / decay * np.log1p(share * np.expm1(-decay))

    def to_dict(self) -> dict[str, Any]:
        """Return the fields in use, as plain values."""
        content: dict[str, Any] = {"kind": self.kind}
        content |= {name: getattr(self, name) for name in KINDS[self.kind]}
        return content if self.draws == "random" else content | {"draws": self.draws}


def check_seconds(where: str, given: object) -> None:
    """Refuse what is no duration.

    Parameters
    ----------
    where : str
        What the error calls it.
    given : object
        Should be a number of seconds.

    Raises
    ------
    InputError
        If it is no number, negative or not finite.
    """
    number = isinstance(given, int | float | np.integer | np.floating)
    if isinstance(given, bool) or not number or not 0 <= float(given) < math.inf:  # type: ignore[arg-type]
        raise InputError(where, repr(given), "seconds, 0 or more")


def _decay(share: float) -> float:
    """Rate x width of the exponential whose truncated mean is this share of the width, 0 to 1/2.

    Solves ``1/x - 1/(exp(x) - 1) = share``.
    """

    def surplus(x: float) -> float:
        return 1 / x - math.exp(-x) / -math.expm1(-x) - share

    # The share falls from 1/2 at 0 and is below 1/x: so the root lies below 2/share.
    return float(brentq(surplus, 1e-6, 2 / share, xtol=1e-13)) if share < 0.4999999 else 1e-6
