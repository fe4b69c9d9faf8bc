"""Who the people of a group are: two groups, and covariates, from participants.tsv."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats

from .blocks import Group
from .data import ImagingData

FILE = "participants.tsv"


@dataclass(frozen=True, slots=True)
class Sample:
    """What a group test needs to know of people, in their order.

    Attributes
    ----------
    groups : ndarray of shape (n,) or None
        Names of two groups.
    covariates : ndarray of shape (n, c) or None
        One column each.
    names : tuple of str
        Of the covariates.
    """

    groups: NDArray[np.str_] | None = None
    covariates: Floats | None = None
    names: tuple[str, ...] = ()

    @property
    def arguments(self) -> dict[str, Any]:
        """Keywords of the group tests."""
        given: dict[str, Any] = {"groups": self.groups, "covariates": self.covariates}
        return given | {"names": self.names or None}


def read_sample(options: Group, data: ImagingData) -> Sample:
    """Take the columns that a group test names out of participants.tsv.

    Parameters
    ----------
    options : Group
        Names the columns.
    data : ImagingData
        People and their table.

    Returns
    -------
    Sample
        In the order of the people.

    Raises
    ------
    InputError
        If table, person or column is missing, or a covariate is no number.
    """
    if options.between is None and not options.covariates:
        return Sample()
    table = data.participants
    if table is None or "participant_id" not in table:
        raise InputError(FILE, "no such table", "columns that the group test names")
    table = table.assign(subject=table["participant_id"].str.removeprefix("sub-"))
    table = table.set_index("subject")
    names = [person.subject for person in data.people]
    twice = table.index[table.index.duplicated()]
    if len(twice):
        raise InputError(FILE, f"sub-{twice[0]} twice", "one row for each person")
    for name in names:
        if name not in table.index:
            raise InputError(FILE, f"no row for sub-{name}", "one for each person with images")
    rows = table.loc[names]
    groups = None
    if options.between is not None:
        groups = _column(rows, options.between).to_numpy(dtype=str)
    read = [_numbers(rows, name) for name in options.covariates]
    return Sample(groups, np.column_stack(read) if read else None, options.covariates)


def _column(rows: pd.DataFrame, name: str) -> pd.Series:
    if name not in rows:
        known = ", ".join(str(c) for c in rows.columns if c != "participant_id")
        raise InputError(FILE, f"no column {name!r}", f"one of {known}")
    empty = rows.index[rows[name].isna() | (rows[name] == "n/a")]
    if len(empty):
        remedy = "Leave the person out, or the column."
        raise InputError(f"{FILE}, {name}", f"nothing for sub-{empty[0]}", "a value each", remedy)
    return rows[name]


def _numbers(rows: pd.DataFrame, name: str) -> Floats:
    column = _column(rows, name)
    numbers = pd.to_numeric(column, errors="coerce")
    if numbers.isna().any():
        subject = numbers.index[numbers.isna()][0]
        raise InputError(f"{FILE}, {name}, sub-{subject}", repr(column[subject]), "a number")
    return numbers.to_numpy(dtype=np.float64)
