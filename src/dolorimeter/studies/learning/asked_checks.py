"""Whether tables beside the trials mean something; one line for what does not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dolorimeter.core import InputError

SUBJECT = "subject"
YES, NO = ("true", "yes", "1", "1.0"), ("false", "no", "0", "0.0")
PLEASANT = ("pleasant", "unpleasant")
LEVELS = {
    "when": ("before", "after"),
    "skin": ("treated", "untreated"),
    "change": ("baseline", "increase", "decrease"),
}
SCALES = {"pain": (0.0, 10.0), "pleasantness": (-10.0, 10.0)}
LIMITS = {
    "temperature": (0.0, 60.0),
    "rating": (0.0, 10.0),
    "baseline_temperature": (0.0, 60.0),
    "exacerbation_temperature": (0.0, 60.0),
    "decrease_pleasantness": (0.0, 10.0),
    **SCALES,
}
ABOUT_PEOPLE = (
    "baseline_temperature", "exacerbation_temperature", "decrease_is", "decrease_pleasantness",
    "aware",
)  # fmt: skip


def check_steps(table: pd.DataFrame) -> pd.DataFrame:
    """Check a table of calibration and turn it into numbers.

    Parameters
    ----------
    table : DataFrame
        Text; ``subject``, ``temperature``, ``rating``, and ``step`` where rows are out of order.

    Returns
    -------
    DataFrame
        By subject in the order of the steps.

    Raises
    ------
    InputError
        If a column is missing or a number has no meaning.
    """
    _need("calibration", table, ("temperature", "rating"))
    numbers = {name: _numbers("calibration", table, name) for name in ("temperature", "rating")}
    for name, values in numbers.items():
        if values.isna().any():
            raise InputError(
                data_row("calibration", values.isna()), f"no {name}", "a number each step"
            )
    checked = table.assign(**numbers)
    if "step" in table:
        order = pd.to_numeric(table["step"], errors="coerce")
        if order.isna().any():
            raise InputError(
                data_row("calibration", order.isna()), "a step without number", "1, 2, …"
            )
        checked = checked.assign(step=order).sort_values("step", kind="stable")
    return checked


def check_ratings(table: pd.DataFrame) -> pd.DataFrame:
    """Check a table of ratings before and after, and turn it into numbers.

    Parameters
    ----------
    table : DataFrame
        Text; ``subject``, ``when``, ``skin``, ``change`` and ``pain``, ``pleasantness`` or both.

    Returns
    -------
    DataFrame
        The same rows.

    Raises
    ------
    InputError
        If a column is missing, a word or number has no meaning, or a stimulus was rated twice.
    """
    _need("ratings", table, tuple(LEVELS))
    for name, words in LEVELS.items():
        wrong = ~table[name].isin(words)
        if wrong.any():
            found = repr(table[name][wrong].iloc[0])
            raise InputError(
                f"{data_row('ratings', wrong)}, {name}", found, f"{' or '.join(words)}"
            )
    twice = table.duplicated([SUBJECT, *LEVELS])
    if twice.any():
        raise InputError(data_row("ratings", twice), "a stimulus rated twice", "one row a stimulus")
    scales = [name for name in SCALES if name in table]
    if not scales:
        raise InputError("ratings", "no column of ratings", " or ".join(SCALES))
    return table.assign(**{name: _numbers("ratings", table, name) for name in scales})


def check_people(table: pd.DataFrame) -> pd.DataFrame:
    """Check a table of people and turn it into numbers and answers.

    Parameters
    ----------
    table : DataFrame
        Text; ``subject`` and any of temperatures, ``decrease_is``, ``decrease_pleasantness``,
        ``aware``.

    Returns
    -------
    DataFrame
        With all of these columns; ``decrease_is`` and ``aware`` as 1, 0 or missing.

    Raises
    ------
    InputError
        If a person stands there twice, or a word or number has no meaning.
    """
    twice = table.duplicated(SUBJECT)
    if twice.any():
        who = table[SUBJECT][twice].iloc[0]
        raise InputError(
            data_row("participants", twice), f"subject {who} again", "one row a person"
        )
    columns = {SUBJECT: table[SUBJECT]}
    for name in ABOUT_PEOPLE:
        given = table.get(name, pd.Series(np.nan, table.index))
        if name in LIMITS:
            columns[name] = _numbers("participants", table.assign(**{name: given}), name)
        else:
            pair = ((PLEASANT[0],), (PLEASANT[1],)) if name == "decrease_is" else (YES, NO)
            columns[name] = _answers(name, given, *pair)
    return pd.DataFrame(columns)


def _answers(name: str, given: pd.Series, yes: tuple[str, ...], no: tuple[str, ...]) -> pd.Series:
    words = given.astype("object").where(given.notna(), "").astype(str).str.strip().str.lower()
    wrong = ~words.isin((*yes, *no, ""))
    if wrong.any():
        rule = f"{yes[0]}, {no[0]} or n/a"
        raise InputError(
            f"{data_row('participants', wrong)}, {name}", repr(given[wrong].iloc[0]), rule
        )
    return words.map(dict.fromkeys(yes, 1.0) | dict.fromkeys(no, 0.0)).astype(float)


def _numbers(of: str, table: pd.DataFrame, name: str) -> pd.Series:
    values = pd.to_numeric(table[name], errors="coerce")
    low, high = LIMITS[name]
    wrong = (values.isna() & table[name].notna()) | (values < low) | (values > high)
    if wrong.any():
        where = f"{data_row(of, wrong)}, {name}"
        rule = f"a number from {low:g} to {high:g}"
        raise InputError(where, repr(table[name][wrong].iloc[0]), rule)
    return values.astype(float)


def _need(of: str, table: pd.DataFrame, columns: tuple[str, ...]) -> None:
    missing = [name for name in columns if name not in table]
    if missing:
        needed = ", ".join((SUBJECT, *columns))
        raise InputError(of, f"no column {missing[0]!r}", f"the columns {needed}")


def data_row(of: str, wrong: pd.Series) -> str:
    """Name the first data row of which something is wrong.

    Parameters
    ----------
    of : str
        The table.
    wrong : Series of bool
        By row, at least one of them True.

    Returns
    -------
    str
        Such as ``"ratings, data row 3"``, counted from 1 without the header.
    """
    return f"{of}, data row {int(np.flatnonzero(wrong)[0]) + 1}"
