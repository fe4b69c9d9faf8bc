"""Trials to a raw BIDS data set that the official validator accepts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from dolorimeter._version import __version__
from dolorimeter.core import InputError, Trials, output_directory

from .columns import describe, measure_columns, table_text
from .layout import by_file, label_of, path_of
from .trials import BIDS_NAMES

BIDS_VERSION = "1.10.0"
_UNITS = {"rt": "s"}


def write_events(
    trials: Trials,
    folder: str | Path,
    task: str = "learning",
    name: str = "Trials of a learning experiment",
    outcome_duration: float | None = None,
    descriptions: Mapping[str, Mapping[str, Any]] | None = None,
    authors: tuple[str, ...] = (),
    force: bool = False,
) -> Path:
    """Write trials as a raw BIDS data set.

    Parameters
    ----------
    trials : Trials
        Any order of people; each person's runs in ascending order. A run is a number, or entities
        such as ``"ses-2_run-01"``.
    folder : str or Path
        The data set to create: whole or not at all.
    task : str, default "learning"
        Label of the task.
    name : str
        What the data set is called.
    outcome_duration : float, optional
        Seconds that an outcome lasts; ``n/a`` without.
    descriptions : mapping of str to mapping, optional
        Of measures, in BIDS's keys: ``{"pain": {"Description": "…", "Units": "0 to 10"}}``.
    authors : tuple of str, default ()
        Who made the data set.
    force : bool, default False
        Replace a folder that exists.

    Returns
    -------
    Path
        The folder. `trials_from_events` with the preset ``"dolorimeter"`` reads back the same
        trials, people in the order of their labels.

    Raises
    ------
    InputError
        If a label or word cannot stand in BIDS, the runs of a person do not ascend, or the folder
        exists.
    """
    label_of("task", task)
    lasting = _duration(outcome_duration)
    columns = measure_columns(trials.measures)
    files = by_file(trials)
    about = {"TaskName": task, **describe(trials), **_measures(trials, descriptions or {})}
    with output_directory(folder, force) as scratch:
        write_json(scratch / "dataset_description.json", _description(name, authors))
        write_json(scratch / f"task-{task}_events.json", about)
        write_participants(scratch, sorted({entities["sub"] for entities, _ in files}))
        (scratch / "README.md").write_text(_README.format(name=name, task=task), encoding="utf-8")
        for entities, rows in files:
            target = scratch / path_of({**entities, "task": task}, "events", ".tsv")
            target.parent.mkdir(parents=True, exist_ok=True)
            text = table_text(trials, rows, columns, lasting)
            target.write_bytes(text.encode("utf-8"))
    return Path(folder)


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a JSON file that people can read.

    Parameters
    ----------
    path : Path
        The file.
    content : mapping
        Plain values.
    """
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def write_participants(folder: Path, labels: list[str]) -> None:
    """Write ``participants.tsv``.

    Parameters
    ----------
    folder : Path
        Root of the data set.
    labels : list of str
        People, without ``sub-``.
    """
    lines = ["participant_id", *(f"sub-{label}" for label in labels)]
    (folder / "participants.tsv").write_bytes("".join(f"{line}\n" for line in lines).encode())


def made_by() -> dict[str, str]:
    """Return what `GeneratedBy` says of this package.

    Returns
    -------
    dict of str to str
        Name, version, description.
    """
    return {"Name": "dolorimeter", "Version": __version__}


def _description(name: str, authors: tuple[str, ...]) -> dict[str, Any]:
    who = {"Authors": list(authors)} if authors else {}
    kind = {"Name": name, "BIDSVersion": BIDS_VERSION, "DatasetType": "raw"}
    return {**kind, **who, "GeneratedBy": [made_by()]}


def _measures(trials: Trials, told: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Describe the measures, in the caller's words where there are any."""
    unknown = [name for name in told if name not in trials.measures]
    if unknown:
        known = ", ".join(trials.measures) or "nothing: there are no measures"
        raise InputError("descriptions", f"no measure {unknown[0]!r}", f"names among {known}")
    return {
        BIDS_NAMES.get(name, name): dict(told.get(name, _plain(name))) for name in trials.measures
    }


def _plain(name: str) -> dict[str, str]:
    units = {"Units": _UNITS[name]} if name in _UNITS else {}
    return {"Description": f"Measured on the trial: {name}", **units}


def _duration(value: float | None) -> float:
    if value is None:
        return float("nan")
    if not 0 <= value < np.inf:
        raise InputError("outcome_duration", repr(value), "seconds, 0 or more")
    return float(value)


_README = """# {name}

Events of the task `{task}`, written by dolorimeter; no images. Each trial has a row for its cue, if
it has one with a known onset, and a row for its outcome, an omission too; `trial` numbers them
within the run. `task-{task}_events.json` describes the columns; onsets and durations are in
seconds from the start of the run, and `n/a` is missing. Measures stand in the first row of their
trial.
"""
