"""The learning models by name; a new one takes one line here and one in ``params``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any

from dolorimeter.core import InputError

from .beta_bernoulli import BetaBernoulli
from .dual_rate import DualRate
from .hybrid import Hybrid
from .model import LearningModel
from .params import ParameterSpec, form_of
from .pearce_hall import PearceHall
from .rescorla_wagner import RescorlaWagner
from .surprise import Surprise
from .td import TemporalDifference
from .transitions import Transitions
from .valence_independent import ValenceIndependent

_CLASSES: tuple[type[LearningModel], ...] = (
    TemporalDifference,
    RescorlaWagner,
    PearceHall,
    Hybrid,
    DualRate,
    ValenceIndependent,
    Surprise,
    BetaBernoulli,
    Transitions,
)


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """What a named model is.

    Attributes
    ----------
    name : str
        On the command line and in results.
    build : callable
        ``build(**parameters)`` returns the model; an unknown parameter raises InputError.
    parameters : tuple of ParameterSpec
        In the order of the class's keywords; those marked free are what a fit estimates.
    cue_free : bool
        Whether it is meant for sequences of outcomes without cues.
    summary : str
        In one sentence without its full stop.
    """

    name: str
    build: Callable[..., LearningModel]
    parameters: tuple[ParameterSpec, ...]
    cue_free: bool
    summary: str


def _build(model: type[LearningModel], **parameters: Any) -> LearningModel:
    try:
        return model(**parameters)
    except TypeError:
        known = [name for name in model.__dataclass_fields__ if name != "name"]  # type: ignore[attr-defined]
        unknown = [name for name in parameters if name not in known]
        if not unknown:
            raise
        where = f"parameter of the model {model.name!r}"
        raise InputError(where, repr(unknown[0]), f"one of {', '.join(known)}") from None


def _spec(model: type[LearningModel]) -> ModelSpec:
    form = form_of(model.name)
    build = partial(_build, model)
    return ModelSpec(form.name, build, form.parameters, form.cue_free, form.summary)


MODELS: Mapping[str, ModelSpec] = MappingProxyType({model.name: _spec(model) for model in _CLASSES})
