"""study.yaml of a decoding study: which samples, which design."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from dolorimeter.audit import Prediction, Signature
from dolorimeter.core import InputError

from .design import DecodingStudy

OBJECTIVES = {"signature": Signature, "prediction": Prediction}
FORMAT = 1
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
    _refuse_unknown(where, content, {"format", "study", "data", "random_state", *declared})
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


def _load(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(str(path), error.strerror or str(error), "a study file") from error
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        rule = "YAML in UTF-8"
        raise InputError(str(path), " ".join(str(error).split()), rule) from error
    if not isinstance(content, dict):
        raise InputError(str(path), f"a {type(content).__name__}", "keys with values")
    return content


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
    kind = OBJECTIVES[name]
    _refuse_unknown(f"{where}, objective", options, {f.name for f in fields(kind)})
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


def _refuse_unknown(where: str, given: Mapping[Any, Any], known: set[str]) -> None:
    for key in given:
        if key not in known:
            near = get_close_matches(str(key), sorted(known), n=1)
            rule = f"{near[0]!r}" if near else f"one of {', '.join(sorted(known))}"
            raise InputError(where, f"unknown key {key!r}", rule)
