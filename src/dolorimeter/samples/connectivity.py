"""Connectivity between regions, scan by scan, as features."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dolorimeter.core import InputError, Samples
from dolorimeter.core.containers import Floats

from .arguments import as_choice, need_extra

KINDS = ("correlation", "partial correlation")
COVARIANCES = ("shrunk", "empirical")


def connectivity_samples(
    series: Sequence[Floats],
    target: Floats,
    subject: Sequence[str],
    regions: Sequence[str],
    *,
    kind: str = "correlation",
    covariance: str = "shrunk",
    fisher: bool = True,
    **known: object,
) -> Samples:
    """Make samples of scans: one row of connectivity a scan.

    Parameters
    ----------
    series : sequence of ndarray of shape (n_times, n_regions)
        One a scan; they may differ in length.
    target : array-like of shape (n_scans,)
        Class codes or numbers.
    subject : sequence of str
        Whose each scan is.
    regions : sequence of str
        Names of the columns of every scan.
    kind : {"correlation", "partial correlation"}, default "correlation"
        Both are computed from one scan alone. Tangent space is not offered: its reference is
        fitted on all scans, so it belongs inside the folds.
    covariance : {"shrunk", "empirical"}, default "shrunk"
        Ledoit and Wolf's estimator, as nilearn's default, or the empirical one.
    fisher : bool, default True
        Take the inverse hyperbolic tangent of the coefficients.
    **known : object
        Further attributes of `Samples.of`.

    Returns
    -------
    Samples
        Features are the pairs of the upper triangle, row by row, named ``"a ~ b"``.

    Raises
    ------
    InputError
        If a scan has another number of regions, is not finite, or a region does not vary.
    """
    if kind == "tangent":
        rule = f"one of {', '.join(KINDS)}"
        remedy = "Tangent space is fitted on all scans: it belongs inside the folds."
        raise InputError("kind", repr(kind), rule, remedy)
    as_choice("kind", kind, KINDS)
    as_choice("covariance", covariance, COVARIANCES)
    names = [str(s) for s in subject]
    for scan, name in zip(series, names, strict=True):
        _check_scan(scan, name, regions)
    above = np.triu_indices(len(regions), k=1)
    rows = [_matrix(scan, kind, covariance)[above] for scan in series]
    features = np.stack(rows)
    if fisher:
        features = _fisher(features, names)
    ends = zip(above[0].tolist(), above[1].tolist(), strict=True)
    pairs = tuple(f"{regions[i]} ~ {regions[j]}" for i, j in ends)
    return Samples.of(features, target, np.array(names), feature_names=pairs, **known)


def _check_scan(scan: Floats, name: str, regions: Sequence[str]) -> None:
    if scan.ndim != 2 or scan.shape[1] != len(regions) or len(scan) < 3:
        raise InputError(name, f"shape {scan.shape}", f"at least 3 times by {len(regions)} regions")
    if not np.isfinite(scan).all():
        time, region = np.argwhere(~np.isfinite(scan))[0]
        found = f"a value not finite at time {time + 1}, region {regions[region]!r}"
        raise InputError(name, found, "finite values")
    flat = np.flatnonzero(np.ptp(scan, axis=0) == 0)
    if len(flat):
        raise InputError(name, f"region {regions[flat[0]]!r} does not vary", "a signal")


def _matrix(scan: Floats, kind: str, covariance: str) -> Floats:
    """Estimate one scan's matrix, by itself."""
    connectome = need_extra("nilearn.connectome", "images")
    from sklearn.covariance import EmpiricalCovariance, LedoitWolf

    estimator = LedoitWolf if covariance == "shrunk" else EmpiricalCovariance
    measure = connectome.ConnectivityMeasure(
        cov_estimator=estimator(store_precision=False),
        kind=kind,
        standardize="zscore_sample",
    )
    return np.asarray(measure.fit_transform([scan])[0], dtype=np.float64)


def _fisher(features: Floats, names: list[str]) -> Floats:
    over = np.flatnonzero((np.abs(features) >= 1).any(axis=1))
    if len(over):
        remedy = "Leave one of two equal regions out, or set fisher: false."
        raise InputError(names[over[0]], "a coefficient of 1", "coefficients below 1", remedy)
    return np.asarray(np.arctanh(features))
