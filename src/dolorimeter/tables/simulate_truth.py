"""What a simulated cohort is made of, and the truth it keeps for those who check a method."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints

from .schema import Cohort


@dataclass(frozen=True, slots=True)
class VitalParameters:
    """How one vital is made.

    Attributes
    ----------
    mean, deviation : float
        Over all patients and times, in the unit of the vital.
    lowest, highest : float
        Bounds that values are clipped to: what a ward plausibly charts.
    decimals : int
        Rounding of the charted value.
    effect : float
        Shift per class (low to medium to high) in deviations, times the signal.
    medication : float
        Shift per unit of medication in deviations, times the signal.
    circadian : float
        Amplitude of the daily rhythm in deviations; highest in the late afternoon.
    charted : float
        Probability that a charting round records it.
    """

    mean: float
    deviation: float
    lowest: float
    highest: float
    decimals: int
    effect: float
    medication: float
    circadian: float
    charted: float


# Mean and deviation: adults on an acute ward. Effects: set so that at signal 1 the correlation of
# each vital's window means with the pain score is, over many cohorts, the paper's correlation with
# relative pain (science.md 1.9: pulse .094, respiratory rate .039, SpO2 -.031, systolic .037,
# diastolic .028, temperature .022), medication included. Medication: opioids slow heart and breath
# and lower blood pressure and saturation, not temperature. Charting: temperature is taken every
# third round or so, pulse nearly always.
_VITALS: Mapping[str, VitalParameters] = MappingProxyType(
    {
        "pulse": VitalParameters(85, 14, 30, 220, 0, 0.147, -0.05, 0.20, 0.95),
        "respiratory_rate": VitalParameters(18, 3, 5, 60, 0, 0.077, -0.05, 0.15, 0.85),
        "spo2": VitalParameters(96, 2, 60, 100, 0, -0.040, -0.02, 0.05, 0.90),
        "systolic": VitalParameters(122, 15, 60, 250, 0, 0.078, -0.04, 0.20, 0.80),
        "diastolic": VitalParameters(68, 11, 25, 150, 0, 0.054, -0.03, 0.20, 0.80),
        "temperature": VitalParameters(36.9, 0.5, 34, 42, 1, 0.056, 0.00, 0.30, 0.35),
    }
)


@dataclass(frozen=True, slots=True)
class CohortParameters:
    """Every number behind `simulate_cohort`, with where it comes from.

    Attributes
    ----------
    vitals : mapping of str to VitalParameters
        The six vitals.
    startprob : tuple of float
        Classes at admission.
    rates : tuple of tuple of float
        Rates of change between the classes low, medium and high, per hour, row = from.
    scores : tuple of (int, int)
        Lowest and highest pain score of each class.
    score_persistence : float
        Probability that a report repeats the last one while the class has not changed.
    shortest_stay, mean_beyond : float
        Least duration of a stay and mean duration beyond it, hours.
    round_interval : float
        Mean time between charting rounds, hours.
    round_shape : float
        Shape of the gamma distribution of that time: 1 is memoryless, more is more regular.
    absence_interval : float
        Mean time between absences without any record (procedures, transport), hours.
    absence : tuple of float
        Shortest and longest absence, hours.
    pain_charted : float
        Probability that a round asks a patient who is awake.
    night : tuple of float
        First and last hour of the night, on the clock.
    asleep : float
        Probability of sleep at a round of the night when it does not depend on pain (signal 0).
    asleep_by_class : tuple of float
        The same by class at signal 1 and above: a sleeper gives no score, and pain keeps awake.
    patient_share : float
        Deviation of the patients' baselines, in deviations of the vital.
    dose_probability : tuple of float
        Probability that a report leads to a dose, by the class of the reported score.
    dose_interval : float
        Least time between doses, hours.
    dose_delay : float
        Time from the report to the dose, hours.
    dose_decay : float
        Time in which the effect of a dose falls to 1/e, hours.
    grid : float
        Step of the recorded path of classes, hours.
    """

    vitals: Mapping[str, VitalParameters] = field(default_factory=lambda: _VITALS)
    # Patients are admitted in pain. At two hours the rates give a diagonal of .91, .93 and .93.
    startprob: tuple[float, ...] = (0.10, 0.40, 0.50)
    rates: tuple[tuple[float, ...], ...] = (
        (-0.050, 0.045, 0.005),
        (0.020, -0.040, 0.020),
        (0.003, 0.035, -0.038),
    )
    # The paper's cut points: low < 4 <= medium < 7 <= high (science.md 1.2).
    scores: tuple[tuple[int, int], ...] = ((0, 3), (4, 6), (7, 10))
    # Reports tend to repeat: in the MIMIC-IV demo 42 % of successive windows do not change.
    score_persistence: float = 0.5
    # Stays of at least 48 h (paper). The mean length gives about 4,500 windows of two hours with
    # a known score in 105 stays (paper: 4,456).
    shortest_stay: float = 48.0
    mean_beyond: float = 80.0
    # The remaining numbers are ours: vitals every hour and a half or so, doses at least four hours
    # apart, and an absence in two and a half days.
    round_interval: float = 1.4
    round_shape: float = 4.0
    absence_interval: float = 60.0
    absence: tuple[float, float] = (2.0, 6.0)
    pain_charted: float = 0.9
    night: tuple[float, float] = (23.0, 7.0)
    asleep: float = 0.70
    asleep_by_class: tuple[float, ...] = (0.85, 0.75, 0.50)
    patient_share: float = 0.5
    dose_probability: tuple[float, ...] = (0.0, 0.15, 0.60)
    dose_interval: float = 4.0
    dose_delay: float = 0.25
    dose_decay: float = 3.0
    grid: float = 0.25

    def transition(self, hours: float = 2.0) -> Floats:
        """Return the transition matrix between the classes over a time.

        Parameters
        ----------
        hours : float, default 2
            The time step.

        Returns
        -------
        ndarray of shape (3, 3)
            Row = from: the matrix exponential of the rates times the step.
        """
        return np.asarray(expm(np.array(self.rates) * hours))


@dataclass(frozen=True, slots=True, eq=False)
class CohortTruth:
    """What `simulate_cohort` planted.

    Attributes
    ----------
    parameters : CohortParameters
        Every number.
    signal : float
        Strength of the vitals' dependence on the class.
    stay_ids : ndarray of shape (n_stays,), str
        Names of the stays.
    starts : ndarray of shape (n_stays,), datetime64[us]
        Their starts.
    offsets : ndarray of shape (n_stays + 1,), int64
        Stay i holds the steps ``offsets[i]:offsets[i + 1]`` of the path.
    classes : ndarray of shape (n_steps,), int64
        Hidden class (0 low, 1 medium, 2 high) from each step of ``parameters.grid`` hours, counted
        from the start of the stay, to the next.
    medication : tuple of ndarray of datetime64[us]
        For each stay the times of the doses.
    patient_ids : ndarray of shape (n_patients,), str
        Names of the patients.
    baselines : ndarray of shape (n_patients, 6)
        Shift of each patient's vitals, in their units.
    """

    parameters: CohortParameters
    signal: float
    stay_ids: NDArray[np.str_]
    starts: NDArray[np.datetime64]
    offsets: Ints
    classes: Ints
    medication: tuple[NDArray[np.datetime64], ...]
    patient_ids: NDArray[np.str_]
    baselines: Floats

    def window_classes(self, cohort: Cohort) -> Ints:
        """Return the hidden class that takes up most of each window.

        Parameters
        ----------
        cohort : Cohort
            Windows of any width over any of the simulated stays.

        Returns
        -------
        ndarray of shape (n_windows,), int64
            Known for every window, with or without a report; of classes that take up equal time
            the lower one.

        Raises
        ------
        InputError
            If the cohort has a stay that was not simulated here.
        """
        place = {name: i for i, name in enumerate(self.stay_ids.tolist())}
        result = np.empty(cohort.n_windows, dtype=np.int64)
        hour = np.timedelta64(1, "h")
        for i, name in enumerate(cohort.stay_ids.tolist()):
            if name not in place:
                raise InputError(f"stay {name}", "not simulated here", "stays of this simulation")
            windows = slice(cohort.offsets[i], cohort.offsets[i + 1])
            left = (cohort.times[windows] - self.starts[place[name]]) / hour
            result[windows] = self._mostly(place[name], left, left + cohort.width / hour)
        return result

    def _mostly(self, stay: int, left: Floats, right: Floats) -> Ints:
        """Class with the most time between two times, in hours from the start of a stay."""
        path = self.classes[self.offsets[stay] : self.offsets[stay + 1]]
        edges = np.arange(len(path) + 1) * self.parameters.grid
        spent = [
            np.concatenate([[0.0], np.cumsum(path == k)]) for k in range(len(self.parameters.rates))
        ]
        # Steps are counted, not hours: sums of whole numbers decide ties exactly.
        time = [np.interp(right, edges, s) - np.interp(left, edges, s) for s in spent]
        return np.argmax(np.round(time, 9), axis=0).astype(np.int64)
