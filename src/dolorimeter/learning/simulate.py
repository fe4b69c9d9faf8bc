"""A study of learning with planted truth: people who learn, and what is measured of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from dolorimeter.core import InputError, Trials
from dolorimeter.core.containers import Floats

from .grid import simulate_grid
from .learned import GridLearned
from .params import form_of
from .simulate_measures import DrawnMeasure, draw_measure, read_correlations
from .simulate_questions import draw_calibration, draw_choices, draw_debrief, draw_ratings
from .simulate_streams import stream
from .simulate_truth import draw_parameters, final_values, stack_parameters
from .task_parts import check_whole
from .task_presets import read_design
from .task_trials import make_trials
from .tasks import PavlovianTask, RandomState


@dataclass(frozen=True, slots=True)
class SimulatedStudy:
    """What a study would bring home, and the truth behind it.

    Attributes
    ----------
    task : PavlovianTask
        The design.
    trials : Trials
        Of all subjects, with ``measures``; without what the model says of them.
    preferences : DataFrame
        Forced choices after learning: ``subject``, ``trial``, ``first``, ``second``, ``chosen``.
    calibration : DataFrame
        Temperatures tried: ``subject``, ``step``, ``temperature`` (°C), ``rating``.
    ratings : DataFrame
        Before and after: ``subject``, ``when``, ``skin``, ``change``, ``pain``, ``pleasantness``.
    participants : DataFrame
        ``subject``, temperatures found, screening of the decrease, awareness.
    truth : dict
        What was planted, as plain values for JSON (None where not defined): model, parameters of
        each subject, correlations planted and realized, values and errors of each trial, final
        values, seed.
    """

    task: PavlovianTask
    trials: Trials
    preferences: pd.DataFrame
    calibration: pd.DataFrame
    ratings: pd.DataFrame
    participants: pd.DataFrame
    truth: dict[str, Any]


def simulate_learning(
    task: str | PavlovianTask = "relief2005",
    n_subjects: int = 19,
    model: str = "td",
    *,
    spread: float = 0.3,
    correlations: Mapping[str, float] | None = None,
    inverse_temperature: float = 3.0,
    missing: float = 0.0,
    same_order: bool = False,
    random_state: RandomState = None,
    **parameters: float,
) -> SimulatedStudy:
    """Simulate people who learn a task, their trial-wise measures, choices and ratings.

    Each purpose and person has a stream of its own: a further measure or person changes no number
    of the others.

    Parameters
    ----------
    task : str or PavlovianTask, default "relief2005"
        A preset, a YAML file or a task.
    n_subjects : int, default 19
        The paper's.
    model : str, default "td"
        How they learn, a key of ``MODELS``.
    spread : float, default 0.3
        Deviation over subjects of the model's free parameters, on the logit scale between their
        limits; a parameter at a limit does not vary.
    correlations : mapping of str to float, optional
        Which measures there are, with their correlation within subjects: ``"rt"`` (s) and
        ``"heart-rate"`` (1/min) with the magnitude of the cue's value, ``"pain"`` (0 to 10) and
        ``"pleasantness"`` (-10 to 10) with the value. Default: all, 0.19, the paper's, for pain
        -0.19.
    inverse_temperature : float, default 3
        Of the softmax behind the choices, per unit of value.
    missing : float, default 0
        Share of trials on which a measure is missing.
    same_order : bool, default False
        Whether all subjects meet one order of trials.
    random_state : int, numpy.random.Generator or None
        Seed.
    **parameters : float
        Of the model, such as ``alpha=0.3``: their center over subjects.

    Returns
    -------
    SimulatedStudy
        With its truth.

    Raises
    ------
    InputError
        If a name is unknown or a number cannot be used.

    Examples
    --------
    >>> study = simulate_learning(n_subjects=2, alpha=0.3, spread=0.0, random_state=0)
    >>> len(study.trials), sorted(study.trials.measures)
    (180, ['heart-rate', 'pain', 'pleasantness', 'rt'])
    >>> study.truth["parameters"]
    {'alpha': [0.3, 0.3]}
    """
    wanted = read_correlations(correlations)
    check_whole("n_subjects", n_subjects, least=1)
    _check_number("spread", spread, 0.0, np.inf)
    _check_number("inverse_temperature", inverse_temperature, 0.0, np.inf)
    _check_number("missing", missing, 0.0, 1.0)
    form = form_of(model)
    seed = int(np.random.default_rng(random_state).integers(2**63))
    design = read_design(task, stream(seed, "task"))
    trials = make_trials(design, stream(seed, "order"), n_subjects, same_order)
    drawn = draw_parameters(form, parameters, spread, seed, _subjects(trials))
    planted = {
        "model": model,
        "seed": seed,
        "subjects": _subjects(trials),
        "parameters": {name: column.tolist() for name, column in drawn.items()},
        "spread": spread,
        "inverse_temperature": inverse_temperature,
        "correlations": wanted,
        "missing": missing,
        "final_values": final_values(form, trials, drawn),
    }
    names, rows = stack_parameters(drawn)
    return _study(design, trials, simulate_grid(model, trials, rows, names), planted)


def _study(
    task: PavlovianTask, trials: Trials, learned: GridLearned, planted: dict[str, Any]
) -> SimulatedStudy:
    """Draw all that is measured and asked of people who learned so."""
    seed, subjects, value = planted["seed"], planted["subjects"], learned.value[0]
    measured = {
        name: _measure_all(name, trials, value, r, planted["missing"], seed, subjects)
        for name, r in planted["correlations"].items()
    }
    calibrations = [draw_calibration(seed, subject) for subject in subjects]
    final, sharpness = planted["final_values"], planted["inverse_temperature"]
    truth = planted | {
        "measures": {name: _truth(found) for name, found in measured.items()},
        "calibration": [{k: _or_none(v) for k, v in found.items()} for _, found in calibrations],
        "value": value.tolist(),
        "cue_error": learned.cue_error[0].tolist(),
        "outcome_error": learned.outcome_error[0].tolist(),
    }
    return SimulatedStudy(
        task,
        replace(trials, measures={name: _values(found) for name, found in measured.items()}),
        _stack([draw_choices(final[s], sharpness, seed, s) for s in subjects]),
        _stack([table for table, _ in calibrations]),
        _stack([draw_ratings(seed, subject) for subject in subjects]),
        _participants(subjects, [found for _, found in calibrations], seed),
        truth,
    )


def _subjects(trials: Trials) -> list[str]:
    return list(dict.fromkeys(trials.subject.tolist()))


def _check_number(where: str, given: object, low: float, high: float) -> None:
    number = isinstance(given, int | float | np.floating) and not isinstance(given, bool)
    if not number or not low <= float(given) <= high or np.isinf(float(given)):  # type: ignore[arg-type]
        rule = f"a number from {low:g} to {high:g}" if high < np.inf else f"{low:g} or more"
        raise InputError(where, repr(given), rule)


def _measure_all(
    name: str,
    trials: Trials,
    value: Floats,
    correlation: float,
    missing: float,
    seed: int,
    subjects: list[str],
) -> list[DrawnMeasure]:
    """Draw a measure of each subject; their trials stand one after the other."""
    return [
        draw_measure(
            name,
            value[ours],
            _counted(trials.cue[ours], trials.utility[ours]),
            correlation,
            missing,
            seed,
            subject,
        )
        for subject in subjects
        for ours in [trials.subject == subject]
    ]


def _counted(cue: np.ndarray, utility: Floats) -> np.ndarray:
    """Trials of the cues that a utility ever follows (none follows C); all where there are none."""
    moved = np.isin(cue, np.unique(cue[utility != 0]))
    return moved if moved.any() else ~moved


def _values(found: list[DrawnMeasure]) -> Floats:
    return np.concatenate([drawn.values for drawn in found])


def _truth(found: list[DrawnMeasure]) -> dict[str, list[float | None]]:
    return {
        name: [_or_none(getattr(drawn, name)) for drawn in found]
        for name in ("mean", "within", "realized")
    }


def _or_none(number: float) -> float | None:
    return None if np.isnan(number) else number


def _participants(
    subjects: list[str], calibrations: list[dict[str, float]], seed: int
) -> pd.DataFrame:
    temperatures = ("baseline_temperature", "exacerbation_temperature")
    rows = [
        {"subject": s, **{name: found[name] for name in temperatures}, **draw_debrief(seed, s)}
        for s, found in zip(subjects, calibrations, strict=True)
    ]
    return pd.DataFrame(rows)


def _stack(tables: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(tables, ignore_index=True)
