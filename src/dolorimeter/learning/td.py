"""Temporal-difference learning with two time points a trial (Seymour et al. 2005, Methods)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .value_model import ValueModel


@dataclass(frozen=True)
class TemporalDifference(ValueModel):
    """Temporal difference: a value for each cue, errors at cue and outcome.

    At the cue ``cue_error = v(cue)``, since the state before it has value 0 and is not updated. At
    the outcome ``outcome_error = (r - a) - v(cue)``, then ``v(cue) += alpha * outcome_error``
    (Seymour et al. 2005, Methods; Sutton & Barto 1998, Eq 6.2). Results do not change under
    (r + k, a + k).

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

    name: ClassVar[str] = "td"
    alpha: float = 0.3
