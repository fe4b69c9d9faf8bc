"""How far the columns of a design can be told apart: variance inflation and its warning line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullLocator

from .drawing import Drawing
from .figures import Panel, Plate, label_width, labels_over_rows, row_labels, row_values
from .figures_imaging_design import column_name
from .figures_learning import known
from .formats import count, is_absent, number
from .palette import ACCENT, INK, MUTED, SURFACE

Block = Mapping[str, Any]
WARN_ABOVE = 5.0  # science 2.4
_DASHED = (0, (4, 3))


def inflation(entries: Sequence[Block], caption: str) -> Plate | None:
    """Draw variance inflation by column: median and largest over the runs, and the line at 5.

    Parameters
    ----------
    entries : sequence of mapping
        The results' ``design.variance_inflation``.
    caption : str
        Plain text.

    Returns
    -------
    Plate or None
        One panel; None without numbers.
    """
    kept = [entry for entry in entries if known([entry.get("median"), entry.get("largest")])]
    if not kept:
        return None
    wide, narrow = (_inflation(kept, above) for above in (False, True))
    return Plate((Panel(wide, narrow=narrow),), caption)


def _inflation(entries: Sequence[Block], above: bool) -> Drawing:
    names = [column_name(entry.get("column") or "") for entry in entries]
    texts = [number(entry.get("largest"), 1) for entry in entries]
    told = "; ".join(f"{name} {text}" for name, text in zip(names, texts, strict=True))
    left = 8.0 if above else label_width(names, 24)
    step, width = (38, 340) if above else (26, 640)
    drawing = Drawing(width, step * len(entries) + 66, f"Largest variance inflation: {told}")
    axes = drawing.axes(left, 22, width - left - 54, step * len(entries))
    largest = 2 * WARN_ABOVE
    for row, entry in enumerate(entries):
        ends = known([entry.get("median"), entry.get("largest")])
        high = max(ends) > WARN_ABOVE
        axes.hlines(row, min(ends), max(ends), color=INK.light if high else MUTED.light, lw=1.6)
        for key, face in (("median", ACCENT), ("largest", SURFACE)):
            if not is_absent(entry.get(key)):
                axes.scatter(
                    [entry[key]], [row], s=46, color=face.light, ec=ACCENT.light, lw=1.4, zorder=3
                )
        largest = max(largest, 1.3 * max(ends))
    _warning_line(axes, largest)
    axes.set_ylim(len(entries) - 0.5, -0.72 if above else -0.5)
    (labels_over_rows if above else row_labels)(drawing, axes, names, 40 if above else 24)
    row_values(axes, texts)
    return drawing


def _warning_line(axes: Axes, largest: float) -> None:
    """Set the scale, logarithmic from 1, and draw the line above which a column is warned of."""
    axes.set_xscale("log")
    axes.set_xlim(0.94, largest)
    decades = [a * 10**b for b in range(12) for a in (1, 2, 5)]
    ticks = [tick for tick in decades if tick <= largest]
    every = -(-len(ticks) // 8)
    axes.xaxis.set_major_locator(FixedLocator(ticks[::every]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticklabels([count(tick) for tick in ticks[::every]])
    axes.set_xlabel("variance inflation")
    axes.axvline(WARN_ABOVE, color=INK.light, lw=1.2, ls=_DASHED, zorder=0)
    axes.annotate(
        "warned above 5", (WARN_ABOVE, 1), xycoords=axes.get_xaxis_transform(), xytext=(0, 5),
        textcoords="offset points", ha="center", color=MUTED.light, annotation_clip=False,
    )  # fmt: skip
