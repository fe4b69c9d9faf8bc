"""The events of a run, in the order and with the onsets of the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats

from .dataset import Run
from .notices import Notice
from .tsv import Cells, numbers_of, read_cells, texts_of


@dataclass(frozen=True, slots=True)
class EventTable:
    """Events of one run; row i is data row i + 1 of the file.

    Attributes
    ----------
    run : Run
        Whose events.
    cells : Cells
        Every column word for word.
    onset : ndarray of shape (n_events,), float64
        Seconds: as given, less ``offset``; NaN where missing.
    duration : ndarray of shape (n_events,), float64
        Seconds; NaN where missing.
    notices : tuple of Notice
        What is odd about the file.
    offset : float
        What was taken from the onsets of the file, in seconds: 0 unless that was asked for.
    """

    run: Run
    cells: Cells
    onset: Floats
    duration: Floats
    notices: tuple[Notice, ...]
    offset: float = 0.0

    def __len__(self) -> int:
        """Return the number of events."""
        return self.cells.n_rows

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns, in the order of the file."""
        return tuple(self.cells.columns)

    def texts(self, column: str) -> NDArray[np.str_]:
        """Return a column as words.

        Parameters
        ----------
        column : str
            Its name.

        Returns
        -------
        ndarray of shape (n_events,)
            Word for word; ``""`` where it is ``n/a``.

        Raises
        ------
        InputError
            If there is no such column.
        """
        return texts_of(self._having(column), column)

    def numbers(self, column: str) -> tuple[Floats, tuple[Notice, ...]]:
        """Return a column as numbers.

        Parameters
        ----------
        column : str
            Its name; ``"onset"`` and ``"duration"`` are what the fields of those names hold.

        Returns
        -------
        ndarray of shape (n_events,)
            NaN where missing.
        tuple of Notice
            Where missing values are not written ``n/a``.

        Raises
        ------
        InputError
            If there is no such column, or a cell is no finite number.
        """
        if column in ("onset", "duration"):
            return (self.onset if column == "onset" else self.duration), ()
        return numbers_of(self._having(column), column)

    def frame(self) -> pd.DataFrame:
        """Return the events as a table.

        Returns
        -------
        pandas.DataFrame
            ``onset`` and ``duration`` as numbers, the rest as words, missing where ``n/a``.
        """
        words = {name: self.texts(name) for name in self.columns}
        frame = pd.DataFrame(words, dtype="str").replace("", None)
        return frame.assign(onset=self.onset, duration=self.duration)

    def _having(self, column: str) -> Cells:
        if column not in self.cells.columns:
            found = f"no column {column!r}"
            raise InputError(self.cells.where, found, f"one of {', '.join(self.columns)}")
        return self.cells


def read_events(run: Run) -> EventTable:
    """Read the events of a run.

    Parameters
    ----------
    run : Run
        From `read_dataset`.

    Returns
    -------
    EventTable
        Rows in the order of the file, onsets as given; what is odd about them as notices.

    Raises
    ------
    InputError
        If the file is no table of text in UTF-8, rows have too many or too few cells, there is no
        column of onsets, or a time is no number.
    """
    cells, notices = read_cells(run.path, run.file)
    onset, about_onsets = _times(cells, "onset")
    duration, about_durations = _times(cells, "duration")
    odd = (
        *notices,
        *about_onsets,
        *about_durations,
        *_missing(onset, cells.where, "onset"),
        *_going_back(onset, cells),
        *_negative(duration, cells.where),
        *_undescribed(run.metadata, cells),
    )
    if len(onset) == 0:
        odd = (*odd, Notice(cells.where, None, "a header and no events", "no-events"))
    return EventTable(run, cells, onset, duration, odd)


def _times(cells: Cells, name: str) -> tuple[Floats, tuple[Notice, ...]]:
    if name in cells.columns:
        return numbers_of(cells, name)
    if name == "duration":
        notice = Notice(cells.where, None, "no column duration: durations unknown", "no-duration")
        return np.full(cells.n_rows, np.nan), (notice,)
    names = list(cells.columns)
    remedy = "Its cells are parted by commas: save it with tabs." if "," in names[0] else ""
    found = f"no column onset among {', '.join(names[:8])}"
    raise InputError(cells.where, found, "the columns onset and duration, in seconds", remedy)


def _missing(values: Floats, where: str, name: str) -> list[Notice]:
    what = f"no {name}: the event stays, its time is unknown"
    return [Notice(where, int(i) + 1, what, f"no-{name}") for i in np.flatnonzero(np.isnan(values))]


def _going_back(onset: Floats, cells: Cells) -> list[Notice]:
    """Name each event that lies before the last event above it whose onset is known."""
    known = np.flatnonzero(~np.isnan(onset))
    notices = []
    for above, row in pairwise(known.tolist()):
        if onset[row] < onset[above]:
            what = (
                f"onset {onset[row]:.6g} s lies before {onset[above]:.6g} s"
                f" of data row {above + 1}: the order of the file is kept"
            )
            notices.append(Notice(cells.where, int(row) + 1, what, "onset-goes-back"))
    return notices


def _negative(duration: Floats, where: str) -> list[Notice]:
    rows = np.flatnonzero(duration < 0)
    return [
        Notice(where, int(i) + 1, f"duration {duration[i]:.6g} s, kept", "negative-duration")
        for i in rows
    ]


def _undescribed(metadata: Mapping[str, object], cells: Cells) -> list[Notice]:
    """Name words that a sidecar's levels leave out."""
    notices = []
    for name in cells.columns:
        about = metadata.get(name)
        levels = about.get("Levels") if isinstance(about, Mapping) else None
        if not isinstance(levels, Mapping):
            continue
        words = texts_of(cells, name)
        for word in dict.fromkeys(words.tolist()):
            if word and word not in levels:
                row = int(np.flatnonzero(words == word)[0]) + 1
                what = f"column {name}: {word!r} is not among the levels of the sidecar"
                notices.append(Notice(cells.where, row, what, "level-not-described"))
    return notices
