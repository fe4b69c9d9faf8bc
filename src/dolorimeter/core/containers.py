"""The frozen containers that rooms hand to each other: validated once at the door."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .errors import InputError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Sequences:
    """Ragged sequences in one flat block; a sequence is a stay.

    Attributes
    ----------
    features : ndarray of shape (n_steps, n_features), float64
        NaN where not observed; infinite values are refused.
    labels : ndarray of shape (n_steps,), int64
        Class of each step, -1 where it is unknown.
    offsets : ndarray of shape (n_sequences + 1,), int64
        Sequence i is ``offsets[i]:offsets[i + 1]``.
    stay_ids, patient_ids : ndarray of shape (n_sequences,)
        Names of the sequences and of whom they come from.
    times : ndarray of shape (n_steps,), datetime64[us]
        Start of each step, naive local time.
    feature_names, class_names : tuple of str
        Names of the columns of ``features`` and of the classes 0, 1, ….

    Raises
    ------
    InputError
        If shapes disagree, offsets do not rise from 0 to n_steps, a label lies outside
        -1 … n_classes - 1, or a feature is infinite.
    """

    features: Floats
    labels: Ints
    offsets: Ints
    stay_ids: NDArray[np.str_]
    patient_ids: NDArray[np.str_]
    times: NDArray[np.datetime64]
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...]

    def __post_init__(self) -> None:
        n_steps, n_features = self.features.shape
        n_sequences = len(self.offsets) - 1
        _require(
            self.labels.shape == (n_steps,),
            "labels",
            f"shape {self.labels.shape}",
            f"one label a step, shape ({n_steps},)",
        )
        _require(
            self.times.shape == (n_steps,),
            "times",
            f"shape {self.times.shape}",
            f"one time a step, shape ({n_steps},)",
        )
        _require(
            len(self.feature_names) == n_features,
            "feature_names",
            f"{len(self.feature_names)} names",
            f"one for each of {n_features} columns",
        )
        for name in ("stay_ids", "patient_ids"):
            size = len(getattr(self, name))
            _require(size == n_sequences, name, f"{size} values", f"one a sequence, {n_sequences}")
        check_offsets(self.offsets, n_steps)
        _require(
            not np.isinf(self.features).any(),
            "features",
            "an infinite value",
            "finite numbers, or NaN where nothing was observed",
        )
        inside = (self.labels >= -1) & (self.labels < len(self.class_names))
        _require(
            bool(inside.all()),
            "labels",
            f"class {self.labels[~inside][:1]}",
            f"-1 (unknown) or 0 … {len(self.class_names) - 1}",
        )

    @property
    def lengths(self) -> Ints:
        """Steps in each sequence, shape (n_sequences,)."""
        return np.diff(self.offsets)


@dataclass(frozen=True, slots=True)
class Folds:
    """Test sets that keep a unit whole.

    Attributes
    ----------
    test : tuple of ndarray of int64
        For each fold the indices of its test sequences; together they hold each sequence once.
    unit : str
        What is never split between training and test: ``"stay"`` or ``"patient"``.
    fingerprint : str
        Hash of the names of the members fold by fold. Results on folds with different
        fingerprints refuse to be compared.
    """

    test: tuple[Ints, ...]
    unit: str
    fingerprint: str

    @classmethod
    def of(cls, test: tuple[Ints, ...], unit: str, names: NDArray[np.str_]) -> Folds:
        """Build folds and their fingerprint.

        Parameters
        ----------
        test : tuple of ndarray of int64
            Test sequences of each fold.
        unit : str
            ``"stay"`` or ``"patient"``.
        names : ndarray of shape (n_sequences,)
            Names of the sequences, which go into the fingerprint.

        Returns
        -------
        Folds
            The same, with each fold's members in ascending order.
        """
        members = np.concatenate([np.asarray(t) for t in test]) if test else np.empty(0, int)
        _require(
            np.array_equal(np.sort(members), np.arange(len(names))),
            "folds",
            "sequences left out or repeated",
            "each sequence in exactly one test set",
        )
        digest = hashlib.sha256()
        for fold in test:
            digest.update("\x1f".join(sorted(names[fold])).encode() + b"\x1e")
        ordered = tuple(np.sort(np.asarray(t, dtype=np.int64)) for t in test)
        return cls(ordered, unit, digest.hexdigest()[:16])

    def train(self, fold: int) -> Ints:
        """Return the training sequences of a fold: all that it does not test.

        Parameters
        ----------
        fold : int
            Index of the fold.

        Returns
        -------
        ndarray of int64
            In ascending order.
        """
        n_sequences = sum(len(t) for t in self.test)
        return np.setdiff1d(np.arange(n_sequences), self.test[fold])

    def __len__(self) -> int:
        """Return the number of folds."""
        return len(self.test)


def check_offsets(offsets: Ints, n_steps: int) -> None:
    """Refuse offsets that do not rise strictly from 0 to the number of steps.

    Parameters
    ----------
    offsets : ndarray of shape (n_sequences + 1,)
        Where each sequence starts, and the end.
    n_steps : int
        Total number of steps.

    Raises
    ------
    InputError
        If a sequence is empty, or the ends are wrong.
    """
    rises = len(offsets) >= 2 and bool((np.diff(offsets) > 0).all())
    _require(
        rises and offsets[0] == 0 and offsets[-1] == n_steps,
        "offsets",
        f"{offsets[:3]} … {offsets[-1:]}",
        f"values rising strictly from 0 to {n_steps}",
    )


def _require(holds: bool, where: str, found: str, rule: str) -> None:
    if not holds:
        raise InputError(where, found, rule)
