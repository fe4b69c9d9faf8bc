"""Group tests of one map a person: one-sample, two-sample, paired, and the slope of a covariate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from dolorimeter.core.containers import Floats

from .group_model import GroupModel, flat_voxels, orthonormal, read_group

LEAST_P = 1e-300  # z stays finite below it, as nilearn's


@dataclass(frozen=True, slots=True)
class GroupMap:
    """One contrast over people; the opposite direction is another contrast (:meth:`inverse`).

    Attributes
    ----------
    effect : ndarray of shape (v,), float64
        Mean, difference of means (first group less second, or first maps less second), or slope;
        in the unit of the maps (a slope: per unit of the covariate).
    variance : ndarray of shape (v,), float64
        Of the effect.
    t, z : ndarray of shape (v,), float64
        Student's t and the normal score of the same p; 0 where people's maps do not vary.
    p : ndarray of shape (v,), float64
        One-sided: that the effect is above 0. Uncorrected.
    df : int
        Degrees of freedom.
    n_subjects : int
        Maps that entered (pairs, for a paired test).
    n_flat : int
        Voxels where the maps do not vary, which have no test.
    contrast : str
        What was tested, in words.
    """

    effect: Floats
    variance: Floats
    t: Floats
    z: Floats
    p: Floats
    df: int
    n_subjects: int
    n_flat: int = 0
    contrast: str = ""

    @classmethod
    def of(
        cls, effect: Floats, variance: Floats, df: int, n_subjects: int, contrast: str
    ) -> GroupMap:
        """Build the statistics from an effect and its variance.

        Parameters
        ----------
        effect, variance : ndarray of shape (v,)
            The variance is 0 where the maps do not vary.
        df, n_subjects : int
            Degrees of freedom and maps.
        contrast : str
            What was tested, in words.

        Returns
        -------
        GroupMap
            With t, z and p.
        """
        varies = variance > 0
        t = np.where(varies, effect / np.sqrt(np.where(varies, variance, 1.0)), 0.0)
        p = stats.t.sf(t, df)
        flat = int((~varies).sum())
        return cls(effect, variance, t, normal_score(t, df), p, df, n_subjects, flat, contrast)

    def inverse(self) -> GroupMap:
        """Return the opposite contrast: the aversive error of an appetitive one.

        Returns
        -------
        GroupMap
            With effect, t and z negated and p of the other side.
        """
        other = stats.t.sf(-self.t, self.df)
        words = f"inverse of {self.contrast}" if self.contrast else "inverse"
        return replace(self, effect=-self.effect, t=-self.t, z=-self.z, p=other, contrast=words)


def normal_score(t: ArrayLike, df: float) -> Floats:
    """Return the normal score that has the tail probability of t.

    Parameters
    ----------
    t : array-like
        Student's t.
    df : float
        Degrees of freedom.

    Returns
    -------
    ndarray
        z, with the sign of t; p below 1e-300 is held there, as nilearn does.
    """
    values = np.asarray(t, dtype=np.float64)
    tail = np.maximum(stats.t.sf(np.abs(values), df), LEAST_P)
    return np.sign(values) * stats.norm.isf(tail)


def group_test(
    maps: ArrayLike,
    test: str = "one-sample",
    groups: ArrayLike | None = None,
    second: ArrayLike | None = None,
    covariates: ArrayLike | None = None,
    names: Sequence[str] | None = None,
) -> GroupMap:
    """Test one contrast over people by ordinary least squares, subjects being the random factor.

    The p-value is one-sided, for an effect above 0: the opposite direction is a contrast of its
    own (:meth:`GroupMap.inverse`), and who looks at both doubles p. Equal to nilearn's
    ``SecondLevelModel`` on the same design.

    Parameters
    ----------
    maps : array-like of shape (n, v)
        One map a person.
    test : {"one-sample", "two-sample", "paired", "covariate"}
        Mean of the maps; difference between two groups (variances pooled); mean of
        ``maps - second``; slope of the first covariate.
    groups : array-like of shape (n,), optional
        For two-sample: two different names; the effect is the first in sorted order less the
        other.
    second : array-like of shape (n, v), optional
        For paired: the maps to subtract, people in the same order.
    covariates : array-like of shape (n,) or (n, c), optional
        Of people; centered here, so that a mean is that of a person with average covariates.
    names : sequence of str, optional
        Of the covariates, for messages and the words of the contrast.

    Returns
    -------
    GroupMap
        Effect, t, z, p and degrees of freedom.

    Raises
    ------
    InputError
        If shapes disagree, a value is not finite, covariates are collinear, or no degree of
        freedom is left.
    """
    return fit_group(read_group(maps, test, groups, second, covariates, names))


def fit_group(model: GroupModel) -> GroupMap:
    """Fit a model that was read by :func:`read_group`.

    Parameters
    ----------
    model : GroupModel
        Maps and design.

    Returns
    -------
    GroupMap
        Effect, t, z, p and degrees of freedom.
    """
    basis = orthonormal(model.nuisance)
    tested = model.tested - basis @ (basis.T @ model.tested)
    data = model.maps - basis @ (basis.T @ model.maps)
    weight = float(tested @ tested)
    effect = tested @ data / weight
    squares = np.sum((data - np.outer(tested, effect)) ** 2, axis=0)
    squares[flat_voxels(model.maps, squares)] = 0.0
    variance = squares / model.df / weight
    return GroupMap.of(effect, variance, model.df, len(model.maps), model.contrast)
