"""Take bulk amplitude out of each sample, and measure what was taken [science 3.1, N1].

Hu & Iannetti (2016), "Signal Normalization": subtract from each sample the mean over the voxels of
a region, or of the brain, and divide by their standard deviation. A sample is normalized alone, so
that nothing passes between training and test.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats

ROUNDING = 64 * np.finfo(np.float64).eps  # a deviation below this share of the values is none


def normalize_pattern(X: ArrayLike, regions: ArrayLike | None = None) -> Floats:
    """Bring each sample to mean 0 and standard deviation 1 over its features.

    ``(x - mean(x)) / sd(x)`` with ``sd² = mean((x - mean(x))²)`` (ddof 0: the features are all
    there are, not a sample of them); Hu & Iannetti (2016), "Signal Normalization". An offset
    and a positive gain of all features vanish. A gain on a profile that is not flat does not
    vanish once there is noise: see :func:`~dolorimeter.decoding.residual_amplitude_check`.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Any unit, finite.
    regions : array-like of shape (n_features,), int, optional
        Region of each feature: each sample is then normalized within each region apart.

    Returns
    -------
    ndarray of shape (n_samples, n_features), float64
        Without unit.

    Raises
    ------
    InputError
        If a value is not finite, or a sample is flat over the features or over a region.

    Examples
    --------
    >>> normalize_pattern([[1.0, 2.0, 3.0, 6.0]]).round(3).tolist()
    [[-1.069, -0.535, 0.0, 1.604]]
    """
    data = finite_matrix(X)
    places = _places(regions, data.shape[1])
    out = np.empty_like(data)
    for name, columns in places:
        out[:, columns] = _normalized(data[:, columns], name)
    return out


def amplitude(X: ArrayLike) -> Floats:
    """Return the bulk amplitude of each sample: what normalization takes out.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Before normalization, in any unit.

    Returns
    -------
    ndarray of shape (n_samples, 2), float64
        Mean and standard deviation (ddof 0) over the features, in that unit.

    Raises
    ------
    InputError
        If a value is not finite.
    """
    data = finite_matrix(X)
    return np.column_stack([data.mean(axis=1), data.std(axis=1)])


def is_normalized(X: ArrayLike, regions: ArrayLike | None = None, tolerance: float = 1e-6) -> bool:
    """Say whether every sample has mean 0 and deviation 1 over its features.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Finite.
    regions : array-like of shape (n_features,), int, optional
        Region of each feature; each is then asked apart.
    tolerance : float, default 1e-6
        Largest difference from 0 and from 1. The deviation may be with ddof 0 or 1.

    Returns
    -------
    bool
        False if one sample differs.

    Raises
    ------
    InputError
        If a value is not finite.
    """
    data = finite_matrix(X)
    return all(
        _is_standard(data[:, columns], tolerance) for _, columns in _places(regions, data.shape[1])
    )


def finite_matrix(X: ArrayLike) -> Floats:
    """Return samples by features as finite floats.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Any numbers.

    Returns
    -------
    ndarray of shape (n_samples, n_features), float64
        The same.

    Raises
    ------
    InputError
        If the shape is another or a value is not finite.
    """
    data = np.asarray(X, dtype=np.float64)
    if data.ndim != 2 or 0 in data.shape:
        raise InputError("X", f"shape {data.shape}", "samples by features, at least one of each")
    bad = ~np.isfinite(data)
    if bad.any():
        row, column = np.argwhere(bad)[0]
        raise InputError(
            "X",
            f"{data[row, column]} in sample {row}, feature {column}",
            "finite numbers",
            "Leave such features or samples out, or mask them.",
        )
    return data


class SpatialNormalizer(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Normalize each sample over its features, as a scikit-learn transformer.

    Nothing is learned from other samples: it may stand before or inside a cross-validation, to the
    same result.

    Parameters
    ----------
    regions : array-like of shape (n_features,), int, optional
        Region of each feature: each sample is then normalized within each region apart.

    Attributes
    ----------
    n_features_in_ : int
        Number of features.

    Examples
    --------
    >>> SpatialNormalizer().fit_transform([[0.0, 2.0], [5.0, 3.0]]).tolist()
    [[-1.0, 1.0], [1.0, -1.0]]
    """

    def __init__(self, regions: ArrayLike | None = None) -> None:
        self.regions = regions

    def fit(self, X: ArrayLike, y: object = None) -> Self:  # noqa: ARG002 - pipelines pass it
        """Check the number of features.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Samples in any unit.
        y : object
            Ignored.

        Returns
        -------
        SpatialNormalizer
            Itself.

        Raises
        ------
        InputError
            If there is one feature only, or the regions do not fit.
        """
        data = validate_data(self, X, dtype=np.float64)
        if data.shape[1] < 2:
            raise InputError("X", "n_features = 1", "at least 2 features to normalize over")
        _places(self.regions, data.shape[1])
        return self

    def transform(self, X: ArrayLike) -> Floats:
        """Return the normalized samples.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Samples in any unit.

        Returns
        -------
        ndarray of shape (n_samples, n_features), float64
            As :func:`normalize_pattern` gives them.
        """
        check_is_fitted(self)
        data = validate_data(self, X, reset=False, dtype=np.float64)
        return normalize_pattern(data, self.regions)


def _places(regions: ArrayLike | None, n_features: int) -> list[tuple[str, Any]]:
    """Return for each region its name and its columns."""
    if regions is None:
        return [("", slice(None))]
    labels: NDArray[Any] = np.asarray(regions)
    if labels.shape != (n_features,) or labels.dtype.kind not in "iu":
        found = f"{labels.dtype} of shape {labels.shape}"
        raise InputError("regions", found, f"one whole number a feature, shape ({n_features},)")
    return [(f" in region {r}", np.flatnonzero(labels == r)) for r in np.unique(labels)]


def _normalized(block: Floats, where: str) -> Floats:
    """Normalize rows; a power of two taken out first, so that no square over- or underflows."""
    largest = np.abs(block).max(axis=1, keepdims=True)
    _, exponent = np.frexp(np.where(largest > 0, largest, 1.0))
    scaled = np.ldexp(block, -exponent)
    scaled -= scaled.mean(axis=1, keepdims=True)
    deviation = np.sqrt(np.mean(scaled**2, axis=1, keepdims=True))
    flat = np.flatnonzero(deviation[:, 0] <= ROUNDING)
    if len(flat):
        row = int(flat[0])
        raise InputError(
            "X",
            f"sample {row} is flat{where}: all its {block.shape[1]} values are {block[row, 0]:g}",
            "samples that vary over the features",
            f"Leave out such samples ({len(flat)} of {len(block)}), or the features that the "
            "mask took from outside the brain.",
        )
    return np.asarray(scaled / deviation)


def _is_standard(block: Floats, tolerance: float) -> bool:
    """Say whether rows have mean 0 and deviation 1, with ddof 0 or 1."""
    n, deviation = block.shape[1], block.std(axis=1)
    centered = bool((np.abs(block.mean(axis=1)) <= tolerance).all())
    ratios = (1.0, np.sqrt(n / (n - 1))) if n > 1 else (1.0,)
    return centered and any(bool((np.abs(deviation * r - 1) <= tolerance).all()) for r in ratios)
