"""One run's design matrix: regressors of events, confounds, drifts, and what each column is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from dolorimeter.core import InputError, Trials
from dolorimeter.core.containers import Floats
from dolorimeter.samples.arguments import as_choice

from .columns import read_frame_times, read_scrubbed, require_independent
from .design_columns import (
    Column,
    confound_columns,
    event_columns,
    read_basis,
    spike_columns,
    time_columns,
)
from .events import place_of
from .orthogonalize import orthogonalize_serially
from .regressors import Regressor

KINDS = ("regressor", "modulator", "derivative", "confound", "drift", "spike", "constant")
ORDERS = ("none", "serial", "serial-same-events")
SCRUBS = ("spikes", "drop")


@dataclass(frozen=True, slots=True)
class Design:
    """Design matrix of one run.

    Attributes
    ----------
    matrix : ndarray of shape (n_frames, k), float64
        Full rank; the last column is constant.
    names : tuple of str
        Of the columns, each once.
    kinds : tuple of str
        What each column is: ``"regressor"`` (events, or one FIR delay of them), ``"modulator"``
        (events weighted by what a model says), ``"derivative"`` (of the response to either),
        ``"confound"``, ``"drift"``, ``"spike"`` (one scrubbed frame) or ``"constant"``.
    frame_times : ndarray of shape (n_frames,), float64
        When each row was scanned, in seconds from the start of the run.
    frames : ndarray of shape (n_frames,), int64
        Which frame of the run each row is: fit ``data[frames]``. All of them, in order, unless
        scrubbed frames are dropped.
    subject, run : str
        Whose, and which.

    Raises
    ------
    InputError
        If shapes disagree, a number is not finite, or a name stands twice.
    """

    matrix: Floats
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    frame_times: Floats
    frames: NDArray[np.int64]
    subject: str = ""
    run: str = ""

    def __post_init__(self) -> None:
        n_frames, n_columns = self.matrix.shape if self.matrix.ndim == 2 else (-1, -1)
        found = f"shape {self.matrix.shape}, {len(self.names)} names, {len(self.kinds)} kinds"
        if (len(self.names), len(self.kinds)) != (n_columns, n_columns):
            raise InputError("design", found, "one name and one kind for each column")
        if self.frame_times.shape != (n_frames,) or self.frames.shape != (n_frames,):
            raise InputError("design", found, "one time and one number for each row")
        if set(self.kinds) - set(KINDS):
            raise InputError("kinds", repr(self.kinds), f"each one of {', '.join(KINDS)}")
        for i, name in enumerate(self.names):
            if name in self.names[:i]:
                raise InputError("design", f"column {name!r} twice", "a name of its own each")
        if not np.isfinite(self.matrix).all():
            column = self.names[int(np.flatnonzero(~np.isfinite(self.matrix).all(axis=0))[0])]
            raise InputError(f"column {column!r}", "a value that is not finite", "finite numbers")

    def columns(self, *kinds: str) -> NDArray[np.int64]:
        """Return where the columns of some kinds are.

        Parameters
        ----------
        *kinds : str
            Such as ``"regressor"``.

        Returns
        -------
        ndarray of int64
            Their positions.
        """
        return np.flatnonzero([kind in kinds for kind in self.kinds])

    def __len__(self) -> int:
        """Return the number of frames."""
        return len(self.matrix)


def make_design(
    trials: Trials,
    regressors: Sequence[Regressor],
    frame_times: ArrayLike,
    *,
    hrf: str = "spm",
    derivatives: Sequence[str] = (),
    fir_delays: Sequence[int] | None = None,
    high_pass: float | None = 128.0,
    drift: str = "cosine",
    drift_order: int = 1,
    orthogonalize: str = "none",
    confounds: pd.DataFrame | None = None,
    scrubbed: ArrayLike | None = None,
    scrub: str = "spikes",
    missing: str = "error",
    convolution: str = "nilearn",
) -> Design:
    """Build the design matrix of one run.

    Parameters
    ----------
    trials : Trials
        Of one run of one subject, with the quantities that modulators need.
    regressors : sequence of Regressor
        In the order of their columns, which is their precedence where they are orthogonalized;
        empty for a design without events.
    frame_times : array-like of shape (n_frames,)
        Seconds from the start of the run, on the clock of the onsets; ``frame_times_of`` gives them
        from the repetition time, and there the time within a volume is chosen (default: its start).
    hrf : {"spm", "glover", "fir"}, default "spm"
        The response; ``"fir"`` is one column for each delay.
    derivatives : sequence of {"time", "dispersion"}, default ()
        Of the response, as further columns, each orthogonal to the response of its own events (as
        nilearn); none with ``"fir"``.
    fir_delays : sequence of int, optional
        In frames; without it from 0 to 24 s. Only with ``"fir"``.
    high_pass : float or None, default 128.0
        Cut-off of the cosine drifts as a period in seconds; None for no drift.
    drift : {"cosine", "polynomial"}, default "cosine"
        How slow waves are modeled; a polynomial has an order in place of a cut-off.
    drift_order : int, default 1
        Of the polynomial.
    orthogonalize : {"none", "serial", "serial-same-events"}, default "none"
        ``"serial"``: each column less what all columns of events before it explain.
        ``"serial-same-events"``: less what those with the same events explain (SPM's modulators of
        one trial type). What they share is then the first one's; the fit is the same.
    confounds : DataFrame of shape (n_frames, m), optional
        As ``read_confounds`` gives them.
    scrubbed : array-like, optional
        Frames not to be used: one bool a frame, or their numbers from 0.
    scrub : {"spikes", "drop"}, default "spikes"
        ``"spikes"``: a column that is 1 at one scrubbed frame for each, which takes that frame
        out of the fit and leaves the series whole. ``"drop"``: rows are left out (``Design.frames``
        says which are left), as with the sample masks of nilearn's ``load_confounds``; an AR(1)
        model then takes frames for neighbors that are not.
    missing : {"error", "skip"}, default "error"
        What to do with a regressor that has no event in this run, or a modulator that does not
        vary: refuse, or leave its columns out.
    convolution : {"nilearn", "exact"}, default "nilearn"
        ``"nilearn"``: equal to nilearn's ``make_first_level_design_matrix`` to rounding (an impulse
        lasts TR/50 and its response is that small). ``"exact"``: an impulse's response has a peak
        of 1, so that effects are in the unit of the data.

    Returns
    -------
    Design
        Columns of events, confounds, spikes, drifts and the constant, in this order.

    Raises
    ------
    InputError
        If an option is unknown, a regressor has nothing to model, an onset is unknown or outside
        the run, a confound is not finite, or columns are collinear; the message names run,
        regressor and trial, or the columns.
    """
    subject, run = place_of(trials)
    where = ", ".join(part for part in (subject, f"run {run!r}" if run else "", "design") if part)
    frames = read_frame_times(frame_times)
    basis = read_basis(hrf, derivatives, fir_delays, frames, convolution)
    skips = as_choice("missing", missing, ("error", "skip")) == "skip"
    order = as_choice("orthogonalize", orthogonalize, ORDERS)
    scrubbed_rows = read_scrubbed(scrubbed, len(frames))
    drops = as_choice("scrub", scrub, SCRUBS) == "drop"
    columns = event_columns(regressors, trials, frames, basis, skips)
    n_events = len(columns)
    columns += confound_columns(where, confounds, len(frames))
    columns += [] if drops else spike_columns(scrubbed_rows, len(frames))
    columns += time_columns(frames, drift, drift_order, high_pass)
    kept = np.setdiff1d(np.arange(len(frames)), scrubbed_rows if drops else [])
    matrix = np.stack([column.values for column in columns], axis=1)[kept]
    require_independent(matrix, [column.name for column in columns], where)
    _orthogonalize(matrix[:, :n_events], columns, order)
    names = tuple(column.name for column in columns)
    kinds = tuple(column.kind for column in columns)
    return Design(matrix, names, kinds, frames[kept], kept.astype(np.int64), subject, run)


def _orthogonalize(matrix: Floats, columns: Sequence[Column], order: str) -> None:
    """Orthogonalize the columns of events in place."""
    if order == "none":
        return
    places: dict[object, list[int]] = {}
    for i in range(matrix.shape[1]):
        of = columns[i].regressor
        same = (of.at, of.cues, of.outcomes, of.duration) if of else None
        places.setdefault(same if order == "serial-same-events" else "all", []).append(i)
    for group in places.values():
        matrix[:, group] = orthogonalize_serially(matrix[:, group])
