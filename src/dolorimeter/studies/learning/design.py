"""The learning study as its user declares it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dolorimeter.core import InputError
from dolorimeter.learning import MODELS, Sampling
from dolorimeter.learning.exchange import WORDS, Exchange
from dolorimeter.learning.observations import NUISANCES

if TYPE_CHECKING:
    from .data import LearningData
    from .result import LearningResult

KNOWN_MEASURES = ("rt", "heart-rate", "preference", "pain", "unpleasantness", "pleasantness")
HOW = ("hierarchical", "pooled", "subject")


@dataclass(frozen=True, slots=True)
class LearningStudy:
    """Learning from pain and relief: design of one study (Seymour et al. 2005; science.md, part 2).

    Parameters
    ----------
    models : tuple of str, default ("td", "rw", "pearce-hall", "hybrid", "dual-rate")
        Names in :data:`dolorimeter.learning.MODELS`; the first is the one whose values and errors
        are shown and written. ``()`` takes what fits the task: those without cues for sequences.
    measures : tuple of str, optional
        What models are held against; by default all known measures that the data have.
    n_bootstrap : int, default 1000
        Draws of subjects behind intervals.
    permutations : int, default 999
        Exchanges behind the p of the correlation criterion, its search repeated in each.
    recovery : int, default 0
        Simulated groups for parameter and model recovery; 0 leaves it out.
    sensitivity : bool, default True
        Repeat the criterion with other starting values and without the first ten trials.
    nuisance : tuple of str
        Taken out of measures and models: ``"trend"``, ``"practice"``, ``"run"``, ``"cue"``. Claims
        always rest on tests with trend and practice taken out besides.
    exchange : str, optional
        ``"signs"``: the sign of each subject's correlations; ``"trials"``: the measure among trials
        of one cue, which declares these independent. By default signs from eight subjects on; with
        fewer, trials, whose independence then counts as unknown.
    reset_runs : bool, default False
        Whether values start anew in each run.
    bayes : Sampling, optional
        Chains and draws of full Bayes (extra ``bayes``); by default it is left out.
    title : str
        Of the report.

    Examples
    --------
    >>> study = LearningStudy(models=("td",), measures=("rt",))
    >>> study.models
    ('td',)
    """

    models: tuple[str, ...] = ("td", "rw", "pearce-hall", "hybrid", "dual-rate")
    measures: tuple[str, ...] | None = None
    n_bootstrap: int = 1000
    permutations: int = 999
    recovery: int = 0
    sensitivity: bool = True
    nuisance: tuple[str, ...] = ()
    exchange: Exchange | None = None
    reset_runs: bool = False
    bayes: Sampling | None = None
    title: str = ""

    def __post_init__(self) -> None:
        for model in self.models:
            if model not in MODELS:
                raise InputError("models", repr(model), f"one or more of {', '.join(MODELS)}")
        if len(set(self.models)) < len(self.models):
            raise InputError("models", f"{self.models}", "each model once")
        for name in ("n_bootstrap", "permutations", "recovery"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 0:
                raise InputError(name, repr(value), "a whole number of at least 0")
        for name in self.nuisance:
            if name not in NUISANCES:
                raise InputError("nuisance", repr(name), f"one of {', '.join(NUISANCES)}")
        if self.bayes is not None and not isinstance(self.bayes, Sampling):
            raise InputError("bayes", repr(self.bayes), "a Sampling, or nothing")
        if self.exchange not in (None, *WORDS):
            raise InputError("exchange", repr(self.exchange), f"one of {', '.join(WORDS)}")
        if self.measures is not None and len(set(self.measures)) < len(self.measures):
            raise InputError("measures", f"{self.measures}", "each measure once")

    def models_for(self, data: LearningData) -> tuple[str, ...]:
        """Return the models to run on some data.

        Parameters
        ----------
        data : LearningData
            Trials.

        Returns
        -------
        tuple of str
            Those declared, or, with none, all that are meant for the task.
        """
        if self.models:
            return self.models
        return tuple(name for name, spec in MODELS.items() if spec.cue_free == data.cue_free)

    def measures_for(self, data: LearningData) -> tuple[str, ...]:
        """Return the measures to hold models against.

        Parameters
        ----------
        data : LearningData
            Trials and choices.

        Returns
        -------
        tuple of str
            Those declared, or all known ones that the data have.

        Raises
        ------
        InputError
            If one is declared that the data do not have.
        """
        present = data.measures
        if self.measures is None:
            return tuple(name for name in KNOWN_MEASURES if name in present)
        for name in self.measures:
            if name not in present:
                rule = f"one of {', '.join(present) or 'none: the data hold no measure'}"
                raise InputError("measures", repr(name), rule)
        return self.measures

    def run(self, data: LearningData, random_state: int | None = None) -> LearningResult:
        """Learn, fit, compare, and audit.

        Parameters
        ----------
        data : LearningData
            From :func:`read_learning`.
        random_state : int, optional
            Seed. Without one a seed is drawn and recorded.

        Returns
        -------
        LearningResult
            Fits, claim, and all that the report draws.
        """
        from .run import run

        fresh = int(np.random.default_rng().integers(2**32))
        return run(self, data, fresh if random_state is None else random_state)
