"""Windows of equal width laid over the stays, before anything is averaged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from dolorimeter.core import InputError
from dolorimeter.core.containers import Ints

from .durations import format_duration

_MOST_CELLS = 2**30


@dataclass(frozen=True, slots=True)
class WindowGrid:
    """The windows of the admitted stays.

    Attributes
    ----------
    table : pyarrow.Table
        One row a stay, short ones included: ``stay_id``, ``start``, ``duration`` (microseconds),
        ``last`` (index of its last window) and ``number`` among the admitted, -1 if too short.
    stay_ids, patient_ids : ndarray of shape (n_stays,), str
        The admitted stays, by patient, start and stay id.
    starts : ndarray of shape (n_stays,), datetime64[us]
        Their starts.
    offsets : ndarray of shape (n_stays + 1,), int64
        Stay i holds the windows ``offsets[i]:offsets[i + 1]``.
    width, shortest : numpy.timedelta64[us]
        Width of a window; duration below which a stay is too short.
    """

    table: pa.Table
    stay_ids: NDArray[np.str_]
    patient_ids: NDArray[np.str_]
    starts: NDArray[np.datetime64]
    offsets: Ints
    width: np.timedelta64
    shortest: np.timedelta64

    @classmethod
    def of(cls, stays: pd.DataFrame, width: np.timedelta64, shortest: np.timedelta64) -> WindowGrid:
        """Lay windows over every stay that is long enough.

        Parameters
        ----------
        stays : pandas.DataFrame
            The stays of `Events`.
        width, shortest : numpy.timedelta64[us]
            Width of a window; least duration of a stay.

        Returns
        -------
        WindowGrid
            With ``ceil(duration / width)`` windows a stay, at least one.

        Raises
        ------
        InputError
            If there is no stay, one occurs twice or ends before it starts, or all are too short.
        """
        stays = stays.sort_values(["patient_id", "start", "stay_id"], ignore_index=True)
        starts = stays["start"].to_numpy().astype("datetime64[us]")
        durations = stays["end"].to_numpy().astype("datetime64[us]") - starts
        _refuse_bad_stays(stays, durations)
        admitted = durations >= shortest
        if not admitted.any():
            raise InputError(
                "min_stay",
                f"{format_duration(shortest)}, longer than every stay",
                f"at most {format_duration(durations.max())}, the longest stay",
            )
        n_windows = np.maximum(-(-durations // width), 1).astype(np.int64)
        table = pa.table(
            {
                "stay_id": stays["stay_id"].to_numpy(dtype=str),
                "start": starts,
                "duration": durations.astype(np.int64),
                "last": n_windows - 1,
                "number": np.where(admitted, np.cumsum(admitted) - 1, -1),
            }
        )
        offsets = np.concatenate([[0], np.cumsum(n_windows[admitted])]).astype(np.int64)
        names = [stays[c].to_numpy(dtype=str)[admitted] for c in ("stay_id", "patient_id")]
        return cls(table, names[0], names[1], starts[admitted], offsets, width, shortest)

    @property
    def n_short(self) -> int:
        """Number of stays that are too short."""
        return len(self.table) - len(self.stay_ids)

    def times(self) -> NDArray[np.datetime64]:
        """Return the start of each window."""
        lengths = np.diff(self.offsets)
        within = np.arange(self.offsets[-1]) - np.repeat(self.offsets[:-1], lengths)
        return np.repeat(self.starts, lengths) + within * self.width

    def refuse_too_many(self, n_columns: int) -> None:
        """Refuse windows that would not fit into memory.

        Parameters
        ----------
        n_columns : int
            Number of variables that are kept.

        Raises
        ------
        InputError
            If windows times variables exceed 2^30 values (8 GiB).
        """
        n_windows = int(self.offsets[-1])
        if n_windows * n_columns > _MOST_CELLS:
            raise InputError(
                "width",
                f"{format_duration(self.width)}, which cuts the stays into {n_windows:,} windows",
                f"at most {_MOST_CELLS // n_columns:,} windows",
                "Take wider windows or fewer stays.",
            )


def _refuse_bad_stays(stays: pd.DataFrame, durations: NDArray[np.timedelta64]) -> None:
    if len(stays) == 0:
        raise InputError("stays", "none", "at least one stay")
    twice = stays["stay_id"].duplicated().to_numpy()
    backward = ~(durations >= np.timedelta64(0, "us"))
    for bad, found in ((twice, "occurs twice"), (backward, "does not end after it starts")):
        if bad.any():
            stay = stays["stay_id"].to_numpy(dtype=str)[bad][0]
            raise InputError(f"stay {stay}", found, "unique stays with start and end in order")
