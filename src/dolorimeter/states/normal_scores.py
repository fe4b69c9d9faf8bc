"""Each variable through its training distribution to the standard normal one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from dolorimeter.core import InputError

Floats = NDArray[np.float64]


class NormalScores(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Transform each column to normal scores.

    A value x of a column with n training values becomes the standard normal quantile of F(x).
    F is the empirical distribution of the training values with mid-ranks, F(v) = (number below v
    + half the number equal to v) / n, linear between neighboring training values, 0 below the
    smallest and 1 above the largest of them; it is clipped to [1/(2n), 1 - 1/(2n)], so that the
    score stays finite (Panaggio et al. 2021, section 4.1; science 1.3).

    NaN stays NaN, in training and after. A column that is constant in training carries no order
    to learn: all its scores are 0, whatever values come later.

    Attributes
    ----------
    values_ : list of ndarray
        For each column its distinct training values, ascending.
    quantiles_ : list of ndarray
        F of each of them.
    counts_ : ndarray of shape (n_features,), int64
        Number of training values of each column.
    n_features_in_ : int
        Number of columns.

    Examples
    --------
    >>> import numpy as np
    >>> scores = NormalScores().fit_transform(np.array([[60.0], [70.0], [70.0], [np.nan], [90.0]]))
    >>> scores.ravel().round(2).tolist()
    [-1.15, 0.0, 0.0, nan, 1.15]
    """

    def fit(self, X: ArrayLike, y: object = None) -> Self:  # noqa: ARG002 - pipelines pass it
        """Learn the distribution of each column.

        Parameters
        ----------
        X : array-like of shape (n_steps, n_features)
            Training values in any unit, NaN where missing.
        y : object
            Ignored.

        Returns
        -------
        NormalScores
            Itself.

        Raises
        ------
        InputError
            If a column has no value at all.
        """
        data = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan")
        columns = [_distribution(column, self._name(j)) for j, column in enumerate(data.T)]
        self.values_ = [values for values, _, _ in columns]
        self.quantiles_ = [quantiles for _, quantiles, _ in columns]
        self.counts_ = np.array([n for _, _, n in columns], dtype=np.int64)
        return self

    def transform(self, X: ArrayLike) -> Floats:
        """Return the normal scores.

        Parameters
        ----------
        X : array-like of shape (n_steps, n_features)
            Values in the units of training, NaN where missing.

        Returns
        -------
        ndarray of shape (n_steps, n_features), float64
            Standard normal quantiles, NaN where missing.
        """
        check_is_fitted(self)
        data = validate_data(self, X, reset=False, dtype=np.float64, ensure_all_finite="allow-nan")
        scores = np.empty_like(data)
        for j, column in enumerate(data.T):
            scores[:, j] = _scores(column, self.values_[j], self.quantiles_[j], self.counts_[j])
        return scores

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Return what was learned as flat arrays for storage.

        Returns
        -------
        dict of str to ndarray
            ``values`` and ``quantiles``, both (total,), the columns one after another;
            ``offsets`` (n_features + 1,): column j is ``offsets[j]:offsets[j + 1]``; ``counts``.
        """
        check_is_fitted(self)
        sizes = [len(values) for values in self.values_]
        return {
            "values": np.concatenate(self.values_),
            "quantiles": np.concatenate(self.quantiles_),
            "offsets": np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
            "counts": self.counts_,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Rebuild a fitted transformer.

        Parameters
        ----------
        arrays : mapping of str to ndarray
            As ``to_arrays`` gave them.

        Returns
        -------
        NormalScores
            It transforms to the same bits.

        Raises
        ------
        InputError
            If an array is missing, or is not what ``to_arrays`` could have given.
        """
        values, quantiles, offsets, counts = _checked(arrays)
        scores = cls()
        scores.values_ = np.split(values, offsets[1:-1])
        scores.quantiles_ = np.split(quantiles, offsets[1:-1])
        scores.counts_ = counts
        scores.n_features_in_ = len(counts)
        return scores

    def __sklearn_tags__(self) -> Any:
        """Declare that NaN is allowed."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    def _name(self, j: int) -> str:
        names = getattr(self, "feature_names_in_", None)
        return f"column {j}" if names is None else f"column '{names[j]}'"


def _distribution(column: Floats, name: str) -> tuple[Floats, Floats, int]:
    """Return distinct values, their mid-rank quantiles, and the number of values."""
    present = column[~np.isnan(column)]
    if not len(present):
        raise InputError(
            name, "no value in the training data", "at least one", "Leave this variable out."
        )
    values, repeats = np.unique(present, return_counts=True)
    return values, (np.cumsum(repeats) - repeats / 2) / len(present), len(present)


def _scores(column: Floats, values: Floats, quantiles: Floats, count: int) -> Floats:
    """Map one column; its ends go to 0 and 1, which the clip brings back to finite scores."""
    if len(values) == 1:
        return np.where(np.isnan(column), np.nan, 0.0)
    end = 1 / (2 * count)
    return ndtri(np.interp(column, values, quantiles, left=end, right=1 - end))


def _checked(arrays: Mapping[str, NDArray[Any]]) -> tuple[Floats, Floats, NDArray[Any], Any]:
    """Refuse arrays that ``to_arrays`` cannot have written."""
    for name, kind in (("values", "f"), ("quantiles", "f"), ("offsets", "i"), ("counts", "i")):
        found = arrays.get(name)
        if found is None or found.ndim != 1 or found.dtype.kind != kind:
            raise InputError(name, "missing or of another shape or type", "one flat array")
    values, quantiles = arrays["values"], arrays["quantiles"]
    offsets, counts = arrays["offsets"], arrays["counts"]
    rising = len(offsets) >= 2 and offsets[0] == 0 and bool((np.diff(offsets) > 0).all())
    if not rising or offsets[-1] != len(values):
        raise InputError("offsets", str(offsets[:3]), f"values rising from 0 to {len(values)}")
    if len(counts) != len(offsets) - 1 or bool(
        ((counts < np.diff(offsets)) | (counts >= 2**52)).any()  # 1 - 1/(2n) must stay below 1
    ):
        raise InputError("counts", str(counts[:3]), "for each column at least its distinct values")
    inside = np.ones(max(len(values) - 1, 0), dtype=bool)
    inside[offsets[1:-1] - 1] = False
    for name, array in (("values", values), ("quantiles", quantiles)):
        steps_up = len(array) == len(values) and bool((np.diff(array)[inside] > 0).all())
        if not steps_up or not np.isfinite(array).all():
            raise InputError(name, "not ascending and finite", "ascending numbers in each column")
    if not ((quantiles > 0) & (quantiles < 1)).all():
        raise InputError("quantiles", "a value outside (0, 1)", "quantiles inside (0, 1)")
    return values, quantiles, offsets, counts
