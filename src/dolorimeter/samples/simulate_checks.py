"""What simulate_samples accepts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dolorimeter.core import InputError

from .arguments import as_choice, as_number
from .simulate_truth import BASELINE

KINDS = ("classes", "rating")
COUNTS = ("n_subjects", "n_runs", "n_trials", "n_features", "averaged", "families")
SIGNED = ("pattern", "amplitude", "gain")
POSITIVE = ("profile", "noise", "shared", "salience_noise", "family_spread", "subject_spread")


def check_box(given: Any) -> tuple[int, int, int]:
    """Return the voxels in each axis.

    Parameters
    ----------
    given : object
        What was asked for.

    Returns
    -------
    tuple of three int
        The same.

    Raises
    ------
    InputError
        If it is anything else.
    """
    if not isinstance(given, (list, tuple)) or len(given) != 3:
        raise InputError("grid", repr(given), "voxels in each of three axes, such as [8, 8, 8]")
    if any(isinstance(n, bool) or not isinstance(n, int) or n < 1 for n in given):
        raise InputError("grid", repr(given), "whole numbers above 0")
    return (given[0], given[1], given[2])


def check_numbers(given: dict[str, Any]) -> None:
    """Refuse arguments of `simulate_samples` that mean nothing.

    Parameters
    ----------
    given : dict
        All of them.

    Raises
    ------
    InputError
        For the first that cannot be used.
    """
    for name in COUNTS:
        value = given[name]
        if name == "families" and value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
            raise InputError(name, repr(value), "a whole number above 0")
    for name in SIGNED:
        as_number(name, given[name])
    for name in POSITIVE:
        as_number(name, given[name], 0)
    if given["shared"] > 1:
        raise InputError("shared", repr(given["shared"]), "0 to 1")
    as_choice("kind", given["kind"], KINDS)
    _refuse_modalities(given)


def _refuse_modalities(given: dict[str, Any]) -> None:
    names = given["modalities"]
    if isinstance(names, str) or not names or not all(isinstance(n, str) and n for n in names):
        raise InputError("modalities", repr(names), "a list of names")
    if len(set(names)) < len(names) or BASELINE in names:
        raise InputError("modalities", repr(list(names)), f"each once, none {BASELINE!r}")
    salience = given["salience"]
    if isinstance(salience, Mapping):
        unknown = set(salience) ^ set(names)
        if unknown:
            raise InputError("salience", repr(sorted(unknown)[0]), "a number for each modality")
