"""What a page shows as one figure, and helpers that every chart shares."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from .drawing import Drawing
from .formats import plain
from .palette import INK, MUTED, Color


@dataclass(frozen=True, slots=True)
class Panel:
    """One drawing with its heading.

    Attributes
    ----------
    drawing : Drawing
        Shown where there is room, and in print.
    title, note : str
        Plain text above it, and a quieter line under that.
    narrow : Drawing or None
        The same for a phone; without it the first is scaled down.
    """

    drawing: Drawing
    title: str = ""
    note: str = ""
    narrow: Drawing | None = None


@dataclass(frozen=True, slots=True)
class Plate:
    """A numbered figure of one or more panels.

    Attributes
    ----------
    panels : tuple of Panel
        Set side by side as far as the page is wide.
    caption : str
        Plain text.
    legend : tuple of (str, Color)
        Names and colors of the classes, shown above the panels.
    """

    panels: tuple[Panel, ...]
    caption: str
    legend: tuple[tuple[str, Color], ...] = ()


def clip(text: str, size: int) -> str:
    """Cut a long name so that it fits its place in a drawing.

    Parameters
    ----------
    text : str
        One line.
    size : int
        Characters that fit.

    Returns
    -------
    str
        With an ellipsis where something was cut.
    """
    text = plain(text)
    return text if len(text) <= size else text[: size - 1].rstrip() + "…"


def wrap(text: str, size: int, lines: int = 2) -> list[str]:
    """Break a name over a few lines of a drawing.

    Parameters
    ----------
    text : str
        A name.
    size : int
        Characters on a line.
    lines : int, default 2
        Most lines.

    Returns
    -------
    list of str
        At least one line, the last with an ellipsis where something was cut.
    """
    broken = textwrap.wrap(plain(text), size) or [""]
    if len(broken) <= lines:
        return broken
    return [*broken[: lines - 1], clip(" ".join(broken[lines - 1 :]), size)]


def label_width(names: Sequence[str], size: int) -> float:
    """Give the room that wrapped names of rows need at the left of their axis.

    Parameters
    ----------
    names : sequence of str
        One a row.
    size : int
        Characters on a line.

    Returns
    -------
    float
        In CSS pixels, by the width of the drawing font, which is on the generous side.
    """
    return 16 + 6.2 * max(len(line) for name in names for line in wrap(name, size))


def row_labels(drawing: Drawing, axes: Axes, names: Sequence[str], size: int) -> None:
    """Name the rows of a horizontal bar chart, on one or two lines each.

    Parameters
    ----------
    drawing : Drawing
        The drawing that the axes are on.
    axes : matplotlib.axes.Axes
        Rows stand at y = 0, 1, ….
    names : sequence of str
        One a row.
    size : int
        Characters on a line.
    """
    axes.set_yticks([])
    for row, name in enumerate(names):
        lines = wrap(name, size)
        for i, line in enumerate(lines):
            axes.annotate(
                drawing.word(line),
                (0, row),
                xycoords=axes.get_yaxis_transform(),
                xytext=(-8, 6.5 * (len(lines) - 1) - 13 * i),
                textcoords="offset points",
                ha="right",
                va="center_baseline",
                color=INK.light,
                annotation_clip=False,
            )


def labels_over_rows(drawing: Drawing, axes: Axes, names: Sequence[str], size: int) -> None:
    """Name the rows of a horizontal bar chart above their bars, where the page is narrow.

    Parameters
    ----------
    drawing : Drawing
        The drawing that the axes are on.
    axes : matplotlib.axes.Axes
        Rows stand at y = 0, 1, ….
    names : sequence of str
        One a row.
    size : int
        Characters on the line.
    """
    axes.set_yticks([])
    for row, name in enumerate(names):
        axes.annotate(
            drawing.word(clip(name, size)),
            (0, row),
            xycoords=axes.get_yaxis_transform(),
            xytext=(3, 11),
            textcoords="offset points",
            color=INK.light,
        )


def row_values(axes: Axes, values: Sequence[str]) -> None:
    """Write the values of a horizontal bar chart in a column at its right.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Rows stand at y = 0, 1, ….
    values : sequence of str
        One a row.
    """
    for row, value in enumerate(values):
        axes.annotate(
            value,
            (1, row),
            xycoords=axes.get_yaxis_transform(),
            xytext=(8, 0),
            textcoords="offset points",
            ha="left",
            va="center_baseline",
            color=MUTED.light,
            annotation_clip=False,
        )
