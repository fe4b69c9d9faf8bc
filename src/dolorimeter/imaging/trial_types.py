"""Types of trials: names for the cues and outcomes whose responses are averaged apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import InputError, Trials

Selector = Mapping[str, str | Sequence[str]]
_FIELDS = ("cue", "outcome", "run")


def types_of(trials: Trials) -> dict[str, dict[str, str]]:
    """Name every pair of cue and outcome that occurs.

    Parameters
    ----------
    trials : Trials
        Of one person or many.

    Returns
    -------
    dict of str to dict
        Selectors by a name such as ``"A, relief"``, in the order of the names.
    """
    pairs = sorted(set(zip(trials.cue.tolist(), trials.outcome.tolist(), strict=True)))
    return {
        ", ".join(part for part in pair if part): {"cue": pair[0], "outcome": pair[1]}
        for pair in pairs
    }


def rows_of(trials: Trials, types: Mapping[str, Selector]) -> dict[str, NDArray[np.bool_]]:
    """Find the trials of each type.

    Parameters
    ----------
    trials : Trials
        To choose from.
    types : mapping of str to mapping
        By name, what a trial must have: ``{"cue": "A", "outcome": ["relief", "none"]}``; fields
        that are absent may be anything.

    Returns
    -------
    dict of str to ndarray of shape (n_trials,), bool
        Types without a trial have none True.

    Raises
    ------
    InputError
        If there is no type, a field is not ``cue``, ``outcome`` or ``run``, or one trial has two
        types (their courses could not be told apart).
    """
    if not types:
        raise InputError("types", "none", "a selector of trials by name")
    found = {name: _rows(trials, name, selector) for name, selector in types.items()}
    taken = np.zeros(len(trials), dtype=np.int64)
    for rows in found.values():
        taken += rows
    if (taken > 1).any():
        row = int(np.flatnonzero(taken > 1)[0])
        both = [name for name, rows in found.items() if rows[row]]
        rule = "one type a trial, so that courses are estimated apart"
        raise InputError(f"types, trial {row}", " and ".join(map(repr, both)), rule)
    return found


def _rows(trials: Trials, name: str, selector: Selector) -> NDArray[np.bool_]:
    rows = np.ones(len(trials), dtype=np.bool_)
    for field, wanted in selector.items():
        if field not in _FIELDS:
            near = get_close_matches(field, _FIELDS, n=1)
            remedy = f"Did you mean {near[0]!r}?" if near else ""
            raise InputError(f"types, {name}", repr(field), f"one of {', '.join(_FIELDS)}", remedy)
        names = [wanted] if isinstance(wanted, str) else list(wanted)
        rows &= np.isin(getattr(trials, field), names)
    return rows
