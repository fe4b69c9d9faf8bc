"""What a model said of the windows that it had not seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints

from .checks import check_labels, check_length, check_probabilities
from .resample import GroupConfusions, group_confusions

_CODES = ("fold", "patient", "window")


@dataclass(frozen=True, slots=True)
class Predictions:
    """Posteriors of labelled windows, each by a model that saw nothing of its test fold.

    Attributes
    ----------
    probabilities : ndarray of shape (n, K), float64
        Posterior of each class; rows sum to one.
    labels : ndarray of shape (n,), int64
        True classes; windows of unknown class are left out.
    fold : ndarray of shape (n,), int64
        Fold in which a window was tested, from 0.
    patient : ndarray of shape (n,), int64
        Code of whom it comes from.
    window : ndarray of shape (n,), int64
        Its index in the cohort, unique.
    class_names : tuple of str
        Names of the classes.
    fingerprint : str
        That of the folds; predictions on other folds refuse to be compared.
    n_folds : int, default 0
        Number of folds, where the last ones may hold no labelled window; 0 takes it from ``fold``.

    Raises
    ------
    InputError
        If shapes disagree, a label or a fold is out of range, a row does not sum to one, a window
        repeats, or there is no window at all.
    """

    probabilities: Floats
    labels: Ints
    fold: Ints
    patient: Ints
    window: Ints
    class_names: tuple[str, ...]
    fingerprint: str
    n_folds: int = 0

    def __post_init__(self) -> None:
        probabilities = check_probabilities(self.probabilities)
        n, n_classes = probabilities.shape
        if not n or n_classes != len(self.class_names):
            rule = f"at least one row of {len(self.class_names)} classes {self.class_names}"
            raise InputError("probabilities", f"shape {probabilities.shape}", rule)
        labels = check_labels(check_length(self.labels, n, "labels"), n_classes)
        codes = {name: _codes(getattr(self, name), n, name) for name in _CODES}
        window = codes["window"]
        if len(np.unique(window)) < n:
            raise InputError("window", "a window twice", "each window in one fold only")
        n_folds = self.n_folds or int(codes["fold"].max()) + 1
        if codes["fold"].max() >= n_folds:
            raise InputError("fold", f"fold {codes['fold'].max()}", f"folds 0 … {n_folds - 1}")
        checked = {"probabilities": probabilities, "labels": labels, "n_folds": n_folds} | codes
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    @property
    def predicted(self) -> Ints:
        """Decided class: the most probable one, the first of equals."""
        return self.probabilities.argmax(axis=1)

    @property
    def confusions(self) -> GroupConfusions:
        """Confusion matrices by patient and fold."""
        return group_confusions(
            self.labels,
            self.predicted,
            self.patient,
            self.fold,
            len(self.class_names),
            self.n_folds,
        )


def _codes(values: ArrayLike, n: int, name: str) -> Ints:
    codes = check_length(values, n, name)
    if codes.dtype.kind not in "iu" or (codes < 0).any():
        raise InputError(name, f"{codes[:3]} …", "integers from 0 up")
    return codes.astype(np.int64)
