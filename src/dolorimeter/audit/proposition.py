"""Sentences that a study asks to have judged, beyond those of its objective."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Proposition:
    """A sentence, what it rests on and whether the data showed it.

    It is granted if it was shown and every rule it rests on passed or warned; refused if one of
    them is violated; unproven otherwise, a rule that does not apply to the study included. A
    proposition about pain needs the target to be pain. Without a rule nothing is granted.

    Attributes
    ----------
    text : str
        The sentence without its full stop, as it would be granted: ``"Vital signs add …"``.
    rules : tuple of str
        Ids of the rules it rests on.
    shown : bool or None
        Whether the data showed it; None: not tested.
    evidence : str
        Figures behind it, in words.
    about_pain : bool
        Whether the sentence says anything about pain.
    """

    text: str
    rules: tuple[str, ...]
    shown: bool | None
    evidence: str = ""
    about_pain: bool = True
