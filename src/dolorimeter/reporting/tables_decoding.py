"""Tables of a decoding study: confusion, comparators, modalities, features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .formats import count, interval, is_absent, number, p_value, percent, plain, significant
from .tables import Cell, Row, Table, make_rows
from .words import metric

_EQUIVALENT: Mapping[Any, str] = {True: "yes", False: "not shown"}


def confusion(block: Mapping[str, Any] | None, corner: str, caption: str) -> Table | None:
    """Lay out how often each class was called what.

    Parameters
    ----------
    block : mapping or None
        ``rows`` and ``columns`` (names) and ``counts``, a row a list.
    corner, caption : str
        Plain text; the corner names rows and columns.

    Returns
    -------
    Table or None
        Counts with the share of their row; None without counts.
    """
    if not block or not all(block.get(key) for key in ("rows", "columns", "counts")):
        return None
    rows = tuple(
        Row(plain(name), tuple(_share(n, sum(line)) for n in line))
        for name, line in zip(block["rows"], block["counts"], strict=True)
    )
    return Table(caption, (corner, *map(plain, block["columns"])), rows, compact=True)


def _share(n: float, total: float) -> Cell:
    if not total:
        return Cell(count(n))
    return Cell(count(n), percent(100 * n / total, 0), share=n / total)


def scores(entries: Sequence[tuple[str, Mapping[str, Any]]], caption: str) -> Table | None:
    """Lay out scores with their intervals and their own nulls.

    Parameters
    ----------
    entries : sequence of (str, mapping)
        Name and score of each.
    caption : str
        Plain text.

    Returns
    -------
    Table or None
        One row a score that there is; None where there is none.
    """
    known = [(name, score) for name, score in entries if not is_absent(score.get("value"))]
    if not known:
        return None
    rows = make_rows(
        (
            name,
            (
                metric(score.get("metric") or "score"),
                number(score["value"]),
                interval(score.get("ci95")),
                number(score.get("null_mean")),
                p_value(score.get("p")),
                count(score.get("n")),
            ),
        )
        for name, score in known
    )
    columns = ("", "Metric", "Score", "95 % interval", "Mean of its null", "p", "Test samples")
    return Table(caption, columns, rows, kinds={1: "name"})


def modalities(entries: Sequence[Mapping[str, Any]], caption: str) -> Table | None:
    """Lay out what the pattern made of each modality.

    Parameters
    ----------
    entries : sequence of mapping
        The results' ``specificity.modalities``.
    caption : str
        Plain text.

    Returns
    -------
    Table or None
        One row a modality; None without any.
    """
    if not entries:
        return None
    columns = (
        "Modality", "Samples", "Called pain", "Separation from pain", "Salience, pain less it",
        "Margin", "Equally salient",
    )  # fmt: skip
    return Table(caption, columns, tuple(map(_modality, entries)), kinds={6: "name"})


def _modality(entry: Mapping[str, Any]) -> Row:
    rate = entry.get("rate")
    called = "" if rate is None or is_absent(rate) else percent(100 * rate, 0)
    cells = (
        Cell(count(entry.get("n"))),
        Cell(count(entry.get("called_pain")), called),
        Cell(number(entry.get("separation"), 2), _under(entry.get("separation_ci95"))),
        Cell(number(entry.get("salience_difference"), 2), _under(entry.get("salience_ci95"))),
        Cell(number(entry.get("margin"), 2)),
        Cell(_EQUIVALENT.get(entry.get("equivalent"), "not tested")),
    )
    return Row(plain(entry["modality"]), cells)


def _under(bounds: Sequence[float | None] | None) -> str:
    return interval(bounds, 2) if bounds else ""


def top_features(
    entries: Sequence[Mapping[str, Any]], caption: str, head: str = "Feature"
) -> Table | None:
    """Lay out the features with the largest weights, with their forward pattern.

    Parameters
    ----------
    entries : sequence of mapping
        With ``feature``, ``weight`` and ``pattern``.
    caption : str
        Plain text.
    head : str, default "Feature"
        What the names are of.

    Returns
    -------
    Table or None
        One row a feature, with a bar for the size of its weight and of its pattern.
    """
    if not entries:
        return None
    largest = {
        key: max([abs(e[key]) for e in entries if not is_absent(e.get(key))], default=0.0)
        for key in ("weight", "pattern")
    }
    rows = tuple(
        Row(
            plain(entry["feature"]),
            tuple(_sized(entry.get(key), largest[key]) for key in ("weight", "pattern")),
        )
        for entry in entries
    )
    columns = (head, "Weight", "Pattern")
    return Table(caption, columns, rows, kinds={0: "label"}, compact=True, bars=True)


def _sized(value: float | None, largest: float) -> Cell:
    if value is None or is_absent(value):
        return Cell(significant(value))
    return Cell(significant(value), share=abs(value) / largest if largest else None)
