"""What estimators do first with what they are given."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted, validate_data

from .training import require_finite

Floats = NDArray[np.float64]


def read_training(
    estimator: BaseEstimator, X: ArrayLike, y: ArrayLike
) -> tuple[Floats, NDArray[Any]]:
    """Check features and classes, and let the estimator remember its columns.

    Parameters
    ----------
    estimator : estimator
        About to be fitted.
    X : array-like of shape (n_steps, n_features)
        Vitals, NaN where missing.
    y : array-like of shape (n_steps,)
        Classes.

    Returns
    -------
    features : ndarray of shape (n_steps, n_features), float64
        The same.
    y : ndarray of shape (n_steps,)
        The same.

    Raises
    ------
    InputError
        If a value is infinite or huge; scikit-learn raises ValueError for wrong shapes.
    """
    data, given = validate_data(estimator, X, y, dtype=np.float64, ensure_all_finite=False)
    require_finite(data, column_names(estimator))
    return data, given


def read_features(estimator: BaseEstimator, X: ArrayLike) -> Floats:
    """Check features against those that a fitted estimator knows.

    Parameters
    ----------
    estimator : estimator
        Fitted.
    X : array-like of shape (n_steps, n_features)
        Vitals, NaN where missing.

    Returns
    -------
    ndarray of shape (n_steps, n_features), float64
        The same.

    Raises
    ------
    InputError
        If a value is infinite or huge; scikit-learn raises ValueError for wrong shapes.
    """
    check_is_fitted(estimator)
    data = validate_data(estimator, X, reset=False, dtype=np.float64, ensure_all_finite=False)
    require_finite(data, column_names(estimator))
    return data


def column_names(estimator: Any) -> NDArray[Any]:
    """Return the names of an estimator's columns, or their numbers.

    Parameters
    ----------
    estimator : estimator
        Fitted, or about to be.

    Returns
    -------
    ndarray of shape (n_features,)
        As the table names them, if it was a table.
    """
    return getattr(estimator, "feature_names_in_", np.arange(estimator.n_features_in_))
