"""Stays cut into windows of equal width."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np

from dolorimeter.core import InputError

from .durations import format_duration, parse_duration
from .schema import PAIN, VITALS, Cohort, Events, LedgerEntry
from .window_grid import WindowGrid
from .window_means import WindowMeans


def make_windows(
    events: Events,
    width: str | timedelta | np.timedelta64 = "2h",
    min_stay: str | timedelta | np.timedelta64 | None = None,
    vitals: Sequence[str] | None = None,
    require_pain: bool = True,
) -> Cohort:
    """Cut stays into windows from their start and average each variable in each window.

    A stay has ``ceil(duration / width)`` windows, at least one; windows without observations are
    kept as all-missing. An event exactly at the end of its stay belongs to the last window.
    Nothing is imputed. Means are exact to 1e-12 of the unit and do not depend on the order of
    the rows. Stays come in the order of patient, start and stay id.

    Parameters
    ----------
    events : Events
        A hospital table, from `read_events` or `simulate_cohort`.
    width : str, timedelta or numpy.timedelta64, default "2h"
        Width of a window.
    min_stay : str, timedelta or numpy.timedelta64, optional
        Stays shorter than this are left out. The ledger gains their number (variable
        ``"(stay)"``) and, for each variable, how many values they held.
    vitals : sequence of str, optional
        Signals to keep, in this order. By default the six of `VITALS`, each a column even where
        it was never observed, then all further signals of the admitted stays by name.
    require_pain : bool, default True
        Refuse a cohort without any pain score. Inference on new patients needs none.

    Returns
    -------
    Cohort
        Window means, with the truth of a simulation carried over.

    Raises
    ------
    InputError
        If width or min_stay cannot be read, no stay or no measurement is left, no pain score is
        there, a wanted signal is absent, an event lies outside its stay, a value is not finite
        or reaches 1e15, or the windows would not fit into memory.
    """
    step = parse_duration(width, "width")
    shortest = parse_duration("0h" if min_stay is None else min_stay, "min_stay", allow_zero=True)
    grid = WindowGrid.of(events.stays, step, shortest)
    means = WindowMeans.of(events.table, grid)
    names = _columns(means, vitals)
    if require_pain and not means.values_of(PAIN):
        raise InputError(
            PAIN,
            "no pain score in any admitted stay",
            "at least one",
            "Check min_stay, and that the pain scores are mapped to pain_score.",
        )
    grid.refuse_too_many(len(names) + 1)
    return Cohort(
        vitals=np.column_stack([means.column(name, grid) for name in names]),
        pain=means.column(PAIN, grid),
        offsets=grid.offsets,
        stay_ids=grid.stay_ids,
        patient_ids=grid.patient_ids,
        times=grid.times(),
        vital_names=names,
        width=step,
        min_stay=shortest,
        source=events.source,
        path=events.path,
        ledger=events.ledger + _left_out(means, grid, names),
        truth=events.truth,
    )


def _columns(means: WindowMeans, wanted: Sequence[str] | None) -> tuple[str, ...]:
    """Names of the vitals in the order of the columns."""
    found = {name for name in means.variables if means.values_of(name)} - {PAIN}
    if wanted is None:
        return VITALS + tuple(sorted(found - set(VITALS)))
    absent = [name for name in wanted if name not in found]
    if absent or not wanted or len(set(wanted)) < len(wanted):
        raise InputError(
            "vitals",
            ", ".join(absent or wanted) or "none",
            f"one or more of {', '.join(sorted(found))}, each once",
        )
    return tuple(wanted)


def _left_out(
    means: WindowMeans, grid: WindowGrid, names: tuple[str, ...]
) -> tuple[LedgerEntry, ...]:
    """Ledger of what windowing dropped: short stays and their values, signals not wanted."""
    least = format_duration(grid.shortest)
    counts = [("(stay)", f"shorter than {least}", grid.n_short)]
    for name in means.variables:
        short = means.values_of(name, admitted=False)
        counts.append((name, f"in a stay shorter than {least}", short))
        if name not in (*names, PAIN):
            counts.append((name, "not selected", means.values_of(name)))
    return tuple(LedgerEntry(name, why, "dropped", n) for name, why, n in counts if n)
