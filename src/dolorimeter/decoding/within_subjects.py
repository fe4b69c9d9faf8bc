"""Cross-validation within each subject, and the mean over subjects."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from dolorimeter.core import InputError

from .arguments import read_features, read_names
from .discriminant import Priors
from .fast_cv import cross_validate
from .relabelling import RandomState, relabelling_p
from .results import CrossValidated, GroupCrossValidated


def group_cross_validate(
    X: ArrayLike,
    y: ArrayLike,
    subjects: ArrayLike,
    scheme: str = "leave-one-trial-out",
    groups: ArrayLike | None = None,
    estimator: Any = "lda",
    regularization: float = 1.0,
    permutations: int = 0,
    random_state: RandomState = None,
    *,
    blocks: ArrayLike | None = None,
    exchange: str = "within",
    metric: str | None = None,
    priors: Priors = None,
) -> GroupCrossValidated:
    """Cross-validate within each subject, as :func:`cross_validate` does, and average the scores.

    No sample of one subject trains for another. Each subject is relabelled by itself, and the
    null of the mean is the mean of the nulls.

    Parameters
    ----------
    X : array-like of shape (n, p)
        Samples by features, finite.
    y : array-like of shape (n,)
        Classes or numbers.
    subjects : array-like of shape (n,)
        Whose each sample is.
    scheme : str
        See :func:`make_scheme`; it is laid out within each subject.
    groups : array-like of shape (n,), optional
        What is left out together within a subject: runs, pairs.
    estimator : {"lda", "ridge"} or scikit-learn estimator
        As for :func:`cross_validate`.
    regularization : float, default 1.0
        The same for all subjects.
    permutations : int, default 0
        How many relabellings of each subject make the null.
    random_state : None, int or numpy.random.Generator
        Draws them.
    blocks : array-like of shape (n,), optional
        Within (or between) which labels are exchanged, inside a subject.
    exchange : {"within", "whole"}
        Whether labels move within blocks or whole blocks of labels move.
    metric : str, optional
        As for :func:`cross_validate`.
    priors : None, "empirical", "equal" or array-like of shape (K,)
        As for :func:`cross_validate`.

    Returns
    -------
    GroupCrossValidated
        Mean score with its null, and each subject's own result.

    Raises
    ------
    InputError
        As :func:`cross_validate`, naming the subject.
    """
    target = np.asarray(y)
    if target.ndim != 1:
        raise InputError("y", f"shape {target.shape}", "one value a sample, shape (n,)")
    n = len(target)
    features, whose = read_features(X, n), read_names("subjects", subjects, n)
    named = {"groups": groups, "blocks": blocks}
    given = {key: read_names(key, names, n) for key, names in named.items() if names is not None}
    names = np.unique(whose)
    draws = np.random.default_rng(random_state).spawn(len(names))
    within = []
    for name, rng in zip(names, draws, strict=True):
        rows = np.flatnonzero(whose == name)
        parts = {key: all_names[rows] for key, all_names in given.items()}
        try:
            own = cross_validate(
                features[rows], target[rows], scheme, estimator=estimator,
                regularization=regularization, permutations=permutations, random_state=rng,
                exchange=exchange, metric=metric, priors=priors, **parts,
            )  # fmt: skip
        except InputError as error:
            where = f"{error.where} of subject {str(name)!r}"
            raise InputError(where, error.found, error.rule, error.remedy) from error
        within.append(own)
    return _average(names, whose, within)


def _average(names: Any, whose: Any, within: list[CrossValidated]) -> GroupCrossValidated:
    scores = np.array([own.score for own in within])
    null = np.mean([own.null for own in within], axis=0)
    kind = np.result_type(*(own.predictions.dtype for own in within))
    predictions = np.empty(len(whose), kind)
    for name, own in zip(names, within, strict=True):
        predictions[whose == name] = own.predictions
    score = float(scores.mean())
    return GroupCrossValidated(
        metric=within[0].metric,
        subjects=names,
        score=score,
        scores=scores,
        predictions=predictions,
        null=null,
        p_value=relabelling_p(score, null),
        within=tuple(within),
    )
