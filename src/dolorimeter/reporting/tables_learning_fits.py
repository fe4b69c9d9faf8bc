"""Tables of fitted models: parameters, sensitivity of the learning rate, comparison, recovery."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .figures_learning import by_name
from .formats import count, interval, is_absent, number, p_value, percent, plain
from .learning_words import HOW, cue_name
from .tables import Cell, Row, Table, make_rows

Entry = Mapping[str, Any]
_IDENTIFIED: Mapping[Any, str] = {True: "identified", False: "not identified"}


def fits(entries: Sequence[tuple[str, Entry]], caption: str) -> Table | None:
    """Lay out how well each model fits a measure, and whether its parameters are identified.

    Parameters
    ----------
    entries : sequence of (str, mapping)
        Printed name and fit of each model.
    caption : str
        Plain text.

    Returns
    -------
    Table or None
        One row a model; None without any.
    """
    if not entries:
        return None
    rows = tuple(
        Row(
            name,
            (
                Cell(HOW.get(fit.get("how") or "", plain(fit.get("how") or "not known"))),
                Cell(count(fit.get("subjects"))),
                Cell(number(fit.get("log_likelihood"), 1)),
                Cell(number(fit.get("bic"), 1)),
                Cell(number(fit.get("cv_log_likelihood"), 1)),
                Cell(_reason(fit)),
            ),
        )
        for name, fit in entries
    )
    columns = (
        "Model", "Fitted", "Subjects", "Log-likelihood", "BIC", "Held-out log-likelihood",
        "Parameters",
    )  # fmt: skip
    return Table(caption, columns, rows, kinds={1: "name", 6: "prose"})


def _reason(fit: Entry) -> str:
    word = _IDENTIFIED.get(fit.get("identified"), "not examined")
    reason = plain(fit.get("reason") or "")
    return f"{word[:1].upper()}{word[1:]}{f': {reason[:1].lower()}{reason[1:]}' if reason else ''}"


def parameters(entries: Sequence[tuple[str, Entry]], caption: str) -> Table | None:
    """Lay out the group's parameters of each model.

    Parameters
    ----------
    entries : sequence of (str, mapping)
        Printed name and fit of each model.
    caption : str
        Plain text.

    Returns
    -------
    Table or None
        One row a parameter; None without any.
    """
    rows = tuple(
        Row(
            f"{model}: {plain(name)}",
            (
                Cell(number(entry.get("group"))),
                Cell(interval(entry.get("ci95") or None)),
                *_range(entry.get("each") or ()),
            ),
            ruled=bool(at) and index == 0,
        )
        for at, (model, fit) in enumerate(entries)
        for index, (name, entry) in enumerate(by_name(fit.get("parameters")))
    )
    columns = ("Model and parameter", "Group", "95 % interval", "Least subject", "Greatest subject")
    return Table(caption, columns, rows) if rows else None


def _range(each: Sequence[float | None]) -> tuple[Cell, Cell]:
    there = [value for value in each if value is not None and not is_absent(value)]
    return Cell(number(min(there, default=None))), Cell(number(max(there, default=None)))


def sensitivity(criterion: Entry, caption: str) -> Table | None:
    """Lay out how the chosen learning rate moves with what the paper leaves open.

    Parameters
    ----------
    criterion : mapping
        One of the results' ``criterion``.
    caption : str
        Plain text.

    Returns
    -------
    Table or None
        The result itself, then each variation; None where nothing was varied.
    """
    dropped, fixed = criterion.get("without_first_ten"), criterion.get("default")
    where = "the rate fixed beforehand" if fixed else "that alpha"
    varied = [("Without the first ten trials", dropped)] if dropped else []
    varied += [(_started(entry), entry) for entry in criterion.get("v0") or () if entry]
    if not varied:
        return None
    rows = make_rows(
        (name, (number(entry.get("alpha"), 2), number(entry.get("r")), p_value(entry.get("p"))))
        for name, entry in [("As reported", {**criterion, **(fixed or {})}), *varied]
    )
    columns = ("", "Best alpha", *(f"{name} at {where}" for name in ("r", "p")))
    return Table(caption, columns, rows, compact=True)


def _started(entry: Entry) -> str:
    what = plain(entry.get("what") or "")
    return f"v0 = {number(entry.get('v0'), 2)}{f', {what}' if what else ''}"


def by_cue(entries: Mapping[str, Any] | None, caption: str) -> Table | None:
    """Lay out the correlation with the value, cue by cue.

    Parameters
    ----------
    entries : mapping or None
        One of the results' ``criterion``'s ``by_cue``.
    caption : str
        Plain text.

    Returns
    -------
    Table or None
        One row a cue; None without any.
    """
    kept = by_name(entries)
    if not kept:
        return None
    rows = make_rows(
        (cue_name(cue), (number(entry.get("r")), p_value(entry.get("p")))) for cue, entry in kept
    )
    return Table(caption, ("Cue", "r", "p"), rows, compact=True)


_COMPARED = {
    "bic": ("BIC", 1),
    "cv": ("Held-out log-likelihood", 1),
    "frequencies": ("Expected share", 3),
    "exceedance": ("Exceedance", 3),
    "protected": ("Protected exceedance", 3),
}


def comparison(block: Entry, names: Sequence[str], caption: str) -> Table | None:
    """Lay out every criterion of every model.

    Parameters
    ----------
    block : mapping
        One of the results' ``comparison``.
    names : sequence of str
        Printed names of its models, in their order.
    caption : str
        Plain text.

    Returns
    -------
    Table or None
        One row a model, one column a criterion that was computed; None without any.
    """
    kept = [key for key in _COMPARED if len(block.get(key) or ()) == len(names) > 0]
    if not kept:
        return None
    rows = make_rows(
        (name, [number(block[key][row], _COMPARED[key][1]) for key in kept])
        for row, name in enumerate(names)
    )
    return Table(caption, ("Model", *(_COMPARED[key][0] for key in kept)), rows, compact=True)


def model_confusion(
    block: Entry, true: Sequence[str], chosen: Sequence[str], caption: str
) -> Table | None:
    """Lay out which model was chosen when which was true.

    Parameters
    ----------
    block : mapping
        The results' ``recovery.models``: ``confusion``, rows true and columns chosen, as shares.
    true, chosen : sequence of str
        Printed names, in the order of rows and of columns.
    caption : str
        Plain text.

    Returns
    -------
    Table or None
        Shares of each row; None without any.
    """
    lines = block.get("confusion") or ()
    if not lines or not true:
        return None
    rows = tuple(
        Row(name, tuple(_share(value) for value in line))
        for name, line in zip(true, lines, strict=False)
    )
    return Table(caption, ("true ↓\nchosen →", *chosen), rows, compact=True)


def _share(value: float | None) -> Cell:
    if value is None or is_absent(value):
        return Cell(number(value))
    return Cell(percent(100 * value, 0), share=max(0.0, min(1.0, value)))


def recovered(entries: Sequence[tuple[str, Entry]], caption: str) -> Table | None:
    """Lay out what came back of each planted parameter.

    Parameters
    ----------
    entries : sequence of (str, mapping)
        Printed name of the model, and one of the results' ``recovery.each``.
    caption : str
        Plain text.

    Returns
    -------
    Table or None
        One row a parameter; None without any.
    """
    if not entries:
        return None
    rows = make_rows(
        (
            f"{model}: {plain(entry.get('name') or '')}",
            [number(entry.get(key)) for key in ("r", "bias", "rmse")],
        )
        for model, entry in entries
    )
    columns = ("Model and parameter", "Correlation", "Bias", "Root mean squared error")
    return Table(caption, columns, rows, compact=True)
