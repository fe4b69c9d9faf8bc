"""What stored estimators have in common: classes, settings, outcome, arrays of float64."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dolorimeter.core import InputError, Outcome

from .strict_json import require, require_fields


def read_classes(header: Mapping[str, Any]) -> NDArray[Any]:
    """Read the classes of a stored estimator.

    Parameters
    ----------
    header : mapping
        As stored.

    Returns
    -------
    ndarray of shape (n_classes,)
        Whole numbers or strings, ascending.

    Raises
    ------
    InputError
        If they are anything else.
    """
    classes = header.get("classes")
    alike = isinstance(classes, list) and {type(c) for c in classes} in ({int}, {str})
    if not isinstance(classes, list) or not alike or sorted(set(classes)) != classes:
        raise InputError("header.classes", repr(classes)[:60], "ascending numbers or names")
    array = np.array(classes)
    require(array.dtype.kind in "iU", "header.classes", "a huge number", "numbers of 64 bits")
    return array


def read_settings(header: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """Read the settings of a stored estimator.

    Parameters
    ----------
    header : mapping
        As stored.
    names : collection of str
        Names of the settings.

    Returns
    -------
    dict
        Their values, whose range is the estimator's to check.

    Raises
    ------
    InputError
        If a field is missing or unknown.
    """
    require_fields("header", header, {"classes", "settings", "outcome"})
    require_fields("header.settings", header["settings"], set(names))
    return header["settings"]


def expect_arrays(arrays: Mapping[str, NDArray[Any]], names: Collection[str]) -> None:
    """Refuse stored arrays under other names, or of another type than float64.

    Parameters
    ----------
    arrays : mapping of str to ndarray
        As stored.
    names : collection of str
        What is wanted.

    Raises
    ------
    InputError
        If one is missing, unknown or no float64.
    """
    require_fields("arrays", arrays, set(names))
    for name, array in arrays.items():
        require(array.dtype == np.float64, f"arrays.{name}", str(array.dtype), "float64")


@contextmanager
def stored_settings() -> Iterator[None]:
    """Name the place of settings that turn out to be out of range.

    Yields
    ------
    None
        In its block an estimator checks its settings.

    Raises
    ------
    InputError
        The same, with the place in the header.
    """
    try:
        yield
    except InputError as error:
        where = f"header.settings.{error.where}"
        raise InputError(where, error.found, error.rule, error.remedy) from error


def read_outcome(header: Mapping[str, Any]) -> Outcome | None:
    """Read what a stored estimator's fit did.

    Parameters
    ----------
    header : mapping
        As stored.

    Returns
    -------
    Outcome or None
        None where the parameters came from elsewhere.

    Raises
    ------
    InputError
        If a field is missing, unknown or of another type.
    """
    found = header["outcome"]
    if found is None:
        return None
    where = "header.outcome"
    require_fields(where, found, {field.name for field in fields(Outcome)})
    path, floors = found["objective_path"], found["floors_bound"]
    right = isinstance(path, list | tuple) and isinstance(floors, list | tuple)
    right = right and all(_is_number(value) for value in [*path, found["log_likelihood"]])
    right = right and all(isinstance(text, str) for text in [*floors, found["message"]])
    right = right and isinstance(found["converged"], bool) and type(found["n_iter"]) is int
    require(right, where, "a field of another type", "the fields of an outcome")
    return Outcome(**(found | {"objective_path": tuple(path), "floors_bound": tuple(floors)}))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
