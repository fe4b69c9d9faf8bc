"""Temporal difference with two learning rates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .value_model import ValueModel


@dataclass(frozen=True)
class DualRate(ValueModel):
    """Dual rate: better and worse than expected are learned at rates of their own.

    As temporal difference, with ``v += alpha_better * outcome_error`` where the error is above 0
    and ``v += alpha_worse * outcome_error`` elsewhere (Niv, Edlund, Dayan & O'Doherty 2012).

    Parameters
    ----------
    alpha_better, alpha_worse : float, default 0.3
        Learning rates, 0 … 1.
    v0 : float or mapping of str to float, default 0.0
        Value before the first trial, of all cues or by cue (cues not named: 0).
    average : float or "learned", default 0.0
        Average utility a, subtracted from each outcome. ``"learned"``: a running average,
        ``a += average_rate * (r - a)`` after each outcome.
    average_rate, average_start : float, default 0.05 and 0.0
        How fast the average runs and from where; used only where it is learned.
    """

    name: ClassVar[str] = "dual-rate"
    alpha_better: float = 0.3
    alpha_worse: float = 0.3
