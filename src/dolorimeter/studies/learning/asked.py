"""What people were asked beside the trials: temperatures, ratings, screening, awareness (2.3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

import pandas as pd

from dolorimeter.bids import Notice
from dolorimeter.core import InputError

from .asked_checks import (
    ABOUT_PEOPLE,
    SUBJECT,
    check_people,
    check_ratings,
    check_steps,
    data_row,
)

ASIDE = "sourcedata"
BIDS_SUBJECT = "participant_id"


@dataclass(frozen=True, slots=True)
class Asked:
    """Tables beside the trials, each None where there is none (docs/formats/results-learning.md).

    Attributes
    ----------
    calibration : DataFrame or None
        A row a step: ``subject``, ``temperature`` (°C), ``rating`` (0 to 10).
    ratings : DataFrame or None
        A row a stimulus: ``subject``, ``when``, ``skin``, ``change``, ``pain`` (0 to 10),
        ``pleasantness`` (-10 to 10).
    participants : DataFrame or None
        A row a person: ``subject``, temperatures found (°C), ``decrease_is``,
        ``decrease_pleasantness`` (0 to 10), ``aware`` (bool); what was not asked is missing.
    """

    calibration: pd.DataFrame | None = None
    ratings: pd.DataFrame | None = None
    participants: pd.DataFrame | None = None

    def of(self, subjects: Iterable[str]) -> Asked:
        """Return what some people were asked.

        Parameters
        ----------
        subjects : iterable of str
            Names.

        Returns
        -------
        Asked
            A table of which nothing is left becomes None.
        """
        names, kept = set(subjects), {}
        for field in fields(self):
            table = getattr(self, field.name)
            if table is not None:
                own = table[table[SUBJECT].isin(names)]
                kept[field.name] = own if len(own) else None
        return Asked(**kept)

    def strangers(self, subjects: Iterable[str]) -> tuple[Notice, ...]:
        """Name those who were asked but have no trials.

        Parameters
        ----------
        subjects : iterable of str
            Who has trials.

        Returns
        -------
        tuple of Notice
            One a table and person.
        """
        known = set(subjects)
        return tuple(
            Notice(f"the table of {field.name}", None, f"subject {name} has no trials", "no-trials")
            for field in fields(self)
            if (table := getattr(self, field.name)) is not None
            for name in sorted(set(table[SUBJECT]) - known)
        )


def read_asked(
    root: Path,
    calibration: str | Path | None = None,
    ratings: str | Path | None = None,
    participants: str | Path | None = None,
) -> Asked:
    """Read the tables beside the trials of a data set.

    Parameters
    ----------
    root : Path
        The data set. Tables that are not named are looked for in its ``sourcedata``; that of people
        also beside its ``sub-*``, if a column of ours is in it.
    calibration, ratings, participants : str or Path, optional
        Tables elsewhere, tab-separated.

    Returns
    -------
    Asked
        Those that there are, checked.

    Raises
    ------
    InputError
        If a table that is named does not exist, a column is missing, or a value has no meaning.
    """
    aside = root / ASIDE
    people = _read("participants", aside, participants)
    if people is None:
        people = _read("participants", root, None)
        if people is not None and not set(ABOUT_PEOPLE) & set(people):
            people = None
    steps, rated = _read("calibration", aside, calibration), _read("ratings", aside, ratings)
    return Asked(
        None if steps is None else check_steps(steps),
        None if rated is None else check_ratings(rated),
        None if people is None else check_people(people),
    )


def _read(name: str, folder: Path, given: str | Path | None) -> pd.DataFrame | None:
    """Read a table as text, its subjects named as in the trials; None where there is none."""
    path = folder / f"{name}.tsv" if given is None else Path(given)
    if not path.is_file():
        if given is None:
            return None
        raise InputError(str(path), "no such file", f"a table of {name}, tab-separated")
    try:
        table = pd.read_csv(path, sep="\t", na_values=["n/a"], dtype=str)
    except (OSError, ValueError) as error:
        found = " ".join(str(error).split())
        raise InputError(str(path), found, "a table, tab-separated") from error
    if BIDS_SUBJECT in table and SUBJECT not in table:
        table = table.rename(columns={BIDS_SUBJECT: SUBJECT})
    if SUBJECT not in table:
        raise InputError(str(path), f"no column {SUBJECT!r}", f"{SUBJECT} or {BIDS_SUBJECT}")
    if table[SUBJECT].isna().any():
        raise InputError(data_row(name, table[SUBJECT].isna()), "no subject", "a name in each row")
    return table.assign(subject=table[SUBJECT].str.removeprefix("sub-"))
