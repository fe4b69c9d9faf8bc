"""Figures of the data: class counts, each vital against pain, example stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from .drawing import Drawing
from .figures import Panel, Plate, clip, label_width, row_labels, row_values
from .formats import count, is_absent, p_value, plain, significant
from .palette import ACCENT, INK, MUTED, SOFT, SURFACE, class_colors
from .words import variable, variable_with_unit

Numbers = np.ndarray[Any, np.dtype[np.float64]]


def class_counts(task: Mapping[str, Any], caption: str) -> Plate:
    """Draw how many windows fall in each class, and in none (the paper's Fig 2).

    Parameters
    ----------
    task : mapping
        With ``class_names``, ``class_counts`` and ``unknown``.
    caption : str
        Plain text.

    Returns
    -------
    Plate
        One panel of horizontal bars.
    """
    names = [*task["class_names"], "unknown"]
    counts = [*task["class_counts"], task["unknown"]]
    colors = class_colors(len(names) - 1)
    told = ", ".join(f"{plain(n)} {count(c)}" for n, c in zip(names, counts, strict=True))
    height = 27 * len(names)
    drawing = Drawing(350, height + 8, f"Windows per class: {told}", colors)
    left = label_width(names, 16)
    axes = drawing.axes(left, 4, 300 - left, height)
    fills = [*(c.light for c in colors), SOFT.light]
    axes.barh(range(len(names)), counts, height=0.56, color=fills)
    axes.set(xlim=(0, max(*counts, 1)), ylim=(len(names) - 0.5, -0.5), xticks=[])
    axes.spines["bottom"].set_visible(False)
    row_labels(drawing, axes, names, 16)
    row_values(axes, [count(c) for c in counts])
    return Plate((Panel(drawing),), caption)


def scatter(fits: Mapping[str, Mapping[str, Any]], caption: str) -> Plate:
    """Draw each vital against pain with the line that was fitted (the paper's S1 Fig).

    Parameters
    ----------
    fits : mapping
        The results' ``data.scatter``: for each vital ``slope``, ``intercept``, ``p``, ``n`` and
        the points ``x`` (pain score) and ``y`` (the vital in its unit).
    caption : str
        Plain text.

    Returns
    -------
    Plate
        One panel a vital.
    """
    panels = (
        Panel(_scatter(name, fit), variable_with_unit(name), _fit_note(fit))
        for name, fit in fits.items()
    )
    return Plate(tuple(panels), caption)


def _fit_note(fit: Mapping[str, Any]) -> str:
    p = p_value(fit["p"])
    equality = "" if p.startswith("<") else "= "
    return f"slope {significant(fit['slope'])}, p {equality}{p}, n = {count(fit['n'])}"


def _scatter(name: str, fit: Mapping[str, Any]) -> Drawing:
    drawing = Drawing(262, 182, f"{variable(name)} against pain score: {_fit_note(fit)}")
    axes = drawing.axes(42, 8, 214, 136)
    axes.scatter(fit["x"], fit["y"], s=9, color=ACCENT.light, alpha=0.32, linewidths=0)
    if not (is_absent(fit["slope"]) or is_absent(fit["intercept"])):
        ends = np.array([0.0, 10.0])
        axes.plot(ends, fit["intercept"] + fit["slope"] * ends, color=INK.light, lw=1.6)
    axes.set(xlim=(-0.4, 10.4), xticks=range(0, 11, 2), xlabel="pain score")
    axes.yaxis.set_major_locator(MaxNLocator(4))
    return drawing


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
    vitals = example["vitals"]
    pain_height, vital_height, band_height, gap = 74, 42, 96, 17
    height = 22 + pain_height + len(vitals) * (vital_height + gap) + gap + band_height + 40
    drawing = Drawing(width, height, _told(example), colors)
    edges = _edges(example["hours"])
    left, inner, top = 40, width - 50, 20
    pain = drawing.axes(left, top, inner, pain_height)
    _steps(pain, edges, _floats(example["pain"]))
    pain.set(ylim=(-0.4, 10.4), yticks=[0, 5, 10])
    _heading(drawing, pain, "Pain score, reported")
    top += pain_height + gap
    for name, values in vitals.items():
        axes = drawing.axes(left, top, inner, vital_height)
        _trace(axes, edges[:-1], _floats(values))
        _heading(drawing, axes, variable_with_unit(name))
        top += vital_height + gap
    band = drawing.axes(left, top, inner, band_height)
    _band(band, edges, np.asarray(example["posterior"], dtype=float), [c.light for c in colors])
    _heading(drawing, band, "Posterior of the class")
    for axes in drawing.figure.axes:
        axes.set_xlim(edges[0], edges[-1])
        if axes is not band:
            axes.tick_params(axis="x", bottom=False, labelbottom=False)
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


def _heading(drawing: Drawing, axes: Axes, text: str) -> None:
    axes.annotate(
        drawing.word(clip(text, 44)),
        (0, 1),
        xycoords="axes fraction",
        xytext=(2, 4),
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


def _trace(axes: Axes, starts: Numbers, values: Numbers) -> None:
    """A line broken where a window has no value; a dot where a value stands alone."""
    axes.plot(starts, values, color=ACCENT.light, lw=1.2)
    missing = np.concatenate([[True], np.isnan(values), [True]])
    alone = ~np.isnan(values) & missing[:-2] & missing[2:]
    axes.plot(starts[alone], values[alone], "o", ms=2.4, color=ACCENT.light, mew=0)
    axes.yaxis.set_major_locator(MaxNLocator(2, min_n_ticks=2))
    if np.isnan(values).all():
        axes.set_yticks([])


def _band(axes: Axes, edges: Numbers, posterior: Numbers, colors: Sequence[str]) -> None:
    """Stacked areas, constant within a window."""
    tops = np.concatenate([np.zeros((1, len(posterior))), np.cumsum(posterior, axis=1).T])
    for low, high, color in zip(tops[:-1], tops[1:], colors, strict=True):
        axes.stairs(high, edges, baseline=low, fill=True, color=color, lw=0)
    for border in tops[1:-1]:
        axes.stairs(border, edges, baseline=None, color=SURFACE.light, lw=0.8)
    axes.set(ylim=(0, 1), yticks=[0, 0.5, 1])
