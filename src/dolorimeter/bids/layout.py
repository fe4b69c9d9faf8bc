"""Trials to the files of a BIDS data set: whose file, which run, which words may stand in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import groupby, pairwise
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import InputError, Trials

from .names import join_name, natural, same_run

_LABEL = re.compile(r"[0-9a-zA-Z+]+")
_PAIRS = re.compile(r"(?:[a-zA-Z]+-[0-9a-zA-Z+]+)(?:_[a-zA-Z]+-[0-9a-zA-Z+]+)*")


def label_of(where: str, word: str) -> str:
    """Return a label that BIDS allows.

    Parameters
    ----------
    where : str
        What it labels, for the message.
    word : str
        The label.

    Returns
    -------
    str
        The same.

    Raises
    ------
    InputError
        If it holds anything but letters, digits and plus signs.
    """
    if not _LABEL.fullmatch(word):
        raise InputError(where, repr(word), "letters and digits only, as BIDS wants its labels")
    return word


def run_entities(run: str, where: str) -> dict[str, str]:
    """Return the entities that a run's name stands for.

    Parameters
    ----------
    run : str
        ``""``, a number such as ``"02"``, or entities such as ``"ses-2_run-01"``.
    where : str
        Whose run, for the message.

    Returns
    -------
    dict of str to str
        Labels by key.

    Raises
    ------
    InputError
        If it is none of these.
    """
    if run == "":
        return {}
    if run.isascii() and run.isdecimal():
        return {"run": run}
    if _PAIRS.fullmatch(run):
        entities = dict(part.partition("-")[::2] for part in run.split("_"))
        if entities.get("run", "0").isdecimal() and not entities.keys() & {"sub", "task", "desc"}:
            return entities
    rule = "a number such as '02', entities such as 'ses-2_run-02', or nothing"
    raise InputError(f"run of {where}", repr(run), rule, "BIDS numbers the runs.")


def subject_label(subject: str) -> str:
    """Return the label of a person.

    Parameters
    ----------
    subject : str
        ``"01"`` or ``"sub-01"``.

    Returns
    -------
    str
        Without ``sub-``.

    Raises
    ------
    InputError
        If it holds anything but letters, digits and plus signs.
    """
    return label_of("subject", subject.removeprefix("sub-"))


def by_file(trials: Trials) -> list[tuple[dict[str, str], NDArray[np.int64]]]:
    """Sort trials into files.

    Parameters
    ----------
    trials : Trials
        Any order of people; each person's runs in ascending order, since that is how they are read.

    Returns
    -------
    list of (dict, ndarray of int64)
        Entities without the task, and the trials of that file in order.

    Raises
    ------
    InputError
        If a label cannot be written, a run comes back after another has begun, or runs do not
        ascend.
    """
    files = []
    spelled: dict[str, str] = {}
    for subject in sorted(dict.fromkeys(trials.subject.tolist()), key=natural):
        label = subject_label(subject)
        other = spelled.setdefault(label, subject)
        if other != subject:
            raise InputError("subject", f"{other!r} and {subject!r}", "one name for each person")
        rows = np.flatnonzero(trials.subject == subject)
        for run, own in _runs_of(trials, rows, subject):
            files.append(({"sub": label, **run_entities(run, subject)}, own))
    return files


def _runs_of(
    trials: Trials, rows: NDArray[np.int64], subject: str
) -> list[tuple[str, NDArray[np.int64]]]:
    runs = [
        (run, np.array(list(group), dtype=np.int64))
        for run, group in groupby(rows.tolist(), key=lambda row: str(trials.run[row]))
    ]
    keys = [_position(run_entities(run, subject)) for run, _ in runs]
    for i, (one, next_) in enumerate(pairwise(keys)):
        if not one < next_:
            found = f"{runs[i + 1][0]!r} comes after {runs[i][0]!r}"
            rule = "runs in ascending order, each in one piece: that is how they are read back"
            raise InputError(f"runs of {subject}", found, rule)
    return runs


def _position(entities: Mapping[str, str]) -> tuple[object, ...]:
    """Order runs as `read_dataset` does."""
    further = sorted((k, natural(v)) for k, v in entities.items() if k not in ("ses", "run"))
    run = natural(same_run(entities.get("run", "")))
    return natural(entities.get("ses", "")), tuple(further), run


def path_of(entities: Mapping[str, str], suffix: str, extension: str) -> PurePosixPath:
    """Return where a file of a run lies below the root.

    Parameters
    ----------
    entities : mapping of str to str
        Labels by key.
    suffix, extension : str
        Such as ``"events"`` and ``".tsv"``.

    Returns
    -------
    PurePosixPath
        ``sub-…/[ses-…/]func/…``.
    """
    folders = [f"{key}-{entities[key]}" for key in ("sub", "ses") if key in entities]
    return PurePosixPath(*folders, "func", join_name(entities, suffix, extension))


def cell_of(where: str, word: str) -> str:
    """Return a word as a cell of a table.

    Parameters
    ----------
    where : str
        Its column, for the message.
    word : str
        ``""`` becomes ``n/a``.

    Returns
    -------
    str
        The cell.

    Raises
    ------
    InputError
        If it holds a tab, a line end or another control character, or would be read as missing.
    """
    if word == "n/a" or not (word.isprintable() or word == ""):
        raise InputError(where, repr(word), "printable words other than n/a, without tabs")
    return word or "n/a"


def number_cell(value: float) -> str:
    """Return a number as a cell that reads back to the last bit.

    Parameters
    ----------
    value : float
        NaN becomes ``n/a``.

    Returns
    -------
    str
        The cell.
    """
    return "n/a" if np.isnan(value) else repr(float(value)).removesuffix(".0")
