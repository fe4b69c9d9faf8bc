"""Contrasts by name, and their fixed-effects combination over the runs of one person."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats

LEAST_P = 1e-300  # nilearn's: z stays finite
SHOWN = 12  # columns in a message; runs may have hundreds, confounds and spikes


@dataclass(frozen=True, slots=True)
class ContrastMap:
    """A contrast at every voxel, over the runs of one person.

    Attributes
    ----------
    effect : ndarray of shape (v,)
        Mean over runs, in the unit of the scaled data per unit of the regressor.
    variance : ndarray of shape (v,)
        Sum of the runs' variances over their number squared.
    t, z : ndarray of shape (v,)
        Effect over its standard error, and the standard normal quantile of the same tail; 0 where
        the model leaves no residual (a constant voxel).
    df : int
        Degrees of freedom, summed over runs.
    runs : tuple of int
        The runs that have all columns of the contrast; the others do not enter.
    """

    effect: Floats
    variance: Floats
    t: Floats
    z: Floats
    df: int
    runs: tuple[int, ...]


def combine_runs(
    effects: Sequence[Floats], variances: Sequence[Floats], df: int, runs: Sequence[int]
) -> ContrastMap:
    """Combine the runs as nilearn's ``FirstLevelModel.compute_contrast`` does.

    Parameters
    ----------
    effects, variances : sequence of ndarray of shape (v,)
        One for each run.
    df : int
        Sum of the runs' degrees of freedom.
    runs : sequence of int
        Which they are.

    Returns
    -------
    ContrastMap
        Every run weighs the same, whatever its length.
    """
    effect, variance, t = fixed_effects(effects, variances)
    tail = np.maximum(special.stdtr(df, -np.abs(t)), LEAST_P)
    return ContrastMap(effect, variance, t, -np.sign(t) * special.ndtri(tail), df, tuple(runs))


def fixed_effects(
    effects: Sequence[Floats], variances: Sequence[Floats]
) -> tuple[Floats, Floats, Floats]:
    """Average runs.

    Parameters
    ----------
    effects, variances : sequence of ndarray
        One for each run, of one shape.

    Returns
    -------
    effect, variance, t : ndarray
        Mean, its variance, and their t: 0 where there is no variance.
    """
    effect = np.mean(effects, axis=0)
    variance = np.sum(variances, axis=0) / len(variances) ** 2
    t = np.zeros_like(effect)
    np.divide(effect, np.sqrt(variance), out=t, where=variance > 0.0)
    return effect, variance, t


def contrast_rows(
    contrasts: Mapping[str, Mapping[str, float]], names: Sequence[Sequence[str]]
) -> dict[str, dict[int, Floats]]:
    """Turn contrasts by name into weights of each run's columns.

    Parameters
    ----------
    contrasts : mapping of str to mapping of str to float
        For each contrast its columns and their weights.
    names : sequence of sequence of str
        Column names of each run.

    Returns
    -------
    dict of str to dict of int to ndarray of shape (k,)
        For each contrast the runs that have all its columns, and the weights there.

    Raises
    ------
    InputError
        If a contrast is empty or no run has all its columns.
    """
    return {name: _rows_of(name, weights, names) for name, weights in contrasts.items()}


def _rows_of(
    contrast: str, weights: Mapping[str, float], names: Sequence[Sequence[str]]
) -> dict[int, Floats]:
    """Return the weights of one contrast in the runs that can estimate it."""
    where = f"contrast {contrast!r}"
    for column, weight in weights.items():
        if not np.isfinite(weight):
            raise InputError(where, f"weight {weight} of {column!r}", "finite numbers")
    used = {column: float(weight) for column, weight in weights.items() if weight != 0.0}
    if not used:
        raise InputError(where, "no weights", "columns with weights other than 0")
    rows = {}
    for run, columns in enumerate(names):
        if all(column in columns for column in used):
            rows[run] = np.array([used.get(column, 0.0) for column in columns])
    if not rows:
        known = list(dict.fromkeys(column for columns in names for column in columns))
        for column in used:
            if column not in known:
                same = [name for name in known if name.casefold() == column.casefold()]
                near = same or difflib.get_close_matches(column, known, 1, 0.5)
                remedy = f"Did you mean {near[0]!r}?" if near else ""
                more = f", and {len(known) - SHOWN} more" if len(known) > SHOWN else ""
                rule = f"one of {', '.join(known[:SHOWN])}{more}"
                raise InputError(where, f"column {column!r}, in no run", rule, remedy)
        found = f"columns {', '.join(map(repr, used))}, in no run together"
        raise InputError(where, found, "a run that has all of them")
    return rows
