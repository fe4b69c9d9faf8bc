"""The trials of one measure as fits use them: sorted by subject, nuisance taken out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from dolorimeter.core import InputError, Trials
from dolorimeter.core.containers import Floats, Ints

from .measures import subject_index

Bools = NDArray[np.bool_]

NUISANCES = ("trend", "practice", "run", "cue")
_SPARE = 3
_RANK_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Observations:
    """One measure of all subjects.

    Attributes
    ----------
    subjects : tuple of str
        In the order of the trials.
    subject : ndarray of shape (m,), int64
        Whose each observation is; subjects together.
    rows : ndarray of shape (m,), int64
        The trials used.
    offsets : ndarray of shape (n_subjects + 1,), int64
        Subject u has observations ``offsets[u]:offsets[u + 1]``.
    measured : ndarray of shape (m,)
        The transformed measure.
    y : ndarray of shape (m,)
        The same, nuisance taken out.
    basis : ndarray of shape (m, q)
        Nuisance, orthonormal within each subject; columns a subject does not need are 0.
    n_nuisance : ndarray of shape (n_subjects,), int64
        Columns each needs.
    """

    subjects: tuple[str, ...]
    subject: Ints
    rows: Ints
    offsets: Ints
    measured: Floats
    y: Floats
    basis: Floats
    n_nuisance: Ints

    @property
    def counts(self) -> Ints:
        """Observations of each subject, (n_subjects,)."""
        return np.diff(self.offsets)

    @property
    def squares(self) -> Floats:
        """Sum of squares of ``y`` of each subject, (n_subjects,)."""
        return np.add.reduceat(self.y**2, self.offsets[:-1])


def sort_by_subject(trials: Trials) -> Trials:
    """Return the trials with each subject's together, in the order they had.

    Parameters
    ----------
    trials : Trials
        Of one or more subjects.

    Returns
    -------
    Trials
        Subjects by first appearance.
    """
    return trials.take(np.argsort(subject_index(trials)[1], kind="stable"))


def observe(
    trials: Trials, values: Floats, used: Bools, nuisance: tuple[str, ...] = ()
) -> Observations:
    """Gather the trials that a fit uses.

    Parameters
    ----------
    trials : Trials
        Sorted by subject.
    values : ndarray of shape (n_trials,)
        The transformed measure, NaN where missing.
    used : ndarray of shape (n_trials,), bool
        Trials to use; missing ones are left out besides.
    nuisance : tuple of str, default ()
        Taken out of measure and model by regression, within subject, besides the constant:
        ``"trend"`` (linear over trials), ``"practice"`` (the logarithm of the trial's number),
        ``"run"`` and ``"cue"`` (a constant each).

    Returns
    -------
    Observations
        For each subject at least three more than nuisance.

    Raises
    ------
    InputError
        If a subject has too few observations, or they do not vary, or a nuisance is unknown.
    """
    for name in nuisance:
        if name not in NUISANCES:
            raise InputError("nuisance", repr(name), f"one of {', '.join(NUISANCES)}")
    subjects, index = subject_index(trials)
    rows = np.flatnonzero(used & np.isfinite(values))
    counts = np.bincount(index[rows], minlength=len(subjects))
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    parts = [
        _basis(trials, rows[offsets[u] : offsets[u + 1]], nuisance, name)
        for u, name in enumerate(subjects)
    ]
    basis = np.zeros((len(rows), max(part.shape[1] for part in parts)))
    residual = values[rows].copy()
    for u, part in enumerate(parts):
        own = slice(offsets[u], offsets[u + 1])
        basis[own, : part.shape[1]] = part
        residual[own] -= part @ (part.T @ residual[own])
        if (residual[own] ** 2).sum() <= _RANK_TOLERANCE**2 * (values[rows[own]] ** 2).sum():
            where = f"measure of subject {subjects[u]}"
            raise InputError(where, "no variation on the trials used", "values that vary")
    rank = np.array([part.shape[1] for part in parts], np.int64)
    return Observations(
        subjects, index[rows], rows, offsets, values[rows], residual, basis, rank
    )  # fmt: skip


def nuisance_columns(trials: Trials, rows: Ints, nuisance: tuple[str, ...]) -> Floats:
    """Return the nuisance of one subject's trials, not orthogonal yet.

    Parameters
    ----------
    trials : Trials
        Sorted by subject.
    rows : ndarray of shape (m,), int64
        Trials of one subject.
    nuisance : tuple of str
        As for :func:`observe`.

    Returns
    -------
    ndarray of shape (m, q)
        A constant first.
    """
    columns = [np.ones(len(rows))]
    if "trend" in nuisance:
        columns.append(rows - rows.mean())
    if "practice" in nuisance:
        first = np.argmax(trials.subject == trials.subject[rows[0]])
        number = np.log(rows - first + 1.0)
        columns.append(number - number.mean())
    for name, names in (("run", trials.run), ("cue", trials.cue)):
        if name in nuisance:
            columns += [(names[rows] == one).astype(float) for one in np.unique(names[rows])]
    return np.column_stack(columns)


def _basis(trials: Trials, rows: Ints, nuisance: tuple[str, ...], subject: str) -> Floats:
    least = 1 + _SPARE
    if len(rows) >= least:
        columns = nuisance_columns(trials, rows, nuisance)
        q, r, _ = linalg.qr(columns, mode="economic", pivoting=True)
        weight = np.abs(np.diag(r))
        basis = q[:, weight > _RANK_TOLERANCE * weight[0]]
        least = basis.shape[1] + _SPARE
        if len(rows) >= least:
            return np.ascontiguousarray(basis)
    remedy = "Leave the subject out, or the measure."
    found = f"{len(rows)} trials with data"
    raise InputError(f"measure of subject {subject}", found, f"at least {least}", remedy)
