"""The models by name, and stored models by kind.

A new estimator takes one line here. Estimators are imported when they are first built or loaded,
so that listing the models costs nothing.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any

from dolorimeter.core import InputError

from .storage import ARRAYS_FILE, MODEL_FILE, load_arrays

_PLACES = {
    "gaussian-hmm": ("gaussian_hmm", "GaussianHMM"),
    "chain": ("chain", "Chain"),
    "gaussian-nb": ("gaussian_nb", "GaussianNB"),
    "linear-regression": ("linear_regression", "LinearRegressionStates"),
    "state-space": ("state_space", "StateSpace"),
    "boosting": ("boosting", "BoostingBaseline"),
}
_NOT_STORED = {"boosting"}


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """What a named model is.

    Attributes
    ----------
    name : str
        Its name on the command line and in ``results.json``.
    build : callable
        ``build(random_state=None, **options)`` returns the estimator, not fitted; an unknown
        option raises InputError.
    ordered : bool
        Whether neighboring windows of a stay inform each other.
    uses_vitals : bool
        Whether it looks at the vitals at all.
    uses_reports : bool
        Whether ``fit`` and ``predict_proba`` take raw pain reports (``reports=``).
    storable : bool
        Whether it can be saved without pickle.
    looks_ahead : bool
        Whether ``predict_proba`` uses later windows of the stay (smoothing); ``filter`` never does.
    summary : str
        What it is, in one sentence without its full stop.
    """

    name: str
    build: Callable[..., Any]
    ordered: bool
    uses_vitals: bool
    uses_reports: bool
    storable: bool
    looks_ahead: bool
    summary: str


@dataclass(frozen=True, slots=True)
class _Line:
    """A model as this file writes it down."""

    kind: str
    summary: str
    ordered: bool = False
    uses_vitals: bool = True
    uses_reports: bool = False
    looks_ahead: bool = False
    fixed: dict[str, Any] = field(default_factory=dict)


_LINES = {
    "hmm": _Line(
        "gaussian-hmm",
        "Hidden Markov model, semi-supervised: unlabeled windows shape the emissions too",
        ordered=True,
        looks_ahead=True,
    ),
    "hmm-labelled": _Line(
        "gaussian-hmm",
        "Hidden Markov model with emissions from labeled windows only",
        ordered=True,
        looks_ahead=True,
        fixed={"unlabeled_weight": 0.0},
    ),
    "chain": _Line(
        "chain",
        "Markov chain of the classes, vitals ignored",
        ordered=True,
        uses_vitals=False,
    ),
    "nb": _Line("gaussian-nb", "Gaussian naive Bayes, semi-supervised: each window for itself"),
    "boosting": _Line(
        "boosting",
        "Gradient-boosted trees on present and lagged vitals, and on earlier reports where known",
        ordered=True,
        uses_reports=True,
    ),
    "boosting-reports": _Line(
        "boosting",
        "Gradient-boosted trees on earlier reports alone: last, age, mean, highest",
        ordered=True,
        uses_vitals=False,
        uses_reports=True,
        fixed={"vitals": False, "reports": True},
    ),
    "linear": _Line("linear-regression", "Linear regression of the class number on the vitals"),
    "state-space": _Line(
        "state-space",
        "Linear-Gaussian state-space model: a drifting pain level seen through the vitals",
        ordered=True,
        looks_ahead=True,
    ),
}


def load_model(directory: str | Path) -> Any:
    """Load an estimator that was saved.

    Parameters
    ----------
    directory : str or Path
        Where its ``save`` wrote ``model.json`` and ``arrays.safetensors``.

    Returns
    -------
    estimator
        Fitted: it predicts to the same bits.

    Raises
    ------
    InputError
        If the files are missing, malformed, too large, or hold something else; the error names
        the file and the field.
    """
    kind, header, arrays = load_arrays(directory)
    try:
        return unpack_model(kind, header, arrays)
    except InputError as error:
        described = error.where.startswith(("header", "kind"))
        file = Path(directory) / (MODEL_FILE if described else ARRAYS_FILE)
        where = f"{file}: {error.where}"
        raise InputError(where, error.found, error.rule, error.remedy) from error


def pack_model(estimator: Any) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Take a fitted estimator apart for storage, alone or inside something larger.

    Parameters
    ----------
    estimator : estimator
        Fitted, of a kind that can be stored.

    Returns
    -------
    kind : str
        Which estimator it is.
    header : dict
        Plain values.
    arrays : dict of str to ndarray
        Its parameters.

    Raises
    ------
    InputError
        If it cannot be stored without pickle.
    """
    stored = {place: kind for kind, place in _PLACES.items() if kind not in _NOT_STORED}
    place = type(estimator).__module__.removeprefix(f"{__package__}."), type(estimator).__name__
    if place not in stored:
        rule = f"one that can be saved: {', '.join(name for _, name in stored)}"
        raise InputError("model", type(estimator).__name__, rule)
    return stored[place], *estimator._to_storage()


def unpack_model(kind: str, header: Mapping[str, Any], arrays: Mapping[str, Any]) -> Any:
    """Put together what ``pack_model`` took apart.

    Parameters
    ----------
    kind : str
        Which estimator it is.
    header : mapping
        Plain values.
    arrays : mapping of str to ndarray
        Its parameters.

    Returns
    -------
    estimator
        Fitted.

    Raises
    ------
    InputError
        If the kind is unknown, or a value is not what such an estimator could have stored.
    """
    known = [name for name in _PLACES if name not in _NOT_STORED]
    if kind not in known:
        raise InputError("kind", repr(kind), f"one of {', '.join(known)}")
    return _estimator(kind)._from_storage(header, arrays)


def _estimator(kind: str) -> Any:
    module, name = _PLACES[kind]
    return getattr(import_module(f"{__package__}.{module}"), name)


def _build(name: str, random_state: Any = None, **options: Any) -> Any:
    """Build a model; what a line fixes cannot be changed, and a seed goes only where it is used."""
    line = _LINES[name]
    estimator = _estimator(line.kind)
    settings = set(inspect.signature(estimator).parameters)
    offered = settings - set(line.fixed) - {"random_state"}
    unknown = sorted(set(options) - offered)
    if unknown:
        rule = f"one of {', '.join(sorted(offered))}" if offered else "no option"
        raise InputError(f"option of the model {name!r}", repr(unknown[0]), rule)
    seed = {"random_state": random_state} if "random_state" in settings else {}
    return estimator(**line.fixed, **seed, **options)


def _spec(name: str, line: _Line) -> ModelSpec:
    return ModelSpec(
        name,
        partial(_build, name),
        line.ordered,
        line.uses_vitals,
        line.uses_reports,
        line.kind not in _NOT_STORED,
        line.looks_ahead,
        line.summary,
    )


MODELS: Mapping[str, ModelSpec] = MappingProxyType(
    {name: _spec(name, line) for name, line in _LINES.items()}
)
