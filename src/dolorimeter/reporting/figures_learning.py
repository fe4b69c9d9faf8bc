"""What figures of learning share: colors of cues and outcomes, lines that carry their names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from .drawing import Drawing
from .figures import clip
from .formats import interval, is_absent, number
from .learning_words import NOTHING
from .palette import INK, RULE, Color

# Their dark values are those of style.css. Relief, exacerbation, nothing; then whatever else.
SERIES = (
    Color("series-1", "#0f7672", "#58bdb3"),
    Color("series-2", "#b4472c", "#ee9273"),
    Color("series-3", "#666d75", "#9ba1a8"),
    Color("series-4", "#6f57a3", "#b09be0"),
    Color("series-5", "#94700f", "#d0aa48"),
    Color("series-6", "#3f7c3c", "#85c37f"),
)
_DASHES: tuple[Any, ...] = ("-", (0, (6, 2.4)), (0, (1.2, 2)), (0, (6, 2, 1.2, 2)))
_BETTER = ("relief", "decrease", "low", "pleasant", "reward")
_WORSE = ("exacerbation", "increase", "high", "pain", "unpleasant", "punishment")


@dataclass(frozen=True, slots=True)
class Look:
    """How a cue is drawn.

    Attributes
    ----------
    color : Color
        Its color.
    dashes : object
        Its line style for matplotlib: shape first, color beside it.
    """

    color: Color
    dashes: Any


def cue_looks(cues: Iterable[str]) -> dict[str, Look]:
    """Give each cue its look.

    Parameters
    ----------
    cues : iterable of str
        In their order.

    Returns
    -------
    dict of str to Look
        The first cue that of relief in the paper's design, the second of exacerbation.
    """
    return {
        cue: Look(SERIES[i % len(SERIES)], _DASHES[i % len(_DASHES)])
        for i, cue in enumerate(dict.fromkeys(cues))
    }


@dataclass(frozen=True, slots=True)
class Mark:
    """How an outcome is drawn.

    Attributes
    ----------
    color : Color
        Its color.
    direction : int
        -1 hangs down, 1 stands up, 0 is a short stroke (nothing), 2 a stroke both ways; the
        legend says which, for not every outcome that hurts less is free of pain.
    """

    color: Color
    direction: int


def outcome_marks(outcomes: Iterable[str]) -> dict[str, Mark]:
    """Give each outcome its mark.

    Parameters
    ----------
    outcomes : iterable of str
        Names.

    Returns
    -------
    dict of str to Mark
        By name; what by its name hurts less points down, what hurts more points up.
    """
    marks: dict[str, Mark] = {}
    others = 3
    for outcome in dict.fromkeys(outcomes):
        if outcome in _BETTER:
            marks[outcome] = Mark(SERIES[0], -1)
        elif outcome in _WORSE:
            marks[outcome] = Mark(SERIES[1], 1)
        elif outcome in NOTHING:
            marks[outcome] = Mark(SERIES[2], 0)
        else:
            marks[outcome] = Mark(SERIES[others % len(SERIES)], 2)
            others += 1
    return marks


def name_line_ends(
    drawing: Drawing, axes: Axes, ends: Sequence[tuple[str, float, str]], gap: float = 13
) -> None:
    """Write the names of lines behind their right ends, pushed apart where they would collide.

    Parameters
    ----------
    drawing : Drawing
        The drawing that the axes are on.
    axes : matplotlib.axes.Axes
        With its final limits.
    ends : sequence of (str, float, str)
        Name, last value and color of each line.
    gap : float, default 13
        Least distance of two names in CSS pixels.
    """
    low, high = axes.get_ylim()
    scale = axes.get_window_extent().height / (high - low)
    placed: list[float] = []
    for name, value, color in sorted(ends, key=lambda end: end[1]):
        at = (value - low) * scale
        at = max(at, placed[-1] + gap) if placed else at
        placed.append(at)
        axes.annotate(
            drawing.word(clip(name, 8)),
            (1, 0),
            xycoords="axes fraction",
            xytext=(6, at),
            textcoords="offset points",
            va="center_baseline",
            color=color,
            fontweight="bold",
            annotation_clip=False,
        )


def points(xs: Sequence[Any], ys: Sequence[Any]) -> tuple[list[float], list[float]]:
    """Keep the points that have both numbers.

    Parameters
    ----------
    xs, ys : sequence
        As long as each other; None where there is none.

    Returns
    -------
    tuple of two lists
        What can be drawn.
    """
    kept = [(x, y) for x, y in zip(xs, ys, strict=False) if not (is_absent(x) or is_absent(y))]
    return [x for x, _ in kept], [y for _, y in kept]


def known(values: Iterable[Any]) -> list[float]:
    """Keep the numbers that there are.

    Parameters
    ----------
    values : iterable
        Numbers and None.

    Returns
    -------
    list of float
        In their order.
    """
    return [value for value in values if not is_absent(value)]


def limits(values: Iterable[Any], margin: float = 0.08) -> tuple[float, float]:
    """Give an axis that holds zero and every value.

    Parameters
    ----------
    values : iterable
        Numbers and None.
    margin : float, default 0.08
        Share of the span left free at either end.

    Returns
    -------
    tuple of two floats
        Lower and upper limit.
    """
    there = [0.0, *known(values)]
    room = margin * (max(there) - min(there)) or 1.0
    return min(there) - room, max(there) + room


def few_ticks(axes: Axes, x: int = 5, y: int = 5) -> None:
    """Keep the ticks of both axes few and round.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Linear ones.
    x, y : int, default 5
        Most intervals between ticks.
    """
    for axis, most in ((axes.xaxis, x), (axes.yaxis, y)):
        axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 2.5, 5, 10]))


def mark_best(axes: Axes, name: str, best: float | None, ends: Sequence[Any]) -> None:
    """Mark the best value of a parameter on its axis, over its interval.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        With its final limits, and room for a line of text above.
    name : str
        Of the parameter.
    best : float or None
        Its value; nothing is written without it.
    ends : sequence
        Both ends of its interval, or none.
    """
    bounds = known(ends)
    if len(bounds) == 2:
        axes.axvspan(*bounds, color=RULE.light, alpha=0.6, zorder=0, linewidth=0)
    if best is None or is_absent(best):
        return
    low, high = axes.get_xlim()
    right = best > (low + high) / 2
    axes.axvline(best, color=INK.light, lw=1.5, ymax=1.04, clip_on=False)
    axes.annotate(
        f"{name} {number(best, 2)}" + (f", {interval(bounds, 2)}" if len(bounds) == 2 else ""),
        (best, 1),
        xycoords=axes.get_xaxis_transform(),
        xytext=(6 if right else -4, 11),
        textcoords="offset points",
        ha="right" if right else "left",
        color=INK.light,
        fontweight="bold",
        annotation_clip=False,
    )


def by_name(entries: Mapping[str, Any] | None) -> list[tuple[str, Mapping[str, Any]]]:
    """List the blocks of a mapping that there are.

    Parameters
    ----------
    entries : mapping or None
        Blocks by name, None where one was not done.

    Returns
    -------
    list of (str, mapping)
        Those with content.
    """
    return [(name, entry) for name, entry in (entries or {}).items() if entry]
