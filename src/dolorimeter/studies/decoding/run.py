"""The whole road of a decoding study: plan, decode, compare, audit, result."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd

from dolorimeter._version import __version__
from dolorimeter.audit import audit_study
from dolorimeter.core import Samples
from dolorimeter.studies.tripod import fill_tripod

from .comparators import bulk, other_normalization, residual, residual_block, univariate
from .comparators import univariate_block as short
from .contents import data_block, design_block, fold_blocks, regression_block, subject_blocks
from .crossfit import Crossfit, crossfit
from .design import DecodingStudy
from .facts import gather_facts
from .inflation import measure_inflation
from .labelling import labelling_block
from .maps import make_maps
from .plan import Plan, make_plan
from .result import DecodingResult
from .scores import score_block
from .searchlight import search
from .specificity import ask_modalities
from .summary import summarize


def run(study: DecodingStudy, samples: Samples, seed: int) -> DecodingResult:
    """Run a study on samples.

    Parameters
    ----------
    study : DecodingStudy
        The design.
    samples : Samples
        All samples.
    seed : int
        Seed of everything random.

    Returns
    -------
    DecodingResult
        Results as data, predictions and maps.

    Raises
    ------
    InputError
        If the samples cannot carry the design.
    """
    plan = make_plan(study, samples, seed)
    found = crossfit(plan)
    amplitude, other = bulk(plan), other_normalization(plan)
    each, specific = univariate(plan), ask_modalities(plan)
    searched = search(plan)
    maps = make_maps(plan, each, None if searched is None else searched.map)
    content: dict[str, Any] = {
        "format": 1,
        "study": "decoding",
        "version": __version__,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "title": study.title or f"Decoding: {study.kind}",
        "data": data_block(plan),
        "design": design_block(plan, found),
        "accuracy": score_block(plan, found),
        "folds": fold_blocks(found),
        "subjects": subject_blocks(plan, found),
        "confusion": _confusion(plan, found),
        "regression": regression_block(plan, found),
        "labelling": labelling_block(plan, found),
        "comparators": {
            "bulk_amplitude": score_block(plan, amplitude),
            "other_normalization": None if other is None else score_block(plan, other),
            "residual_amplitude": residual_block(residual(plan)),
            "univariate": short(each),
        },
        "specificity": None if specific is None else specific.to_dict(),
        "inflation": measure_inflation(plan, found),
        "searchlight": None if searched is None else searched.to_dict(),
        "maps": maps.blocks(),
        "top_features": maps.top(),
    }
    content["summary"] = summarize(content)
    comparators = None if specific is None else specific.comparators
    others = (amplitude,) if other is None else (amplitude, other)
    facts = gather_facts(plan, found, others, content, comparators)
    claim = audit_study([(facts, ())])
    content["claim"] = claim.to_dict()
    content["tripod"] = fill_tripod(content)
    # What JSON cannot hold must not get as far as the disk.
    content = json.loads(json.dumps(content, allow_nan=False))
    return DecodingResult(content, claim, _predictions(plan, found), maps)


def _confusion(plan: Plan, found: Crossfit) -> dict[str, Any] | None:
    if not plan.has_classes:
        return None
    k = len(plan.class_names)
    counts = np.zeros((k, k), dtype=np.int64)
    np.add.at(counts, (plan.labels.astype(np.int64), found.predictions.astype(np.int64)), 1)
    names = list(plan.class_names)
    return {"rows": names, "columns": names, "counts": counts.tolist()}


def _predictions(plan: Plan, found: Crossfit) -> pd.DataFrame:
    """Return the held-out prediction of every sample, a row each."""
    samples = plan.samples
    columns: dict[str, Any] = {
        name: getattr(samples, name)
        for name in ("sample_ids", "subject", "run", "condition", "modality", "family", "site")
    }
    names = np.array(plan.class_names) if plan.has_classes else None
    columns["observed"] = plan.labels if names is None else names[plan.labels]
    columns["predicted"] = found.predictions if names is None else names[found.predictions]
    table = pd.DataFrame(columns).rename(columns={"sample_ids": "sample"})
    decisions = found.decisions.reshape(len(samples), -1)
    for k, column in enumerate(decisions.T):
        label = "decision" if decisions.shape[1] == 1 else f"decision_{plan.class_names[k]}"
        table[label] = column
    return table
