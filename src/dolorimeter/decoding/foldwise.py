"""Held-out predictions where each training fold prepares its own features, without the labels.

Scaling or principal components fitted on the training samples change from fold to fold, so that no
one factorization serves all folds. But they know no labels: within a fold the held-out predictions
stay one linear map of the training targets, and a relabelling is a product more [science 3.3].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from sklearn.base import clone

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats

from .schemes import Scheme


@dataclass(frozen=True, slots=True)
class FoldwiseFit:
    """Weights of the targets in each held-out prediction.

    Attributes
    ----------
    weights : ndarray of shape (n, n), float64
        Row i predicts sample i; 0 for all samples of its own test set.
    """

    weights: Floats

    def held_out(self, targets: Floats) -> Floats:
        """Predict each sample from the training samples of its fold.

        Parameters
        ----------
        targets : ndarray of shape (m, n), float64
            Targets in rows, each of its own.

        Returns
        -------
        ndarray of shape (m, n), float64
            Predictions.
        """
        predicted: Floats = targets @ self.weights.T
        return predicted


def fit_foldwise(features: Floats, alpha: float, scheme: Scheme, prepare: Any) -> FoldwiseFit:
    """Prepare and fit ridge regression in each fold.

    Parameters
    ----------
    features : ndarray of shape (n, p), float64
        Samples by features.
    alpha : float
        Penalty, above 0, of the prepared features.
    scheme : Scheme
        The folds; each sample is tested once.
    prepare : scikit-learn transformer
        Cloned and fitted on the training features of each fold, without labels.

    Returns
    -------
    FoldwiseFit
        Ready for any number of labellings.

    Raises
    ------
    InputError
        If the penalty is 0, all pairs are tested, or a step cannot be fitted on a fold.
    """
    if alpha == 0.0:
        raise InputError("regularization", "0", "above 0 where folds prepare their own features")
    if scheme.all_pairs:
        rule = "folds that test each sample once, where they prepare their own features"
        raise InputError("scheme", scheme.name, rule, "Name the pairs by groups.")
    weights = np.zeros((scheme.n_samples, scheme.n_samples))
    for name, (train, test) in zip(scheme.fold_names, scheme.folds(), strict=True):
        try:
            step = clone(prepare).fit(features[train])
        except ValueError as error:
            rule = "steps that can be fitted on every training fold"
            raise InputError("prepare", f"{error} ({name} left out)", rule) from error
        weights[np.ix_(test, train)] = _weights(
            step.transform(features[train]), step.transform(features[test]), alpha
        )
    return FoldwiseFit(weights)


def _weights(train: Floats, test: Floats, alpha: float) -> Floats:
    """Weights (n_test, n_train) of training targets, by the smaller of both forms of ridge."""
    mean = train.mean(axis=0)
    centered, asked = train - mean, test - mean
    n, p = centered.shape
    if p <= n:
        gram = centered.T @ centered
        gram[np.diag_indices(p)] += alpha
        slopes = asked @ cho_solve(cho_factor(gram), centered.T)
    else:
        kernel = centered @ centered.T
        kernel[np.diag_indices(n)] += alpha
        slopes = cho_solve(cho_factor(kernel), centered @ asked.T).T
    # The intercept is the training mean, and slopes act on targets less that mean.
    weights: Floats = slopes - slopes.mean(axis=1, keepdims=True) + 1.0 / n
    return weights
