"""study.yaml of a decoding study: which samples, which design."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from dolorimeter.audit import Prediction, Signature
from dolorimeter.audit.protocol import NUMBER
from dolorimeter.audit.yaml_file import read_yaml
from dolorimeter.core import InputError
from dolorimeter.studies.settings import refuse_unknown

from .design import DecodingStudy

OBJECTIVES = {"signature": Signature, "prediction": Prediction}
FORMAT = 1
NUMBERS = ("regularization", "tune", "searchlight", "base_rate", "salience_margin")
TUPLES = ("modalities", "sizes", "inside", "outside", "tune", "claims")


def read_study(path: str | Path) -> tuple[DecodingStudy, dict[str, Any], int | None]:
    """Read a decoding study from its file (docs/formats/study-decoding.md).

    Parameters
    ----------
    path : str or Path
        A YAML file.

    Returns
    -------
    study : DecodingStudy
        The design.
    data : dict
        The ``data`` block, for :func:`dolorimeter.samples.samples_from`.
    random_state : int or None
        Its seed, if it names one.

    Raises
    ------
    InputError
        If the file cannot be read, a key is not one of the format's, or a value cannot be.
    """
    content = _load(Path(path))
    where = str(path)
    declared = {f.name for f in fields(DecodingStudy)}
    refuse_unknown(where, content, {"format", "study", "data", "random_state", *declared})
    if content.get("format", FORMAT) != FORMAT or content.get("study", "decoding") != "decoding":
        found = f"format {content.get('format')!r} of study {content.get('study')!r}"
        raise InputError(where, found, f"format {FORMAT} of study 'decoding'")
    if not isinstance(content.get("data"), Mapping):
        raise InputError(where, "no data", "a block 'data' with a path or 'simulate'")
    options = {k: _tupled(k, v) for k, v in content.items() if k in declared}
    options["objective"] = _objective(where, content.get("objective"))
    seed = content.get("random_state")
    if seed is not None and (not isinstance(seed, int) or isinstance(seed, bool) or seed < 0):
        raise InputError(f"{where}, random_state", repr(seed), "a whole number of at least 0")
    try:
        study = DecodingStudy(**options)
    except InputError as error:
        raise InputError(
            f"{where}, {error.where}", error.found, error.rule, error.remedy
        ) from error
    return study, dict(content["data"]), seed


def _load(path: Path) -> dict[Any, Any]:
    """Read keys and values; one that is empty is as if it were not there."""
    content = read_yaml(path)
    if None in content:  # an unquoted `null:` is YAML's word for nothing, here a key
        if "null" in content:
            raise InputError(str(path), "the key null twice", "each key once")
        content["null"] = content.pop(None)
    return _given(content)


def _given(content: Mapping[Any, Any]) -> dict[Any, Any]:
    # Nothing behind `within:` may mean across subjects or its default: it is refused later.
    return {k: _number(k, v) for k, v in content.items() if v is not None or k == "within"}


def _number(name: Any, value: Any) -> Any:
    """Read 1e-3, which YAML takes for text."""
    if name in NUMBERS and isinstance(value, str) and NUMBER.fullmatch(value):
        return float(value)
    if name == "tune" and isinstance(value, list):
        return [_number("regularization", each) for each in value]
    return value


def _objective(where: str, given: Any) -> Signature | Prediction:
    """Read ``signature``, or ``{signature: {...}}``."""
    rule = "'signature' or 'prediction', with options or without"
    if isinstance(given, str):
        given = {given: {}}
    if not isinstance(given, Mapping) or len(given) != 1 or set(given) - set(OBJECTIVES):
        remedy = "A study declares one objective."
        raise InputError(f"{where}, objective", repr(given), rule, remedy)
    ((name, options),) = given.items()
    options = {} if options is None else options
    if not isinstance(options, Mapping):
        raise InputError(f"{where}, objective", repr(options), rule)
    options = _given(options)
    kind = OBJECTIVES[name]
    refuse_unknown(f"{where}, objective", options, {f.name for f in fields(kind)})
    try:
        made: Signature | Prediction = kind(**{k: _tupled(k, v) for k, v in options.items()})
    except InputError as error:
        raise InputError(
            f"{where}, objective, {error.where}", error.found, error.rule, error.remedy
        ) from error
    return made


def _tupled(name: str, value: Any) -> Any:
    if name not in TUPLES:
        return value
    return tuple(value) if isinstance(value, list) else (value,)
