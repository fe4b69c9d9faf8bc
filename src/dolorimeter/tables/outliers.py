"""The paper's outlier rule: implausible and far from the mean, both."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class OutlierRule:
    """What counts as an outlier, learned from training windows.

    A window mean is an outlier when diastolic < 10, systolic > 180 or SpO2 < 80, **and** it lies
    more than five standard deviations from its variable's mean (Panaggio et al. 2021, section
    4.1). Other variables have none. Build it with `fit`.

    Attributes
    ----------
    vital_names : tuple of str
        Columns that it applies to.
    means_, deviations_ : ndarray of shape (n_vitals,)
        Mean and population standard deviation of each vital's training windows, in its unit; NaN
        where there were none.
    diastolic_below, systolic_above : float
        Thresholds in mmHg.
    spo2_below : float
        Threshold in percent.
    n_deviations : float
        Distance from the mean, in standard deviations, that an outlier exceeds.
    """

    vital_names: tuple[str, ...]
    means_: Floats
    deviations_: Floats
    diastolic_below: float = 10.0
    systolic_above: float = 180.0
    spo2_below: float = 80.0
    n_deviations: float = 5.0

    @classmethod
    def fit(
        cls,
        vitals: Floats,
        vital_names: tuple[str, ...],
        diastolic_below: float = 10.0,
        systolic_above: float = 180.0,
        spo2_below: float = 80.0,
        n_deviations: float = 5.0,
    ) -> OutlierRule:
        """Learn the means and deviations from training windows.

        Parameters
        ----------
        vitals : ndarray of shape (n_windows, n_vitals)
            Window means of the training stays, NaN where not observed.
        vital_names : tuple of str
            Names of the columns.
        diastolic_below, systolic_above : float, default 10 and 180
            Thresholds in mmHg.
        spo2_below : float, default 80
            Threshold in percent.
        n_deviations : float, default 5
            Distance from the mean in standard deviations.

        Returns
        -------
        OutlierRule
            Ready to be applied to any windows with these columns.
        """
        observed = ~np.isnan(vitals)
        count = np.where(observed.any(axis=0), observed.sum(axis=0), np.nan)
        means = np.where(observed, vitals, 0.0).sum(axis=0) / count
        squares = np.square(np.where(observed, vitals - means, 0.0)).sum(axis=0)
        deviations = np.sqrt(squares / count)
        limits = (diastolic_below, systolic_above, spo2_below, n_deviations)
        return cls(tuple(vital_names), means, deviations, *limits)

    def apply(self, vitals: Floats) -> tuple[Floats, Ints]:
        """Set outliers to missing.

        Parameters
        ----------
        vitals : ndarray of shape (n_windows, n_vitals)
            Window means with the columns of ``vital_names``.

        Returns
        -------
        cleaned : ndarray of shape (n_windows, n_vitals)
            A copy with NaN in place of outliers.
        removed : ndarray of shape (n_vitals,), int64
            How many values of each vital were outliers.
        """
        outlying = np.zeros(vitals.shape, dtype=bool)
        for column, name in enumerate(self.vital_names):
            values = vitals[:, column]
            distance = np.abs(values - self.means_[column])
            far = distance > self.n_deviations * self.deviations_[column]
            outlying[:, column] = far & self._implausible(name, values)
        return np.where(outlying, np.nan, vitals), outlying.sum(axis=0, dtype=np.int64)

    def to_dict(self) -> dict[str, Any]:
        """Return the rule as plain values for JSON; what is NaN becomes None."""
        plain = {
            "vital_names": list(self.vital_names),
            "means_": [None if math.isnan(x) else float(x) for x in self.means_],
            "deviations_": [None if math.isnan(x) else float(x) for x in self.deviations_],
        }
        return plain | {name: getattr(self, name) for name in _LIMITS}

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> OutlierRule:
        """Rebuild a rule from `to_dict`.

        Parameters
        ----------
        content : mapping
            What `to_dict` returned.

        Returns
        -------
        OutlierRule
            An equal rule.

        Raises
        ------
        InputError
            If a field is absent, or the lengths disagree.
        """
        missing = {"vital_names", "means_", "deviations_", *_LIMITS} - set(content)
        if missing:
            raise InputError("outlier rule", f"no {min(missing)!r}", "all fields of to_dict")
        names = tuple(str(name) for name in content["vital_names"])
        means, deviations = (
            np.array([math.nan if x is None else float(x) for x in content[name]])
            for name in ("means_", "deviations_")
        )
        if not len(names) == len(means) == len(deviations):
            raise InputError("outlier rule", "lengths that disagree", "one mean and deviation each")
        return cls(names, means, deviations, *(float(content[name]) for name in _LIMITS))

    def _implausible(self, name: str, values: Floats) -> NDArray[np.bool_]:
        if name == "diastolic":
            return values < self.diastolic_below
        if name == "systolic":
            return values > self.systolic_above
        return values < (self.spo2_below if name == "spo2" else -np.inf)


_LIMITS = ("diastolic_below", "systolic_above", "spo2_below", "n_deviations")
