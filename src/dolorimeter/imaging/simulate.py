"""Simulated images of people who learn: planted errors in known places, under realistic noise."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dolorimeter.core import Grid, InputError, Trials
from dolorimeter.core.containers import Floats

from .grids import brain_grid
from .simulate_motion import Motion, confounds_table, draw_motion, motion_signal
from .simulate_noise import Noise, Singles, draw_noise, smooth_fields
from .truth import EVOKED, SITES, Site, planted_signal

if TYPE_CHECKING:
    import pandas as pd

RandomState = int | np.random.Generator | None
BASELINE = 1000.0  # mean signal, arbitrary units
UNEVEN = 0.1  # deviation over voxels of the mean signal, relative
BASELINE_WIDTH = 40.0  # mm
AFTER = 20.0  # s from the last outcome to the end of a run: the response to it fades


@dataclass(frozen=True, slots=True)
class SimulatedRun:
    """Images of one run.

    Attributes
    ----------
    subject, run : str
        Whose, and which.
    data : ndarray of shape (n_frames, n_voxels), float32
        Arbitrary units, about 1,000 on average.
    confounds : DataFrame
        A row a frame, under fMRIPrep's names.
    motion : Motion
        Behind them.
    """

    subject: str
    run: str
    data: Singles
    confounds: pd.DataFrame
    motion: Motion


@dataclass(frozen=True, slots=True)
class SimulatedSubject:
    """Images of one person.

    Attributes
    ----------
    subject : str
        Name.
    trials : Trials
        The person's.
    runs : tuple of SimulatedRun
        In order.
    effects : dict of str to float
        Percent signal at each site, this person's own.
    """

    subject: str
    trials: Trials
    runs: tuple[SimulatedRun, ...]
    effects: dict[str, float]


def simulate_bold(
    trials: Trials,
    grid: Grid,
    n_frames: int,
    tr: float,
    sites: Sequence[Site] = (*SITES, *EVOKED),
    effects: Mapping[str, float] | None = None,
    noise: Noise | None = None,
    hrf: str = "spm",
    random_state: RandomState = None,
) -> SimulatedRun:
    """Simulate the images of one run.

    Parameters
    ----------
    trials : Trials
        Of one person and run, with the quantities ``cue_error`` and ``outcome_error``.
    grid : Grid
        Voxels, in MNI millimetres.
    n_frames : int
        Of the run; frame i is taken at ``i * tr``, whole.
    tr : float
        Repetition time, seconds.
    sites : sequence of Site
        Planted; empty: noise alone.
    effects : mapping of str to float, optional
        Percent signal by site, of this person; default: each site's own.
    noise : Noise, optional
        Default as the class has it.
    hrf : str, default "spm"
        Of the brain, whatever the analysis assumes.
    random_state : int, numpy.random.Generator or None
        Seed.

    Returns
    -------
    SimulatedRun
        With its confounds.

    Raises
    ------
    InputError
        If trials are of several runs, an event lies after the end, a site lies outside the mask,
        or a number cannot be used.
    """
    _check_run(trials, n_frames, tr)
    rng = np.random.default_rng(random_state)
    how = noise or Noise()
    times: Floats = np.arange(n_frames, dtype=np.float64) * tr
    sizes = [site.effect if effects is None else effects[site.name] for site in sites]
    motion = draw_motion(n_frames, how, rng)
    percent = draw_noise(n_frames, tr, grid, how, rng)
    percent += motion_signal(motion, grid, how, rng)
    percent += planted_signal(sites, sizes, trials, grid, times, hrf).astype(np.float32)
    uneven = 1 + UNEVEN * np.clip(smooth_fields(1, grid, BASELINE_WIDTH, rng), -3, 3)
    data = (BASELINE * uneven * (1 + percent / 100)).astype(np.float32)
    confounds = confounds_table(data, motion, grid, tr)
    return SimulatedRun(str(trials.subject[0]), str(trials.run[0]), data, confounds, motion)


def _check_run(trials: Trials, n_frames: int, tr: float) -> None:
    if not 0 < tr < np.inf:
        raise InputError("tr", repr(tr), "a positive number of seconds")
    if len(set(zip(trials.subject.tolist(), trials.run.tolist(), strict=True))) != 1:
        raise InputError("trials", "several runs", "the trials of one run of one person")
    last = float(np.nanmax(np.concatenate([trials.onset, trials.outcome_onset])))
    if not n_frames * tr > last:
        found = f"{n_frames} frames of {tr:g} s, an event at {last:g} s"
        raise InputError("n_frames", found, "frames until the last event at least")


def draw_effects(
    sites: Sequence[Site], effect: float, spread: float, rng: np.random.Generator
) -> dict[str, float]:
    """Draw one person's effects.

    Parameters
    ----------
    sites : sequence of Site
        Places.
    effect : float
        Multiplies the effect of every site.
    spread : float
        Deviation over people, relative to the mean.
    rng : numpy.random.Generator
        Random numbers.

    Returns
    -------
    dict of str to float
        Percent signal by site.
    """
    own = 1 + spread * rng.standard_normal(len(sites))
    return {site.name: float(effect * site.effect * o) for site, o in zip(sites, own, strict=True)}


def simulate_study_data(
    trials: Trials,
    tr: float = 3.0,
    grid: Grid | None = None,
    sites: Sequence[Site] = (*SITES, *EVOKED),
    effect: float = 1.0,
    spread: float = 0.2,
    noise: Noise | None = None,
    hrf: str = "spm",
    random_state: RandomState = None,
) -> Iterator[SimulatedSubject]:
    """Simulate the images of all people, one person in memory at a time.

    Parameters
    ----------
    trials : Trials
        Of all people, with the quantities ``cue_error`` and ``outcome_error``.
    tr : float, default 3.0
        Repetition time, seconds; a run lasts until 20 s after its last outcome.
    grid : Grid, optional
        Default :func:`brain_grid`.
    sites : sequence of Site
        Planted; empty: noise alone.
    effect : float, default 1.0
        Multiplies every planted effect.
    spread : float, default 0.2
        Deviation of the effects over people, relative to their mean.
    noise : Noise, optional
        Default as the class has it.
    hrf : str, default "spm"
        Of the brain.
    random_state : int, numpy.random.Generator or None
        Seed. Each person has a stream of their own: a further person changes nobody's images.

    Yields
    ------
    SimulatedSubject
        In the order of the trials.

    Raises
    ------
    InputError
        As :func:`simulate_bold`.
    """
    seed = int(np.random.default_rng(random_state).integers(2**63))
    voxels = grid if grid is not None else brain_grid()
    common: dict[str, Any] = {"tr": tr, "sites": sites, "noise": noise, "hrf": hrf}
    for subject in dict.fromkeys(trials.subject.tolist()):
        rng = np.random.default_rng([seed, zlib.crc32(subject.encode())])
        own = trials.take(trials.subject == subject)
        effects = draw_effects(sites, effect, spread, rng)
        runs = []
        for run in dict.fromkeys(own.run.tolist()):
            these = own.take(own.run == run)
            n_frames = frames_of(these, tr)
            options = common | {"effects": effects, "random_state": rng}
            runs.append(simulate_bold(these, voxels, n_frames, **options))
        yield SimulatedSubject(subject, own, tuple(runs), effects)


def frames_of(trials: Trials, tr: float) -> int:
    """Return how many frames a run takes.

    Parameters
    ----------
    trials : Trials
        Of one run.
    tr : float
        Repetition time, seconds.

    Returns
    -------
    int
        Until 20 s after the last outcome.
    """
    return int(np.ceil((_last(trials.outcome_onset) + AFTER) / tr))


def _last(onsets: Floats) -> float:
    if np.isnan(onsets).any():
        raise InputError("outcome_onset", "unknown in some trial", "seconds, for every trial")
    return float(onsets.max())
