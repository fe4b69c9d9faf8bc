"""The figure of one stay: pain, vital signs, and the posterior under them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from .drawing import Drawing
from .figures import Panel, Plate, clip
from .formats import plain
from .palette import ACCENT, INK, MUTED, SOFT, SURFACE, class_colors
from .words import variable, variable_with_unit

Numbers = np.ndarray[Any, np.dtype[np.float64]]

# Heights in CSS pixels: pain, one vital, the posterior, and what their headings need.
_PAIN, _LANE, _BAND, _GAP = 74, 42, 96, 17


def example_stay(example: Mapping[str, Any], caption: str) -> Plate:
    """Draw one stay: pain in steps, the vitals, the posterior under them (the paper's S2 Fig).

    Parameters
    ----------
    example : mapping
        One of the results' ``examples``.
    caption : str
        Plain text.

    Returns
    -------
    Plate
        One panel, with a narrow variant for phones.
    """
    names = example["class_names"]
    legend = tuple(zip(map(plain, names), class_colors(len(names)), strict=True))
    return Plate((Panel(_stay(example, 700), narrow=_stay(example, 350)),), caption, legend)


def _stay(example: Mapping[str, Any], width: int) -> Drawing:
    colors = class_colors(len(example["class_names"]))
    lanes = (_LANE + _GAP) * len(example["vitals"])
    height = 20 + _PAIN + lanes + _GAP + _BAND + 42
    drawing = Drawing(width, height, _told(example), colors)
    edges = _edges(example["hours"])
    left, inner, top = 40, width - 50, 20
    pain = drawing.axes(left, top, inner, _PAIN)
    _steps(pain, edges, _floats(example["pain"]))
    _heading(drawing, pain, 0, "Pain score, reported")
    if lanes:
        traces = drawing.axes(left, top + _PAIN, inner, lanes)
        _traces(drawing, traces, edges, example["vitals"])
    band = drawing.axes(left, top + _PAIN + lanes + _GAP, inner, _BAND)
    _band(band, edges, np.asarray(example["posterior"], dtype=float), [c.light for c in colors])
    _heading(drawing, band, 0, "Posterior of the class")
    for axes in drawing.figure.axes:
        axes.set_xlim(edges[0], edges[-1])
        if axes is not band:
            axes.set_xticks([])
            axes.spines["bottom"].set_visible(False)
    band.xaxis.set_major_locator(MaxNLocator(width // 60, steps=[1, 2, 2.5, 5, 10]))
    band.set_xlabel("hours since the start of the stay")
    return drawing


def _told(example: Mapping[str, Any]) -> str:
    known = sum(p is not None for p in example["pain"])
    vitals = ", ".join(variable(name) for name in example["vitals"])
    return (
        f"Stay {example['stay']}: {known} windows with a pain report out of "
        f"{len(example['pain'])}, {vitals}, and the posterior probability of each class over time"
    )


def _heading(drawing: Drawing, axes: Axes, below: float, text: str) -> None:
    """Set a heading over a lane that starts so many pixels below the top of its axes."""
    axes.annotate(
        drawing.word(clip(text, 44)),
        (0, 1),
        xycoords="axes fraction",
        xytext=(2, 4 - below),
        textcoords="offset points",
        color=MUTED.light,
        fontsize=10.5,
    )


def _floats(values: Sequence[float | None]) -> Numbers:
    return np.array([np.nan if v is None else v for v in values], dtype=float)


def _edges(hours: Sequence[float]) -> Numbers:
    """Starts of the windows and the end of the last."""
    starts = np.asarray(hours, dtype=float)
    width = starts[1] - starts[0] if len(starts) > 1 else 1.0
    return np.append(starts, starts[-1] + width)


def _steps(axes: Axes, edges: Numbers, values: Numbers) -> None:
    """One level a window; nothing where nothing was reported."""
    axes.hlines(values, edges[:-1], edges[1:], color=INK.light, lw=2.6, capstyle="butt")
    inside = ~np.isnan(values[1:]) & ~np.isnan(values[:-1])
    axes.vlines(
        edges[1:-1][inside], values[:-1][inside], values[1:][inside], color=INK.light, lw=0.8
    )
    axes.set(ylim=(-0.4, 10.4), yticks=[0, 5, 10])


def _traces(
    drawing: Drawing, axes: Axes, edges: Numbers, vitals: Mapping[str, Sequence[float | None]]
) -> None:
    """Every vital on a lane of its own, in pixels, with ticks in its own unit.

    One pair of axes for all: axes are what costs time in a drawing.
    """
    ticks: dict[float, str] = {}
    middles = (edges[:-1] + edges[1:]) / 2
    for i, (name, values) in enumerate(vitals.items()):
        top = i * (_LANE + _GAP) + _GAP
        series = _floats(values)
        low, high = _span(series)
        scale = 0.9 * _LANE / (high - low)
        base = top + 0.95 * _LANE
        _trace(axes, middles, base - scale * (series - low))
        axes.vlines(edges[0], top, top + _LANE, color=SOFT.light, lw=0.8, clip_on=False)
        _heading(drawing, axes, top, variable_with_unit(name))
        marks = MaxNLocator(2, min_n_ticks=2).tick_values(low, high)
        ticks |= {base - scale * (t - low): f"{t:g}" for t in marks if low <= t <= high}
    axes.set_ylim(len(vitals) * (_LANE + _GAP), 0)
    axes.set_yticks(list(ticks), labels=list(ticks.values()))
    axes.spines["left"].set_visible(False)


def _span(series: Numbers) -> tuple[float, float]:
    known = series[~np.isnan(series)]
    if not known.size:
        return 0.0, 1.0
    low, high = float(known.min()), float(known.max())
    return (low, high) if high > low else (low - 1.0, high + 1.0)


def _trace(axes: Axes, middles: Numbers, heights: Numbers) -> None:
    """A line broken where a window has no value; a dot where a value stands alone."""
    missing = np.concatenate([[True], np.isnan(heights), [True]])
    alone = ~np.isnan(heights) & missing[:-2] & missing[2:]
    axes.plot(middles, heights, color=ACCENT.light, lw=1.2)
    axes.plot(middles[alone], heights[alone], "o", ms=2.4, color=ACCENT.light, mew=0)


def _band(axes: Axes, edges: Numbers, posterior: Numbers, colors: Sequence[str]) -> None:
    """Stacked areas, constant within a window."""
    tops = np.concatenate([np.zeros((1, len(posterior))), np.cumsum(posterior, axis=1).T])
    for low, high, color in zip(tops[:-1], tops[1:], colors, strict=True):
        axes.stairs(high, edges, baseline=low, fill=True, color=color, lw=0)
    for border in tops[1:-1]:
        axes.stairs(border, edges, baseline=None, color=SURFACE.light, lw=0.8)
    axes.set(ylim=(0, 1), yticks=[0, 0.5, 1])
