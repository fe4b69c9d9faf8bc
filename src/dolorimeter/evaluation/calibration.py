"""Are posteriors to be taken at their word? Brier score and reliability curves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats

from .checks import check_labels, check_length, check_probabilities


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Examples whose posterior of one class is alike.

    Attributes
    ----------
    predicted : float
        Their mean posterior of the class.
    observed : float
        Share of them that are of the class.
    count : int
        How many they are.
    """

    predicted: float
    observed: float
    count: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """How posteriors compare with what happened.

    Attributes
    ----------
    brier : float
        Mean over examples of the squared distance between posterior and truth, summed over
        classes: 0 at best, 2 at worst, ``1 - 1/K`` for posteriors that are all 1/K.
    bins : tuple of tuple of ReliabilityBin
        For each class its bins by rising posterior; empty ones are left out.
    """

    brier: float
    bins: tuple[tuple[ReliabilityBin, ...], ...]

    def to_dict(self, class_names: Sequence[str] | None = None) -> dict[str, Any]:
        """Return plain values, the ``"calibration"`` of ``results.json``.

        Parameters
        ----------
        class_names : sequence of str, optional
            Names of the classes; by default ``"0"``, ``"1"``, ….

        Returns
        -------
        dict
            ``{"brier": …, "bins": {class: [{"predicted", "observed", "count"}, …]}}``.

        Raises
        ------
        InputError
            If there is not one name for each class.
        """
        names = [str(k) for k in range(len(self.bins))] if class_names is None else class_names
        if len(names) != len(self.bins):
            raise InputError("class_names", f"{len(names)} names", f"{len(self.bins)} of them")
        pairs = zip(names, self.bins, strict=True)
        return {"brier": self.brier, "bins": {k: [asdict(b) for b in bins] for k, bins in pairs}}


def calibration(probabilities: ArrayLike, labels: ArrayLike, n_bins: int = 10) -> Calibration:
    """Compare posteriors with what happened.

    The Brier score is ``mean over examples of sum over classes (p - truth)²`` (Brier 1950), truth
    being 1 for the class that occurred. For the reliability curve of a class, examples are cut by
    their posterior of it into bins of equal count (equal width would leave most bins of a rare
    class empty); equal posteriors are never split, so that some bins can be larger or missing.

    Parameters
    ----------
    probabilities : array-like of shape (n, K)
        Posteriors; rows sum to one within 1e-6.
    labels : array-like of shape (n,), int
        True classes 0 … K - 1; leave unknown ones out.
    n_bins : int, default 10
        Bins of a class, at most.

    Returns
    -------
    Calibration
        Score and bins.

    Raises
    ------
    InputError
        If an argument has the wrong shape or values, or there is no example.

    Examples
    --------
    >>> calibration([[0.5, 0.5], [0.5, 0.5]], [0, 1]).bins[0]
    (ReliabilityBin(predicted=0.5, observed=0.5, count=2),)
    """
    posteriors = check_probabilities(probabilities)
    n, n_classes = posteriors.shape
    known = check_labels(check_length(labels, n, "labels"), n_classes)
    if n == 0:
        raise InputError("probabilities", "no row", "at least one example")
    if n_bins < 1:
        raise InputError("n_bins", str(n_bins), "a number of bins from 1 up")
    truth = known[:, None] == np.arange(n_classes)
    brier = float(((posteriors - truth) ** 2).sum(axis=1).mean())
    columns = zip(posteriors.T, truth.T, strict=True)
    return Calibration(brier, tuple(_bins(p, is_class, n_bins) for p, is_class in columns))


def _bins(posterior: Floats, truth: NDArray[np.bool_], n_bins: int) -> tuple[ReliabilityBin, ...]:
    """Cut by mid-rank, which equal posteriors share."""
    place = np.floor((rankdata(posterior) - 0.5) / len(posterior) * n_bins).astype(np.int64)
    _, code, count = np.unique(place, return_inverse=True, return_counts=True)
    predicted = np.bincount(code, weights=posterior) / count
    observed = np.bincount(code, weights=truth) / count
    rows = zip(predicted.tolist(), observed.tolist(), count.tolist(), strict=True)
    return tuple(ReliabilityBin(*row) for row in rows)
