"""Which model, by BIC, by runs left out, and by random-effects model selection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dolorimeter.core import InputError, Trials, progress
from dolorimeter.core.containers import Floats

from .cross_validation import left_out_likelihood
from .fit import PREFERENCE, FitOptions, make_evidence
from .likelihoods import Evidence
from .measures import Measure
from .model_selection import ModelSelection, select_model
from .observations import sort_by_subject
from .search import best_by_subject

NO_LEARNING = "no-learning"
_SAME = 1e-6


@dataclass(frozen=True, slots=True)
class Comparison:
    """Models held against one measure.

    Attributes
    ----------
    measure : str
        Name.
    models : tuple of str
        Those that can be told apart; models with the same likelihood in every subject stand
        together, such as ``"td = rw"``. The last is ``"no-learning"``.
    subjects : tuple of str
        In the order of the trials.
    bic : ndarray of shape (n_subjects, n_models)
        Lower is better.
    left_out : ndarray of shape (n_subjects, n_models) or None
        Leave-one-run-out log likelihood in nats, learning parameters shared; None for choices, or
        if not asked for.
    selection : ModelSelection
        With -BIC/2 as log evidence.
    selection_left_out : ModelSelection or None
        With the log likelihood of runs left out in its place.
    """

    measure: str
    models: tuple[str, ...]
    subjects: tuple[str, ...]
    bic: Floats
    left_out: Floats | None
    selection: ModelSelection
    selection_left_out: ModelSelection | None

    @property
    def table(self) -> pd.DataFrame:
        """One row a model: totals over subjects, frequencies and exceedance probabilities."""
        columns: dict[str, Any] = {"bic": self.bic.sum(axis=0)}
        if self.left_out is not None:
            columns["left_out"] = self.left_out.sum(axis=0)
        columns["frequency"] = self.selection.frequency
        columns["exceedance"] = self.selection.exceedance
        columns["protected"] = self.selection.protected
        return pd.DataFrame(columns, index=pd.Index(self.models, name="model"))

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain values for JSON."""
        other = self.selection_left_out
        return {
            "measure": self.measure,
            "models": list(self.models),
            "subjects": list(self.subjects),
            "bic": self.bic.tolist(),
            "left_out": None if self.left_out is None else self.left_out.tolist(),
            "selection": self.selection.to_dict(),
            "selection_left_out": other.to_dict() if other else None,
        }


def compare_models(
    trials: Trials,
    models: Sequence[str],
    measures: Sequence[str | Measure] = ("rt",),
    *,
    preferences: pd.DataFrame | None = None,
    options: FitOptions | None = None,
    leave_out_runs: bool = True,
) -> tuple[Comparison, ...]:
    """Compare models, each fitted to each subject, on each measure.

    Parameters
    ----------
    trials : Trials
        With the measures.
    models : sequence of str
        Names in ``MODELS``.
    measures : sequence of str or Measure, default ("rt",)
        Names in ``trials.measures``, or ``"preference"``.
    preferences : DataFrame, optional
        Forced choices, needed for ``"preference"``.
    options : FitOptions, optional
        How models are held against measures.
    leave_out_runs : bool, default True
        Whether runs are left out in turn besides; every subject needs two then.

    Returns
    -------
    tuple of Comparison
        One a measure.

    Raises
    ------
    InputError
        If no model is named, or as for ``fit_learning``.
    """
    if not models:
        raise InputError("models", "none", "at least one model")
    ordered = sort_by_subject(trials)
    found = []
    for measure in progress(list(measures), "Comparing models"):
        name = measure if isinstance(measure, str) else measure.name
        evidences = [make_evidence(ordered, m, measure, preferences, None, options) for m in models]
        bic = bic_by_subject(evidences)
        left_out = None
        if leave_out_runs and name != PREFERENCE:
            left_out = left_out_likelihood(ordered, models, measure, options)
        found.append(_comparison(name, (*models, NO_LEARNING), evidences[0], bic, left_out))
    return tuple(found)


def bic_by_subject(evidences: Sequence[Evidence]) -> Floats:
    """Return the Bayesian information criterion of each model in each subject.

    Parameters
    ----------
    evidences : sequence of Evidence
        One a model, on the same observations.

    Returns
    -------
    ndarray of shape (n_subjects, n_models + 1)
        Lower is better; the last column is no learning, without slope or temperature.
    """
    columns = []
    for evidence in evidences:
        best = best_by_subject(evidence).values
        k = len(evidence.predictor.free) + evidence.n_coefficients
        columns.append(k * np.log(evidence.counts) - 2 * best)
    first = evidences[0]
    none = (first.n_coefficients - 1) * np.log(first.counts) - 2 * first.without()
    return np.column_stack([*columns, none])


def merge_same(names: Sequence[str], scores: Floats) -> tuple[tuple[str, ...], list[int]]:
    """Put models together that no subject's data can tell apart.

    Parameters
    ----------
    names : sequence of str
        Models.
    scores : ndarray of shape (n_subjects, n_models)
        Of each.

    Returns
    -------
    names : tuple of str
        Joined by ``" = "``.
    columns : list of int
        The first of each.
    """
    kept: list[int] = []
    joined: list[str] = []
    for i, name in enumerate(names):
        same = [j for j, k in enumerate(kept) if np.abs(scores[:, k] - scores[:, i]).max() < _SAME]
        if same:
            joined[same[0]] += f" = {name}"
        else:
            kept.append(i)
            joined.append(name)
    return tuple(joined), kept


def _comparison(
    name: str, models: tuple[str, ...], evidence: Evidence, bic: Floats, left_out: Floats | None
) -> Comparison:
    names, columns = merge_same(models, bic)
    bic = bic[:, columns]
    left_out = None if left_out is None else left_out[:, columns]
    return Comparison(
        measure=name,
        models=names,
        subjects=evidence.subjects,
        bic=bic,
        left_out=left_out,
        selection=select_model(-bic / 2, names),
        selection_left_out=None if left_out is None else select_model(left_out, names),
    )
