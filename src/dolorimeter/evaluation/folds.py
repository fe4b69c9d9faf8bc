"""Folds of whole stays or whole patients, balanced by class as far as the groups allow.

Groups are dealt one after another, large ones first, each to the fold that so far holds least of
what the group brings. scikit-learn's StratifiedGroupKFold asks for one row a label, deals nearly
the same folds whatever the random state, and may leave a fold empty; this rule does neither, and
deals thousands of replicates at once for the paper's null models (science 1.6).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dolorimeter.core import Folds, InputError
from dolorimeter.core.containers import Floats, Ints

UNITS = ("stay", "patient")
NumberOfFolds = int | Literal["leave-one-out"]
RandomState = int | np.random.Generator | None


def make_folds(
    groups: ArrayLike,
    names: ArrayLike,
    n_folds: NumberOfFolds,
    unit: str = "patient",
    class_counts: ArrayLike | None = None,
    random_state: RandomState = None,
) -> Folds:
    """Split sequences into test sets that keep stays or patients whole [science 1.7].

    The folds depend on the names of sequences and groups, not on the order of the rows.

    Parameters
    ----------
    groups : array-like of shape (n_sequences,)
        Patient of each sequence.
    names : array-like of shape (n_sequences,)
        Name of each sequence (its stay), unique.
    n_folds : int or "leave-one-out"
        Number of test sets; ``"leave-one-out"`` tests one unit at a time.
    unit : {"patient", "stay"}
        What is never split between training and test.
    class_counts : array-like of shape (n_sequences, n_classes), optional
        Labels of each class in each sequence; folds are balanced in every column (those of
        several tasks may stand side by side). Without it in the number of sequences alone.
    random_state : None, int or numpy.random.Generator
        Decides between the many balanced splits.

    Returns
    -------
    Folds
        No test set is empty. Some may still lack a class where few units hold it.

    Raises
    ------
    InputError
        If there are fewer units than folds, fewer than two folds, names that repeat, or shapes
        that disagree.
    """
    members, n_units = _units(np.asarray(groups), np.asarray(names), unit)
    counts = _counts(class_counts, len(members))
    size = number_of_folds(n_folds, n_units, unit)
    if n_folds == "leave-one-out":
        fold = members
    else:
        load = unit_loads(counts, members, n_units)
        fold = deal_units(load, size, 1, np.random.default_rng(random_state))[0][members]
    test = tuple(np.flatnonzero(fold == f) for f in range(size))
    return Folds.of(test, unit, np.asarray(names).astype(str))


def number_of_folds(n_folds: NumberOfFolds, n_units: int, unit: str) -> int:
    """Return the number of folds as a number.

    Parameters
    ----------
    n_folds : int or "leave-one-out"
        As the user gave it.
    n_units : int
        How many units there are.
    unit : str
        What they are, for the message.

    Returns
    -------
    int
        n_folds, or n_units for ``"leave-one-out"``.

    Raises
    ------
    InputError
        If it is another word, less than 2, or more than the units.
    """
    size = n_units if n_folds == "leave-one-out" else n_folds
    if not isinstance(size, int | np.integer) or size < 2:
        raise InputError("n_folds", repr(size), "at least 2, or 'leave-one-out'")
    if n_units < size:
        raise InputError(
            "n_folds",
            f"{size} folds of {n_units} {unit}s",
            f"at least one {unit} a fold",
            "Ask for fewer folds, or bring more data.",
        )
    return int(size)


def unit_loads(counts: Floats, members: Ints, n_units: int) -> Floats:
    """Sum counts within units and scale each column to the sum 1.

    Parameters
    ----------
    counts : ndarray of shape (n_sequences, n_columns)
        What each sequence brings.
    members : ndarray of shape (n_sequences,)
        Unit of each sequence, 0 … n_units - 1.
    n_units : int
        Number of units.

    Returns
    -------
    ndarray of shape (n_units, n_columns + 1)
        Shares of each column's total; the last column counts sequences, so that sequences
        without any label are spread too.
    """
    columns = np.column_stack([counts, np.ones(len(members))])
    summed = np.zeros((n_units, columns.shape[1]))
    np.add.at(summed, members, columns)
    return summed / np.maximum(summed.sum(axis=0), 1.0)


def deal_units(load: Floats, n_folds: int, n_draws: int, rng: np.random.Generator) -> Ints:
    """Deal units to folds, many times independently.

    Each unit goes to the fold f with the least ``load[unit] . held[f]``, which is the one that
    adds least to the folds' sum of squared loads. An empty fold has 0 and is filled first.

    Parameters
    ----------
    load : ndarray of shape (n_units, n_columns)
        From :func:`unit_loads`.
    n_folds : int
        Number of folds, at most n_units.
    n_draws : int
        Number of replicates.
    rng : numpy.random.Generator
        Draws the order: sizes times a factor uniform in [1/2, 1], descending. Without the factor
        every random state would give one and the same split.

    Returns
    -------
    ndarray of shape (n_draws, n_units)
        Fold of each unit.
    """
    n_units, n_columns = load.shape
    size = np.linalg.norm(load, axis=1)
    order = np.argsort(-size * rng.uniform(0.5, 1.0, (n_draws, n_units)), axis=1, kind="stable")
    held = np.zeros((n_draws, n_columns, n_folds))
    fold = np.empty((n_draws, n_units), dtype=np.int64)
    draw = np.arange(n_draws)
    for unit in order.T:
        brought = load[unit]
        chosen = (brought[:, None, :] @ held)[:, 0, :].argmin(axis=1)
        held[draw, :, chosen] += brought
        fold[draw, unit] = chosen
    return fold


def _units(groups: NDArray, names: NDArray, unit: str) -> tuple[Ints, int]:  # type: ignore[type-arg]
    """Return the unit of each sequence, numbered in the order of the units' names."""
    if unit not in UNITS:
        raise InputError("unit", repr(unit), " or ".join(map(repr, UNITS)))
    if groups.shape != names.shape or names.ndim != 1:
        raise InputError("groups", f"shape {groups.shape}", f"one a sequence, {names.shape}")
    unique, of_name = np.unique(names, return_inverse=True)
    if len(unique) < len(names):
        repeated = unique[np.bincount(of_name) > 1][0]
        raise InputError("names", f"{str(repeated)!r} twice", "a name of its own for each sequence")
    if unit == "stay":
        return of_name, len(unique)
    patients, of_patient = np.unique(groups, return_inverse=True)
    return of_patient, len(patients)


def _counts(class_counts: ArrayLike | None, n_sequences: int) -> Floats:
    counts = np.zeros((n_sequences, 0)) if class_counts is None else np.asarray(class_counts, float)
    if counts.ndim != 2 or len(counts) != n_sequences:
        raise InputError("class_counts", f"shape {counts.shape}", f"({n_sequences}, n_classes)")
    return counts
