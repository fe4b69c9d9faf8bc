"""Labelling: accuracy when test samples are averaged in groups by condition [science 3.1, K2].

To average test trials by condition one must know the condition, which is what a prediction is to
find. Hu & Iannetti (2016), "Use of Prior Knowledge" and Fig 3, call it labelling: it inflates the
accuracy of a single trial, and is reported apart from it. So is a forced choice between two grouped
samples (K4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dolorimeter.core import InputError

from .closed_form import forced_choice_from_pairs, group_size, labelling_accuracy
from .grouped_decisions import Cells, RandomState, clustered_interval, find_cells, group_means


@dataclass(frozen=True, slots=True)
class LabellingPoint:
    """Accuracy of groups of one size.

    Attributes
    ----------
    m : int
        Samples averaged into one; 1 is the single trial.
    accuracy : float
        Share of groups labelled right; each sample of a cell that has m weighs the same.
    expected : float or None
        The closed form from the single-trial accuracy of the same cells; two classes only.
    tests : int
        Groups drawn. They overlap: this is not a number of independent tests.
    cells, samples : int
        Cells of at least m samples, and the samples in them.
    ci95 : tuple of float or None
        Interval clustered by subject; None with fewer than two subjects.
    """

    m: int
    accuracy: float
    expected: float | None
    tests: int
    cells: int
    samples: int
    ci95: tuple[float, float] | None

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class ForcedChoice:
    """Accuracy of telling which of two grouped samples belongs to the second class.

    Attributes
    ----------
    m : int
        Samples averaged on either side.
    accuracy : float
        Share of pairs in the right order, ties half; with m = 1 the area under the ROC curve
        within subjects (and runs).
    expected : float
        The closed form from the same at m = 1.
    pairs : int
        Pairs of groups compared.
    ci95 : tuple of float or None
        Interval clustered by subject; None with fewer than two subjects.
    """

    m: int
    accuracy: float
    expected: float
    pairs: int
    ci95: tuple[float, float] | None

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def labelling_curve(
    decisions: ArrayLike,
    y: ArrayLike,
    condition: ArrayLike,
    subjects: ArrayLike | None = None,
    runs: ArrayLike | None = None,
    ms: Sequence[int] = (1, 2, 4, 8, 16),
    draws: int | None = 1000,
    random_state: RandomState = None,
) -> tuple[LabellingPoint, ...]:
    """Average held-out decisions in groups of m by condition, and score the averages.

    The decision of a linear decoder on an average of samples is the average of its decisions, so
    single-trial decisions of a cross-validation suffice. That is exact where all samples of a
    group were tested by one decoder (groups within a test fold: give its runs); across folds it
    averages over decoders that differ by a few training samples.

    Parameters
    ----------
    decisions : array-like of shape (n_samples,) or (n_samples, n_classes)
        Held-out linear decisions: one column, above 0 for the second class; or one column a class
        in the sorted order of y, the largest winning.
    y : array-like of shape (n_samples,)
        Class of each sample.
    condition : array-like of shape (n_samples,)
        What samples are grouped by; each condition belongs to one class. The class itself will do.
    subjects, runs : array-like of shape (n_samples,), optional
        Groups never mix subjects, nor runs, where given.
    ms : sequence of int, default (1, 2, 4, 8, 16)
        Sizes of groups. Cells with fewer samples are left out at that size, and counted.
    draws : int or None, default 1000
        Groups drawn at random from each cell that has more; a cell with fewer possible groups
        gives all of them. None: all, always.
    random_state : None, int or numpy.random.Generator
        Draws the groups.

    Returns
    -------
    tuple of LabellingPoint
        One for each m.

    Raises
    ------
    InputError
        If there is one class only, no condition, a condition with two classes, decisions that do
        not fit, or an m larger than any cell.
    """
    cells = find_cells(decisions, y, condition, subjects, runs)
    rng = np.random.default_rng(random_state)
    return tuple(_point(cells, group_size(m), draws, rng) for m in ms)


def forced_choice(
    decisions: ArrayLike,
    y: ArrayLike,
    condition: ArrayLike,
    subjects: ArrayLike | None = None,
    runs: ArrayLike | None = None,
    m: int = 1,
    draws: int | None = 1000,
    random_state: RandomState = None,
) -> ForcedChoice:
    """Compare averages of m samples, one of each class, within subject (and run).

    Parameters
    ----------
    decisions : array-like of shape (n_samples,) or (n_samples, 2)
        Held-out linear decisions of two classes, as for :func:`labelling_curve`.
    y, condition : array-like of shape (n_samples,)
        Class, and what samples are grouped by.
    subjects, runs : array-like of shape (n_samples,), optional
        Groups and pairs never mix subjects, nor runs, where given.
    m : int, default 1
        Samples averaged on either side.
    draws : int or None, default 1000
        As for :func:`labelling_curve`.
    random_state : None, int or numpy.random.Generator
        Draws the groups.

    Returns
    -------
    ForcedChoice
        The share of pairs in the right order, apart from any accuracy.

    Raises
    ------
    InputError
        As for :func:`labelling_curve`; or if there are more than two classes, or no subject (and
        run) with m samples of either.
    """
    cells = find_cells(decisions, y, condition, subjects, runs)
    if cells.n_classes != 2:
        raise InputError("y", f"{cells.n_classes} classes", "two classes to choose between")
    rng = np.random.default_rng(random_state)
    usable = _paired(cells, group_size(m))
    accuracy, pairs, weights, owners = _compare(cells, usable, m, draws, rng)
    single, _, weights_single, _ = _compare(cells, usable, 1, draws, rng)
    at_one = float(np.average(single, weights=weights_single))
    expected = forced_choice_from_pairs(at_one, m)
    apart = sum(min(len(cells.members[i]) for i in pair) // m for pair in usable)
    value, ci95 = clustered_interval(accuracy, weights, owners, apart)
    return ForcedChoice(m, value, expected, int(pairs.sum()), ci95)


def _point(cells: Cells, m: int, draws: int | None, rng: np.random.Generator) -> LabellingPoint:
    """Score groups of m in all cells that have m samples."""
    usable = cells.of_size(m)
    hits, single, tests = [], [], 0
    for cell in usable:
        means = group_means(cells.values[cells.members[cell]], m, draws, rng)
        hits.append(cells.credit(means, cell).mean())
        single.append(cells.credit(cells.values[cells.members[cell]], cell).mean())
        tests += len(means)
    sizes = np.array([len(cells.members[cell]) for cell in usable], dtype=np.float64)
    apart = int((sizes // m).sum())
    value, ci95 = clustered_interval(np.array(hits), sizes, cells.subject[usable], apart)
    expected = None
    if cells.n_classes == 2:
        expected = labelling_accuracy(float(np.average(single, weights=sizes)), m)
    return LabellingPoint(m, value, expected, tests, len(usable), int(sizes.sum()), ci95)


def _paired(cells: Cells, m: int) -> list[tuple[int, int]]:
    """Return pairs of cells, first and second class, of one subject and run."""
    usable = cells.of_size(m)
    pairs = [
        (a, b)
        for a in usable
        for b in usable
        if cells.label[a] < cells.label[b] and cells.stratum[a] == cells.stratum[b]
    ]
    if not pairs:
        rule = f"a subject (and run) with {m} samples of either class"
        raise InputError("m", str(m), rule, "Choose a smaller m, or group over runs.")
    return pairs


def _compare(
    cells: Cells, usable: list[tuple[int, int]], m: int, draws: int | None, rng: Any
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return for each pair of cells its share of right orders, pairs of groups, weight, owner."""
    shares, counts, weights = [], [], []
    for pair in usable:
        low, high = (group_means(cells.score(cell), m, draws, rng)[:, 0] for cell in pair)
        ordered = np.sort(low)
        below = np.searchsorted(ordered, high, "left") + np.searchsorted(ordered, high, "right")
        shares.append(below.sum() / (2 * len(low) * len(high)))
        counts.append(len(low) * len(high))
        weights.append(np.prod([len(cells.members[cell]) for cell in pair]))
    owners = cells.subject[[a for a, _ in usable]]
    return np.array(shares), np.array(counts), np.array(weights, dtype=np.float64), owners
