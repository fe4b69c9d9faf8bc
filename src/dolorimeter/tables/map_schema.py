"""What a variable map may hold: every field, checked before anything is built from it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from dolorimeter.core import InputError

_BOUNDS = {"above": float, "below": float, "at_least": float, "at_most": float}
_TOP = {
    "format": int,
    "replace": bool,
    "vocabularies": dict,
    "units": dict,
    "no_unit": dict,
    "conversions": list,
    "variables": dict,
}
_VARIABLE = {
    "unit": str,
    "text": bool,
    "could_not_tell": list,
    "possible": dict,
    "codes": dict,
    "mislabeled": list,
}
_CODE = {"code": (str, int), "unit": str, "empty": str, "label": str}
_CONVERSION = {"from": str, "to": str, "subtract": float, "multiply": float, "reason": str}
_MISLABELED = {"labeled": str, "read_as": str, "reason": str, **_BOUNDS}
# Columns of a table, or codes matched as they stand: vocabularies that need no prefix.
_WITHOUT_PREFIX = ("local", "mimic-iv-ed")


def check_map(tree: Mapping[str, Any], where: str, complete: bool) -> None:
    """Refuse a map with a field that is unknown, missing or of the wrong kind.

    Parameters
    ----------
    tree : mapping
        The map as TOML gives it.
    where : str
        Name of the file, for the error.
    complete : bool
        Whether nothing will be laid under it: fields that must be there are asked for, and
        references to units and vocabularies are followed.

    Raises
    ------
    InputError
        Naming the file and the path to the field.
    """
    _fields(tree, where, _TOP)
    if tree.get("format", 1) != 1:
        raise InputError(f"{where}: format", repr(tree["format"]), "1")
    for section in ("vocabularies", "units", "no_unit"):
        for name, words in tree.get(section, {}).items():
            _texts(words, f"{where}: {section}.{name}")
    for i, entry in enumerate(tree.get("conversions", [])):
        _fields(entry, f"{where}: conversions[{i}]", _CONVERSION, ("from", "to"))
    for name, table in tree.get("variables", {}).items():
        _check_variable(table, f"{where}: variables.{name}")
    if complete:
        _check_references(tree, where)


def _check_variable(table: Any, where: str) -> None:
    _fields(table, where, _VARIABLE)
    _texts(table.get("could_not_tell", []), f"{where}.could_not_tell")
    _fields(table.get("possible", {}), f"{where}.possible", {**_BOUNDS, "citation": str})
    for i, entry in enumerate(table.get("mislabeled", [])):
        _fields(entry, f"{where}.mislabeled[{i}]", _MISLABELED, ("labeled", "read_as", "reason"))
    for vocabulary, entries in table.get("codes", {}).items():
        place = f"{where}.codes.{vocabulary}"
        if not isinstance(entries, list | tuple):
            raise InputError(place, repr(entries), "a list of codes")
        for i, entry in enumerate(entries):
            if isinstance(entry, Mapping):
                _fields(entry, f"{place}[{i}]", _CODE, ("code",))
            elif not isinstance(entry, str | int) or isinstance(entry, bool):
                raise InputError(f"{place}[{i}]", repr(entry), "a code, or a table with one")


def _check_references(tree: Mapping[str, Any], where: str) -> None:
    """Follow names of units and vocabularies, and refuse a code that stands for two variables."""
    vocabularies = (*tree["vocabularies"], *_WITHOUT_PREFIX)
    units = tree["units"]
    owner: dict[tuple[str, str], str] = {}
    if not tree["variables"]:
        raise InputError(f"{where}: variables", "none", "at least one variable")
    for i, entry in enumerate(tree["conversions"]):
        for end in ("from", "to"):
            _one_of(entry[end], units, f"{where}: conversions[{i}].{end}")
    for name, table in tree["variables"].items():
        place = f"{where}: variables.{name}"
        if name != name.strip().lower() or not name:
            raise InputError(place, "upper case or spaces", "a lower-case name")
        _one_of(table.get("unit"), units, f"{place}.unit")
        for i, entry in enumerate(table.get("mislabeled", [])):
            for field in ("labeled", "read_as"):
                _one_of(entry[field], units, f"{place}.mislabeled[{i}].{field}")
        for vocabulary, entries in table.get("codes", {}).items():
            _one_of(vocabulary, vocabularies, f"{place}.codes")
            for entry in entries:
                code = entry["code"] if isinstance(entry, Mapping) else entry
                if isinstance(entry, Mapping) and "unit" in entry:
                    _one_of(entry["unit"], units, f"{place}.codes.{vocabulary}: {code}")
                other = owner.setdefault((vocabulary, str(code)), name)
                if other != name:
                    found = f"{code} stands for {other} as well"
                    raise InputError(f"{place}.codes.{vocabulary}", found, "one variable a code")


def _fields(table: Any, where: str, kinds: Mapping[str, Any], needed: tuple[str, ...] = ()) -> None:
    """Refuse what is not a table, lacks a field, or has one that is unknown or of another kind."""
    if not isinstance(table, Mapping):
        raise InputError(where, repr(table), f"a table with the fields {', '.join(kinds)}")
    for field in needed:
        if field not in table:
            raise InputError(where, f"no field {field!r}", f"the fields {', '.join(needed)}")
    for field, value in table.items():
        if field not in kinds:
            raise InputError(where, f"unknown field {field!r}", f"one of {', '.join(kinds)}")
        if not _is_kind(value, kinds[field]):
            raise InputError(f"{where}.{field}", repr(value), _KIND_NAMES[kinds[field]])


_KIND_NAMES: Mapping[Any, str] = {
    float: "a finite number",
    int: "a whole number",
    bool: "true or false",
    str: "text",
    dict: "a table",
    list: "a list",
    (str, int): "text or a whole number",
}


def _is_kind(value: Any, kind: Any) -> bool:
    if kind is bool or isinstance(value, bool):
        return kind is bool and isinstance(value, bool)
    if kind is float:
        return isinstance(value, int | float) and math.isfinite(value)
    wider: Any = {dict: Mapping, list: (list, tuple)}.get(kind, kind)
    return isinstance(value, wider)


def _texts(words: Any, where: str) -> None:
    if not isinstance(words, list | tuple) or not all(isinstance(w, str) for w in words):
        raise InputError(where, repr(words), "a list of texts")


def _one_of(name: Any, known: Any, where: str) -> None:
    if name not in known:
        raise InputError(where, repr(name), f"one of {', '.join(known)}")
