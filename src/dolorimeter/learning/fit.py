"""Fit learning models to what subjects did (science 2.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dolorimeter.core import InputError, Trials, progress
from dolorimeter.core.containers import Floats

from .choice_likelihood import ChoiceEvidence, choice_evidence
from .criterion import fit_by_correlation
from .estimates import estimate_by_subject, estimate_hierarchical, estimate_pooled
from .exchange import Exchange
from .fitted import LearningFit, ModelFit
from .likelihoods import GaussianEvidence
from .measures import Bools, Measure, find_measure, neutral_trials, transform_measure
from .observations import observe, sort_by_subject
from .predictors import make_predictor
from .preferences import read_choices
from .sensitivity import sensitivity_cases

PREFERENCE = "preference"
_HOW = {
    "subject": estimate_by_subject,
    "pooled": estimate_pooled,
    "hierarchical": estimate_hierarchical,
}
_CRITERIA = ("likelihood", "correlation")


@dataclass(frozen=True, slots=True)
class FitOptions:
    """How models are held against measures.

    Attributes
    ----------
    keep_neutral : bool
        Whether trials of cues that nothing ever follows are used; the paper leaves them out.
    nuisance : tuple of str
        Taken out of measure and model: ``"trend"``, ``"practice"``, ``"run"``, ``"cue"``.
    fixed : mapping of str to float
        Parameters that are not estimated, in models that have them.
    v0 : mapping of str to float
        Added to the starting value of the cues named.
    reset_runs : bool
        Whether values start anew in each run.
    n_jobs : int
        Threads.
    """

    keep_neutral: bool = False
    nuisance: tuple[str, ...] = ()
    fixed: Mapping[str, float] | None = None
    v0: Mapping[str, float] | None = None
    reset_runs: bool = False
    n_jobs: int = 1


def fit_learning(
    trials: Trials,
    models: Sequence[str] = ("td",),
    measures: Sequence[str | Measure] = ("rt",),
    how: Sequence[str] = ("subject", "pooled", "hierarchical"),
    criterion: Sequence[str] = ("likelihood", "correlation"),
    *,
    preferences: pd.DataFrame | None = None,
    runs: Sequence[str] | None = None,
    options: FitOptions | None = None,
    permutations: int = 999,
    exchange: Exchange = "trials",
    bootstrap: int = 1000,
    sensitivity: bool = True,
    random_state: int | np.random.Generator | None = None,
) -> LearningFit:
    """Fit every model to every measure.

    Parameters
    ----------
    trials : Trials
        With the measures, in the order in which each subject met them.
    models : sequence of str, default ("td",)
        Names in ``MODELS``.
    measures : sequence of str or Measure, default ("rt",)
        Names in ``trials.measures``, or ``"preference"``.
    how : sequence of str, default all three
        ``"subject"``, ``"pooled"``, ``"hierarchical"``: maximum likelihood.
    criterion : sequence of str, default both
        ``"likelihood"``, and ``"correlation"``, the paper's (not for choices).
    preferences : DataFrame, optional
        Forced choices, see ``preferences``; needed for ``"preference"``.
    runs : sequence of str, optional
        Runs that are fitted, transforms included; by default all. Values are learned on all.
    options : FitOptions, optional
        How models are held against measures.
    permutations : int, default 999
        Exchanges for the p of the correlation criterion; 0 for none.
    exchange : str, default "trials"
        What is exchanged, see ``exchange``.
    bootstrap : int, default 1000
        Draws of subjects for intervals; 0 for none.
    sensitivity : bool, default True
        Whether the correlation criterion is repeated under other assumptions.
    random_state : int or Generator, optional
        Of exchanges and draws.

    Returns
    -------
    LearningFit
        By model and measure.

    Raises
    ------
    InputError
        If a name is unknown, a measure is missing or constant, or a subject has too few data.
    """
    _check_names("how", how, tuple(_HOW))
    _check_names("criterion", criterion, _CRITERIA)
    chosen = options or FitOptions()
    rng = np.random.default_rng(random_state)
    ordered = sort_by_subject(trials)
    train = _train(ordered, runs)
    pairs = [(model, measure) for measure in measures for model in models]
    fits: dict[tuple[str, str], ModelFit] = {}
    for model, measure in progress(pairs, "Fitting models"):
        name = measure if isinstance(measure, str) else measure.name
        evidence = make_evidence(ordered, model, measure, preferences, train, chosen)
        by_likelihood = how if "likelihood" in criterion else ()
        estimates = {one: _HOW[one](evidence, bootstrap, rng) for one in by_likelihood}
        correlation, cases = None, ()
        if isinstance(evidence, GaussianEvidence) and "correlation" in criterion:
            correlation = fit_by_correlation(
                evidence, ordered, permutations=permutations, exchange=exchange,
                bootstrap=bootstrap, random_state=rng,
            )  # fmt: skip
            if sensitivity:
                cases = _sensitivity(evidence, ordered, chosen)
        fits[model, name] = ModelFit(
            model=model,
            measure=name,
            regressor=evidence.predictor.regressor,
            names=tuple(spec.name for spec in evidence.predictor.free),
            subjects=evidence.subjects,
            counts=tuple(evidence.counts.tolist()),
            without=tuple(evidence.without().tolist()),
            estimates=estimates,
            correlation=correlation,
            sensitivity=cases,
        )
    names = tuple(m if isinstance(m, str) else m.name for m in measures)
    return LearningFit(tuple(models), names, fits)


def make_evidence(
    trials: Trials,
    model: str,
    measure: str | Measure,
    preferences: pd.DataFrame | None = None,
    train: Bools | None = None,
    options: FitOptions | None = None,
) -> GaussianEvidence | ChoiceEvidence:
    """Hold one model against one measure.

    Parameters
    ----------
    trials : Trials
        Sorted by subject.
    model : str
        Name in ``MODELS``.
    measure : str or Measure
        Name in ``trials.measures``, or ``"preference"``.
    preferences : DataFrame, optional
        Forced choices.
    train : ndarray of shape (n_trials,), bool, optional
        Trials that are fitted, transform included; by default all.
    options : FitOptions, optional
        How.

    Returns
    -------
    GaussianEvidence or ChoiceEvidence
        For fits.

    Raises
    ------
    InputError
        As for :func:`fit_learning`.
    """
    chosen = options or FitOptions()
    preference = measure == PREFERENCE
    treated = Measure(PREFERENCE, "none", "value") if preference else find_measure(measure)
    predictor = make_predictor(
        model, trials, treated.regressor, fixed=chosen.fixed, v0=chosen.v0,
        reset_runs=chosen.reset_runs, n_jobs=chosen.n_jobs,
    )  # fmt: skip
    if preference:
        if preferences is None:
            rule = "a table of choices (preferences=) for the measure 'preference'"
            raise InputError("preferences", "none", rule)
        if model == "transitions":
            raise InputError("model", repr(model), "a model with a value for each cue")
        return choice_evidence(predictor, trials, read_choices(preferences))
    values, _ = transform_measure(trials, treated, train)
    used = used_trials(trials, chosen) if train is None else used_trials(trials, chosen) & train
    return GaussianEvidence(predictor, observe(trials, values, used, chosen.nuisance))


def used_trials(trials: Trials, options: FitOptions) -> Bools:
    """Mark the trials that a fit uses.

    Parameters
    ----------
    trials : Trials
        All of them.
    options : FitOptions
        Whether neutral cues stay.

    Returns
    -------
    ndarray of shape (n_trials,), bool
        Trials of cues that something follows, or all.
    """
    return np.ones(len(trials), bool) if options.keep_neutral else ~neutral_trials(trials)


def _sensitivity(evidence: GaussianEvidence, trials: Trials, options: FitOptions) -> tuple:  # type: ignore[type-arg]
    seen = evidence.observations
    values: Floats = np.full(len(trials), np.nan)
    values[seen.rows] = seen.measured
    return sensitivity_cases(evidence, trials, values, np.isfinite(values), options.nuisance)


def _train(trials: Trials, runs: Sequence[str] | None) -> Bools | None:
    if runs is None:
        return None
    known = np.unique(trials.run)
    for run in runs:
        if run not in known:
            raise InputError("runs", repr(run), f"one of {', '.join(known)}")
    return np.isin(trials.run, list(runs))


def _check_names(where: str, given: Sequence[str], known: tuple[str, ...]) -> None:
    for name in given:
        if name not in known:
            raise InputError(where, repr(name), f"one of {', '.join(known)}")
