"""The two objectives of decoding, each with its default protocol (science.md, 3.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from dolorimeter.core import InputError

from .facts import Asked, Timing, Whom
from .fields import check_fields

Scheme = Literal[
    "leave-one-trial-out",
    "leave-one-pair-out",
    "leave-one-run-out",
    "leave-one-subject-out",
    "leave-one-group-out",
]


@dataclass(frozen=True, slots=True)
class Signature:
    """Find a pattern that belongs to pain (encoding). Departures are allowed, and audited.

    Attributes
    ----------
    normalization : str
        ``"sample"``: across the features of each sample, so that bulk amplitude takes no part.
    scheme : str
        Who is left out; ``"leave-one-run-out"`` and ``"leave-one-pair-out"`` are alternatives.
    within : str
        ``"subject"``: cross-validation within each subject; ``""``: across subjects.
    whom : str
        To whom the claim applies.
    timing : str
        ``"after-the-fact"`` or ``"live"``.
    population : str
        Of what kind they are, in words.
    salience_margin : float
        Differences of rated salience smaller than this, either way, count as none; in units of the
        rating.
    claims : tuple of str
        What is claimed beyond.

    Raises
    ------
    InputError
        If a value is not what its field allows.
    """

    name: ClassVar[str] = "signature"

    normalization: Literal["sample", "none", "time"] = "sample"
    scheme: Scheme = "leave-one-trial-out"
    within: Literal["subject", ""] = "subject"
    whom: Whom = "same-subjects"
    timing: Timing = "after-the-fact"
    population: str = ""
    salience_margin: float = 0.5
    claims: tuple[Asked, ...] = ()

    def __post_init__(self) -> None:
        check_fields(self)
        if self.salience_margin <= 0:
            raise InputError("salience_margin", repr(self.salience_margin), "a positive number")


@dataclass(frozen=True, slots=True)
class Prediction:
    """Tell pain in what was not seen (decoding). Departures are allowed, and audited.

    Attributes
    ----------
    normalization : str
        ``"none"``: bulk amplitude is kept.
    scheme : str
        Who is left out; ``"leave-one-group-out"`` for families and sites.
    within : str
        ``""``: across subjects; ``"subject"``: within each subject, of limited use.
    whom : str
        To whom the claim applies.
    timing : str
        ``"after-the-fact"`` or ``"live"``.
    population : str
        Of what kind they are, in words; without it nothing is granted.
    claims : tuple of str
        What is claimed beyond.

    Raises
    ------
    InputError
        If a value is not what its field allows.
    """

    name: ClassVar[str] = "prediction"

    normalization: Literal["sample", "none", "time"] = "none"
    scheme: Scheme = "leave-one-subject-out"
    within: Literal["subject", ""] = ""
    whom: Whom = "new-subjects"
    timing: Timing = "after-the-fact"
    population: str = ""
    claims: tuple[Asked, ...] = ()

    def __post_init__(self) -> None:
        check_fields(self)
