"""Blocks of a study file as frozen dataclasses: each key known, each value of its kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from difflib import get_close_matches
from typing import Any, TypeVar

from dolorimeter.audit.protocol import NUMBER
from dolorimeter.core import InputError

Settings = TypeVar("Settings")
KINDS: dict[str, tuple[Any, str]] = {
    "str": (str, "text (a number in quotes)"),
    "int": (int, "a whole number"),
    "float": (int | float, "a number"),
    "bool": (bool, "true or false"),
}


def refuse_unknown(where: str, given: Mapping[Any, Any], known: set[str]) -> None:
    """Refuse a key that a block does not have.

    Parameters
    ----------
    where : str
        File and block, for the error.
    given : mapping
        The block.
    known : set of str
        Its keys.

    Raises
    ------
    InputError
        If a key is none of them; it names the nearest.
    """
    for key in given:
        if key not in known:
            near = get_close_matches(str(key), sorted(known), n=1)
            rule = f"{near[0]!r}" if near else f"one of {', '.join(sorted(known))}"
            raise InputError(where, f"unknown key {key!r}", rule)


def read_settings(kind: type[Settings], given: Any, where: str) -> Settings:
    """Read one block into its dataclass.

    Parameters
    ----------
    kind : type
        A frozen dataclass whose fields are the keys; fields annotated as tuples take a list, or
        one value.
    given : mapping or None
        The block; None or a key without a value stands for the defaults.
    where : str
        File and block, for the error.

    Returns
    -------
    object
        Of that kind.

    Raises
    ------
    InputError
        If the block is no mapping, a key is unknown, or the dataclass refuses a value.
    """
    if given is None:
        given = {}
    if not isinstance(given, Mapping):
        raise InputError(where, repr(given), "keys and values")
    annotated = {field.name: str(field.type) for field in fields(kind)}  # type: ignore[arg-type]
    refuse_unknown(where, given, set(annotated))
    read = {k: _value(v, annotated[k]) for k, v in given.items() if v is not None}
    for key, value in read.items():
        require_kind(f"{where}, {key}", value, annotated[key])
    # A key that is written and empty says "none" where the field allows it.
    read |= {k: None for k, v in given.items() if v is None and "None" in annotated[k]}
    try:
        return kind(**read)
    except InputError as error:
        raise InputError(
            f"{where}, {error.where}", error.found, error.rule, error.remedy
        ) from error


def require_kind(where: str, value: Any, annotation: str) -> None:
    """Refuse a value that is not of the kind that a field is annotated with.

    Parameters
    ----------
    where : str
        File, block and key, for the error.
    value : object
        As YAML gave it; lists already taken for tuples.
    annotation : str
        Such as ``"float | None"``, ``"tuple[str, ...]"``, ``"Mapping[str, float]"`` or ``"Any"``.

    Raises
    ------
    InputError
        If it is of another kind.
    """
    kind = annotation.removesuffix(" | None")
    if kind.startswith("tuple["):
        for each in value:
            require_kind(where, each, kind.removeprefix("tuple[").split(",")[0])
        return
    if kind.startswith("Mapping["):
        if not isinstance(value, Mapping):
            raise InputError(where, repr(value), "keys and values")
        inner = kind.removeprefix("Mapping[str, ").removesuffix("]")
        for key, each in value.items():
            require_kind(f"{where}, {key}", each, inner)
        return
    kinds = [KINDS[each] for each in kind.split(" | ") if each in KINDS]
    # To Python true is a number.
    if kinds and not any(isinstance(value, t) and isinstance(value, bool) == (t is bool)
                         for t, _ in kinds):  # fmt: skip
        raise InputError(where, repr(value), " or ".join(words for _, words in kinds))


def _value(value: Any, annotation: str) -> Any:
    """Read 1e-3, which YAML takes for text, where a number is meant; take lists for tuples."""
    if "float" in annotation and isinstance(value, str) and NUMBER.fullmatch(value):
        return float(value)
    if annotation.startswith("tuple"):
        each = value if isinstance(value, list | tuple) else [value]
        return tuple(_value(v, annotation.removeprefix("tuple")) for v in each)
    return value
