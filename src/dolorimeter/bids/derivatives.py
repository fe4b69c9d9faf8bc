"""What a learning model says of each trial, as BIDS derivatives that an image analysis takes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from dolorimeter.core import InputError, Trials, output_directory

from .columns import Column, check_name, describe, table_text
from .dataset import Dataset, run_labels
from .layout import by_file, label_of, path_of
from .write import BIDS_VERSION, made_by, write_json, write_participants

_NEEDED = ("value", "cue_error", "outcome_error")
_SIGNS = {"appetitive_error": 1.0, "aversive_error": -1.0}
_TOLD = {
    "value": "Value that the cue has before the outcome",
    "cue_error": "Appetitive prediction error at the cue",
    "outcome_error": "Appetitive prediction error at the outcome",
    "associability": "Associability of the cue before the outcome",
}
_SIGNED = {
    "absolute_value": "Magnitude of the value",
    "appetitive_error": "Prediction error of this row's event, positive where better than expected",
    "aversive_error": "Prediction error of this row's event, positive where worse than expected",
}


def write_derivatives(
    trials: Trials,
    folder: str | Path,
    task: str = "learning",
    pipeline: str = "dolorimeter",
    model: Mapping[str, Any] | None = None,
    dataset: Dataset | None = None,
    force: bool = False,
) -> Path:
    """Write what a model says of each trial.

    Parameters
    ----------
    trials : Trials
        With quantities: ``value``, ``cue_error`` and ``outcome_error``, and any others.
    folder : str or Path
        A data set's folder of derivatives; the pipeline gets a folder in it, whole or not at all.
    task : str, default "learning"
        Label of the task.
    pipeline : str, default "dolorimeter"
        Name of the folder to create.
    model : mapping, optional
        The model and its parameters, for the description: plain values.
    dataset : Dataset, optional
        Where the trials come from: files are then named as its events are, with session and all.
    force : bool, default False
        Replace a folder that exists.

    Returns
    -------
    Path
        ``folder/pipeline``.

    Raises
    ------
    InputError
        If the three quantities are not there, a label or word cannot stand in BIDS, the data set
        lacks a run, or the folder exists.

    Notes
    -----
    Beside each quantity stand ``absolute_value`` (at the cue), and the errors at cue and outcome in
    one column each by sign: ``appetitive_error`` and its negative ``aversive_error``, for all
    trials and for each cue apart (``appetitive_error_A``; ``n/a`` in trials of other cues), as in
    Seymour et al. 2005, Methods. These are marked as derivative in ``events.json``.
    """
    label_of("task", task)
    label_of("pipeline", pipeline.replace("-", "").replace("_", ""))
    columns = {**quantity_columns(trials), **signed_columns(trials)}
    files = [
        (_entities(entities, str(trials.run[rows[0]]), dataset, task), rows)
        for entities, rows in by_file(trials)
    ]
    about = {**describe(trials), **_about(trials)}
    target = Path(folder) / pipeline
    with output_directory(target, force) as scratch:
        write_json(scratch / "dataset_description.json", _description(dataset, pipeline, model))
        task_of = files[0][0].get("task", task)
        write_json(scratch / f"task-{task_of}_events.json", about)
        write_participants(scratch, sorted({entities["sub"] for entities, _ in files}))
        (scratch / "README.md").write_text(_README, encoding="utf-8")
        for entities, rows in files:
            path = scratch / path_of(entities, "events", ".tsv")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(table_text(trials, rows, columns, np.nan).encode("utf-8"))
    return target


def quantity_columns(trials: Trials) -> dict[str, Column]:
    """Return what the model says as columns.

    Parameters
    ----------
    trials : Trials
        With ``value``, ``cue_error`` and ``outcome_error``.

    Returns
    -------
    dict of str to Column
        By name of the quantity; the outcome error in the row of the outcome, others in the first.

    Raises
    ------
    InputError
        If one of the three is missing, or a name cannot be that of a column.
    """
    missing = [name for name in _NEEDED if name not in trials.quantities]
    if missing:
        rule = f"trials with {', '.join(_NEEDED)}"
        remedy = "Take trials.with_quantities(…) of a model first."
        raise InputError("trials", f"no quantity {missing[0]!r}", rule, remedy)
    taken = signed_columns(trials)
    columns: dict[str, Column] = {}
    for name, values in trials.quantities.items():
        check_name("quantities", name, {**taken, **columns})
        at_outcome = name == "outcome_error"
        columns[name] = Column(outcome=values) if at_outcome else Column(first=values)
    return columns


def signed_columns(trials: Trials) -> dict[str, Column]:
    """Return the absolute value, and the errors by sign and by cue.

    Parameters
    ----------
    trials : Trials
        With ``value``, ``cue_error`` and ``outcome_error``.

    Returns
    -------
    dict of str to Column
        ``absolute_value``; ``appetitive_error`` and ``aversive_error`` with the error at the cue in
        its row and that at the outcome in its; and both for each cue, NaN in trials of others.
    """
    of = trials.quantities
    columns = {"absolute_value": Column(first=np.abs(of["value"]))}
    cues = [word for word in dict.fromkeys(trials.cue.tolist()) if word]
    for cue in ("", *sorted(cues)):
        own = np.where((trials.cue == cue) | (cue == ""), 1.0, np.nan)
        for name, sign in _SIGNS.items():
            errors = [sign * own * of[key] + 0.0 for key in ("cue_error", "outcome_error")]
            columns[_by_cue(name, cue)] = Column(cue=errors[0], outcome=errors[1])
    return columns


def _by_cue(name: str, cue: str) -> str:
    return f"{name}_{cue}" if cue else name


def _entities(
    entities: dict[str, str], run: str, dataset: Dataset | None, task: str
) -> dict[str, str]:
    """Return the entities of a file: those of the events it comes from, where these are given."""
    if dataset is None:
        return {**entities, "task": task}
    for own, label in zip(dataset.runs, run_labels(dataset.runs), strict=True):
        if (own.subject, label) == (entities["sub"], run):
            return dict(own.entities)
    found = f"no run {run!r} of sub-{entities['sub']}"
    raise InputError("dataset", found, "the data set that the trials were read from")


def _about(trials: Trials) -> dict[str, Any]:
    """Describe the quantities, and what was made of them."""
    told = {
        name: {"Description": _TOLD.get(name, f"Of the model: {name}")}
        for name in trials.quantities
    }
    derived = {}
    for name in signed_columns(trials):
        base, _, cue = name.partition("_error_")
        words = _SIGNED.get(f"{base}_error" if cue else name, name)
        only = f", in trials of cue {cue} only" if cue else ""
        derived[name] = {"Description": f"{words}{only}", "Derivative": True}
    return {**told, **derived}


def _description(
    dataset: Dataset | None, pipeline: str, model: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Return ``dataset_description.json``."""
    by = made_by()
    if model:
        by["Description"] = "; ".join(f"{key} {value}" for key, value in model.items())
    name = "trials" if dataset is None else dataset.name
    kind = {"Name": f"{pipeline}: learning model on {name}", "BIDSVersion": BIDS_VERSION}
    return {**kind, "DatasetType": "derivative", "GeneratedBy": [by]}


_README = """# What a learning model says of each trial

One table for each run of the raw data: a row for each cue and each outcome, onsets in seconds from
the start of the run, `n/a` where a column says nothing of a row. The columns are described in the
JSON beside this file; those marked as derivative follow from the others.
"""
