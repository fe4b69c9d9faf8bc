"""The design of a group test: what is tested, what is adjusted for, what may be exchanged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats

TESTS = ("one-sample", "two-sample", "paired", "covariate")
FLAT = 1e-24  # residual over total squares at which only rounding is left
COLLINEAR = 1e-10


@dataclass(frozen=True, slots=True)
class GroupModel:
    """Maps of people and the design of a test over them.

    Attributes
    ----------
    maps : ndarray of shape (n, v), float64
        One a person; differences, for a paired test.
    tested : ndarray of shape (n,), float64
        The column whose coefficient is the effect.
    nuisance : ndarray of shape (n, c), float64
        The others: the intercept where it is not tested, and centered covariates.
    exchange : {"signs", "order"}
        What leaves the data as likely under the null hypothesis: flipping a map's sign (errors
        are symmetric), or exchanging maps between people.
    first : ndarray of shape (n,), bool, or None
        Members of the first of two groups.
    contrast : str
        In words.
    """

    maps: Floats
    tested: Floats
    nuisance: Floats
    exchange: str
    first: NDArray[np.bool_] | None
    contrast: str

    @property
    def df(self) -> int:
        """Degrees of freedom."""
        return len(self.maps) - self.nuisance.shape[1] - 1


def read_group(
    maps: ArrayLike,
    test: str = "one-sample",
    groups: ArrayLike | None = None,
    second: ArrayLike | None = None,
    covariates: ArrayLike | None = None,
    names: Sequence[str] | None = None,
) -> GroupModel:
    """Turn the arguments of a group test into a design.

    Parameters
    ----------
    maps, test, groups, second, covariates, names
        As in :func:`~dolorimeter.imaging.group_test`.

    Returns
    -------
    GroupModel
        With at least one degree of freedom.

    Raises
    ------
    InputError
        If shapes disagree, a value is not finite, covariates are collinear, or no degree of
        freedom is left.
    """
    if test not in TESTS:
        raise InputError("test", repr(test), f"one of {', '.join(TESTS)}")
    data = check_maps(maps)
    _need("groups", groups, test, "two-sample")
    _need("second", second, test, "paired")
    if second is not None:
        data = data - _second(second, data.shape)
    columns, labels = _covariates(covariates, names, len(data))
    ones = np.ones((len(data), 1))
    first = None
    if test in ("one-sample", "paired"):
        words = "mean" if test == "one-sample" else "mean of first less second"
        tested, nuisance, exchange = ones[:, 0], columns, "signs"
    elif test == "two-sample":
        first, words = _two_groups(groups, len(data))
        tested, nuisance, exchange = first.astype(float), np.hstack([ones, columns]), "order"
    else:
        if not labels:
            raise InputError("covariates", "none", "the covariate to test, in the first column")
        words, exchange = f"slope of {labels[0]}", "order"
        tested, nuisance = columns[:, 0], np.hstack([ones, columns[:, 1:]])
    model = GroupModel(data, tested, nuisance, exchange, first, words)
    _check_design(model, labels)
    return model


def orthonormal(columns: Floats) -> Floats:
    """Return an orthonormal basis of what some columns span.

    Parameters
    ----------
    columns : ndarray of shape (n, c)
        Independent; c may be 0.

    Returns
    -------
    ndarray of shape (n, c)
        Orthonormal.
    """
    return np.linalg.qr(columns)[0] if columns.shape[1] else columns


def flat_voxels(maps: Floats, squares: Floats) -> NDArray[np.bool_]:
    """Say where maps do not vary beyond rounding, so that there is no error to test against.

    Parameters
    ----------
    maps : ndarray of shape (n, v)
        Of people.
    squares : ndarray of shape (v,)
        Sums of squared residuals.

    Returns
    -------
    ndarray of shape (v,), bool
        True where flat.
    """
    return squares <= FLAT * np.sum(maps**2, axis=0)


def check_maps(maps: ArrayLike, where: str = "maps") -> Floats:
    """Return maps of people as an array.

    Parameters
    ----------
    maps : array-like of shape (n, v)
        One a person.
    where : str, default "maps"
        Their name, for the message.

    Returns
    -------
    ndarray of shape (n, v), float64
        Finite.

    Raises
    ------
    InputError
        If it has another shape, or a value is not finite (the person's row is named).
    """
    data = np.asarray(maps, dtype=np.float64)
    if data.ndim != 2 or 0 in data.shape:
        raise InputError(where, f"shape {data.shape}", "people by voxels, at least one of each")
    bad = ~np.isfinite(data)
    if bad.any():
        row = int(np.flatnonzero(bad.any(axis=1))[0])
        found = f"{int(bad[row].sum())} voxels not finite in row {row}"
        remedy = "Keep only the voxels that every person has."
        raise InputError(where, found, "finite numbers", remedy)
    return data


def _need(name: str, value: object, test: str, only: str) -> None:
    """Refuse an argument that the test lacks, or that it would not read."""
    if test == only and value is None:
        raise InputError(name, "none", f"given for test={test!r}")
    if test != only and value is not None:
        raise InputError(name, f"given with test={test!r}", f"only with test={only!r}")


def _second(second: ArrayLike, shape: tuple[int, ...]) -> Floats:
    """Return the maps to subtract."""
    other = check_maps(second, "second")
    if other.shape != shape:
        raise InputError("second", f"shape {other.shape}", f"that of the first maps, {shape}")
    return other


def _two_groups(groups: ArrayLike | None, n: int) -> tuple[NDArray[np.bool_], str]:
    """Return the members of the first group, and the contrast in words."""
    labels = np.asarray(groups).astype(str)
    if labels.shape != (n,):
        raise InputError("groups", f"shape {labels.shape}", f"one name a person, ({n},)")
    found = np.unique(labels)
    if len(found) != 2:
        raise InputError("groups", f"{len(found)} different names", "two groups")
    return labels == found[0], f"{found[0]} less {found[1]}"


def _covariates(
    covariates: ArrayLike | None, names: Sequence[str] | None, n: int
) -> tuple[Floats, list[str]]:
    """Return centered covariates and their names."""
    if covariates is None:
        return np.empty((n, 0)), []
    columns = np.asarray(covariates, dtype=np.float64)
    columns = columns[:, None] if columns.ndim == 1 else columns
    if columns.ndim != 2 or len(columns) != n:
        raise InputError("covariates", f"shape {columns.shape}", f"one row a person, ({n}, c)")
    labels = list(names) if names else [f"covariate {i}" for i in range(columns.shape[1])]
    if len(labels) != columns.shape[1]:
        raise InputError("names", f"{len(labels)} names", f"one for each of {columns.shape[1]}")
    for label, column in zip(labels, columns.T, strict=True):
        if not np.isfinite(column).all():
            row = int(np.flatnonzero(~np.isfinite(column))[0])
            raise InputError(f"covariate {label!r}", f"{column[row]} in row {row}", "finite")
    return columns - columns.mean(axis=0), labels


def _check_design(model: GroupModel, labels: list[str]) -> None:
    """Refuse designs without a degree of freedom or with columns that others explain."""
    n, df = len(model.maps), model.df
    if df < 1:
        found = f"{n} people for {n - df} coefficients"
        raise InputError("maps", found, "more people than coefficients")
    full = np.column_stack([model.nuisance, model.tested])
    scaled = full / np.maximum(np.linalg.norm(full, axis=0), np.finfo(float).tiny)
    if np.linalg.svd(scaled, compute_uv=False)[-1] < COLLINEAR:
        found = f"explained by the others (among {', '.join(labels) or 'the columns'})"
        raise InputError("covariates", found, "covariates that vary, none a sum of others")
