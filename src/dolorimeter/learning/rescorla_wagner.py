"""The rule of Rescorla and Wagner (1972)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .value_model import ValueModel


@dataclass(frozen=True)
class RescorlaWagner(ValueModel):
    """Rescorla–Wagner: one error a trial, at the outcome.

    ``outcome_error = (r - a) - v(cue)``, ``v(cue) += alpha * outcome_error`` (Rescorla & Wagner
    1972, with alpha for their product of salience and rate). With one cue a trial its values are
    those of temporal difference; it differs by having no error at the cue (``cue_error`` is 0), so
    that measures of value alone cannot tell the two apart.

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

    name: ClassVar[str] = "rw"
    alpha: float = 0.3
