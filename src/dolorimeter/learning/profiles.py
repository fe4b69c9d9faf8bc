"""What an objective on a grid says of one parameter at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from dolorimeter.core.containers import Floats

from .optimize import grid_points

# Half of the 95 % quantile of chi-square with one degree of freedom: a profile interval.
DROP = 1.9207


@dataclass(frozen=True, slots=True)
class Profile:
    """The best objective at each value of one parameter.

    Attributes
    ----------
    parameter : str
        Its name.
    grid : ndarray of shape (a,)
        Its values, ascending.
    values : ndarray of shape (a,)
        The best of the objective there, all other parameters free.
    kind : str
        ``"log likelihood"`` (nats) or ``"mean Fisher z"``.
    """

    parameter: str
    grid: Floats
    values: Floats
    kind: str

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain values for JSON."""
        return {
            "parameter": self.parameter,
            "grid": self.grid.tolist(),
            "values": self.values.tolist(),
            "kind": self.kind,
        }


@dataclass(frozen=True, slots=True)
class ParameterGrid:
    """A grid over the parameters of a model.

    Attributes
    ----------
    points : ndarray of shape (g, k)
        The last parameter varies fastest.
    low, high : ndarray of shape (k,)
        Limits, both on the grid.
    """

    points: Floats
    low: Floats
    high: Floats

    @classmethod
    def over(cls, low: Floats, high: Floats) -> ParameterGrid:
        """Return the usual grid over a box.

        Parameters
        ----------
        low, high : ndarray of shape (k,)
            Limits.

        Returns
        -------
        ParameterGrid
            See ``grid_points``.
        """
        return cls(grid_points(low, high), low, high)

    @property
    def side(self) -> int:
        """Points along each axis."""
        return round(len(self.points) ** (1 / len(self.low)))

    def axis(self, parameter: int) -> Floats:
        """Return the values of a parameter.

        Parameters
        ----------
        parameter : int
            Its place.

        Returns
        -------
        ndarray of shape (side,)
            Ascending.
        """
        return np.linspace(self.low[parameter], self.high[parameter], self.side)

    def profile(self, values: Floats, parameter: int) -> Floats:
        """Return the best value over all other parameters.

        Parameters
        ----------
        values : ndarray of shape (u, g)
            On the grid.
        parameter : int
            Place of the parameter.

        Returns
        -------
        ndarray of shape (u, side)
            One row a function.
        """
        k = len(self.low)
        cube = values.reshape(len(values), *(self.side,) * k)
        others = tuple(1 + i for i in range(k) if i != parameter)
        return np.asarray(cube.max(axis=others))

    def summit(self, values: Floats) -> Floats:
        """Return the best point of each function, between grid points by parabolas.

        Parameters
        ----------
        values : ndarray of shape (u, g)
            On the grid.

        Returns
        -------
        ndarray of shape (u, k)
            Within the limits.
        """
        k, side = len(self.low), self.side
        best = values.argmax(axis=1)
        rows = np.arange(len(values))
        found = self.points[best].copy()
        place = np.stack(np.unravel_index(best, (side,) * k), axis=1)
        for i in range(k):
            stride = side ** (k - 1 - i)
            inside = (place[:, i] > 0) & (place[:, i] < side - 1)
            before = values[rows, np.where(inside, best - stride, best)]
            after = values[rows, np.where(inside, best + stride, best)]
            bend = before - 2 * values[rows, best] + after
            usable = inside & (bend < 0)
            shift = np.divide(before - after, 2 * bend, out=np.zeros_like(bend), where=usable)
            found[:, i] += shift * (self.high[i] - self.low[i]) / (side - 1)
        return found


def profile_interval(grid: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Return the 95 % interval in which the profile falls by less than 1.92 from its best.

    Parameters
    ----------
    grid : ndarray of shape (a,)
        Values of the parameter.
    values : ndarray of shape (u, a)
        Profile log likelihoods.

    Returns
    -------
    low, high : ndarray of shape (u,)
        Outermost such values, to the grid; a limit of the grid where the profile never falls.
    """
    inside = values >= values.max(axis=1, keepdims=True) - DROP
    return grid[inside.argmax(axis=1)], grid[::-1][inside[:, ::-1].argmax(axis=1)]


def draw_subjects(n_subjects: int, draws: int, rng: np.random.Generator) -> Floats:
    """Draw subjects with replacement.

    Parameters
    ----------
    n_subjects : int
        Subjects there are, and in each draw.
    draws : int
        Bootstrap samples.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    ndarray of shape (draws, n_subjects)
        How often each subject is in each.
    """
    equal = np.full(n_subjects, 1 / n_subjects)
    return rng.multinomial(n_subjects, equal, size=draws).astype(np.float64)


def percentile_interval(replicates: Floats) -> Floats:
    """Return the 95 % percentile interval.

    Parameters
    ----------
    replicates : ndarray of shape (draws, k)
        Estimates.

    Returns
    -------
    ndarray of shape (k, 2)
        NaN without draws.
    """
    if len(replicates) == 0:
        return np.full((replicates.shape[1], 2), np.nan)
    return np.asarray(np.quantile(replicates, [0.025, 0.975], axis=0).T)
