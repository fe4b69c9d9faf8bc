"""Learning rates of regions in a group: profile, interval, and whether the data tell it at all.

One person's learning rate is weakly identified (science 2.3); the profiles of all people are added
up, which assumes one rate for all, and the interval over people says how well that holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints

from .mean_tests import mean_test
from .model_maps import RateMaps
from .rate_choice import (
    at_rates,
    choose,
    effects_of,
    gain_of,
    read_weights,
    training_profiles,
)

_LEVEL = 0.05
_NARROW = 0.5  # of the grid's points; an interval over more tells no rate


@dataclass(frozen=True, slots=True)
class RegionRates:
    """Learning rates of regions, over people.

    Attributes
    ----------
    rates : ndarray of shape (g,)
        The grid.
    names : tuple of str
        The m modulated columns.
    profile : ndarray of shape (g, r)
        Log likelihood of all people's runs less its maximum (nats).
    best : ndarray of shape (r,)
        Rate at the maximum.
    interval : ndarray of shape (r, 2)
        95 % bootstrap interval over people of that rate.
    subject_best : ndarray of shape (n_subjects, r)
        Each person's own.
    gain : ndarray of shape (n_subjects, r)
        Held-out log likelihood over nuisance alone (nats), at rates chosen without the run.
    gain_p : ndarray of shape (r,)
        One-sided p of its mean over people against 0; against noise it errs on the safe side,
        since there the expected gain lies below 0.
    effects : ndarray of shape (n_subjects, m, r)
        Coefficients in the left-out runs at those rates.
    effect_p : ndarray of shape (m, r)
        Two-sided p of their mean over people.
    identified : ndarray of shape (r,), bool
        Whether the region follows the model (``gain_p`` < 0.05) and its interval spans at most
        half of the grid and is not one point at its edge.
    reasons : tuple of str
        A sentence a region.
    """

    rates: Floats
    names: tuple[str, ...]
    profile: Floats
    best: Floats
    interval: Floats
    subject_best: Floats
    gain: Floats
    gain_p: Floats
    effects: Floats
    effect_p: Floats
    identified: NDArray[np.bool_]
    reasons: tuple[str, ...]

    def contrast(self, weights: Mapping[str, float]) -> tuple[Floats, Floats, Floats]:
        """Combine the effects of the left-out runs and test their mean over people.

        Parameters
        ----------
        weights : mapping of str to float
            Of the modulated columns.

        Returns
        -------
        effects : ndarray of shape (n_subjects, r)
            Each person's.
        t, p : ndarray of shape (r,)
            Of their mean against 0, two-sided.

        Raises
        ------
        InputError
            If a name is no modulated column.
        """
        combined = np.einsum("m,smr->sr", read_weights(weights, self.names), self.effects)
        return combined, *mean_test(combined)


def group_rates(
    people: Sequence[RateMaps],
    *,
    selection: str = "group",
    n_bootstrap: int = 2000,
    random_state: int | np.random.Generator | None = None,
) -> RegionRates:
    """Bring the learning rates of regions together over people.

    Parameters
    ----------
    people : sequence of RateMaps
        At least two, each with the same regions as voxels (see :func:`region_means`).
    selection : {"group", "own"}, default "group"
        Which data choose the rate for a left-out run: all of the other people's and the person's
        other runs, or the latter alone.
    n_bootstrap : int, default 2000
        Resamples of people.
    random_state : int, numpy.random.Generator or None
        Seed.

    Returns
    -------
    RegionRates
        Of the group.

    Raises
    ------
    InputError
        If there are fewer than two people, their regions or rates differ, a region has no data,
        or an option is unknown.
    """
    _check(people, selection, n_bootstrap)
    rates = people[0].rates
    profiles = np.stack([person.profile for person in people])
    total = profiles.sum(axis=0)
    chosen = [_chosen(people, profiles, i, selection) for i in range(len(people))]
    pairs = list(zip(people, chosen, strict=True))
    gain = np.stack([gain_of(person.held_out, rows) for person, rows in pairs])
    effects = np.stack([effects_of(person.held_out, rows) for person, rows in pairs])
    drawn = _bootstrap(profiles, n_bootstrap, np.random.default_rng(random_state))
    ends = np.quantile(drawn, [0.025, 0.975], axis=0, method="nearest").astype(np.int64)
    gain_p = mean_test(gain, one_sided=True)[1]
    judged = [
        _judge(rates, ends[:, i], float(gain_p[i]), float(gain[:, i].mean()))
        for i in range(total.shape[1])
    ]
    return RegionRates(
        rates,
        people[0].names,
        total - total.max(axis=0),
        at_rates(rates, choose(total)),
        rates[ends].T,
        np.stack([person.best for person in people]),
        gain,
        gain_p,
        effects,
        mean_test(effects)[1],
        np.array([fine for fine, _ in judged]),
        tuple(reason for _, reason in judged),
    )


def _chosen(people: Sequence[RateMaps], profiles: Floats, i: int, selection: str) -> Ints:
    """Grid points (n_runs, r) for each run of a person, chosen without that run."""
    others = np.delete(profiles, i, axis=0).sum(axis=0) if selection == "group" else 0.0
    return choose(training_profiles(people[i].held_out) + others)


def _bootstrap(profiles: Floats, n: int, rng: np.random.Generator) -> Ints:
    """Best grid points (n, r) of people drawn with replacement."""
    weights = rng.multinomial(len(profiles), np.full(len(profiles), 1 / len(profiles)), size=n)
    totals = np.einsum("ns,sgr->ngr", weights, profiles, optimize=True)
    return np.asarray(totals.argmax(axis=1))


def _judge(rates: Floats, ends: Ints, p: float, gain: float) -> tuple[bool, str]:
    low, high = int(ends[0]), int(ends[1])
    span = f"95 % interval {rates[low]:.3g} to {rates[high]:.3g}"
    told = f"held-out gain {gain:.2g} nats a person, p = {p:.2g}"
    if p >= _LEVEL:
        return False, f"not identified: the model foretells no run it has not seen ({told}); {span}"
    if (high - low + 1) > _NARROW * len(rates):
        return False, f"not identified: people's data fit most rates alike ({span})"
    if high == low and low in (0, len(rates) - 1):
        return False, f"not identified: best at the edge of the grid ({rates[low]:.3g}); {told}"
    return True, f"identified: {span}; {told}"


def _check(people: Sequence[RateMaps], selection: str, n_bootstrap: int) -> None:
    if len(people) < 2:
        raise InputError("people", f"{len(people)}", "at least two people")
    if selection not in ("group", "own"):
        raise InputError("selection", repr(selection), "'group' or 'own'")
    if n_bootstrap < 1:
        raise InputError("n_bootstrap", repr(n_bootstrap), "1 or more")
    for i, person in enumerate(people):
        same = np.array_equal(person.rates, people[0].rates) and person.names == people[0].names
        if not same or person.profile.shape != people[0].profile.shape:
            raise InputError(f"person {i}", "other rates, columns or regions", "those of the first")
        if not np.isfinite(person.profile).all():
            region = int(np.flatnonzero(~np.isfinite(person.profile).all(axis=0))[0])
            raise InputError(f"person {i}, region {region}", "constant data", "regions with data")
