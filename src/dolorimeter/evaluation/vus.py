"""Volume under the ROC surface: the probability that one example of each class is told apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan, prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints

from .checks import check_labels, check_length, check_probabilities
from .vus_exact import FoldCredit, exact_fold
from .vus_groups import Members, clustered_interval, sums_by_group
from .vus_kernels import CREDIT_UNIT
from .vus_sampling import sampled_fold
from .vus_scores import assignment_scores

EXACT_LIMIT = 10_000  # examples of a class in a fold beyond which three classes are sampled
DRAWS = 100_000


@dataclass(frozen=True, slots=True)
class Vus:
    """A volume under the ROC surface and its parts. A triple is one example of each class.

    Attributes
    ----------
    value : float
        Summed credit over summed triples; chance is 1/K!. NaN where no fold has every class.
    se : float
        Standard error, clustered by group, conditional on the fitted models; NaN with fewer than
        two groups. Where every group agrees (as at a value of 1) it is 0 and tells nothing.
    ci95 : tuple of float
        ``value ± t se`` with Student's t on (groups - 1) degrees of freedom, within [0, 1].
    credit : float
        Summed credit.
    triples : int
        Number of triples, formed within folds.
    group_ids : ndarray of shape (n_groups,)
        The groups, ascending; without groups the index of each example.
    group_credit, group_triples : ndarray of shape (n_groups,), float64
        Sums over the triples that an example of the group takes part in, counted once for each
        member: over groups they add up to K times ``credit`` and ``triples``.
    influence : ndarray of shape (n_groups,), float64
        By how much the group moves the value: ``se² = G / (G - 1) Σ influence²`` over the G groups
        that form triples. Differences of influences serve for paired comparisons.
    fold_ids : tuple
        The folds, ascending.
    fold_values : list of float or None
        The value within each fold, None where the fold lacks a class.
    rule : str
        How labels were assigned.
    exact : bool
        Whether every triple was counted.
    n_draws : int
        Triples drawn where not, else 0.
    """

    value: float
    se: float
    ci95: tuple[float, float]
    credit: float
    triples: int
    group_ids: NDArray[Any]
    group_credit: Floats
    group_triples: Floats
    influence: Floats
    fold_ids: tuple[Any, ...]
    fold_values: list[float | None]
    rule: str
    exact: bool
    n_draws: int


def vus(
    probabilities: ArrayLike,
    labels: ArrayLike,
    rule: str = "product",
    groups: ArrayLike | None = None,
    folds: ArrayLike | None = None,
    *,
    method: str = "auto",
    n_draws: int = DRAWS,
    random_state: Any = 0,
) -> Vus:
    """Volume under the ROC surface, exact, with a clustered interval.

    Take one example of each class and give the K labels to them, one each, by the assignment of
    the largest total score. The VUS is the probability that all are right (Panaggio et al. 2021,
    section 4.3; He & Frey 2008); where r assignments tie, the right one among them, it counts
    1/r, so that a constant classifier scores 1/K!. For two classes it is the AUC. It is neither
    the ordered VUS of a single score nor Ferri's polytope volume.

    Parameters
    ----------
    probabilities : array-like of shape (n, K)
        Posteriors; rows sum to one within 1e-6.
    labels : array-like of shape (n,), int
        True classes 0 … K - 1; leave unknown ones out.
    rule : {"product", "sum", "distance"}, default "product"
        Score of a label: log posterior, posterior, or minus the distance to the label's corner of
        the simplex. Only the first stays the same when the class prior is reweighted.
    groups : array-like of shape (n,), optional
        Such as patients: examples of a group are not independent of each other. By default each
        example is its own.
    folds : array-like of shape (n,), optional
        Triples are formed within folds, since scores of different models do not compare.
    method : {"auto", "exact", "sampled"}, default "auto"
        ``"auto"`` counts every triple, but draws some where a class of three has more than 10,000
        examples in a fold, or where four or more classes form more than ``n_draws`` tuples.
    n_draws : int, default 100,000
        Triples to draw where sampled (the paper drew 1,000), shared out over the folds by their
        number of triples, at least four each. The interval then covers both sources of error.
    random_state : None, int, Generator or RandomState, default 0
        Source of the draws; fixed by default, so that equal input gives equal output.

    Returns
    -------
    Vus
        Value, standard error, interval and their parts by group and fold.

    Raises
    ------
    InputError
        If an argument has the wrong shape or values, a class never occurs, or ``"exact"`` is
        asked of four or more classes with more than ``n_draws`` tuples.

    Notes
    -----
    The standard error is the delta method on sums of structural components. With c and n the
    credit and triples of each of G groups, V their ratio in all and N the triples, the influence
    of a group is ``(c - V n) / N`` and ``se² = G / (G - 1) Σ influence²``. With folds the luck
    that the members of a fold share is taken out of it in part, as it would count K times over
    (:func:`~dolorimeter.evaluation.vus_groups.sums_by_group`). Where sampled, the product of two
    independent estimates stands for the square, and the variance of the draws is added.

    Examples
    --------
    >>> posteriors = [[0.8, 0.1, 0.1], [0.2, 0.6, 0.2], [0.1, 0.3, 0.6], [0.3, 0.4, 0.3]]
    >>> vus(posteriors, [0, 1, 2, 2]).value
    1.0
    """
    posteriors = check_probabilities(probabilities)
    n, n_classes = posteriors.shape
    known = check_labels(check_length(labels, n, "labels"), n_classes)
    _require_every_class(known, n_classes)
    fold_ids, members = _by_fold(known, np.zeros(n) if folds is None else folds, n_classes)
    scores = assignment_scores(posteriors, rule)
    if _all_counted(method, members, n_draws):
        parts = [exact_fold(scores, m) if _n_tuples(m) else None for m in members]
    else:
        parts = _sampled(scores, members, n_draws, np.random.default_rng(random_state))
    names = np.arange(n) if groups is None else check_length(groups, n, "groups")
    return _gather(parts, members, names, fold_ids, rule)


def _require_every_class(labels: Ints, n_classes: int) -> None:
    absent = np.setdiff1d(np.arange(n_classes), labels)
    if len(absent):
        rule = f"an example of each of {n_classes} classes"
        raise InputError("labels", f"no example of class {absent[0]}", rule)


def _by_fold(labels: Ints, folds: ArrayLike, n_classes: int) -> tuple[tuple[Any, ...], Members]:
    """Return the folds and, for each, the examples of each class."""
    fold_ids, fold = np.unique(check_length(folds, len(labels), "folds"), return_inverse=True)
    code = fold * n_classes + labels
    starts = np.cumsum(np.bincount(code, minlength=len(fold_ids) * n_classes))[:-1]
    examples = np.split(np.argsort(code, kind="stable"), starts)
    rows = range(0, len(examples), n_classes)
    return tuple(fold_ids.tolist()), [examples[i : i + n_classes] for i in rows]


def _n_tuples(members: Sequence[Ints]) -> int:
    return prod(len(m) for m in members)


def _all_counted(method: str, members: Members, n_draws: int) -> bool:
    """Decide between counting all tuples and drawing some."""
    if method not in ("auto", "exact", "sampled"):
        raise InputError("method", repr(method), "'auto', 'exact' or 'sampled'")
    if n_draws < 1:
        raise InputError("n_draws", str(n_draws), "a number of draws from 1 up")
    n_classes = len(members[0])
    listed = sum(_n_tuples(m) for m in members)
    largest = max(len(m) for classes in members for m in classes)
    affordable = n_classes == 2 or (largest <= EXACT_LIMIT if n_classes == 3 else listed <= n_draws)
    if method == "exact" and n_classes > 3 and not affordable:
        found = f"'exact' with {n_classes} classes and {listed} tuples"
        raise InputError("method", found, f"at most n_draws = {n_draws}", "Pass 'auto'.")
    return method == "exact" or (method == "auto" and affordable)


def _sampled(
    scores: Ints, members: Members, n_draws: int, generator: np.random.Generator
) -> list[FoldCredit | None]:
    sizes = [_n_tuples(m) for m in members]
    shares = [-(-n_draws * size // max(sum(sizes), 1)) for size in sizes]
    return [
        sampled_fold(scores, m, share, generator) if share else None
        for m, share in zip(members, shares, strict=True)
    ]


def _gather(
    parts: Sequence[FoldCredit | None],
    members: Members,
    names: NDArray[Any],
    fold_ids: tuple[Any, ...],
    rule: str,
) -> Vus:
    """Sum the folds' credit by group and in all."""
    group_ids, group = np.unique(names, return_inverse=True)
    whole = [part for part in parts if part is not None]
    if not whole:
        return _undefined(group_ids, fold_ids, rule)
    n_triples = sum(part.n_tuples for part in whole)
    totals = np.sum([part.totals for part in whole], axis=0)
    values = totals / (CREDIT_UNIT * n_triples)
    value = float(values.mean())
    sums = sums_by_group(parts, members, group, len(group_ids), values)
    draws = sum(part.variance * (part.n_tuples / n_triples) ** 2 for part in whole)
    se, ci95 = clustered_interval(value, sums, draws)
    return Vus(
        value=value,
        se=se,
        ci95=ci95,
        credit=float(totals.mean()) / CREDIT_UNIT,
        triples=n_triples,
        group_ids=group_ids,
        group_credit=sums.credit,
        group_triples=sums.triples,
        influence=sums.influence.mean(axis=0),
        fold_ids=fold_ids,
        fold_values=[None if part is None else float(part.values.mean()) for part in parts],
        rule=rule,
        exact=not any(part.n_draws for part in whole),
        n_draws=sum(part.n_draws for part in whole),
    )


def _undefined(group_ids: NDArray[Any], fold_ids: tuple[Any, ...], rule: str) -> Vus:
    """Return the result of folds that all lack a class."""
    none, zero = [None] * len(fold_ids), np.zeros(len(group_ids))
    sums = group_ids, zero, zero, zero
    return Vus(nan, nan, (nan, nan), 0.0, 0, *sums, fold_ids, [*none], rule, True, 0)
