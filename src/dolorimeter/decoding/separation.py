"""How far decision values hold two conditions apart, within subjects and over them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from dolorimeter.core import InputError

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Names = NDArray[np.str_]
Interval = tuple[float, float]
RandomState = int | np.random.Generator | None
N_BOOTSTRAP = 2000


@dataclass(frozen=True, slots=True)
class Separation:
    """Separation of two conditions: the area under the ROC curve less one half.

    Attributes
    ----------
    value : float
        Mean over subjects, in [-0.5, 0.5]; 0 where decision values do not tell them apart,
        negative where they do the wrong way round.
    ci95 : tuple of float
        95 % interval.
    p_value : float or None
        One-sided, by relabelling; None where it was not asked for.
    null_mean : float or None
        Mean of the relabelled separations.
    subjects : tuple of str
        Those with samples of both conditions.
    by_subject : tuple of float
        Separation of each.
    """

    value: float
    ci95: Interval
    p_value: float | None
    null_mean: float | None
    subjects: tuple[str, ...]
    by_subject: tuple[float, ...]


def separation(
    decisions: Floats,
    first: Bools,
    subject: Names,
    block: NDArray[np.generic] | None = None,
    permutations: int = 0,
    random_state: RandomState = None,
) -> Separation:
    """Separate two conditions by decision values, within each subject and then over subjects.

    With two or more subjects the interval is Student's t over their separations. It is never
    narrower than so few samples allow without any separation (normal, with Mann–Whitney's variance
    ``(n + m + 1) / (12 n m)`` and half a step of continuity): a handful of trials that came out
    alike in every subject would otherwise pass for certainty. With one subject it is a percentile
    bootstrap of the trials of each condition, with the same guard, and holds for that subject.

    Parameters
    ----------
    decisions : ndarray of shape (n_samples,)
        Decision values, larger for the first condition.
    first : ndarray of shape (n_samples,), bool
        Whether a sample is of the first condition; else it is of the second.
    subject : ndarray of shape (n_samples,), str
        Whose each sample is. Subjects without samples of both conditions are left out.
    block : ndarray of shape (n_samples,), optional
        Labels are exchanged within equal blocks of a subject (runs); without it within subjects.
    permutations : int, default 0
        Relabellings behind ``p_value``; the fitted models are taken as given.
    random_state : int, Generator or None
        For bootstrap and relabelling.

    Returns
    -------
    Separation
        Of the first from the second.

    Raises
    ------
    InputError
        If no subject has samples of both conditions.
    """
    rng = np.random.default_rng(random_state)
    names = paired_subjects(first, subject)
    rows = [np.flatnonzero(subject == name) for name in names]
    each = np.array([_area(decisions[r], first[r]) for r in rows]) - 0.5
    least = _least_half([first[r] for r in rows])
    if len(names) == 1:
        interval = _bootstrap(decisions[rows[0]], first[rows[0]], least, rng)
    else:
        interval = _t_interval(each, least)
    by_subject = tuple(float(a) for a in each)
    found = Separation(float(each.mean()), interval, None, None, names, by_subject)
    if not permutations:
        return found
    null = np.zeros(permutations)
    for r in rows:
        mine = None if block is None else block[r]
        null += _relabelled(decisions[r], first[r], mine, permutations, rng)
    return with_null(found, null / len(rows))


def with_null(found: Separation, null: Floats) -> Separation:
    """Add the test against relabelled separations.

    Parameters
    ----------
    found : Separation
        Without a p.
    null : ndarray of shape (permutations,)
        Mean separation under each relabelling.

    Returns
    -------
    Separation
        With ``p = (1 + #{null >= value}) / (1 + permutations)``.
    """
    as_large = (null >= found.value - 1e-12).sum()
    p = float((1 + as_large) / (1 + len(null)))
    return replace(found, p_value=p, null_mean=float(null.mean()))


def paired_subjects(first: Bools, subject: Names) -> tuple[str, ...]:
    """Return the subjects with samples of both conditions.

    Parameters
    ----------
    first : ndarray of shape (n_samples,), bool
        Whether a sample is of the first condition.
    subject : ndarray of shape (n_samples,), str
        Whose it is.

    Returns
    -------
    tuple of str
        In sorted order.

    Raises
    ------
    InputError
        If there is none.
    """
    both = sorted(set(subject[first].tolist()) & set(subject[~first].tolist()))
    if not both:
        raise InputError(
            "subject", "none with samples of both conditions", "at least one who felt both"
        )
    return tuple(both)


def areas(decisions: Floats, first: Bools) -> Floats:
    """Return areas under the ROC curve, column by column; ties count one half.

    Parameters
    ----------
    decisions : ndarray of shape (n_samples, n_columns)
        Decision values.
    first : ndarray of shape (n_samples, n_columns), bool
        Whether a sample is of the first condition; both occur in each column.

    Returns
    -------
    ndarray of shape (n_columns,)
        P(first above second) + P(tie) / 2.
    """
    n = first.sum(axis=0)
    ranks = stats.rankdata(decisions, axis=0)
    surplus = np.where(first, ranks, 0.0).sum(axis=0) - n * (n + 1) / 2
    return np.asarray(surplus / (n * (len(first) - n)))


def _area(decisions: Floats, first: Bools) -> float:
    return float(areas(decisions[:, None], first[:, None])[0])


def _t_interval(each: Floats, least: float) -> Interval:
    n, middle = len(each), float(each.mean())
    half = float(stats.t.ppf(0.975, n - 1) * each.std(ddof=1) / np.sqrt(n))
    return _clipped(middle - max(half, least), middle + max(half, least))


def _least_half(firsts: list[Bools]) -> float:
    """Return the half width of a 95 % interval of the mean area without any separation."""
    n = np.array([first.sum() for first in firsts])
    m = np.array([len(first) for first in firsts]) - n
    error = np.sqrt(((n + m + 1) / (12 * n * m)).sum()) / len(n)
    step = (0.5 / (n * m)).mean() / len(n)
    return float(stats.norm.ppf(0.975) * error + step)


def _bootstrap(decisions: Floats, first: Bools, least: float, rng: np.random.Generator) -> Interval:
    """Resample the trials of each condition; widen to what so few trials allow."""
    a, b = decisions[first], decisions[~first]
    wins = (a[:, None] > b) + 0.5 * (a[:, None] == b)
    counts = [rng.multinomial(len(v), np.full(len(v), 1 / len(v)), N_BOOTSTRAP) for v in (a, b)]
    drawn = np.einsum("ri,ij,rj->r", counts[0], wins, counts[1], optimize=True) / wins.size
    low, high = np.quantile(drawn, [0.025, 0.975]) - 0.5
    middle = wins.mean() - 0.5
    return _clipped(min(low, middle - least), max(high, middle + least))


def _relabelled(
    decisions: Floats,
    first: Bools,
    block: NDArray[np.generic] | None,
    permutations: int,
    rng: np.random.Generator,
) -> Floats:
    """Return a subject's separations with labels exchanged within blocks."""
    ranks = stats.rankdata(decisions)
    total = np.zeros(permutations)
    for rows in _rows_of(block, len(ranks)):
        shuffled = rng.permuted(np.tile(ranks[rows], (permutations, 1)), axis=1)
        total += shuffled[:, : int(first[rows].sum())].sum(axis=1)
    n = int(first.sum())
    return np.asarray((total - n * (n + 1) / 2) / (n * (len(first) - n)) - 0.5)


def _rows_of(block: NDArray[np.generic] | None, n: int) -> list[NDArray[np.int64]]:
    """Return the rows of each block; one block of all rows where none are named."""
    if block is None:
        return [np.arange(n)]
    return [np.flatnonzero(block == name) for name in np.unique(block)]


def _clipped(low: float, high: float) -> Interval:
    return max(-0.5, float(low)), min(0.5, float(high))
