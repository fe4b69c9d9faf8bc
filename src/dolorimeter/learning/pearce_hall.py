"""The rule of Pearce and Hall (1980), in the form of Pearce, Kaye and Hall (1982)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .value_model import ValueModel


@dataclass(frozen=True)
class PearceHall(ValueModel):
    """Pearce–Hall: what was surprising lately is learned faster.

    With ``outcome_error = (r - a) - v(cue)``: an outcome beyond what was expected, in its own
    direction, strengthens by ``v += kappa * associability * (r - a)``, without regard to the error;
    one that falls short of it or turns weakens by ``v += kappa * associability * outcome_error``;
    then ``associability = eta * |outcome_error| + (1 - eta) * associability``. These are the net of
    the excitatory and inhibitory rules of Pearce, Kaye & Hall (1982), one rate for both, with the
    sign of the outcome kept, so that relief and exacerbation mirror each other. Strengthening
    does not shrink near the outcome, so that a value may overshoot it.

    Parameters
    ----------
    kappa : float, default 0.3
        Rate that associability scales, 0 … 1.
    eta : float, default 0.3
        How fast associability follows the absolute error, 0 … 1.
    associability : float, default 1.0
        Before the first trial, at least 0.
    v0 : float or mapping of str to float, default 0.0
        Value before the first trial, of all cues or by cue (cues not named: 0).
    average : float or "learned", default 0.0
        Average utility a, subtracted from each outcome. ``"learned"``: a running average,
        ``a += average_rate * (r - a)`` after each outcome.
    average_rate, average_start : float, default 0.05 and 0.0
        How fast the average runs and from where; used only where it is learned.
    """

    name: ClassVar[str] = "pearce-hall"
    kappa: float = 0.3
    eta: float = 0.3
    associability: float = 1.0
