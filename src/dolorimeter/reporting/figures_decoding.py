"""Figures of a decoding score: against its permutation null, by fold and subject, by comparator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from .drawing import Drawing
from .figures import Panel, Plate, label_width, labels_over_rows, row_labels, row_values
from .formats import count, is_absent, number, plain
from .palette import ACCENT, INK, MUTED, SOFT
from .words import metric

_DASHED = (0, (4, 3))
_MOST_NAMED = 16


def null_histogram(score: Mapping[str, Any], caption: str) -> Plate | None:
    """Draw the null by relabelling, the observed score, and the nominal chance that is no null.

    Parameters
    ----------
    score : mapping
        A score of the results, with ``null_histogram``.
    caption : str
        Plain text.

    Returns
    -------
    Plate or None
        One panel; None where there is no null.
    """
    histogram = score.get("null_histogram") or {}
    drawable = histogram.get("edges") and histogram.get("counts")
    if not drawable or is_absent(score.get("value")):
        return None
    wide, narrow = (_null(score, histogram, width) for width in (560, 340))
    return Plate((Panel(wide, narrow=narrow),), caption)


def _null(score: Mapping[str, Any], histogram: Mapping[str, Any], width: float) -> Drawing:
    name = metric(score.get("metric") or "score")
    value, mean, chance = score["value"], score.get("null_mean"), score.get("chance")
    marks = [
        (value, f"observed {number(value)}", ACCENT, "-", 2.4),
        (mean, f"mean of the null {number(mean)}", INK, "-", 1.4),
        (chance, f"nominal {number(chance)}, not the null", MUTED, _DASHED, 1.2),
    ]
    marks = [mark for mark in marks if not is_absent(mark[0])]
    told = ", ".join(mark[1] for mark in marks)
    drawing = Drawing(width, 248, f"{name} against its null of relabelled data: {told}")
    axes = drawing.axes(12, 58, width - 24, 146)
    edges, counts = np.asarray(histogram["edges"]), histogram["counts"]
    axes.bar(edges[:-1], counts, np.diff(edges), align="edge", color=SOFT.light, alpha=0.55)
    ends = [*edges, *(mark[0] for mark in marks)]
    margin = 0.04 * (max(ends) - min(ends) or 1)
    axes.set(xlim=(min(ends) - margin, max(ends) + margin), yticks=[], xlabel=name)
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(6 if width > 400 else 4))
    for tier, (at, text, color, look, weight) in enumerate(marks):
        _flag(axes, at, text, color.light, look, weight, 40 - 17 * tier)
    return drawing


def _flag(
    axes: Axes, at: float, text: str, color: str, look: Any, weight: float, above: float
) -> None:
    """Draw an upright line that carries its text on a tier of its own above the axes."""
    pixels = axes.get_window_extent().height
    low, high = axes.get_xlim()
    right = at > (low + high) / 2
    axes.plot(
        [at, at],
        [0, 1 + (above + 11) / pixels],
        transform=axes.get_xaxis_transform(),
        color=color,
        ls=look,
        lw=weight,
        clip_on=False,
    )
    axes.annotate(
        text,
        (at, 1),
        xycoords=axes.get_xaxis_transform(),
        xytext=(-6 if right else 6, above),
        textcoords="offset points",
        ha="right" if right else "left",
        color=color,
        fontweight="bold" if color == ACCENT.light else "normal",
        annotation_clip=False,
    )


def unit_scores(
    units: Sequence[tuple[str, float | None]], score: Mapping[str, Any], caption: str
) -> Plate | None:
    """Draw the score of each fold or subject, beside the score of all and the mean of its null.

    Parameters
    ----------
    units : sequence of (str, float or None)
        Name and score of each.
    score : mapping
        The score of all.
    caption : str
        Plain text.

    Returns
    -------
    Plate or None
        One panel: named rows where they are few, else points in order of size; None without any.
    """
    known = [(plain(name), value) for name, value in units if not is_absent(value)]
    if not known:
        return None
    if len(known) <= _MOST_NAMED:
        return Plate((Panel(_named(known, score)),), caption)
    wide, narrow = (_sorted(known, score, width) for width in (560, 340))
    return Plate((Panel(wide, narrow=narrow),), caption)


def _named(units: Sequence[tuple[str, Any]], score: Mapping[str, Any]) -> Drawing:
    names = [name for name, _ in units]
    told = "; ".join(f"{name} {number(value)}" for name, value in units)
    drawing = Drawing(350, 25 * len(units) + 62, f"Score of each: {told}")
    left = label_width(names, 18)
    axes = drawing.axes(left, 8, 350 - left - 52, 25 * len(units))
    values = [value for _, value in units]
    axes.scatter(values, range(len(units)), s=42, color=ACCENT.light, zorder=3)
    axes.set(ylim=(len(units) - 0.5, -0.5), xlim=_limits(values, score), xlabel=_name(score))
    axes.xaxis.set_major_locator(MaxNLocator(4))
    _reference(axes.axvline, score)
    row_labels(drawing, axes, names, 18)
    row_values(axes, [number(value) for value in values])
    return drawing


def _sorted(units: Sequence[tuple[str, Any]], score: Mapping[str, Any], width: float) -> Drawing:
    values = sorted(value for _, value in units)
    told = f"{len(values)} scores from {number(values[0])} to {number(values[-1])}"
    drawing = Drawing(width, 220, told)
    axes = drawing.axes(48, 10, width - 60, 160)
    axes.scatter(range(1, len(values) + 1), values, s=11, color=ACCENT.light, linewidths=0)
    axes.set(ylim=_limits(values, score), ylabel=_name(score))
    axes.set(xlim=(0, len(values) + 1), xlabel=f"all {count(len(values))}, in order of their score")
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    _reference(axes.axhline, score)
    return drawing


def _name(score: Mapping[str, Any]) -> str:
    return metric(score.get("metric") or "score")


def _reference(line: Any, score: Mapping[str, Any]) -> None:
    """Draw the score of all, and the mean of its null dotted."""
    if not is_absent(score.get("value")):
        line(score["value"], color=ACCENT.light, lw=1.3, zorder=1)
    if not is_absent(score.get("null_mean")):
        line(score["null_mean"], color=INK.light, lw=1.3, ls=(0, (1, 2)), zorder=1)


def _limits(values: Sequence[float], score: Mapping[str, Any]) -> tuple[float, float]:
    marks = [score.get("value"), score.get("null_mean")]
    ends = [*values, *(mark for mark in marks if mark is not None and not is_absent(mark))]
    margin = 0.06 * (max(ends) - min(ends)) or 0.05
    return min(ends) - margin, max(ends) + margin


def comparators(scores: Sequence[tuple[str, Mapping[str, Any]]], caption: str) -> Plate | None:
    """Draw the study's score over those of its comparators, each with the mean of its own null.

    Parameters
    ----------
    scores : sequence of (str, mapping)
        Name and score of each, the study's first.
    caption : str
        Plain text.

    Returns
    -------
    Plate or None
        One panel of rows; None where nothing was compared.
    """
    known = [(name, score) for name, score in scores if not is_absent(score.get("value"))]
    if len(known) < 2:
        return None
    wide, narrow = (_compared(known, above) for above in (False, True))
    return Plate((Panel(wide, narrow=narrow),), caption)


def _compared(scores: Sequence[tuple[str, Mapping[str, Any]]], above: bool) -> Drawing:
    names = [name for name, _ in scores]
    told = "; ".join(f"{name} {number(score['value'])}" for name, score in scores)
    left = 10.0 if above else label_width(names, 28)
    inner, height = 276 if above else 300, (42 if above else 32) * len(scores)
    drawing = Drawing(left + inner + 52, height + 58, f"Scores: {told}")
    axes = drawing.axes(left, 8, inner, height)
    for row, (_, score) in enumerate(scores):
        _score_row(axes, row, score, first=row == 0)
    axes.set_ylim(len(scores) - 0.5, -0.75 if above else -0.5)
    axes.set_xlabel(_name(scores[0][1]))
    axes.margins(x=0.06)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    (labels_over_rows if above else row_labels)(drawing, axes, names, 40 if above else 28)
    row_values(axes, [number(score["value"]) for _, score in scores])
    return drawing


def _score_row(axes: Axes, row: int, score: Mapping[str, Any], first: bool) -> None:
    ends = [end for end in score.get("ci95") or () if not is_absent(end)]
    if len(ends) == 2:
        axes.hlines(row, *ends, color=INK.light, lw=1.3)
    axes.scatter(
        [score["value"]], [row], s=52, marker="o" if first else "s", color=ACCENT.light, zorder=3
    )
    if not is_absent(score.get("null_mean")):
        axes.vlines(score["null_mean"], row - 0.26, row + 0.26, color=MUTED.light, lw=2.4)
