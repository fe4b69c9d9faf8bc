"""Tables of full Bayes: whether the chains may be trusted, and what they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .figures_learning import by_name
from .formats import count, interval, is_absent, number, plain
from .tables import Cell, Row, Table

Entry = Mapping[str, Any]


def chains(entries: Sequence[tuple[str, Entry]], caption: str) -> Table | None:
    """Lay out how each posterior was sampled, and whether to trust it.

    Parameters
    ----------
    entries : sequence of (str, mapping)
        Printed name of the model, and its fit's ``bayes``.
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
                Cell(f"{count(found.get('chains'))} × {count(found.get('draws'))}"),
                Cell(count(found.get("warm_up"))),
                Cell(number(_extreme(found, "r_hat", max))),
                Cell(number(_extreme(found, "ess", min), 0)),
                Cell(count(found.get("divergences"))),
                Cell({True: "Yes", False: "No"}.get(found.get("trusted"), "Not known")),  # type: ignore[arg-type]
            ),
        )
        for name, found in entries
    )
    columns = (
        "Model", "Chains × draws", "Warm-up", "Largest R-hat", "Least effective sample size",
        "Divergences", "Trusted",
    )  # fmt: skip
    note = (
        "Over all parameters of group and subjects. Trusted: R-hat below 1.01, effective sample "
        "size above 400, no divergence.",
    )
    return Table(caption, columns, rows, note, kinds={6: "label"})


def _extreme(found: Entry, column: str, choose: Any) -> float | None:
    """The worst of all parameters; None where one is not known."""
    subjects = by_name(found.get("subjects"))
    blocks = [found.get("group"), *(block for _, block in subjects)]
    values = [row.get(column) for block in blocks for _, row in by_name(block)]
    if not values or any(value is None or is_absent(value) for value in values):
        return None
    return float(choose(values))


def posterior(entries: Sequence[tuple[str, Entry]], caption: str) -> Table | None:
    """Lay out posteriors of the group, with the diagnostics of each parameter.

    Parameters
    ----------
    entries : sequence of (str, mapping)
        Printed name of the model, and its fit's ``bayes``.
    caption : str
        Plain text.

    Returns
    -------
    Table or None
        One row a parameter; None without any.
    """
    blocks = [(model, found.get("group")) for model, found in entries]
    return _lay_out(blocks, "Model and parameter", caption)


def subjects(entries: Sequence[tuple[str, Entry]], caption: str) -> Table | None:
    """Lay out posteriors of each subject's parameters.

    Parameters
    ----------
    entries : sequence of (str, mapping)
        Printed name of the model, and its fit's ``bayes``.
    caption : str
        Plain text.

    Returns
    -------
    Table or None
        One row a parameter and subject; None without any.
    """
    blocks = [
        (f"{model}: {plain(name)}", block)
        for model, found in entries
        for name, block in by_name(found.get("subjects"))
    ]
    return _lay_out(blocks, "Model, parameter and subject", caption)


def _lay_out(blocks: Sequence[tuple[str, Any]], first: str, caption: str) -> Table | None:
    rows = tuple(
        Row(
            f"{title}: {plain(name)}",
            (
                Cell(number(row.get("mean"))),
                Cell(number(row.get("sd"))),
                Cell(interval(row.get("ci95") or None)),
                Cell(number(row.get("r_hat"))),
                Cell(number(row.get("ess"), 0)),
            ),
            ruled=bool(at) and index == 0,
        )
        for at, (title, block) in enumerate(blocks)
        for index, (name, row) in enumerate(by_name(block))
    )
    columns = (first, "Mean", "Deviation", "95 % interval", "R-hat", "Effective sample size")
    return Table(caption, columns, rows) if rows else None
