"""Planted truth: places in the brain, what each responds to, and the exact course of that.

Courses are sums of responses evaluated at the very distance of each frame from each event
(:func:`dolorimeter.hemodynamics.convolve_events`), so that an analysis that bins time is tested
against something other than itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dolorimeter.core import Grid, InputError, Trials
from dolorimeter.core.containers import Floats
from dolorimeter.hemodynamics import convolve_events

from .places import voxel_centers

_SIGNS = {"appetitive": 1.0, "aversive": -1.0}
_EVENTS = {"cue": "", "relief": "relief", "exacerbation": "exacerbation", "omission": "none"}
KINDS = (*_SIGNS, *_EVENTS)


@dataclass(frozen=True, slots=True)
class Response:
    """What a place responds to.

    Attributes
    ----------
    kind : {"appetitive", "aversive", "cue", "relief", "exacerbation", "omission"}
        The first two: the model's prediction errors at cue and outcome, or their negatives; the
        others: every such event alike.
    cues : tuple of str
        Only in trials of these cues; empty: all.
    weight : float
        Multiplies the effect of the site.

    Raises
    ------
    InputError
        If there is no such kind.
    """

    kind: str
    cues: tuple[str, ...] = ()
    weight: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InputError("response", repr(self.kind), f"one of {', '.join(KINDS)}")


@dataclass(frozen=True, slots=True)
class Site:
    """A place in the brain with an effect.

    Attributes
    ----------
    name : str
        Such as ``"amygdala left"``.
    center : tuple of float
        MNI coordinates in mm.
    radius : float
        Distance from the center, in mm, at which half of the effect is left (Gaussian profile).
    responses : tuple of Response
        To what; they add up.
    effect : float
        At the center, in percent of the mean signal, per unit of prediction error (or per event)
        at the peak of the hemodynamic response; mean over people.

    Raises
    ------
    InputError
        If the radius is not positive or nothing is responded to.
    """

    name: str
    center: tuple[float, float, float]
    radius: float
    responses: tuple[Response, ...]
    effect: float

    def __post_init__(self) -> None:
        if not 0 < self.radius < np.inf:
            raise InputError(f"site {self.name}", f"radius {self.radius}", "a positive radius, mm")
        if not self.responses:
            raise InputError(f"site {self.name}", "no response", "one at least")


EFFECT = 1.0  # percent: Cohen's d of about 2.6 over people, 1.9 for each cue alone (proof_imaging)
RADIUS = 6.0
_APPETITIVE = (Response("appetitive"),)
_AVERSIVE = (Response("aversive"),)
_BOTH = (Response("appetitive", cues=("A",)), Response("aversive", cues=("B",)))

# Where Seymour et al. 2005 found errors (Results, Figs 3-5). Centers are those of voxels of 6 mm;
# cue A is the one that relief can follow, B the one that exacerbation can follow.
SITES = (
    Site("amygdala left", (-24.0, -6.0, -18.0), RADIUS, _APPETITIVE, EFFECT),
    Site("midbrain", (6.0, -18.0, -12.0), RADIUS, _APPETITIVE, EFFECT),
    Site("orbitofrontal lateral right", (36.0, 36.0, -12.0), RADIUS, _AVERSIVE, EFFECT),
    Site("cingulate genual", (0.0, 36.0, 6.0), RADIUS, _AVERSIVE, EFFECT),
    Site("putamen ventral left", (-24.0, 6.0, -6.0), RADIUS, _BOTH, EFFECT),
    Site("putamen ventral right", (24.0, 6.0, -6.0), RADIUS, _BOTH, EFFECT),
)
# Places that respond to events whatever was expected: an analysis must not take them for errors.
EVOKED = (
    Site("visual cortex", (0.0, -84.0, 0.0), 12.0, (Response("cue"),), EFFECT),
    Site("angular left", (-48.0, -66.0, 30.0), 12.0, (Response("omission", weight=-1.0),), EFFECT),
    Site(
        "insula posterior right",
        (36.0, -18.0, 12.0),
        RADIUS,
        (Response("exacerbation"), Response("relief", weight=-0.5)),
        EFFECT,
    ),
)


def site_weights(site: Site, grid: Grid) -> Floats:
    """Return how much of a site's effect each voxel has.

    Parameters
    ----------
    site : Site
        A place.
    grid : Grid
        Voxels, in MNI millimetres.

    Returns
    -------
    ndarray of shape (n_voxels,), float64
        1 at the center, 1/2 at the radius, 0 beyond three radii.

    Raises
    ------
    InputError
        If no voxel lies within the radius.
    """
    places = voxel_centers(grid)
    distance = np.linalg.norm(places - np.array(site.center), axis=1) / site.radius
    if not (distance <= 1).any():
        found = f"no voxel within {site.radius:g} mm of {site.center}"
        remedy = "Take smaller voxels, or a larger radius, where it is inside."
        raise InputError(f"site {site.name}", found, "a place inside the mask", remedy)
    return np.where(distance <= 3, 0.5 ** (distance**2), 0.0)


def site_course(
    site: Site, trials: Trials, frame_times: Floats, hrf: str = "spm", effect: float = 1.0
) -> Floats:
    """Return the course of the signal at the center of a site.

    Parameters
    ----------
    site : Site
        A place.
    trials : Trials
        Of one run, with ``cue_error`` and ``outcome_error``; onsets in seconds.
    frame_times : ndarray of shape (n_frames,)
        Seconds from the start of the run.
    hrf : str, default "spm"
        Hemodynamic response, with a peak of 1.
    effect : float, default 1.0
        Percent signal per unit; of the site's own effect nothing is taken.

    Returns
    -------
    ndarray of shape (n_frames,), float64
        Percent of the mean signal.

    Raises
    ------
    InputError
        If a quantity is missing or an onset unknown.
    """
    course = np.zeros(len(frame_times))
    for response in site.responses:
        ours = np.isin(trials.cue, response.cues) if response.cues else trials.cue != ""
        for onsets, amplitudes in _events(response.kind, trials):
            weights = effect * response.weight * amplitudes[ours]
            course += convolve_events(onsets[ours], 0.0, weights, frame_times, hrf)
    return course


def _events(kind: str, trials: Trials) -> list[tuple[Floats, Floats]]:
    """Return onsets and amplitudes of what a kind of response responds to."""
    if kind == "cue":
        return [(trials.onset, np.ones(len(trials)))]
    if kind in _EVENTS:
        return [(trials.outcome_onset, (trials.outcome == _EVENTS[kind]).astype(np.float64))]
    for name in ("cue_error", "outcome_error"):
        if name not in trials.quantities:
            remedy = "Take trials.with_quantities(…) of a model first."
            raise InputError("trials", f"no quantity {name!r}", "prediction errors", remedy)
    of, sign = trials.quantities, _SIGNS[kind]
    at_cue, at_outcome = sign * of["cue_error"], sign * of["outcome_error"]
    return [(trials.onset, at_cue), (trials.outcome_onset, at_outcome)]


def planted_signal(
    sites: Sequence[Site],
    effects: Sequence[float],
    trials: Trials,
    grid: Grid,
    frame_times: Floats,
    hrf: str = "spm",
) -> Floats:
    """Return the signal of all sites in all voxels.

    Parameters
    ----------
    sites : sequence of Site
        Places.
    effects : sequence of float
        Percent signal of each site, of this person.
    trials : Trials
        Of one run.
    grid : Grid
        Voxels.
    frame_times : ndarray of shape (n_frames,)
        Seconds.
    hrf : str, default "spm"
        Hemodynamic response.

    Returns
    -------
    ndarray of shape (n_frames, n_voxels), float64
        Percent of the mean signal.
    """
    if not sites:
        return np.zeros((len(frame_times), int(grid.mask.sum())))
    pairs = list(zip(sites, effects, strict=True))
    courses = [site_course(site, trials, frame_times, hrf, effect) for site, effect in pairs]
    return np.stack(courses, axis=1) @ np.stack([site_weights(site, grid) for site in sites])
