"""Trials (or people) by features, with all that says where a sample comes from."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from .containers import Floats, Ints
from .errors import InputError

NAMES = ("sample_ids", "subject", "run", "condition", "modality", "family", "site")
NUMBERS = ("target", "salience", "n_averaged", "onset", "features_until")


@dataclass(frozen=True, slots=True)
class Grid:
    """Where features lie in space.

    Attributes
    ----------
    mask : ndarray of shape (x, y, z), bool
        The voxels that are features, in C order.
    affine : ndarray of shape (4, 4), float64
        From voxel indices to millimetres.
    """

    mask: NDArray[np.bool_]
    affine: Floats

    def __post_init__(self) -> None:
        if self.mask.ndim != 3 or self.affine.shape != (4, 4):
            found = f"shapes {self.mask.shape} and {self.affine.shape}"
            raise InputError("grid", found, "a mask (x, y, z) and an affine (4, 4)")


@dataclass(frozen=True, slots=True)
class Samples:
    """Samples by features: single trials, averages of trials, or one scan of a person.

    Attributes
    ----------
    features : ndarray of shape (n_samples, n_features), float64
        Finite.
    target : ndarray of shape (n_samples,), float64
        Class codes 0 … K - 1 where there are ``class_names``, else the number to predict.
    class_names : tuple of str
        Names of the classes; empty for a continuous target.
    sample_ids, subject, run, condition, modality, family, site : ndarray of shape (n_samples,), str
        Name of the sample; whose it is; and the rest, ``""`` where unknown. A family holds
        subjects who resemble each other (twins); modality is what was felt (pain, touch, …).
    salience : ndarray of shape (n_samples,), float64
        Rated salience, NaN where unrated.
    n_averaged : ndarray of shape (n_samples,), int64
        Trials averaged into the sample; 1: a single trial or a single scan; 0: unknown.
    onset, features_until : ndarray of shape (n_samples,), float64
        When the target was given, and the last time that any feature of the sample uses, both in
        seconds on one clock; NaN where unknown.
    feature_names : tuple of str
        Names of the columns.
    grid : Grid or None
        Their places, for images.
    source : str
        Where the samples come from, in words.

    Raises
    ------
    InputError
        If shapes disagree, a feature or target is not finite, a class code is outside the names,
        a subject has no name, or two samples share an id.
    """

    features: Floats
    target: Floats
    class_names: tuple[str, ...]
    sample_ids: NDArray[np.str_]
    subject: NDArray[np.str_]
    run: NDArray[np.str_]
    condition: NDArray[np.str_]
    modality: NDArray[np.str_]
    family: NDArray[np.str_]
    site: NDArray[np.str_]
    salience: Floats
    n_averaged: Ints
    onset: Floats
    features_until: Floats
    feature_names: tuple[str, ...]
    grid: Grid | None = None
    source: str = ""

    def __post_init__(self) -> None:
        if self.features.ndim != 2 or 0 in self.features.shape:
            found = f"shape {self.features.shape}"
            raise InputError("features", found, "samples by features, at least one of each")
        n_samples, n_features = self.features.shape
        for name in (*NAMES, *NUMBERS):
            shape = getattr(self, name).shape
            if shape != (n_samples,):
                raise InputError(name, f"shape {shape}", f"one value a sample, ({n_samples},)")
        if len(self.feature_names) != n_features:
            found = f"{len(self.feature_names)} names"
            raise InputError("feature_names", found, f"one for each of {n_features} features")
        if self.grid is not None and int(self.grid.mask.sum()) != n_features:
            found = f"{int(self.grid.mask.sum())} voxels in the mask"
            raise InputError("grid", found, f"one for each of {n_features} features")
        self._check_values()

    def _check_values(self) -> None:
        bad = ~np.isfinite(self.features)
        if bad.any():
            row, column = np.argwhere(bad)[0]
            raise InputError(
                "features",
                f"{bad.sum()} values not finite, the first in sample "
                f"{str(self.sample_ids[row])!r}, feature {self.feature_names[column]!r}",
                "finite numbers",
                "Leave such features or samples out, or mask them.",
            )
        if not np.isfinite(self.target).all():
            row = int(np.flatnonzero(~np.isfinite(self.target))[0])
            raise InputError(
                "target",
                f"{self.target[row]} in sample {str(self.sample_ids[row])!r}",
                "a finite number for each sample",
                "Leave samples without a target out.",
            )
        if self.class_names and not np.isin(self.target, np.arange(len(self.class_names))).all():
            rule = f"class codes 0 … {len(self.class_names) - 1}"
            raise InputError("target", f"values such as {self.target[:3]}", rule)
        if (self.subject == "").any():
            raise InputError("subject", "an empty name", "whose each sample is")
        if (self.n_averaged < 0).any():
            raise InputError("n_averaged", "a negative number", "trials, or 0 where unknown")
        names, counts = np.unique(self.sample_ids, return_counts=True)
        if len(names) < len(self.features):
            repeated = str(names[counts > 1][0])
            raise InputError("sample_ids", f"{repeated!r} twice", "a name of its own each")

    @classmethod
    def of(
        cls, features: Floats, target: Floats, subject: NDArray[np.str_], **known: object
    ) -> Samples:
        """Build samples from what is known of them; the rest is unknown.

        Parameters
        ----------
        features : array-like of shape (n_samples, n_features)
            Finite numbers.
        target : array-like of shape (n_samples,)
            Class codes or numbers.
        subject : array-like of shape (n_samples,)
            Whose each sample is.
        **known : object
            Other attributes; names may be any scalars, they are turned into text.

        Returns
        -------
        Samples
            With ``""``, NaN or 0 for what was not given.

        Raises
        ------
        InputError
            As for the container, or for a name that is no attribute.
        """
        unknown = set(known) - {field.name for field in fields(cls)}
        if unknown:
            rule = ", ".join(field.name for field in fields(cls))
            raise InputError("samples", repr(sorted(unknown)[0]), f"one of {rule}")
        matrix = np.ascontiguousarray(features, dtype=np.float64)
        n = len(matrix)
        values: dict[str, object] = {name: np.full(n, "") for name in NAMES}
        values |= {name: np.full(n, np.nan) for name in NUMBERS}
        values |= {
            "n_averaged": np.zeros(n, dtype=np.int64),
            "sample_ids": np.arange(n).astype(str),
            "class_names": (),
            "feature_names": tuple(f"feature {i}" for i in range(matrix.shape[-1])),
        }
        values |= known | {"target": target, "subject": subject}
        for name in NAMES:
            values[name] = np.asarray(values[name]).astype(str)
        for name in NUMBERS:
            kind = np.int64 if name == "n_averaged" else np.float64
            values[name] = np.asarray(values[name], dtype=kind)
        return cls(features=matrix, **values)  # type: ignore[arg-type]

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Samples:
        """Return some of the samples.

        Parameters
        ----------
        rows : ndarray
            Indices, or one bool a sample.

        Returns
        -------
        Samples
            Those, in that order; classes keep their codes.
        """
        chosen = {name: getattr(self, name)[rows] for name in ("features", *NAMES, *NUMBERS)}
        return replace(self, **chosen)

    def __len__(self) -> int:
        """Return the number of samples."""
        return len(self.features)
