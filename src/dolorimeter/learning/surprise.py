"""Errors without their sign."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .value_model import ValueModel


@dataclass(frozen=True)
class Surprise(ValueModel):
    """Surprise: values as in temporal difference, errors without their sign.

    ``cue_error = |v(cue)|``, ``outcome_error = |(r - a) - v(cue)|``; values keep their sign and are
    learned from the signed error. The errors are neither appetitive nor aversive.

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

    name: ClassVar[str] = "surprise"
    alpha: float = 0.3
