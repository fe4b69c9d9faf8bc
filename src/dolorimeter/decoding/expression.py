"""How strongly a pattern is expressed, what a linear model's weights are, and what they mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dolorimeter.core import InputError

Floats = NDArray[np.float64]
Expression = Literal["dot", "cosine", "correlation"]
FLAT = 1e-12  # of the largest magnitude: less variation than this is rounding


@dataclass(frozen=True, slots=True)
class LinearModel:
    """A linear decision: ``X @ weights + intercept``, above 0 for the higher of two classes.

    Attributes
    ----------
    weights : ndarray of shape (n_features,)
        In units of the target per unit of the feature.
    intercept : float
        In units of the target.
    """

    weights: Floats
    intercept: float

    def decide(self, X: Floats) -> Floats:
        """Return decision values (two classes) or predictions (a number).

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features)
            Any samples of the same features.

        Returns
        -------
        ndarray of shape (n_samples,)
            In units of the target.
        """
        decisions: Floats = np.asarray(X, dtype=np.float64) @ self.weights + self.intercept
        return decisions


def fit_linear(
    X: Floats,
    y: ArrayLike,
    estimator: Literal["lda", "ridge"] = "lda",
    regularization: float = 1.0,
) -> LinearModel:
    """Fit ridge regression with an unpenalized intercept, or the same on two coded classes.

    Ridge minimizes ``|y - X w - b|² + regularization * |w|²``, scikit-learn's ``Ridge``; in the
    dual form where features exceed samples. ``"lda"`` codes two classes as -1 and +1 (the higher
    value of ``y``), which has the decisions of ``cross_validate(estimator="lda")``: the
    difference of its two one-hot outputs.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Training samples, finite.
    y : array-like of shape (n_samples,)
        Numbers, or two classes for ``"lda"``.
    estimator : str, default "lda"
        ``"lda"`` or ``"ridge"``.
    regularization : float, default 1.0
        Ridge penalty, positive.

    Returns
    -------
    LinearModel
        Weights and intercept for any samples.

    Raises
    ------
    InputError
        If shapes disagree, values are not finite, the penalty is not positive, or ``"lda"`` does
        not get exactly two classes.
    """
    matrix, target = _matrix(X, "X"), np.asarray(y, dtype=np.float64)
    if target.shape != (len(matrix),) or not np.isfinite(target).all():
        raise InputError("y", f"shape {target.shape}", f"{len(matrix)} finite values")
    if not regularization > 0:
        raise InputError("regularization", f"{regularization}", "a positive penalty")
    if estimator not in ("lda", "ridge"):
        raise InputError("estimator", repr(estimator), "'lda' or 'ridge'")
    if estimator == "lda":
        classes = np.unique(target)
        if len(classes) != 2:
            raise InputError("y", f"{len(classes)} classes", "two classes")
        target = np.where(target == classes[1], 1.0, -1.0)
    middle, level = matrix.mean(axis=0), float(target.mean())
    weights = _ridge(matrix - middle, target - level, regularization)
    return LinearModel(weights, level - float(middle @ weights))


def pattern_expression(weights: Floats, X: Floats, how: Expression = "dot") -> Floats:
    """Return how strongly each sample expresses a pattern.

    For a sample x and weights w over the same features: ``"dot"`` is ``x·w``; ``"cosine"`` is
    ``x·w / (|x| |w|)``; ``"correlation"`` is Pearson's r over the features, the cosine after each
    is freed of its mean. Only the dot product keeps amplitude; only the correlation ignores a
    uniform offset.

    Parameters
    ----------
    weights : ndarray of shape (n_features,)
        The pattern.
    X : ndarray of shape (n_samples, n_features)
        Samples, finite.
    how : str, default "dot"
        ``"dot"``, ``"cosine"`` or ``"correlation"``.

    Returns
    -------
    ndarray of shape (n_samples,)
        Units of the weights times units of the features, or within [-1, 1].

    Raises
    ------
    InputError
        If shapes disagree, values are not finite, or a pattern or sample is zero (for the
        cosine) or flat (for the correlation).
    """
    w, matrix = np.asarray(weights, dtype=np.float64), _matrix(X, "X")
    if w.shape != (matrix.shape[1],) or not np.isfinite(w).all():
        rule = f"one finite weight for each of {matrix.shape[1]} features"
        raise InputError("weights", f"shape {w.shape}", rule)
    if how not in get_args(Expression):
        raise InputError("how", repr(how), "'dot', 'cosine' or 'correlation'")
    if how == "dot":
        return np.asarray(matrix @ w)
    if how == "correlation":
        rows, w = _centered(matrix, "sample"), _centered(w[None], "pattern")[0]
    else:
        rows = matrix
    lengths, length = _lengths(rows, "sample"), _lengths(w[None], "pattern")[0]
    return np.asarray(np.clip(rows @ w / (lengths * length), -1.0, 1.0))


def haufe_pattern(X: Floats, weights: Floats) -> Floats:
    """Return the activation pattern that a linear model's weights stand for.

    ``Cov(X) w / Var(X w)`` (Haufe et al. 2014, NeuroImage 87, 96–110, Eq. 6), the slopes of
    each feature on the model's output, without forming the covariance of the features. A weight
    says how a feature enters the decision; the pattern says what the decided quantity does to it.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        The samples the model was fitted on.
    weights : ndarray of shape (n_features,)
        Its weights.

    Returns
    -------
    ndarray of shape (n_features,)
        Units of the feature per unit of the output.

    Raises
    ------
    InputError
        If shapes disagree, or the output does not vary over the samples.
    """
    matrix, w = _matrix(X, "X"), np.asarray(weights, dtype=np.float64)
    if w.shape != (matrix.shape[1],):
        rule = f"one weight for each of {matrix.shape[1]} features"
        raise InputError("weights", f"shape {w.shape}", rule)
    centered = matrix - matrix.mean(axis=0)
    output = centered @ w
    power = float(output @ output)
    if power <= (FLAT * np.abs(matrix).max() * np.abs(w).sum()) ** 2:
        raise InputError("weights", "an output without variation", "one that varies over samples")
    pattern: Floats = output @ centered / power
    return pattern


def _ridge(centered: Floats, target: Floats, penalty: float) -> Floats:
    """Solve the smaller of the primal and the dual system."""
    n, p = centered.shape
    if p <= n:
        gram = centered.T @ centered
        gram.flat[:: p + 1] += penalty
        return np.asarray(np.linalg.solve(gram, centered.T @ target))
    kernel = centered @ centered.T
    kernel.flat[:: n + 1] += penalty
    return np.asarray(np.linalg.solve(kernel, target) @ centered)


def _matrix(X: Floats, name: str) -> Floats:
    matrix = np.asarray(X, dtype=np.float64)
    if matrix.ndim != 2 or 0 in matrix.shape:
        raise InputError(name, f"shape {matrix.shape}", "samples by features")
    if not np.isfinite(matrix).all():
        raise InputError(name, "values that are not finite", "finite numbers")
    return matrix


def _centered(rows: Floats, name: str) -> Floats:
    """Free rows of their mean; refuse those that are then only rounding."""
    centered: Floats = rows - rows.mean(axis=1, keepdims=True)
    flat = np.abs(centered).max(axis=1) <= FLAT * np.abs(rows).max(axis=1)
    if flat.any():
        row = int(np.flatnonzero(flat)[0])
        raise InputError(f"{name} {row}", "the same value in every feature", "one that varies")
    return centered


def _lengths(rows: Floats, name: str) -> Floats:
    lengths = np.asarray(np.linalg.norm(rows, axis=1))
    if (lengths == 0).any():
        row = int(np.flatnonzero(lengths == 0)[0])
        raise InputError(f"{name} {row}", "zero in every feature", "one that is not zero")
    return lengths
