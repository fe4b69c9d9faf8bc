"""The words of a hospital table: variables, the cleaning ledger, events, cohort."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core.containers import Floats, Ints, check_offsets

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

PAIN = "pain_score"
VITALS = ("pulse", "respiratory_rate", "spo2", "systolic", "diastolic", "temperature")


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """Values of one variable that cleaning touched for one reason.

    Attributes
    ----------
    variable : str
        Name of the variable, or ``"(any)"`` for rows that could not be assigned to one.
    reason : str
        Why, such as ``"unable to score"`` or ``"Fahrenheit to Celsius"``.
    action : str
        ``"converted"`` (kept with another value), ``"set missing"`` (the row gave no usable
        value) or ``"dropped"`` (a usable value that does not belong here, such as one outside
        every stay).
    count : int
        How many values.
    """

    variable: str
    reason: str
    action: str
    count: int


@dataclass(frozen=True, slots=True)
class Events:
    """A hospital table in the project's own terms, not yet read into memory.

    Attributes
    ----------
    table : ibis table
        Columns ``patient_id`` (string), ``stay_id`` (string), ``time`` (timestamp, naive local),
        ``variable`` (string), ``value`` (float64, finite, in the variable's unit): one row a kept
        measurement, inside its stay.
    stays : pandas.DataFrame
        Columns ``patient_id``, ``stay_id`` (unique), ``start``, ``end`` (datetime64[us]), sorted
        by patient, start and stay.
    ledger : tuple of LedgerEntry
        All that cleaning dropped, converted or set missing.
    source : str
        Name of the reader.
    path : str
        What was read.
    truth : object or None
        What a simulation planted; None for real data.
    """

    table: ir.Table
    stays: pd.DataFrame
    ledger: tuple[LedgerEntry, ...]
    source: str
    path: str
    truth: Any = None


@dataclass(frozen=True, slots=True)
class Cohort:
    """Stays cut into windows of equal width; nothing is imputed.

    Attributes
    ----------
    vitals : ndarray of shape (n_windows, n_vitals), float64
        Mean of each vital in each window, NaN where it was not observed.
    pain : ndarray of shape (n_windows,), float64
        Mean pain score (0–10), NaN where none was reported.
    offsets : ndarray of shape (n_stays + 1,), int64
        Stay i holds the windows ``offsets[i]:offsets[i + 1]``.
    stay_ids, patient_ids : ndarray of shape (n_stays,), str
        Sorted by patient, start of stay and stay.
    times : ndarray of shape (n_windows,), datetime64[us]
        Start of each window.
    vital_names : tuple of str
        Names of the columns of ``vitals``.
    width, min_stay : numpy.timedelta64[us]
        Width of a window; shortest stay that was admitted.
    source : str
        Reader that the events came from.
    ledger : tuple of LedgerEntry
        The events' ledger, and what windowing left out.
    path : str
        What was read.
    truth : object or None
        What a simulation planted; None for real data.
    """

    vitals: Floats
    pain: Floats
    offsets: Ints
    stay_ids: NDArray[np.str_]
    patient_ids: NDArray[np.str_]
    times: NDArray[np.datetime64]
    vital_names: tuple[str, ...]
    width: np.timedelta64
    min_stay: np.timedelta64
    source: str
    ledger: tuple[LedgerEntry, ...]
    path: str = ""
    truth: Any = None

    def __post_init__(self) -> None:
        check_offsets(self.offsets, len(self.pain))

    @property
    def n_stays(self) -> int:
        """Number of stays."""
        return len(self.stay_ids)

    @property
    def n_patients(self) -> int:
        """Number of patients."""
        return len(np.unique(self.patient_ids))

    @property
    def n_windows(self) -> int:
        """Number of windows over all stays, empty ones included."""
        return len(self.pain)

    @property
    def lengths(self) -> Ints:
        """Windows in each stay, shape (n_stays,)."""
        return np.diff(self.offsets)

    def windows_of(self, stays: Ints) -> Ints:
        """Return the windows of some stays.

        Parameters
        ----------
        stays : ndarray of int64
            Indices of stays.

        Returns
        -------
        ndarray of int64
            Indices of their windows, in the order of ``stays``.
        """
        return np.concatenate([np.arange(self.offsets[i], self.offsets[i + 1]) for i in stays])

    def select(self, stays: Ints) -> Cohort:
        """Return the cohort of some of the stays, in the given order.

        Parameters
        ----------
        stays : ndarray of int64
            Indices of stays.

        Returns
        -------
        Cohort
            Ledger, width and truth are carried over.
        """
        windows = self.windows_of(stays)
        return replace(
            self,
            vitals=self.vitals[windows],
            pain=self.pain[windows],
            times=self.times[windows],
            offsets=np.concatenate([[0], np.cumsum(self.lengths[stays])]).astype(np.int64),
            stay_ids=self.stay_ids[stays],
            patient_ids=self.patient_ids[stays],
        )
