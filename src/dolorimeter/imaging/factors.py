"""Factors within subjects: main effects, interaction and simple effects as contrasts of maps."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats

from .group import GroupMap, group_test
from .group_model import check_maps, flat_voxels

ERRORS = ("contrast", "pooled")


@dataclass(frozen=True, slots=True)
class Factorial:
    """Contrasts over people of maps that each person has in several conditions.

    Attributes
    ----------
    tests : mapping of str to GroupMap
        By name of the contrast; each one-sided, for an effect above 0.
    maps : mapping of str to ndarray of shape (n, v), float64
        Each person's map of the contrast: what a permutation test takes.
    weights : mapping of str to ndarray of shape (k,), float64
        Of the conditions.
    conditions : tuple of str
        Their names, in the order of the weights.
    error : {"contrast", "pooled"}
        What effects within subjects are tested against.
    """

    tests: Mapping[str, GroupMap]
    maps: Mapping[str, Floats]
    weights: Mapping[str, Floats]
    conditions: tuple[str, ...]
    error: str


def one_factor(maps: Mapping[str, ArrayLike], error: str = "contrast") -> Factorial:
    """Compare maps of several conditions within people.

    For the second model of the paper: relief-related and exacerbation-related error, each, both
    and their difference [science 2.4].

    Parameters
    ----------
    maps : mapping of str to array-like of shape (n, v)
        By condition, at least two; people in the same order.
    error : {"contrast", "pooled"}
        As in :func:`two_factor`.

    Returns
    -------
    Factorial
        Contrasts ``"A"`` (each condition), ``"mean"`` (of all) and ``"A - B"`` (each pair).

    Raises
    ------
    InputError
        If there is one condition, or shapes differ.
    """
    names = list(maps)
    one = np.eye(len(names))
    weights = {name: one[i] for i, name in enumerate(names)}
    weights["mean"] = np.full(len(names), 1 / len(names))
    for i, j in combinations(range(len(names)), 2):
        weights[f"{names[i]} - {names[j]}"] = one[i] - one[j]
    return _test_all(_stack({name: maps[name] for name in names}), tuple(names), weights, error)


def two_factor(
    maps: Mapping[tuple[Hashable, Hashable], ArrayLike], error: str = "contrast"
) -> Factorial:
    """Analyze two crossed factors within people, subjects being the random factor.

    Every effect is a contrast with one degree of freedom: of two levels there is one, of more
    levels one for each pair. There is no omnibus F.

    Parameters
    ----------
    maps : mapping of (level of the first factor, of the second) to array-like of shape (n, v)
        Every combination; people in the same order.
    error : {"contrast", "pooled"}
        Test each contrast against its own variation over people (a paired test, valid whatever
        the covariances between conditions), or effects within subjects against the variation
        pooled over all conditions after removing subjects and conditions, as SPM's factorial
        designs do: more degrees of freedom, ``(n - 1)(k - 1)``, but valid only if all differences
        between conditions vary alike (sphericity).

    Returns
    -------
    Factorial
        Contrasts ``"a1 - a2"`` (main effect: mean over the other factor), ``"b1 - b2"``,
        ``"a1 - a2, b1 - b2"`` (interaction: difference of the differences),
        ``"a1 - a2 | b1"`` (simple), ``"a1, b1"`` (each) and ``"mean"``.

    Raises
    ------
    InputError
        If a combination is missing, a factor has one level, a name names two things, or shapes
        differ.
    """
    first = list(dict.fromkeys(a for a, _ in maps))
    second = list(dict.fromkeys(b for _, b in maps))
    for a in first:
        for b in second:
            if (a, b) not in maps:
                raise InputError("maps", f"none for {(a, b)}", "one for every combination")
    if set(map(str, first)) & set(map(str, second)):
        found = f"{sorted(set(map(str, first)) & set(map(str, second)))[0]!r} in both factors"
        raise InputError("maps", found, "names of levels that tell the factors apart")
    ordered = {f"{a}, {b}": maps[a, b] for a in first for b in second}
    weights = _two_factor_weights([str(a) for a in first], [str(b) for b in second])
    return _test_all(_stack(ordered), tuple(ordered), weights, error)


def _two_factor_weights(first: list[str], second: list[str]) -> dict[str, Floats]:
    """Return the weights of all contrasts over the conditions in C order."""
    mean_first = np.full(len(first), 1 / len(first))
    mean_second = np.full(len(second), 1 / len(second))
    of_first, of_second = _pairs(first), _pairs(second)
    each_first = dict(zip(first, np.eye(len(first)), strict=True))
    each_second = dict(zip(second, np.eye(len(second)), strict=True))
    weights = {name: np.kron(w, mean_second) for name, w in of_first.items()}
    weights |= {name: np.kron(mean_first, w) for name, w in of_second.items()}
    for a, u in of_first.items():
        weights |= {f"{a}, {b}": np.kron(u, w) for b, w in of_second.items()}
        weights |= {f"{a} | {b}": np.kron(u, w) for b, w in each_second.items()}
    for a, u in each_first.items():
        weights |= {f"{b} | {a}": np.kron(u, w) for b, w in of_second.items()}
        weights |= {f"{a}, {b}": np.kron(u, w) for b, w in each_second.items()}
    weights["mean"] = np.kron(mean_first, mean_second)
    return weights


def _pairs(levels: list[str]) -> dict[str, Floats]:
    """Return the differences between pairs of levels."""
    one = np.eye(len(levels))
    return {
        f"{levels[i]} - {levels[j]}": one[i] - one[j]
        for i, j in combinations(range(len(levels)), 2)
    }


def _stack(maps: Mapping[str, ArrayLike]) -> Floats:
    """Return maps of all conditions, (k, n, v)."""
    data = [check_maps(values, f"maps {name!r}") for name, values in maps.items()]
    if len(data) < 2:
        raise InputError("maps", f"{len(data)} condition", "at least two")
    for name, values in zip(maps, data, strict=True):
        if values.shape != data[0].shape:
            rule = f"that of the first condition, {data[0].shape}"
            raise InputError(f"maps {name!r}", f"shape {values.shape}", rule)
    return np.stack(data)


def _test_all(
    data: Floats, conditions: tuple[str, ...], weights: Mapping[str, Floats], error: str
) -> Factorial:
    """Test every contrast."""
    if error not in ERRORS:
        raise InputError("error", repr(error), f"one of {', '.join(ERRORS)}")
    maps = {name: np.tensordot(w, data, axes=1) for name, w in weights.items()}
    tests = {name: _own_error(name, values) for name, values in maps.items()}
    if error == "pooled":
        variance, df = _pooled(data)
        for name, w in weights.items():
            if abs(w.sum()) < 1e-12:  # within subjects: what all conditions share cancels
                spread = variance * float(w @ w) / data.shape[1]
                tests[name] = GroupMap.of(maps[name].mean(axis=0), spread, df, data.shape[1], name)
    return Factorial(tests, maps, dict(weights), conditions, error)


def _own_error(name: str, maps: Floats) -> GroupMap:
    """Test a contrast against its own variation over people."""
    own = group_test(maps)
    return GroupMap.of(own.effect, own.variance, own.df, own.n_subjects, name)


def _pooled(data: Floats) -> tuple[Floats, int]:
    """Return the variance of what subjects and conditions leave, and its degrees of freedom."""
    k, n, n_voxels = data.shape
    rest = data - data.mean(axis=0) - data.mean(axis=1, keepdims=True)
    rest += data.mean(axis=(0, 1))
    squares = np.sum(rest**2, axis=(0, 1))
    squares[flat_voxels(data.reshape(k * n, n_voxels), squares)] = 0.0
    df = (n - 1) * (k - 1)
    return squares / df, df
