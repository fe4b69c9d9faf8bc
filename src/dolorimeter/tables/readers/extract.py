"""What a reader gets and what it hands on: rows by key, a rule for each key, and stays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import ibis.expr.types as ir
import pandas as pd

from dolorimeter.core import InputError

from ..cleaning import Rule
from ..schema import LedgerEntry
from ..variables import Match, VariableMap
from .stays import Locate
from .workspace import Workspace


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a reader.

    Attributes
    ----------
    path : Path
        The data.
    mapping : VariableMap
        The variable map.
    stay : str
        ``"icu"`` or ``"hospital"``, where the data know both.
    signals : tuple of str or None
        Further variables to keep; None for all.
    workspace : Workspace
        Where to read.
    """

    path: Path
    mapping: VariableMap
    stay: str
    signals: tuple[str, ...] | None
    workspace: Workspace


@dataclass(frozen=True, slots=True)
class Extract:
    """The measurements of a source, not yet cleaned.

    Attributes
    ----------
    rows : ibis table
        Columns ``patient_id``, ``stay_id`` (string or null), ``time`` (timestamp or null),
        ``unread`` (text that is no time, or null), ``key``, ``number``, ``text``: a row a value.
    rules : list of Rule
        One a key; rows of other keys are none of ours.
    stays : pandas.DataFrame
        As `Events.stays`.
    by_time : bool
        Whether a row's stay is found by its time, for want of an id.
    ledger : list of LedgerEntry
        What the reader left out itself.
    locate : callable
        From a key (None for the time) and a text to the file, row and column where it stands.
    """

    rows: ir.Table
    rules: list[Rule]
    stays: pd.DataFrame
    by_time: bool
    ledger: list[LedgerEntry]
    locate: Locate


def rule_of(mapping: VariableMap, match: Match, key: str, unit: str, where: str) -> Rule:
    """Make the rule for a code of the map.

    Parameters
    ----------
    mapping : VariableMap
        The map.
    match : Match
        What the code was found to be.
    key : str
        Key of its rows.
    unit : str
        Unit that the rows state; empty where they state none.
    where : str
        File and field, for the error.

    Returns
    -------
    Rule
        With its conversion and range.

    Raises
    ------
    InputError
        If the unit is unknown or does not convert.
    """
    reading, instead = mapping.reading(match, unit, where)
    return Rule(key, match.variable.name, False, match.code.empty, reading, instead)


def refuse_unmapped(rules: list[Rule], found: Iterable[str], where: str) -> None:
    """Refuse a source in which no variable of the map is found.

    Parameters
    ----------
    rules : list of Rule
        What was found.
    found : iterable of str
        Codes or columns that are there.
    where : str
        What was read.

    Raises
    ------
    InputError
        If all rules stand for variables outside the map.
    """
    if any(not rule.further for rule in rules):
        return
    names = sorted(set(found))
    some = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
    raise InputError(
        where,
        f"no variable of the map among {some or 'none'}",
        "a vital sign or pain score under its name or a known code",
        "Pass mapping= with your own codes: docs/formats/variable-map.md.",
    )


def keep_signals(found: Iterable[str], request: Request, where: str) -> list[str]:
    """Choose the further variables to keep.

    Parameters
    ----------
    found : iterable of str
        Those that are there.
    request : Request
        Whose ``signals`` choose among them.
    where : str
        What was read.

    Returns
    -------
    list of str
        Sorted.

    Raises
    ------
    InputError
        If one that was asked for is not there.
    """
    there = set(found)
    if request.signals is None:
        return sorted(there)
    absent = sorted(set(request.signals) - there)
    if absent:
        raise InputError(
            "signals",
            ", ".join(absent),
            f"further variables of {where}: {', '.join(sorted(there))}",
        )
    return sorted(request.signals)
