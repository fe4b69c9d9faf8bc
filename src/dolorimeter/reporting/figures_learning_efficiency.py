"""How far the planned regressors of a task can be told apart: a bar for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .drawing import Drawing
from .figures import Panel, Plate, label_width, labels_over_rows, row_labels, row_values
from .figures_learning import SERIES, few_ticks, known
from .formats import is_absent, number, plain
from .palette import ACCENT, INK, MUTED
from .words import sentence_case

LIMIT = 5.0  # science 2.4 warns above it
POOR = SERIES[1]
_DASHED = (0, (4, 3))


def efficiency(block: Mapping[str, Any], caption: str) -> Plate | None:
    """Draw the variance inflation of each planned regressor.

    Parameters
    ----------
    block : mapping
        The results' ``design.efficiency``.
    caption : str
        Plain text.

    Returns
    -------
    Plate or None
        One panel; None without any.
    """
    names = [sentence_case(plain(n).replace("_", " ")) for n in block.get("regressors") or ()]
    values = list(block.get("variance_inflation") or ())
    if not names or len(values) != len(names):
        return None
    most = list(block.get("most") or [None] * len(names))
    wide, narrow = (_bars(names, values, most, above) for above in (False, True))
    return Plate((Panel(wide, narrow=narrow),), caption)


def _bars(
    names: Sequence[str],
    values: Sequence[float | None],
    most: Sequence[float | None],
    above: bool,
) -> Drawing:
    texts = ["no limit" if is_absent(value) else number(value, 2) for value in values]
    told = "; ".join(f"{name} {text}" for name, text in zip(names, texts, strict=True))
    left = 8.0 if above else label_width(names, 30)
    step, width = (40, 340) if above else (26, 560)
    drawing = Drawing(width, step * len(names) + 34, f"Variance inflation: {told}", [POOR])
    axes = drawing.axes(left, 6, width - left - 66, step * len(names))
    end = 1.06 * max([*known(values), *known(most), LIMIT])
    for row, value in enumerate(values):
        length = end if value is None or is_absent(value) else value
        axes.barh(row, length, 0.42, color=(POOR if length > LIMIT else ACCENT).light)
        top = most[row] if row < len(most) else None
        if top is not None and not is_absent(top):
            axes.vlines(top, row - 0.3, row + 0.3, color=INK.light, lw=1.6)
    axes.axvline(LIMIT, color=MUTED.light, lw=1.1, ls=_DASHED, zorder=0)
    axes.set_ylim(len(names) - 0.5, -0.72 if above else -0.5)
    axes.set(xlim=(0, end), xlabel="variance inflation")
    few_ticks(axes, x=5)
    (labels_over_rows if above else row_labels)(drawing, axes, names, 40 if above else 30)
    row_values(axes, texts)
    return drawing
