"""JSON from a file that nobody vouches for."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Mapping
from typing import Any

from dolorimeter.core import InputError

MAX_DEPTH = 16
# A quote that never closes swallows the rest, so that the search stays linear.
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)


def parse_json(raw: bytes) -> Any:
    """Parse JSON without duplicate keys, deep nesting or numbers that are not finite.

    Parameters
    ----------
    raw : bytes
        UTF-8; whoever reads it from a file limits its size.

    Returns
    -------
    object
        Plain values.

    Raises
    ------
    InputError
        If it is anything else.
    """
    depth = 0
    for byte in _STRING.sub(b"", raw):
        depth += (byte in b"[{") - (byte in b"]}")
        require(depth <= MAX_DEPTH, "nesting", f"more than {MAX_DEPTH} levels", "a flat file")
    try:
        return json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_float=_finite,
            parse_constant=_finite,
        )
    except InputError:
        raise
    except (ValueError, RecursionError) as error:
        raise InputError("content", str(error)[:200], "JSON in UTF-8") from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    require(len(fields) == len(pairs), "content", "a field given twice", "each field once")
    return fields


def _finite(text: str) -> float:
    number = float(text)
    require(math.isfinite(number), "content", text[:40], "finite numbers")
    return number


def require(holds: bool, where: str, found: str, rule: str) -> None:
    """Raise an InputError unless a condition holds.

    Parameters
    ----------
    holds : bool
        The condition.
    where, found, rule : str
        Of the error.

    Raises
    ------
    InputError
        If it does not hold.
    """
    if not holds:
        raise InputError(where, found, rule)


def require_fields(where: str, found: Any, wanted: Collection[str]) -> None:
    """Refuse anything but an object with exactly the wanted fields.

    Parameters
    ----------
    where : str
        Name of the object.
    found : object
        What was read.
    wanted : collection of str
        Names of its fields.

    Raises
    ------
    InputError
        If a field is missing or unknown.
    """
    require(isinstance(found, Mapping), where, type(found).__name__, "an object")
    differing = sorted(set(found) ^ set(wanted))[:3]
    rule = f"exactly {', '.join(sorted(wanted)) or 'nothing'}"
    require(not differing, where, f"missing or unknown {differing}", rule)
