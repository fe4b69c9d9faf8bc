"""What the decoder is compared with: amplitude alone, each feature alone, amplitude matched."""

from __future__ import annotations

from typing import Any

import numpy as np

from dolorimeter.decoding import (
    ResidualAmplitude,
    bulk_amplitude,
    normalize_pattern,
    residual_amplitude_check,
    univariate_map,
)
from dolorimeter.decoding.comparators import UnivariateMap
from dolorimeter.decoding.normalize import ROUNDING
from dolorimeter.studies.streams import stream

from .crossfit import Crossfit, crossfit
from .plan import Plan
from .scores import null_block

NO_PENALTY = 1e-10


def bulk(plan: Plan) -> Crossfit:
    """Cross-validate the mean over features alone, on the same folds (N5).

    Parameters
    ----------
    plan : Plan
        Samples, folds.

    Returns
    -------
    Crossfit
        Of one feature, as it came, hardly penalized, so that its unit does not matter.
    """
    amplitude = bulk_amplitude(plan.samples.features)
    deviation = float(amplitude.std())
    scaled = amplitude / deviation if deviation > 0 else amplitude
    return crossfit(
        plan, scaled, regularization=NO_PENALTY, estimator=_named(plan), inside=(), tune=(),
        priors=None,
    )  # fmt: skip


def other_normalization(plan: Plan) -> Crossfit | None:
    """Cross-validate with amplitude where the study has none, or without where it has.

    Parameters
    ----------
    plan : Plan
        Samples, folds.

    Returns
    -------
    Crossfit or None
        On the same folds. None where a sample does not vary over its features, of which there may
        be one only, so that it cannot be normalized.
    """
    raw = plan.samples.features
    without = plan.study.objective.normalization == "sample"
    if not without and _flat(plan):
        return None
    return crossfit(plan, raw if without else normalize_pattern(raw))


def residual(plan: Plan) -> ResidualAmplitude | None:
    """Match amplitude across classes before normalization, and decode again (N4).

    Parameters
    ----------
    plan : Plan
        Samples, folds.

    Returns
    -------
    ResidualAmplitude or None
        None where a number is predicted, or samples cannot be normalized.
    """
    if not plan.has_classes or _flat(plan):
        return None
    subject = plan.samples.subject
    options: dict[str, Any]
    if plan.study.within_subject:
        # Matched over runs: within them too few samples are alike to say anything.
        options = {"subjects": subject}
    else:
        options = {"blocks": subject, "scheme": plan.study.scheme, "groups": plan.groups}
    return residual_amplitude_check(
        plan.samples.features, plan.labels, estimator=_named(plan),
        regularization=plan.study.regularization, permutations=plan.study.permutations,
        random_state=stream(plan.seed, "residual"), **options,
    )  # fmt: skip


def univariate(plan: Plan) -> UnivariateMap:
    """Test each feature alone (N5).

    Parameters
    ----------
    plan : Plan
        Samples.

    Returns
    -------
    UnivariateMap
        Corrected for all features by the largest statistic.
    """
    blocks = plan.exchange.blocks if plan.exchange.how == "within" else None
    return univariate_map(
        plan.features, plan.labels, plan.samples.subject, blocks, plan.study.permutations,
        stream(plan.seed, "univariate"), "classes" if plan.has_classes else "number",
    )  # fmt: skip


def residual_block(found: ResidualAmplitude | None) -> dict[str, Any] | None:
    """Return the check of residual amplitude as results.json holds it.

    Parameters
    ----------
    found : ResidualAmplitude or None
        The check.

    Returns
    -------
    dict or None
        A SCORE with what was matched; its value None where the classes do not overlap.
    """
    if found is None:
        return None
    known: dict[str, Any] = {"metric": "accuracy", "value": None, "chance": None, "p": None}
    if found.result is not None:
        known |= {"value": found.score, **null_block(found.result.null), "p": found.p_value}
    else:
        known |= {"null_mean": None, "null_deviation": None, "null_histogram": None}
    known |= {"ci95": None, "n": found.n_samples, "note": found.reason}
    for when in ("before", "after"):
        differences = getattr(found, f"difference_{when}")
        known[f"difference_{when}"] = [float(d) if np.isfinite(d) else None for d in differences]
    return known


def univariate_block(found: UnivariateMap) -> dict[str, Any]:
    """Return the mass-univariate map in short, as results.json holds it.

    Parameters
    ----------
    found : UnivariateMap
        The map.

    Returns
    -------
    dict
        Largest statistic, threshold and how many features exceed it.
    """
    return {
        "statistic": found.name,
        "test": found.test,
        "largest_t": float(abs(found.statistic).max()),
        "threshold_t": found.threshold,
        "n_above": found.n_above,
        "features": len(found.statistic),
    }


def _flat(plan: Plan) -> bool:
    """Tell whether a sample does not vary over its features."""
    features = plan.samples.features
    scale = np.abs(features).max(axis=1)
    return bool((features.std(axis=1) <= ROUNDING * scale).any())


def _named(plan: Plan) -> str:
    return "lda" if plan.has_classes else "ridge"
