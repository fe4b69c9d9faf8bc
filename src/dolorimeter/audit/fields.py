"""Values against the types their fields declare, so that a wrong word is an error and no fact."""

from __future__ import annotations

import math
from collections.abc import Collection
from functools import cache
from numbers import Integral, Real
from types import UnionType
from typing import Any, ClassVar, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np

from dolorimeter.core import InputError


@cache
def hints(kind: Any) -> dict[str, Any]:
    """Return the declared types of a dataclass, resolved.

    Parameters
    ----------
    kind : type
        The class.

    Returns
    -------
    dict of str to type
        By field.
    """
    found = get_type_hints(kind)
    return {
        name: hint
        for name, hint in found.items()
        if not name.startswith("_") and get_origin(hint) is not ClassVar
    }


def check_fields(content: Any, probabilities: Collection[str] = ()) -> None:
    """Refuse values that their fields do not allow.

    Parameters
    ----------
    content : dataclass instance
        What was built.
    probabilities : collection of str
        Fields between 0 and 1.

    Raises
    ------
    InputError
        If a value has the wrong type, a word is not one of the allowed ones, a number is not
        finite or negative where it counts, or an interval is upside down.
    """
    for name, hint in hints(content.__class__).items():
        value = getattr(content, name)
        _check(name, value, hint)
        if name in probabilities and value is not None and not 0 <= value <= 1:
            raise InputError(name, repr(value), "a number between 0 and 1")


def _check(where: str, value: Any, hint: Any) -> None:
    origin, inside = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        if value is None and type(None) in inside:
            return
        _check(where, value, next(kind for kind in inside if kind is not type(None)))
    elif origin is Literal:
        if not isinstance(value, str) or value not in inside:
            raise InputError(where, repr(value), f"one of {', '.join(inside)}")
    elif origin is tuple:
        _check_tuple(where, value, inside)
    elif origin is frozenset:
        _require(where, value, isinstance(value, frozenset), "a set of names")
        for item in value:
            _check(where, item, inside[0])
    else:
        _check_plain(where, value, hint)


def _check_tuple(where: str, value: Any, inside: tuple[Any, ...]) -> None:
    _require(where, value, isinstance(value, tuple), "a list (in Python a tuple)")
    if inside[-1] is Ellipsis:
        for item in value:
            _check(where, item, inside[0])
        return
    _require(where, value, len(value) == len(inside), f"a list of {len(inside)} numbers")
    for item, kind in zip(value, inside, strict=True):
        _check(where, item, kind)
    _require(where, value, list(value) == sorted(value), "the lower end first")


def _check_plain(where: str, value: Any, kind: Any) -> None:
    boolean = isinstance(value, bool | np.bool_)
    if kind is bool:
        _require(where, value, boolean, "true or false")
    elif kind is int:
        whole = isinstance(value, Integral) and not boolean
        _require(where, value, whole and value >= 0, "a whole number, 0 or more")
    elif kind is float:
        number = isinstance(value, Real) and not boolean
        finite = number and math.isfinite(value)
        _require(where, value, finite, "a finite number, such as 0.05")
    elif kind is str:
        _require(where, value, isinstance(value, str), "text")
    else:
        _require(where, value, isinstance(value, kind), f"a {kind.__name__.lower()}")


def _require(where: str, value: Any, holds: bool, rule: str) -> None:
    if not holds:
        raise InputError(where, repr(value)[:80], rule)
