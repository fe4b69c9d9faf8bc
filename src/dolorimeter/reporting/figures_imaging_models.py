"""Models in the brain: how each region's fit changes with the rate, and which model it follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes

from .drawing import Drawing
from .figures import Panel, Plate, label_width, labels_over_rows, row_labels, row_values
from .figures_learning import few_ticks, known, limits, mark_best, points
from .formats import count, is_absent, number, plain
from .learning_words import model_name
from .palette import ACCENT, INK, MUTED, SOFT
from .words import sentence_case

Block = Mapping[str, Any]
_SIGNS: Mapping[Any, str] = {True: "identified", False: "not identified"}


def profiles(block: Block, caption: str) -> Plate | None:
    """Draw the gain in log-likelihood over the grid, a panel a region.

    Parameters
    ----------
    block : mapping
        The results' ``model_maps``.
    caption : str
        Plain text.

    Returns
    -------
    Plate or None
        None without profiles.
    """
    grid = block.get("grid") or ()
    name = plain(block.get("parameter") or "alpha")
    panels = tuple(
        Panel(
            _profile(name, grid, entry, 276),
            sentence_case(entry.get("region") or "region"),
            _note(entry),
            narrow=_profile(name, grid, entry, 340),
        )
        for entry in block.get("regions") or ()
        if len(points(grid, entry.get("profile") or ())[0]) > 1
    )
    return Plate(panels, caption) if panels else None


def _note(entry: Block) -> str:
    sign = _SIGNS.get(entry.get("identified"), "identification not examined")
    voxels = entry.get("voxels")
    return sign if is_absent(voxels) else f"{count(voxels)} voxels, {sign}"


def _profile(name: str, grid: Sequence[float], entry: Block, width: float) -> Drawing:
    xs, ys = points(grid, entry.get("profile") or ())
    told = (
        f"Gain over {name} in {plain(entry.get('region') or 'a region')}: highest at "
        f"{number(xs[ys.index(max(ys))], 2)}"
    )
    drawing = Drawing(width, 216, told)
    axes = drawing.axes(52, 30, width - 66, 138)
    axes.axhline(0, color=MUTED.light, lw=0.9)
    axes.plot(xs, ys, color=ACCENT.light, lw=2)
    axes.set(xlim=(min(xs), max(xs)), ylim=limits(ys), xlabel=drawing.word(name), ylabel="gain")
    mark_best(axes, drawing.word(name), entry.get("best"), entry.get("ci95") or ())
    few_ticks(axes, y=4)
    return drawing


def comparison(block: Block, caption: str) -> Plate | None:
    """Draw what each model gains on held-out runs, a panel a region.

    Parameters
    ----------
    block : mapping
        The results' ``model_maps.comparison``.
    caption : str
        Plain text.

    Returns
    -------
    Plate or None
        None without gains.
    """
    names = [model_name(plain(model)) for model in block.get("models") or ()]
    keys = list(block.get("models") or ())
    panels = tuple(
        Panel(
            _bars(names, keys, entry, above=False),
            sentence_case(entry.get("region") or "region"),
            narrow=_bars(names, keys, entry, above=True),
        )
        for entry in block.get("regions") or ()
        if names and len(entry.get("gain") or ()) == len(names) and known(entry["gain"])
    )
    return Plate(panels, caption) if panels else None


def _bars(names: Sequence[str], keys: Sequence[Any], entry: Block, above: bool) -> Drawing:
    gains, ends = entry["gain"], entry.get("ci95") or ()
    texts = [number(gain, 2) for gain in gains]
    told = "; ".join(f"{name} {text}" for name, text in zip(names, texts, strict=True))
    left = 8.0 if above else label_width(names, 20)
    step, width = (40, 340) if above else (30, 436)
    label = f"Held-out gain in {plain(entry.get('region') or 'a region')}: {told}"
    drawing = Drawing(width, step * len(names) + 50, label)
    axes = drawing.axes(left, 6, width - left - 58, step * len(names))
    bounds = [known(pair or ()) for pair in ends] or [[] for _ in names]
    for row, (key, gain, pair) in enumerate(zip(keys, gains, bounds, strict=False)):
        _bar(axes, row, gain, pair, best=key == entry.get("best"))
    axes.axvline(0, color=INK.light, lw=1.1)
    axes.set_ylim(len(names) - 0.5, -0.72 if above else -0.5)
    axes.set_xlim(limits([*known(gains), *(end for pair in bounds for end in pair)]))
    axes.set_xlabel("gain over no model")
    few_ticks(axes, x=4)
    (labels_over_rows if above else row_labels)(drawing, axes, names, 40 if above else 20)
    row_values(axes, texts)
    return drawing


def _bar(axes: Axes, row: int, gain: Any, ends: Sequence[float], best: bool) -> None:
    """Draw a gain from zero, and its interval over it."""
    if is_absent(gain):
        return
    color = ACCENT if best else SOFT
    axes.barh(row, gain, 0.42, color=color.light)
    if len(ends) == 2:
        axes.hlines(row, *ends, color=INK.light, lw=1.8, zorder=3)
