"""The words of the report: how variables, metrics and options are called in print."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .formats import plain

VARIABLES: Mapping[str, tuple[str, str]] = {
    "pain_score": ("Pain score", "0–10"),
    "pulse": ("Pulse", "1/min"),
    "respiratory_rate": ("Respiratory rate", "1/min"),
    "spo2": ("SpO₂", "%"),
    "systolic": ("Systolic pressure", "mmHg"),
    "diastolic": ("Diastolic pressure", "mmHg"),
    "temperature": ("Temperature", "°C"),
}
METRICS: Mapping[str, str] = {
    "vus": "VUS",
    "accuracy": "Accuracy",
    "precision": "Precision",
    "recall": "Recall",
    "f1": "F1",
    "f1_of_means": "Harmonic F1",
    "weighted_precision": "Weighted precision",
    "weighted_recall": "Weighted recall",
    "weighted_f1": "Weighted F1",
    "r2": "R²",
    "correlation": "Correlation",
}
NULL_MODELS = ("random", "mode")
OPTIONS: Mapping[str, str] = {
    "min_stay": "Shortest stay",
    "group": "Kept whole in a fold",
    "random_state": "Seed",
    "rule": "VUS assignment rule",
    "fold_sizes": "Stays in each fold",
    "null_bootstraps": "Bootstraps of the nulls",
    "permutations": "Relabellings",
    "bootstraps": "Bootstraps of the intervals",
    "shared_patients": "Patients in training and test of a fold",
    "target_options": "Options of the tasks",
    "model_options": "Options of the models",
}
HISTORY: Mapping[str, str] = {
    "none": "vital signs alone, every test label masked",
    "reports": "vital signs and the patient’s own earlier reports",
}


def variable(name: str) -> str:
    """Return the printed name of a variable.

    Parameters
    ----------
    name : str
        Its name in the data.

    Returns
    -------
    str
        The same for a signal that keeps the name its source gives it.
    """
    return VARIABLES[name][0] if name in VARIABLES else plain(name)


def variable_with_unit(name: str) -> str:
    """Return the printed name of a variable with its unit, where that is known.

    Parameters
    ----------
    name : str
        Its name in the data.

    Returns
    -------
    str
        Such as ``"Pulse (1/min)"``.
    """
    return f"{variable(name)} ({VARIABLES[name][1]})" if name in VARIABLES else plain(name)


def metric(name: str) -> str:
    """Return the printed name of a metric.

    Parameters
    ----------
    name : str
        Its name in the results.

    Returns
    -------
    str
        Such as ``"VUS"``.
    """
    return METRICS.get(name, plain(name).replace("_", " "))


def sentence_case(name: str) -> str:
    """Turn a name out of the results into a heading.

    Parameters
    ----------
    name : str
        Such as ``"median-referenced"`` or ``"null_bootstraps"``.

    Returns
    -------
    str
        Such as ``"Median-referenced"`` or ``"Null bootstraps"``.
    """
    text = plain(name).replace("_", " ")
    return text[:1].upper() + text[1:]


def option(value: Any) -> str:
    """Write the value of an option.

    Parameters
    ----------
    value : object
        A plain value out of a JSON file, nested or not.

    Returns
    -------
    str
        Lists and mappings are spelled out on one line.
    """
    if value is None or value in ([], {}, ()):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, Mapping):
        return "; ".join(f"{plain(k).replace('_', ' ')}: {option(v)}" for k, v in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(option(v) for v in value)
    return plain(value)
