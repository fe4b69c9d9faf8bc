"""Small tables of each model: confusion matrix, transitions, emissions (the paper's S1–S5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .formats import DASH, number, percent, plain
from .tables import Cell, Row, Table
from .words import variable


def confusions(models: Mapping[str, Any], class_names: Sequence[str]) -> tuple[Table, ...]:
    """Lay out the confusion matrices, summed over the test folds (the paper's S1, S2 Tables).

    Parameters
    ----------
    models : mapping
        The results' ``models`` of one task and one history.
    class_names : sequence of str
        In the order of the classes.

    Returns
    -------
    tuple of Table
        One a model: counts with the share of the row under them.
    """
    names = tuple(map(plain, class_names))
    return tuple(
        Table(
            plain(model["label"]),
            ("true ↓\npredicted →", *names),
            tuple(
                Row(name, _share_cells(line, _decimals(model["confusion"])))
                for name, line in zip(names, model["confusion"], strict=True)
            ),
            compact=True,
        )
        for model in models.values()
        if model.get("confusion")
    )


def _decimals(confusion: Sequence[Sequence[float]]) -> int:
    """One for the expected counts of a null model, none for counts."""
    return 0 if all(float(n).is_integer() for line in confusion for n in line) else 1


def _share_cells(line: Sequence[float], decimals: int) -> tuple[Cell, ...]:
    total = sum(line)
    if not total:
        return tuple(Cell(number(n, decimals), DASH) for n in line)
    return tuple(
        Cell(number(n, decimals), percent(100 * n / total, 0), share=n / total) for n in line
    )


def transitions(parameters: Mapping[str, Any], class_names: Sequence[str]) -> Table | None:
    """Lay out start or class prior and the transition matrix (the paper's S3 Table).

    Parameters
    ----------
    parameters : mapping
        A model's ``parameters``.
    class_names : sequence of str
        In the order of the classes.

    Returns
    -------
    Table or None
        None for a model without them.
    """
    names = tuple(map(plain, class_names))
    rows = [
        Row(title, tuple(Cell(number(p), share=p) for p in parameters[key]))
        for key, title in (("startprob", "start"), ("class_prior", "class prior"))
        if parameters.get(key)
    ]
    for i, line in enumerate(parameters.get("transmat") or ()):
        cells = tuple(Cell(number(p), share=p) for p in line)
        rows.append(Row(f"from {names[i]}", cells, ruled=i == 0 and bool(rows)))
    title = "Transitions" if parameters.get("transmat") else "Class prior"
    return Table(title, ("", *names), tuple(rows), compact=True) if rows else None


def emissions(parameters: Mapping[str, Any], class_names: Sequence[str]) -> Table | None:
    """Lay out the means and deviations of the emissions (the paper's S4, S5 Tables).

    Parameters
    ----------
    parameters : mapping
        A model's ``parameters``.
    class_names : sequence of str
        In the order of the classes.

    Returns
    -------
    Table or None
        None for a model without them.
    """
    means, deviations = parameters.get("means"), parameters.get("deviations") or {}
    if not means:
        return None
    rows = []
    for name, line in means.items():
        spread = deviations.get(name) or [None] * len(line)
        texts = (f"{number(m, 2)} ± {number(d, 2)}" for m, d in zip(line, spread, strict=True))
        rows.append(Row(variable(name), tuple(Cell(text) for text in texts)))
    columns = ("", *map(plain, class_names))
    return Table("Emissions, mean ± deviation", columns, tuple(rows), compact=True)
