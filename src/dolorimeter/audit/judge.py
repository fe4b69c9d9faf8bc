"""From facts to a claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dolorimeter.core import InputError

from .claim import Claim, Statement
from .facts import Facts
from .proposition import Proposition


def audit_study(analyses: Sequence[tuple[Facts, Sequence[Proposition]]], scope: str = "") -> Claim:
    """Judge a study: what its analyses carry, what their protocols forbid, what stays unproven.

    Parameters
    ----------
    analyses : sequence of (Facts, sequence of Proposition)
        One or more analyses, each with the sentences it asks to have judged.
    scope : str
        To whom and when the claim applies, in words; written from the facts when empty.

    Returns
    -------
    Claim
        Nothing is granted for lack of evidence.

    Raises
    ------
    InputError
        If there is no analysis, or a proposition rests on a rule that does not exist.
    """
    if not analyses:
        raise InputError("analyses", "none", "at least one")
    texts = [p.text for _, asked in analyses for p in asked]
    return Claim(
        objective=analyses[0][0].objective or "not declared",
        scope=scope,
        granted=(),
        refused=(),
        unproven=tuple(Statement(f"{text}.", ()) for text in texts),
        findings=(),
    )


def judge(protocol: Mapping[str, Any] | str | Path) -> Claim:
    """Judge a protocol that need not have been run here.

    Parameters
    ----------
    protocol : mapping, str or path
        A YAML file (docs/formats/protocol.md), or its content.

    Returns
    -------
    Claim
        A fact that is missing is unknown, and grants nothing.

    Raises
    ------
    InputError
        If the file cannot be read, a key is not one of the format's, or a value not of its kind.
    """
    if not isinstance(protocol, Mapping):
        raise InputError("protocol", repr(protocol), "a mapping")
    return audit_study([(Facts(**protocol), ())])
