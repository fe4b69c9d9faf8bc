"""What people told: temperatures, and ratings of each change (the paper's Fig 2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .drawing import Drawing
from .figures import Panel, Plate, row_values
from .figures_learning import SERIES, by_name, known
from .figures_learning_rows import dots, mean_bar, row_frame
from .formats import count, number, plain
from .palette import MUTED, Color
from .words import sentence_case

Entry = Mapping[str, Any]
# The colors of what a change is: relief, exacerbation, neither.
_CHANGES = {"decrease": SERIES[0], "increase": SERIES[1], "baseline": SERIES[2]}
_TEMPERATURES = {"baseline": SERIES[2], "exacerbation": SERIES[1]}
_SCALES: Mapping[str, tuple[str, tuple[float, float]]] = {
    "pain": ("Rated pain", (0.0, 10.0)),
    "pleasantness": ("Rated pleasantness", (-10.0, 10.0)),
}
_TIMES = ("before", "after")
_ROW = 58
_APART = 0.21


def temperatures(block: Entry, caption: str) -> Plate | None:
    """Draw the temperatures of everyone.

    Parameters
    ----------
    block : mapping
        The results' ``behaviour.calibration``.
    caption : str
        Plain text.

    Returns
    -------
    Plate or None
        One panel; None without any.
    """
    entries = [
        (name, entry)
        for name, entry in by_name(block.get("temperatures"))
        if known(entry.get("values") or ())
    ]
    if not entries:
        return None
    wide, narrow = (_found(entries, width) for width in (560, 340))
    return Plate((Panel(wide, narrow=narrow),), caption)


def _found(entries: Sequence[tuple[str, Entry]], width: float) -> Drawing:
    told = "; ".join(f"{name} {number(entry.get('mean'), 1)} °C" for name, entry in entries)
    names = [sentence_case(name) for name, _ in entries]
    colors = [_TEMPERATURES.get(name, SERIES[3]) for name, _ in entries]
    drawing, axes = row_frame(names, colors, width, f"Temperatures, mean: {told}", 64, 14)
    for row, (_, entry) in enumerate(entries):
        dots(axes, row, known(entry.get("values") or ()), colors[row])
        mean_bar(axes, row, entry)
    axes.margins(x=0.06)
    axes.set_xlabel("temperature, °C")
    row_values(axes, [number(entry.get("mean"), 1) for _, entry in entries])
    return drawing


def ratings(entries: Sequence[Entry], caption: str) -> Plate | None:
    """Draw what each change felt like, before and after, everyone and the mean.

    Parameters
    ----------
    entries : sequence of mapping
        The results' ``behaviour.ratings.means``: ``when``, ``skin``, ``change``, ``scale``,
        ``mean``, ``se``, ``values``.
    caption : str
        Plain text.

    Returns
    -------
    Plate or None
        One panel a scale; None without any.
    """
    kept = [entry for entry in entries if known(entry.get("values") or ())]
    panels = tuple(
        Panel(
            _rated(own, scale, 430), _scale(scale)[0], _span(scale), narrow=_rated(own, scale, 340)
        )
        for scale in dict.fromkeys(str(entry.get("scale")) for entry in kept)
        if (own := [entry for entry in kept if entry.get("scale") == scale])
    )
    return Plate(panels, caption) if panels else None


def _scale(name: str) -> tuple[str, tuple[float, float] | None]:
    return _SCALES.get(name, (sentence_case(name), None))


def _span(name: str) -> str:
    limits = _scale(name)[1]
    return "" if limits is None else f"{count(limits[0])} to {count(limits[1])}"


def _rated(entries: Sequence[Entry], scale: str, width: float) -> Drawing:
    rows = list(dict.fromkeys((str(e.get("skin")), str(e.get("change"))) for e in entries))
    told = "; ".join(
        f"{_row_name(e.get('skin'), e.get('change'))}, {plain(e.get('when') or '')} "
        f"{number(e.get('mean'), 1)}"
        for e in entries
    )
    names = [_row_name(*row) for row in rows]
    colors = [_CHANGES.get(change, SERIES[3]) for _, change in rows]
    drawing, axes = row_frame(
        names, colors, width, f"{_scale(scale)[0]}, mean: {told}", _ROW, 11, right=86
    )
    limits = _scale(scale)[1]
    if limits is not None:
        axes.axvline(0.0, color=MUTED.light, lw=0.9, zorder=0)
        room = 0.03 * (limits[1] - limits[0])
        axes.set_xlim(limits[0] - room, limits[1] + room)
    texts = [["", ""] for _ in rows]
    for entry in entries:
        at = rows.index((str(entry.get("skin")), str(entry.get("change"))))
        late = entry.get("when") == _TIMES[1]
        texts[at][late] = number(entry.get("mean"), 1)
        _person_row(axes, at + (_APART if late else -_APART), entry, colors[at])
    row_values(axes, [" → ".join(text for text in pair if text) for pair in texts])
    axes.set_xlabel(_scale(scale)[0].lower())
    return drawing


def _person_row(axes: Any, row: float, entry: Entry, color: Color) -> None:
    dots(axes, row, known(entry.get("values") or ()), color, room=0.3)
    mean_bar(axes, row, entry, 0.16)


def _row_name(skin: Any, change: Any) -> str:
    return f"{sentence_case(plain(skin or ''))}: {plain(change or '')}"
