"""One set of features, one plan: held-out predictions and scores of many labellings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from dolorimeter.core.containers import Floats, Ints

from .arguments import refuse_not_finite
from .discriminant import discriminants, pair_discriminants
from .exact import ExactFit, choose, chunks, code_classes, fit_exact
from .foldwise import FoldwiseFit, fit_foldwise
from .refitting import refit
from .schemes import Scheme, pair_scheme
from .scoring import pair_fold_scores, score, score_folds
from .targets import Target

Fit = ExactFit | FoldwiseFit


@dataclass(frozen=True, slots=True)
class Plan:
    """All that cross-validation needs besides features.

    Attributes
    ----------
    target : Target
        What is predicted.
    scheme : Scheme
        The folds.
    metric : str
        How predictions are scored.
    alpha : float
        Penalty of the exact path.
    priors : None, str or ndarray of shape (K,)
        Class priors of the exact path.
    estimator : scikit-learn estimator or None
        None: the exact path.
    relabelled : ndarray of shape (B, n), int64
        From which sample each sample takes its label.
    prepare : scikit-learn transformer or None
        Fitted on the training features of each fold, without labels.
    """

    target: Target
    scheme: Scheme
    metric: str
    alpha: float
    priors: str | Floats | None
    estimator: Any
    relabelled: Ints
    prepare: Any = None


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Held-out results of the labels as they are, and the null.

    Attributes
    ----------
    predicted : ndarray of shape (n,)
        Class codes or numbers.
    decisions : ndarray of shape (n,) or (n, K), float64
        What they rest on.
    scores : ndarray of shape (n_folds,), float64
        Of each fold.
    score : float
        Of all test samples.
    null : ndarray of shape (B,), float64
        Score of each relabelling.
    """

    predicted: NDArray[Any]
    decisions: Floats
    scores: Floats
    score: float
    null: Floats


def evaluate(plan: Plan, features: Floats) -> HeldOut:
    """Cross-validate one set of features.

    Parameters
    ----------
    plan : Plan
        Target, folds, estimator, relabellings.
    features : ndarray of shape (n, p), float64
        Samples by features.

    Returns
    -------
    HeldOut
        Predictions, scores and null.

    Raises
    ------
    InputError
        If a feature is not finite, or the penalty is too small.
    """
    if plan.estimator is not None:
        refuse_not_finite(features)
        found = _observe_refitted(plan, features)
        run = delayed(_refitted_score)
        rows = plan.target.values[plan.relabelled]
        null = Parallel()(run(plan, features, values) for values in rows)
        return replace(found, null=np.array(null, dtype=np.float64))
    if plan.prepare is not None:
        refuse_not_finite(features)
        foldwise = fit_foldwise(features, plan.alpha, plan.scheme, plan.prepare)
        return replace(_observe_exact(foldwise, plan), null=_null_exact(foldwise, plan))
    fit = fit_exact(features, plan.alpha, plan.scheme)
    if plan.scheme.all_pairs:
        return replace(_observe_pairs(fit, plan), null=_null_pairs(fit, plan))
    return replace(_observe_exact(fit, plan), null=_null_exact(fit, plan))


def _decide(fit: Fit, plan: Plan, values: NDArray[Any]) -> Floats:
    """Held-out decisions (b, k, n) of labellings (b, n)."""
    n_classes = len(plan.target.labels)
    if not n_classes:
        return fit.held_out(values)[:, None, :]
    if plan.priors is not None and isinstance(fit, ExactFit):
        return discriminants(fit, values, n_classes, plan.priors)
    targets = code_classes(values, n_classes)
    return fit.held_out(targets.reshape(-1, values.shape[1])).reshape(targets.shape)


def _predict(decisions: Floats, plan: Plan) -> NDArray[Any]:
    return choose(decisions) if plan.target.is_classes else decisions[:, 0]


def _observe_exact(fit: Fit, plan: Plan) -> HeldOut:
    values = plan.target.values
    decisions = _decide(fit, plan, values[None])
    predicted = _predict(decisions, plan)
    total = float(score(plan.metric, predicted, values[None], plan.scheme)[0])
    by_fold = score_folds(plan.metric, predicted[0], values, plan.scheme)
    rows = decisions[0, 0] if decisions.shape[1] == 1 else decisions[0].T
    return HeldOut(predicted[0], rows, by_fold, total, np.empty(0))


def _null_exact(fit: Fit, plan: Plan) -> Floats:
    n_numbers = max(1, len(plan.target.labels)) * len(plan.target)
    null = np.empty(len(plan.relabelled))
    for piece in chunks(len(null), n_numbers):
        values = plan.target.values[plan.relabelled[piece]]
        predicted = _predict(_decide(fit, plan, values), plan)
        null[piece] = score(plan.metric, predicted, values, plan.scheme)
    return null


def _decide_pairs(fit: ExactFit, plan: Plan, codes: Ints) -> Floats:
    """Decisions (n_pairs, 2, k) for both samples of each pair of the fit's scheme."""
    n_classes = len(plan.target.labels)
    if plan.priors is not None:
        return pair_discriminants(fit, codes, n_classes, plan.priors)
    return fit.pair_decisions(code_classes(codes[None], n_classes)[0])


def _choose_pairs(decisions: Floats) -> Ints:
    """Classes (n_pairs, 2) that decisions (n_pairs, 2, k) speak for."""
    return choose(decisions.transpose(0, 2, 1))


def _observe_pairs(fit: ExactFit, plan: Plan) -> HeldOut:
    return _gather_pairs(_decide_pairs(fit, plan, plan.target.codes), plan)


def _gather_pairs(decisions: Floats, plan: Plan, chosen: Ints | None = None) -> HeldOut:
    """Average each sample's decisions (n_pairs, 2, k) over its pairs."""
    codes, n = plan.target.codes, len(plan.target)
    picked = _choose_pairs(decisions) if chosen is None else chosen
    by_fold = pair_fold_scores(picked, codes, plan.scheme)
    members = np.array(plan.scheme.tests).ravel()
    mean = np.zeros((n, decisions.shape[2]))
    np.add.at(mean, members, decisions.reshape(len(members), -1))
    mean /= np.bincount(members, minlength=n)[:, None]
    rows = mean[:, 0] if mean.shape[1] == 1 else mean
    return HeldOut(choose(mean.T[None])[0], rows, by_fold, float(by_fold.mean()), np.empty(0))


def _null_pairs(fit: ExactFit, plan: Plan) -> Floats:
    rows = plan.target.codes[plan.relabelled]
    if plan.priors is None:
        return fit.pair_scores(rows, len(plan.target.labels))
    null = np.empty(len(rows))
    for b, codes in enumerate(rows):
        paired = replace(fit, scheme=pair_scheme(codes))
        chosen = _choose_pairs(_decide_pairs(paired, plan, codes))
        null[b] = pair_fold_scores(chosen, codes, paired.scheme).mean()
    return null


def _observe_refitted(plan: Plan, features: Floats) -> HeldOut:
    fitted = refit(plan.estimator, features, plan.target, plan.scheme.folds())
    if plan.scheme.all_pairs:
        chosen = np.array([predicted for predicted, _ in fitted])
        decisions = np.array([rows for _, rows in fitted])
        return _gather_pairs(decisions.reshape(*chosen.shape, -1), plan, chosen)
    predicted: NDArray[Any] = np.empty(len(plan.target), plan.target.values.dtype)
    decisions = np.empty((len(predicted), *fitted[0][1].shape[1:]))
    for test, (values, rows) in zip(plan.scheme.tests, fitted, strict=True):
        predicted[test], decisions[test] = values, rows
    total = float(score(plan.metric, predicted[None], plan.target.values[None], plan.scheme)[0])
    by_fold = score_folds(plan.metric, predicted, plan.target.values, plan.scheme)
    return HeldOut(predicted, decisions, by_fold, total, np.empty(0))


def _refitted_score(plan: Plan, features: Floats, values: NDArray[Any]) -> float:
    """Score one relabelling by refitting in every fold."""
    target = replace(plan.target, values=values)
    scheme = pair_scheme(values) if plan.scheme.all_pairs else plan.scheme
    fitted = refit(plan.estimator, features, target, scheme.folds())
    if scheme.all_pairs:
        chosen = np.array([predicted for predicted, _ in fitted])
        return float(pair_fold_scores(chosen, values, scheme).mean())
    predicted = np.empty_like(values)
    for test, (found, _) in zip(scheme.tests, fitted, strict=True):
        predicted[test] = found
    return float(score(plan.metric, predicted[None], values[None], scheme)[0])
