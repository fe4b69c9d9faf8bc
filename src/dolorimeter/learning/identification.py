"""Is a parameter identified? The verdict and its reason in words.

A parameter counts as identified when the measure follows the model at all, the interval stays
clear of both limits of the search, and it is at most half as wide as the range searched. A group
needs six subjects, since a bootstrap over fewer gives intervals that are too narrow.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core.containers import Floats

WIDEST = 0.5
LEVEL = 0.05
FEWEST = 6
_NEAR = 0.0101


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the data tell where the parameters are.

    Attributes
    ----------
    identified : bool
        Whether all parameters are.
    reason : str
        In a sentence.
    """

    identified: bool
    reason: str


def narrow(interval: Floats, low: Floats, high: Floats) -> NDArray[np.bool_]:
    """Mark intervals that say where a parameter is.

    Parameters
    ----------
    interval : ndarray of shape (..., k, 2)
        In units of the parameters.
    low, high : ndarray of shape (k,)
        Limits of the search.

    Returns
    -------
    ndarray of shape (..., k), bool
        Clear of both limits by more than 1 % of the range, and at most half as wide as it.
    """
    share = (interval - low[:, None]) / (high - low)[:, None]
    clear = (share[..., 0] > _NEAR) & (share[..., 1] < 1 - _NEAR)
    return np.asarray(clear & (share[..., 1] - share[..., 0] <= WIDEST))


def judge_group(
    names: tuple[str, ...],
    estimate: Floats,
    interval: Floats,
    low: Floats,
    high: Floats,
    p_value: float | None,
    n_subjects: int,
) -> Verdict:
    """Judge the estimate of a group.

    Parameters
    ----------
    names : tuple of str
        The k parameters.
    estimate : ndarray of shape (k,)
        Of the group.
    interval : ndarray of shape (k, 2)
        95 %.
    low, high : ndarray of shape (k,)
        Limits of the search.
    p_value : float or None
        That the measure follows the model no better than by chance; None if not tested.
    n_subjects : int
        Drawn by the bootstrap.

    Returns
    -------
    Verdict
        Naming the first parameter at fault.
    """
    if p_value is not None and p_value > LEVEL:
        reason = f"The measure does not follow the model beyond chance (p = {p_value:.3f})"
        return Verdict(False, f"{reason}, so that no parameter can be read off it.")
    if np.isnan(interval).any():
        return Verdict(False, "No interval was computed, so that nothing shows how sure it is.")
    if n_subjects < FEWEST:
        reason = f"An interval over {n_subjects} subjects is too narrow to trust"
        return Verdict(False, f"{reason}: a group needs at least {FEWEST}.")
    told = [
        f"{name} {value:.2f}, 95 % interval {a:.2f} to {b:.2f}"
        for name, value, (a, b) in zip(names, estimate, interval, strict=True)
    ]
    good = narrow(interval, low, high)
    if good.all():
        return Verdict(True, f"{'; '.join(told)}: clear of the limits and narrow enough.")
    at = int(np.flatnonzero(~good)[0])
    return Verdict(False, f"{told[at]}: {_fault(interval[at], low[at], high[at])}.")


def judge_subjects(names: tuple[str, ...], good: NDArray[np.bool_]) -> Verdict:
    """Judge estimates of single subjects.

    Parameters
    ----------
    names : tuple of str
        The k parameters.
    good : ndarray of shape (n_subjects, k), bool
        Whether each parameter's profile interval says where it is.

    Returns
    -------
    Verdict
        Identified if that holds for all parameters in at least half of the subjects.
    """
    every = int(good.all(axis=1).sum())
    enough = 2 * every >= len(good)
    counted = "; ".join(
        f"{name} in {int(column.sum())} of {len(good)} subjects"
        for name, column in zip(names, good.T, strict=True)
    )
    verb = "is" if enough else "is not"
    return Verdict(
        enough, f"By profile intervals of single subjects it {verb} identified: {counted}."
    )


def _fault(interval: Floats, low: float, high: float) -> str:
    share = (interval - low) / (high - low)
    if share[0] <= _NEAR and share[1] >= 1 - _NEAR:
        return "the interval spans the whole range, so that the data do not tell where it is"
    if share[0] <= _NEAR or share[1] >= 1 - _NEAR:
        return "the interval reaches a limit of the search"
    return "the interval is wider than half of the range"
