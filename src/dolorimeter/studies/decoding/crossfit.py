"""Cross-validate a plan: within each subject, or all together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import Ridge, RidgeClassifier, RidgeClassifierCV, RidgeCV
from sklearn.pipeline import make_pipeline

from dolorimeter.core.containers import Floats, Ints
from dolorimeter.decoding import CrossValidated, cross_validate, relabelling_p
from dolorimeter.studies.streams import stream

from .plan import Plan
from .steps import make_step, uses_labels


@dataclass(frozen=True, slots=True)
class Crossfit:
    """Held-out predictions of all samples, and how good they are.

    Attributes
    ----------
    metric : str
        ``"accuracy"`` or ``"r2"``.
    score : float
        Mean over parts (subjects), or over all test samples where there is one part.
    null : ndarray of shape (permutations,), float64
        Score of each relabelling.
    p : float or None
        Of the score; None without relabellings.
    parts : tuple of (str, ndarray of int64, CrossValidated)
        Each part, its samples and its own result.
    predictions, decisions : ndarray
        Of each sample, as in :class:`dolorimeter.decoding.CrossValidated`.
    regularization : float
        The penalty used.
    """

    metric: str
    score: float
    null: Floats
    p: float | None
    parts: tuple[tuple[str, Ints, CrossValidated], ...]
    predictions: NDArray[Any]
    decisions: Floats
    regularization: float

    @property
    def exact(self) -> bool:
        """Whether nothing was refitted."""
        return all(part.exact for _, _, part in self.parts)

    def folds(self) -> tuple[tuple[Ints, Ints], ...]:
        """Return training and test samples of every fold, in indices of all samples."""
        return tuple(
            (rows[train], rows[test]) for _, rows, part in self.parts for train, test in part.folds
        )


def crossfit(
    plan: Plan, features: Floats | None = None, permutations: int | None = None, **changed: Any
) -> Crossfit:
    """Cross-validate.

    Parameters
    ----------
    plan : Plan
        Samples, labels, parts, what is exchanged.
    features : ndarray of shape (n_samples, p), optional
        Instead of the plan's own.
    permutations : int, optional
        Instead of the study's.
    **changed
        Fields of the study to change, such as ``group``, ``inside`` or ``regularization``.

    Returns
    -------
    Crossfit
        On the folds of the study's scheme.

    Raises
    ------
    InputError
        If a fold cannot be trained, or nothing can be exchanged.
    """
    if changed:
        plan = replace(plan, study=replace(plan.study, **changed))
    matrix = plan.features if features is None else features
    study = plan.study
    if study.tune and study.tune_on == "test":
        tried = [
            _crossfit(plan, matrix, 0, replace(plan.study, regularization=alpha, tune=()))
            for alpha in study.tune
        ]
        best = max(tried, key=lambda found: found.score).regularization
        study = replace(study, regularization=best, tune=())
    return _crossfit(
        plan, matrix, study.permutations if permutations is None else permutations, study
    )


def _crossfit(plan: Plan, features: Floats, permutations: int, study: Any) -> Crossfit:
    estimator, prepare = make_estimator(study, plan.has_classes)
    parts = []
    for name, rows in plan.parts:
        groups = None if plan.groups is None else plan.groups[rows]
        found = cross_validate(
            features[rows], plan.labels[rows], study.scheme, groups, estimator,
            study.regularization, permutations, stream(plan.seed, "relabelling", name),
            blocks=plan.exchange.blocks[rows], exchange=plan.exchange.how,
            priors=study.priors, prepare=prepare,
        )  # fmt: skip
        parts.append((name, rows, found))
    return _gather(plan, tuple(parts), study.regularization)


def make_estimator(study: Any, classes: bool) -> tuple[Any, Any]:
    """Return the estimator of a study, and the steps that can be fitted without its labels.

    Parameters
    ----------
    study : DecodingStudy
        The design.
    classes : bool
        Whether the target has classes.

    Returns
    -------
    estimator : str or scikit-learn estimator
        A Pipeline where steps use labels, or the estimator is scikit-learn's own.
    prepare : scikit-learn transformer or None
        Steps that are fitted on training features alone, which keeps the exact path.
    """
    steps = [make_step(step, classes) for step in study.inside]
    named = isinstance(study.estimator, str) and not study.tune
    if named and not any(uses_labels(step) for step in study.inside):
        return study.estimator, make_pipeline(*steps) if steps else None
    estimator = study.estimator
    if isinstance(estimator, str):
        estimator = _refitted(study, classes)
    return make_pipeline(*steps, estimator) if steps else estimator, None


def _refitted(study: Any, classes: bool) -> Any:
    """The named estimators as scikit-learn has them; tuning is by leave-one-out in training."""
    if study.tune:
        return (RidgeClassifierCV if classes else RidgeCV)(alphas=study.tune)
    return (RidgeClassifier if classes else Ridge)(alpha=study.regularization)


def _gather(
    plan: Plan, parts: tuple[tuple[str, Ints, CrossValidated], ...], regularization: float
) -> Crossfit:
    first = parts[0][2]
    predictions: NDArray[Any] = np.empty(len(plan.samples), first.predictions.dtype)
    decisions = np.empty((len(plan.samples), *first.decisions.shape[1:]))
    for _, rows, found in parts:
        predictions[rows], decisions[rows] = found.predictions, found.decisions
    score = float(np.mean([found.score for _, _, found in parts]))
    null = np.mean([found.null for _, _, found in parts], axis=0)
    return Crossfit(
        first.metric, score, null, relabelling_p(score, null), parts, predictions, decisions,
        regularization,
    )  # fmt: skip
