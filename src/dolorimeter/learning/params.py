"""What each learning model is told, by name: parameters, their limits, and where they are searched.

Formulas stand with the models (``td`` and its neighbors) and in ``kernels``; this table lets a fit
look a model up without the classes above it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import InputError

Floats = NDArray[np.float64]

# Columns of a row of settings, as the kernels read them.
RATE, WORSE_RATE, ASSOCIABILITY_RATE, ASSOCIABILITY, V0, AVERAGE, AVERAGE_RATE = range(7)
LEAK, PRIOR_HIGH, PRIOR_LOW, BY_TRIAL, LOW, HIGH = 0, 1, 2, 3, 4, 7
N_SETTINGS = 8


@dataclass(frozen=True, slots=True)
class ParameterSpec:
    """One parameter of a learning model.

    Attributes
    ----------
    name : str
        As the model's keyword.
    low, high : float
        Between which a fit looks for it.
    default : float
        Its value where nobody says otherwise.
    columns : tuple of int
        Where the kernels read it.
    free : bool
        Whether a fit estimates it unless told otherwise.
    least, greatest : float
        Beyond which it has no meaning; both are allowed.
    """

    name: str
    low: float
    high: float
    default: float
    columns: tuple[int, ...]
    free: bool = True
    least: float = -inf
    greatest: float = inf

    def check(self, values: Floats | float) -> None:
        """Refuse values that have no meaning.

        Parameters
        ----------
        values : float or ndarray
            What was given.

        Raises
        ------
        InputError
            If one is not finite or outside the limits.
        """
        try:
            given = np.atleast_1d(np.asarray(values, dtype=np.float64))
        except (TypeError, ValueError):
            raise InputError(self.name, repr(values), self._rule()) from None
        wrong = ~(np.isfinite(given) & (given >= self.least) & (given <= self.greatest))
        if wrong.any():
            raise InputError(self.name, str(given[wrong][0]), self._rule())

    def _rule(self) -> str:
        if np.isfinite(self.least) and np.isfinite(self.greatest):
            return f"a number from {self.least:g} to {self.greatest:g}"
        return f"a number of at least {self.least:g}" if np.isfinite(self.least) else "a number"


@dataclass(frozen=True, slots=True)
class ModelForm:
    """What a model is, apart from its class.

    Attributes
    ----------
    name : str
        On the command line and in results.
    parameters : tuple of ParameterSpec
        In the order of the class's keywords.
    cue_free : bool
        Whether it is meant for sequences of outcomes without cues; the others take them too, as
        one cue.
    summary : str
        In one sentence without its full stop.
    fixed : mapping of int to float
        Columns that the kernels read and that are no parameters of this model.
    """

    name: str
    parameters: tuple[ParameterSpec, ...]
    cue_free: bool
    summary: str
    fixed: Mapping[int, float]

    @property
    def free(self) -> tuple[ParameterSpec, ...]:
        """Those a fit estimates unless told otherwise."""
        return tuple(spec for spec in self.parameters if spec.free)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all parameters."""
        return tuple(spec.name for spec in self.parameters)

    def parameter(self, name: str) -> ParameterSpec:
        """Return a parameter by its name.

        Parameters
        ----------
        name : str
            As the model's keyword.

        Returns
        -------
        ParameterSpec
            That one.

        Raises
        ------
        InputError
            If the model has none of that name.
        """
        for spec in self.parameters:
            if spec.name == name:
                return spec
        where = f"parameter of the model {self.name!r}"
        raise InputError(where, repr(name), f"one of {', '.join(self.names)}")

    def settings(self, values: Floats, names: Sequence[str] | None = None) -> Floats:
        """Return rows of settings as the kernels read them.

        Parameters
        ----------
        values : ndarray of shape (..., k)
            A column a name.
        names : sequence of str, optional
            Which parameters they are; by default the free ones, in their order.

        Returns
        -------
        ndarray of shape (..., 8)
            Parameters that were not named at their defaults.

        Raises
        ------
        InputError
            If the columns do not fit the names, or a value has no meaning.
        """
        chosen = [spec.name for spec in self.free] if names is None else list(names)
        given = np.asarray(values, dtype=np.float64)
        if given.ndim == 0 or given.shape[-1] != len(chosen) or len(set(chosen)) < len(chosen):
            rule = f"a column for each of {', '.join(chosen)}, each once"
            raise InputError("parameters", f"shape {given.shape}", rule)
        rows = np.zeros((*given.shape[:-1], N_SETTINGS))
        for column, value in self.fixed.items():
            rows[..., column] = value
        for spec in self.parameters:
            rows[..., list(spec.columns)] = spec.default
        for i, name in enumerate(chosen):
            spec = self.parameter(name)
            spec.check(given[..., i])
            rows[..., list(spec.columns)] = given[..., i, None]
        return rows


def _rate(name: str, default: float, *columns: int, free: bool = True) -> ParameterSpec:
    return ParameterSpec(name, 0.0, 1.0, default, columns, free, 0.0, 1.0)


def _number(name: str, column: int, default: float = 0.0) -> ParameterSpec:
    return ParameterSpec(name, -1.0, 1.0, default, (column,), free=False)


def _prior(name: str, column: int) -> ParameterSpec:
    # A count of exactly 0 would divide 0 by 0 before the first outcome.
    return ParameterSpec(name, 0.1, 10.0, 1.0, (column,), free=False, least=1e-9)


_BASE = (
    _number("v0", V0),
    _number("average", AVERAGE),
    _rate("average_rate", 0.0, AVERAGE_RATE, free=False),
)
_ALPHA = _rate("alpha", 0.3, RATE, WORSE_RATE)
_ASSOCIABLE = (
    _rate("kappa", 0.3, RATE, WORSE_RATE),
    _rate("eta", 0.3, ASSOCIABILITY_RATE),
    ParameterSpec("associability", 0.0, 1.0, 1.0, (ASSOCIABILITY,), free=False, least=0.0),
)
_COUNTS = (
    _rate("leak", 0.0, LEAK),
    _prior("prior_high", PRIOR_HIGH),
    _prior("prior_low", PRIOR_LOW),
    _number("average", AVERAGE),
    _number("low", LOW, -1.0),
    _number("high", HIGH, 1.0),
)
_PLAIN = MappingProxyType({ASSOCIABILITY: 1.0})


def _form(
    name: str,
    parameters: tuple[ParameterSpec, ...],
    summary: str,
    fixed: Mapping[int, float] = _PLAIN,
    cue_free: bool = False,
) -> ModelForm:
    return ModelForm(name, parameters, cue_free, summary, fixed)


FORMS: Mapping[str, ModelForm] = MappingProxyType(
    {
        form.name: form
        for form in (
            _form(
                "td",
                (_ALPHA, *_BASE),
                "Temporal difference with two time points a trial",
            ),
            _form(
                "rw",
                (_ALPHA, *_BASE),
                "Rescorla–Wagner: values as in temporal difference, no error at the cue",
            ),
            _form(
                "pearce-hall",
                (*_ASSOCIABLE, *_BASE),
                "Pearce–Hall: associability follows the absolute error and drives learning",
                fixed=MappingProxyType({}),
            ),
            _form(
                "hybrid",
                (*_ASSOCIABLE, *_BASE),
                "Rescorla–Wagner errors, learned at a rate that is Pearce–Hall's associability",
                fixed=MappingProxyType({}),
            ),
            _form(
                "dual-rate",
                (_rate("alpha_better", 0.3, RATE), _rate("alpha_worse", 0.3, WORSE_RATE), *_BASE),
                "Temporal difference with a rate for better and one for worse than expected",
            ),
            _form(
                "valence-independent",
                (_ALPHA, *_BASE),
                "Temporal difference in which relief and exacerbation both count as +1",
            ),
            _form(
                "surprise",
                (_ALPHA, *_BASE),
                "Values as in temporal difference, errors without their sign",
            ),
            _form(
                "beta-bernoulli",
                _COUNTS,
                "Bayesian learner of the probability of the better outcome after each cue",
                fixed=MappingProxyType({}),
                cue_free=True,
            ),
            _form(
                "transitions",
                _COUNTS,
                "Bayesian learner of the probability of the better outcome after each outcome",
                fixed=MappingProxyType({BY_TRIAL: 1.0}),
                cue_free=True,
            ),
        )
    }
)


def form_of(name: str) -> ModelForm:
    """Return what is known of a model.

    Parameters
    ----------
    name : str
        Such as ``"td"``.

    Returns
    -------
    ModelForm
        Its parameters and what is fixed.

    Raises
    ------
    InputError
        If there is no model of that name.
    """
    if name not in FORMS:
        raise InputError("model", repr(name), f"one of {', '.join(FORMS)}")
    return FORMS[name]
