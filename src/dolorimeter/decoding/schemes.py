"""Which samples are tested together, and on which others the estimator is trained."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dolorimeter.core import InputError
from dolorimeter.core.containers import Ints

from .arguments import nearest, read_names
from .targets import Target, read_classes, read_numbers

UNITS = {
    "leave-one-trial-out": "trial",
    "leave-one-pair-out": "pair",
    "leave-one-run-out": "run",
    "leave-one-subject-out": "subject",
    "leave-one-group-out": "group",
}
Fold = tuple[Ints, Ints]


@dataclass(frozen=True, slots=True)
class Scheme:
    """Test sets; the training set of each is all that it does not test.

    Attributes
    ----------
    name : str
        One of the keys of ``UNITS``.
    unit : str
        What is tested at a time and never split: trial, pair, run, subject or group.
    n_samples : int
        n.
    fold_names : tuple of str
        Name of each test set: the number of its trial, its group, or both trials of its pair.
    tests : tuple of ndarray of int64
        Test set of each fold, ascending.
    assignment : ndarray of shape (n,), int64, or None
        Fold that tests each sample; None where each sample is tested many times (all pairs).
    """

    name: str
    unit: str
    n_samples: int
    fold_names: tuple[str, ...]
    tests: tuple[Ints, ...]
    assignment: Ints | None

    @property
    def all_pairs(self) -> bool:
        """Whether all pairs of one sample of each of two classes are tested."""
        return self.assignment is None

    def folds(self) -> tuple[Fold, ...]:
        """Return the folds.

        Returns
        -------
        tuple of (ndarray of int64, ndarray of int64)
            Training and test samples of each fold, ascending.
        """
        return tuple((self.train(i), test) for i, test in enumerate(self.tests))

    def train(self, fold: int) -> Ints:
        """Return the training samples of a fold.

        Parameters
        ----------
        fold : int
            Index of the fold.

        Returns
        -------
        ndarray of int64
            All that it does not test, ascending.
        """
        kept = np.ones(self.n_samples, bool)
        kept[self.tests[fold]] = False
        return np.flatnonzero(kept).astype(np.int64)

    @property
    def fingerprint(self) -> str:
        """Hash of the members of each test set."""
        digest = hashlib.sha256()
        for test in self.tests:
            digest.update(np.ascontiguousarray(test).tobytes() + b"\x1e")
        return digest.hexdigest()[:16]

    def __len__(self) -> int:
        """Return the number of folds."""
        return len(self.tests)


def make_scheme(
    scheme: str,
    y: ArrayLike | Target,
    groups: ArrayLike | None = None,
    subjects: ArrayLike | None = None,
) -> Scheme:
    """Lay out the folds of a scheme.

    Parameters
    ----------
    scheme : str
        ``"leave-one-trial-out"``; ``"leave-one-pair-out"`` (the pairs are ``groups``, and without
        them all pairs of one sample of each of two classes); ``"leave-one-run-out"``,
        ``"leave-one-subject-out"`` and ``"leave-one-group-out"``, three names of the same, by
        ``groups``.
    y : array-like of shape (n,) or Target
        Classes, or numbers where they are not whole.
    groups : array-like of shape (n,), optional
        Names of what is left out together.
    subjects : array-like of shape (n,), optional
        Taken as groups by ``"leave-one-subject-out"`` where no groups are given.

    Returns
    -------
    Scheme
        The same whenever its arguments are.

    Raises
    ------
    InputError
        If the scheme is unknown, groups are missing, a fold has no training sample, or a class
        would be absent from the training samples of a fold.
    """
    if scheme not in UNITS:
        raise nearest("scheme", scheme, UNITS)
    target = y if isinstance(y, Target) else _read(y)
    if scheme == "leave-one-subject-out" and groups is None:
        groups = subjects
    if scheme == "leave-one-pair-out" and groups is None:
        return _all_pairs(target)
    names, codes = _units(scheme, groups, len(target))
    made = _by_unit(scheme, names, codes)
    _refuse_untrained(made, target)
    return made


def pairs_of(codes: Ints) -> Ints:
    """List all pairs of samples of different classes.

    Parameters
    ----------
    codes : ndarray of shape (n,), int64
        Classes.

    Returns
    -------
    ndarray of shape (n_pairs, 2), int64
        In the order of the first sample, then of the second.
    """
    differ = np.triu(codes[:, None] != codes[None, :], 1)
    return np.argwhere(differ).astype(np.int64)


def pair_scheme(codes: Ints) -> Scheme:
    """Return the scheme that tests all pairs of samples of different classes.

    Parameters
    ----------
    codes : ndarray of shape (n,), int64
        Classes; under a relabelling the pairs are those of the new labels.

    Returns
    -------
    Scheme
        One fold a pair.
    """
    pairs = pairs_of(codes)
    names = tuple(f"trials {i} and {j}" for i, j in pairs)
    return Scheme("leave-one-pair-out", "pair", len(codes), names, tuple(pairs), None)


def class_counts(codes: Ints, n_classes: int, assignment: Ints, n_folds: int) -> Ints:
    """Count samples of each class in each test set.

    Parameters
    ----------
    codes : ndarray of shape (n,), int64
        Classes.
    n_classes : int
        K.
    assignment : ndarray of shape (n,), int64
        Test set of each sample.
    n_folds : int
        Number of test sets.

    Returns
    -------
    ndarray of shape (n_folds, K), int64
        Counts.
    """
    flat = np.bincount(assignment * n_classes + codes, minlength=n_folds * n_classes)
    return flat.reshape(n_folds, n_classes).astype(np.int64)


def _read(y: ArrayLike) -> Target:
    given = np.asarray(y)
    whole = given.dtype.kind != "f" or bool(np.all(given == np.round(given)))
    return read_classes(y) if whole else read_numbers(y)


def _all_pairs(target: Target) -> Scheme:
    if not target.is_classes:
        raise InputError(
            "groups", "none", "the pair of each sample, since a number to predict has no classes"
        )
    counts = np.bincount(target.codes)
    if counts.min() < 2:
        lonely = target.labels[counts.argmin()]
        found = f"one sample of class {str(lonely)!r}"
        raise InputError("y", found, "two of each class, so that each fold trains on all classes")
    return pair_scheme(target.codes)


def _units(
    scheme: str, groups: ArrayLike | None, n_samples: int
) -> tuple[NDArray[np.generic], Ints]:
    """Return the names of what is left out, and the code of each sample."""
    if scheme == "leave-one-trial-out":
        return np.arange(n_samples), np.arange(n_samples, dtype=np.int64)
    if groups is None:
        raise InputError("groups", "none", f"the {UNITS[scheme]} of each sample, for {scheme}")
    names, codes = np.unique(read_names("groups", groups, n_samples), return_inverse=True)
    return names, codes.astype(np.int64)


def _by_unit(scheme: str, names: NDArray[np.generic], codes: Ints) -> Scheme:
    order = np.argsort(codes, kind="stable")
    ends = np.cumsum(np.bincount(codes, minlength=len(names)))[:-1]
    tests = tuple(np.split(order, ends))
    unit = UNITS[scheme]
    return Scheme(scheme, unit, len(codes), tuple(f"{unit} {name}" for name in names), tests, codes)


def _refuse_untrained(scheme: Scheme, target: Target) -> None:
    """Refuse a fold without training samples, or without one of the classes."""
    if len(scheme) < 2:
        found = f"one {scheme.unit} only"
        remedy = f"{scheme.name} leaves nothing to train on then."
        raise InputError("groups" if scheme.unit != "trial" else "y", found, "at least two", remedy)
    if not target.is_classes or scheme.assignment is None:
        return
    counts = class_counts(target.codes, len(target.labels), scheme.assignment, len(scheme))
    absent = np.argwhere(counts.sum(axis=0) - counts == 0)
    if len(absent):
        fold, label = absent[0]
        raise InputError(
            "y",
            f"no sample of class {str(target.labels[label])!r} to train on when "
            f"{scheme.fold_names[fold]} is left out",
            "every class among the training samples of every fold",
            "Leave the class out, or choose another scheme.",
        )
