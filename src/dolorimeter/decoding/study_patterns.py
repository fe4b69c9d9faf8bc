"""Is there a pattern that studies share? Leave one study out, average the rest, look for it.

What it can say: the map of the study left out resembles those of the others more than maps of
arbitrary sign would. What it cannot: a group map is an average over people and trials, so that
nothing is predicted of a person or a trial (science.md, rules K2 and K3); maps of other tasks were
not compared, so that the pattern need not be one of pain (S1); and t maps of one template share
anatomy and smoothness, so that the size of a correlation over voxels has no test here, only its
sign over studies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dolorimeter.core import InputError

Floats = NDArray[np.float64]
MEASURES = ("dot", "cosine", "correlation")


@dataclass(frozen=True, slots=True)
class StudyPatterns:
    """Expression of the others' pattern in each study left out.

    Attributes
    ----------
    expression : dict of str to ndarray of shape (n_studies,)
        By measure: dot, cosine, correlation (as in :func:`pattern_expression`).
    mean : dict of str to float
        Over studies.
    p_value : dict of str to float
        One-sided p of each mean under sign flips of whole maps.
    null : dict of str to ndarray of shape (n_flips,)
        Means under sign flips.
    """

    expression: dict[str, Floats]
    mean: dict[str, float]
    p_value: dict[str, float]
    null: dict[str, Floats]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON, without the null's replicates."""
        return {
            name: {
                "expression": self.expression[name].tolist(),
                "mean": self.mean[name],
                "null_mean": float(self.null[name].mean()),
                "p": self.p_value[name],
            }
            for name in MEASURES
        }


def leave_one_study_out_pattern(
    maps: Floats,
    sample_sizes: ArrayLike | None = None,
    weighting: Literal["equal", "sample-size"] = "equal",
    n_flips: int = 9999,
    random_state: int | np.random.Generator | None = None,
) -> StudyPatterns:
    """Express the pattern of all other studies in each study.

    The null flips the sign of each study's whole map at random and repeats everything, patterns
    included. It holds if, without a shared pattern, maps are independent between studies and as
    likely as their negatives; within a map the voxels may depend on each other in any way, since
    they flip together. The least p is about ``2 ** (1 - n_studies)``. All of it is algebra on the
    studies' inner products.

    Parameters
    ----------
    maps : ndarray of shape (n_studies, n_voxels)
        Group t maps on one mask, at least three.
    sample_sizes : array-like of shape (n_studies,), optional
        People in each study, for ``"sample-size"``.
    weighting : str, default "equal"
        ``"equal"``: the mean of the others' maps. ``"sample-size"``: of their effect sizes
        ``t / sqrt(n)``, weighted by n.
    n_flips : int, default 9999
        Draws of signs.
    random_state : int, Generator or None
        For the signs.

    Returns
    -------
    StudyPatterns
        Three measures.

    Raises
    ------
    InputError
        If there are fewer than three maps, a map is flat or not finite, or sample sizes are
        missing or not positive.
    """
    matrix = np.asarray(maps, dtype=np.float64)
    if matrix.ndim != 2 or len(matrix) < 3 or not np.isfinite(matrix).all():
        raise InputError("maps", f"shape {matrix.shape}", "three or more finite maps")
    if (np.ptp(matrix, axis=1) == 0).any():
        study = int(np.flatnonzero(np.ptp(matrix, axis=1) == 0)[0])
        raise InputError(f"map {study}", "the same value in every voxel", "one that varies")
    shares = _shares(len(matrix), sample_sizes, weighting)
    rng = np.random.default_rng(random_state)
    signs = np.vstack([np.ones(len(matrix)), rng.choice((-1.0, 1.0), (n_flips, len(matrix)))])
    centered = matrix - matrix.mean(axis=1, keepdims=True)
    raw, free = matrix @ matrix.T, centered @ centered.T
    values = {
        "dot": _express(raw, shares, signs, scaled=False),
        "cosine": _express(raw, shares, signs, scaled=True),
        "correlation": _express(free, shares, signs, scaled=True),
    }
    means = {name: found.mean(axis=1) for name, found in values.items()}
    as_large = {name: int((m[1:] >= m[0] - 1e-12 * abs(m[0])).sum()) for name, m in means.items()}
    return StudyPatterns(
        expression={name: found[0] for name, found in values.items()},
        mean={name: float(m[0]) for name, m in means.items()},
        p_value={name: (1 + count) / (1 + n_flips) for name, count in as_large.items()},
        null={name: m[1:] for name, m in means.items()},
    )


def _shares(n_studies: int, sizes: ArrayLike | None, weighting: str) -> Floats:
    """Return what each t map counts in the pattern, before the others' total is set to one."""
    if weighting not in ("equal", "sample-size"):
        raise InputError("weighting", repr(weighting), "'equal' or 'sample-size'")
    if weighting == "equal":
        return np.ones((2, n_studies))
    n = np.asarray([] if sizes is None else sizes, dtype=np.float64)
    if n.shape != (n_studies,) or not (np.isfinite(n) & (n > 0)).all():
        raise InputError("sample_sizes", f"shape {n.shape}", f"{n_studies} positive numbers")
    return np.vstack([np.sqrt(n), n])


def _express(inner: Floats, shares: Floats, signs: Floats, scaled: bool) -> Floats:
    """Return expression by draw and study, from the studies' inner products."""
    counts, totals = shares
    flipped = signs * counts
    toward = flipped @ inner - flipped * np.diag(inner)
    shares_of_others = totals.sum() - totals
    if not scaled:
        return np.asarray(signs * toward / shares_of_others)
    whole = np.einsum("di,ij,dj->d", flipped, inner, flipped, optimize=True)
    own = flipped * (flipped @ inner)
    squared = whole[:, None] - 2 * own + counts**2 * np.diag(inner)
    return np.asarray(signs * toward / np.sqrt(np.maximum(squared, 1e-300) * np.diag(inner)))
