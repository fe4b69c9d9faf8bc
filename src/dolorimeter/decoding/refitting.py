"""The slow path: refit any scikit-learn estimator in each fold."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from sklearn.base import clone, is_classifier, is_regressor

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints

from .targets import Target

SEEDS = 2**31 - 1


def estimates_classes(estimator: Any) -> bool:
    """Tell whether an estimator predicts classes.

    Parameters
    ----------
    estimator : scikit-learn estimator
        Pipelines too.

    Returns
    -------
    bool
        True for a classifier, False for a regressor.

    Raises
    ------
    InputError
        If it is neither.
    """
    fits = hasattr(estimator, "fit") and hasattr(estimator, "predict")
    if fits and hasattr(estimator, "get_params") and not isinstance(estimator, type):
        if is_classifier(estimator):
            return True
        if is_regressor(estimator):
            return False
    raise InputError(
        "estimator", repr(estimator), "'lda', 'ridge', or a scikit-learn classifier or regressor"
    )


def seeded(estimator: Any, rng: np.random.Generator) -> Any:
    """Return a clone whose every open ``random_state`` has a seed.

    Parameters
    ----------
    estimator : scikit-learn estimator
        Left as it is.
    rng : numpy.random.Generator
        Draws the seeds; all folds and relabellings then share them.

    Returns
    -------
    scikit-learn estimator
        Unfitted.
    """
    copy = clone(estimator)
    parameters = copy.get_params(deep=True)
    open_ones = [
        name
        for name in sorted(parameters)
        if name.rpartition("__")[2] == "random_state" and parameters[name] is None
    ]
    return copy.set_params(**{name: int(rng.integers(SEEDS)) for name in open_ones})


def refit(
    estimator: Any, features: Floats, target: Target, folds: Iterable[tuple[Ints, Ints]]
) -> list[tuple[Ints | Floats, Floats]]:
    """Fit a clone on the training samples of each fold and predict its test samples.

    Parameters
    ----------
    estimator : scikit-learn estimator
        Cloned for each fold.
    features : ndarray of shape (n, p), float64
        Samples by features.
    target : Target
        Classes reach the estimator as they were given.
    folds : iterable of (ndarray, ndarray)
        Training and test samples.

    Returns
    -------
    list of (ndarray of shape (n_test,), ndarray of shape (n_test,) or (n_test, K))
        For each fold the predicted class codes or numbers; and the decisions: the estimator's
        ``decision_function``, else its probabilities (for two classes the second's less the
        first's), else the predictions.
    """
    labels = target.decode(target.values)
    found = []
    for train, test in folds:
        fitted = clone(estimator).fit(features[train], labels[train])
        predicted = np.asarray(fitted.predict(features[test]))
        if target.is_classes:
            predicted = np.searchsorted(target.labels, predicted).astype(np.int64)
        else:
            predicted = predicted.astype(np.float64).ravel()
        found.append((predicted, _decisions(fitted, features[test], predicted, target)))
    return found


def _decisions(fitted: Any, features: Floats, predicted: Any, target: Target) -> Floats:
    if target.is_classes and hasattr(fitted, "decision_function"):
        return np.asarray(fitted.decision_function(features), dtype=np.float64)
    if target.is_classes and hasattr(fitted, "predict_proba"):
        shares = np.asarray(fitted.predict_proba(features), dtype=np.float64)
        return shares[:, 1] - shares[:, 0] if shares.shape[1] == 2 else shares
    return predicted.astype(np.float64)
