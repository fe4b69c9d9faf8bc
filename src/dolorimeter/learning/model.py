"""The one interface of all learning models: whole sequences, or one trial at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dolorimeter.core import InputError, Trials

from . import kernels
from .grid import require_range, simulate_grid
from .learned import Learned, learned_under, name_quantities
from .params import ASSOCIABILITY, AVERAGE, V0, ModelForm, form_of
from .reading import EncodedTrials, utility_of

Floats = NDArray[np.float64]


class Step(NamedTuple):
    """What one trial did.

    Attributes
    ----------
    value : float
        Expected before the outcome.
    cue_error, outcome_error : float
        Prediction errors.
    associability : float
        Before the outcome; NaN for models without it.
    """

    value: float
    cue_error: float
    outcome_error: float
    associability: float


@dataclass(frozen=True, slots=True)
class State:
    """What a learner remembers between two trials.

    Attributes
    ----------
    cues : tuple of str
        Met so far; outcomes met so far for the learner of transitions.
    memory : ndarray of shape (n_cues, 2)
        Value and associability of each; counts of better and worse for the Bayesian learners.
    average : float
        Average utility, which is subtracted.
    previous : str
        The outcome before, for the learner of transitions; ``""`` at the start of a run.
    """

    cues: tuple[str, ...]
    memory: Floats
    average: float
    previous: str = ""


class LearningModel:
    """What the models share; each is a frozen dataclass of its parameters."""

    name: ClassVar[str]

    @property
    def form(self) -> ModelForm:
        """Parameters, limits and summary of the model."""
        return form_of(self.name)

    def __post_init__(self) -> None:
        for name, value in self.parameters().items():
            self.form.parameter(name).check(value)

    def parameters(self) -> dict[str, float]:
        """Return all parameters by name, as ``simulate_grid`` takes them.

        Returns
        -------
        dict of str to float
            In the order of the model's form.
        """
        return {name: getattr(self, name) for name in self.form.names}

    def simulate(
        self, trials: Trials | pd.DataFrame | EncodedTrials, *, reset_runs: bool = False
    ) -> Learned:
        """Learn sequences of trials, each subject anew.

        Parameters
        ----------
        trials : Trials, DataFrame or EncodedTrials
            See ``encode_trials``; what is learned in one run carries over to the next.
        reset_runs : bool, default False
            Whether subjects start anew in each run.

        Returns
        -------
        Learned
            Arrays (n_trials,), trials in the order given.

        Raises
        ------
        InputError
            If the trials cannot be read.
        """
        given = self.parameters()
        row = [list(given.values())]
        grid = simulate_grid(
            self.name, trials, row, list(given), v0=self._v0_by_cue(), reset_runs=reset_runs
        )
        return learned_under(self.name, grid, given)

    def start(self, cues: Iterable[str] = ()) -> State:
        """Return the state before the first trial.

        Parameters
        ----------
        cues : iterable of str, optional
            Those to be met; others are met as they come.

        Returns
        -------
        State
            Nothing learned yet.
        """
        named = tuple(dict.fromkeys(cues))
        memory = np.vstack([np.empty((0, 2)), *(self._fresh(cue) for cue in named)])
        return State(named, memory, float(self._settings()[AVERAGE]))

    def step(self, state: State, cue: str, reward: str | float) -> tuple[State, Step]:
        """Learn one trial; a sequence of steps equals ``simulate`` to the last bit.

        Parameters
        ----------
        state : State
            From ``start`` or the step before; it is not changed.
        cue : str
            What was seen; ``""`` where the task has no cues.
        reward : str or float
            What followed: its utility r, or the name of an outcome. The average is subtracted here.

        Returns
        -------
        state : State
            After the trial.
        step : Step
            What the model says of it.

        Raises
        ------
        InputError
            If the outcome has no utility.
        """
        utility = utility_of(reward, "reward")
        settings = self._settings()
        code = kernels.CODES[self.name]
        if code == kernels.COUNTS:
            require_range(utility, "reward", settings)
        key = self._key(state, cue)
        state = self._meet(state, key)
        memory, lanes = state.memory[:, :, None].copy(), settings[:, None].copy()
        lanes[AVERAGE] = state.average
        said = kernels.learn_step(code, state.cues.index(key), utility, memory, lanes)
        average = float(lanes[AVERAGE, 0])
        after = replace(state, memory=memory[:, :, 0], average=average, previous=repr(utility))
        return after, self._step(said)

    def pause(self, state: State) -> State:
        """Return the state at the start of the next run: what came last is no longer the last.

        Parameters
        ----------
        state : State
            After the last trial of a run.

        Returns
        -------
        State
            All else carried over.
        """
        return replace(state, previous="")

    def _settings(self) -> Floats:
        given = self.parameters()
        return self.form.settings(np.array(list(given.values())), list(given))

    def _v0_by_cue(self) -> Mapping[str, float]:
        """Starting values of single cues, added to the common one."""
        return {}

    def _key(self, _state: State, cue: str) -> str:
        """Return the name under which the memory keeps what this trial teaches."""
        return cue

    def _fresh(self, cue: str) -> Floats:
        """Return the memory of a cue not yet met."""
        settings = self._settings()
        if kernels.CODES[self.name] == kernels.COUNTS:
            return np.zeros(2)
        return np.array([settings[V0] + self._v0_by_cue().get(cue, 0.0), settings[ASSOCIABILITY]])

    def _meet(self, state: State, cue: str) -> State:
        if cue in state.cues:
            return state
        memory = np.vstack([state.memory, self._fresh(cue)])
        return replace(state, cues=(*state.cues, cue), memory=memory)

    def _step(self, said: Floats) -> Step:
        grid = name_quantities(self.name, said[:, None])
        return Step(*(float(quantity[0, 0]) for quantity in grid))


def require_order(low: float, high: float) -> None:
    """Refuse a worse outcome that is not worse.

    Parameters
    ----------
    low, high : float
        Utilities of the worse and the better outcome.

    Raises
    ------
    InputError
        If low is not below high.
    """
    if low >= high:
        raise InputError("low and high", f"{low:g} and {high:g}", "low below high")
