"""What a study declares of its design: events, how long they last, and what modulates them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from dolorimeter.core import InputError
from dolorimeter.samples.arguments import as_list, check_keys, hint

TIMES = ("cue", "outcome")


@dataclass(frozen=True, slots=True)
class Regressor:
    """One regressor: which events, how long they last, and what they are weighted with.

    With a modulator the regressor is the modulated column alone; declare the same events without
    one for their main effect.

    Parameters
    ----------
    name : str
        Of its column.
    at : tuple of str, default ("cue",)
        Time points of a trial that are events: ``"cue"``, ``"outcome"`` or both.
    cues, outcomes : tuple of str, default ()
        Trials of these cues and outcomes only; empty for all.
    duration : float or "trial", default 0.0
        Seconds; 0 for an impulse. ``"trial"``: from cue to outcome, for events at the cue.
    modulator : str, optional
        What weights each event: ``"appetitive_error"`` (``cue_error`` at the cue,
        ``outcome_error`` at the outcome), ``"aversive_error"`` (its negative),
        ``"absolute_error"``, ``"absolute_value"``, or the name of a quantity or measure
        of the trial, such as ``"value"``.
    center : bool, default True
        Subtract the modulator's mean over the events of this regressor in this run (SPM's habit;
        science 2.4).

    Raises
    ------
    InputError
        If a name is missing or unknown, or the duration is negative or has no end.
    """

    name: str
    at: tuple[str, ...] = ("cue",)
    cues: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    duration: float | str = 0.0
    modulator: str | None = None
    center: bool = True

    def __post_init__(self) -> None:
        where = f"regressor {self.name!r}"
        if not isinstance(self.name, str) or not self.name.strip():
            raise InputError("regressor", f"name {self.name!r}", "a name of its own")
        for field in ("at", "cues", "outcomes"):
            values = getattr(self, field)
            if not isinstance(values, tuple) or not all(isinstance(word, str) for word in values):
                raise InputError(f"{where}, {field}", repr(values), "a tuple of names")
        if not self.at or len(set(self.at)) < len(self.at) or set(self.at) - set(TIMES):
            raise InputError(f"{where}, at", repr(self.at), "'cue', 'outcome' or both, each once")
        self._check_duration(where)
        if self.modulator is not None and not isinstance(self.modulator, str):
            raise InputError(f"{where}, modulator", repr(self.modulator), "a name, or none")
        if not isinstance(self.center, bool):
            raise InputError(f"{where}, center", repr(self.center), "true or false")

    def _check_duration(self, where: str) -> None:
        given = self.duration
        if given == "trial":
            if self.at != ("cue",):
                rule = "events at the cue only, which last until the outcome"
                raise InputError(f"{where}, duration", f"'trial' at {self.at!r}", rule)
            return
        number = isinstance(given, (int, float)) and not isinstance(given, bool)
        if not number or not 0 <= float(given) < np.inf:
            raise InputError(f"{where}, duration", repr(given), "seconds, 0 or more, or 'trial'")


_PLAIN = (
    Regressor("cue", ("cue",)),
    Regressor("relief", ("outcome",), outcomes=("relief",)),
    Regressor("exacerbation", ("outcome",), outcomes=("exacerbation",)),
)
_ERRORS = (
    Regressor("error_A", TIMES, cues=("A",), modulator="appetitive_error"),
    Regressor("error_B", TIMES, cues=("B",), modulator="appetitive_error"),
)
# Errors apart by cue, the relief-related and the exacerbation-related, both appetitive (aversive is
# the negative, in a contrast): the columns that Seymour et al. (2005) name, science 2.4.
PAPER = (*_PLAIN, *_ERRORS)

# Omissions are events too (science 2.1), and a modulator less its mean needs the events themselves
# beside it: without these columns a response to omissions is taken for errors, and errors come back
# too small (docs/decisions/0012).
_EVENTS = (*_PLAIN, Regressor("omission", ("outcome",), outcomes=("none",)))
TWO_ERRORS = (
    *_EVENTS,
    Regressor("events_A", TIMES, cues=("A",)),
    Regressor("events_B", TIMES, cues=("B",)),
    *_ERRORS,
)
ONE_ERROR = (*_EVENTS, Regressor("error", TIMES, modulator="appetitive_error"))

PRESETS: Mapping[str, tuple[Regressor, ...]] = {
    "two-errors": TWO_ERRORS,
    "paper": PAPER,
    "one-error": ONE_ERROR,
    # With the quantities of the learning model of this name: relief and exacerbation count alike.
    "valence-independent": (
        *_EVENTS,
        Regressor("valence_independent_error", TIMES, modulator="appetitive_error"),
    ),
    "surprise": (*_EVENTS, Regressor("surprise", TIMES, modulator="absolute_error")),
    "value-and-error": (
        *_EVENTS,
        Regressor("value", ("cue",), modulator="value"),
        Regressor("outcome_error", ("outcome",), modulator="appetitive_error"),
    ),
    # Tasks without cues, such as sequences of shocks.
    "outcomes": (
        Regressor("outcome", ("outcome",)),
        Regressor("error", ("outcome",), modulator="appetitive_error"),
    ),
}


def read_regressors(
    given: str | Sequence[Regressor | Mapping[str, Any]], where: str = "regressors"
) -> tuple[Regressor, ...]:
    """Read the regressors of a study: a preset by name, or one entry each.

    Parameters
    ----------
    given : str or sequence of Regressor or mapping
        A name in ``PRESETS``, or entries with the keys of :class:`Regressor`, as in a study.yaml;
        single words stand for tuples of one.
    where : str, default "regressors"
        What holds them, for messages.

    Returns
    -------
    tuple of Regressor
        In the order given.

    Raises
    ------
    InputError
        If a preset or key is unknown, there is no regressor, or two have one name.

    Examples
    --------
    >>> [r.name for r in read_regressors("one-error")]
    ['cue', 'relief', 'exacerbation', 'omission', 'error']
    """
    if isinstance(given, str):
        if given not in PRESETS:
            rule = f"entries, or one of {', '.join(PRESETS)}"
            raise InputError(where, repr(given), rule, hint(given, PRESETS))
        return PRESETS[given]
    if not isinstance(given, Sequence) or not given:
        raise InputError(where, repr(given), "a list of at least one regressor, or a preset")
    found = tuple(_entry(f"{where}, entry {i}", entry) for i, entry in enumerate(given, 1))
    names = [regressor.name for regressor in found]
    for i, name in enumerate(names):
        if name in names[:i]:
            raise InputError(where, f"{name!r} twice", "a name of its own for each regressor")
    return found


def _entry(where: str, entry: object) -> Regressor:
    if isinstance(entry, Regressor):
        return entry
    if not isinstance(entry, Mapping):
        raise InputError(where, repr(entry), "a mapping with at least a name")
    check_keys(where, entry, [field.name for field in fields(Regressor)])
    if "name" not in entry:
        raise InputError(where, "no name", "the name of its column")
    tuples = {key: tuple(as_list(entry[key])) for key in ("at", "cues", "outcomes") if key in entry}
    return Regressor(**{**entry, **tuples})
