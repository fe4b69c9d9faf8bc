"""Load the variable map: the built-in variables.toml, and a map of the user's own over it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dolorimeter.core import InputError

from .map_schema import check_map
from .variables import NO_VALUE, Bounds, Code, Reading, Variable, VariableMap, fold

BUILT_IN = Path(__file__).with_name("variables.toml")


def load_mapping(mapping: str | Path | Mapping[str, Any] | None = None) -> VariableMap:
    """Load the variable map, with a map of the user's own laid over the built-in one.

    Tables are merged field by field; a number, text or list of the user's replaces the built-in
    one, so that ``variables.pulse.codes.local = ["HR"]`` adds codes and leaves the rest alone.
    Conversions are added. With ``replace = true`` the built-in variables are left out altogether.

    Parameters
    ----------
    mapping : str, Path or mapping, optional
        A TOML file, or the same as a dict; None for the built-in map.

    Returns
    -------
    VariableMap
        The map, checked.

    Raises
    ------
    InputError
        If the file cannot be read, or a field is unknown, missing or of the wrong kind.
    """
    built_in = tomllib.loads(BUILT_IN.read_text(encoding="utf-8"))
    if mapping is None:
        return _build(built_in)
    where, own = _read_own(mapping)
    check_map(own, where, complete=False)
    if own.get("replace", False):
        built_in["variables"] = {}
    merged = _merge(built_in, {k: v for k, v in own.items() if k not in ("replace", "conversions")})
    merged["conversions"] = built_in["conversions"] + list(own.get("conversions", []))
    check_map(merged, where, complete=True)
    return _build(merged)


def _read_own(mapping: str | Path | Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    if isinstance(mapping, Mapping):
        return "mapping", mapping
    where, rule = str(mapping), "a variable map in TOML, docs/formats/variable-map.md"
    try:
        return where, tomllib.loads(Path(mapping).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(where, str(error), rule) from None


def _merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Lay one tree of tables over another; what is not a table is replaced."""
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            value = _merge(old, value)
        merged[key] = value
    return merged


def _build(tree: Mapping[str, Any]) -> VariableMap:
    """Turn a checked tree into a map."""
    variables = {name: _variable(name, table) for name, table in tree["variables"].items()}
    codes = {}
    for name, table in tree["variables"].items():
        for vocabulary, entries in table.get("codes", {}).items():
            for entry in entries:
                code = _code(vocabulary, entry, variables[name].unit)
                codes[vocabulary, code.code] = (variables[name], code)
    units = {fold(s): unit for unit, spellings in tree["units"].items() for s in spellings}
    units |= {fold(unit): unit for unit in tree["units"]}
    units |= {fold(spelling): "" for spelling in tree["no_unit"]["spellings"]}
    prefixes = {fold(p): v for v, words in tree["vocabularies"].items() for p in words}
    conversions = {(c["from"], c["to"]): _conversion(c) for c in tree["conversions"]}
    return VariableMap(variables, codes, prefixes, units, conversions)


def _variable(name: str, table: Mapping[str, Any]) -> Variable:
    mislabeled = {
        m["labeled"]: (m["read_as"], Bounds.of(m), m["reason"]) for m in table.get("mislabeled", [])
    }
    return Variable(
        name,
        table["unit"],
        Bounds.of(table.get("possible", {})),
        table.get("text", False),
        tuple(table.get("could_not_tell", ())),
        mislabeled,
    )


def _code(vocabulary: str, entry: Any, unit: str) -> Code:
    if not isinstance(entry, Mapping):
        return Code(vocabulary, str(entry), unit)
    return Code(
        vocabulary, str(entry["code"]), entry.get("unit", unit), entry.get("empty", NO_VALUE)
    )


def _conversion(entry: Mapping[str, Any]) -> Reading:
    return Reading(
        float(entry.get("subtract", 0)),
        float(entry.get("multiply", 1)),
        Bounds(),
        entry.get("reason", f"{entry['from']} to {entry['to']}"),
    )
