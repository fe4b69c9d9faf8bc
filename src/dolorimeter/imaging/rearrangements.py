"""Rearrangements that leave the null hypothesis as it is: sign flips and exchanges of people."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations, permutations

import numpy as np

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints

from .group_model import GroupModel

MOST_EXACT = 1 << 20


@dataclass(frozen=True, slots=True)
class Rearrangements:
    """A set of rearrangements, the observed one first.

    Attributes
    ----------
    signs : ndarray of shape (f, n), float64
        +1 or -1; all +1 in the first row. Empty for exchanges.
    orders : ndarray of shape (f, n), int64
        Which row stands where. Empty for sign flips.
    exact : bool
        Every possible one is there once; else they are drawn with replacement.
    n_possible : int
        How many there are.
    mirrored : bool
        Each is there with its opposite, of which all statistics have the other sign.
    """

    signs: Floats
    orders: Ints
    exact: bool
    n_possible: int
    mirrored: bool = False

    def __len__(self) -> int:
        """Return how many there are, the observed one included."""
        return max(len(self.signs), len(self.orders))

    def smallest_p(self, two_sided: bool = False) -> float:
        """Return the smallest p that these rearrangements can give.

        Parameters
        ----------
        two_sided : bool, default False
            Whether magnitudes are compared, which opposites share.

        Returns
        -------
        float
            1 / f, or twice that.
        """
        return (1 + (two_sided and self.mirrored)) / len(self)

    def apply(self, column: Floats, start: int, stop: int) -> Floats:
        """Rearrange a column of the design: the same as rearranging the maps by the inverse.

        Parameters
        ----------
        column : ndarray of shape (n,)
            One value a person.
        start, stop : int
            Which rearrangements.

        Returns
        -------
        ndarray of shape (stop - start, n)
            One row a rearrangement.
        """
        if len(self.signs):
            return self.signs[start:stop] * column
        return column[self.orders[start:stop]]


def rearrange(model: GroupModel, n_permutations: int, rng: np.random.Generator) -> Rearrangements:
    """List all rearrangements where no more exist than are asked for, else draw some.

    Parameters
    ----------
    model : GroupModel
        What may be exchanged: a sign for each of n maps (2^n), or maps between people (the ways
        to choose the first group; n! where there are covariates).
    n_permutations : int
        How many to draw beside the observed one.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    Rearrangements
        The observed one first.

    Raises
    ------
    InputError
        If fewer than 1 are asked for.
    """
    if n_permutations < 1:
        raise InputError("n_permutations", str(n_permutations), "at least 1, better 1000")
    n = len(model.maps)
    none = np.empty((0, n))
    possible = _count(model)
    exact = possible <= min(n_permutations, MOST_EXACT)
    if model.exchange == "signs":
        signs = _all_signs(n) if exact else _draw_signs(n, n_permutations, rng)
        return Rearrangements(signs, none.astype(np.int64), exact, possible, exact)
    orders = _all_orders(model) if exact else _draw_orders(n, n_permutations, rng)
    halves = model.first is not None and 2 * int(model.first.sum()) == n
    mirrored = exact and halves and _choices_only(model)
    return Rearrangements(none, orders, exact, possible, mirrored)


def limits(
    arrangements: Rearrangements, model: GroupModel, alpha: float, two_sided: bool
) -> list[str]:
    """Say what limits the p-values.

    Parameters
    ----------
    arrangements : Rearrangements
        What is compared.
    model : GroupModel
        Maps and design.
    alpha : float
        The level asked for.
    two_sided : bool
        Whether magnitudes are compared.

    Returns
    -------
    list of str
        Clauses; none where nothing does.
    """
    n, notes, least = len(model.maps), [], arrangements.smallest_p(two_sided)
    kind = "sign flips" if model.exchange == "signs" else "exchanges"
    if arrangements.exact:
        words = f"{n} people allow {arrangements.n_possible} {kind}: each was used once"
        notes.append(f"{words}, and no p can be below {least:.3g}")
    if least > alpha:
        lack = "people" if arrangements.exact else "permutations"
        words = f"no voxel can reach p <= {alpha:g}, whatever the effect"
        notes.append(f"{words}: more {lack} are needed")
    if model.nuisance.shape[1] > (model.exchange == "order"):
        notes.append("with covariates residuals are rearranged: corrected p is approximate")
    return notes


def _count(model: GroupModel) -> int:
    """Count the rearrangements that differ."""
    n = len(model.maps)
    if model.exchange == "signs":
        return 1 << n
    if model.first is not None and _choices_only(model):
        return math.comb(n, int(model.first.sum()))
    return math.factorial(n)


def _choices_only(model: GroupModel) -> bool:
    """Say whether only who is in the first group matters, not the order within it."""
    return model.first is not None and model.nuisance.shape[1] == 1


def _all_signs(n: int) -> Floats:
    """Return the 2^n rows of signs; row i flips the people whose bit is set in i."""
    bits = (np.arange(1 << n)[:, None] >> np.arange(n)) & 1
    return np.asarray(1.0 - 2.0 * bits)


def _draw_signs(n: int, count: int, rng: np.random.Generator) -> Floats:
    """Draw signs with replacement, after the observed ones."""
    drawn = 1.0 - 2.0 * rng.integers(0, 2, size=(count, n))
    return np.vstack([np.ones((1, n)), drawn])


def _draw_orders(n: int, count: int, rng: np.random.Generator) -> Ints:
    """Draw orders with replacement, after the observed one."""
    drawn = rng.permuted(np.tile(np.arange(n), (count, 1)), axis=1)
    return np.vstack([np.arange(n), drawn])


def _all_orders(model: GroupModel) -> Ints:
    """List all orders, or one for each choice of the first group; the observed one first."""
    n = len(model.maps)
    if model.first is None or not _choices_only(model):
        return np.array(list(permutations(range(n))), dtype=np.int64)
    ours, theirs = np.flatnonzero(model.first), np.flatnonzero(~model.first)
    orders = np.empty((math.comb(n, len(ours)), n), dtype=np.int64)
    for row, chosen in zip(orders, combinations(range(n), len(ours)), strict=True):
        inside = np.isin(np.arange(n), chosen)
        row[inside], row[~inside] = ours, theirs
    observed = int(np.flatnonzero((orders == np.arange(n)).all(axis=1))[0])
    orders[[0, observed]] = orders[[observed, 0]]
    return orders
