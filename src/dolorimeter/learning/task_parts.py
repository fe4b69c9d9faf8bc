"""What a Pavlovian task is made of: cues, outcomes, timing and rules of order."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from dolorimeter.core import InputError

from .intervals import Interval, check_seconds

BALANCES = ("task", "cues", "run")
COUNTERBALANCES = ("none", "latin-square", "all-orders")


@dataclass(frozen=True, slots=True)
class TaskOutcome:
    """What may follow a cue.

    Attributes
    ----------
    name : str
        Such as ``"relief"``.
    utility : float
        Appetitive utility r - a: above 0 for relief, below for exacerbation.
    duration : float or None
        Seconds; None for that of the task's timing.

    Raises
    ------
    InputError
        If there is no utility, or a number cannot be used.
    """

    name: str
    utility: float
    duration: float | None = None

    def __post_init__(self) -> None:
        where = f"outcomes, {self.name}"
        utility: object = self.utility  # a file may have none
        if utility is None:
            remedy = "Give it one, such as 1 for relief, -1 for exacerbation, 0 for neither."
            raise InputError(where, "no utility", "a number for each outcome", remedy)
        if not _is_number(self.utility):
            raise InputError(f"{where}, utility", repr(self.utility), "a finite number")
        if self.duration is not None:
            check_seconds(f"{where}, duration", self.duration)


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue, how often it is shown, and what follows it exactly how often.

    Attributes
    ----------
    name : str
        Such as ``"A"``.
    count : int
        Presentations in the whole task.
    probability : mapping of str to float
        Share of the presentations that each outcome follows; ``count`` times it must be whole.
    reinforced : mapping of str to int
        The same as numbers of presentations.
    otherwise : str
        The outcome of all other presentations.

    Raises
    ------
    InputError
        If a probability is above 1, its count is not whole, or more is promised than shown.
    """

    name: str
    count: int
    probability: Mapping[str, float] = field(default_factory=dict)
    reinforced: Mapping[str, int] = field(default_factory=dict)
    otherwise: str = "none"

    def __post_init__(self) -> None:
        check_whole(f"cues, {self.name}, count", self.count, least=1)
        for outcome, share in self.probability.items():
            self._check_share(outcome, share)
        for outcome, number in self.reinforced.items():
            check_whole(f"cues, {self.name}, reinforced, {outcome}", number, least=0)
        twice = set(self.probability) & set(self.reinforced)
        if twice:
            where = f"cues, {self.name}, {sorted(twice)[0]}"
            raise InputError(where, "a probability and a number", "one of the two")
        promised = sum(self._promised().values())
        if promised > self.count:
            found = f"{promised} outcomes for {self.count} presentations"
            raise InputError(f"cues, {self.name}", found, "at most one for each presentation")

    def _check_share(self, outcome: str, share: object) -> None:
        where = f"cues, {self.name}, probability, {outcome}"
        if not _is_number(share) or not 0 <= float(share) <= 1:  # type: ignore[arg-type]
            remedy = "For a number of presentations use `reinforced`."
            raise InputError(where, repr(share), "a probability, 0 to 1", remedy)
        expected = self.count * float(share)  # type: ignore[arg-type]
        if abs(expected - round(expected)) > 1e-9:
            exact = Fraction(float(share)).limit_denominator(1000)  # type: ignore[arg-type]
            least = exact.denominator
            near = max(least, round(self.count / least) * least)
            remedy = (
                f"Show it {near} times, or give `reinforced: {{{outcome}: {round(expected)}}}`."
            )
            found = f"{share} of {self.count} presentations is {expected:g}"
            raise InputError(where, found, "a whole number of presentations", remedy)

    def _promised(self) -> dict[str, int]:
        counts = {name: round(self.count * p) for name, p in self.probability.items()}
        return counts | dict(self.reinforced)

    @property
    def counts(self) -> dict[str, int]:
        """Presentations by outcome, which sum to ``count``."""
        counts = self._promised()
        rest = self.count - sum(counts.values())
        counts[self.otherwise] = counts.get(self.otherwise, 0) + rest
        return {name: number for name, number in counts.items() if number}


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds within a trial and a run.

    Attributes
    ----------
    cue : float
        How long the cue is shown.
    outcome_onset : float or Interval
        From the onset of the cue to that of the outcome.
    outcome : float
        How long the outcome lasts; an omission keeps its event.
    lead_in, lead_out : float
        Before the first cue of a run, and after its last trial.

    Raises
    ------
    InputError
        If one is negative or no number.
    """

    cue: float = 4.0
    outcome_onset: float | Interval = 4.0
    outcome: float = 5.0
    lead_in: float = 10.0
    lead_out: float = 15.0

    def __post_init__(self) -> None:
        for name in ("cue", "outcome", "lead_in", "lead_out"):
            check_seconds(f"timing, {name}", getattr(self, name))
        if not isinstance(self.outcome_onset, Interval):
            check_seconds("timing, outcome_onset", self.outcome_onset)


@dataclass(frozen=True, slots=True)
class OrderRules:
    """What an order of trials has to keep.

    Attributes
    ----------
    balance : {"task", "cues", "run"}
        What is equal in all runs as far as it goes: only the number of trials; also the number of
        each cue; also how often each outcome follows it. Over the task all is exact always.
    cue_repeats, outcome_repeats : int, mapping of str to int, or None
        The most trials in a row within a run with one cue, or one outcome; by name where they
        differ.

    Raises
    ------
    InputError
        If a name is unknown or a limit is below 1.
    """

    balance: str = "cues"
    cue_repeats: int | Mapping[str, int] | None = None
    outcome_repeats: int | Mapping[str, int] | None = None

    def __post_init__(self) -> None:
        if self.balance not in BALANCES:
            raise nearest("order, balance", self.balance, BALANCES)
        for name in ("cue_repeats", "outcome_repeats"):
            given = getattr(self, name)
            if given is None:
                continue
            limits = given if isinstance(given, Mapping) else {"": given}
            for label, limit in limits.items():
                check_whole(f"order, {name}" + f", {label}" * bool(label), limit, least=1)

    def limit(self, which: str, name: str) -> int | None:
        """Return the most repeats of one cue or outcome.

        Parameters
        ----------
        which : {"cue_repeats", "outcome_repeats"}
            Of what.
        name : str
            Of the cue or outcome.

        Returns
        -------
        int or None
            None where any number may follow each other.
        """
        given = getattr(self, which)
        return given.get(name) if isinstance(given, Mapping) else given


def check_whole(where: str, given: object, least: int) -> None:
    """Refuse what is no whole number of at least so much.

    Parameters
    ----------
    where : str
        What the error calls it.
    given : object
        The number.
    least : int
        The smallest that is accepted.

    Raises
    ------
    InputError
        If it is no integer, or smaller.
    """
    whole = isinstance(given, int | np.integer) and not isinstance(given, bool)
    if not whole or given < least:  # type: ignore[operator]
        raise InputError(where, repr(given), f"a whole number, {least} or more")


def nearest(where: str, given: object, known: Iterable[str]) -> InputError:
    """Return the error for an unknown name, with the nearest right one as its remedy.

    Parameters
    ----------
    where : str
        The key at fault.
    given : object
        What it was.
    known : iterable of str
        What would have been accepted.

    Returns
    -------
    InputError
        To be raised.
    """
    names = list(known)
    alike = {name.casefold(): name for name in reversed(names)}
    close = difflib.get_close_matches(str(given).casefold(), alike, n=1, cutoff=0.0)
    remedy = f"Did you mean {alike[close[0]]!r}?" if close else ""
    return InputError(where, repr(given), f"one of {', '.join(names)}", remedy)


def _is_number(given: object) -> bool:
    number = isinstance(given, int | float | np.integer | np.floating)
    return number and not isinstance(given, bool) and math.isfinite(given)  # type: ignore[arg-type]
