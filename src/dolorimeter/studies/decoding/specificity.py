"""Specificity of a study: its decoder asked about other modalities."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import RidgeClassifier
from sklearn.pipeline import make_pipeline

from dolorimeter.audit import Signature
from dolorimeter.core import InputError
from dolorimeter.decoding import Specificity, specificity
from dolorimeter.studies.streams import stream

from .crossfit import make_estimator
from .plan import Plan

PAIN = "pain"


def ask_modalities(plan: Plan) -> Specificity | None:
    """Ask the decoder, trained on the folds of the study, about the modalities that are tested.

    Parameters
    ----------
    plan : Plan
        Samples of all modalities, folds.

    Returns
    -------
    Specificity or None
        None where the study names no modality.

    Raises
    ------
    InputError
        If the two classes are not one modality each.
    """
    study = plan.study
    if not study.modalities:
        return None
    if not study.within_subject and study.groups in (None, "run"):
        found = f"{study.scheme} over all subjects together"
        rule = "a scheme within subjects (within: subject), or whole subjects or groups left out"
        raise InputError("modalities", found, rule)
    pain, baseline = _pain_and_baseline(plan)
    estimator, prepare = make_estimator(study, classes=True)
    if prepare is not None:
        estimator = make_pipeline(*prepare, RidgeClassifier(alpha=study.regularization))
    groups = None if study.groups is None else getattr(plan.everything, study.groups)
    margin = study.objective.salience_margin if isinstance(study.objective, Signature) else None
    rated = not np.isnan(plan.everything.salience).all()
    return specificity(
        plan.everything, pain=pain, baseline=baseline, modalities=study.modalities,
        scheme=study.objective.scheme, groups=groups, estimator=estimator,
        regularization=study.regularization, margin=margin if rated else None,
        base_rate=study.base_rate, permutations=study.permutations,
        random_state=stream(plan.seed, "specificity"),
    )  # fmt: skip


def _pain_and_baseline(plan: Plan) -> tuple[str, str]:
    """Return the modalities of the two classes: never by their order, which nobody vouches for."""
    if len(plan.class_names) != 2:
        rule = "two classes, baseline and pain, where other modalities are tested"
        raise InputError("target", f"{len(plan.class_names)} classes", rule)
    first, second = (_modality(plan, code) for code in (0, 1))
    if (first == PAIN) == (second == PAIN):
        remedy = f"Which class is pain is known by the modality {PAIN!r} alone."
        found = f"classes of modalities {first!r} and {second!r}"
        raise InputError("modality", found, f"{PAIN!r} for one of the two classes", remedy)
    return (first, second) if first == PAIN else (second, first)


def _modality(plan: Plan, code: int) -> str:
    """Return the modality of a class, which must be one."""
    names = np.unique(plan.samples.modality[plan.labels == code])
    if len(names) != 1 or names[0] == "":
        found = f"class {plan.class_names[code]!r} of modalities {', '.join(names)!r}"
        raise InputError("modality", found, "one modality for each of the two classes")
    return str(names[0])
