"""One arm of the study: a task under one history, every model on the same folds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dolorimeter.core import Folds, InputError
from dolorimeter.core.containers import Floats, Ints
from dolorimeter.evaluation import Predictions
from dolorimeter.tables import Cohort, Target, label_windows

from .crossfit import CrossFit, FoldData, Knowledge, cross_fit, prepare_folds
from .design import VitalsStudy

WHOLE_STAY = "the median and the standardization over the whole stay"
NEXT_REPORT = "the class of a window, which holds the report of the next one"


@dataclass(frozen=True, slots=True)
class Arm:
    """A task under one history, fitted and predicted over all folds.

    Attributes
    ----------
    task, history : str
        Which question.
    target : Target
        The task with its options.
    known : Knowledge
        What is known at test time.
    labels : ndarray of shape (n_windows,)
        Class of each window, -1 where unknown.
    cohort : Cohort
        The stays.
    folds : Folds
        Test stays of each fold.
    prepared : tuple of FoldData
        Transformed windows of each fold.
    fits : mapping of str to CrossFit
        Posteriors and fitted models by name.
    """

    task: str
    history: str
    target: Target
    known: Knowledge
    labels: Ints
    cohort: Cohort
    folds: Folds
    prepared: tuple[FoldData, ...]
    fits: Mapping[str, CrossFit]

    @property
    def class_names(self) -> tuple[str, ...]:
        """Names of the classes."""
        return self.target.class_names

    @property
    def class_counts(self) -> list[int]:
        """Labelled windows of each class."""
        return _count(self.labels, len(self.class_names)).tolist()

    @property
    def ahead(self) -> tuple[str, ...]:
        """What later times enter by the task itself; smoothing is the models' part."""
        if self.target.task == "median-referenced" and self.target.reference == "stay":
            return (WHOLE_STAY,)
        return (NEXT_REPORT,) if self.target.report_delay == 2 else ()

    def predictions(self, probabilities: Floats, labels: Ints | None = None) -> Predictions:
        """Return posteriors at the labelled windows, with all that scoring needs.

        Parameters
        ----------
        probabilities : ndarray of shape (n_windows, n_classes)
            Out-of-fold posteriors.
        labels : ndarray of shape (n_windows,), optional
            Classes, by default the arm's own; a relabelling gives its own.

        Returns
        -------
        Predictions
            At the windows whose class is known.
        """
        labels = self.labels if labels is None else labels
        windows = np.flatnonzero(labels >= 0)
        stay = window_stays(self.cohort)[windows]
        _, patient = np.unique(self.cohort.patient_ids, return_inverse=True)
        return Predictions(
            probabilities=probabilities[windows],
            labels=labels[windows],
            fold=fold_of_stay(self.folds)[stay],
            patient=patient[stay],
            window=windows,
            class_names=self.class_names,
            fingerprint=self.folds.fingerprint,
            n_folds=len(self.folds),
        )


def run_arm(
    study: VitalsStudy, cohort: Cohort, folds: Folds, task: str, history: str, seed: int
) -> Arm:
    """Fit every model of one arm in every fold.

    Parameters
    ----------
    study : VitalsStudy
        The design.
    cohort : Cohort
        The stays.
    folds : Folds
        Test stays of each fold.
    task, history : str
        Which arm.
    seed : int
        Seed of the models' restarts.

    Returns
    -------
    Arm
        With the out-of-fold posteriors of every model but the nulls.

    Raises
    ------
    InputError
        If a class never occurs, a training set lacks one, or no fold tests all of them.
    """
    target = study.target(task, history)
    known = Knowledge.of(target, history)
    labels = label_windows(cohort, target)
    _require_classes(labels, target, cohort, folds)
    prepared = tuple(prepare_folds(cohort, target, folds))
    fits = cross_fit(
        study.models_for(history), prepared, labels, known,
        study.model_options, seed, study.n_jobs, f"{task}, history {history}",
    )  # fmt: skip
    return Arm(task, history, target, known, labels, cohort, folds, prepared, fits)


def window_stays(cohort: Cohort) -> Ints:
    """Return the stay of each window.

    Parameters
    ----------
    cohort : Cohort
        The stays.

    Returns
    -------
    ndarray of shape (n_windows,)
        Index of its stay.
    """
    return np.repeat(np.arange(cohort.n_stays), cohort.lengths)


def fold_of_stay(folds: Folds) -> Ints:
    """Return the fold that tests each stay.

    Parameters
    ----------
    folds : Folds
        Test stays of each fold.

    Returns
    -------
    ndarray of shape (n_stays,)
        Index of its fold.
    """
    fold = np.empty(sum(len(test) for test in folds.test), dtype=np.int64)
    for index, test in enumerate(folds.test):
        fold[test] = index
    return fold


def _require_classes(labels: Ints, target: Target, cohort: Cohort, folds: Folds) -> None:
    """Refuse what cannot be fitted or scored before any fit."""
    names, size = target.class_names, len(target.class_names)
    where = f"task {target.task!r}"
    counts = [_count(labels[cohort.windows_of(test)], size) for test in folds.test]
    total = np.sum(counts, axis=0)
    if (total == 0).any():
        raise InputError(
            where,
            f"no window of class {_absent(total, names)}",
            "at least one labelled window of each class",
            "Use more stays, wider windows, or other cut points.",
        )
    for index, tested in enumerate(counts):
        if (total - tested == 0).any():
            raise InputError(
                f"{where}, fold {index}",
                f"no training window of class {_absent(total - tested, names)}",
                "every class in every training set",
                "Use fewer folds, or more stays.",
            )
    if not any((tested > 0).all() for tested in counts):
        raise InputError(
            where,
            "no fold whose test windows hold every class",
            "at least one, or the VUS is undefined",
            "Use fewer folds.",
        )


def _count(labels: Ints, size: int) -> Ints:
    return np.bincount(labels[labels >= 0], minlength=size)


def _absent(counts: Ints, names: tuple[str, ...]) -> str:
    return ", ".join(repr(n) for n, count in zip(names, counts, strict=True) if count == 0)
