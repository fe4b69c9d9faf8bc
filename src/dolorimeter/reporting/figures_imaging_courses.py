"""Time courses of a region by trial type, each with the model's prediction beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes

from .drawing import Drawing
from .figures import Panel, Plate
from .figures_learning import SERIES, Mark, few_ticks, known, limits, outcome_marks, points
from .formats import is_absent, number, plain
from .palette import MUTED, SURFACE, Color
from .words import sentence_case

Type = Mapping[str, Any]
RANDOM, FIXED = ("mean", "se"), ("fixed", "fixed_se")
_AHEAD = (0, (5, 2.2))
_WIDTH, _HEIGHT = 276, 176


def by_type(entry: Mapping[str, Any], keys: tuple[str, str], caption: str) -> Plate | None:
    """Draw the course of a region, a panel for each cue.

    Parameters
    ----------
    entry : mapping
        One of the results' ``timecourses``.
    keys : tuple of (str, str)
        ``RANDOM`` (mean over subjects and its standard error) or ``FIXED``.
    caption : str
        Plain text.

    Returns
    -------
    Plate or None
        Types of one cue share a panel; all panels share their scale. None without courses.
    """
    times = entry.get("times") or ()
    kept = [t for t in entry.get("types") or () if len(points(times, t.get(keys[0]) or ())[0]) > 1]
    if not kept:
        return None
    scale = limits(_extent(kept, keys))
    looks = _looks(kept)
    panels = tuple(
        Panel(
            _courses(times, members, keys, looks, scale, _WIDTH),
            title,
            narrow=_courses(times, members, keys, looks, scale, 340),
        )
        for title, members in _groups(kept)
    )
    return Plate(panels, caption, _legend(kept, looks))


def _parts(name: Any) -> tuple[str, str]:
    """Part the name of a type into its cue and what followed."""
    cue, _, followed = plain(name or "").partition(",")
    return cue.strip(), followed.strip().removeprefix("then ").strip()


def _groups(types: Sequence[Type]) -> list[tuple[str, list[Type]]]:
    groups: dict[str, list[Type]] = {}
    for entry in types:
        groups.setdefault(_parts(entry.get("name"))[0], []).append(entry)
    return [(sentence_case(cue) if len(cue) > 1 else f"Cue {cue}", m) for cue, m in groups.items()]


def _ending(entry: Type) -> str:
    cue, followed = _parts(entry.get("name"))
    return followed or cue


def _looks(types: Sequence[Type]) -> dict[str, Color]:
    """Give what followed its color: that of the outcome in the drawings of learning."""
    marks: dict[str, Mark] = outcome_marks(_ending(entry) for entry in types)
    return {name: mark.color for name, mark in marks.items()} or {"": SERIES[0]}


def _legend(types: Sequence[Type], looks: Mapping[str, Color]) -> tuple[tuple[str, Color], ...]:
    names = dict.fromkeys(_ending(entry) for entry in types)
    return tuple((sentence_case(name), looks[name]) for name in names if name)


def _extent(types: Sequence[Type], keys: tuple[str, str]) -> list[float]:
    found: list[float] = []
    for entry in types:
        means, errors = entry.get(keys[0]) or (), entry.get(keys[1]) or ()
        found += known([*means, *(entry.get("predicted") or ())])
        for mean, error in zip(means, errors, strict=False):
            if not (is_absent(mean) or is_absent(error)):
                found += [mean - error, mean + error]
    return found


def _courses(
    times: Sequence[float],
    types: Sequence[Type],
    keys: tuple[str, str],
    looks: Mapping[str, Color],
    scale: tuple[float, float],
    width: float,
) -> Drawing:
    drawing = Drawing(width, _HEIGHT + 50, _told(times, types, keys), [*looks.values()])
    axes = drawing.axes(50, 6, width - 62, _HEIGHT)
    axes.axhline(0, color=MUTED.light, lw=0.9)
    for entry in types:
        _course(axes, times, entry, keys, looks[_ending(entry)].light)
    axes.set(ylim=scale, xlim=(min(0, *known(times)), max(known(times))))
    axes.set_xlabel("seconds after the cue")
    axes.set_ylabel("signal, %")
    few_ticks(axes, y=4)
    return drawing


def _told(times: Sequence[float], types: Sequence[Type], keys: tuple[str, str]) -> str:
    said = []
    for entry in types:
        xs, ys = points(times, entry.get(keys[0]) or ())
        far = max(range(len(ys)), key=lambda i: abs(ys[i]))
        name = plain(entry.get("name") or "trials")
        said.append(f"{name}: {number(ys[far], 2)} at {number(xs[far], 1)} s")
    return f"Largest deflection, {'; '.join(said)}"


def _course(
    axes: Axes, times: Sequence[float], entry: Type, keys: tuple[str, str], color: str
) -> None:
    """Draw the measured course over its standard error, and the predicted one dashed."""
    xs, ys = points(times, entry.get(keys[0]) or ())
    errors = entry.get(keys[1]) or ()
    bounds = [
        (x, mean - error, mean + error)
        for x, mean, error in zip(times, entry.get(keys[0]) or (), errors, strict=False)
        if not (is_absent(x) or is_absent(mean) or is_absent(error))
    ]
    if len(bounds) > 1:
        at, low, high = ([bound[i] for bound in bounds] for i in range(3))
        axes.fill_between(at, low, high, color=color, alpha=0.2, linewidth=0)
    axes.plot(xs, ys, color=color, lw=1.9)
    axes.scatter(xs, ys, s=22, color=color, linewidths=0, zorder=4)  # over the prediction
    ahead = points(times, entry.get("predicted") or ())
    if len(ahead[0]) > 1:
        # Cut out of what lies below, so that a good prediction is seen at all.
        axes.plot(*ahead, color=SURFACE.light, lw=3.4)
        axes.plot(*ahead, color=color, lw=1.6, ls=_AHEAD)
