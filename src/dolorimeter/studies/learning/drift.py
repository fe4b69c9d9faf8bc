"""The tests that claims rest on: a drift over trials taken out, and as many as there are measures.

Values grow from 0 over trials in everybody; so does whatever practice or fatigue changes in
everybody. Without any learning a drift of a fifth of the variance's root passed the t test over
19 subjects in 63 to 80 % of runs; with a linear trend and the logarithm of the trial's number
taken out of measure and values, in 7 to 10 %, while a correlation of 0.19 was found in all.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dolorimeter.evaluation import holm
from dolorimeter.learning.criterion import CorrelationFit
from dolorimeter.learning.exchange import Exchange
from dolorimeter.learning.fit import FitOptions, fit_learning
from dolorimeter.learning.fitted import LearningFit, without_nan
from dolorimeter.studies.streams import stream

from .data import PREFERENCE, LearningData
from .design import LearningStudy

DRIFT = ("trend", "practice")
FEWEST_TRIALS = 10
FEWEST_FOR_SIGNS = 8


def choose_exchange(study: LearningStudy, n_subjects: int) -> Exchange:
    """Return what is exchanged: signs hold whatever the dependence among trials, given people.

    Parameters
    ----------
    study : LearningStudy
        Which may say.
    n_subjects : int
        Eight have 256 patterns of signs, enough for a p of 0.01.

    Returns
    -------
    str
        ``"signs"`` or ``"trials"``.
    """
    if study.exchange is not None:
        return study.exchange
    return "signs" if n_subjects >= FEWEST_FOR_SIGNS else "trials"


def without_drift(
    study: LearningStudy, data: LearningData, fit: LearningFit, exchange: Exchange, seed: int
) -> dict[str, CorrelationFit]:
    """Repeat the criterion of the first model with trend and practice taken out.

    Parameters
    ----------
    study : LearningStudy
        The design.
    data : LearningData
        Trials, sorted by subject.
    fit : LearningFit
        With the design's own nuisance.
    exchange : str
        What is exchanged.
    seed : int
        Of the study.

    Returns
    -------
    dict
        By measure; without those of which someone has fewer than ten trials.
    """
    first, found = fit.models[0], {}
    nuisance = tuple(dict.fromkeys((*study.nuisance, *DRIFT)))
    options = FitOptions(nuisance=nuisance, reset_runs=study.reset_runs)
    for name in fit.measures:
        if name == PREFERENCE or min(fit.of(first, name).counts) < FEWEST_TRIALS:
            continue
        again = fit_learning(
            data.trials, (first,), (name,), how=(), criterion=("correlation",), options=options,
            permutations=study.permutations, exchange=exchange, bootstrap=study.n_bootstrap,
            sensitivity=False, random_state=stream(seed, "drift", name),
        )  # fmt: skip
        correlation = again.of(first, name).correlation
        if correlation is not None and len(correlation.estimate):
            found[name] = correlation
    return found


def steady_block(fit: CorrelationFit) -> dict[str, Any]:
    """Return what results.json holds of it.

    Parameters
    ----------
    fit : CorrelationFit
        With the drift taken out.

    Returns
    -------
    dict
        One entry ``"without_drift"`` of a criterion.
    """
    return {
        "alpha": float(fit.estimate[0]),
        "ci95": without_nan(fit.ci95[0]) if np.isfinite(fit.ci95[0]).all() else None,
        "r": fit.best.r,
        "p_search": fit.p_value,
        "default": {"r": fit.default.r, "p": without_nan(fit.default.p_value)},
        "identified": bool(fit.identified),
        "reason": fit.reason,
    }


def add_holm(criteria: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Adjust the p-values that claims rest on for the number of measures (Holm 1979).

    Parameters
    ----------
    criteria : dict
        The block ``"criterion"``, by measure.

    Returns
    -------
    dict
        The same, with ``p_holm`` and ``p_search_holm`` in each ``"without_drift"``.
    """
    known = {name: row["without_drift"] for name, row in criteria.items() if row["without_drift"]}
    fixed = holm([row["default"]["p"] for row in known.values()])
    searched = holm([row["p_search"] for row in known.values()])
    done = {
        name: row | {"p_holm": p, "p_search_holm": q}
        for (name, row), p, q in zip(known.items(), fixed, searched, strict=True)
    }
    return {
        name: row | {"without_drift": done[name]} if name in done else row
        for name, row in criteria.items()
    }
