"""Forced choices between cues: wins all-play-all, and tests between cues (science 2.3).

A table of choices has one row a choice and the columns ``subject``, ``first``, ``second`` (the
cues on offer) and ``chosen`` (one of both, missing where nobody chose).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats, Ints

from .signed_rank import PairedSummary, compare_paired

COLUMNS = ("subject", "first", "second", "chosen")


@dataclass(frozen=True, slots=True)
class Choices:
    """Forced choices as numbers.

    Attributes
    ----------
    subjects, cues : tuple of str
        Names.
    subject : ndarray of shape (n_choices,), int64
        Who chose.
    first, second : ndarray of shape (n_choices,), int64
        The cues on offer.
    won : ndarray of shape (n_choices,), float64
        1 where the first was chosen, 0 where the second.
    """

    subjects: tuple[str, ...]
    cues: tuple[str, ...]
    subject: Ints
    first: Ints
    second: Ints
    won: Floats


@dataclass(frozen=True, slots=True)
class PreferenceScores:
    """How often each subject preferred each cue.

    Attributes
    ----------
    subjects, cues : tuple of str
        Names of rows and columns.
    wins : ndarray of shape (n_subjects, n_cues)
        Choices won.
    offered : ndarray of shape (n_subjects, n_cues)
        Choices in which the cue was on offer: the most that could be won.
    tests : tuple of PairedSummary
        Each pair of cues, compared over subjects by the signed-rank test.
    """

    subjects: tuple[str, ...]
    cues: tuple[str, ...]
    wins: Floats
    offered: Floats
    tests: tuple[PairedSummary, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain values for JSON."""
        return {
            "subjects": list(self.subjects),
            "cues": list(self.cues),
            "wins": self.wins.tolist(),
            "offered": self.offered.tolist(),
            "tests": [test.to_dict() for test in self.tests],
        }


def read_choices(table: pd.DataFrame) -> Choices:
    """Check a table of choices and turn it into numbers.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns ``subject``, ``first``, ``second``, ``chosen``; rows without a choice are left out.

    Returns
    -------
    Choices
        Cues in the order of their names, subjects in order of appearance.

    Raises
    ------
    InputError
        If a column is missing, no choice is left, a cue is offered against itself, or what was
        chosen was not on offer.
    """
    missing = [name for name in COLUMNS if name not in table]
    if missing:
        found = f"no column {missing[0]!r}"
        raise InputError("preferences", found, f"the columns {', '.join(COLUMNS)}")
    made = table.loc[table["chosen"].notna() & (table["chosen"].astype(str) != "")]
    subject, first, second, chosen = (made[name].astype(str).to_numpy(str) for name in COLUMNS)
    if len(made) == 0:
        raise InputError("preferences", "no choice", "at least one choice")
    _check_rows(first, second, chosen, made.index)
    cues = np.unique(np.concatenate([first, second]))
    who, names = pd.factorize(subject)
    return Choices(
        subjects=tuple(str(name) for name in names),
        cues=tuple(str(cue) for cue in cues),
        subject=who.astype(np.int64),
        first=np.searchsorted(cues, first).astype(np.int64),
        second=np.searchsorted(cues, second).astype(np.int64),
        won=(chosen == first).astype(np.float64),
    )


def preference_scores(table: pd.DataFrame) -> PreferenceScores:
    """Count each subject's wins of each cue, and compare the cues.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns ``subject``, ``first``, ``second``, ``chosen``.

    Returns
    -------
    PreferenceScores
        With one test a pair of cues.

    Raises
    ------
    InputError
        As for :func:`read_choices`.
    """
    choices = read_choices(table)
    shape = (len(choices.subjects), len(choices.cues))
    wins, offered = np.zeros(shape), np.zeros(shape)
    winner = np.where(choices.won == 1, choices.first, choices.second)
    np.add.at(wins, (choices.subject, winner), 1.0)
    for side in (choices.first, choices.second):
        np.add.at(offered, (choices.subject, side), 1.0)
    scores = np.where(offered > 0, wins, np.nan)
    pairs = combinations(range(len(choices.cues)), 2)
    tests = tuple(
        compare_paired(scores[:, i], scores[:, j], (choices.cues[i], choices.cues[j]))
        for i, j in pairs
        if np.isfinite(scores[:, i] + scores[:, j]).any()
    )
    return PreferenceScores(choices.subjects, choices.cues, wins, offered, tests)


def _check_rows(first: Any, second: Any, chosen: Any, index: Any) -> None:
    same = np.flatnonzero(first == second)
    if len(same):
        where = f"preferences, row {index[same[0]]}"
        raise InputError(where, f"{str(first[same[0]])!r} against itself", "two different cues")
    other = np.flatnonzero((chosen != first) & (chosen != second))
    if len(other):
        row = other[0]
        rule = f"{str(first[row])!r} or {str(second[row])!r}, the cues on offer"
        raise InputError(f"preferences, row {index[row]}", f"chosen {str(chosen[row])!r}", rule)
