"""What a cohort holds, before any model: Tables 5 and 6 and S1 Fig of the paper."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

import numpy as np

from dolorimeter.core.containers import Floats

from .outliers import OutlierRule
from .schema import PAIN, Cohort, LedgerEntry

_MOST_POINTS = 500
_OUTLIER_NOTE = (
    "Counted with means and deviations of all windows; a study fits the rule inside its folds. "
    "Percent present, correlation and scatter are of the windows before it."
)


@dataclass(frozen=True, slots=True)
class Scatter:
    """A vital against the pain score of the same window, with its linear fit.

    Attributes
    ----------
    slope, intercept : float or None
        Least-squares line, in the unit of the vital (a point of pain). None where pain or the
        vital does not vary, or fewer than three windows have both.
    p : float or None
        Two-sided p-value of a zero slope. It takes windows as independent, which those of one
        patient are not: descriptive.
    n : int
        Windows with both.
    x, y : list of float
        Pain scores and values of the vital, thinned evenly to at most 500 windows.
    """

    slope: float | None
    intercept: float | None
    p: float | None
    n: int
    x: list[float]
    y: list[float]


@dataclass(frozen=True, slots=True)
class CohortSummary:
    """Counts, completeness and correlations of a cohort.

    Attributes
    ----------
    source, path : str
        Reader, and what it read.
    patients, stays, windows, windows_with_pain : int
        How many.
    percent_present : dict of str to float
        Percentage of windows in which each vital, and the pain score, was observed (Table 5).
    correlation_names : tuple of str
        Vitals, then the pain score.
    correlation : ndarray of shape (n, n)
        Pearson correlation over the windows that have both; NaN where fewer than two have, or
        one does not vary in them (Table 6).
    scatter : dict of str to Scatter
        Each vital against pain (S1 Fig).
    ledger : tuple of LedgerEntry
        What cleaning and windowing touched.
    outliers : dict of str to int
        Window means that the outlier rule, fitted on all windows, would set missing.
    """

    source: str
    path: str
    patients: int
    stays: int
    windows: int
    windows_with_pain: int
    percent_present: dict[str, float]
    correlation_names: tuple[str, ...]
    correlation: Floats
    scatter: dict[str, Scatter]
    ledger: tuple[LedgerEntry, ...]
    outliers: dict[str, int]

    def to_dict(self) -> dict[str, Any]:
        """Return the ``"data"`` of ``results.json``: plain values, None for what is undefined."""
        plain = asdict(self)
        names = plain.pop("correlation_names")
        values = [[_plain(r) for r in row] for row in plain.pop("correlation")]
        return plain | {
            "correlation": {"names": list(names), "values": values},
            "ledger": list(plain["ledger"]),
            "outliers_note": _OUTLIER_NOTE,
        }


def summarize_cohort(cohort: Cohort) -> CohortSummary:
    """Describe a cohort as it stands, nothing removed.

    Parameters
    ----------
    cohort : Cohort
        Windows of all stays.

    Returns
    -------
    CohortSummary
        Its ``to_dict`` is the ``"data"`` block of ``results.json``.
    """
    names = (*cohort.vital_names, PAIN)
    values = np.column_stack([cohort.vitals, cohort.pain])
    present = 100 * (~np.isnan(values)).mean(axis=0)
    _, removed = OutlierRule.fit(cohort.vitals, cohort.vital_names).apply(cohort.vitals)
    return CohortSummary(
        source=cohort.source,
        path=cohort.path,
        patients=cohort.n_patients,
        stays=cohort.n_stays,
        windows=cohort.n_windows,
        windows_with_pain=int((~np.isnan(cohort.pain)).sum()),
        percent_present=dict(zip(names, present.tolist(), strict=True)),
        correlation_names=names,
        correlation=_pairwise_correlation(values),
        scatter={
            name: _scatter(cohort.pain, column)
            for name, column in zip(cohort.vital_names, cohort.vitals.T, strict=True)
        },
        ledger=cohort.ledger,
        outliers=dict(zip(cohort.vital_names, removed.tolist(), strict=True)),
    )


def _pairwise_correlation(values: Floats) -> Floats:
    """Pearson correlation of each pair of columns over the rows that have both."""
    n_columns = values.shape[1]
    result = np.full((n_columns, n_columns), np.nan)
    for i in range(n_columns):
        result[i, i] = 1.0 if _varies(values[~np.isnan(values[:, i]), i]) else np.nan
    for i, j in combinations(range(n_columns), 2):
        both = values[~np.isnan(values[:, [i, j]]).any(axis=1)][:, [i, j]]
        if _varies(both[:, 0]) and _varies(both[:, 1]):
            result[i, j] = result[j, i] = np.atleast_2d(np.corrcoef(both.T))[0, 1]
    return result


def _scatter(pain: Floats, vital: Floats) -> Scatter:
    """Fit a vital on pain over the windows that have both."""
    from scipy.stats import linregress  # takes a second to import

    both = ~(np.isnan(pain) | np.isnan(vital))
    x, y = pain[both], vital[both]
    n = len(x)
    shown = np.linspace(0, max(n - 1, 0), min(n, _MOST_POINTS)).astype(np.int64)
    points = x[shown].tolist(), y[shown].tolist()
    # A line through two points has no residual to test its slope with.
    if n < 3 or not _varies(x) or not _varies(y):
        return Scatter(None, None, None, n, *points)
    fit = linregress(x, y)
    return Scatter(float(fit.slope), float(fit.intercept), _plain(fit.pvalue), n, *points)


def _varies(values: Floats) -> bool:
    return len(values) > 1 and bool(values.max() > values.min())


def _plain(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
