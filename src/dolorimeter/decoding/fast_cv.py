"""Cross-validation with its relabelling null: exact from one factorization where it can be."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from dolorimeter.core import InputError

from .arguments import nearest, read_alpha, read_features
from .discriminant import Priors, read_priors
from .evaluating import Plan, evaluate
from .refitting import estimates_classes, seeded
from .relabelling import RandomState, relabelling_p, relabellings
from .results import CrossValidated
from .schemes import make_scheme
from .scoring import choose_metric
from .targets import Target, read_classes, read_numbers

EXACT = ("lda", "ridge")


def cross_validate(
    X: ArrayLike,
    y: ArrayLike,
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
    prepare: Any = None,
) -> CrossValidated:
    """Cross-validate a decoder, with a null by relabelling.

    ``"lda"`` and ``"ridge"`` are exact without refitting, to rounding: one factorization of the
    centered features gives the held-out predictions of every fold, and a relabelling is a product
    more [science 3.3]. That holds for features whose preparation knows neither labels nor other
    samples; what selects or scales over samples belongs into a scikit-learn Pipeline, which is
    refitted in each fold.

    Parameters
    ----------
    X : array-like of shape (n, p)
        Samples by features, finite.
    y : array-like of shape (n,)
        Classes (names or whole numbers) for ``"lda"`` and classifiers; else numbers.
    scheme : str
        See :func:`make_scheme`.
    groups : array-like of shape (n,), optional
        What is left out together: runs, subjects, groups, pairs.
    estimator : {"lda", "ridge"} or scikit-learn estimator
        ``"ridge"``: scikit-learn's Ridge. ``"lda"``: its RidgeClassifier, ridge on targets coded
        -1 and +1 with an argmax. In both the intercept of each training fold is free of penalty.
        Anything else is cloned and refitted in each fold.
    regularization : float, default 1.0
        scikit-learn's alpha for ``"lda"`` and ``"ridge"``. 0 is least squares of least norm; all
        pairs need more where it would not determine them.
    permutations : int, default 0
        How many relabellings make the null.
    random_state : None, int or numpy.random.Generator
        Draws relabellings, and seeds estimators whose ``random_state`` is open.
    blocks : array-like of shape (n,), optional
        Within (or between) which labels are exchanged, see :func:`relabellings`. By default the
        groups where the scheme has any, otherwise all samples.
    exchange : {"within", "whole"}
        Whether labels move within blocks or whole blocks of labels move.
    metric : str, optional
        ``"accuracy"`` (default) or ``"balanced-accuracy"`` for classes; ``"r2"`` (default) or
        ``"correlation"`` for numbers.
    priors : None, "empirical", "equal" or array-like of shape (K,)
        With them ``"lda"`` is penalized discriminant analysis, exact likewise: scatter within
        classes plus ``regularization`` times I, divided by the number of training samples.
    prepare : scikit-learn transformer, optional
        Fitted on the training features of each fold, without labels (scaling, components), which
        keeps relabelling exact and fast. What needs labels belongs into a Pipeline.

    Returns
    -------
    CrossValidated
        Predictions, decisions, scores, null and p-value.

    Raises
    ------
    InputError
        If an argument is unknown, shapes disagree, a feature is not finite, a class is absent from
        a training fold, or nothing can be exchanged.

    Examples
    --------
    >>> import numpy as np
    >>> y = np.repeat(["touch", "pain"], 20)
    >>> X = np.random.default_rng(0).normal(size=(40, 500)) + 0.3 * (y == "pain")[:, None]
    >>> found = cross_validate(X, y, permutations=199, random_state=0)
    >>> found.score, found.p_value
    (0.975, 0.005)
    """
    plan = make_plan(
        y, scheme, groups, estimator, regularization, permutations, random_state, blocks, exchange,
        metric, priors, prepare,
    )  # fmt: skip
    found = evaluate(plan, read_features(X, len(plan.target)))
    return CrossValidated(
        metric=plan.metric,
        score=found.score,
        scores=found.scores,
        predictions=plan.target.decode(found.predicted),
        decisions=found.decisions,
        null=found.null,
        p_value=relabelling_p(found.score, found.null),
        scheme=plan.scheme,
        labels=plan.target.labels,
        exact=plan.estimator is None,
    )


def make_plan(
    y: ArrayLike,
    scheme: str,
    groups: ArrayLike | None,
    estimator: Any,
    regularization: float,
    permutations: int,
    random_state: RandomState,
    blocks: ArrayLike | None,
    exchange: str,
    metric: str | None,
    priors: Priors,
    prepare: Any = None,
) -> Plan:
    """Check all that does not depend on features, and draw the relabellings.

    Parameters
    ----------
    y, scheme, groups, estimator, regularization, permutations, random_state, blocks, exchange, \
metric, priors, prepare
        As for :func:`cross_validate`.

    Returns
    -------
    Plan
        For any number of sets of features.
    """
    rng = np.random.default_rng(random_state)
    target = _read_target(y, estimator)
    if priors is not None and not (isinstance(estimator, str) and estimator == "lda"):
        raise InputError("priors", "given", 'none, unless estimator="lda"')
    if prepare is not None and (priors is not None or not isinstance(estimator, str)):
        rule = "none with priors or an estimator of scikit-learn"
        raise InputError("prepare", "given", rule, "Put steps and estimator into a Pipeline.")
    folds = make_scheme(scheme, target, groups)
    exchanged = groups if blocks is None else blocks
    return Plan(
        target=target,
        scheme=folds,
        metric=choose_metric(metric, target, folds),
        alpha=read_alpha(regularization),
        priors=read_priors(priors, len(target.labels)),
        estimator=None if isinstance(estimator, str) else seeded(estimator, rng.spawn(1)[0]),
        relabelled=relabellings(target.values, permutations, rng, exchanged, exchange),
        prepare=prepare,
    )


def _read_target(y: ArrayLike, estimator: Any) -> Target:
    """Read classes or numbers, whichever the estimator predicts."""
    if isinstance(estimator, str):
        if estimator not in EXACT:
            raise nearest("estimator", estimator, EXACT)
        return read_classes(y) if estimator == "lda" else read_numbers(y)
    return read_classes(y) if estimates_classes(estimator) else read_numbers(y)
