"""What a ridge fit leaves of any target, in the form that is cheapest for the features' shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from dolorimeter.core.containers import Floats, Ints

from .arguments import refuse_not_finite
from .fold_weights import center
from .kernels import centered_kernel, residual_matrix, residual_weights


class Residual(Protocol):
    """M / scale, where M y are the residuals of the fit to all samples, M = I - H.

    ``scale`` lies between 0 and 1; the largest eigenvalue of M / scale is 1.
    """

    scale: float

    def apply(self, targets: Floats) -> Floats:
        """Return ``targets @ M``, targets (m, n) in rows."""

    def diagonal(self) -> Floats:
        """Return the diagonal, shape (n,)."""

    def block(self, rows: Ints) -> Floats:
        """Return the block of some samples, shape (rows, rows)."""

    def dense(self) -> Floats:
        """Return all of it, shape (n, n)."""


@dataclass(slots=True)
class DenseResidual:
    """From the kernel of the samples, where features exceed samples.

    Attributes
    ----------
    matrix : ndarray of shape (n, n), float64
        M / scale.
    scale : float
        Its factor.
    """

    matrix: Floats
    scale: float

    def apply(self, targets: Floats) -> Floats:
        """Return ``targets @ M``.

        Parameters
        ----------
        targets : ndarray of shape (m, n)
            In rows.

        Returns
        -------
        ndarray of shape (m, n)
            Residuals of the fit to all samples, in rows.
        """
        return targets @ self.matrix

    def diagonal(self) -> Floats:
        """Return the diagonal.

        Returns
        -------
        ndarray of shape (n,)
            A view.
        """
        return np.diagonal(self.matrix)

    def block(self, rows: Ints) -> Floats:
        """Return the block of some samples.

        Parameters
        ----------
        rows : ndarray of shape (k,), int64
            Which.

        Returns
        -------
        ndarray of shape (k, k)
            A copy.
        """
        return self.matrix[np.ix_(rows, rows)]

    def dense(self) -> Floats:
        """Return all of it.

        Returns
        -------
        ndarray of shape (n, n)
            No copy.
        """
        return self.matrix


@dataclass(slots=True)
class FactoredResidual:
    """From the singular vectors of the features, where samples exceed features.

    M / scale = base (I - 11'/n) + basis diag(weights) basis'.

    Attributes
    ----------
    basis : ndarray of shape (n, r), float64
        Left singular vectors of the centered features.
    weights : ndarray of shape (r,), float64
        What is left of each, less ``base``.
    base : float
        What is left of targets orthogonal to all features.
    scale : float
        Factor of the whole.
    """

    basis: Floats
    weights: Floats
    base: float
    scale: float

    def apply(self, targets: Floats) -> Floats:
        """Return ``targets @ M``.

        Parameters
        ----------
        targets : ndarray of shape (m, n)
            In rows.

        Returns
        -------
        ndarray of shape (m, n)
            Residuals of the fit to all samples, in rows.
        """
        centered = targets - targets.mean(axis=1, keepdims=True)
        return self.base * centered + ((targets @ self.basis) * self.weights) @ self.basis.T

    def diagonal(self) -> Floats:
        """Return the diagonal.

        Returns
        -------
        ndarray of shape (n,)
            Computed anew.
        """
        n = len(self.basis)
        return self.base * (1.0 - 1.0 / n) + (self.basis**2) @ self.weights

    def block(self, rows: Ints) -> Floats:
        """Return the block of some samples.

        Parameters
        ----------
        rows : ndarray of shape (k,), int64
            Which.

        Returns
        -------
        ndarray of shape (k, k)
            Computed anew.
        """
        part = self.basis[rows]
        centering = np.eye(len(rows)) - 1.0 / len(self.basis)
        return self.base * centering + (part * self.weights) @ part.T

    def dense(self) -> Floats:
        """Return all of it.

        Returns
        -------
        ndarray of shape (n, n)
            Computed anew.
        """
        return self.block(np.arange(len(self.basis)))


def fit_residual(features: Floats, alpha: float) -> Residual:
    """Factor the features once, for every scheme and all relabellings.

    Parameters
    ----------
    features : ndarray of shape (n, p), float64
        Samples by features; not copied where features exceed samples.
    alpha : float
        Penalty of ridge regression, at least 0.

    Returns
    -------
    Residual
        Dual (the kernel of the samples) where features reach the number of samples less one,
        primal otherwise.

    Raises
    ------
    InputError
        If a feature is not finite.
    """
    n, p = features.shape
    if p >= n - 1:
        kernel = centered_kernel(features)
        if not np.isfinite(kernel).all():
            refuse_not_finite(features)
        return DenseResidual(*residual_matrix(kernel, alpha))
    refuse_not_finite(features)
    left, singular, _ = np.linalg.svd(center(features), full_matrices=False)
    kept = singular > n * np.finfo(float).eps * singular[0]
    # One root of zero stands for all that the features do not reach.
    weights, scale = residual_weights(np.append(singular[kept] ** 2, 0.0), alpha)
    base = float(weights[-1])
    return FactoredResidual(left[:, kept], weights[:-1] - base, base, scale)
