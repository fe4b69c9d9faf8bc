"""Trials as the kernels take them: codes, utilities, and where each learner starts anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dolorimeter.core import InputError, Trials

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

UTILITIES: Mapping[str, float] = MappingProxyType(
    {"relief": 1.0, "exacerbation": -1.0, "none": 0.0, "low": 1.0, "high": -1.0}
)


@dataclass(frozen=True, slots=True)
class EncodedTrials:
    """Trials sorted by learner, ready for any model and any number of runs through them.

    Attributes
    ----------
    cues : ndarray of shape (n_trials,), int64
        Codes into ``cue_names``.
    previous : ndarray of shape (n_trials,), int64
        Code of the outcome before, 1 … ``n_outcomes``; 0 on the first trial of a run.
    utilities : ndarray of shape (n_trials,), float64
        Appetitive utility of what followed.
    offsets : ndarray of shape (n_sequences + 1,), int64
        Where each learner starts anew; sequence i is ``offsets[i]:offsets[i + 1]``.
    who : ndarray of shape (n_sequences,), int64
        Its subject, as an index into ``subjects``.
    order : ndarray of shape (n_trials,), int64
        Row of the trials as given, for each sorted trial.
    in_order : bool
        Whether sorting changed nothing.
    cue_names, subjects : tuple of str
        By first appearance.
    n_outcomes : int
        Different utilities.
    """

    cues: Ints
    previous: Ints
    utilities: Floats
    offsets: Ints
    who: Ints
    order: Ints
    in_order: bool
    cue_names: tuple[str, ...]
    subjects: tuple[str, ...]
    n_outcomes: int

    def __len__(self) -> int:
        """Return the number of trials."""
        return len(self.cues)


def encode_trials(trials: Trials | pd.DataFrame, reset_runs: bool = False) -> EncodedTrials:
    """Sort trials by subject and turn names into codes.

    Parameters
    ----------
    trials : Trials or DataFrame
        A table has a column ``cue`` (``""`` throughout where the task has none) and either
        ``utility``, or ``outcome`` with the names in ``UTILITIES``: relief and low +1,
        exacerbation and high -1, none 0; also ``subject`` and ``run``, one of each if absent.
    reset_runs : bool, default False
        Whether a subject starts anew in each run.

    Returns
    -------
    EncodedTrials
        Subjects in the order of their first trial, each one's trials in the order given.

    Raises
    ------
    InputError
        If there is no trial, a column is missing, an outcome has no utility, or a utility is not
        finite.
    """
    columns = _columns_of_table(trials) if isinstance(trials, pd.DataFrame) else _columns(trials)
    subject, subjects = pd.factorize(columns["subject"])
    run, _ = pd.factorize(columns["run"])
    cue, cue_names = pd.factorize(columns["cue"])
    learner = subject * (run.max() + 1) + run if reset_runs else subject
    learner = pd.factorize(learner)[0]
    order = np.argsort(learner, kind="stable")
    sorted_learner, sorted_run = learner[order], run[order]
    begins = np.concatenate([[True], np.diff(sorted_learner) != 0])
    new_run = begins | np.concatenate([[True], np.diff(sorted_run) != 0])
    utilities = np.ascontiguousarray(columns["utility"][order])
    kinds, kind = np.unique(utilities, return_inverse=True)
    before = np.concatenate([[0], kind[:-1] + 1])
    starts = np.flatnonzero(begins)
    return EncodedTrials(
        np.ascontiguousarray(cue[order], dtype=np.int64),
        np.where(new_run, 0, before).astype(np.int64),
        utilities,
        np.append(starts, len(order)).astype(np.int64),
        subject[order][starts].astype(np.int64),
        order.astype(np.int64),
        bool((np.diff(order) == 1).all()),
        tuple(str(name) for name in cue_names),
        tuple(str(name) for name in subjects),
        len(kinds),
    )


def utility_of(outcome: str | float, where: str = "outcome") -> float:
    """Return the utility of an outcome.

    Parameters
    ----------
    outcome : str or float
        A name in ``UTILITIES``, or the utility itself.
    where : str, default "outcome"
        What an error names.

    Returns
    -------
    float
        Appetitive: relief above 0.

    Raises
    ------
    InputError
        If the name is unknown or the number not finite.
    """
    if isinstance(outcome, str):
        if outcome not in UTILITIES:
            rule = f"one of {', '.join(UTILITIES)}"
            raise InputError(where, repr(outcome), rule, "Or give a number as utility.")
        return UTILITIES[outcome]
    if not np.isfinite(outcome):
        raise InputError(where, str(outcome), "a finite utility")
    return float(outcome)


def _columns(trials: Trials) -> dict[str, Any]:
    names = {name: getattr(trials, name).astype(object) for name in ("subject", "run", "cue")}
    return names | {"utility": trials.utility}


def _columns_of_table(table: pd.DataFrame) -> dict[str, Any]:
    """Return names and utilities of a table, refusing what cannot be read."""
    if "cue" not in table:
        remedy = 'Without cues, add a column of empty names: trials["cue"] = "".'
        raise InputError("trials", f"columns {', '.join(map(str, table))}", "a column cue", remedy)
    if len(table) == 0:
        raise InputError("trials", "no row", "at least one trial")
    names = {name: _names(table, name) for name in ("subject", "run", "cue")}
    return names | {"utility": _utilities(table)}


def _names(table: pd.DataFrame, name: str) -> Any:
    if name not in table:
        return np.full(len(table), "1", dtype=object)
    missing = table[name].isna().to_numpy()
    if missing.any():
        where = f"{name}, trial {int(np.flatnonzero(missing)[0])}"
        raise InputError(where, "missing", "a name for each trial")
    return table[name].astype(str).to_numpy(dtype=object)


def _utilities(table: pd.DataFrame) -> Floats:
    """Return the utility of each trial, from its own column or by the outcome's name."""
    if "utility" in table:
        values = pd.to_numeric(table["utility"], errors="coerce").to_numpy(dtype=np.float64)
        wrong = np.flatnonzero(~np.isfinite(values))
        if len(wrong):
            found = str(table["utility"].iloc[wrong[0]])
            raise InputError(f"utility, trial {wrong[0]}", found, "a finite number for each trial")
        return values
    if "outcome" not in table:
        found = f"columns {', '.join(map(str, table))}"
        raise InputError("trials", found, "a column outcome or utility")
    codes, kinds = pd.factorize(table["outcome"].to_numpy(dtype=object), use_na_sentinel=False)
    first = [int(np.flatnonzero(codes == code)[0]) for code in range(len(kinds))]
    known = [_outcome(kind, trial) for kind, trial in zip(kinds, first, strict=True)]
    return np.array(known, dtype=np.float64)[codes]


def _outcome(kind: Any, trial: int) -> float:
    number = isinstance(kind, (int, float, np.number)) and not isinstance(kind, bool)
    return utility_of(float(kind) if number else str(kind), f"outcome, trial {trial}")
