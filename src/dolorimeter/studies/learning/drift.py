"""The tests that claims rest on: a drift over trials taken out, and as many as there are measures.

Values grow from 0 over trials in everybody; so does whatever practice or fatigue changes in
everybody. Without any learning a drift of a fifth of the variance's root passed the t test over
19 subjects in 63 to 80 % of runs; with a linear trend and the logarithm of the trial's number
taken out of measure and values, in 7 to 10 %, while a correlation of 0.19 was found in all.
Values that are drift almost whole (one cue, slow learning) cannot be told from it: at least a
fifth of their variance must be left, a variance inflation of at most 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from dolorimeter.core.containers import Floats
from dolorimeter.evaluation import holm
from dolorimeter.learning.criterion import CorrelationFit
from dolorimeter.learning.exchange import Exchange
from dolorimeter.learning.fit import FitOptions, fit_learning, make_evidence
from dolorimeter.learning.fitted import LearningFit, without_nan
from dolorimeter.learning.likelihoods import GaussianEvidence
from dolorimeter.studies.streams import stream

from .data import PREFERENCE, LearningData
from .design import LearningStudy

DRIFT = ("trend", "practice")
FEWEST_TRIALS = 10
FEWEST_FOR_SIGNS = 8
LEAST_KEPT = 0.2  # a variance inflation of 5, where science 2.4 warns


@dataclass(frozen=True, slots=True)
class Steady:
    """The criterion with a drift over trials taken out.

    Attributes
    ----------
    fit : CorrelationFit
        The criterion.
    kept, kept_default : float
        Mean over subjects of the share of the values' variance that is no drift, at the rate found
        and at the one fixed beforehand.
    """

    fit: CorrelationFit
    kept: float
    kept_default: float


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
) -> dict[str, Steady]:
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
            evidence = make_evidence(data.trials, first, name, options=options)
            found[name] = Steady(correlation, *_kept(evidence, correlation))
    return found


def _kept(evidence: Any, fit: CorrelationFit) -> tuple[float, float]:
    default = [spec.default for spec in evidence.predictor.free]
    return kept_share(evidence, fit.estimate), kept_share(evidence, np.array(default))


def kept_share(evidence: GaussianEvidence, parameters: Floats) -> float:
    """Return the share of the variance of a model's quantity that is left, nuisance taken out.

    Parameters
    ----------
    evidence : GaussianEvidence
        Measure and model.
    parameters : ndarray of shape (k,)
        Shared by all subjects.

    Returns
    -------
    float
        Mean over subjects; 0 for those in whom the quantity does not vary.
    """
    seen = evidence.observations
    quantity = evidence.predictor.quantity(parameters[None, :])[0, seen.rows]
    shares = []
    for start, stop in zip(seen.offsets[:-1], seen.offsets[1:], strict=True):
        x, basis = quantity[start:stop] - quantity[start:stop].mean(), seen.basis[start:stop]
        left = x - basis @ (basis.T @ x)
        whole = float(x @ x)
        shares.append(float(left @ left) / whole if whole > 0 else 0.0)
    return float(np.mean(shares))


def steady_block(steady: Steady) -> dict[str, Any]:
    """Return what results.json holds of it.

    Parameters
    ----------
    steady : Steady
        With the drift taken out.

    Returns
    -------
    dict
        One entry ``"without_drift"`` of a criterion.
    """
    fit = steady.fit
    return {
        "alpha": float(fit.estimate[0]),
        "ci95": without_nan(fit.ci95[0]) if np.isfinite(fit.ci95[0]).all() else None,
        "r": fit.best.r,
        "p_search": fit.p_value,
        "default": {
            "r": fit.default.r,
            "p": without_nan(fit.default.p_value),
            "kept": steady.kept_default,
        },
        "kept": steady.kept,
        "identified": bool(fit.identified),
        "reason": fit.reason,
    }


def verdict(fit: CorrelationFit, steady: Steady | None) -> tuple[bool, str]:
    """Say whether the learning rate is identified, as found and with a drift taken out.

    Parameters
    ----------
    fit : CorrelationFit
        As found.
    steady : Steady or None
        With a drift taken out.

    Returns
    -------
    identified : bool
        Only if both say so.
    reason : str
        Of the one that does not.
    """
    if not fit.identified or steady is None:
        return bool(fit.identified), fit.reason
    if steady.kept < LEAST_KEPT:
        left = f"{100 * steady.kept:.1f} % of the values' variance"
        return False, f"With a drift over trials taken out only {left} is left to tell."
    if not steady.fit.identified:
        return False, f"With a drift over trials taken out it is not: {steady.fit.reason}"
    return True, fit.reason


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
