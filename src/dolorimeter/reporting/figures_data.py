"""Figures of the data: class counts, and each vital against pain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.ticker import MaxNLocator

from .drawing import Drawing
from .figures import Panel, Plate, label_width, row_labels, row_values
from .formats import count, is_absent, p_value, plain, significant
from .palette import ACCENT, INK, SOFT, class_colors
from .words import variable, variable_with_unit


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
