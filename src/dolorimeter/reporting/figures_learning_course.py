"""Values and errors: over the presentations of each cue, and their means by trial type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes

from .drawing import Drawing
from .figures import Panel, Plate, label_width, labels_over_rows, row_labels, row_values
from .figures_learning import (
    Look,
    by_name,
    cue_looks,
    few_ticks,
    limits,
    name_line_ends,
    outcome_marks,
    points,
)
from .formats import is_absent, number, plain
from .learning_words import NOTHING, cue_name, trial_type
from .palette import INK, MUTED, SURFACE

_SERIES = {
    "value": ("Value", "before the outcome"),
    "cue_error": ("Error at the cue", "when it appears"),
    "outcome_error": ("Error at the outcome", "when it follows or stays away"),
}
_LINES, _LONG = 8, 120


def course(courses: Mapping[str, Any], caption: str) -> Plate | None:
    """Draw values and errors over the presentations of each cue.

    Parameters
    ----------
    courses : mapping
        The results' ``learned.course``: by cue ``presentation`` and what is drawn.
    caption : str
        Plain text.

    Returns
    -------
    Plate or None
        One panel for each quantity that there is; None without any.
    """
    entries = by_name(courses)[:_LINES]
    looks = cue_looks(cue for cue, _ in entries)
    quantities = [key for key in _SERIES if any(_points(entry, key)[0] for _, entry in entries)]
    if not quantities:
        return None
    long = max(len(entry.get("presentation") or ()) for _, entry in entries) > _LONG
    panels = tuple(
        Panel(
            _course(entries, looks, key, 890 if long else 276, 150 if long else 196),
            *_SERIES[key],
            narrow=_course(entries, looks, key, 340, 180),
        )
        for key in quantities
    )
    return Plate(panels, caption)


def _points(entry: Mapping[str, Any], key: str) -> tuple[list[float], list[float]]:
    return points(entry.get("presentation") or (), entry.get(key) or ())


def _course(
    entries: Sequence[tuple[str, Mapping[str, Any]]],
    looks: Mapping[str, Look],
    key: str,
    width: float,
    height: float,
) -> Drawing:
    lines = [(cue, *_points(entry, key)) for cue, entry in entries]
    lines = [line for line in lines if line[1]]
    told = "; ".join(f"{cue_name(c)} ends at {number(ys[-1], 2)}" for c, _, ys in lines)
    drawing = Drawing(
        width, height + 48, f"{_SERIES[key][0]} over presentations: {told}",
        [look.color for look in looks.values()],
    )  # fmt: skip
    named = len(lines) > 1 or lines[0][0] != ""
    right = 22 + 6.6 * max(len(cue_name(c)[:8]) for c, *_ in lines) if named else 10
    axes = drawing.axes(46, 8, width - 46 - right, height)
    axes.axhline(0, color=MUTED.light, lw=0.9)
    last = max(xs[-1] for _, xs, _ in lines)
    for cue, xs, ys in lines:
        _line(axes, xs, ys, looks[cue], dots=last > _LONG and key == "outcome_error")
    axes.set(ylim=limits(y for *_, ys in lines for y in ys), xlim=(min(1, last), last))
    axes.set_xlabel("presentation" if named else "trial")
    few_ticks(axes)
    if named:
        name_line_ends(
            drawing, axes, [(cue_name(c), ys[-1], looks[c].color.light) for c, _, ys in lines]
        )
    return drawing


def _line(axes: Axes, xs: Sequence[float], ys: Sequence[float], look: Look, dots: bool) -> None:
    """Draw a line; errors of a long sequence jump between two levels, and are dots."""
    if dots:
        axes.scatter(xs, ys, s=4, color=look.color.light, linewidths=0)
    else:
        weight = 1.0 if len(xs) > _LONG else 1.8
        axes.plot(xs, ys, color=look.color.light, ls=look.dashes, lw=weight)


def trial_types(entries: Sequence[Mapping[str, Any]], caption: str) -> Plate | None:
    """Draw the mean errors of each kind of trial, at the cue and at the outcome.

    Parameters
    ----------
    entries : sequence of mapping
        The results' ``learned.trial_types``.
    caption : str
        Plain text.

    Returns
    -------
    Plate or None
        A panel for the cue and one for the outcome; None without errors.
    """
    panels = tuple(
        Panel(
            _types(kept, key, above=False),
            *_SERIES[key],
            narrow=_types(kept, key, above=True),
        )
        for key in ("cue_error", "outcome_error")
        if (kept := [entry for entry in entries if not is_absent(entry.get(key))])
    )
    return Plate(panels, caption) if panels else None


def _types(entries: Sequence[Mapping[str, Any]], key: str, above: bool) -> Drawing:
    names = [trial_type(entry.get("cue"), entry.get("outcome")) for entry in entries]
    outcomes = outcome_marks(plain(entry.get("outcome") or "") for entry in entries)
    cues = cue_looks(plain(entry.get("cue") or "") for entry in entries)
    told = "; ".join(f"{n} {number(e[key])}" for n, e in zip(names, entries, strict=True))
    colors = [*(m.color for m in outcomes.values()), *(look.color for look in cues.values())]
    left = 8.0 if above else label_width(names, 18)
    step, width = (42, 340) if above else (33, 436)
    drawing = Drawing(width, step * len(entries) + 46, f"{_SERIES[key][0]}: {told}", colors)
    axes = drawing.axes(left, 6, width - left - 54, step * len(entries))
    for row, entry in enumerate(entries):
        cue, outcome = (plain(entry.get(part) or "") for part in ("cue", "outcome"))
        look = cues[cue].color if cue else outcomes[outcome].color
        thick = 0.26 if above else 0.36
        _bar(axes, row, entry[key], look.light, thick, hollow=outcome in NOTHING)
    axes.axvline(0, color=INK.light, lw=1.1)
    axes.set_ylim(len(entries) - 0.5, -0.72 if above else -0.5)
    axes.set_xlim(limits(entry[key] for entry in entries))
    axes.set_xlabel("mean error, appetitive")
    few_ticks(axes)
    (labels_over_rows if above else row_labels)(drawing, axes, names, 34 if above else 18)
    row_values(axes, [number(entry[key]) for entry in entries])
    return drawing


def _bar(axes: Axes, row: int, value: float, color: str, thick: float, hollow: bool) -> None:
    """Draw the error of a kind of trial: filled where it was reinforced, hollow where not."""
    face = SURFACE.light if hollow else color
    axes.barh(row, value, thick, color=face, edgecolor=color, linewidth=1.5, zorder=2)
