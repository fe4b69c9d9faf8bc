"""A BIDS data set: its runs, found by entity, and what is to be known about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from dolorimeter.core import InputError

from .notices import Notice


@dataclass(frozen=True, slots=True)
class Run:
    """One file of events and what belongs to it.

    Attributes
    ----------
    path : Path
        The ``events.tsv``.
    root : Path
        Of the data set.
    entities : mapping of str to str
        Labels by key, word for word: ``{"sub": "01", "task": "tsl", "run": "02"}``.
    metadata : mapping
        What the JSON sidecars say of the columns, inherited from the root down.
    repetition_time : float or None
        Of the images in seconds, from their sidecars.
    images : tuple of Path
        Functional images of this run that exist.
    recordings : tuple of Path
        Files ``physio.tsv.gz`` of this run that exist.
    """

    path: Path
    root: Path
    entities: Mapping[str, str]
    metadata: Mapping[str, Any] = field(default_factory=dict)
    repetition_time: float | None = None
    images: tuple[Path, ...] = ()
    recordings: tuple[Path, ...] = ()

    @property
    def file(self) -> str:
        """The events file, from the root."""
        return self.path.relative_to(self.root).as_posix()

    @property
    def subject(self) -> str:
        """Label of the person."""
        return self.entities["sub"]

    @property
    def task(self) -> str:
        """Label of the task, ``""`` without."""
        return self.entities.get("task", "")


@dataclass(frozen=True, slots=True)
class Dataset:
    """The runs of a data set.

    Attributes
    ----------
    root : Path
        Its folder.
    description : mapping
        What ``dataset_description.json`` says; empty without it.
    runs : tuple of Run
        By person, session, task and run, numbers in the order of numbers.
    participants : pandas.DataFrame or None
        ``participants.tsv`` as text, with its rows as they stand; None without it.
    notices : tuple of Notice
        What was found wrong or missing, files of events not yet opened.
    """

    root: Path
    description: Mapping[str, Any]
    runs: tuple[Run, ...]
    participants: pd.DataFrame | None
    notices: tuple[Notice, ...]

    @property
    def name(self) -> str:
        """What the data set is called."""
        return str(self.description.get("Name") or self.root.name)

    @property
    def subjects(self) -> tuple[str, ...]:
        """Labels of the people who have events."""
        return tuple(dict.fromkeys(run.subject for run in self.runs))

    @property
    def tasks(self) -> tuple[str, ...]:
        """Labels of the tasks that have events."""
        return tuple(dict.fromkeys(run.task for run in self.runs))

    def select(self, **entities: str) -> Dataset:
        """Return some of the runs.

        Parameters
        ----------
        **entities : str
            Labels by key, as in the file names: ``sub="01"``, ``task="tsl"``, ``run="02"``.

        Returns
        -------
        Dataset
            The same with those runs.

        Raises
        ------
        InputError
            If no run has those labels.
        """
        wanted = entities.items()
        runs = tuple(run for run in self.runs if wanted <= run.entities.items())
        if not runs:
            asked = ", ".join(f"{key}-{label}" for key, label in wanted)
            known = [sorted({r.entities.get(key, "(none)") for r in self.runs}) for key in entities]
            rule = "; ".join(
                f"{key} among {', '.join(labels[:8])}{' …' if len(labels) > 8 else ''}"
                for key, labels in zip(entities, known, strict=True)
            )
            raise InputError(str(self.root), f"no run {asked}", rule)
        return replace(self, runs=runs)


def run_labels(runs: tuple[Run, ...]) -> tuple[str, ...]:
    """Name each run so that a person's runs are told apart.

    Parameters
    ----------
    runs : tuple of Run
        Of one data set.

    Returns
    -------
    tuple of str
        The label of its entity ``run`` (``""`` without), or all entities that differ within some
        person, such as ``"ses-2_run-01"``, where that label alone does not tell.
    """
    values: dict[str, dict[str, set[str]]] = {}
    for run in runs:
        for key in ("ses", "task", *run.entities):
            of_key = values.setdefault(key, {})
            of_key.setdefault(run.subject, set()).add(run.entities.get(key, ""))
    differing = [
        key
        for key, people in values.items()
        if key not in ("sub", "run") and any(len(labels) > 1 for labels in people.values())
    ]
    if not differing:
        return tuple(run.entities.get("run", "") for run in runs)
    keys = (*differing, "run")
    return tuple(
        "_".join(f"{key}-{run.entities[key]}" for key in keys if key in run.entities)
        for run in runs
    )
