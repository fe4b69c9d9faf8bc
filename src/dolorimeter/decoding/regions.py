"""One decoder a region, on shared folds and relabellings, corrected by the maximum over regions."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints

from .arguments import read_features
from .discriminant import Priors
from .evaluating import HeldOut, evaluate
from .fast_cv import make_plan
from .relabelling import RandomState, relabelling_p
from .results import RegionsCrossValidated


def cross_validate_regions(
    X: ArrayLike,
    y: ArrayLike,
    regions: ArrayLike,
    scheme: str = "leave-one-trial-out",
    groups: ArrayLike | None = None,
    estimator: Any = "lda",
    regularization: float = 1.0,
    permutations: int = 0,
    random_state: RandomState = None,
    *,
    blocks: ArrayLike | None = None,
    exchange: str = "within",
    metric: str | None = None,
    priors: Priors = None,
    n_threads: int = 1,
) -> RegionsCrossValidated:
    """Cross-validate each region by itself, as :func:`cross_validate` does.

    Each relabelling is the same for all regions, so that its largest score is the null of the
    largest score: ``p_max`` holds for all regions together, however they depend on each other.

    Parameters
    ----------
    X : array-like of shape (n, p)
        Samples by features, finite.
    y : array-like of shape (n,)
        Classes or numbers.
    regions : array-like of shape (p,), int
        Region of each feature; negative: in none.
    scheme : str
        See :func:`make_scheme`.
    groups : array-like of shape (n,), optional
        What is left out together.
    estimator : {"lda", "ridge"} or scikit-learn estimator
        As for :func:`cross_validate`.
    regularization : float, default 1.0
        The same for all regions.
    permutations : int, default 0
        How many relabellings make the null.
    random_state : None, int or numpy.random.Generator
        Draws them.
    blocks : array-like of shape (n,), optional
        Within (or between) which labels are exchanged.
    exchange : {"within", "whole"}
        Whether labels move within blocks or whole blocks of labels move.
    metric : str, optional
        As for :func:`cross_validate`.
    priors : None, "empirical", "equal" or array-like of shape (K,)
        As for :func:`cross_validate`.
    n_threads : int, default 1
        Regions worked on at a time; the result does not depend on it.

    Returns
    -------
    RegionsCrossValidated
        Score, null and both p-values of each region.

    Raises
    ------
    InputError
        As :func:`cross_validate`, or if regions are not one whole number a feature.
    """
    plan = make_plan(
        y, scheme, groups, estimator, regularization, permutations, random_state, blocks, exchange,
        metric, priors,
    )  # fmt: skip
    features = read_features(X, len(plan.target))
    numbers, members = _read_regions(regions, features)

    def run(columns: Ints) -> HeldOut:
        return evaluate(plan, features[:, columns])

    with ThreadPoolExecutor(max(1, n_threads)) as pool:
        found = list(pool.map(run, members))
    scores = np.array([region.score for region in found])
    null = np.column_stack([region.null for region in found])
    return RegionsCrossValidated(
        metric=plan.metric,
        regions=numbers,
        score=scores,
        null=null,
        p_value=_p_values(scores, null),
        p_max=_p_values(scores, np.tile(_largest(null), (len(scores), 1)).T),
        scheme=plan.scheme,
    )


def _read_regions(regions: ArrayLike, features: Floats) -> tuple[Ints, list[Ints]]:
    """Return the regions' numbers and the columns of each."""
    given = np.asarray(regions)
    n_features = features.shape[1]
    if given.shape != (n_features,) or given.dtype.kind not in "iu":
        found = f"shape {given.shape}, {given.dtype}"
        raise InputError("regions", found, f"one whole number a feature, shape ({n_features},)")
    numbers = np.unique(given[given >= 0]).astype(np.int64)
    if len(numbers) == 0:
        raise InputError("regions", "no feature in any region", "numbers of at least 0")
    return numbers, [np.flatnonzero(given == number) for number in numbers]


def _largest(null: Floats) -> Floats:
    """Largest defined score of each relabelling; infinite where none is, which counts against."""
    largest = np.where(np.isnan(null), -np.inf, null).max(axis=1)
    return np.where(np.isneginf(largest), np.inf, largest)


def _p_values(scores: Floats, null: Floats) -> Floats | None:
    pairs = zip(scores, null.T, strict=True)
    found = [relabelling_p(float(score), column) for score, column in pairs]
    return None if len(null) == 0 else np.array(found, dtype=np.float64)
