"""Statistics of single features for many relabellings at once, as matrix products."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints

from .arguments import read_names
from .normalize import finite_matrix
from .targets import read_classes, read_numbers

LEAST_PAIRS = 4  # samples of a subject whose correlation has a Fisher z


@dataclass(frozen=True, slots=True)
class Design:
    """What is tested.

    Attributes
    ----------
    X : ndarray of shape (n, n_features), float64
        Samples that enter, or means of subjects.
    y : ndarray of shape (n,)
        Class codes (int64) or numbers (float64).
    units : tuple of ndarray
        Rows of each subject whose effect is one observation; empty where samples are observations.
    blocks : ndarray of shape (n,), int64
        Labels are exchanged within.
    n_classes : int
        0 for a number.
    name, test : str
        ``"t"`` or ``"F"``; the test in words.
    degrees : tuple of int
        Of freedom.
    """

    X: Floats
    y: NDArray[Any]
    units: tuple[Ints, ...]
    blocks: Ints
    n_classes: int
    name: str = ""
    test: str = ""
    degrees: tuple[int, ...] = ()


def read_design(
    X: ArrayLike,
    y: ArrayLike,
    subjects: ArrayLike | None,
    blocks: ArrayLike | None,
    kind: str | None,
) -> Design:
    """Decide what the observations are: trials, subjects' effects, or subjects' means.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Finite.
    y, subjects, blocks : array-like of shape (n_samples,)
        Target; whose each sample is; what labels are exchanged within. The last two may be None.
    kind : {None, "classes", "number"}
        What y is.

    Returns
    -------
    Design
        With its test.

    Raises
    ------
    InputError
        If the parts do not fit, or are too few for the test.
    """
    data = finite_matrix(X)
    n = len(data)
    values, n_classes = _target(y, kind, n)
    owner = _codes("subjects", subjects, n)
    block = _codes("blocks", blocks, n)
    rows = [np.flatnonzero(owner == s) for s in range(int(owner.max()) + 1)]
    if len(rows) == 1:
        return _named(Design(data, values, (), block, n_classes), "samples")
    if all((values[r] == values[r[0]]).all() for r in rows):
        return _named(_averaged(data, values, rows, block, n_classes), "subjects")
    units = tuple(r for r in rows if _usable(values[r], n_classes))
    if len(units) < 2:
        need = "every class" if n_classes else f"{LEAST_PAIRS} samples and different targets"
        raise InputError("subjects", f"{len(units)} with {need}", "at least two such subjects")
    apart = np.unique(np.column_stack([owner, block]), axis=0, return_inverse=True)[1].ravel()
    kept = np.concatenate(units)
    ends = np.cumsum([len(u) for u in units])[:-1]
    places = tuple(np.split(np.arange(len(kept)), ends))
    return _named(Design(data[kept], values[kept], places, apart[kept], n_classes), "subjects")


def statistics(design: Design, rows: Ints) -> Floats:
    """Return the statistic of each feature for each relabelling.

    Parameters
    ----------
    design : Design
        What is tested.
    rows : ndarray of shape (B, n), int64
        Relabelling b gives the targets ``y[rows[b]]``.

    Returns
    -------
    ndarray of shape (B, n_features), float64
        t or F.
    """
    labels = design.y[rows]
    if design.units:
        return _over_subjects(design, labels)
    if design.n_classes > 2:
        return _one_way(design.X, labels, design.n_classes)
    r = _correlation(design.X, labels.astype(np.float64))
    return r * np.sqrt((len(design.X) - 2) / np.maximum(1 - r**2, 1e-300))


def _target(y: ArrayLike, kind: str | None, n: int) -> tuple[NDArray[Any], int]:
    """Return codes or numbers, and the number of classes."""
    if kind not in (None, "classes", "number"):
        raise InputError("kind", repr(kind), "'classes', 'number' or None")
    given = np.asarray(y)
    broken = given.dtype.kind == "f" and bool((given != np.round(given)).any())
    target = read_numbers(y) if kind == "number" or (kind is None and broken) else read_classes(y)
    if len(target) != n:
        raise InputError("y", f"{len(target)} targets", f"one a sample, {n}")
    return target.values, len(target.labels)


def _codes(name: str, given: ArrayLike | None, n: int) -> Ints:
    """Number names; all the same where there are none."""
    if given is None:
        return np.zeros(n, dtype=np.int64)
    return np.unique(read_names(name, given, n), return_inverse=True)[1].astype(np.int64)


def _usable(y: NDArray[Any], n_classes: int) -> bool:
    """Say whether the samples of one subject have an effect of their own."""
    if n_classes:
        return len(np.unique(y)) == n_classes
    return len(y) >= LEAST_PAIRS and bool((y != y[0]).any())


def _averaged(X: Floats, y: NDArray[Any], rows: list[Ints], block: Ints, n_classes: int) -> Design:
    """Return subjects' means as samples; blocks count where each subject is in one."""
    means = np.array([X[r].mean(axis=0) for r in rows])
    whole = all((block[r] == block[r[0]]).all() for r in rows)
    first = np.array([r[0] for r in rows])
    alike = block[first] if whole and len(np.unique(block)) < len(rows) else 0 * first
    return Design(means, y[first], (), alike, n_classes)


def _named(design: Design, what: str) -> Design:
    """Name the test, with its degrees of freedom; refuse where there are none."""
    n, k = len(design.units) or len(design.y), design.n_classes
    degrees: tuple[int, ...]
    if design.units and k > 2:
        test, degrees = "repeated-measures analysis of variance", (k - 1, (n - 1) * (k - 1))
    elif design.units:
        effect = "mean differences" if k else "correlations (Fisher z)"
        test, degrees = f"one-sample t of within-subject {effect}", (n - 1,)
    elif k > 2:
        test, degrees = "one-way analysis of variance", (k - 1, n - k)
    else:
        test, degrees = "two-sample t" if k else "correlation", (n - 2,)
    if min(degrees) < 1:
        raise InputError("X", f"{n} {what} for a {test}", "more of them than what it estimates")
    name = "F" if k > 2 else "t"
    return replace(design, name=name, test=f"{test} over {n} {what}", degrees=degrees)


def _centered(X: Floats) -> Floats:
    """Take the mean out of each feature; what is left of one that does not vary is 0, exactly."""
    centered = X - X.mean(axis=0)
    centered[:, np.abs(centered).max(axis=0) <= 1e-13 * np.abs(X).max(axis=0)] = 0
    return centered


def _correlation(X: Floats, targets: Floats) -> Floats:
    """Correlate each feature with each relabelled target; 0 where either does not vary."""
    centered = _centered(X)
    off = targets - targets.mean(axis=1, keepdims=True)
    size = np.sqrt((centered**2).sum(axis=0))
    size[size == 0] = np.inf
    spread = np.sqrt((off**2).sum(axis=1, keepdims=True))
    return np.clip(off @ (centered / size) / np.where(spread > 0, spread, np.inf), -1, 1)


def _one_way(X: Floats, labels: Ints, n_classes: int) -> Floats:
    """Return the one-way F of each feature for each relabelling."""
    centered = _centered(X)
    total = (centered**2).sum(axis=0)
    total[total == 0] = np.inf
    between = sum(
        ((labels == k) @ centered) ** 2 / (labels == k).sum(axis=1, keepdims=True)
        for k in range(n_classes)
    )
    share = np.clip(between / total, 0, 1)
    return share / np.maximum(1 - share, 1e-300) * (len(X) - n_classes) / (n_classes - 1)


def _effects(design: Design, X: Floats, labels: NDArray[Any]) -> Floats:
    """Return one subject's effects, (C, B, n_features): C = K class means off their own, or 1."""
    k = design.n_classes
    if k == 0:
        r = _correlation(X, labels)
        return np.asarray(np.arctanh(np.clip(r, -1 + 1e-15, 1 - 1e-15)))[None]
    weights = [(labels == c) / (labels == c).sum(axis=1, keepdims=True) for c in range(k)]
    if k == 2:
        return np.asarray((weights[1] - weights[0]) @ X)[None]
    means = np.array([w @ X for w in weights])
    return means - means.mean(axis=0)


def _over_subjects(design: Design, labels: NDArray[Any]) -> Floats:
    """Return t or the repeated-measures F over the effects of subjects."""
    total: Any = 0.0
    squares: Any = 0.0
    for rows in design.units:
        effect = _effects(design, _centered(design.X[rows]), labels[:, rows])
        total, squares = total + effect, squares + (effect**2).sum(axis=0)
    n = len(design.units)
    explained = (total**2).sum(axis=0) / n
    error = np.maximum(squares - explained, 1e-15 * squares)
    f = explained / np.where(error > 0, error, np.inf) * (n - 1)
    return np.asarray(f if design.n_classes > 2 else np.sign(total[0]) * np.sqrt(f))
