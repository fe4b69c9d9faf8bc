"""The folds of a study, and what is measured of them for the audit."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from dolorimeter.audit.leaks import shared_members, target_in_features
from dolorimeter.core import Folds, InputError
from dolorimeter.core.containers import Ints
from dolorimeter.evaluation import make_folds
from dolorimeter.studies.streams import stream
from dolorimeter.tables import Cohort, Target, label_windows

from .arm import Arm, window_stays
from .design import VitalsStudy

Pairs = list[tuple[Ints, Ints]]


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

    Raises
    ------
    InputError
        If patients are to be kept whole and there is only one.
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


def as_pairs(folds: Folds) -> Pairs:
    """Write folds as the audit measures them.

    Parameters
    ----------
    folds : Folds
        Test stays of each fold.

    Returns
    -------
    list of (training, test) index arrays
        Of stays.
    """
    return [(folds.train(index), test) for index, test in enumerate(folds.test)]


def units(cohort: Cohort, group: str) -> NDArray[np.str_]:
    """Return what a fold keeps whole.

    Parameters
    ----------
    cohort : Cohort
        The stays.
    group : str
        ``"patient"`` or ``"stay"``.

    Returns
    -------
    ndarray of shape (n_stays,)
        Names.
    """
    return cohort.patient_ids if group == "patient" else cohort.stay_ids


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
    return shared_members(as_pairs(folds), cohort.patient_ids) or 0


def duplicate_stays(cohort: Cohort, folds: Folds) -> int:
    """Count the stays that stand in training and test of a fold under two names.

    Parameters
    ----------
    cohort : Cohort
        The stays.
    folds : Folds
        Test stays of each fold.

    Returns
    -------
    int
        Different stays, alike in every window: vital signs, pain, and gaps in both.
    """
    rows = np.column_stack([cohort.vitals, cohort.pain]) + 0.0  # -0.0 is 0.0
    parts = zip(cohort.offsets, cohort.offsets[1:], strict=False)
    digests = [blake2b(rows[a:b].tobytes(), digest_size=16).hexdigest() for a, b in parts]
    return shared_members(as_pairs(folds), np.array(digests)) or 0


def held_by(arm: Arm) -> tuple[str, ...]:
    """Name the vitals that hold the class.

    Parameters
    ----------
    arm : Arm
        A task under one history.

    Returns
    -------
    tuple of str
        Those that vary, but never within a class; empty: none.
    """
    found: list[str] = []
    for name, values in zip(arm.cohort.vital_names, arm.cohort.vitals.T, strict=True):
        seen = (arm.labels >= 0) & ~np.isnan(values)
        if seen.any():
            found += target_in_features(values[seen, None], arm.labels[seen], (name,))
    return tuple(found)


def _stay_counts(cohort: Cohort, target: Target) -> Ints:
    labels = label_windows(cohort, target)
    counts = np.zeros((cohort.n_stays, len(target.class_names)), dtype=np.int64)
    known = labels >= 0
    np.add.at(counts, (window_stays(cohort)[known], labels[known]), 1)
    return counts
