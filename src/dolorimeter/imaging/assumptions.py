"""What rearranging takes for granted, held against the maps: symmetric errors, equal spreads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dolorimeter.core.containers import Floats

from .group_model import GroupModel, flat_voxels, orthonormal, read_group
from .rearrangements import rearrange

DRAWN = 499
VOXELS = 4096  # as many say as much as all of them, since neighbors are alike
SPREADS = 0.05
SKEWNESS = 0.01  # several contrasts are asked, and maps skewed enough to matter lie far below it


@dataclass(frozen=True, slots=True)
class Assumption:
    """What a test by rearranging assumes, and how the maps stand to it.

    Attributes
    ----------
    name : str
        In words: ``"symmetric errors"``.
    p : float or None
        Of maps as far from it as these, were it true; None where it was not measured.
    holds : bool
        False where the maps speak against it. True is no proof: few people show little.
    note : str
        What a reader must know where it does not hold.
    """

    name: str
    p: float | None
    holds: bool
    note: str = ""


def check_assumption(
    maps: ArrayLike,
    test: str = "one-sample",
    groups: ArrayLike | None = None,
    covariates: ArrayLike | None = None,
    names: Sequence[str] | None = None,
    random_state: int | np.random.Generator | None = None,
) -> Assumption:
    """Hold maps against what makes them exchangeable.

    Flipping signs assumes that errors are symmetric: the skewness over people of what is left
    once means are removed is compared, over voxels, with its distribution under flips. Exchanging
    people between groups assumes equal spreads, which matters where groups differ in size: the
    median over voxels of the log ratio of variances is compared with its distribution under
    exchanges.

    Parameters
    ----------
    maps, test, groups, covariates, names
        As in :func:`~dolorimeter.imaging.group_test`; not for paired maps.
    random_state : None, int or numpy.random.Generator
        Source of randomness.

    Returns
    -------
    Assumption
        It holds unless the maps speak against it: spreads at p < 0.05, skewness at p < 0.01.

    Raises
    ------
    InputError
        As for ``group_test``.
    """
    model = read_group(maps, test, groups, None, covariates, names)
    rng = np.random.default_rng(random_state)
    if model.first is not None:
        return _equal_spreads(model, model.first, rng)
    p = skewness_p(_residuals(model), rearrange(model, DRAWN, rng).signs)
    note = "people's maps are skewed: flipping signs assumes symmetry"
    return _judged("symmetric errors", p, note, SKEWNESS)


def _judged(name: str, p: float, note: str, level: float) -> Assumption:
    holds = p >= level
    return Assumption(name, p, holds, "" if holds else f"{note} (p = {p:.3f})")


def skewness_p(residuals: Floats, signs: Floats) -> float:
    """Return how likely symmetric errors give skewness like this.

    Two figures count, p being twice the smaller: the mean of the skewness over voxels, and the
    mean of its square, which skewness of either sign raises.

    Parameters
    ----------
    residuals : ndarray of shape (n, v)
        What people's maps leave about the mean, none of them flat.
    signs : ndarray of shape (f, n)
        Flips of people's whole maps, none flipped in the first row.

    Returns
    -------
    float
        1 where nothing varies.
    """
    if residuals.shape[1] == 0:
        return 1.0
    # About the median: the mean goes with an outlier, and all others would lean the other way.
    residuals = residuals - np.median(residuals, axis=0)
    cubes, squares = residuals**3, np.sum(residuals**2, axis=0)
    figures = np.array([_skewness(row, residuals, cubes, squares) for row in signs])
    return min(1.0, 2.0 * float(_shares(figures).min()))


def _skewness(signs: Floats, residuals: Floats, cubes: Floats, squares: Floats) -> list[float]:
    """Return the magnitude of the mean skewness of flipped maps, and its mean square."""
    n = len(signs)
    mean = signs @ residuals / n
    third = signs @ cubes - 3.0 * mean * squares + 2.0 * n * mean**3
    spread = squares - n * mean**2
    varies = spread > 1e-9 * squares  # two maps, one of them flipped, may be alike
    skewness = np.where(varies, third, 0.0) * np.sqrt(n) / np.where(varies, spread, 1.0) ** 1.5
    return [abs(float(skewness.mean())), float((skewness**2).mean())]


def _equal_spreads(
    model: GroupModel, first: NDArray[np.bool_], rng: np.random.Generator
) -> Assumption:
    """Compare the variances of two groups of different size."""
    name, sizes = "equal variances of the groups", (int(first.sum()), int((~first).sum()))
    if sizes[0] == sizes[1]:
        return Assumption(name, None, True)
    if min(sizes) < 2:
        return Assumption(name, None, False, "one person in a group: its variance is not known")
    residuals = _residuals(model)
    for members, n in zip((first, ~first), sizes, strict=True):
        residuals[members] *= np.sqrt(n / (n - 1))
    squares = residuals**2
    orders = [first, *(rng.permutation(first) for _ in range(DRAWN))]
    ratios = [np.log(squares[m].mean(axis=0) / squares[~m].mean(axis=0)) for m in orders]
    figures = np.abs(np.median(ratios, axis=1))[:, None]
    p = float(_shares(figures)[0]) if residuals.shape[1] else 1.0
    note = "groups of different size differ in variance: exchanging people assumes they do not"
    return _judged(name, p, note, SPREADS)


def _residuals(model: GroupModel) -> Floats:
    """Return what the design leaves, in units of its deviation, of some voxels that vary."""
    step = max(1, model.maps.shape[1] // VOXELS)
    maps = model.maps[:, ::step]
    basis = orthonormal(np.column_stack([model.nuisance, model.tested]))
    left = maps - basis @ (basis.T @ maps)
    squares = np.sum(left**2, axis=0)
    varies = ~flat_voxels(maps, squares)
    return np.asarray(left[:, varies] / np.sqrt(squares[varies]))


def _shares(figures: Floats) -> Floats:
    """Return the share of rows that reach the first, for each column."""
    return np.asarray((figures >= figures[0] * (1 - 1e-9)).mean(axis=0))
