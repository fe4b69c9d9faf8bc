"""JSON from a file that nobody vouches for."""

from __future__ import annotations

import json
import math
import re
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
        _require(depth <= MAX_DEPTH, "nesting", f"more than {MAX_DEPTH} levels", "a flat file")
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
    _require(len(fields) == len(pairs), "content", "a field given twice", "each field once")
    return fields


def _finite(text: str) -> float:
    number = float(text)
    _require(math.isfinite(number), "content", text[:40], "finite numbers")
    return number


def _require(holds: bool, where: str, found: str, rule: str) -> None:
    if not holds:
        raise InputError(where, found, rule)
