"""Errors that do not tell relief from exacerbation (Seymour et al. 2005, on Fig 5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .value_model import ValueModel


@dataclass(frozen=True)
class ValenceIndependent(ValueModel):
    """Valence-independent: that something happens is learned, not whether it is good.

    Temporal difference with ``|r - a|`` in place of ``r - a``: relief and exacerbation both count
    as +1. Its errors are signed (something more or less than expected), which sets it apart from
    surprise; they are neither appetitive nor aversive.

    Parameters
    ----------
    alpha : float, default 0.3
        Learning rate, 0 … 1.
    v0 : float or mapping of str to float, default 0.0
        Value before the first trial, of all cues or by cue (cues not named: 0).
    average : float or "learned", default 0.0
        Average utility a, subtracted from each outcome. ``"learned"``: a running average,
        ``a += average_rate * (r - a)`` after each outcome.
    average_rate, average_start : float, default 0.05 and 0.0
        How fast the average runs and from where; used only where it is learned.
    """

    name: ClassVar[str] = "valence-independent"
    alpha: float = 0.3
