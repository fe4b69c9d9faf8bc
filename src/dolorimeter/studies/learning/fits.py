"""Fits, criterion and comparison as results.json holds them."""

from __future__ import annotations

from typing import Any

import numpy as np

from dolorimeter.core import Trials
from dolorimeter.learning import MODELS
from dolorimeter.learning.compare import Comparison
from dolorimeter.learning.fitted import LearningFit, ModelFit, without_nan
from dolorimeter.learning.measures import neutral_trials

from .drift import Steady, steady_block, verdict

PHRASES = {
    "magnitude": "magnitude of the value",
    "value": "value",
    "associability": "associability",
    "surprise": "surprise",
}
FEWEST = 8  # trials: a constant, a slope, a variance, nuisance, and some to spare
PREFERRED = ("hierarchical", "pooled", "subject")


def fit_blocks(fit: LearningFit, comparisons: dict[str, Comparison]) -> dict[str, Any]:
    """Return every model's fit to every measure.

    Parameters
    ----------
    fit : LearningFit
        The fits.
    comparisons : dict
        By measure.

    Returns
    -------
    dict
        The block ``"fits"``.
    """
    return {
        measure: {
            model: _fit(fit.of(model, measure), comparisons.get(measure)) for model in fit.models
        }
        for measure in fit.measures
    }


def _fit(found: ModelFit, comparison: Comparison | None) -> dict[str, Any]:
    how = next(name for name in PREFERRED if name in found.estimates)
    estimate, alone = found.estimates[how], found.estimates["subject"]
    parameters = {
        name: {
            "group": float(estimate.group[i]),
            "ci95": without_nan(estimate.ci95[i]) if np.isfinite(estimate.ci95[i]).all() else None,
            "each": alone.subjects[:, i].tolist(),
        }
        for i, name in enumerate(estimate.names)
    }
    return {
        "label": MODELS[found.model].summary,
        "subjects": len(found.subjects),
        "parameters": parameters,
        "log_likelihood": float(alone.objective),
        "bic": float(alone.bic),
        "cv_log_likelihood": _left_out(found.model, comparison),
        "identified": bool(estimate.identified),
        "reason": estimate.reason,
        "how": how,
    }


def _left_out(model: str, comparison: Comparison | None) -> float | None:
    if comparison is None or comparison.left_out is None:
        return None
    for place, name in enumerate(comparison.models):
        if model in name.split(" = "):
            return float(comparison.left_out[:, place].sum())
    return None


def criterion_block(found: ModelFit, steady: Steady | None) -> dict[str, Any] | None:
    """Return the paper's correlation criterion for one measure [science 2.3].

    Parameters
    ----------
    found : ModelFit
        The first model's fit.
    steady : Steady or None
        Its criterion again, a drift over trials taken out.

    Returns
    -------
    dict or None
        None for choices, or a model without a learning rate.
    """
    fit = found.correlation
    if fit is None or not len(fit.estimate):
        return None
    likelihood = found.estimates["pooled"].profiles
    profile = fit.profiles[0]
    same = [p for p in likelihood if p.parameter == profile.parameter]
    identified, reason = verdict(fit, steady)
    cases = {case.what: case for case in found.sensitivity}
    cues = {w.split()[1]: c for w, c in cases.items() if w.startswith("cue ")}
    first_ten = [c for w, c in cases.items() if w.startswith("first ")]
    starts = [(w, c) for w, c in cases.items() if w.startswith("starting ")]
    return {
        "model": found.model,
        "regressor": PHRASES[found.regressor],
        "parameter": profile.parameter,
        "alpha": float(fit.estimate[0]),
        "ci95": without_nan(fit.ci95[0]) if np.isfinite(fit.ci95[0]).all() else None,
        "r": fit.best.r,
        "t": without_nan(fit.best.t),
        "p": without_nan(fit.best.p_value),
        "p_search": fit.p_value,
        "subjects": fit.best.n_subjects,
        "pooled_r": without_nan(fit.best.pooled_r),
        "default": {
            "r": fit.default.r,
            "t": without_nan(fit.default.t),
            "p": without_nan(fit.default.p_value),
        },
        "without_drift": None if steady is None else steady_block(steady),
        "exchanged": fit.exchanged,
        "identified": identified,
        "reason": reason,
        "profile": {
            "alpha": profile.grid.tolist(),
            "r": np.tanh(profile.values).tolist(),
            "log_likelihood": same[0].values.tolist()
            if same and len(same[0].grid) == len(profile.grid)
            else None,
        },
        "by_cue": {
            cue: {"r": case.default.r, "p": without_nan(case.default.p_value)}
            for cue, case in cues.items()
        },
        "without_first_ten": _case(first_ten[0]) if first_ten else None,
        "v0": [{"v0": 0.5 if "towards" in w else -0.5, "what": w, **_case(c)} for w, c in starts],
    }


def _case(case: Any) -> dict[str, Any]:
    """A case's own best, with the p of the rate fixed beforehand: the best's p is naive."""
    return {
        "alpha": float(case.estimate[0]),
        "r": case.default.r,
        "p": without_nan(case.default.p_value),
    }


def comparison_block(found: Comparison) -> dict[str, Any]:
    """Return the comparison of models on one measure.

    Parameters
    ----------
    found : Comparison
        Of all models.

    Returns
    -------
    dict
        One entry of the block ``"comparison"``.
    """
    chosen = found.selection_left_out or found.selection
    return {
        "models": list(found.models),
        "bic": found.bic.sum(axis=0).tolist(),
        "cv": None if found.left_out is None else found.left_out.sum(axis=0).tolist(),
        "frequencies": list(chosen.frequency),
        "exceedance": list(chosen.exceedance),
        "protected": list(chosen.protected),
        "evidence": "runs left out" if found.selection_left_out else "-BIC/2",
        "subjects": len(found.subjects),
    }


def can_leave_runs_out(trials: Trials, measure: str, nuisance: tuple[str, ...]) -> bool:
    """Tell whether every subject's other runs can teach what a run left out is held against.

    Parameters
    ----------
    trials : Trials
        Any.
    measure : str
        On single trials.
    nuisance : tuple of str
        A run left out has no constant of its own, so that ``"run"`` forbids it.

    Returns
    -------
    bool
        True if all have two runs or more, and on the others, in turn, values that vary.
    """
    values = trials.measures.get(measure)
    if values is None or "run" in nuisance:
        return False
    used = np.isfinite(values) & ~neutral_trials(trials)
    for name in np.unique(trials.subject):
        own = used & (trials.subject == name)
        runs = np.unique(trials.run[trials.subject == name])
        others = [values[own & (trials.run != run)] for run in runs]
        if len(runs) < 2 or any(len(v) < FEWEST or np.ptp(v) == 0 for v in others):
            return False
    return True
