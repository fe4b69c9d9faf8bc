"""Figures of fitted models: the profile over the learning rate, and parameters of all subjects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes

from .decoding_words import counted
from .drawing import Drawing
from .figures import Panel, Plate, label_width, labels_over_rows, row_labels, row_values
from .figures_learning import few_ticks, known, limits, mark_best, points
from .formats import count, is_absent, number, plain
from .palette import ACCENT, INK, MUTED, SOFT

_DASHED = (0, (4, 3))
Estimate = tuple[str, Mapping[str, Any]]
CUT = 1.92  # half the 95 % quantile of chi-square with one degree of freedom
_BELOW = 8.0


def alpha_profile(criterion: Mapping[str, Any], caption: str) -> Plate | None:
    """Draw correlation and log-likelihood over the learning rate.

    Parameters
    ----------
    criterion : mapping
        One of the results' ``criterion``.
    caption : str
        Plain text.

    Returns
    -------
    Plate or None
        A panel for each of the two that there is; None without a profile.
    """
    profile = criterion.get("profile") or {}
    alphas = profile.get("alpha") or ()
    curves = {key: points(alphas, profile.get(key) or ()) for key in ("r", "log_likelihood")}
    panels = tuple(
        Panel(
            _profile(criterion, *curve, key, 420),
            *_TITLES[key],
            narrow=_profile(criterion, *curve, key, 340),
        )
        for key, curve in curves.items()
        if len(curve[0]) > 1
    )
    return Plate(panels, caption) if panels else None


_TITLES = {
    "r": ("Correlation with the value", "mean over subjects"),
    "log_likelihood": ("Log-likelihood", "less that of the best rate; dashed: 1.92 below it"),
}


def _profile(
    criterion: Mapping[str, Any],
    xs: Sequence[float],
    ys: Sequence[float],
    key: str,
    width: float,
) -> Drawing:
    is_r, best = key == "r", max(ys)
    drawn = list(ys) if is_r else [y - best for y in ys]
    at = xs[drawn.index(max(drawn))]
    told = f"{_TITLES[key][0]} over the learning rate: highest at {number(at, 2)}"
    drawing = Drawing(width, 262, told)
    axes = drawing.axes(52, 30, width - 66, 184)
    axes.plot(xs, drawn, color=ACCENT.light, lw=2)
    if is_r:
        axes.set_ylim(limits(drawn))  # with zero: a flat profile shall look flat
        axes.axhline(0, color=MUTED.light, lw=0.9)
        mark_best(axes, "alpha", criterion.get("alpha"), criterion.get("ci95") or ())
    else:
        lowest = max(min(drawn), -_BELOW)
        axes.set_ylim(1.08 * min(lowest, -1.3 * CUT), 0.3)
        axes.axhline(-CUT, color=MUTED.light, lw=1.1, ls=_DASHED)
        axes.scatter([at], [0], s=44, color=ACCENT.light, zorder=3)
    axes.set(xlim=(min(xs), max(xs)), xlabel="learning rate, alpha")
    axes.set_ylabel("r" if is_r else "below the best")
    few_ticks(axes)
    return drawing


def parameters(fits: Sequence[tuple[str, Mapping[str, Any]]], caption: str) -> Plate | None:
    """Draw each parameter: all subjects, the group and its interval, a row a model.

    Parameters
    ----------
    fits : sequence of (str, mapping)
        Printed name and fit of each model, for one measure.
    caption : str
        Plain text.

    Returns
    -------
    Plate or None
        One panel a parameter; None without estimates.
    """
    rates: list[Estimate] = []
    others: dict[str, list[Estimate]] = {}
    for model, fit in fits:
        for name, entry in (fit.get("parameters") or {}).items():
            values = _values(entry or {})
            if values and min(values) >= 0 and max(values) <= 1:
                rates.append((f"{model}: {plain(name)}", entry))
            elif values:
                others.setdefault(plain(name), []).append((model, entry))
    groups = [
        ("Rates and other shares, 0 to 1", rates, (0.0, 1.0)),
        *((n, e, None) for n, e in others.items()),
    ]
    panels = tuple(
        Panel(
            _rows(kept, title, scale, above=False),
            title,
            narrow=_rows(kept, title, scale, above=True),
        )
        for title, kept, scale in groups
        if kept
    )
    return Plate(panels, caption) if panels else None


def _values(entry: Mapping[str, Any]) -> list[float]:
    """Give all that is drawn of a parameter."""
    parts = ([entry.get("group")], entry.get("each") or (), entry.get("ci95") or ())
    return known(value for part in parts for value in part)


def _rows(
    entries: Sequence[Estimate], title: str, scale: tuple[float, float] | None, above: bool
) -> Drawing:
    names = [name for name, _ in entries]
    told = "; ".join(f"{name} {number(e.get('group'))}" for name, e in entries)
    left = 8.0 if above else label_width(names, 34)
    step, width = (48, 340) if above else (32, 640)
    drawing = Drawing(width, step * len(entries) + 34, f"{title}, group: {told}")
    axes = drawing.axes(left, 6, width - left - 54, step * len(entries))
    for row, (_, entry) in enumerate(entries):
        _row(axes, row, entry, 0.09 if above else 0.16)
    axes.set_ylim(len(entries) - 0.5, -0.72 if above else -0.5)
    if scale:
        axes.set_xlim(scale[0] - 0.02, scale[1] + 0.02)
    else:
        axes.margins(x=0.06)
    few_ticks(axes)
    (labels_over_rows if above else row_labels)(drawing, axes, names, 40 if above else 34)
    row_values(axes, [number(entry.get("group"), 2) for _, entry in entries])
    return drawing


def _row(axes: Axes, row: int, entry: Mapping[str, Any], spread: float) -> None:
    each, ends = known(entry.get("each") or ()), known(entry.get("ci95") or ())
    jitter = [row + spread * ((i * 7) % 5 - 2) / 2 for i in range(len(each))]
    axes.scatter(each, jitter, s=16, color=SOFT.light, alpha=0.6, linewidths=0, zorder=1)
    if len(ends) == 2:
        axes.hlines(row, *ends, color=INK.light, lw=2, zorder=2)
    if not is_absent(entry.get("group")):
        axes.scatter([entry["group"]], [row], s=54, color=ACCENT.light, zorder=3)


def subjects_behind(fits: Sequence[tuple[str, Mapping[str, Any]]]) -> str:
    """Say how many subjects the parameters are of.

    Parameters
    ----------
    fits : sequence of (str, mapping)
        Printed name and fit of each model.

    Returns
    -------
    str
        Such as ``"19 subjects"``, empty where nobody knows.
    """
    numbers = sorted({n for _, fit in fits if (n := fit.get("subjects"))})
    if len(numbers) < 2:
        return counted(numbers[0], "subject") if numbers else ""
    return f"{count(numbers[0])} to {count(numbers[-1])} subjects"
