"""Specificity as a drawing: separation from each modality, and whether it was as salient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from .drawing import Drawing
from .figures import Panel, Plate, label_width, row_labels, row_values
from .formats import interval, is_absent, number, plain
from .palette import ACCENT, INK, MUTED, RULE, SOFT

_TITLES = {
    "separation": ("Separation of pain from it", "0: told apart no better than by luck"),
    "salience": ("Salience, pain minus it", "gray: within the margin that counts as equal"),
}


def modalities(entries: Sequence[Mapping[str, Any]], caption: str) -> Plate | None:
    """Draw separation and salience of each modality with their intervals.

    Parameters
    ----------
    entries : sequence of mapping
        The results' ``specificity.modalities``.
    caption : str
        Plain text.

    Returns
    -------
    Plate or None
        One panel for each of the two that is known for some modality.
    """
    panels = tuple(
        Panel(_rows(known, kind), *_TITLES[kind])
        for kind in _TITLES
        if (known := [e for e in entries if not is_absent(_value(e, kind))])
    )
    return Plate(panels, caption) if panels else None


def _value(entry: Mapping[str, Any], kind: str) -> Any:
    return entry.get("separation" if kind == "separation" else "salience_difference")


def _rows(entries: Sequence[Mapping[str, Any]], kind: str) -> Drawing:
    names = [plain(entry["modality"]) for entry in entries]
    told = "; ".join(
        f"{name} {number(_value(e, kind))}, 95 % interval {interval(e.get(f'{kind}_ci95'))}"
        for name, e in zip(names, entries, strict=True)
    )
    left = label_width(names, 14)
    drawing = Drawing(344, 32 * len(entries) + 50, f"{_TITLES[kind][0]}: {told}")
    axes = drawing.axes(left, 6, 344 - left - 54, 32 * len(entries))
    for row, entry in enumerate(entries):
        _row(axes, row, entry, kind)
    axes.axvline(0, color=MUTED.light, lw=1.1, ls=(0, (4, 3)))
    axes.set_ylim(len(entries) - 0.5, -0.5)
    axes.margins(x=0.08)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    row_labels(drawing, axes, names, 14)
    row_values(axes, [number(_value(entry, kind), 2) for entry in entries])
    return drawing


def _row(axes: Axes, row: int, entry: Mapping[str, Any], kind: str) -> None:
    margin = entry.get("margin")
    if kind == "salience" and margin is not None and not is_absent(margin):
        axes.barh(row, 2 * margin, 0.66, -margin, color=RULE.light, zorder=0)
        axes.vlines([-margin, margin], row - 0.33, row + 0.33, color=SOFT.light, lw=1.2)
    ends = [end for end in entry.get(f"{kind}_ci95") or () if not is_absent(end)]
    if len(ends) == 2:
        axes.hlines(row, *ends, color=INK.light, lw=1.5)
    axes.scatter([_value(entry, kind)], [row], s=46, color=ACCENT.light, zorder=3)
