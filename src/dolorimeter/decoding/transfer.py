"""Decision values of a two-class decoder on samples that it never learned, and on others' samples.

A plan is a list of folds over all samples. A fold trains on samples of both classes; it tests the
samples held out and, with them, samples of other conditions ("others") that it may be asked about:

- schemes that keep a unit whole (run within subject, subject, group): the others of a unit are
  tested by the fold that holds that unit out, and by no other. A unit with others alone gets a fold
  that trains on everything outside it.
- leave-one-trial-out and leave-one-pair-out (within subject): others were never trained on, so
  every fold of their subject may test them. Only the folds that hold a sample of the first class
  out do, and their decision values are averaged: leaving a sample out tips the class balance
  against it, and only so are first class and others judged by models tipped alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from dolorimeter.core import InputError

from .schemes import make_scheme

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Names = NDArray[np.str_]
Scheme = Literal[
    "leave-one-trial-out",
    "leave-one-pair-out",
    "leave-one-run-out",
    "leave-one-subject-out",
    "leave-one-group-out",
]
OTHER = -1  # code of samples that are never trained on; 1 is the first class, 0 the second


@dataclass(frozen=True, slots=True)
class TransferFold:
    """One training and its tests.

    Attributes
    ----------
    train, test : ndarray of int64
        Rows of all samples; never in common.
    """

    train: Ints
    test: Ints


def plan_transfer(
    codes: Ints, subject: Names, unit: Names, scheme: Scheme, matched: bool = False
) -> tuple[TransferFold, ...]:
    """Plan the folds over all samples.

    Parameters
    ----------
    codes : ndarray of shape (n_samples,), int64
        1 and 0 for the two classes, -1 for samples that are only tested.
    subject : ndarray of shape (n_samples,), str
        Whose each sample is.
    unit : ndarray of shape (n_samples,), str
        Run of each sample (leave-one-run-out) or its group (leave-one-group-out); otherwise
        not used.
    scheme : str
        ``"leave-one-trial-out"``, ``"leave-one-pair-out"``, ``"leave-one-run-out"`` (within
        subject), ``"leave-one-subject-out"`` or ``"leave-one-group-out"`` (between). On the
        samples of both classes the folds are those of :func:`make_scheme`.
    matched : bool, default False
        Whether leave-one-pair-out takes pairs in the order they stand, each sample in one; else
        all pairs.

    Returns
    -------
    tuple of TransferFold
        Every sample is tested at least once.

    Raises
    ------
    InputError
        If the scheme is unknown, a unit has no name, or a training set lacks a class.
    """
    if scheme not in get_args(Scheme):
        raise InputError("scheme", repr(scheme), ", ".join(get_args(Scheme)))
    if scheme in ("leave-one-run-out", "leave-one-group-out") and (unit == "").any():
        raise InputError(scheme, "samples without a name of their unit", "a name for each")
    everything = np.arange(len(codes))
    if scheme in ("leave-one-subject-out", "leave-one-group-out"):
        names = subject if scheme == "leave-one-subject-out" else unit
        folds = tuple(_unit_folds(everything, codes, names))
    else:
        within = [np.flatnonzero(subject == name) for name in np.unique(subject)]
        for rows in within:
            _refuse_few(codes, subject, rows, scheme)
        folds = tuple(f for rows in within for f in _within(rows, codes, unit, scheme, matched))
    for fold in folds:
        if len(np.unique(codes[fold.train])) < 2:
            who = str(subject[fold.test[0]])
            raise InputError(
                f"{scheme}, subject {who!r}", "a training set with fewer than two classes",
                "both classes outside every unit held out",
                "Give each subject more trials or runs of both, or use another scheme.",
            )  # fmt: skip
    return folds


def transfer_decisions(
    X: Floats,
    targets: Floats,
    folds: tuple[TransferFold, ...],
    estimator: Any = "lda",
    regularization: float = 1.0,
) -> Floats:
    """Train on every fold and return the decision values of what it tests, averaged over folds.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        All samples.
    targets : ndarray of shape (n_samples, n_targets)
        +1 and -1 for the classes, one column a labelling (the true one, relabellings); rows that
        are never trained on are ignored.
    folds : tuple of TransferFold
        The plan.
    estimator : "lda", "ridge" or scikit-learn classifier, default "lda"
        Both names mean ridge regression on the codes -1 and +1 (the same decisions); all
        labellings share one factorization a fold. A classifier is refitted for each; its value is
        that of ``decision_function``, else P(first) - 1/2, else the predicted code.
    regularization : float, default 1.0
        Ridge penalty, positive.

    Returns
    -------
    ndarray of shape (n_samples, n_targets)
        Above 0: called the first class.

    Raises
    ------
    InputError
        If the estimator is unknown or the penalty is not positive.
    """
    if isinstance(estimator, str) and estimator not in ("lda", "ridge"):
        raise InputError("estimator", repr(estimator), "'lda', 'ridge' or a scikit-learn estimator")
    if not regularization > 0:
        raise InputError("regularization", f"{regularization}", "a positive penalty")
    total, times = np.zeros(targets.shape), np.zeros((len(X), 1))
    for members, group in _by_members(folds, len(X)):
        here = X[members]
        kernel = _kernel(here) if isinstance(estimator, str) and _is_wide(here) else None
        for fold in group:
            train, test = (np.searchsorted(members, rows) for rows in (fold.train, fold.test))
            if not isinstance(estimator, str):
                found = _refitted(estimator, here, targets[fold.train], train, test)
            elif kernel is None:
                found = _primal(here, targets[fold.train], train, test, regularization)
            else:
                found = _dual(kernel, targets[fold.train], train, test, regularization)
            total[fold.test] += found
            times[fold.test] += 1
    return np.asarray(total / times)


def _unit_folds(rows: Ints, codes: Ints, names: Names) -> Iterator[TransferFold]:
    """Hold each unit out whole, others included."""
    for name in np.unique(names[rows]):
        inside = names[rows] == name
        outside = rows[~inside]
        yield TransferFold(outside[codes[outside] != OTHER], rows[inside])


def _within(
    rows: Ints, codes: Ints, unit: Names, scheme: Scheme, matched: bool
) -> Iterator[TransferFold]:
    """Plan one subject's folds."""
    if scheme == "leave-one-run-out":
        yield from _unit_folds(rows, codes, unit)
        return
    learned, others = rows[codes[rows] != OTHER], rows[codes[rows] == OTHER]
    groups = pair_units(codes[learned]) if matched and scheme == "leave-one-pair-out" else None
    for train, test in make_scheme(scheme, codes[learned], groups).folds():
        out = learned[test]
        asked = others if (codes[out] == 1).any() else others[:0]
        yield TransferFold(learned[train], np.sort(np.concatenate([out, asked])))


def pair_units(codes: Ints) -> Ints:
    """Match the samples of two classes in the order they stand.

    Parameters
    ----------
    codes : ndarray of shape (n_samples,), int64
        1 and 0.

    Returns
    -------
    ndarray of shape (n_samples,), int64
        Number of each sample's pair; what the larger class has over is dealt out to the pairs.
    """
    units = np.empty(len(codes), dtype=np.int64)
    n_pairs = max(1, min(int((codes == code).sum()) for code in (0, 1)))
    for code in (0, 1):
        units[codes == code] = np.arange((codes == code).sum()) % n_pairs
    return units


def _refuse_few(codes: Ints, subject: Names, rows: Ints, scheme: Scheme) -> None:
    """Refuse a subject with fewer than two samples of a class, by name."""
    counts = [int((codes[rows] == code).sum()) for code in (1, 0)]
    if min(counts) < 2:
        found = f"{counts[0]} and {counts[1]} samples of the two classes"
        rule = "two of each, so that each fold trains on both"
        remedy = "Leave the subject out, or choose a scheme between subjects."
        raise InputError(f"{scheme}, subject {str(subject[rows[0]])!r}", found, rule, remedy)


def _by_members(
    folds: tuple[TransferFold, ...], n_samples: int
) -> Iterator[tuple[Ints, list[TransferFold]]]:
    """Group folds that share samples: they share one kernel."""
    home = np.full(n_samples, -1)
    for key, fold in enumerate(folds):
        rows = np.concatenate([fold.train, fold.test])
        known = home[rows]
        home[np.isin(home, known[known >= 0])] = key
        home[rows] = key
    keys = np.array([home[fold.test[0]] for fold in folds])
    for key in np.unique(keys):
        yield np.flatnonzero(home == key), [folds[i] for i in np.flatnonzero(keys == key)]


def _is_wide(X: Floats) -> bool:
    return X.shape[1] > X.shape[0]


def _kernel(X: Floats) -> Floats:
    """Return inner products; taking out one mean first only guards the digits."""
    centered = X - X.mean(axis=0)
    return np.asarray(centered @ centered.T)


def _dual(kernel: Floats, targets: Floats, train: Ints, test: Ints, penalty: float) -> Floats:
    """Ridge from inner products, centered on the training samples (science.md, 3.3)."""
    inner, cross = kernel[np.ix_(train, train)], kernel[np.ix_(test, train)]
    columns = inner.mean(axis=0)
    cross = cross - cross.mean(axis=1, keepdims=True) - columns + columns.mean()
    inner = inner - columns - columns[:, None] + columns.mean()
    inner.flat[:: len(train) + 1] += penalty
    level = targets.mean(axis=0)
    return np.asarray(cross @ np.linalg.solve(inner, targets - level) + level)


def _primal(X: Floats, targets: Floats, train: Ints, test: Ints, penalty: float) -> Floats:
    middle, level = X[train].mean(axis=0), targets.mean(axis=0)
    centered = X[train] - middle
    gram = centered.T @ centered
    gram.flat[:: X.shape[1] + 1] += penalty
    weights = np.linalg.solve(gram, centered.T @ (targets - level))
    return np.asarray((X[test] - middle) @ weights + level)


def _refitted(estimator: Any, X: Floats, targets: Floats, train: Ints, test: Ints) -> Floats:
    columns = []
    for labels in targets.T:
        model = clone(estimator).fit(X[train], (labels > 0).astype(np.int64))
        if hasattr(model, "decision_function"):
            columns.append(model.decision_function(X[test]))
        elif hasattr(model, "predict_proba"):
            columns.append(model.predict_proba(X[test])[:, 1] - 0.5)
        else:
            columns.append(2.0 * (model.predict(X[test]) > 0.5) - 1.0)
    return np.column_stack(columns)
