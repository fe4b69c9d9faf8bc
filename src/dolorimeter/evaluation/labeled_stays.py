"""Labels by stay and patient, and what a model refitted on some stays says of others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints

from .checks import check_length

FitPredict = Callable[..., Floats]


@dataclass(frozen=True, slots=True)
class LabeledStays:
    """Where each stay's windows and each patient's stays are.

    Attributes
    ----------
    labels : ndarray of shape (n_windows,), int64
        -1 where unknown.
    windows : tuple of ndarray of int64
        Windows of each stay, in their order.
    patient : ndarray of shape (n_stays,), int64
        Code of each stay's patient, 0 … n_patients - 1 in the order of their names.
    window_patient : ndarray of shape (n_windows,), int64
        Code of each window's patient.
    n_patients, n_classes : int
        How many there are.
    """

    labels: Ints
    windows: tuple[Ints, ...]
    patient: Ints
    window_patient: Ints
    n_patients: int
    n_classes: int

    @classmethod
    def of(cls, labels: ArrayLike, sequences: ArrayLike, groups: ArrayLike) -> LabeledStays:
        """Build it from flat arrays.

        Parameters
        ----------
        labels : array-like of shape (n_windows,), int
            -1 where unknown.
        sequences : array-like of shape (n_windows,), int
            Index of the stay that each window belongs to.
        groups : array-like of shape (n_stays,)
            Patient of each stay.

        Returns
        -------
        LabeledStays
            The same by stay.

        Raises
        ------
        InputError
            If shapes disagree, an index is out of range, or fewer than two classes occur.
        """
        known = np.asarray(labels, dtype=np.int64)
        stay = check_length(sequences, len(known), "sequences")
        names, patient = np.unique(np.asarray(groups), return_inverse=True)
        if not len(stay) or stay.min() < 0 or stay.max() >= len(patient):
            rule = f"indices 0 … {len(patient) - 1} of the stays in groups"
            raise InputError("sequences", f"{stay[:3]} …", rule)
        n_classes = int(known.max()) + 1
        if n_classes < 2:
            raise InputError("labels", f"{n_classes} classes", "at least 2")
        ends = np.cumsum(np.bincount(stay, minlength=len(patient)))[:-1]
        windows = tuple(np.split(np.argsort(stay, kind="stable"), ends))
        return cls(known, windows, patient, patient[stay], len(names), n_classes)

    def windows_of(self, stays: Ints) -> Ints:
        """Return the windows of some stays, one stay after the other.

        Parameters
        ----------
        stays : ndarray of int64
            Indices of stays; may repeat.

        Returns
        -------
        ndarray of int64
            Indices of windows.
        """
        return np.concatenate([self.windows[i] for i in stays])

    def stays_of(self, patients: Ints) -> Ints:
        """Return the stays of some patients, as often as the patient is named.

        Parameters
        ----------
        patients : ndarray of int64
            Codes of patients; may repeat.

        Returns
        -------
        ndarray of int64
            Indices of stays, ascending.
        """
        times = np.bincount(patients, minlength=self.n_patients)[self.patient]
        return np.repeat(np.arange(len(self.patient)), times)

    def has_every_class(self, windows: Ints) -> bool:
        """Say whether each class occurs among some windows.

        Parameters
        ----------
        windows : ndarray of int64
            Indices of windows.

        Returns
        -------
        bool
            False where a model could not learn all classes.
        """
        return len(np.setdiff1d(np.arange(self.n_classes), self.labels[windows])) == 0

    def predict(
        self, fit_predict: FitPredict, train: Ints, test: Ints, *masked: Ints
    ) -> tuple[Floats, Ints]:
        """Refit and predict.

        Parameters
        ----------
        fit_predict : callable
            Takes training and test stays; returns a row for each window of the test stays, one
            stay after the other.
        train, test : ndarray of int64
            Indices of stays.
        *masked : ndarray of shape (n_windows,), int64
            Labels to train on, where some are hidden; passed on.

        Returns
        -------
        probabilities : ndarray of shape (n_rows, K)
            At the test windows of known class.
        windows : ndarray of shape (n_rows,)
            Which windows these are.

        Raises
        ------
        InputError
            If the rows are not one a window and a column a class.
        """
        windows = self.windows_of(test)
        rows = np.asarray(fit_predict(train, test, *masked), dtype=np.float64)
        expected = (len(windows), self.n_classes)
        if rows.shape != expected:
            raise InputError("fit_predict", f"an array of shape {rows.shape}", f"shape {expected}")
        known = self.labels[windows] >= 0
        return rows[known], windows[known]
