"""Match samples of all classes by their amplitude, or fit amplitude and take it out."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linear_sum_assignment
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints

FAR = 1e6  # cost of a pair beyond the caliper: never cheaper than any number of pairs within


@dataclass(frozen=True, slots=True)
class Matched:
    """Sets of samples, one of each class, alike in amplitude.

    Attributes
    ----------
    sets : ndarray of shape (n_sets, n_classes), int64
        Rows of each set, in the order of the classes.
    standard : ndarray of shape (n, n_measures), float64
        What was measured of each sample in units of its deviation within class and block.
    before : ndarray of shape (n_measures,), float64
        Standardized difference of each measure between the two classes that differ most, over all
        samples, taken within blocks.
    """

    sets: Ints
    standard: Floats
    before: Floats

    def difference(self, sets: Ints) -> Floats:
        """Return the standardized difference that is left between the classes of some sets.

        Parameters
        ----------
        sets : ndarray of shape (n_sets, n_classes), int64
            Some of ``sets``.

        Returns
        -------
        ndarray of shape (n_measures,), float64
            Of each measure, between the two classes that differ most; NaN without a set.
        """
        if not len(sets):
            return np.full(self.standard.shape[1], np.nan)
        means = self.standard[sets].mean(axis=0)
        pairs = combinations(range(len(means)), 2)
        return _largest(np.array([means[b] - means[a] for a, b in pairs]))


def match_amplitude(
    measured: ArrayLike, codes: Ints, blocks: Ints, caliper: float = 0.25
) -> Matched:
    """Match each sample of the rarest class of a block to one of each other class.

    Within each block the total distance in what was measured, each measure in units of its
    deviation within class and block, is made as small as it can be (optimal assignment); sets with
    a difference beyond the caliper in any are dropped. The caliper of a quarter of a deviation
    is that of Rosenbaum & Rubin (1985, American Statistician 39, 33).

    Parameters
    ----------
    measured : array-like of shape (n, n_measures)
        Amplitude of each sample before normalization: mean, deviation, perhaps the projection on
        a profile (:func:`~dolorimeter.decoding.gain_profile.project_on_others`).
    codes : ndarray of shape (n,), int64
        Classes 0 … K - 1.
    blocks : ndarray of shape (n,), int64
        Sets stay within a block (subject and run).
    caliper : float, default 0.25
        Largest difference within a set, in deviations.

    Returns
    -------
    Matched
        Perhaps without a set.

    Raises
    ------
    InputError
        If the caliper is not above 0.
    """
    if not caliper > 0:
        raise InputError("caliper", repr(caliper), "a number of deviations above 0")
    values, n_classes = np.asarray(measured, dtype=np.float64), int(codes.max()) + 1
    standard = values / _spread(values, codes, blocks)
    found = [
        _sets_of_block(standard, codes, np.flatnonzero(blocks == b), n_classes, caliper)
        for b in np.unique(blocks)
    ]
    sets = np.concatenate([s for s in found if len(s)] or [np.empty((0, n_classes), np.int64)])
    return Matched(sets, standard, _difference(standard, codes, blocks))


def _spread(values: Floats, codes: Ints, blocks: Ints) -> Floats:
    """Return the deviation within class and block; 1 where there is none."""
    cells = np.unique(np.column_stack([codes, blocks]), axis=0, return_inverse=True)[1].ravel()
    counts = np.bincount(cells)
    means = np.array([np.bincount(cells, v) / counts for v in values.T])
    off = values - means.T[cells]
    spread = np.sqrt((off**2).sum(axis=0) / max(len(values) - len(counts), 1))
    return np.where(spread > 0, spread, 1.0)


def _sets_of_block(
    standard: Floats, codes: Ints, rows: Ints, n_classes: int, caliper: float
) -> Ints:
    """Match the classes of one block to its rarest one."""
    members = [rows[codes[rows] == k] for k in range(n_classes)]
    if min(map(len, members)) == 0:
        return np.empty((0, n_classes), np.int64)
    anchor = int(np.argmin([len(m) for m in members]))
    sets = np.full((len(members[anchor]), n_classes), -1, dtype=np.int64)
    sets[:, anchor] = members[anchor]
    for k in set(range(n_classes)) - {anchor}:
        gap = standard[members[anchor]][:, None] - standard[members[k]][None]
        cost = np.sqrt((gap**2).sum(axis=2))
        cost[(np.abs(gap) > caliper).any(axis=2)] = FAR
        left, right = linear_sum_assignment(cost)
        near = cost[left, right] < FAR
        sets[left[near], k] = members[k][right[near]]
    whole = sets[(sets >= 0).all(axis=1)]
    return _within(whole, standard, caliper) if n_classes > 2 and len(whole) else whole


def _within(sets: Ints, standard: Floats, caliper: float) -> Ints:
    """Keep sets all of whose pairs are within the caliper."""
    spans = np.ptp(standard[sets], axis=1)
    return sets[(spans <= caliper).all(axis=1)]


def _largest(differences: Floats) -> Floats:
    """Return in each column the difference furthest from 0, with its sign."""
    return differences[np.abs(differences).argmax(axis=0), np.arange(differences.shape[1])]


def _difference(standard: Floats, codes: Ints, blocks: Ints) -> Floats:
    """Return the largest difference between two classes, within blocks that have both."""
    found = []
    for a, b in combinations(range(int(codes.max()) + 1), 2):
        total, weights = np.zeros(standard.shape[1]), 0
        for block in np.unique(blocks):
            one, two = (standard[(blocks == block) & (codes == k)] for k in (a, b))
            weight = min(len(one), len(two))
            if weight:
                total, weights = total + weight * (two.mean(0) - one.mean(0)), weights + weight
        found.append(total / weights if weights else np.full(standard.shape[1], np.nan))
    known = [d for d in found if not np.isnan(d).any()]
    return _largest(np.array(known)) if known else np.full(standard.shape[1], np.nan)


class AmplitudeRemover(TransformerMixin, BaseEstimator):
    """Take out of each feature what the samples' amplitude predicts of it.

    The last columns of X are the amplitude (mean and deviation before normalization). Each other
    column is regressed on them, their squares and their product by least squares **in the training
    samples only**; what is left is the feature (Snoek, Miletić & Scholte 2019, NeuroImage 184,
    741: confound regression must be fitted within folds).

    Parameters
    ----------
    n_amplitude : int, default 2
        Number of columns of amplitude.

    Attributes
    ----------
    center_, scale_ : ndarray of shape (n_amplitude,), float64
        Of the amplitude in training.
    coefficients_ : ndarray of shape (n_terms, n_features), float64
        Of the constant, the amplitude, its squares and products.
    n_features_in_ : int
        Number of columns, those of amplitude included.
    """

    def __init__(self, n_amplitude: int = 2) -> None:
        self.n_amplitude = n_amplitude

    def fit(self, X: ArrayLike, y: object = None) -> Self:  # noqa: ARG002 - pipelines pass it
        """Fit the regression.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features + n_amplitude)
            Features and, last, the amplitude.
        y : object
            Ignored.

        Returns
        -------
        AmplitudeRemover
            Itself.
        """
        data = validate_data(self, X, dtype=np.float64)
        measured = data[:, -self.n_amplitude :]
        spread = measured.std(axis=0)
        self.center_, self.scale_ = measured.mean(axis=0), np.where(spread > 0, spread, 1.0)
        terms = self._terms(measured)
        self.coefficients_ = np.linalg.lstsq(terms, data[:, : -self.n_amplitude])[0]
        return self

    def transform(self, X: ArrayLike) -> Floats:
        """Return what amplitude does not predict.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features + n_amplitude)
            Features and, last, the amplitude.

        Returns
        -------
        ndarray of shape (n_samples, n_features), float64
            Features without it.
        """
        check_is_fitted(self)
        data: NDArray[Any] = validate_data(self, X, reset=False, dtype=np.float64)
        terms = self._terms(data[:, -self.n_amplitude :])
        return np.asarray(data[:, : -self.n_amplitude] - terms @ self.coefficients_)

    def _terms(self, measured: Floats) -> Floats:
        """Return the constant, the standardized amplitude, its squares and products."""
        z = (measured - self.center_) / self.scale_
        first, second = np.triu_indices(self.n_amplitude)
        return np.column_stack([np.ones(len(z)), z, z[:, first] * z[:, second]])
