"""The people of each site: who is included, and what is to be predicted of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats

from ..arguments import as_choice, as_flag, as_number, check_keys
from ..request import Request
from ..sensitivity import THERMODE_TRIALS, pain_sensitivity, references, thresholds
from ..tabular import Table, read_table

COMPOSITE = "pain-sensitivity"
_OWN = {"site", "subject"}
Spec = Mapping[str, Any] | None


def included(request: Request, table: Table, site: str) -> Table:
    """Leave excluded people out and name the rest.

    Parameters
    ----------
    request : Request
        With the option ``include_excluded``.
    table : Table
        With the columns ID and Excluded.
    site : str
        Name of the site.

    Returns
    -------
    Table
        With the columns site and subject besides.
    """
    out = table.numbers("Excluded", "the format") == 1
    if as_flag("data.include_excluded", request.options.get("include_excluded", False)):
        out[:] = False
    frame = table.frame[~out].reset_index(drop=True)
    names = [f"{site}-{i:03d}" for i in frame["ID"]]
    named = pd.DataFrame({"site": site, "subject": names})
    return Table(pd.concat([frame.drop(columns=_OWN & set(frame)), named], axis=1), table.where)


def site_target(request: Request, people: Mapping[str, Table]) -> tuple[Floats, Spec, list[str]]:
    """Compute the target of each person.

    Parameters
    ----------
    request : Request
        Its target: ``{composite: …}``, a column, or a column for each site.
    people : mapping
        From sites to those included.

    Returns
    -------
    ndarray of shape (n_people,), float64
        All sites, one after the other.
    mapping or None
        The target to read instead, where it is one column of every site.
    list of str
        What was computed, in words.

    Raises
    ------
    InputError
        If a column or site is missing, or the reference is unknown.
    """
    given = dict(request.target or {"composite": COMPOSITE})
    if "composite" in given:
        check_keys("target", given, ("composite", "reference", "trials"))
        as_choice("target.composite", given["composite"], (COMPOSITE,))
        return _composite(request, given, people)
    column = given.get("column")
    if not isinstance(column, Mapping):
        for table in people.values():
            if column is not None:
                table.column(column, "target")
        return np.full(sum(map(len, people.values())), np.nan), given, []
    check_keys("target", given, ("column",))
    check_keys("target.column", column, people)
    for site in people:
        if site not in column:
            raise InputError("target.column", f"no column for {site}", "one for each site")
    parts = [table.numbers(column[site], "target") for site, table in people.items()]
    return np.concatenate(parts), None, []


def _composite(
    request: Request, given: Mapping[str, Any], people: Mapping[str, Table]
) -> tuple[Floats, None, list[str]]:
    trials = int(as_number("target.trials", given.get("trials", 5), 1, whole=True))
    if trials > THERMODE_TRIALS:
        raise InputError("target.trials", str(trials), f"at most {THERMODE_TRIALS}")
    # The reference may be a site whose people are not asked for.
    every = sorted(p.name.removesuffix("_sample.csv") for p in request.path.glob("*_sample.csv"))
    values = {}
    for site in every:
        table = people.get(site)
        if table is None:
            table = included(request, read_table(request.path / f"{site}_sample.csv"), site)
        values[site] = thresholds(table, trials)
    of_site, words = references(given.get("reference", every[0]), values)
    parts = [pain_sensitivity(values[site], of_site[site]) for site in people]
    return np.concatenate(parts), None, [f"pain sensitivity of CPT, HPT and MPT, {words}"]
