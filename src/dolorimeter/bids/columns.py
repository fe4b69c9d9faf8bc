"""Rows and columns of the events that this package writes, and their descriptions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import InputError, Trials
from dolorimeter.core.containers import Floats

from .layout import cell_of, number_cell
from .trials import BIDS_NAMES

FIXED = ("onset", "duration", "trial_type", "trial", "cue", "outcome", "utility")


@dataclass(frozen=True, slots=True)
class Column:
    """Numbers of a further column, by the row of a trial that holds them.

    Attributes
    ----------
    first : ndarray of shape (n_trials,) or None
        In the first row of a trial: that of its cue, or of its outcome where the cue has none.
    cue, outcome : ndarray of shape (n_trials,) or None
        In the row of the cue, and of the outcome.
    """

    first: Floats | None = None
    cue: Floats | None = None
    outcome: Floats | None = None

    def cell(self, trial: int, at: str, first: bool) -> str:
        """Return a cell.

        Parameters
        ----------
        trial : int
            Which trial.
        at : {"cue", "outcome"}
            Which of its rows.
        first : bool
            Whether that is its first.

        Returns
        -------
        str
            A number or ``n/a``.
        """
        values = self.cue if at == "cue" else self.outcome
        if first and self.first is not None:
            values = self.first
        return "n/a" if values is None else number_cell(values[trial])


def table_text(
    trials: Trials, rows: NDArray[np.int64], further: Mapping[str, Column], lasting: float
) -> str:
    """Return the events of one run as text: a row for each cue and one for each outcome.

    Parameters
    ----------
    trials : Trials
        All trials.
    rows : ndarray of shape (n_rows,), int64
        Those of this run, in order.
    further : mapping of str to Column
        Further columns by name.
    lasting : float
        Seconds that an outcome lasts; NaN where that is not known.

    Returns
    -------
    str
        Sorted by onset; events whose onset is unknown stand last.
    """
    lines = []
    for number, i in enumerate(rows.tolist(), start=1):
        onset, then = float(trials.onset[i]), float(trials.outcome_onset[i])
        shared = (str(number), cell_of("cue", str(trials.cue[i])))
        has_cue = not np.isnan(onset)
        if has_cue:
            held = [column.cell(i, "cue", True) for column in further.values()]
            length = number_cell(_until(onset, then))
            lines.append((onset, [number_cell(onset), length, "cue", *shared, "n/a", "n/a", *held]))
        held = [column.cell(i, "outcome", not has_cue) for column in further.values()]
        told = (cell_of("outcome", str(trials.outcome[i])), number_cell(trials.utility[i]))
        when = (number_cell(then), number_cell(lasting))
        lines.append((then, [*when, "outcome", *shared, *told, *held]))
    lines.sort(key=lambda line: (np.isnan(line[0]), line[0]))
    table = [[*FIXED, *further], *(cells for _, cells in lines)]
    return "".join("\t".join(cells) + "\n" for cells in table)


def measure_columns(values: Mapping[str, Floats]) -> dict[str, Column]:
    """Return measures as columns, under BIDS's own names where it has them.

    Parameters
    ----------
    values : mapping of str to ndarray
        By name.

    Returns
    -------
    dict of str to Column
        By name of the column.

    Raises
    ------
    InputError
        If a name cannot be that of a column, or is taken.
    """
    columns: dict[str, Column] = {}
    for name, numbers in values.items():
        check_name("measures", name, columns)
        columns[BIDS_NAMES.get(name, name)] = Column(first=numbers)
    return columns


def check_name(where: str, name: str, taken: Mapping[str, object]) -> None:
    """Refuse a name that no column can have, or that another column has.

    Parameters
    ----------
    where : str
        What it names, for the message.
    name : str
        The name.
    taken : mapping of str
        Names of other columns.

    Raises
    ------
    InputError
        If it cannot be used.
    """
    cell_of(where, name)
    reserved = name in FIXED or name in ("", "*") or name in BIDS_NAMES.values()
    if reserved or BIDS_NAMES.get(name, name) in taken or name != name.strip():
        raise InputError(where, f"the name {name!r}", "a name that no other column has")


def describe(trials: Trials) -> dict[str, Any]:
    """Describe the columns that every file has.

    Parameters
    ----------
    trials : Trials
        All trials.

    Returns
    -------
    dict
        For ``events.json``.
    """
    least, most = trials.utility.min(), trials.utility.max()
    return {
        "trial_type": {
            "Description": "What the event is",
            "Levels": {
                "cue": "A cue was shown; it lasts until the outcome",
                "outcome": "What followed, an omission too",
            },
        },
        "trial": {"Description": "Number of the trial within the run, from 1"},
        "cue": {"Description": "Which cue", **_levels(trials.cue, "Cue")},
        "outcome": {"Description": "What followed", **_levels(trials.outcome, "Outcome")},
        "utility": {
            "Description": "Appetitive utility of what followed, relief above 0, exacerbation"
            f" below: {least:g} to {most:g} in this data set"
        },
    }


def _until(onset: float, then: float) -> float:
    """Return how long a cue lasts, to the microsecond; NaN where that is not known."""
    return round(then - onset, 6) if then >= onset else float("nan")


def _levels(words: NDArray[np.str_], kind: str) -> dict[str, dict[str, str]]:
    levels = {word: f"{kind} {word}" for word in dict.fromkeys(words.tolist()) if word}
    return {"Levels": levels} if levels else {}
