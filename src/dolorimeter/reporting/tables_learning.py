"""Tables of a learning study: notices, regressors, trial types, tests, looser analyses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from . import decoding_inflation
from .decoding_inflation import NOTES as _INFLATION_NOTES
from .formats import count, interval, is_absent, number, p_value, plain
from .learning_words import cue_name, model_name, trial_type
from .tables import Cell, Row, Table, make_rows

Entry = Mapping[str, Any]
LARGE_INFLATION = 5.0  # science 2.4 warns above it


def notices(entries: Sequence[Entry], caption: str) -> Table | None:
    """Lay out what reading the data noticed.

    Parameters
    ----------
    entries : sequence of mapping
        The results' ``data.notices``: ``file``, ``row``, ``what``.
    caption : str
        Plain text.

    Returns
    -------
    Table or None
        One row a notice; None without any.
    """
    if not entries:
        return None
    rows = make_rows(
        (
            entry.get("file") or "the data set",
            (
                "" if is_absent(entry.get("row")) else count(entry["row"]),
                plain(entry.get("what") or ""),
            ),
        )
        for entry in entries
    )
    columns = ("File", "Row", "What was noticed")
    return Table(caption, columns, rows, kinds={0: "prose", 2: "prose"})


def efficiency(block: Entry, caption: str) -> Table | None:
    """Lay out how much the planned regressors overlap.

    Parameters
    ----------
    block : mapping
        The results' ``design.efficiency``.
    caption : str
        Plain text.

    Returns
    -------
    Table or None
        One row a regressor; None without any.
    """
    names = block.get("regressors") or ()
    if not names:
        return None
    most = block.get("most") or [None] * len(names)
    rows = make_rows(
        (
            plain(name).replace("_", " "),
            (_inflation(value), *([_inflation(top)] if block.get("most") else []), _overlap(value)),
        )
        for name, value, top in zip(
            names, block.get("variance_inflation") or (), most, strict=False
        )
    )
    columns = ("Regressor", "Variance inflation", *(["Most"] if block.get("most") else []), "")
    return Table(caption, columns, rows, kinds={len(columns) - 1: "name"}, compact=True)


def _inflation(value: float | None) -> str:
    return "without limit" if is_absent(value) else number(value, 2)


def _overlap(value: float | None) -> str:
    return "above 5" if value is None or is_absent(value) or value > LARGE_INFLATION else ""


def trial_types(entries: Sequence[Entry], caption: str) -> Table | None:
    """Lay out mean value and errors of each kind of trial.

    Parameters
    ----------
    entries : sequence of mapping
        The results' ``learned.trial_types``.
    caption : str
        Plain text.

    Returns
    -------
    Table or None
        One row a kind; None without any.
    """
    if not entries:
        return None
    rows = make_rows(
        (
            trial_type(entry.get("cue"), entry.get("outcome")),
            (
                count(entry.get("n")),
                *(number(entry.get(k)) for k in ("value", "cue_error", "outcome_error")),
            ),
        )
        for entry in entries
    )
    columns = ("Trials", "Number", "Value", "Error at the cue", "Error at the outcome")
    return Table(caption, columns, rows, compact=True)


def surprise(entries: Sequence[Entry], caption: str) -> Table | None:
    """Lay out how well learners foresee a sequence that no measure goes with.

    Parameters
    ----------
    entries : sequence of mapping
        The results' ``sequences``: ``model``, ``parameters``, ``surprise``, ``ci95``, ``subjects``.
    caption : str
        Plain text.

    Returns
    -------
    Table or None
        One row a learner; None without any.
    """
    if not entries:
        return None
    rows = tuple(
        Row(
            model_name(plain(entry.get("model") or ""), entry.get("label")),
            (
                Cell(plain(entry.get("parameters") or "")),
                Cell(number(entry.get("surprise")), _under(entry.get("ci95"))),
                Cell(count(entry.get("subjects"))),
            ),
        )
        for entry in entries
    )
    columns = ("Learner", "Parameters", "Surprise, bits", "Subjects")
    notes = ("Under a surprise: its 95 % interval over subjects.",)
    return Table(caption, columns, rows, notes, {1: "name"}, compact=True)


def preference_tests(tests: Sequence[Entry], caption: str) -> Table | None:
    """Lay out the tests between preference scores.

    Parameters
    ----------
    tests : sequence of mapping
        The results' ``behaviour.preferences.tests``.
    caption : str
        Plain text.

    Returns
    -------
    Table or None
        One row a pair of cues; None without any.
    """
    if not tests:
        return None
    rows = make_rows(
        (
            f"{cue_name(test.get('a'))} against {cue_name(test.get('b'))}",
            (number(test.get("statistic"), 1), p_value(test.get("p")), count(test.get("n"))),
        )
        for test in tests
    )
    return Table(caption, ("Cues", "W", "p", "Subjects"), rows, compact=True)


def paired(entries: Sequence[Entry], caption: str) -> Table | None:
    """Lay out paired comparisons.

    Parameters
    ----------
    entries : sequence of mapping
        The results' ``behaviour.paired``.
    caption : str
        Plain text.

    Returns
    -------
    Table or None
        One row a comparison; None without any.
    """
    if not entries:
        return None
    rows = tuple(
        Row(
            plain(entry.get("question") or ""),
            (
                Cell(number(entry.get("mean_a"), 2), plain(entry.get("a") or "")),
                Cell(number(entry.get("mean_b"), 2), plain(entry.get("b") or "")),
                Cell(number(entry.get("difference"), 2), _under(entry.get("ci95"), 2)),
                Cell(p_value(entry.get("p"))),
                Cell(count(entry.get("n"))),
            ),
        )
        for entry in entries
    )
    columns = ("Question", "Mean", "Mean", "Difference", "p", "Subjects")
    notes = ("Under a difference: its 95 % interval.",)
    return Table(caption, columns, rows, notes, kinds={0: "prose"})


def _under(bounds: Sequence[float | None] | None, decimals: int = 3) -> str:
    return interval(bounds, decimals) if bounds and not any(map(is_absent, bounds)) else ""


def inflation(entries: Sequence[Entry], caption: str) -> Table | None:
    """Lay out what looser analyses add.

    Parameters
    ----------
    entries : sequence of mapping
        The results' ``inflation``.
    caption : str
        Plain text.

    Returns
    -------
    Table or None
        One row a comparison; None where nothing was measured.
    """
    table = decoding_inflation.inflation(entries, caption)
    change = (
        "Change: the looser analysis less the stricter, on the same trials, with its 95 % interval."
    )
    return table and replace(table, notes=(change, _INFLATION_NOTES[-1]))
