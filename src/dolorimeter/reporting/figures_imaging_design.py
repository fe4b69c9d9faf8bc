"""The design of an imaging study: its regressors over time, its whole matrix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from .drawing import Drawing
from .figures import Panel, Plate, clip, label_width, row_labels
from .formats import count, is_absent, plain
from .palette import ACCENT, INK, MUTED, RULE

Block = Mapping[str, Any]
OF_INTEREST = ("regressor", "modulator")
_GROUPS = {
    "derivative": "derivatives",
    "confound": "confounds",
    "spike": "spikes",
    "drift": "drift",
    "constant": "constant",
}
_LANE, _THIN, _LEAST = 34, 4, 17


def column_name(name: Any) -> str:
    """Return the printed name of a column.

    Parameters
    ----------
    name : str
        Its name in the design.

    Returns
    -------
    str
        Such as ``"error A"``.
    """
    return plain(name).replace("_", " ")


def courses(matrix: Block, caption: str) -> Plate | None:
    """Draw the regressors of interest of one run over time, a lane for each.

    Parameters
    ----------
    matrix : mapping
        One of the results' ``design.matrices``.
    caption : str
        Plain text.

    Returns
    -------
    Plate or None
        One panel; None without regressors.
    """
    values, kinds = _values(matrix), matrix.get("kinds") or ()
    lanes = [i for i, kind in enumerate(kinds) if kind in OF_INTEREST and i < values.shape[1]]
    if not lanes or len(values) < 2:
        return None
    wide, narrow = (_lanes(matrix, values, lanes, width) for width in (890, 340))
    return Plate((Panel(wide, narrow=narrow),), caption)


def _values(matrix: Block) -> NDArray[np.float64]:
    """Set the matrix up, scaled column by column; without columns where it does not fit itself."""
    values = np.array(matrix.get("values") or (), dtype=float)
    columns, kinds = matrix.get("columns") or (), matrix.get("kinds") or ()
    times = matrix.get("frame_times") or ()
    shape = (len(times), len(columns))
    if values.shape != shape or len(kinds) != shape[1] or any(map(is_absent, times)):
        return np.zeros((0, 0))
    values = np.nan_to_num(values, posinf=0.0, neginf=0.0)
    size = np.abs(values).max(axis=0)
    return values / np.where(size > 0, size, 1.0)


def _minutes(matrix: Block) -> NDArray[np.float64]:
    return np.array(matrix["frame_times"], dtype=float) / 60


def _lanes(
    matrix: Block, values: NDArray[np.float64], lanes: Sequence[int], width: float
) -> Drawing:
    names = [clip(column_name(matrix["columns"][i]), 15) for i in lanes]
    told = f"Regressors of {_run(matrix)} over time: {', '.join(names)}"
    drawing = Drawing(width, _LANE * len(lanes) + 50, told)
    left = label_width(names, 15)
    axes = drawing.axes(left, 4, width - left - 8, _LANE * len(lanes))
    minutes = _minutes(matrix)
    for row, column in enumerate(lanes):
        axes.axhline(row, color=RULE.light, lw=0.9)
        kind = matrix["kinds"][column]
        color = ACCENT if kind == "modulator" else MUTED
        axes.plot(minutes, row - 0.44 * values[:, column], color=color.light, lw=1.1)
    axes.set(ylim=(len(lanes) - 0.5, -0.5))
    row_labels(drawing, axes, names, 15)
    _time(axes, minutes, width)
    return drawing


def _run(matrix: Block) -> str:
    run, subject = plain(matrix.get("run") or ""), plain(matrix.get("subject") or "")
    who = f"subject {subject}" if subject else "one subject"
    return f"{who}, run {run}" if run else who


def _time(axes: Axes, minutes: NDArray[np.float64], width: float) -> None:
    axes.set_xlim(float(minutes[0]), float(minutes[-1]))
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(8 if width > 400 else 4))
    axes.set_xlabel("minutes of the run")


def matrices(entries: Sequence[Block], caption: str) -> Plate | None:
    """Draw design matrices as images, time from left to right, a row for each column.

    Parameters
    ----------
    entries : sequence of mapping
        The results' ``design.matrices``.
    caption : str
        Plain text.

    Returns
    -------
    Plate or None
        One panel a matrix; None without any.
    """
    panels = tuple(
        Panel(
            _image(entry, values, 890),
            _run(entry)[:1].upper() + _run(entry)[1:],
            f"{count(len(values))} volumes, {count(values.shape[1])} columns",
            narrow=_image(entry, values, 340),
        )
        for entry in entries
        if (values := _values(entry)).size and len(values) > 1
    )
    return Plate(panels, caption) if panels else None


def _image(matrix: Block, values: NDArray[np.float64], width: float) -> Drawing:
    rows = _rows(matrix)
    tall = [max(_LEAST, _THIN * len(columns)) for _, columns in rows]
    told = "; ".join(f"{name}: {count(len(columns))}" for name, columns in rows)
    drawing = Drawing(width, sum(tall) + 2 * len(rows) + 50, f"Design matrix, {told}")
    left, top = label_width([name for name, _ in rows], 16), 4
    for (name, columns), height in zip(rows, tall, strict=True):
        axes = drawing.axes(left, top, width - left - 8, height)
        minutes = _minutes(matrix)
        axes.imshow(
            values[:, columns].T,
            aspect="auto",
            cmap="gray",
            vmin=-1,
            vmax=1,
            interpolation="none",
            extent=(minutes[0], minutes[-1], len(columns) - 0.5, -0.5),
        )
        axes.set_yticks([])
        axes.annotate(
            drawing.word(clip(name, 16)), (0, 0.5), xycoords="axes fraction", xytext=(-8, 0),
            textcoords="offset points", ha="right", va="center_baseline",
            color=INK.light, annotation_clip=False,
        )  # fmt: skip
        axes.spines[["left", "bottom"]].set_visible(False)
        axes.set_xticks([])
        top += height + 2
    _time(axes, minutes, width)
    axes.spines["bottom"].set_visible(True)
    return drawing


def _rows(matrix: Block) -> list[tuple[str, list[int]]]:
    """Give each column of interest a row, and the others one for their kind."""
    kinds = list(matrix["kinds"])
    single = [
        (column_name(name), [i])
        for i, (name, kind) in enumerate(zip(matrix["columns"], kinds, strict=True))
        if kind not in _GROUPS
    ]
    grouped = [
        (word, [i for i, found in enumerate(kinds) if found == kind])
        for kind, word in _GROUPS.items()
        if kind in kinds
    ]
    return [
        *single,
        *((w if len(c) == 1 else f"{w} ({len(c)})", c) for w, c in grouped),
    ]
