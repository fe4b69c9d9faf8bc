"""The model quantity that a measure should follow, for many sets of parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from dolorimeter.core import InputError, Trials
from dolorimeter.core.containers import Floats

from .grid import simulate_grid
from .measures import Regressor
from .params import ModelForm, ParameterSpec, form_of
from .reading import EncodedTrials, encode_trials

_MOST_NUMBERS = 4_000_000
_FARTHEST = 1e100


@dataclass(frozen=True, slots=True)
class Predictor:
    """One model on the trials of all subjects.

    Attributes
    ----------
    form : ModelForm
        What the model is.
    encoded : EncodedTrials
        Trials sorted by subject.
    regressor : str
        ``"magnitude"`` or ``"value"`` (of the cue), ``"associability"`` or ``"surprise"``.
    free : tuple of ParameterSpec
        Parameters that are estimated.
    fixed : mapping of str to float
        Parameters held at other values than their defaults.
    v0 : mapping of str to float
        Added to the starting value of the cues named.
    n_jobs : int
        Threads.
    """

    form: ModelForm
    encoded: EncodedTrials
    regressor: Regressor
    free: tuple[ParameterSpec, ...]
    fixed: Mapping[str, float] = field(default_factory=dict)
    v0: Mapping[str, float] = field(default_factory=dict)
    n_jobs: int = 1

    @property
    def low(self) -> Floats:
        """Lower limits of the search, (k,)."""
        return np.array([spec.low for spec in self.free])

    @property
    def high(self) -> Floats:
        """Upper limits of the search, (k,)."""
        return np.array([spec.high for spec in self.free])

    def quantity(self, parameters: Floats) -> Floats:
        """Return the quantity on all trials.

        Parameters
        ----------
        parameters : ndarray of shape (g, k) or (n_subjects, g, k)
            Free parameters, shared or each subject's own.

        Returns
        -------
        ndarray of shape (g, n_trials)
            Trials sorted by subject.
        """
        names = [*(spec.name for spec in self.free), *self.fixed]
        held = np.broadcast_to(
            np.array(list(self.fixed.values())), (*parameters.shape[:-1], len(self.fixed))
        )
        learned = simulate_grid(
            self.form.name,
            self.encoded,
            np.concatenate([parameters, held], axis=-1),
            names,
            v0=self.v0,
            value_only=self.regressor in ("magnitude", "value"),
            n_jobs=self.n_jobs,
        )
        if self.regressor == "associability":
            return self._bounded(learned.associability)
        if self.regressor == "surprise":
            return self._bounded(np.abs(learned.outcome_error))
        magnitude = self.regressor == "magnitude"
        return self._bounded(np.abs(learned.value) if magnitude else learned.value)

    def _bounded(self, quantity: Floats) -> Floats:
        """Keep what associability blows up within numbers whose squares exist."""
        if "associability" not in self.form.names:
            return quantity
        return np.clip(np.nan_to_num(quantity), -_FARTHEST, _FARTHEST)

    def blocks(self, n_sets: int) -> Iterator[slice]:
        """Cut many sets of parameters into blocks that fit in memory.

        Parameters
        ----------
        n_sets : int
            Sets of parameters.

        Yields
        ------
        slice
            Of the sets.
        """
        size = max(1, _MOST_NUMBERS // len(self.encoded))
        for start in range(0, n_sets, size):
            yield slice(start, min(start + size, n_sets))


def make_predictor(
    model: str,
    trials: Trials,
    regressor: Regressor = "magnitude",
    *,
    fixed: Mapping[str, float] | None = None,
    v0: Mapping[str, float] | None = None,
    reset_runs: bool = False,
    n_jobs: int = 1,
) -> Predictor:
    """Prepare a model for a fit.

    Parameters
    ----------
    model : str
        Name in ``FORMS``.
    trials : Trials
        Sorted by subject.
    regressor : str, default "magnitude"
        What the measure should follow.
    fixed : mapping of str to float, optional
        Parameters that are not estimated, by name.
    v0 : mapping of str to float, optional
        Added to the starting value of the cues named.
    reset_runs : bool, default False
        Whether values start anew in each run.
    n_jobs : int, default 1
        Threads over subjects.

    Returns
    -------
    Predictor
        With at least one free parameter.

    Raises
    ------
    InputError
        If the model or a parameter is unknown, nothing is left to estimate, or the model does not
        have the quantity.
    """
    form = form_of(model)
    held = dict(fixed or {})
    for name, value in held.items():
        form.parameter(name).check(value)
    free = tuple(spec for spec in form.free if spec.name not in held)
    if not free:
        raise InputError("fixed", ", ".join(held), f"a free parameter of {model} left to estimate")
    encoded = encode_trials(trials, reset_runs)
    found = Predictor(form, encoded, regressor, free, held, dict(v0 or {}), n_jobs)
    start = np.array([[spec.default for spec in free]])
    if np.isnan(found.quantity(start)).any():
        raise InputError("regressor", repr(regressor), f"a quantity that the model {model} has")
    return found
