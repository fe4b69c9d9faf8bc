"""How well an analysis of images could tell the planned regressors apart, from the times as read.

Every subject has an order of his own, so that each has his own inflation.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from dolorimeter.core import InputError, Trials, progress
from dolorimeter.learning import MODELS, DesignEfficiency, Scanner, design_efficiency

FIRST = 10.0  # seconds before the first event of a run at most: onsets may go on over runs


def efficiency_block(
    trials: Trials, model: str, reset_runs: bool
) -> tuple[dict[str, Any] | None, str]:
    """Measure what the planned regressors share after convolution [science 2.4].

    Parameters
    ----------
    trials : Trials
        Of all subjects.
    model : str
        Whose errors are planned, with its parameters as fixed beforehand.
    reset_runs : bool
        Whether values start anew in each run.

    Returns
    -------
    block : dict or None
        The entry ``"efficiency"`` of the block ``"design"``.
    reason : str
        Why there is none; empty where there is.
    """
    unknown = int(np.isnan(trials.outcome_onset).sum())
    if unknown:
        return None, f"the onset of the outcome is unknown in {unknown:,} of {len(trials):,} trials"
    uncued = int((np.isnan(trials.onset) & (trials.cue != "")).sum())
    if uncued:
        return None, f"the onset of the cue is unknown in {uncued:,} of {len(trials):,} trials"
    free = tuple(spec.default for spec in MODELS[model].parameters if spec.free)
    scanner = Scanner(model=model, parameters=free, reset_runs=reset_runs)
    try:
        found = [
            design_efficiency(_table(trials, name), scanner)
            for name in progress(np.unique(trials.subject).tolist(), "Design efficiency")
        ]
    except InputError as error:
        return None, f"{error.where}: {error.found}"
    return _block(found, scanner), ""


def _table(trials: Trials, subject: str) -> pd.DataFrame:
    """Lay out one subject's events as impulses, each run shortly before its first."""
    own = trials.take(trials.subject == subject)
    names = ("run", "cue", "outcome", "utility", "onset", "outcome_onset")
    table = pd.DataFrame({name: getattr(own, name) for name in names})
    first = table[["onset", "outcome_onset"]].min(axis=1).groupby(table["run"]).transform("min")
    for name in ("onset", "outcome_onset"):
        table[name] -= np.maximum(first - FIRST, 0.0)
    return table.assign(duration=0.0, outcome_duration=0.0)


def _block(found: list[DesignEfficiency], scanner: Scanner) -> dict[str, Any]:
    names = list(dict.fromkeys(name for each in found for name in each.names))
    inflation = [
        np.array([e.variance_inflation[e.names.index(name)] for e in found if name in e.names])
        for name in names
    ]
    return {
        "regressors": names,
        "variance_inflation": [_finite(np.median(own)) for own in inflation],
        "most": [_finite(own.max()) for own in inflation],
        "subjects": len(found),
        "model": scanner.model,
        "tr": scanner.tr,
        "hrf": str(scanner.hrf),
        "high_pass": scanner.high_pass,
    }


def _finite(value: float) -> float | None:
    """Infinite, explained wholly by the others, is None."""
    return float(value) if np.isfinite(value) else None
