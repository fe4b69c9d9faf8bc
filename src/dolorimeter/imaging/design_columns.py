"""Columns of a design, group by group, each with its name, its kind and where it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dolorimeter.core import InputError, Trials
from dolorimeter.core.containers import Floats
from dolorimeter.samples.arguments import as_choice

from .columns import cosine_drift, polynomial_drift
from .events import Events, NothingToModel, events_of, name_place
from .orthogonalize import orthogonalize_serially
from .regressors import Regressor
from .responses import DERIVATIVES, HRFS, fir_responses, require_within, respond, response_name

DRIFTS = ("cosine", "polynomial")
FIR_WINDOW = 24.0  # s that the delays span where none are given
_SUFFIXES = {"time": "derivative", "dispersion": "dispersion"}  # nilearn's names


class Column(NamedTuple):
    """One column, and the regressor that it comes from.

    Attributes
    ----------
    name, kind : str
        As in ``Design``.
    values : ndarray of shape (n_frames,)
        The column.
    regressor : Regressor or None
        None for columns that no event makes.
    """

    name: str
    kind: str
    values: Floats
    regressor: Regressor | None = None


@dataclass(frozen=True, slots=True)
class Basis:
    """How events become columns.

    Attributes
    ----------
    hrf : {"spm", "glover", "fir"}
        The response.
    derivatives : tuple of str
        Of it, as further columns.
    delays : tuple of int
        In frames, for ``"fir"``.
    convolution : {"nilearn", "exact"}
        See ``responses``.
    """

    hrf: str
    derivatives: tuple[str, ...]
    delays: tuple[int, ...]
    convolution: str

    def columns(self, regressor: Regressor, trials: Trials, frames: Floats) -> list[Column]:
        """Build the columns of one regressor.

        Parameters
        ----------
        regressor : Regressor
            What to build.
        trials : Trials
            Of one run of one subject.
        frames : ndarray of shape (n_frames,)
            Seconds.

        Returns
        -------
        list of Column
            The response first, then its derivatives; or one a delay.

        Raises
        ------
        InputError
            As ``events_of``, or if an event is outside the run.
        """
        events = events_of(regressor, trials)
        require_within(regressor, trials, events, frames)
        kind = "regressor" if regressor.modulator is None else "modulator"
        if self.hrf == "fir":
            where = name_place(regressor, trials)
            boxes = fir_responses(events, frames, self.delays, self.convolution, where)
            names = [f"{regressor.name}_delay_{d}" for d in self.delays]
            values = [box @ events.amplitudes for box in boxes]
            return [Column(n, kind, x, regressor) for n, x in zip(names, values, strict=True)]
        names = [regressor.name, *(f"{regressor.name}_{_SUFFIXES[d]}" for d in self.derivatives)]
        kinds = [kind, *["derivative"] * len(self.derivatives)]
        table = self._convolved(events, frames)
        parts = zip(names, kinds, table.T, strict=True)
        return [Column(name, kind, values, regressor) for name, kind, values in parts]

    def _convolved(self, events: Events, frames: Floats) -> Floats:
        """Convolve with the response and its derivatives, which are less what it explains."""
        columns = []
        for derivative in (None, *self.derivatives):
            name = response_name(self.hrf, derivative)
            columns.append(respond(events, frames, name, self.convolution) @ events.amplitudes)
        return orthogonalize_serially(np.stack(columns, axis=1))


def read_basis(
    hrf: str,
    derivatives: Sequence[str],
    fir_delays: Sequence[int] | None,
    frames: Floats,
    convolution: str,
) -> Basis:
    """Check how events become columns.

    Parameters
    ----------
    hrf, derivatives, fir_delays, convolution : str or sequence
        As in ``make_design``.
    frames : ndarray of shape (n_frames,)
        Seconds.

    Returns
    -------
    Basis
        With delays from 0 to 24 s where none are given.

    Raises
    ------
    InputError
        If a word is unknown, or options contradict each other.
    """
    as_choice("hrf", hrf, (*HRFS, "fir"))
    for derivative in derivatives:
        as_choice("derivatives", derivative, DERIVATIVES)
    if hrf == "fir" and derivatives:
        raise InputError("derivatives", repr(derivatives), "none with hrf='fir'")
    if hrf != "fir" and fir_delays is not None:
        raise InputError("fir_delays", f"given with hrf={hrf!r}", "hrf='fir'")
    n_delays = int(np.ceil(FIR_WINDOW / float(np.diff(frames).min())))
    delays = tuple(range(n_delays)) if fir_delays is None else tuple(fir_delays)
    return Basis(hrf, tuple(derivatives), delays, convolution)


def event_columns(
    regressors: Iterable[Regressor], trials: Trials, frames: Floats, basis: Basis, skips: bool
) -> list[Column]:
    """Build the columns of all regressors.

    Parameters
    ----------
    regressors : iterable of Regressor
        In order.
    trials : Trials
        Of one run of one subject.
    frames : ndarray of shape (n_frames,)
        Seconds.
    basis : Basis
        How events become columns.
    skips : bool
        Leave out a regressor that has nothing to model in this run.

    Returns
    -------
    list of Column
        In that order.

    Raises
    ------
    NothingToModel
        If a regressor has no events or a constant modulator, and is not to be left out.
    """
    columns: list[Column] = []
    for regressor in regressors:
        try:
            columns += basis.columns(regressor, trials, frames)
        except NothingToModel:
            if not skips:
                raise
    return columns


def confound_columns(where: str, confounds: pd.DataFrame | None, n_frames: int) -> list[Column]:
    """Take the columns of a table of confounds.

    Parameters
    ----------
    where : str
        What they belong to, for messages.
    confounds : DataFrame or None
        One row a frame.
    n_frames : int
        Of the run.

    Returns
    -------
    list of Column
        One a column of the table.

    Raises
    ------
    InputError
        If there are not as many rows as frames, or a value is not finite.
    """
    if confounds is None:
        return []
    if len(confounds) != n_frames:
        found = f"{len(confounds)} rows for {n_frames} frames"
        raise InputError(f"{where}, confounds", found, "one row a frame")
    columns = []
    for name in confounds.columns:
        values = confounds[name].to_numpy(dtype=np.float64)
        bad = np.flatnonzero(~np.isfinite(values))
        if len(bad):
            place = f"{where}, confound {name!r}, frame {bad[0]}"
            raise InputError(place, str(values[bad[0]]), "a finite number")
        columns.append(Column(str(name), "confound", values))
    return columns


def spike_columns(rows: NDArray[np.int64], n_frames: int) -> list[Column]:
    """Build one column for each scrubbed frame.

    Parameters
    ----------
    rows : ndarray of int64
        The frames.
    n_frames : int
        Of the run.

    Returns
    -------
    list of Column
        Each 1 at its frame.
    """
    return [Column(f"spike_{row}", "spike", np.eye(n_frames)[row]) for row in rows]


def time_columns(frames: Floats, drift: str, order: int, high_pass: float | None) -> list[Column]:
    """Build drifts and the constant, under nilearn's names.

    Parameters
    ----------
    frames : ndarray of shape (n_frames,)
        Seconds.
    drift, order, high_pass : str, int and float or None
        As in ``make_design``.

    Returns
    -------
    list of Column
        The constant last.

    Raises
    ------
    InputError
        If the drift is unknown, or the order or cut-off cannot be.
    """
    waves = np.empty((len(frames), 0))
    if as_choice("drift", drift, DRIFTS) == "polynomial":
        waves = polynomial_drift(frames, order)
    elif high_pass is not None:
        waves = cosine_drift(frames, high_pass)
    drifts = [Column(f"drift_{k}", "drift", wave) for k, wave in enumerate(waves.T, 1)]
    return [*drifts, Column("constant", "constant", np.ones(len(frames)))]
