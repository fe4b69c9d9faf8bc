"""Growing training sets beside one held-out set: of patients, or of labelled windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints

from .labeled_stays import FitPredict, LabeledStays


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """What is trained on, and what is scored.

    Attributes
    ----------
    train, test : ndarray of int64
        Stays handed to the model for training and for prediction.
    taught, scored : ndarray of int64
        Windows whose labels are trained on, and those that are scored.
    hides : bool
        Whether labels of training stays must be hidden from the model.
    """

    train: Ints
    test: Ints
    taught: Ints
    scored: Ints
    hides: bool

    def predict(self, fit_predict: FitPredict, stays: LabeledStays) -> tuple[Floats, Ints]:
        """Refit and return what was predicted of the scored windows.

        Parameters
        ----------
        fit_predict : callable
            As :func:`~dolorimeter.evaluation.learning_curve` takes it.
        stays : LabeledStays
            All stays.

        Returns
        -------
        probabilities : ndarray of shape (n_rows, K)
            At the scored windows of known class.
        windows : ndarray of shape (n_rows,)
            Which windows these are.
        """
        if not self.hides:
            return stays.predict(fit_predict, self.train, self.test)
        labels = np.full_like(stays.labels, -1)
        labels[self.taught] = stays.labels[self.taught]
        rows, windows = stays.predict(fit_predict, self.train, self.test, labels)
        kept = np.isin(windows, self.scored)
        return rows[kept], windows[kept]


def grow_patients(
    stays: LabeledStays, shares: Sequence[float], held_out: float, rng: np.random.Generator
) -> list[TrainingSet]:
    """Hold patients out and train on growing shares of all patients.

    Parameters
    ----------
    stays : LabeledStays
        All stays.
    shares : sequence of float
        Shares of all patients to train on.
    held_out : float
        Share to hold out.
    rng : numpy.random.Generator
        Draws the order of the patients.

    Returns
    -------
    list of TrainingSet
        One a share; the patients of a smaller one are in every larger one.

    Raises
    ------
    InputError
        If there is only one patient.
    """
    order = rng.permutation(stays.n_patients)
    n_test, sizes = _sizes(len(order), shares, held_out, "patients")
    test = stays.stays_of(order[:n_test])
    grown = [stays.stays_of(order[n_test : n_test + size]) for size in sizes]
    scored = stays.windows_of(test)
    return [TrainingSet(t, test, stays.windows_of(t), scored, hides=False) for t in grown]


def grow_windows(
    stays: LabeledStays, shares: Sequence[float], held_out: float, rng: np.random.Generator
) -> list[TrainingSet]:
    """Hold labelled windows out and train on growing shares of all labelled windows.

    Parameters
    ----------
    stays : LabeledStays
        All stays.
    shares : sequence of float
        Shares of all labelled windows to train on.
    held_out : float
        Share to hold out.
    rng : numpy.random.Generator
        Draws the order of the windows.

    Returns
    -------
    list of TrainingSet
        One a share, each with all stays, whose other labels are hidden.

    Raises
    ------
    InputError
        If there is only one labelled window.
    """
    order = rng.permutation(np.flatnonzero(stays.labels >= 0))
    n_test, sizes = _sizes(len(order), shares, held_out, "labelled windows")
    every = np.arange(len(stays.patient))
    return [
        TrainingSet(every, every, order[n_test : n_test + size], order[:n_test], hides=True)
        for size in sizes
    ]


def _sizes(n: int, shares: Sequence[float], held_out: float, what: str) -> tuple[int, list[int]]:
    """Return how many are held out, and how many each share trains on; at least one each."""
    if n < 2:
        raise InputError("learning curve", f"{n} {what}", "at least 2")
    n_test = min(max(1, round(held_out * n)), n - 1)
    return n_test, [min(max(1, round(share * n)), n - n_test) for share in shares]
