"""One family of all contrasts: family-wise p over voxels and contrasts together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dolorimeter.core.containers import Floats
from dolorimeter.imaging import Permutation
from dolorimeter.imaging.maxima import family_wise_p


@dataclass(frozen=True, slots=True)
class Joint:
    """Largest t of each rearrangement, over all voxels searched and all contrasts.

    Attributes
    ----------
    null_max : ndarray of shape (f,), float64
        The observed arrangement first.
    searches : int
        How many such families a study looks at: the brain, and the regions where there are any.
    """

    null_max: Floats
    searches: int

    @classmethod
    def of(cls, permuted: Sequence[Permutation], searches: int, region: str | None = None) -> Joint:
        """Take the largest over contrasts that were rearranged in the same way.

        Parameters
        ----------
        permuted : sequence of Permutation
            One a contrast, drawn with one seed.
        searches : int
            Families of the study.
        region : str, optional
            The small volume searched; the whole brain without.

        Returns
        -------
        Joint
            Of one search.
        """
        maxima = [p.null_max if region is None else p.regions[region].null_max for p in permuted]
        return cls(np.max(maxima, axis=0), searches)

    def p(self, t: float) -> float:
        """Return the adjusted p of a height.

        Parameters
        ----------
        t : float
            Of some voxel of the search, in some contrast.

        Returns
        -------
        float
            Family-wise over voxels and contrasts (Westfall & Young 1993, single step), times the
            number of searches.
        """
        own = float(family_wise_p(np.array([t]), self.null_max)[0])
        return min(1.0, self.searches * own)

    @property
    def least(self) -> float:
        """The smallest adjusted p that any effect could have.

        A contrast and its negation share their maxima between opposite flips, so that 1 / f
        cannot be reached.
        """
        return self.p(float(self.null_max.max()))

    @property
    def mean(self) -> float:
        """Mean of the largest t without an effect."""
        return float(self.null_max.mean())
