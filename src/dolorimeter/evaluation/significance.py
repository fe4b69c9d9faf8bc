"""p-values: the paper's descriptive one, Holm's adjustment, relabelling [science 1.6]."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats

TIE = 1e-12  # sums of the same numbers in another order differ by less
HOLM_RESOLUTION = 20  # the least p times the number of tests must be able to reach 0.05


def exceedance(value: float, drawn: Floats) -> float:
    """Share of drawn values that reach a value, which counts as one of them.

    Parameters
    ----------
    value : float
        What was observed.
    drawn : ndarray of shape (R,)
        The same under a null hypothesis.

    Returns
    -------
    float
        ``(1 + #{drawn >= value}) / (1 + R)``.
    """
    return float((1 + np.sum(drawn >= value - TIE)) / (1 + len(drawn)))


def p_paper(value: float | None, null: ArrayLike) -> float | None:
    """Share of null replicates that do at least as well [Panaggio et al. 2021, section 4.2.3].

    ``(1 + #{null >= value}) / (1 + R)``. Descriptive: it takes the model as given and supports no
    claim (on 120 cohorts without signal it called naive Bayes better than the mode in 52 %).

    Parameters
    ----------
    value : float or None
        The model's metric.
    null : array-like of shape (R,)
        The null model's, from :func:`~dolorimeter.evaluation.null_distribution`. Replicates
        without a value (NaN) are left out.

    Returns
    -------
    float or None
        None where the model has no value, or no replicate has.
    """
    drawn = np.asarray(null, dtype=np.float64)
    drawn = drawn[~np.isnan(drawn)]
    if value is None or np.isnan(value) or not len(drawn):
        return None
    return exceedance(value, drawn)


def relabeling_p(observed: float | None, permuted: ArrayLike) -> float | None:
    """P-value of a model against refits on exchanged labels.

    ``(1 + #{permuted >= observed}) / (1 + R)``: the observed labels are one of the R + 1 equally
    likely arrangements where vitals tell nothing of pain.

    Parameters
    ----------
    observed : float or None
        The metric on the labels as they are.
    permuted : array-like of shape (R,)
        The same metric, refitted and evaluated on labels from
        :func:`~dolorimeter.evaluation.exchange_labels` and on the same folds; at least 199 of
        them. A replicate without a value (NaN) counts as reaching the observed one.

    Returns
    -------
    float or None
        None where the model has no value.

    Raises
    ------
    InputError
        If there is no replicate.
    """
    drawn = np.asarray(permuted, dtype=np.float64)
    if not drawn.size:
        raise InputError("permuted", "no replicate", "at least one, better 199")
    if observed is None or np.isnan(observed):
        return None
    return exceedance(observed, np.where(np.isnan(drawn), np.inf, drawn))


def holm(p: Sequence[float | None]) -> list[float | None]:
    """Adjust p-values for their number, controlling the family-wise error (Holm 1979).

    Parameters
    ----------
    p : sequence of float or None
        None where a test does not apply; it stays None and is not counted.

    Returns
    -------
    list of float or None
        The i-th smallest of m becomes the largest of ``(m - j + 1) p_j`` over j <= i, at most 1.

    Examples
    --------
    >>> holm([0.01, None, 0.04, 0.03])
    [0.03, None, 0.06, 0.06]
    """
    known = [i for i, value in enumerate(p) if value is not None]
    values = np.array([p[i] for i in known], dtype=np.float64)
    order = np.argsort(values, kind="stable")
    steps = np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1))
    adjusted: list[float | None] = [None] * len(p)
    for i, step in zip(order, steps, strict=True):
        adjusted[known[i]] = float(min(step, 1.0))
    return adjusted


def holm_reachable(n_bootstrap: int, n_tests: int) -> bool:
    """Say whether p-values of R replicates can stay below 0.05 after Holm's adjustment.

    The least p of R replicates is 1 / (R + 1); times the number of tests it must be able to
    reach 0.05, so R + 1 must reach 20 times that number [science 1.6].

    Parameters
    ----------
    n_bootstrap : int
        R.
    n_tests : int
        Number of p-values adjusted together.

    Returns
    -------
    bool
        Whether R suffices.
    """
    return n_bootstrap + 1 >= HOLM_RESOLUTION * n_tests


def resolved_holm(p: Sequence[float | None], n_bootstrap: int) -> tuple[list[float | None], str]:
    """Adjust p-values by :func:`holm` if the number of replicates allows.

    Parameters
    ----------
    p : sequence of float or None
        p-values of ``n_bootstrap`` replicates each.
    n_bootstrap : int
        R.

    Returns
    -------
    adjusted : list of float or None
        All None where R is too small.
    reason : str
        Empty, or why there is no adjusted value.
    """
    n_tests = sum(value is not None for value in p)
    if holm_reachable(n_bootstrap, n_tests):
        return holm(p), ""
    reason = (
        f"{n_bootstrap} replicates cannot resolve {n_tests} tests after Holm's adjustment: "
        f"at least {HOLM_RESOLUTION * n_tests - 1} are needed"
    )
    return [None] * len(p), reason
