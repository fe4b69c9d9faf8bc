"""Protocols described in a file or a mapping: flat keys, each checked by name, type and word."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args, get_origin

from dolorimeter.core import InputError

from .facts import Comparator, Facts, Test
from .fields import hints
from .yaml_file import read_yaml

FORMAT = 1
ABOUT = ("title", "source", "notes")
NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")


@dataclass(frozen=True, slots=True)
class Protocol:
    """What a study did, as someone describes it.

    Attributes
    ----------
    facts : Facts
        What the audit judges.
    title, source, notes : str
        What it is called, where it was described, and what else there is to say.
    """

    facts: Facts
    title: str = ""
    source: str = ""
    notes: str = ""


def read_protocol(protocol: Mapping[str, Any] | str | Path) -> Protocol:
    """Read a protocol.

    Parameters
    ----------
    protocol : mapping, str or path
        A YAML file (docs/formats/protocol.md), or its content: the fields of Facts, and
        ``format`` (1), ``title``, ``source``, ``notes``.

    Returns
    -------
    Protocol
        A key that is missing or empty is a fact not known.

    Raises
    ------
    InputError
        If the file cannot be read, a key is not one of the format's, or a value not of its kind.
    """
    if isinstance(protocol, Mapping):
        where, content = "protocol", dict(protocol)
    else:
        where, content = Path(protocol).name, read_yaml(protocol)
    if None in content:  # an unquoted `null:` is YAML's word for nothing, here the name of a fact
        if "null" in content:
            raise InputError(where, "the key null twice", "each key once")
        content["null"] = content.pop(None)  # type: ignore[call-overload]
    try:
        return _build(content)
    except InputError as error:
        raise InputError(
            f"{where}: {error.where}", error.found, error.rule, error.remedy
        ) from error


def _build(content: dict[str, Any]) -> Protocol:
    known = hints(Facts)
    _check_keys(content, ("format", *ABOUT, *known))
    if content.get("format", FORMAT) != FORMAT or isinstance(content.get("format"), bool):
        raise InputError("format", repr(content["format"]), str(FORMAT))
    about = {name: content.get(name) or "" for name in ABOUT}
    for name, text in about.items():
        if not isinstance(text, str):
            raise InputError(name, repr(text)[:80], "text")
    return Protocol(_record("", Facts, content), **about)


def _check_keys(content: Mapping[Any, Any], known: tuple[str, ...]) -> None:
    for key in content:
        if key not in known:
            near = get_close_matches(str(key), known, n=1)
            rule = repr(near[0]) if near else f"one of {', '.join(known)}"
            raise InputError(f"key {str(key)[:60]!r}", "unknown", rule)


def _record(where: str, kind: type, content: Mapping[Any, Any]) -> Any:
    """Build Facts, a Test or a Comparator; what is not given keeps its default."""
    known = hints(kind)
    given = {
        name: _value(name, content[name], hint)
        for name, hint in known.items()
        if content.get(name) is not None
    }
    try:
        return kind(**_REQUIRED.get(kind, {}) | given)
    except InputError as error:
        raise _inside(where, error) from error


_REQUIRED: Mapping[type, dict[str, Any]] = {Test: {"value": None}, Comparator: {"modality": ""}}


def _value(where: str, value: Any, hint: Any) -> Any:
    """Turn YAML's mappings and lists into records and tuples; the record checks the rest."""
    args = get_args(hint)
    kind = next((a for a in args if a is not type(None)), hint) if type(None) in args else hint
    if kind in _REQUIRED:
        return _nested(where, value, kind)
    if get_origin(kind) in (tuple, frozenset) and isinstance(value, list | tuple):
        inside = get_args(kind)[0]
        items = [_value(f"{where}[{i}]", item, inside) for i, item in enumerate(value)]
        return tuple(items) if get_origin(kind) is tuple else frozenset(items)
    if kind is float and isinstance(value, str) and NUMBER.fullmatch(value):
        return float(value)  # YAML takes 1e-3 for text
    return value


def _nested(where: str, value: Any, kind: type) -> Any:
    if isinstance(value, kind):
        return value
    if not isinstance(value, Mapping):
        names = ", ".join(hints(kind))
        raise InputError(where, repr(value)[:80], f"a mapping of {names}")
    try:
        _check_keys(value, tuple(hints(kind)))
    except InputError as error:
        raise _inside(where, error) from error
    return _record(where, kind, value)


def _inside(where: str, error: InputError) -> InputError:
    """Say in which record an error lies."""
    place = f"{where}: {error.where}" if where else error.where
    return InputError(place, error.found, error.rule, error.remedy)
