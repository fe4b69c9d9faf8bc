"""A Bayesian learner of first-order transitions between two outcomes, with a leak."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .model import LearningModel, State, require_order


@dataclass(frozen=True)
class Transitions(LearningModel):
    """Transitions: the probability of the better outcome given the outcome before.

    For each kind of earlier outcome the posterior mean of a beta prior, as in ``BetaBernoulli``;
    all counts leak at every trial (Meyniel, Maheu & Dehaene 2016). Cues are not looked at, so that
    ``cue_error`` is 0. The first trial of a run follows nothing: its prediction comes from the
    first trials of earlier runs, at first from the prior. Counts carry over runs.

    Parameters
    ----------
    leak : float, default 0.0
        Share of all counts forgotten at each trial, 0 … 1; 0: exact Bayes.
    prior_high, prior_low : float, default 1.0
        Pseudo-counts of the better and the worse outcome, above 0, which do not leak; 1 and 1 is
        the uniform prior.
    average : float, default 0.0
        Average utility a, subtracted from each outcome.
    low, high : float, default -1.0 and 1.0
        Utilities, less the average, of the worse and the better outcome. An outcome between them
        counts in part for each: none, halfway, half of each.
    """

    name: ClassVar[str] = "transitions"
    leak: float = 0.0
    prior_high: float = 1.0
    prior_low: float = 1.0
    average: float = 0.0
    low: float = -1.0
    high: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        require_order(self.low, self.high)

    def _key(self, _state: State, _cue: str) -> str:
        return _state.previous
