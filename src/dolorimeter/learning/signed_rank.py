"""Wilcoxon's signed-rank test, exact with ties, and paired summaries (science 2.3)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy import stats

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats

_MOST_EXACT = 200


@dataclass(frozen=True, slots=True)
class PairedSummary:
    """Two values a person, compared.

    Attributes
    ----------
    names : tuple of str
        What the first and the second are.
    n : int
        Persons with both.
    means : tuple of float
        Of the first and of the second, in the unit of the values.
    difference : float
        Mean of first less second.
    ci95 : tuple of float
        95 % t interval of the difference; NaN with fewer than two persons.
    statistic : float
        Sum of the ranks of the positive differences.
    p_value : float
        Two-sided, of Wilcoxon's signed-rank test; 1 where no difference is left.
    """

    names: tuple[str, str]
    n: int
    means: tuple[float, float]
    difference: float
    ci95: tuple[float, float]
    statistic: float
    p_value: float

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain values for JSON."""
        return asdict(self)


def compare_paired(
    first: Floats, second: Floats, names: tuple[str, str] = ("first", "second")
) -> PairedSummary:
    """Compare two values a person: temperatures, ratings before and after, treated and untreated.

    Parameters
    ----------
    first, second : array-like of shape (n,)
        In the same order of persons; who misses either (NaN) is left out.
    names : tuple of str
        What they are.

    Returns
    -------
    PairedSummary
        With an interval and the signed-rank test.

    Raises
    ------
    InputError
        If the lengths differ or nobody has both.
    """
    a, b = (np.asarray(values, np.float64) for values in (first, second))
    if a.shape != b.shape or a.ndim != 1:
        found = f"shapes {a.shape} and {b.shape}"
        raise InputError(" and ".join(names), found, "one value a person in each")
    both = np.isfinite(a) & np.isfinite(b)
    if not both.any():
        raise InputError(" and ".join(names), "nobody with both", "at least one person with both")
    a, b = a[both], b[both]
    statistic, p_value = signed_rank(a - b)
    difference = float((a - b).mean())
    return PairedSummary(
        names, len(a), (float(a.mean()), float(b.mean())), difference, _interval(a - b), statistic,
        p_value,
    )  # fmt: skip


def signed_rank(differences: Floats) -> tuple[float, float]:
    """Test whether differences lie symmetrically about 0 (Wilcoxon 1945).

    Zeros are left out, equal magnitudes share their mean rank, and the p-value is exact over all
    signs given those ranks; beyond 200 differences it is the normal approximation.

    Parameters
    ----------
    differences : ndarray of shape (n,)
        One a person.

    Returns
    -------
    statistic : float
        Sum of the ranks of the positive differences.
    p_value : float
        Two-sided.
    """
    kept = differences[differences != 0]
    if len(kept) == 0:
        return 0.0, 1.0
    ranks = stats.rankdata(np.abs(kept))
    statistic = float(ranks[kept > 0].sum())
    if len(kept) > _MOST_EXACT:
        return statistic, _normal(ranks, statistic)
    return statistic, _exact(ranks, statistic)


def _exact(ranks: Floats, statistic: float) -> float:
    """Count signs by their sum: twice the mean ranks are whole numbers."""
    doubled = np.rint(2 * ranks).astype(np.int64)
    ways = np.zeros(doubled.sum() + 1)
    ways[0] = 1.0
    for rank in doubled:
        shifted = np.zeros_like(ways)
        shifted[rank:] = ways[: len(ways) - rank]
        ways = (ways + shifted) / 2
    at = round(2 * statistic)
    return float(min(1.0, 2 * min(ways[: at + 1].sum(), ways[at:].sum())))


def _normal(ranks: Floats, statistic: float) -> float:
    deviation = np.sqrt((ranks**2).sum()) / 2
    return float(2 * stats.norm.sf(abs(statistic - ranks.sum() / 2) / deviation))


def _interval(differences: Floats) -> tuple[float, float]:
    n = len(differences)
    if n < 2:
        return float("nan"), float("nan")
    half = stats.t.ppf(0.975, n - 1) * differences.std(ddof=1) / np.sqrt(n)
    return float(differences.mean() - half), float(differences.mean() + half)
