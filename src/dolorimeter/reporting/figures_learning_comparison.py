"""Figures that compare and recover models: bars for each model, true against recovered numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .drawing import Drawing
from .figures import Panel, Plate, label_width, labels_over_rows, row_labels, row_values
from .figures_learning import few_ticks, known, points
from .formats import count, is_absent, number, plain
from .palette import ACCENT, INK, SOFT, SURFACE

_DASHED = (0, (4, 3))
_TITLES = {
    "bic": ("BIC above the best model", "0: the best; smaller is better"),
    "cv": ("Held-out log-likelihood", "below the best model; 0 is the best"),
    "frequencies": ("How often the model is a subject’s", "expected share of the population"),
    "exceedance": ("Exceedance probability", "that no other model is more frequent"),
}


def comparison(block: Mapping[str, Any], names: Sequence[str], caption: str) -> Plate | None:
    """Draw what speaks for each model.

    Parameters
    ----------
    block : mapping
        One of the results' ``comparison``.
    names : sequence of str
        Printed names of its models, in their order.
    caption : str
        Plain text.

    Returns
    -------
    Plate or None
        A panel for each criterion that was computed; None without any.
    """
    panels = tuple(
        Panel(
            _bars(names, values, key, block.get("protected") or (), above=False),
            *_titles(block, key),
            narrow=_bars(names, values, key, block.get("protected") or (), above=True),
        )
        for key in _TITLES
        if (values := _from_best(block.get(key) or (), key)) and len(values) == len(names)
    )
    return Plate(panels, caption) if panels else None


def _titles(block: Mapping[str, Any], key: str) -> tuple[str, str]:
    title, note = _TITLES[key]
    protected = key == "exceedance" and known(block.get("protected") or ())
    return title, f"{note}; diamond: protected" if protected else note


def _from_best(values: Sequence[Any], key: str) -> list[float | None]:
    """Give what is drawn: criteria as distances from the best model, shares as they are."""
    there = known(values)
    if not there:
        return []
    if key == "bic":
        return [None if is_absent(value) else value - min(there) for value in values]
    if key == "cv":
        return [None if is_absent(value) else max(there) - value for value in values]
    return [None if is_absent(value) else value for value in values]


def _bars(
    names: Sequence[str],
    values: Sequence[float | None],
    key: str,
    protected: Sequence[float | None],
    above: bool,
) -> Drawing:
    decimals = 1 if key in ("bic", "cv") else 2
    texts = [number(value, decimals) for value in values]
    told = "; ".join(f"{name} {text}" for name, text in zip(names, texts, strict=True))
    left = 8.0 if above else label_width(names, 20)
    step, width = (40, 340) if above else (30, 436)
    drawing = Drawing(width, step * len(names) + 34, f"{_TITLES[key][0]}: {told}")
    axes = drawing.axes(left, 6, width - left - 62, step * len(names))
    best = min if key in ("bic", "cv") else max
    there = known(values)
    for row, value in enumerate(values):
        if value is not None:
            color = ACCENT if value == best(there) else SOFT
            axes.barh(row, value, 0.42, color=color.light)
            if value == 0:  # a bar without length
                axes.scatter([0], [row], s=40, color=color.light, zorder=3, clip_on=False)
    if key == "exceedance":
        at, rows = points(protected, range(len(names)))
        axes.scatter(at, rows, s=44, marker="D", color=SURFACE.light, ec=INK.light, zorder=4)
    axes.set_ylim(len(names) - 0.5, -0.72 if above else -0.5)
    axes.set_xlim(0, 1 if decimals == 2 else 1.06 * max(there) or 1)
    few_ticks(axes, x=4)
    (labels_over_rows if above else row_labels)(drawing, axes, names, 40 if above else 20)
    row_values(axes, texts)
    return drawing


def recovery_scatter(block: Mapping[str, Any], caption: str) -> Plate | None:
    """Draw recovered against true parameters.

    Parameters
    ----------
    block : mapping
        The results' ``recovery.parameters``.
    caption : str
        Plain text.

    Returns
    -------
    Plate or None
        One panel; None without points.
    """
    drawing = _scatter(block, 350)
    return None if drawing is None else Plate((Panel(drawing),), caption)


def recovery_scatters(
    entries: Sequence[tuple[str, Mapping[str, Any]]], caption: str
) -> Plate | None:
    """Draw recovered against true parameters of several models.

    Parameters
    ----------
    entries : sequence of (str, mapping)
        Printed name of the model, and one of the results' ``recovery.each``.
    caption : str
        Plain text.

    Returns
    -------
    Plate or None
        One panel a parameter; None without points.
    """
    panels = tuple(
        Panel(drawing, title, f"{plain(entry.get('name') or '')}: r {number(entry.get('r'), 2)}")
        for title, entry in entries
        if (drawing := _scatter(entry, 280)) is not None
    )
    return Plate(panels, caption) if panels else None


def _scatter(block: Mapping[str, Any], width: float) -> Drawing | None:
    true, recovered = points(block.get("true") or (), block.get("recovered") or ())
    if not true:
        return None
    name = plain(block.get("name") or "parameter")
    told = (
        f"True and recovered {name} of {count(len(true))} simulations, correlation "
        f"{number(block.get('r'))}, bias {number(block.get('bias'))}"
    )
    drawing = Drawing(width, width - 32, told)
    axes = drawing.axes(54, 8, width - 66, width - 90)
    axes.axline((true[0], true[0]), slope=1, color=INK.light, lw=1.2, ls=_DASHED)
    axes.scatter(true, recovered, s=22, color=ACCENT.light, alpha=0.6, linewidths=0, zorder=2)
    ends = [*true, *recovered]
    room = 0.04 * (max(ends) - min(ends)) or 0.05
    both = (min(ends) - room, max(ends) + room)
    axes.set(xlim=both, ylim=both, xlabel=f"true {name}", ylabel=f"recovered {name}")
    few_ticks(axes)
    return drawing
