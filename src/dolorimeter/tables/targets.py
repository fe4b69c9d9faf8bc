"""The three classification tasks: labels of windows and the reference of the vitals."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints

from .schema import Cohort
from .standardize import standardize, standardize_causally

# Window means are sums of decimals divided: values closer than this are the same pain.
_TIE = 1e-9
_THREE_CHANGES = ("decrease", "no change", "increase")
_FIVE_CHANGES = (
    "large decrease",
    "slight decrease",
    "no change",
    "slight increase",
    "large increase",
)


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be inferred from the vitals of a window.

    Attributes
    ----------
    task : str
        ``"direct"``: the pain score cut into classes. ``"median-referenced"``: below, at or above
        the median of the stay's window means. ``"difference"``: change to the next window.
        Panaggio et al. (2021), section 2.1.
    cuts : tuple of float, default (4.0, 7.0)
        Direct task: a score equal to a cut belongs to the class above it; any number of cuts,
        rising, in (0, 10].
    reference : str, default "stay"
        Median-referenced task: ``"stay"`` takes the median, and the mean and deviation of the
        vitals, over the whole stay, its future included (the paper's task). ``"causal"`` takes
        them over the windows strictly before.
    direction : str, default "next"
        Difference task: ``"next"`` labels a window by the score of the next less its own,
        ``"previous"`` by its own less that of the one before.
    large : float, optional
        Difference task: with it there are five classes, and changes of at least this size are
        large. In (0, 10].

    Raises
    ------
    InputError
        If an option has another value than these.
    """

    task: Literal["direct", "median-referenced", "difference"]
    cuts: tuple[float, ...] = (4.0, 7.0)
    reference: Literal["stay", "causal"] = "stay"
    direction: Literal["next", "previous"] = "next"
    large: float | None = None

    def __post_init__(self) -> None:
        _require_one_of("task", self.task, ("direct", "median-referenced", "difference"))
        _require_one_of("reference", self.reference, ("stay", "causal"))
        _require_one_of("direction", self.direction, ("next", "previous"))
        object.__setattr__(self, "cuts", tuple(float(cut) for cut in self.cuts))
        edges = np.array([0.0, *self.cuts])
        if not (len(edges) > 1 and (np.diff(edges) > 0).all() and edges[-1] <= 10):
            raise InputError("cuts", str(self.cuts), "one or more rising values in (0, 10]")
        if self.large is not None and not 0 < self.large <= 10:
            raise InputError("large", str(self.large), "a change in (0, 10]")

    @property
    def class_names(self) -> tuple[str, ...]:
        """Names of the classes 0, 1, …, from least to most pain."""
        if self.task == "median-referenced":
            return ("below", "at", "above")
        if self.task == "direct":
            return _direct_names(self.cuts)
        return _THREE_CHANGES if self.large is None else _FIVE_CHANGES

    @property
    def report_delay(self) -> int | None:
        """Windows until a label is known: at t those up to ``t - report_delay`` are.

        A label is known once every report that went into it lies strictly before t. None where it
        rests on the whole stay and so is never known in time.
        """
        if self.task == "median-referenced":
            return 1 if self.reference == "causal" else None
        return 2 if self.task == "difference" and self.direction == "next" else 1


def label_windows(cohort: Cohort, target: Target) -> Ints:
    """Label each window of a cohort.

    Parameters
    ----------
    cohort : Cohort
        Windows with their mean pain score.
    target : Target
        The task and its options.

    Returns
    -------
    ndarray of shape (n_windows,), int64
        Index into ``target.class_names``; -1 where the class is unknown: no report in the
        window, none in the neighboring window (difference), none before it (causal reference).
    """
    pain, offsets = cohort.pain, cohort.offsets
    if target.task == "direct":
        labels = np.searchsorted(np.array(target.cuts), pain, side="right")
        return np.where(np.isnan(pain), -1, labels).astype(np.int64)
    if target.task == "difference":
        return _change_classes(_changes(pain, offsets, target.direction), target.large)
    reference = _each_stay(_running_median if target.reference == "causal" else _median)
    distance = pain - reference(pain, offsets)
    return _change_classes(distance, None)


def reference_vitals(vitals: Floats, offsets: Ints, target: Target) -> Floats:
    """Return the vitals that a task is to be inferred from.

    As measured for direct and difference. For median-referenced each vital is standardized
    within its stay to mean 0 and (population) deviation 1: over the whole stay, or, with the
    causal reference, by the mean and deviation of the windows strictly before, from the third
    observation on. A vital that does not vary there (its range is within 1e-9 of its size) is
    missing.

    Parameters
    ----------
    vitals : ndarray of shape (n_windows, n_vitals)
        Window means in the units of the vitals, NaN where not observed.
    offsets : ndarray of shape (n_stays + 1,)
        Stay i holds the windows ``offsets[i]:offsets[i + 1]``.
    target : Target
        The task and its options.

    Returns
    -------
    ndarray of shape (n_windows, n_vitals)
        A new array; NaN where not observed or without reference.
    """
    if target.task != "median-referenced":
        return vitals.copy()
    causal = target.reference == "causal"
    return _each_stay(standardize_causally if causal else standardize)(vitals, offsets)


def _each_stay(function: Callable[[Floats], Floats]) -> Callable[[Floats, Ints], Floats]:
    """Apply a function to the windows of one stay after the other."""

    def apply(values: Floats, offsets: Ints) -> Floats:
        result = np.empty_like(values)
        for start, end in pairwise(offsets):
            result[start:end] = function(values[start:end])
        return result

    return apply


def _median(pain: Floats) -> Floats:
    """Median of the stay, at each window."""
    known = pain[~np.isnan(pain)]
    return np.full(len(pain), np.median(known) if len(known) else np.nan)


def _running_median(pain: Floats) -> Floats:
    """Median of the reports strictly before each window."""
    earlier: list[float] = []
    medians = np.full(len(pain), np.nan)
    for t, score in enumerate(pain):
        if earlier:
            half = len(earlier) // 2
            medians[t] = (earlier[half] + earlier[-half - 1]) / 2
        if not np.isnan(score):
            insort(earlier, score)
    return medians


def _changes(pain: Floats, offsets: Ints, direction: str) -> Floats:
    """Change of pain to the next window or from the one before; NaN across the ends of stays."""
    change = np.full(len(pain), np.nan)
    change[:-1] = pain[1:] - pain[:-1]
    change[offsets[1:] - 1] = np.nan
    return change if direction == "next" else np.concatenate([[np.nan], change[:-1]])


def _change_classes(change: Floats, large: float | None) -> Ints:
    """Class of a signed distance: fall, tie, rise, each change large or slight if so wished."""
    signs = np.where(np.abs(change) <= _TIE, 0.0, np.sign(change))
    if large is not None:
        signs = signs * np.where(np.abs(change) >= large - _TIE, 2, 1)
    middle = 1 if large is None else 2
    return np.where(np.isnan(change), -1, np.nan_to_num(signs) + middle).astype(np.int64)


def _direct_names(cuts: tuple[float, ...]) -> tuple[str, ...]:
    """Words for two and three classes, ranges for more."""
    if len(cuts) == 1:
        return ("low", "high")
    if len(cuts) == 2:
        return ("low", "medium", "high")
    between = [f"{a:g} to {b:g}" for a, b in pairwise(cuts)]
    return (f"below {cuts[0]:g}", *between, f"{cuts[-1]:g} and above")


def _require_one_of(where: str, found: str, allowed: tuple[str, ...]) -> None:
    if found not in allowed:
        raise InputError(where, repr(found), f"one of {', '.join(allowed)}")
