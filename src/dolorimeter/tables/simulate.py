"""A seeded cohort with the shape of the paper's, and its hidden truth."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints

from .schema import PAIN, VITALS, Events
from .simulate_course import Course, draw_course, draw_path
from .simulate_truth import CohortParameters, CohortTruth

_EPOCH = np.datetime64("2020-01-01T00:00:00", "us")


def simulate_cohort(
    n_patients: int = 46,
    n_stays: int = 105,
    signal: float = 1.0,
    random_state: int | np.random.Generator | None = None,
    parameters: CohortParameters | None = None,
) -> Events:
    """Draw a cohort of patients in pain.

    The class of pain is a Markov chain in continuous time. Charting rounds come at irregular
    times and record each vital with a probability of its own; pain scores come from the range of
    the class and are missing during sleep, which pain disturbs. A vital is a patient's baseline,
    a daily rhythm, noise, and, times ``signal``, an effect of the class and of medication, which
    follows high scores and pushes vitals down. With ``signal=0`` neither the values of the
    vitals nor the gaps in the scores tell anything of the class. The same seed gives the same
    stays, classes and rounds at every signal.

    Parameters
    ----------
    n_patients, n_stays : int, default 46 and 105
        The paper's numbers. Every patient has at least one stay.
    signal : float, default 1.0
        Strength of the dependence of the vitals on the class: at 1 single vitals correlate with
        pain as weakly as in the paper (0.02 to 0.1), at 20 the classes can be told apart.
    random_state : int, numpy.random.Generator or None
        Seed; numpy's global state is neither read nor changed.
    parameters : CohortParameters, optional
        All other numbers.

    Returns
    -------
    Events
        As from a reader, with ``truth`` a `CohortTruth`.

    Raises
    ------
    InputError
        If there are fewer stays than patients, no patient, or a signal that is negative or not
        finite.
    """
    _refuse_bad_sizes(n_patients, n_stays, signal)
    parameters = CohortParameters() if parameters is None else parameters
    # A source for each layer: what one draws cannot shift what the next draws.
    seeds = np.random.default_rng(random_state).integers(2**63, size=4)
    of_stays, of_paths, of_courses, of_vitals = (np.random.default_rng(seed) for seed in seeds)
    stays, owner = _draw_stays(of_stays, parameters, n_patients, n_stays)
    starts = stays["start"].to_numpy()
    hours = (stays["end"].to_numpy() - starts) / np.timedelta64(1, "h")
    paths = [draw_path(of_paths, parameters, h) for h in hours]
    clocks = (starts - starts.astype("datetime64[D]")) / np.timedelta64(1, "h")
    courses = [
        draw_course(of_courses, parameters, signal, h, clock, path)
        for h, clock, path in zip(hours, clocks, paths, strict=True)
    ]
    deviations = np.array([parameters.vitals[name].deviation for name in VITALS])
    baselines = of_vitals.standard_normal((n_patients, len(VITALS))) * deviations
    truth = CohortTruth(
        parameters=parameters,
        signal=float(signal),
        stay_ids=stays["stay_id"].to_numpy(dtype=str),
        starts=starts,
        offsets=np.concatenate([[0], np.cumsum([len(path) for path in paths])]).astype(np.int64),
        classes=np.concatenate(paths),
        medication=tuple(
            start + _minutes(c.doses) for start, c in zip(starts, courses, strict=True)
        ),
        patient_ids=stays["patient_id"].unique().astype(str),
        baselines=baselines * parameters.patient_share,
    )
    table = _make_table(of_vitals, stays, owner, courses, truth)
    name = f"simulate_cohort({n_patients}, {n_stays}, signal={signal:g})"
    return Events(table, stays, (), "simulated", name, truth)


def _draw_stays(
    rng: np.random.Generator, parameters: CohortParameters, n_patients: int, n_stays: int
) -> tuple[pd.DataFrame, Ints]:
    """Draw stays, some patients coming often, weeks apart; and the patient of each."""
    weights = rng.dirichlet(np.ones(n_patients))
    counts = 1 + rng.multinomial(n_stays - n_patients, weights)
    owner = np.repeat(np.arange(n_patients), counts)
    beyond = rng.gamma(2.0, parameters.mean_beyond / 2.0, n_stays)
    hours = np.round((parameters.shortest_stay + beyond) * 60) / 60
    pauses = 24 * np.where(
        np.diff(owner, prepend=-1) > 0,
        rng.uniform(0, 365, n_stays),
        7 + rng.exponential(60, n_stays),
    )
    elapsed = np.cumsum(pauses + hours)
    before = np.repeat((elapsed - pauses - hours)[np.cumsum(counts) - counts], counts)
    ends = _EPOCH + _minutes(elapsed - before)
    number = np.arange(n_stays) - np.repeat(np.cumsum(counts) - counts, counts) + 1
    digits, more = len(str(n_patients)), len(str(counts.max()))
    patients = [f"patient-{i + 1:0{digits}d}" for i in owner]
    names = [f"{p}-stay-{k:0{more}d}" for p, k in zip(patients, number, strict=True)]
    starts = ends - _minutes(hours)
    columns = {"patient_id": patients, "stay_id": names, "start": starts, "end": ends}
    return pd.DataFrame(columns), owner


def _make_table(
    rng: np.random.Generator,
    stays: pd.DataFrame,
    owner: Ints,
    courses: list[Course],
    truth: CohortTruth,
) -> ibis.Table:
    """Draw the vitals at every round and write all measurements as a long table."""
    stay = np.repeat(np.arange(len(courses)), [len(c.hours) for c in courses])
    hours, clock, classes, scores, level = (
        np.concatenate([getattr(c, name) for c in courses])
        for name in ("hours", "clock", "classes", "scores", "level")
    )
    columns = [scores]
    # Both pressures come from one cuff, hence one draw of whether it was used.
    chance = rng.random((len(stay), len(VITALS)))
    chance[:, VITALS.index("diastolic")] = chance[:, VITALS.index("systolic")]
    for j, name in enumerate(VITALS):
        vital = truth.parameters.vitals[name]
        noise = np.sqrt(1 - truth.parameters.patient_share**2 - vital.circadian**2 / 2)
        shift = truth.signal * (vital.effect * (classes - 1) + vital.medication * level)
        rhythm = vital.circadian * np.cos(2 * np.pi * (clock - 17) / 24)
        drawn = shift + rhythm + noise * rng.standard_normal(len(stay))
        value = vital.mean + truth.baselines[owner[stay], j] + vital.deviation * drawn
        value = np.round(np.clip(value, vital.lowest, vital.highest), vital.decimals)
        columns.append(np.where(chance[:, j] < vital.charted, value, np.nan))
    values = np.column_stack(columns)
    row, column = np.nonzero(~np.isnan(values))
    time = stays["start"].to_numpy()[stay[row]] + _minutes(hours[row])
    table = pa.table(
        {
            "patient_id": stays["patient_id"].to_numpy(dtype=str)[stay[row]],
            "stay_id": stays["stay_id"].to_numpy(dtype=str)[stay[row]],
            "time": time,
            "variable": np.array([PAIN, *VITALS])[column],
            "value": values[row, column],
        }
    )
    return ibis.memtable(table)


def _minutes(hours: Floats) -> NDArray[np.timedelta64]:
    return np.round(hours * 60).astype("timedelta64[m]").astype("timedelta64[us]")


def _refuse_bad_sizes(n_patients: int, n_stays: int, signal: float) -> None:
    if n_patients < 1:
        raise InputError("n_patients", str(n_patients), "at least 1")
    if n_stays < n_patients:
        raise InputError("n_stays", str(n_stays), f"at least n_patients ({n_patients})")
    if not 0 <= signal < np.inf:
        raise InputError("signal", str(signal), "zero or a positive number")
