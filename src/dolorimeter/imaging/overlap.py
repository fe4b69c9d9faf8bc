"""Where two maps are significant together: inclusive, exclusive, minimum statistic."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats
from dolorimeter.samples.arguments import as_choice

from .group import normal_score

Bools = NDArray[np.bool_]
HOW = ("inclusive", "exclusive", "minimum-t")
_WORDS = {
    "inclusive": "the first above p, masked by the second above its p; values of the first",
    "exclusive": "the first above p, where the second is not above its p; values of the first",
    "minimum-t": "the lower of the two above p (conjunction null: Nichols et al. 2005, NeuroImage "
    "25:653); values of the lower",
}


@dataclass(frozen=True, slots=True)
class Overlap:
    """Voxels that two maps share, or that one has alone.

    Attributes
    ----------
    mask : ndarray of shape (v,), bool
        The voxels.
    statistic : ndarray of shape (v,), float64
        A z there, 0 elsewhere: of the first map, or the lower of the two (minimum-t).
    threshold, second_threshold : float
        The z that each map had to exceed.
    n_first, n_second, n_both : int
        Voxels above the threshold in each map and in both.
    dice : float
        ``2 n_both / (n_first + n_second)``; NaN where neither map has a voxel.
    how : str
        ``"inclusive"``, ``"exclusive"`` or ``"minimum-t"``.
    words : str
        What that means.
    """

    mask: Bools
    statistic: Floats
    threshold: float
    second_threshold: float
    n_first: int
    n_second: int
    n_both: int
    dice: float
    how: str
    words: str


def overlap(
    first: Floats,
    second: Floats,
    how: str = "inclusive",
    p: float = 0.001,
    *,
    second_p: float | None = None,
    df: float | tuple[float, float] | None = None,
) -> Overlap:
    """Find where two maps overlap.

    At one p for both maps, inclusive masking and the minimum statistic give the same voxels; they
    differ in the value at each, hence in peaks and in any correction built on the values.

    Parameters
    ----------
    first, second : ndarray of shape (v,)
        z, or t where ``df`` is given; NaN never belongs to an overlap.
    how : str, default "inclusive"
        ``"inclusive"``: both above; ``"exclusive"``: the first above and the second not;
        ``"minimum-t"``: the lower of the two above.
    p : float, default 0.001
        One-sided and uncorrected.
    second_p : float, optional
        For the second map as a mask; the same as p if not given. Not for the minimum statistic.
    df : float or (float, float), optional
        Degrees of freedom, of each map where they differ.

    Returns
    -------
    Overlap
        The voxels and their z.

    Raises
    ------
    InputError
        If shapes disagree, or p, df or how are out of their range.
    """
    as_choice("how", how, HOW)
    if np.ndim(first) != 1 or np.shape(first) != np.shape(second):
        raise InputError("maps", f"shapes {np.shape(first)} and {np.shape(second)}", "(v,) twice")
    if how == "minimum-t" and second_p not in (None, p):
        raise InputError("second_p", str(second_p), "one p for both maps of a minimum statistic")
    dfs = df if isinstance(df, tuple) else (df, df)
    one, other = _as_z(first, dfs[0]), _as_z(second, dfs[1])
    least, other_least = (
        _threshold("p", p),
        _threshold("second_p", p if second_p is None else second_p),
    )
    above, other_above = one > least, other > other_least
    both = above & other_above
    alone = above & ~other_above & ~np.isnan(other)
    mask = alone if how == "exclusive" else both
    shown = np.minimum(one, other) if how == "minimum-t" else one
    n_first, n_second, n_both = (int(found.sum()) for found in (above, other_above, both))
    return Overlap(
        mask=mask,
        statistic=np.where(mask, shown, 0.0),
        threshold=least,
        second_threshold=other_least,
        n_first=n_first,
        n_second=n_second,
        n_both=n_both,
        dice=2 * n_both / (n_first + n_second) if n_first + n_second else float("nan"),
        how=how,
        words=_WORDS[how],
    )


def _as_z(values: Floats, df: float | None) -> Floats:
    """Turn t into the z of equal p."""
    numbers = np.asarray(values, dtype=np.float64)
    if df is None:
        return numbers
    if not df > 0:
        raise InputError("df", str(df), "degrees of freedom above 0")
    return normal_score(numbers, df)


def _threshold(where: str, p: float) -> float:
    if not 0 < p < 0.5:
        raise InputError(where, str(p), "a probability above 0 and below 0.5")
    return float(stats.norm.isf(p))
