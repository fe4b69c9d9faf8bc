"""Checks of what a `data:` block holds: keys, kinds and the extras a reader needs."""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Iterable, Mapping
from typing import Any

from dolorimeter.core import InputError


def check_keys(where: str, given: Iterable[object], known: Iterable[str]) -> None:
    """Refuse a key that nothing reads, naming the nearest right one.

    Parameters
    ----------
    where : str
        What holds the keys, for the message.
    given : iterable
        The keys that were given.
    known : iterable of str
        The keys that are read.

    Raises
    ------
    InputError
        For the first key that is not known.
    """
    names = list(known)
    for key in given:
        if key not in names:
            rule = f"one of {', '.join(names)}" if names else "no keys here"
            raise InputError(where, f"key {str(key)!r}", rule, hint(key, names))


def hint(given: object, names: Iterable[object]) -> str:
    """Return the question "did you mean", or nothing where no name is near.

    Parameters
    ----------
    given : object
        What was written.
    names : iterable
        What would have been right.

    Returns
    -------
    str
        One sentence, or ``""``.
    """
    near = difflib.get_close_matches(str(given), [str(name) for name in names], 1, 0.5)
    return f"Did you mean {near[0]!r}?" if near else ""


def as_mapping(where: str, value: object) -> Mapping[str, Any]:
    """Return a mapping, empty for None.

    Parameters
    ----------
    where : str
        Name of the key that holds it.
    value : object
        What was given.

    Returns
    -------
    Mapping
        The same.

    Raises
    ------
    InputError
        If it is anything else.
    """
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise InputError(where, repr(value), "a mapping of names to values")
    return value


def as_list(value: object) -> list[Any]:
    """Return a list: of one where a single value was given.

    Parameters
    ----------
    value : object
        A value, or a list or tuple of them.

    Returns
    -------
    list
        Of the values.
    """
    return list(value) if isinstance(value, (list, tuple)) else [value]


def as_flag(where: str, value: object) -> bool:
    """Return true or false.

    Parameters
    ----------
    where : str
        Name of the option.
    value : object
        What was given.

    Returns
    -------
    bool
        The same.

    Raises
    ------
    InputError
        If it is anything else, words included.
    """
    if not isinstance(value, bool):
        raise InputError(where, repr(value), "true or false")
    return value


def as_number(
    where: str, value: object, least: float = -float("inf"), whole: bool = False
) -> float:
    """Return a finite number.

    Parameters
    ----------
    where : str
        Name of the option.
    value : object
        What was given.
    least : float, default -inf
        The smallest that is accepted.
    whole : bool, default False
        Accept whole numbers only.

    Returns
    -------
    float
        The same.

    Raises
    ------
    InputError
        If it is no number, not finite, too small or not whole.
    """
    kind = "a whole number" if whole else "a number"
    rule = kind if least == -float("inf") else f"{kind} of at least {least:g}"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InputError(where, repr(value), rule)
    if not least <= value < float("inf") or (whole and value != int(value)):
        raise InputError(where, repr(value), rule)
    return float(value)


def as_choice(where: str, value: object, choices: Iterable[str]) -> str:
    """Return one of some words.

    Parameters
    ----------
    where : str
        Name of the option.
    value : object
        What was given.
    choices : iterable of str
        What is accepted.

    Returns
    -------
    str
        The same.

    Raises
    ------
    InputError
        If it is none of them.
    """
    names = list(choices)
    if value not in names:
        raise InputError(where, repr(value), f"one of {', '.join(names)}", hint(value, names))
    return str(value)


def need_extra(module: str, extra: str) -> Any:
    """Import a library that only some readers need.

    Parameters
    ----------
    module : str
        Its name.
    extra : str
        The extra of dolorimeter that installs it.

    Returns
    -------
    module
        The library.

    Raises
    ------
    InputError
        If it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        remedy = f'Install it with pip install "dolorimeter[{extra}]".'
        raise InputError(package, "not installed", f"the extra {extra!r}", remedy) from error
