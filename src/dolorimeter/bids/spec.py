"""Which rows of a data set's events are trials, and where what belongs to a trial stands."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dolorimeter.core import InputError

from .onsets import ONSETS
from .yaml_mapping import load_mapping

MATCHES = ("same", "next", "previous", "trial")
EVERY_OTHER = "*"
Values = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows by what stands in them.

    Attributes
    ----------
    values : mapping of str to tuple of str
        By column the words that will do; ``("*",)`` for anything but ``n/a``.
    """

    values: Mapping[str, Values] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """Where one thing about a trial stands.

    Attributes
    ----------
    column : str
        Its column.
    rows : Rows
        Which rows may hold it.
    match : {"same", "next", "previous", "trial"}
        The trial's own row; the first such row below it and above the next trial; the last such row
        above it and below the trial before; or the first such row with the same trial number.
    scale : tuple of (float, float) or None
        Least and largest that a measure may be.
    times, plus : float
        What a number is multiplied by, and what is then added.
    as_number : bool
        Write a word that is a number in its shortest form: ``"44.300000"`` as ``"44.3"``.
    """

    column: str
    rows: Rows = field(default_factory=Rows)
    match: str = "same"
    scale: tuple[float, float] | None = None
    times: float = 1.0
    plus: float = 0.0
    as_number: bool = False


@dataclass(frozen=True, slots=True)
class TrialSpec:
    """A mapping from events to trials.

    Attributes
    ----------
    name : str
        How to call it in messages.
    trials : Rows or str
        The rows that are trials, one each; or the column whose number says to which trial a row
        belongs.
    cue, outcome : str, Source or tuple of Source
        A word for all trials, where the word of each stands, or several that are joined.
    onset, outcome_onset : Source or None
        Where the seconds stand; None where unknown.
    utility : mapping of str to float, or Source
        By outcome, or where it stands.
    measures, quantities : mapping of str to Source
        Numbers by name; ``"*"`` for every column that is not named elsewhere.
    task : str or None
        The task whose runs to take; None for all.
    onsets : {"as-given", "from-run-start"}
        What to do where they accumulate over runs.
    """

    name: str
    trials: Rows | str
    cue: str | tuple[Source, ...]
    outcome: str | tuple[Source, ...]
    utility: Mapping[str, float] | Source
    onset: Source | None = None
    outcome_onset: Source | None = None
    measures: Mapping[str, Source] = field(default_factory=dict)
    quantities: Mapping[str, Source] = field(default_factory=dict)
    task: str | None = None
    onsets: str = "as-given"


_KEYS = (
    "format", "title", "notes", "task", "onsets", "trials", "cue", "outcome", "onset",
    "outcome_onset", "utility", "measures", "quantities",
)  # fmt: skip


def read_spec(spec: str | Path | Mapping[str, Any] | TrialSpec) -> TrialSpec:
    """Read a mapping from events to trials.

    Parameters
    ----------
    spec : str, Path, mapping or TrialSpec
        Name of a preset, a YAML file, or its content. ``docs/formats/bids.md`` lists the keys.

    Returns
    -------
    TrialSpec
        Checked as far as that goes without data.

    Raises
    ------
    InputError
        If a key is unknown or missing, or a value cannot be used.
    """
    if isinstance(spec, TrialSpec):
        return spec
    name, given = ("spec", dict(spec)) if isinstance(spec, Mapping) else load_mapping(spec)
    _check_keys(name, given, _KEYS)
    if given.get("format", 1) != 1:
        raise InputError(f"{name}: format", repr(given["format"]), "1")
    for key in ("trials", "outcome", "utility"):
        if key not in given:
            raise InputError(name, f"no key {key!r}", "trials, outcome and utility at least")
    onsets = str(given.get("onsets", "as-given"))
    if onsets not in ONSETS:
        raise InputError(f"{name}: onsets", repr(onsets), f"one of {', '.join(ONSETS)}")
    by_trial = isinstance(given["trials"], Mapping) and set(given["trials"]) == {"by"}
    return TrialSpec(
        name,
        str(given["trials"]["by"]) if by_trial else _rows(f"{name}: trials", given["trials"]),
        _words(f"{name}: cue", given.get("cue", "")),
        _words(f"{name}: outcome", given["outcome"]),
        _utility(f"{name}: utility", given["utility"]),
        _time(f"{name}: onset", given.get("onset")),
        _time(f"{name}: outcome_onset", given.get("outcome_onset")),
        _sources(f"{name}: measures", given.get("measures")),
        _sources(f"{name}: quantities", given.get("quantities")),
        None if given.get("task") is None else str(given["task"]),
        onsets,
    )


def _check_keys(where: str, given: Iterable[object], known: tuple[str, ...]) -> None:
    for key in given:
        if key not in known:
            near = difflib.get_close_matches(str(key), known, 1, 0.5)
            remedy = f"Did you mean {near[0]!r}?" if near else ""
            raise InputError(where, f"key {key!r}", f"one of {', '.join(known)}", remedy)


def _rows(where: str, given: object) -> Rows:
    if not isinstance(given, Mapping) or not given:
        raise InputError(where, repr(given)[:80], "columns with the words that will do")
    values = {}
    for column, words in given.items():
        every = list(words) if isinstance(words, list | tuple) else [words]
        if not every or any(isinstance(word, Mapping | list | bool) for word in every):
            raise InputError(f"{where}: {column}", repr(words)[:80], "a word or a list of words")
        values[str(column)] = tuple("n/a" if word is None else str(word) for word in every)
    return Rows(values)


_SOURCE_KEYS = ("column", "rows", "match", "scale", "times", "plus", "as_number")


def _source(where: str, given: object) -> Source:
    if isinstance(given, str):
        return Source(given)
    if not isinstance(given, Mapping) or "column" not in given:
        raise InputError(where, repr(given)[:80], "a column, or a mapping with the key 'column'")
    _check_keys(where, given, _SOURCE_KEYS)
    rows = _rows(f"{where}: rows", given["rows"]) if given.get("rows") else Rows()
    match = given.get("match", "same")
    if match not in MATCHES:
        raise InputError(f"{where}: match", repr(match), f"one of {', '.join(MATCHES)}")
    if match in ("next", "previous") and not rows.values:
        raise InputError(where, f"match {match} without rows", "which rows may hold it")
    return Source(
        str(given["column"]),
        rows,
        match,
        _scale(f"{where}: scale", given.get("scale")),
        _number(f"{where}: times", given.get("times", 1)),
        _number(f"{where}: plus", given.get("plus", 0)),
        given.get("as_number") is True,
    )


def _words(where: str, given: object) -> str | tuple[Source, ...]:
    if given is None or given == "":
        return ""
    if isinstance(given, Mapping) and set(given) == {"word"}:
        return str(given["word"])
    parts = given if isinstance(given, list) else [given]
    return tuple(_source(where, part) for part in parts)


def _time(where: str, given: object) -> Source | None:
    return None if given is None or given == "n/a" else _source(where, given)


def _sources(where: str, given: object) -> dict[str, Source]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise InputError(where, repr(given)[:80], "names with where they stand")
    found = {}
    for name, source in given.items():
        every = name == EVERY_OTHER and isinstance(source, Mapping)
        whole = {"column": EVERY_OTHER, **source} if every else source
        found[str(name)] = _source(f"{where}: {name}", whole)
    return found


def _utility(where: str, given: object) -> Mapping[str, float] | Source:
    if isinstance(given, Mapping) and given and "column" not in given:
        return {str(k): _number(f"{where}: {k}", value) for k, value in given.items()}
    return _source(where, given)


def _number(where: str, value: object) -> float:
    ok = isinstance(value, int | float) and not isinstance(value, bool)
    if not ok or not abs(float(value)) < float("inf"):  # type: ignore[arg-type]
        raise InputError(where, repr(value), "a finite number")
    return float(value)  # type: ignore[arg-type]


def _scale(where: str, given: object) -> tuple[float, float] | None:
    if given is None:
        return None
    if not isinstance(given, list | tuple) or len(given) != 2:
        raise InputError(where, repr(given), "the least and the largest value")
    least, largest = (_number(where, value) for value in given)
    if not least < largest:
        raise InputError(where, repr(given), "the least value first")
    return least, largest
