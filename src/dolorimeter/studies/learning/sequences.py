"""Sequences without cues: how well a model predicts what comes next."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.stats import t as student

from dolorimeter.learning import MODELS

from .data import LearningData


def sequence_blocks(data: LearningData, models: tuple[str, ...], reset_runs: bool) -> list[Any]:
    """Return the surprise of each model that learns a probability.

    The mean of -log2 of the probability that the model gave to what then happened, each trial
    predicted from those before it alone. Parameters are those of the model's defaults: nothing is
    fitted, so that nothing is reused.

    Parameters
    ----------
    data : LearningData
        Trials.
    models : tuple of str
        Names in ``MODELS``.
    reset_runs : bool
        Whether learning starts anew in each run.

    Returns
    -------
    list of dict
        The block ``"sequences"``; empty where there are cues, or no model learns a probability.
    """
    if not data.cue_free:
        return []
    trials = data.trials
    names = np.unique(trials.subject)
    rows = []
    for model in models:
        built = MODELS[model].build()
        surprise = built.simulate(trials, reset_runs=reset_runs).surprise
        if np.isnan(surprise).all():
            continue
        each = np.array([np.nanmean(surprise[trials.subject == name]) for name in names])
        half = np.nan
        if len(each) > 1:
            error = each.std(ddof=1) / np.sqrt(len(each))
            half = float(student.ppf(0.975, len(each) - 1) * error)
        mean = float(each.mean())
        settings = {s.name: s.default for s in MODELS[model].parameters if s.free}
        rows.append(
            {
                "model": model,
                "label": MODELS[model].summary,
                "parameters": ", ".join(f"{k} = {v:g}" for k, v in settings.items()),
                "surprise": mean,
                "ci95": [mean - half, mean + half] if np.isfinite(half) else None,
                "subjects": len(each),
            }
        )
    return rows
