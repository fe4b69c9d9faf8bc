"""What the sequence models write into ``model.json``, and how it is read again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import numpy as np

from dolorimeter.core import InputError

from .headers import read_classes, read_outcome
from .params import HMMParameters

Model = TypeVar("Model")


def stored_header(model: Any) -> dict[str, Any]:
    """Return classes, settings and outcome as plain values.

    Parameters
    ----------
    model : estimator
        Fitted.

    Returns
    -------
    dict
        For ``save_arrays``. A generator given as ``random_state`` cannot be stored and becomes
        None.
    """
    settings = {name: _plain(value) for name, value in model.get_params(deep=False).items()}
    outcome = model.outcome_.to_dict() if hasattr(model, "outcome_") else None
    return {"classes": model.classes_.tolist(), "settings": settings, "outcome": outcome}


def restore(model: Model, header: Mapping[str, Any]) -> Model:
    """Give a rebuilt estimator its classes and outcome.

    Parameters
    ----------
    model : estimator
        With its parameters.
    header : mapping
        As stored.

    Returns
    -------
    estimator
        The same.

    Raises
    ------
    InputError
        If they do not fit the parameters.
    """
    target: Any = model
    classes = read_classes(header)
    if len(classes) != len(target.classes_):
        wanted = f"{len(target.classes_)} classes"
        raise InputError("header.classes", f"{len(classes)}", wanted)
    target.classes_ = classes
    if (outcome := read_outcome(header)) is not None:
        target.outcome_ = outcome
    return model


def stored_start(value: Mapping[str, Any]) -> HMMParameters:
    """Rebuild parameters that a fit started from.

    Parameters
    ----------
    value : mapping
        As stored.

    Returns
    -------
    HMMParameters
        The same.

    Raises
    ------
    InputError
        If they are none.
    """
    try:
        return HMMParameters(**{name: np.array(rows, float) for name, rows in value.items()})
    except (TypeError, ValueError) as error:
        raise InputError("init", str(error)[:80], "parameters of a model") from error


def _plain(value: Any) -> Any:
    """Turn a setting into what JSON can hold."""
    if isinstance(value, HMMParameters):
        return {name: array.tolist() for name, array in value.to_arrays().items()}
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, np.random.Generator | np.random.RandomState):
        return None
    return value
