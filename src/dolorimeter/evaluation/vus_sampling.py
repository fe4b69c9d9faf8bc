"""Credit by drawing tuples: the paper's Monte-Carlo estimate, many classes, very many examples."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from dolorimeter.core.containers import Floats, Ints

from .vus_assignment import tuple_credit
from .vus_exact import FoldCredit
from .vus_kernels import CREDIT_UNIT


def sampled_fold(
    scores: Ints, members: Sequence[Ints], n_draws: int, generator: np.random.Generator
) -> FoldCredit:
    """Estimate the credit of the tuples of one fold.

    The draws are halved into two independent estimates: the product of their errors has mean
    zero, whereas the square of one would pass for variation between groups.

    Parameters
    ----------
    scores : ndarray of shape (n, K), int64
        Assignment scores of all examples.
    members : sequence of K ndarray of int64
        Examples of each class in the fold, none empty.
    n_draws : int
        Tuples to draw with replacement; rounded up to an even number, at least 4.
    generator : numpy.random.Generator
        Source of the draws.

    Returns
    -------
    FoldCredit
        With two replicates.
    """
    n_draws = max(4, n_draws + n_draws % 2)
    sizes = [len(m) for m in members]
    places = np.stack([generator.integers(size, size=n_draws) for size in sizes], axis=1)
    tuples = np.stack([m[p] for m, p in zip(members, places.T, strict=True)], axis=1)
    credit = tuple_credit(scores, tuples)
    halves = [
        _example_credit(places[part], CREDIT_UNIT * credit[part], sizes)
        for part in (slice(n_draws // 2), slice(n_draws // 2, None))
    ]
    variance = float(credit.var(ddof=1)) / n_draws
    return FoldCredit(prod(sizes), np.stack(halves), sizes[0], variance, n_draws)


def _example_credit(places: Ints, credit: Floats, sizes: Sequence[int]) -> Floats:
    """Estimate each example's sum of credit, class after class.

    The mean credit times the exact number of tuples, plus the drawn deviations from that mean:
    how often an example happened to be drawn then adds no noise of its own.
    """
    mean, n_tuples = credit.mean(), prod(sizes)
    sums = [
        mean * (n_tuples / size)
        + np.bincount(places[:, k], weights=credit - mean, minlength=size)
        * (n_tuples / len(places))
        for k, size in enumerate(sizes)
    ]
    return np.concatenate(sums)
