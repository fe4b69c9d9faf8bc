"""Bounded maximization of many functions side by side, from many starts.

A fit has one function a subject, and the kernels give values for many sets of parameters at once.
So all subjects and all starts climb together: a grid finds the starts, and a compass search with
steps of Newton's along each axis refines them (Kolda, Lewis & Torczon 2003, SIAM Review 45, 3).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import Outcome
from dolorimeter.core.containers import Floats

# Parameters (u, g, k) to values (u, g).
Objective = Callable[[Floats], Floats]

POINTS_PER_AXIS = {1: 101, 2: 26, 3: 11, 4: 7}
_FEWEST_POINTS = 4
_MOST_STEPS = 300
_AT_BOUND = 1e-4
_HEAT = 12
_LEAST_GAIN = 1e-9
_MEMORY = 4


@dataclass(frozen=True, slots=True)
class Maximum:
    """The best points found.

    Attributes
    ----------
    points : ndarray of shape (u, k)
        One a function.
    values : ndarray of shape (u,)
        There.
    at_bound : ndarray of shape (u, k), bool
        Whether a limit of the search holds the parameter.
    outcome : Outcome
        Of all functions together: the path is the sum of their best values.
    """

    points: Floats
    values: Floats
    at_bound: NDArray[np.bool_]
    outcome: Outcome


def grid_points(low: Floats, high: Floats) -> Floats:
    """Return a grid over a box: 101 points for one parameter, 26 a side for two, 11 for three.

    Parameters
    ----------
    low, high : ndarray of shape (k,)
        Limits, both on the grid.

    Returns
    -------
    ndarray of shape (g, k)
        The last parameter varies fastest.
    """
    side = POINTS_PER_AXIS.get(len(low), _FEWEST_POINTS)
    axes = [np.linspace(a, b, side) for a, b in zip(low, high, strict=True)]
    return np.array(list(product(*axes)))


def choose_starts(points: Floats, values: Floats, low: Floats, high: Floats) -> Floats:
    """Return the best grid point of each function in each corner of the box.

    Parameters
    ----------
    points : ndarray of shape (g, k)
        A grid.
    values : ndarray of shape (u, g)
        On it.
    low, high : ndarray of shape (k,)
        Limits.

    Returns
    -------
    ndarray of shape (u, s, k)
        s = 2 ** k starts: each axis is halved.
    """
    upper = points > (low + high) / 2
    corner = upper @ (2 ** np.arange(points.shape[1]))
    starts = []
    for code in np.unique(corner):
        members = np.flatnonzero(corner == code)
        best = np.argmax(_finite(values[:, members]), axis=1)
        starts.append(points[members[best]])
    return np.stack(starts, axis=1)


def maximize(
    objective: Objective,
    starts: Floats,
    low: Floats,
    high: Floats,
    *,
    step: float = 0.05,
    tolerance: float = 1e-5,
) -> Maximum:
    """Climb from every start of every function, and follow the best to its summit.

    Parameters
    ----------
    objective : callable
        Takes points (u, g, k), returns values (u, g); NaN counts as the worst.
    starts : ndarray of shape (u, s, k)
        Within the limits.
    low, high : ndarray of shape (k,)
        Limits; both are allowed.
    step : float, default 0.05
        First step, as a share of the range.
    tolerance : float, default 1e-5
        Step at which a climb ends, as a share of the range.

    Returns
    -------
    Maximum
        One point a function.
    """
    climbed = climb_all(
        objective, starts, low, high, step=step, tolerance=tolerance, most_steps=_HEAT
    )
    path = climbed.outcome.objective_path
    winner = climbed.values.argmax(axis=1)
    # After a dozen steps all climbs are near their summits: only the highest goes on.
    leader = climbed.points[np.arange(len(winner)), winner][:, None, :]
    last = climb_all(objective, leader, low, high, step=step / 4, tolerance=tolerance)
    points, values = last.points[:, 0], last.values[:, 0]
    path = (*path, *last.outcome.objective_path[1:])
    outcome = replace(last.outcome, n_iter=len(path) - 1, objective_path=path)
    room = _AT_BOUND * (high - low)
    at_bound = (points <= low + room) | (points >= high - room)
    return Maximum(points, values, at_bound, outcome)


@dataclass(frozen=True, slots=True)
class Climbed:
    """Where each climb ended.

    Attributes
    ----------
    points : ndarray of shape (u, s, k)
        From each start of each function.
    values : ndarray of shape (u, s)
        There.
    outcome : Outcome
        The path is the sum over functions of the best of their climbs.
    """

    points: Floats
    values: Floats
    outcome: Outcome


def climb_all(
    objective: Objective,
    starts: Floats,
    low: Floats,
    high: Floats,
    *,
    step: float = 0.05,
    tolerance: float = 1e-5,
    most_steps: int = _MOST_STEPS,
) -> Climbed:
    """Climb from every start, and keep all.

    Parameters
    ----------
    objective : callable
        Takes points (u, s * p, k), those of a start together, and returns values (u, s * p).
    starts : ndarray of shape (u, s, k)
        Within the limits.
    low, high : ndarray of shape (k,)
        Limits; both are allowed.
    step : float, default 0.05
        First step, as a share of the range.
    tolerance : float, default 1e-5
        Step at which a climb ends, as a share of the range.
    most_steps : int, default 300
        After which it is not converged.

    Returns
    -------
    Climbed
        One point a start.
    """
    climb = _Climb(objective, starts, low, high, step)
    path = [float(climb.best.max(axis=1).sum())]
    while (climb.steps > tolerance).any() and len(path) <= most_steps:
        climb.move(tolerance)
        path.append(float(climb.best.max(axis=1).sum()))
    converged = not (climb.steps > tolerance).any()
    message = "every climb came to rest" if converged else f"stopped after {most_steps} steps"
    outcome = Outcome(converged, len(path) - 1, tuple(path), path[-1], (), message)
    return Climbed(climb.at, climb.best, outcome)


class _Climb:
    """All climbs, (u, s) of them, and where they stand."""

    def __init__(
        self, objective: Objective, starts: Floats, low: Floats, high: Floats, step: float
    ) -> None:
        self.objective, self.low, self.high = objective, low, high
        self.at = np.clip(starts, low, high)
        self.best = _finite(objective(self.at))
        self.steps = np.full(starts.shape[:2], step)
        self.past = [self.at] * _MEMORY

    def move(self, tolerance: float) -> None:
        """Look along each axis, then where those looks point; go to the best or halve the step."""
        k = self.at.shape[2]
        unit = np.eye(k) * (self.high - self.low)
        stride = self.steps[..., None, None] * np.concatenate([unit, -unit])
        around = np.clip(self.at[:, :, None, :] + stride, self.low, self.high)
        seen = self._values(around)
        # Newton's guess, and as far again as the last few moves led: along a ridge.
        ahead = np.clip(2 * self.at - self.past[0], self.low, self.high)
        guess = np.stack([self._newton(around, seen), ahead], axis=2)
        around = np.concatenate([around, guess], axis=2)
        seen = np.concatenate([seen, self._values(guess)], axis=2)
        choice = seen.argmax(axis=2)[..., None]
        value = np.take_along_axis(seen, choice, 2)[..., 0]
        point = np.take_along_axis(around, choice[..., None], 2)[:, :, 0]
        moved = np.linalg.norm((point - self.at) / (self.high - self.low), axis=2)
        # A gain this small would only crawl along a ridge.
        enough = _LEAST_GAIN * np.maximum(1.0, np.abs(np.nan_to_num(self.best, neginf=0.0)))
        better = (value > self.best + enough) & (self.steps > tolerance)
        self.past = [*self.past[1:], self.at]
        self.at = np.where(better[..., None], point, self.at)
        self.best = np.where(better, value, self.best)
        # A short step that Newton's rule proposed says that the summit is near.
        shorter = np.where(better, np.clip(moved, self.steps / 4, self.steps), self.steps / 4)
        self.steps = shorter

    def _values(self, points: Floats) -> Floats:
        u, s, p, k = points.shape
        return _finite(self.objective(points.reshape(u, s * p, k))).reshape(u, s, p)

    def _newton(self, around: Floats, seen: Floats) -> Floats:
        """Go to the summit of the parabola along each axis, where there is one."""
        k = self.at.shape[2]
        ahead, behind = around[:, :, :k], around[:, :, k:]
        index = np.arange(k)
        d1 = ahead[..., index, index] - self.at
        d2 = self.at - behind[..., index, index]
        with np.errstate(divide="ignore", invalid="ignore"):
            up = (seen[..., :k] - self.best[..., None]) / d1
            down = (self.best[..., None] - seen[..., k:]) / d2
            curvature = 2 * (up - down) / (d1 + d2)
            slope = (up * d2 + down * d1) / (d1 + d2)
            shift = -slope / curvature
        far = 4 * self.steps[..., None] * (self.high - self.low)
        usable = np.isfinite(shift) & (curvature < 0)
        shift = np.where(usable, np.clip(np.nan_to_num(shift), -far, far), 0.0)
        return np.clip(self.at + shift, self.low, self.high)


def _finite(values: Floats) -> Floats:
    return np.where(np.isnan(values), -np.inf, values)
