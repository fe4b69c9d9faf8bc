"""The sums of one run for every model of a grid, from one pass over its data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats

from .kernels import neighbors
from .run_statistics import Basis, Statistics, orthonormal_basis, run_statistics

COLLINEAR = 1e-7  # share of a column's length, below which what the others leave is rounding


@dataclass(frozen=True, slots=True)
class GridStatistics:
    """What one pass over the data leaves of a run.

    With Q the shared columns' basis and E the residual of the shared columns, model i adds
    orthonormal columns U[i]: ``columns[i] = Q @ shared[i] + U[i] @ own[i]``.

    Attributes
    ----------
    basis : Basis
        Of the shared columns.
    n_shared : int
        Their number.
    statistics : Statistics
        Of the shared columns alone.
    added : ndarray of shape (g, n_frames, m)
        U.
    shared : ndarray of shape (g, r, m)
        Coefficients of the modulated columns in Q.
    own : ndarray of shape (g, m, m)
        And in U; triangular.
    products : ndarray of shape (g, m, v)
        U' E.
    lagged : ndarray of shape (g, m, v)
        Products of E with the neighbors of U.
    """

    basis: Basis
    n_shared: int
    statistics: Statistics
    added: NDArray[np.float64]
    shared: NDArray[np.float64]
    own: NDArray[np.float64]
    products: NDArray[np.float64]
    lagged: NDArray[np.float64]

    def functionals(self, weights: Floats, model: int) -> Floats:
        """Turn weights of columns into weights of the coefficients of Q and U.

        Parameters
        ----------
        weights : ndarray of shape (f, k + m)
            Of the shared columns, then of the modulated ones.
        model : int
            Which model.

        Returns
        -------
        ndarray of shape (f, r + m)
            Of the coefficients.
        """
        of_shared = weights[:, : self.n_shared] @ self.basis.back
        of_added = weights[:, self.n_shared :] - of_shared @ self.shared[model]
        own = np.linalg.solve(self.own[model].T, of_added.T).T
        return np.concatenate([of_shared, own], axis=1)

    def without(self, model: int, weights: Floats) -> Statistics:
        """Return the sums after taking a model's columns off, as those of the shared columns.

        Parameters
        ----------
        model : int
            Which model.
        weights : ndarray of shape (m, v)
            Coefficients of U: what is taken off each voxel.

        Returns
        -------
        Statistics
            Of ``E - U weights`` (with the shared columns' coefficients of E: the modulated
            columns' part in Q is not taken off).
        """
        before, added = self.statistics, self.added[model]
        near = neighbors(added)
        squares, lagged, first, last = before.sums
        crossed = near.T @ added
        sums = np.stack(
            [
                squares + (weights * (weights - 2.0 * self.products[model])).sum(axis=0),
                lagged + (weights * (0.5 * (crossed @ weights) - self.lagged[model])).sum(axis=0),
                first - added[0] @ weights,
                last - added[-1] @ weights,
            ]
        )
        return Statistics(
            before.basis,
            before.coefficients,
            before.lagged - (near.T @ before.basis).T @ weights,
            sums,
            before.totals - added.sum(axis=0) @ weights,
            before.flat,
        )

    def of_model(self, model: int) -> Statistics:
        """Return the sums of one model, whose basis is Q and U.

        Parameters
        ----------
        model : int
            Which model.

        Returns
        -------
        Statistics
            Equal to a pass over the data with that model's design.
        """
        weights, added = self.products[model], self.added[model]
        left = self.without(model, weights)
        own = self.lagged[model] - (neighbors(added).T @ added) @ weights
        return Statistics(
            np.concatenate([left.basis, added], axis=1),
            np.concatenate([left.coefficients, weights]),
            np.concatenate([left.lagged, own]),
            left.sums,
            left.totals,
            left.flat,
        )


def grid_statistics(
    data: NDArray[np.floating],
    matrix: Floats,
    columns: NDArray[np.float64],
    where: str,
    names: Sequence[str],
    percent: bool = True,
    n_jobs: int = 1,
) -> GridStatistics:
    """Pass once over the data of a run for all models.

    Parameters
    ----------
    data : ndarray of shape (n_frames, v)
        One column a voxel.
    matrix : ndarray of shape (n_frames, k)
        The columns that all models share.
    columns : ndarray of shape (g, n_frames, m)
        Those of each model.
    where : str
        Name of the run, for messages.
    names : sequence of str
        Names of the m columns.
    percent : bool, default True
        Scale each voxel to percent of its mean first.
    n_jobs : int, default 1
        Threads over blocks of voxels.

    Returns
    -------
    GridStatistics
        All that the models need.

    Raises
    ------
    InputError
        If a modulated column is a combination of the others.
    """
    basis = orthonormal_basis(matrix)
    n_models, n_frames, n_added = columns.shape
    shared = basis.columns.T @ columns
    left = columns - basis.columns @ shared
    again = basis.columns.T @ left  # twice is enough: what is left is orthogonal to rounding
    left, shared = left - basis.columns @ again, shared + again
    added, own = np.linalg.qr(left)
    _refuse_collinear(own, columns, where, names)
    flat = np.ascontiguousarray(added.transpose(1, 0, 2)).reshape(n_frames, n_models * n_added)
    further = np.concatenate([flat, neighbors(flat)], axis=1)
    statistics, found = run_statistics(data, basis, further, percent, n_jobs)
    products, lagged = found.reshape(2, n_models, n_added, -1)
    return GridStatistics(basis, matrix.shape[1], statistics, added, shared, own, products, lagged)


def _refuse_collinear(
    own: NDArray[np.float64], columns: NDArray[np.float64], where: str, names: Sequence[str]
) -> None:
    """Say which column of which model the others leave nothing of."""
    length = np.linalg.norm(columns, axis=1)
    kept = np.abs(np.diagonal(own, axis1=1, axis2=2))
    bad = kept <= COLLINEAR * length
    if bad.any():
        model, column = np.argwhere(bad)[0]
        found = f"column {names[column]!r} of model {model + 1} is a combination of the others"
        rule = "columns that tell something of their own"
        raise InputError(where, found, rule, "Leave it, or that model, out.")
