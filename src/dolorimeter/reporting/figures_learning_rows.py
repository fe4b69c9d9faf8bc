"""Rows of people: everyone as a dot, mean and standard error on top."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from .drawing import Drawing
from .figures import label_width, row_labels
from .formats import is_absent
from .palette import INK, Color


def row_frame(
    names: Sequence[str],
    colors: Sequence[Color],
    width: float,
    told: str,
    row: float,
    size: int = 12,
    right: float = 58,
) -> tuple[Drawing, Axes]:
    """Set a row for each name, at its left, with room for a value at its right.

    Parameters
    ----------
    names : sequence of str
        One a row.
    colors : sequence of Color
        All that will be drawn in.
    width : float
        Of the drawing, in CSS pixels.
    told : str
        What the drawing shows, in words.
    row : float
        Height of a row, in CSS pixels.
    size : int, default 12
        Characters of a name on a line.
    right : float, default 58
        Room for the values, in CSS pixels.

    Returns
    -------
    drawing : Drawing
        Empty.
    axes : matplotlib.axes.Axes
        Rows at y = 0, 1, … from the top.
    """
    height = row * len(names)
    drawing = Drawing(width, height + 50, told, list(colors))
    left = label_width(names, size)
    axes = drawing.axes(left, 6, width - left - right, height)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    row_labels(drawing, axes, names, size)
    return drawing, axes


def dots(axes: Axes, row: float, values: Sequence[float], color: Color, room: float = 0.62) -> None:
    """Stack the people who share a value, so that each can be seen.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Of the rows.
    row : float
        Where the row stands.
    values : sequence of float
        One a person.
    color : Color
        Of the dots.
    room : float, default 0.62
        Height that a stack may take, in rows.
    """
    seen: dict[float, int] = {}
    for value in values:
        seen[value] = seen.get(value, 0) + 1
    step = min(0.09, room / max(seen.values(), default=1))
    xs = [v for v, n in seen.items() for _ in range(n)]
    ys = [row + step * (i - (n - 1) / 2) for n in seen.values() for i in range(n)]
    axes.scatter(xs, ys, s=20, color=color.light, alpha=0.75, linewidths=0, zorder=2)


def mean_bar(axes: Axes, row: float, entry: Mapping[str, Any], height: float = 0.34) -> None:
    """Draw a mean as an upright bar over its standard error.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Of the rows.
    row : float
        Where the row stands.
    entry : mapping
        ``mean`` and ``se``, either of which may be missing.
    height : float, default 0.34
        Half the length of the bar, in rows.
    """
    mean, error = entry.get("mean"), entry.get("se")
    if mean is None or is_absent(mean):
        return
    if error is not None and not is_absent(error):
        axes.hlines(row, mean - error, mean + error, color=INK.light, lw=2.2, zorder=3)
    axes.vlines(mean, row - height, row + height, color=INK.light, lw=2.2, zorder=3)
