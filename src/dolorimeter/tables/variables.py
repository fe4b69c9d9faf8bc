"""The variable map in memory: which code of a source is which variable, in which unit."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dolorimeter.core import InputError

LOCAL = "local"
NO_VALUE = "no value"


@dataclass(frozen=True, slots=True)
class Bounds:
    """A closed interval; an open end lies one floating-point step inside.

    Attributes
    ----------
    low, high : float
        Its ends, infinite where there is none.
    """

    low: float = -math.inf
    high: float = math.inf

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> Bounds:
        """Read the fields ``above``, ``below``, ``at_least`` and ``at_most``.

        Parameters
        ----------
        table : mapping
            A checked table of the map.

        Returns
        -------
        Bounds
            The interval in which all of them hold.
        """
        low = max(
            float(table.get("at_least", -math.inf)),
            math.nextafter(float(table.get("above", -math.inf)), math.inf),
        )
        high = min(
            float(table.get("at_most", math.inf)),
            math.nextafter(float(table.get("below", math.inf)), -math.inf),
        )
        # nextafter steps from an infinite end to the largest float: that end stays open.
        return cls(
            low if "at_least" in table or "above" in table else -math.inf,
            high if "at_most" in table or "below" in table else math.inf,
        )


@dataclass(frozen=True, slots=True)
class Code:
    """One code of one source.

    Attributes
    ----------
    vocabulary : str
        Such as ``"LOINC"``; ``"local"`` for codes that are matched as they stand.
    code : str
        The code itself.
    unit : str
        Unit of its values, unless a row states one.
    empty : str
        Reason for the ledger where a row has no value.
    """

    vocabulary: str
    code: str
    unit: str
    empty: str = NO_VALUE


@dataclass(frozen=True, slots=True)
class Reading:
    """How a number is read: ``(x - subtract) * multiply``, if x lies within the bounds.

    Attributes
    ----------
    subtract, multiply : float
        The conversion.
    bounds : Bounds
        Of the number as it stands in the source.
    reason : str
        For the ledger; empty where nothing is converted.
    """

    subtract: float = 0.0
    multiply: float = 1.0
    bounds: Bounds = field(default_factory=Bounds)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable of the map.

    Attributes
    ----------
    name, unit : str
        What it is called, and the unit that its values are turned into.
    possible : Bounds
        Values outside are set missing.
    text : bool
        Whether its values may be written as text.
    could_not_tell : tuple of str
        Words that say the patient could not give a score; ``*`` stands for any ending.
    mislabeled : mapping of str to (str, Bounds, str)
        By labeled unit: the unit it is read as, when, and the reason for the ledger.
    """

    name: str
    unit: str
    possible: Bounds
    text: bool
    could_not_tell: tuple[str, ...]
    mislabeled: Mapping[str, tuple[str, Bounds, str]]


@dataclass(frozen=True, slots=True)
class Match:
    """What a code of a source was found to be.

    Attributes
    ----------
    variable : Variable
        The variable.
    code : Code
        The code.
    unit : str
        Unit written into the code, as in ``"LAB//220045//bpm"``; empty where none is.
    """

    variable: Variable
    code: Code
    unit: str = ""


@dataclass(frozen=True, slots=True)
class VariableMap:
    """The variable map, checked.

    Attributes
    ----------
    variables : mapping of str to Variable
        By name.
    codes : mapping of (str, str) to (Variable, Code)
        By vocabulary and code.
    prefixes : mapping of str to str
        From a folded prefix to its vocabulary.
    units : mapping of str to str
        From a folded spelling to its unit; to the empty string where it says nothing.
    conversions : mapping of (str, str) to Reading
        By unit from and to.
    """

    variables: Mapping[str, Variable]
    codes: Mapping[tuple[str, str], tuple[Variable, Code]]
    prefixes: Mapping[str, str]
    units: Mapping[str, str]
    conversions: Mapping[tuple[str, str], Reading]

    def find(self, text: str) -> Match | None:
        """Tell what a code means.

        Parameters
        ----------
        text : str
            The name of a variable, a local code, or a code with its vocabulary before it, such
            as ``"LOINC//8867-4"``, ``"LOINC/8867-4"`` or ``"LAB//220045//bpm"``.

        Returns
        -------
        Match or None
            None where the map does not hold it.
        """
        if (LOCAL, text) in self.codes:
            return Match(*self.codes[LOCAL, text])
        by_name = self.variables.get(text.strip().lower())
        if by_name is not None:
            return Match(by_name, Code(LOCAL, text, by_name.unit))
        if "//" in text:
            prefix, code, *unit = text.split("//")
        else:
            prefix, _, code = text.partition("/")
            unit = []
        vocabulary = self.prefixes.get(fold(prefix), "")
        found = self.codes.get((vocabulary, code.strip()))
        return None if found is None else Match(*found, "//".join(unit))

    def of(self, vocabulary: str) -> dict[str, Match]:
        """Return the codes of one vocabulary.

        Parameters
        ----------
        vocabulary : str
            Such as ``"mimic-iv"``.

        Returns
        -------
        dict of str to Match
            By code.
        """
        return {code: Match(*found) for (v, code), found in self.codes.items() if v == vocabulary}

    def reading(self, match: Match, unit: str, where: str) -> tuple[Reading, Reading | None]:
        """Tell how a number is read, and how else if that is impossible.

        Parameters
        ----------
        match : Match
            What the number belongs to.
        unit : str
            The unit that the row states; empty where it states none.
        where : str
            File and field, for the error.

        Returns
        -------
        reading : Reading
            As it is labeled; its bounds are those of the possible range.
        instead : Reading or None
            As another unit that was likely meant.

        Raises
        ------
        InputError
            If the unit is not known, or is not one of this variable.
        """
        variable = match.variable
        stated = self._known(unit, where) or self._known(match.unit, where)
        labeled = stated or match.code.unit
        other = variable.mislabeled.get(labeled)
        instead = None
        if other is not None:
            read_as, bounds, reason = other
            to_unit = self._conversion(variable, read_as, where)
            instead = Reading(to_unit.subtract, to_unit.multiply, bounds, reason)
        reading = replace(self._conversion(variable, labeled, where), bounds=variable.possible)
        return reading, instead

    def _known(self, unit: str, where: str) -> str:
        """Unit of a spelling, empty where the spelling says nothing."""
        try:
            return self.units[fold(unit)]
        except KeyError:
            known = sorted(set(self.units.values()) - {""})
            raise InputError(
                where,
                f"unknown unit {unit!r}",
                f"a spelling of one of {', '.join(known)}",
                "Add the spelling to [units] of a map of your own: docs/formats/variable-map.md.",
            ) from None

    def _conversion(self, variable: Variable, unit: str, where: str) -> Reading:
        if unit == variable.unit:
            return Reading()
        try:
            return self.conversions[unit, variable.unit]
        except KeyError:
            raise InputError(
                where,
                f"{variable.name} in {unit}",
                f"{variable.unit}, or a unit that converts to it",
                "Correct the unit, or add a [[conversions]] entry to a map of your own.",
            ) from None


def fold(text: str) -> str:
    """Spell a unit or prefix without regard to case, width and spaces.

    Parameters
    ----------
    text : str
        As it was written.

    Returns
    -------
    str
        As it is looked up.
    """
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip().casefold()
