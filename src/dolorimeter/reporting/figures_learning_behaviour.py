"""Behaviour by cue: preference scores of every subject, and the mean of each measure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes

from .drawing import Drawing
from .figures import Panel, Plate, row_values
from .figures_learning import by_name, cue_looks, known
from .figures_learning_rows import dots, mean_bar, row_frame
from .formats import count, is_absent, number
from .learning_words import cue_name, measure_name, measure_with_unit
from .palette import INK, MUTED

_ROW = 50
_DASHED = (0, (4, 3))


def preferences(block: Mapping[str, Any], caption: str) -> Plate | None:
    """Draw how often each cue was preferred: every subject, mean and standard error.

    Parameters
    ----------
    block : mapping
        The results' ``behaviour.preferences``.
    caption : str
        Plain text.

    Returns
    -------
    Plate or None
        One panel; None without scores.
    """
    entries = _scored(block.get("scores"))
    if not entries:
        return None
    most = block.get("most")
    wide, narrow = (_scores(entries, most, width) for width in (560, 340))
    return Plate((Panel(wide, narrow=narrow),), caption)


def _scored(scores: Mapping[str, Any] | None) -> list[tuple[str, Mapping[str, Any]]]:
    return [
        (cue, entry)
        for cue, entry in by_name(scores)
        if known([entry.get("mean"), *(entry.get("values") or ())])
    ]


def _scores(
    entries: Sequence[tuple[str, Mapping[str, Any]]], most: float | None, width: float
) -> Drawing:
    told = "; ".join(f"{cue_name(cue)} {number(e.get('mean'), 1)}" for cue, e in entries)
    drawing, axes = _frame(entries, width, f"Preference scores, mean: {told}")
    looks = cue_looks(cue for cue, _ in entries)
    for row, (cue, entry) in enumerate(entries):
        dots(axes, row, known(entry.get("values") or ()), looks[cue].color)
        mean_bar(axes, row, entry)
    top = most if most is not None and not is_absent(most) else None
    if top is not None:
        axes.axvline(top / 2, color=MUTED.light, lw=1.1, ls=_DASHED, zorder=0)
        axes.set_xlim(-0.03 * top, 1.03 * top)
    axes.set_xlabel("choices won" if top is None else f"choices won, of {count(top)}")
    row_values(axes, [number(entry.get("mean"), 1) for _, entry in entries])
    return drawing


def _frame(
    entries: Sequence[tuple[str, Mapping[str, Any]]], width: float, told: str
) -> tuple[Drawing, Axes]:
    """Set a row for each cue, named at its left."""
    looks = cue_looks(cue for cue, _ in entries)
    names = [cue_name(cue) for cue, _ in entries]
    return row_frame(names, [look.color for look in looks.values()], width, told, _ROW)


def measures_by_cue(by_cue: Mapping[str, Any], caption: str) -> Plate | None:
    """Draw the mean of each measure by cue.

    Parameters
    ----------
    by_cue : mapping
        The results' ``behaviour.by_cue``.
    caption : str
        Plain text.

    Returns
    -------
    Plate or None
        One panel a measure; None without any.
    """
    panels = tuple(
        Panel(_means(measure, kept), measure_with_unit(measure))
        for measure, cues in by_name(by_cue)
        if (kept := [(c, e) for c, e in by_name(cues) if not is_absent(e.get("mean"))])
    )
    return Plate(panels, caption) if panels else None


def _means(measure: str, entries: Sequence[tuple[str, Mapping[str, Any]]]) -> Drawing:
    told = "; ".join(
        f"{cue_name(cue)} {number(e['mean'])}, standard error {number(e.get('se'))}"
        for cue, e in entries
    )
    drawing, axes = _frame(entries, 340, f"{measure_name(measure)} by cue: {told}")
    looks = cue_looks(cue for cue, _ in entries)
    for row, (cue, entry) in enumerate(entries):
        error = entry.get("se")
        if error is not None and not is_absent(error):
            ends = (entry["mean"] - error, entry["mean"] + error)
            axes.hlines(row, *ends, color=INK.light, lw=1.6)
        axes.scatter([entry["mean"]], [row], s=64, color=looks[cue].color.light, zorder=3)
    axes.margins(x=0.14)
    axes.set_xlabel("mean and standard error")
    row_values(axes, [number(entry["mean"]) for _, entry in entries])
    return drawing
