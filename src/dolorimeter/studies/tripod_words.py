"""How the answers to the TRIPOD+AI checklist are put into words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Results = Mapping[str, Any]


def block(results: Results, name: str) -> Results:
    """Return a block of the results.

    Parameters
    ----------
    results : mapping
        What results.json holds, or a block of it.
    name : str
        Key of the block.

    Returns
    -------
    mapping
        Empty where the run has none.
    """
    return results.get(name) or {}


def said(*parts: str | None) -> str:
    """Join what is known into sentences.

    Parameters
    ----------
    *parts : str or None
        What is known; the empty ones are left out.

    Returns
    -------
    str
        Each part with a capital and a full stop.
    """
    return " ".join(f"{part[0].upper()}{part[1:].rstrip('.')}." for part in parts if part)


def listed(values: Iterable[Any]) -> str:
    """Write values one after the other.

    Parameters
    ----------
    values : iterable
        Any.

    Returns
    -------
    str
        With commas between.
    """
    return ", ".join(map(str, values))


def counted(named: Mapping[str, Any]) -> str:
    """Write counts with their names.

    Parameters
    ----------
    named : mapping
        Counts by name.

    Returns
    -------
    str
        Such as ``"low 45, high 45"``.
    """
    return listed(f"{name} {n:,}" for name, n in named.items())


def version_said(results: Results) -> str:
    """Say which code computed the results.

    Parameters
    ----------
    results : mapping
        What results.json holds.

    Returns
    -------
    str
        Empty where the version is not known.
    """
    version = results.get("version")
    return f"dolorimeter {version}, with results.json beside this report." if version else ""
