"""A Bayesian learner of the frequency of two outcomes, with a leak."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .model import LearningModel, require_order


@dataclass(frozen=True)
class BetaBernoulli(LearningModel):
    """Beta-Bernoulli: the probability of the better outcome after each cue.

    ``p = (prior_high + n_high) / (prior_high + prior_low + n_high + n_low)``, the posterior mean of
    a beta prior; after each trial of a cue its counts become ``(1 - leak) * n`` and the outcome is
    counted (leaky integration: Meyniel, Maheu & Dehaene 2016; here the latest outcome weighs 1, so
    that ``1 - leak`` is their ``exp(-1 / omega)``). The value is the expected utility
    ``p * high + (1 - p) * low``; ``cue_error`` is that value, ``outcome_error = (r - a) - value``;
    associability is the weight of the next outcome in the posterior mean. Without cues there is
    one cue, ``""``.

    Parameters
    ----------
    leak : float, default 0.0
        Share of all counts forgotten at each trial of the cue, 0 … 1; 0: exact Bayes.
    prior_high, prior_low : float, default 1.0
        Pseudo-counts of the better and the worse outcome, above 0, which do not leak; 1 and 1 is
        the uniform prior.
    average : float, default 0.0
        Average utility a, subtracted from each outcome.
    low, high : float, default -1.0 and 1.0
        Utilities, less the average, of the worse and the better outcome. An outcome between them
        counts in part for each: none, halfway, half of each.
    """

    name: ClassVar[str] = "beta-bernoulli"
    leak: float = 0.0
    prior_high: float = 1.0
    prior_low: float = 1.0
    average: float = 0.0
    low: float = -1.0
    high: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        require_order(self.low, self.high)
