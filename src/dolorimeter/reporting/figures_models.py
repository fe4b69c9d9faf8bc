"""Figures of the models: VUS with its chance line, calibration, learning curves."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, MaxNLocator, NullFormatter

from .drawing import Drawing
from .figures import Panel, Plate, label_width, labels_over_rows, row_labels, row_values
from .formats import count, interval, is_absent, number, plain
from .palette import ACCENT, INK, MUTED, SOFT, class_colors
from .words import NULL_MODELS

_MARKERS = "os^Dv"


def chance(n_classes: int) -> float:
    """Return the VUS of a constant classifier, 1/K!.

    Parameters
    ----------
    n_classes : int
        Number of classes, K.

    Returns
    -------
    float
        1/6 for three classes.
    """
    return 1 / math.factorial(n_classes)


def vus_bars(models: Mapping[str, Any], n_classes: int, caption: str) -> Plate:
    """Draw the VUS of each model with its interval, and the chance line.

    Parameters
    ----------
    models : mapping
        The results' ``models`` of one task and one history.
    n_classes : int
        Number of classes, K.
    caption : str
        Plain text.

    Returns
    -------
    Plate
        One panel of horizontal bars.
    """
    told = "; ".join(
        f"{plain(m['label'])} {number(m['metrics'].get('vus', {}).get('mean'))}"
        for m in models.values()
    )
    told = f"VUS, chance {number(chance(n_classes))}: {told}"
    wide, narrow = (_bars(models, n_classes, told, above) for above in (False, True))
    return Plate((Panel(wide, narrow=narrow),), caption)


def _bars(models: Mapping[str, Any], n_classes: int, told: str, labels_above: bool) -> Drawing:
    """Labels stand at the left, or above their bars where there is no room at the left."""
    labels = [model["label"] for model in models.values()]
    scores = [model["metrics"].get("vus", {}) for model in models.values()]
    means = [score.get("mean") for score in scores]
    left = 8.0 if labels_above else label_width(labels, 30)
    height, inner = (42 if labels_above else 33) * len(models), 290 if labels_above else 300
    drawing = Drawing(left + inner + 52, height + 66, told)
    axes = drawing.axes(left, 24, inner, height)
    fills = [SOFT.light if name in NULL_MODELS else ACCENT.light for name in models]
    rows = range(len(models))
    axes.barh(rows, [0 if is_absent(m) else m for m in means], height=0.36, color=fills, alpha=0.85)
    for row, score in zip(rows, scores, strict=True):
        _whisker(axes, row, score.get("ci95"))
    axes.set(xlim=(0, _bar_limit(scores, n_classes)), xlabel="VUS")
    axes.set_ylim(len(models) - 0.5, -0.75 if labels_above else -0.5)
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    _chance_line(axes, n_classes)
    _chance_label(axes, n_classes)
    if labels_above:
        labels_over_rows(drawing, axes, labels, 58)
    else:
        row_labels(drawing, axes, labels, 30)
    row_values(axes, [number(m) for m in means])
    return drawing


def _bar_limit(scores: Sequence[Mapping[str, Any]], n_classes: int) -> float:
    ends = [e for s in scores for e in (s.get("mean"), *(s.get("ci95") or ())) if not is_absent(e)]
    return min(1.0, 1.12 * max([*ends, 1.5 * chance(n_classes)]))


def _whisker(axes: Axes, row: float, ci95: Sequence[float | None] | None) -> None:
    ends = [end for end in ci95 or () if end is not None and not is_absent(end)]
    if len(ends) < 2:
        return
    axes.hlines(row, *ends, color=INK.light, lw=1.3)
    axes.vlines(ends, row - 0.13, row + 0.13, color=INK.light, lw=1.3)


def _chance_line(axes: Axes, n_classes: int) -> None:
    axes.axvline(chance(n_classes), color=MUTED.light, lw=1.1, ls=(0, (4, 3)))


def _chance_label(axes: Axes, n_classes: int) -> None:
    near_the_edge = chance(n_classes) < 0.15 * axes.get_xlim()[1]
    axes.annotate(
        f"chance 1/{n_classes}! = {number(chance(n_classes))}",
        (chance(n_classes), 1),
        xycoords=axes.get_xaxis_transform(),
        xytext=(0, 6),
        textcoords="offset points",
        ha="left" if near_the_edge else "center",
        color=MUTED.light,
        fontsize=10.5,
    )


def calibration(
    models: Mapping[str, Any], class_names: Sequence[str], caption: str
) -> Plate | None:
    """Draw predicted against observed frequencies, a curve a class and a panel a model.

    Parameters
    ----------
    models : mapping
        The results' ``models`` of one task and one history.
    class_names : sequence of str
        In the order of the classes.
    caption : str
        Plain text.

    Returns
    -------
    Plate or None
        None where no model has a reliability curve.
    """
    panels = []
    for model in models.values():
        measured = model.get("calibration") or {}
        if any((measured.get("bins") or {}).values()):
            title, note = plain(model["label"]), f"Brier score {number(measured.get('brier'))}"
            drawing = _calibration(measured, class_names, f"Calibration of {title}, {note}")
            panels.append(Panel(drawing, title, note))
    legend = tuple(zip(map(plain, class_names), class_colors(len(class_names)), strict=True))
    return Plate(tuple(panels), caption, legend) if panels else None


def _calibration(measured: Mapping[str, Any], names: Sequence[str], label: str) -> Drawing:
    colors = class_colors(len(names))
    drawing = Drawing(230, 222, label, colors)
    axes = drawing.axes(44, 8, 174, 168)
    axes.plot([0, 1], [0, 1], color=SOFT.light, lw=1, ls=(0, (4, 3)))
    for i, (name, color) in enumerate(zip(names, colors, strict=True)):
        bins = [b for b in measured["bins"].get(name, []) if b["count"]]
        at = [b["predicted"] for b in bins], [b["observed"] for b in bins]
        axes.plot(*at, _MARKERS[i % 5] + "-", color=color.light, ms=4.5, mew=0, lw=1.3)
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
    axes.set(xlabel="predicted probability", ylabel="observed frequency")
    return drawing


def learning_curves(
    curves: Mapping[str, Any], models: Mapping[str, Any], n_classes: int, caption: str
) -> Plate:
    """Draw VUS against the share trained on, on a logarithmic axis (Fig 3).

    Parameters
    ----------
    curves : mapping
        The results' ``learning_curve`` of one task.
    models : mapping
        The task's ``models``, for their labels.
    n_classes : int
        Number of classes, K.
    caption : str
        Plain text.

    Returns
    -------
    Plate
        One panel a model, on one scale.
    """
    limits = _common_limits(curves, n_classes)
    panels = []
    for name, curve in curves.items():
        title = plain(models.get(name, {}).get("label", name))
        slope = f"slope {number(curve['slope'])} [{interval(curve['slope_ci95'])}]"
        drawing = _learning_curve(curve, n_classes, limits, f"Learning curve of {title}, {slope}")
        panels.append(Panel(drawing, title, slope))
    return Plate(tuple(panels), caption)


def _common_limits(curves: Mapping[str, Any], n_classes: int) -> tuple[float, float]:
    bounds = [end for curve in curves.values() for pair in curve["ci95"] for end in pair]
    means = [value for curve in curves.values() for value in curve["vus"]]
    drawn = [chance(n_classes), *(value for value in bounds + means if not is_absent(value))]
    margin = 0.1 * chance(n_classes)
    return max(0.0, min(drawn) - margin), min(1.0, max(drawn) + margin)


def _learning_curve(
    curve: Mapping[str, Any], n_classes: int, limits: tuple[float, float], label: str
) -> Drawing:
    drawing = Drawing(270, 196, label)
    axes = drawing.axes(44, 10, 212, 138)
    shares = np.asarray(curve["shares"], dtype=float)
    bounds = np.array([[np.nan if is_absent(e) else e for e in pair] for pair in curve["ci95"]])
    means = np.array([np.nan if is_absent(v) else v for v in curve["vus"]])
    axes.axhline(chance(n_classes), color=MUTED.light, lw=1.1, ls=(0, (4, 3)))
    axes.fill_between(shares, *bounds.T, color=ACCENT.light, alpha=0.18, lw=0)
    axes.plot(shares, means, "o-", color=ACCENT.light, ms=4.5, mew=0)
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(FixedLocator(_spread(shares)))
    axes.xaxis.set_major_formatter(lambda share, _: count(round(100 * share, 1)))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.minorticks_off()
    axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    axes.set(ylim=limits, ylabel="VUS", xlabel="share trained on (%)")
    return drawing


def _spread(shares: np.ndarray[Any, np.dtype[np.float64]]) -> list[float]:
    """Ticks at the shares that leave room for their labels, the last one always."""
    span = math.log(shares.max() / shares.min()) or 1.0
    ticks = [float(shares.max())]
    for share in sorted(map(float, shares), reverse=True):
        if math.log(ticks[-1] / share) / span >= 0.16:
            ticks.append(share)
    return ticks
