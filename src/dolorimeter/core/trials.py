"""Trials of a learning experiment: what was seen, what followed, what was measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from .containers import Floats
from .errors import InputError

_NAMES = ("subject", "run", "cue", "outcome")
_NUMBERS = ("onset", "outcome_onset", "utility")


@dataclass(frozen=True, slots=True)
class Trials:
    """One row a trial, in the order in which each subject met them.

    Attributes
    ----------
    subject, run, cue, outcome : ndarray of shape (n_trials,), str
        Whose trial, in which run, which cue (``""`` where the task has none) and what followed.
    onset, outcome_onset : ndarray of shape (n_trials,), float64
        Of cue and outcome in seconds from the start of the run; NaN where unknown.
    utility : ndarray of shape (n_trials,), float64
        Appetitive utility r of what followed: relief above 0, exacerbation below.
    measures : mapping of str to ndarray of shape (n_trials,), float64
        What was measured on each trial, such as ``"rt"`` (s), ``"heart-rate"``, ``"pain"``; NaN
        where missing.
    quantities : mapping of str to ndarray of shape (n_trials,), float64
        What a model says of each trial, such as ``"value"``, ``"cue_error"``, ``"outcome_error"``.

    Raises
    ------
    InputError
        If shapes disagree, a subject has no name, a utility is not finite, or a number is infinite.
    """

    subject: NDArray[np.str_]
    run: NDArray[np.str_]
    cue: NDArray[np.str_]
    outcome: NDArray[np.str_]
    onset: Floats
    outcome_onset: Floats
    utility: Floats
    measures: Mapping[str, Floats] = field(default_factory=dict)
    quantities: Mapping[str, Floats] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n_trials = len(self.subject)
        columns = {name: getattr(self, name) for name in (*_NAMES, *_NUMBERS)}
        for name, values in (columns | dict(self.measures) | dict(self.quantities)).items():
            if values.shape != (n_trials,):
                raise InputError(name, f"shape {values.shape}", f"one a trial, ({n_trials},)")
            if values.dtype.kind == "f" and np.isinf(values).any():
                row = int(np.flatnonzero(np.isinf(values))[0])
                raise InputError(f"{name}, trial {row}", str(values[row]), "a finite number")
        if n_trials == 0 or (self.subject == "").any():
            found = "no trial" if n_trials == 0 else "a trial without a subject"
            raise InputError("subject", found, "whose each trial is")
        if np.isnan(self.utility).any():
            row = int(np.flatnonzero(np.isnan(self.utility))[0])
            raise InputError(f"utility, trial {row}", "nan", "a finite number for each trial")

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Trials:
        """Return some of the trials.

        Parameters
        ----------
        rows : ndarray
            Indices, or one bool a trial.

        Returns
        -------
        Trials
            Those, in that order.
        """
        chosen = {name: getattr(self, name)[rows] for name in (*_NAMES, *_NUMBERS)}
        measures = {name: values[rows] for name, values in self.measures.items()}
        quantities = {name: values[rows] for name, values in self.quantities.items()}
        return replace(self, **chosen, measures=measures, quantities=quantities)

    def with_quantities(self, **quantities: Floats) -> Trials:
        """Return the same trials with what a model says of them.

        Parameters
        ----------
        **quantities : ndarray of shape (n_trials,)
            By name; names that are there are replaced.

        Returns
        -------
        Trials
            The rest unchanged.
        """
        return replace(self, quantities={**self.quantities, **quantities})

    def __len__(self) -> int:
        """Return the number of trials."""
        return len(self.subject)
