"""What one pass over the data of one run leaves, for any number of models of that run."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core.containers import Floats

from .kernels import neighbors, reduce_block

BLOCK = 2**17  # numbers in the voxels taken at a time (1 MB: they stay in the cache)
FLAT = 1e-26  # share of the sum of squares below which a residual is rounding


@dataclass(frozen=True, slots=True)
class Basis:
    """Orthonormal columns that span a design.

    Attributes
    ----------
    columns : ndarray of shape (n_frames, r)
        Q.
    back : ndarray of shape (k, r)
        From coefficients of Q to those of the design's columns (the shortest of them, where the
        design does not determine them).
    rank : int
        Of the design, as nilearn counts it for the degrees of freedom.
    """

    columns: Floats
    back: Floats
    rank: int

    @property
    def has_constant(self) -> bool:
        """Whether a constant lies in the span."""
        ones = np.ones(len(self.columns))
        left = ones - self.columns @ (self.columns.T @ ones)
        return bool(np.abs(left).max() < 1e-10)


def orthonormal_basis(matrix: Floats) -> Basis:
    """Find an orthonormal basis of a design, of lower rank where its columns are dependent.

    Parameters
    ----------
    matrix : ndarray of shape (n_frames, k)
        The design.

    Returns
    -------
    Basis
        By QR; by singular values, cut off where the pseudoinverse of scipy (and so nilearn) cuts
        them, where the columns are dependent.
    """
    left, values, right = np.linalg.svd(matrix, full_matrices=False)
    epsilon = np.finfo(np.float64).eps
    rank = int((values > np.abs(matrix).sum() * epsilon).sum())
    kept = values > max(matrix.shape) * epsilon * values.max(initial=0.0)
    if kept.all():
        columns, triangle = np.linalg.qr(matrix)
        return Basis(columns, np.linalg.inv(triangle), rank)
    back = right[kept].T / values[kept]
    return Basis(np.ascontiguousarray(left[:, kept]), back, rank)


@dataclass(frozen=True, slots=True)
class Statistics:
    """The sums of one run, for a design Q and further columns.

    Attributes
    ----------
    basis : ndarray of shape (n_frames, r)
        Orthonormal columns Q.
    coefficients : ndarray of shape (r, v)
        Q' Y.
    lagged : ndarray of shape (r, v)
        Z' E, see :mod:`dolorimeter.imaging.kernels`.
    sums : ndarray of shape (4, v)
        Of squares, of lagged products, first and last residual.
    totals : ndarray of shape (v,)
        Sums of the residuals.
    flat : ndarray of shape (v,), bool
        Voxels where the design leaves nothing but rounding: constant ones.
    """

    basis: Floats
    coefficients: Floats
    lagged: Floats
    sums: Floats
    totals: Floats
    flat: NDArray[np.bool_]


def percent_signal(series: NDArray[np.floating]) -> Floats:
    """Express series in percent of their means, minus 100, as nilearn does.

    Parameters
    ----------
    series : ndarray of shape (n_frames, v)
        One column a voxel; left as it is.

    Returns
    -------
    ndarray of shape (n_frames, v), float64
        A mean below 1 counts as 1 (nilearn's rule): data that were centred before keep their
        unit, times 100.
    """
    means = np.maximum(series.mean(axis=0, dtype=np.float64), 1.0)
    scaled = np.empty(series.shape)
    np.divide(series, means, out=scaled)
    scaled -= 1.0
    scaled *= 100.0
    return scaled


def _blocks(n_frames: int, n_voxels: int) -> Iterator[slice]:
    """Cut voxels into blocks that fit the cache."""
    step = max(BLOCK // max(n_frames, 1), 32)
    return (slice(start, start + step) for start in range(0, n_voxels, step))


def run_statistics(
    data: NDArray[np.floating],
    basis: Basis,
    further: Floats | None = None,
    percent: bool = True,
    n_jobs: int = 1,
) -> tuple[Statistics, Floats]:
    """Pass over the data of one run.

    Parameters
    ----------
    data : ndarray of shape (n_frames, v)
        One column a voxel; left as it is.
    basis : Basis
        Of the design.
    further : ndarray of shape (n_frames, c), optional
        Columns whose products with the residual are wanted too.
    percent : bool, default True
        Scale each voxel to percent of its mean first.
    n_jobs : int, default 1
        Threads over blocks of voxels.

    Returns
    -------
    statistics : Statistics
        Of the design.
    products : ndarray of shape (c, v)
        Products of the further columns with the residual.
    """
    n_frames, n_voxels = data.shape
    columns = basis.columns
    rank, n_further = columns.shape[1], 0 if further is None else further.shape[1]
    parts = [neighbors(columns), np.ones((n_frames, 1))]
    probes = np.column_stack(parts if further is None else [*parts, further])
    centred = basis.has_constant and not percent
    coefficients = np.empty((rank, n_voxels))
    products = np.empty((rank + 1 + n_further, n_voxels))
    sums, size = np.empty((4, n_voxels)), np.empty(n_voxels)

    def reduce(block: slice) -> None:
        if percent:
            series = percent_signal(data[:, block])
            size[block] = 100.0**2 * n_frames
        else:
            series = np.array(data[:, block], dtype=np.float64, order="C")
            size[block] = np.einsum("tv,tv->v", series, series)
        found = reduce_block(series, columns, probes, centred)
        coefficients[:, block], products[:, block], sums[:, block] = found

    blocks = _blocks(n_frames, n_voxels)
    if n_jobs == 1:
        for block in blocks:
            reduce(block)
    else:
        with ThreadPoolExecutor(n_jobs) as pool:
            list(pool.map(reduce, blocks))
    size += (coefficients**2).sum(axis=0)
    found = Statistics(
        columns, coefficients, products[:rank], sums, products[rank], sums[0] <= FLAT * size
    )
    return found, products[rank + 1 :]
