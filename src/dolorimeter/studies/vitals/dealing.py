"""The folds of a study, and whom they share."""

from __future__ import annotations

import numpy as np

from dolorimeter.core import Folds, InputError
from dolorimeter.core.containers import Ints
from dolorimeter.evaluation import make_folds
from dolorimeter.tables import Cohort, Target, label_windows

from .arm import window_stays
from .design import VitalsStudy, stream


def deal_folds(study: VitalsStudy, cohort: Cohort, seed: int) -> Folds:
    """Deal the folds that all tasks, histories and models share.

    Parameters
    ----------
    study : VitalsStudy
        Number of folds, and what they keep whole.
    cohort : Cohort
        The stays.
    seed : int
        Seed of the study.

    Returns
    -------
    Folds
        Balanced in the classes of every task as far as the groups allow.
    """
    if study.group == "patient" and cohort.n_patients < 2:
        raise InputError("group", f"{cohort.n_patients} patient", "two patients or more")
    counts = [_stay_counts(cohort, study.target(task, "none")) for task in study.tasks]
    return make_folds(
        cohort.patient_ids,
        cohort.stay_ids,
        study.folds,
        unit=study.group,
        class_counts=np.hstack(counts),
        random_state=stream(seed, "folds"),
    )


def shared_patients(cohort: Cohort, folds: Folds) -> int:
    """Count the patients in both training and test of a fold: measured, not declared.

    Parameters
    ----------
    cohort : Cohort
        The stays.
    folds : Folds
        Test stays of each fold.

    Returns
    -------
    int
        Patients, each counted once.
    """
    shared: set[str] = set()
    for index, test in enumerate(folds.test):
        tested = set(cohort.patient_ids[test])
        shared |= tested & set(cohort.patient_ids[folds.train(index)])
    return len(shared)


def _stay_counts(cohort: Cohort, target: Target) -> Ints:
    labels = label_windows(cohort, target)
    counts = np.zeros((cohort.n_stays, len(target.class_names)), dtype=np.int64)
    known = labels >= 0
    np.add.at(counts, (window_stays(cohort)[known], labels[known]), 1)
    return counts
