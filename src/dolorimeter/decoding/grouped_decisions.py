"""Cells of samples that share condition, subject and run; averages of groups drawn from them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb, sqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t as student

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints

RandomState = int | np.random.Generator | None
MOST = 1_000_000  # groups of one cell; beyond, memory and time ask for draws


@dataclass(frozen=True, slots=True)
class Cells:
    """Samples sorted into cells.

    Attributes
    ----------
    values : ndarray of shape (n_samples, n_columns), float64
        Decisions; one column for two classes, or one a class.
    members : tuple of ndarray
        Rows of each cell.
    label : ndarray of shape (n_cells,), int64
        Class code of each.
    subject, stratum : ndarray of shape (n_cells,), int64
        Its subject; its subject and run.
    n_classes : int
        Number of classes.
    """

    values: Floats
    members: tuple[Ints, ...]
    label: Ints
    subject: Ints
    stratum: Ints
    n_classes: int

    def of_size(self, m: int) -> list[int]:
        """Return the cells that have m samples.

        Parameters
        ----------
        m : int
            Samples in a group.

        Returns
        -------
        list of int
            Indices of cells.

        Raises
        ------
        InputError
            If all cells are smaller.
        """
        largest = max(len(rows) for rows in self.members)
        if m > largest:
            rule = f"at most {largest}, the samples of the largest cell"
            raise InputError("m", str(m), rule, "Choose smaller groups, or cells without runs.")
        return [i for i, rows in enumerate(self.members) if len(rows) >= m]

    def credit(self, decisions: Floats, cell: int) -> Floats:
        """Score decisions on samples of one cell.

        Parameters
        ----------
        decisions : ndarray of shape (n, n_columns)
            Decisions or averages of them.
        cell : int
            Whose.

        Returns
        -------
        ndarray of shape (n,), float64
            1 where right, 0 where wrong; a tie among k classes that holds the right one 1/k.
        """
        label = self.label[cell]
        if decisions.shape[1] == 1:
            return 0.5 + 0.5 * np.sign(decisions[:, 0]) * (1 if label == 1 else -1)
        best = decisions == decisions.max(axis=1, keepdims=True)
        return np.asarray(best[:, label] / best.sum(axis=1))

    def score(self, cell: int) -> Floats:
        """Return how far the samples of a cell lean to the second of two classes.

        Parameters
        ----------
        cell : int
            Which.

        Returns
        -------
        ndarray of shape (n, 1), float64
            The decision, or the difference of the two columns.
        """
        values = self.values[self.members[cell]]
        return values if values.shape[1] == 1 else values[:, 1:] - values[:, :1]


def find_cells(
    decisions: ArrayLike,
    y: ArrayLike,
    condition: ArrayLike,
    subjects: ArrayLike | None = None,
    runs: ArrayLike | None = None,
) -> Cells:
    """Sort samples into cells of one condition, subject and run.

    Parameters
    ----------
    decisions : array-like of shape (n_samples,) or (n_samples, n_classes)
        Held-out decisions.
    y, condition : array-like of shape (n_samples,)
        Class and condition of each sample.
    subjects, runs : array-like of shape (n_samples,), optional
        None: all the same.

    Returns
    -------
    Cells
        In the order of subject, run, condition.

    Raises
    ------
    InputError
        If there is one class only, no condition, a condition with two classes, or decisions that
        do not fit.
    """
    values = np.asarray(decisions, dtype=np.float64)
    values = values[:, None] if values.ndim == 1 else values
    n = len(values)
    label = _codes("y", y, n)
    n_classes = int(label.max()) + 1 if n else 0
    _check_decisions(values, n_classes)
    named = np.asarray(condition)
    if named.shape == (n,) and named.dtype.kind in "US" and not (named != "").all():
        remedy = "Name the condition of each sample, or group by the class itself."
        raise InputError("condition", "a sample without one", "what to group by", remedy)
    kind = _codes("condition", condition, n)
    owner = _codes("subjects", np.zeros(n) if subjects is None else subjects, n)
    run = _codes("runs", np.zeros(n) if runs is None else runs, n)
    for code in range(int(kind.max()) + 1):
        if len(np.unique(label[kind == code])) > 1:
            found = f"{named[kind == code][0]!s} holds samples of more than one class"
            raise InputError("condition", found, "conditions that belong to one class each")
    _, first, cell = np.unique(
        np.column_stack([owner, run, kind]), axis=0, return_index=True, return_inverse=True
    )
    order = np.argsort(cell.ravel(), kind="stable")
    members = np.split(order, np.cumsum(np.bincount(cell.ravel()))[:-1])
    stratum = (owner * (int(run.max()) + 1) + run)[first]
    return Cells(values, tuple(members), label[first], owner[first], stratum, n_classes)


def group_means(values: Floats, m: int, draws: int | None, rng: np.random.Generator) -> Floats:
    """Average decisions over groups of m samples, drawn without replacement.

    Parameters
    ----------
    values : ndarray of shape (n, n_columns)
        Decisions of one cell.
    m : int
        Samples in a group, at most n.
    draws : int or None
        All possible groups where there are at most this many, else so many at random.
    rng : numpy.random.Generator
        Draws them.

    Returns
    -------
    ndarray of shape (n_groups, n_columns), float64
        The averages.

    Raises
    ------
    InputError
        If draws is less than 1, or all groups are asked for and are over a million.
    """
    if draws is not None and draws < 1:
        raise InputError("draws", str(draws), "at least 1 group a cell, or None for all")
    n = len(values)
    possible = comb(n, m)
    if draws is None and possible > MOST:
        found = f"None, and {possible:.3g} groups of {m} from {n} samples"
        raise InputError("draws", found, f"a number of groups, for over {MOST}")
    if draws is None or possible <= draws:
        groups = np.array(list(combinations(range(n), m)))
    else:
        groups = _drawn(n, m, draws, rng)
    return np.asarray(values[groups].mean(axis=1))


def clustered_interval(
    shares: Floats, weights: Floats, owners: Ints, most: int
) -> tuple[float, tuple[float, float] | None]:
    """Average shares over cells, with a 95 % interval clustered by subject.

    The error of the weighted mean is that of a ratio over subjects; the interval is Wilson's with
    the number of independent tests that has this error (Korn & Graubard 1998, Survey Methodology
    24, 193), at most that of groups without a shared sample, and Student's quantile: it stays
    within 0 … 1 and does not close at 1.

    Parameters
    ----------
    shares, weights : ndarray of shape (n_cells,), float64
        Share of right calls and weight of each cell.
    owners : ndarray of shape (n_cells,), int64
        Subject of each cell.
    most : int
        Groups without a shared sample that there are in all cells.

    Returns
    -------
    value : float
        Weighted mean.
    ci95 : tuple of float or None
        None with fewer than two subjects.
    """
    value = float(np.average(shares, weights=weights))
    _, subject = np.unique(owners, return_inverse=True)
    n_subjects = int(subject.max()) + 1
    if n_subjects < 2:
        return value, None
    off = np.bincount(subject, weights * (shares - value))
    variance = n_subjects / (n_subjects - 1) * float(off @ off) / float(weights.sum()) ** 2
    spread = value * (1 - value)
    tests = spread / variance if variance > 0 and spread > 0 else float(n_subjects)
    tests = min(tests, most)
    square = float(student.ppf(0.975, n_subjects - 1)) ** 2
    center = (value + square / (2 * tests)) / (1 + square / tests)
    half = sqrt(square * (spread / tests + square / (4 * tests**2))) / (1 + square / tests)
    return value, (max(center - half, 0.0), min(center + half, 1.0))


def _drawn(n: int, m: int, draws: int, rng: np.random.Generator) -> Ints:
    """Draw groups without replacement: all at once, unless n is so large that it costs more."""
    if n <= 500:
        return np.argsort(rng.random((draws, n)), axis=1)[:, :m]
    return np.array([rng.choice(n, m, replace=False, shuffle=False) for _ in range(draws)])


def _check_decisions(values: Floats, n_classes: int) -> None:
    """Refuse decisions that do not fit the classes."""
    if n_classes < 2:
        raise InputError("y", f"{n_classes} class", "at least two classes to label")
    shapes = (1, 2) if n_classes == 2 else (n_classes,)
    if values.ndim != 2 or values.shape[1] not in shapes or not np.isfinite(values).all():
        found = f"shape {values.shape}, {n_classes} classes"
        raise InputError("decisions", found, "finite, one column a class (or one for two classes)")


def _codes(name: str, given: ArrayLike, n: int) -> NDArray[Any]:
    """Number the distinct names."""
    values = np.asarray(given)
    if values.shape != (n,):
        raise InputError(name, f"shape {values.shape}", f"one a sample, shape ({n},)")
    return np.unique(values, return_inverse=True)[1].astype(np.int64)
