"""What a pattern must beat: bulk amplitude alone, and each feature alone [science 3.1, N5].

Hu & Iannetti (2016), Box 1 and "Objective 1": a decoder says more than a mean response, or than a
mass-univariate map, only where it was compared with them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats

from .normalize import amplitude
from .relabelling import RandomState, relabellings
from .univariate import Design, read_design, statistics

LEVEL = 0.05
BYTES = 2**25  # of one array of statistics, relabellings by features


@dataclass(frozen=True, slots=True)
class UnivariateMap:
    """One test a feature, corrected for all features by the largest statistic.

    Attributes
    ----------
    statistic : ndarray of shape (n_features,), float64
        t (above 0: larger in the second class, or rising with the number) or F. 0 where a feature
        does not vary.
    name : str
        ``"t"`` or ``"F"``.
    test : str
        Which test, in words, and over how many units.
    degrees : tuple of int
        Degrees of freedom.
    p_max : ndarray of shape (n_features,), float64, or None
        ``(1 + #{largest >= |statistic|}) / (1 + B)`` over B relabellings; None without.
    null_largest : ndarray of shape (B,), float64
        Largest \\|t\\| or F over the features, of each relabelling.
    threshold : float or None
        What \\|t\\| or F must exceed for ``p_max <= 0.05``; None where B < 19.
    """

    statistic: Floats
    name: str
    test: str
    degrees: tuple[int, ...]
    p_max: Floats | None
    null_largest: Floats
    threshold: float | None

    @property
    def n_above(self) -> int:
        """Number of features with ``p_max <= 0.05``."""
        return 0 if self.p_max is None else int((self.p_max <= LEVEL).sum())


def bulk_amplitude(X: ArrayLike, features: str = "mean") -> Floats:
    """Return the bulk amplitude as features, to be cross-validated on the folds of the pattern.

    Give :func:`~dolorimeter.decoding.cross_validate` the same scheme and groups, and
    ``regularization=0``: one or two features need no penalty, and without it their unit does not
    matter.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Samples before normalization, in any unit.
    features : {"mean", "both"}, default "mean"
        The mean over features; or the mean and the standard deviation (ddof 0).

    Returns
    -------
    ndarray of shape (n_samples, 1) or (n_samples, 2), float64
        In the unit of X.

    Raises
    ------
    InputError
        If a value is not finite or ``features`` is another word.
    """
    if features not in ("mean", "both"):
        raise InputError("features", repr(features), "'mean' or 'both'")
    return amplitude(X)[:, : 1 if features == "mean" else 2]


def univariate_map(
    X: ArrayLike,
    y: ArrayLike,
    subjects: ArrayLike | None = None,
    blocks: ArrayLike | None = None,
    permutations: int = 1000,
    random_state: RandomState = None,
    kind: str | None = None,
) -> UnivariateMap:
    """Test each feature alone, subjects respected.

    With several subjects who have all classes: within-subject mean differences, one-sample t over
    subjects (three classes or more: repeated-measures F); a number: within-subject correlations,
    Fisher's z, one-sample t. Where the target is constant within subjects, subjects are averaged
    and compared: two-sample t with pooled variance, one-way F, or correlation. Within one subject
    the same over trials. All two-sided.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Finite, in any unit.
    y : array-like of shape (n_samples,)
        Classes or numbers.
    subjects : array-like of shape (n_samples,), optional
        Whose each sample is; None: one subject.
    blocks : array-like of shape (n_samples,), optional
        Labels are exchanged within equal blocks (runs), and never across subjects unless subjects
        are what is compared.
    permutations : int, default 1000
        B.
    random_state : None, int or numpy.random.Generator
        Draws the relabellings.
    kind : {None, "classes", "number"}
        What y is; None: numbers that are not all whole are a number to predict.

    Returns
    -------
    UnivariateMap
        Statistics and their corrected p-values.

    Raises
    ------
    InputError
        If shapes disagree, a value is not finite, there is one class only, there are too few
        subjects or trials for the test, or nothing can be exchanged.
    """
    design = read_design(X, y, subjects, blocks, kind)
    observed = statistics(design, np.arange(len(design.y))[None])[0]
    rows = relabellings(design.y, permutations, random_state, design.blocks)
    null = _largest(design, rows)
    p_max = None
    if permutations:
        at_least = len(null) - np.searchsorted(np.sort(null), _size(observed) * (1 - 1e-10))
        p_max = (1 + at_least) / (1 + len(null))
    return UnivariateMap(
        observed, design.name, design.test, design.degrees, p_max, null, _threshold(null)
    )


def _size(values: Floats) -> Floats:
    """Return how far statistics are from 0: both tails of t, the upper one of F."""
    return np.abs(values)


def _largest(design: Design, rows: np.ndarray) -> Floats:
    """Return the largest statistic of each relabelling, a block of them at a time."""
    step = max(1, BYTES // (8 * design.X.shape[1]))
    parts = [
        _size(statistics(design, rows[start : start + step])).max(axis=1)
        for start in range(0, len(rows), step)
    ]
    return np.concatenate(parts) if parts else np.empty(0)


def _threshold(null: Floats) -> float | None:
    """Return what a statistic must exceed so that at most 5 % of relabellings reach it."""
    reach = int(np.floor(LEVEL * (1 + len(null)) + 1e-9)) - 1
    return None if reach < 0 else float(np.sort(null)[::-1][reach])
