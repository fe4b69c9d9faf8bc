"""What a fold learns from its training windows before any model sees them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints
from dolorimeter.states import NormalScores
from dolorimeter.tables import Cohort, OutlierRule, Target, reference_vitals


@dataclass(frozen=True, slots=True)
class Preparation:
    """Outlier rule, reference and normal scores, fitted on training stays only.

    Panaggio et al. 2021, section 4.1, in this order: outliers to missing, standardization within
    the stay where the task asks for it, normal scores.

    Attributes
    ----------
    target : Target
        The task, which decides how vitals are referenced.
    outliers : OutlierRule
        Thresholds from the training windows.
    scores : NormalScores
        Empirical distribution of each vital in the training windows.
    vital_names : tuple of str
        Columns that it takes, in this order.
    """

    target: Target
    outliers: OutlierRule
    scores: NormalScores
    vital_names: tuple[str, ...]

    @property
    def causal(self) -> bool:
        """Whether the features of a window use nothing later than it."""
        return self.target.task != "median-referenced" or self.target.reference == "causal"

    @classmethod
    def fit(cls, cohort: Cohort, target: Target) -> Preparation:
        """Learn from all windows of a cohort, which must hold training stays only.

        Parameters
        ----------
        cohort : Cohort
            Training stays.
        target : Target
            The task.

        Returns
        -------
        Preparation
            Ready to transform training and test stays alike.

        Raises
        ------
        InputError
            If a vital is never observed, or never varies, in the training windows.
        """
        outliers = OutlierRule.fit(cohort.vitals, cohort.vital_names)
        cleaned, _ = outliers.apply(cohort.vitals)
        referenced = reference_vitals(cleaned, cohort.offsets, target)
        _require_variation(referenced, cohort.vital_names)
        return cls(target, outliers, NormalScores().fit(referenced), cohort.vital_names)

    def transform(self, cohort: Cohort) -> tuple[Floats, Ints]:
        """Turn the vitals of a cohort into what the models take.

        Parameters
        ----------
        cohort : Cohort
            Any stays with the same vitals.

        Returns
        -------
        features : ndarray of shape (n_windows, n_vitals)
            Normal scores, NaN where missing.
        removed : ndarray of shape (n_vitals,)
            Values that the outlier rule set missing.

        Raises
        ------
        InputError
            If the cohort lacks a vital that this was fitted on.
        """
        vitals = columns(cohort, self.vital_names)
        cleaned, removed = self.outliers.apply(vitals)
        referenced = reference_vitals(cleaned, cohort.offsets, self.target)
        return self.scores.transform(referenced), removed


def columns(cohort: Cohort, names: tuple[str, ...]) -> Floats:
    """Return the vitals of a cohort by name.

    Parameters
    ----------
    cohort : Cohort
        Where to take them from.
    names : tuple of str
        Which, and in which order.

    Returns
    -------
    ndarray of shape (n_windows, len(names))
        Window means, NaN where missing.

    Raises
    ------
    InputError
        If a name is not among the cohort's vitals.
    """
    missing = [name for name in names if name not in cohort.vital_names]
    if missing:
        raise InputError(
            "vitals", f"no {missing[0]!r} in the data", f"the vitals {', '.join(names)}"
        )
    return cohort.vitals[:, [cohort.vital_names.index(name) for name in names]]


def _require_variation(features: Floats, names: tuple[str, ...]) -> None:
    for column, name in zip(features.T, names, strict=True):
        seen = column[~np.isnan(column)]
        if len(seen) == 0 or seen.min() == seen.max():
            what = "never observed" if len(seen) == 0 else f"always {seen[0]:g}"
            raise InputError(
                f"vital {name!r}",
                f"{what} in the training windows",
                "a signal that varies",
                f"Name the vitals to use without it: --vitals "
                f"{','.join(n for n in names if n != name)}",
            )
