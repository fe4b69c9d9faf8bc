"""Parameters of the fitted models as tables of the report (S3 to S5 Tables of the paper)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def average_parameters(models: Sequence[Any], vital_names: tuple[str, ...]) -> dict[str, Any]:
    """Average the parameters of the folds' models.

    Parameters
    ----------
    models : sequence of estimator
        One for each fold; classes are in the same order in all.
    vital_names : tuple of str
        Columns of the emissions.

    Returns
    -------
    dict
        ``startprob`` (K,), ``transmat`` (K, K) with rows = from, ``class_prior`` (K,), and by vital
        ``means`` and ``deviations`` (K,) in normal scores, as far as the model has them; how many
        folds converged, and which floors bound in any. Empty for a model without parameters.
    """
    content: dict[str, Any] = {}
    for name in ("startprob", "transmat", "class_prior"):
        if hasattr(models[0], f"{name}_"):
            content[name] = np.mean([getattr(m, f"{name}_") for m in models], axis=0).tolist()
    if hasattr(models[0], "means_") and hasattr(models[0], "variances_"):
        means = np.mean([m.means_ for m in models], axis=0)
        deviations = np.mean([np.sqrt(m.variances_) for m in models], axis=0)
        content["means"] = dict(zip(vital_names, means.T.tolist(), strict=True))
        content["deviations"] = dict(zip(vital_names, deviations.T.tolist(), strict=True))
    outcomes = [m.outcome_ for m in models if hasattr(m, "outcome_")]
    if outcomes:
        content["converged_folds"] = sum(o.converged for o in outcomes)
        content["iterations"] = [o.n_iter for o in outcomes]
        content["floors_bound"] = sorted({name for o in outcomes for name in o.floors_bound})
    return content
