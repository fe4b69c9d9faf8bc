"""The design as a drawing: folds by units, who is trained and who is tested."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes

from .decoding_words import counted
from .drawing import Drawing
from .figures import Panel, Plate, clip
from .formats import count, plain
from .palette import ACCENT, INK, MUTED, RULE, Color, class_colors

MOST_FOLDS = 12
_MOST_NAMED = 14
_BOTH = class_colors(3)[1]
COLORS: Mapping[str, Color] = {"train": RULE, "test": ACCENT, "both": _BOTH}
_LEGEND = (
    ("test: predicted in this fold", ACCENT),
    ("train: the model was fitted on it", RULE),
    ("both: a leak", _BOTH),
)


def fold_grid(folds: Sequence[Mapping[str, Any]], unit: str, caption: str) -> Plate | None:
    """Draw who is trained and who is tested in each fold.

    Parameters
    ----------
    folds : sequence of mapping
        With ``fold``, the names under ``test`` and ``train``, ``n_test`` and ``n_train``; the
        first twelve are drawn.
    unit : str
        What the names are of, such as ``"subject"``.
    caption : str
        Plain text.

    Returns
    -------
    Plate or None
        One panel, folds by units; None where the results have no drawing.
    """
    shown = folds[:MOST_FOLDS]
    units = _in_order_of_test(shown)
    if not units:
        return None
    roles = [_roles(fold, units) for fold in shown]
    wide, narrow = (_grid(shown, units, roles, unit, width) for width in (660, 340))
    leak = any("both" in row for row in roles)
    return Plate((Panel(wide, narrow=narrow),), caption, _LEGEND if leak else _LEGEND[:2])


def _in_order_of_test(folds: Sequence[Mapping[str, Any]]) -> list[str]:
    """Units in the order in which they are tested, so that folds make a staircase."""
    found: dict[str, None] = {}
    for part in ("test", "train"):
        for fold in folds:
            found.update(dict.fromkeys(map(str, fold.get(part) or ())))
    return list(found)


def _roles(fold: Mapping[str, Any], units: Sequence[str]) -> list[str]:
    test, train = ({str(name) for name in fold.get(part) or ()} for part in ("test", "train"))
    names = {(True, True): "both", (True, False): "test", (False, True): "train"}
    return [names.get((unit in test, unit in train), "") for unit in units]


def _runs(roles: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """Neighbors of one role as one bar: its role, start and length."""
    start = 0
    for i in range(1, len(roles) + 1):
        if i == len(roles) or roles[i] != roles[start]:
            if roles[start]:
                yield roles[start], start, i - start
            start = i


def _grid(
    folds: Sequence[Mapping[str, Any]],
    units: Sequence[str],
    roles: Sequence[Sequence[str]],
    unit: str,
    width: float,
) -> Drawing:
    named = len(units) <= _MOST_NAMED and width > 400
    left, right, top = (120, 118, 44 if named else 26) if width > 400 else (64, 74, 26)
    if not named:
        units_cell = (width - left - right) / len(units)
    else:
        units_cell = min(44.0, (width - left - right) / len(units))
    inner, row = units_cell * len(units), 20
    drawing = Drawing(width, top + row * len(folds) + 8, _told(folds, units, unit), (_BOTH,))
    axes = drawing.axes(left, top, inner, row * len(folds))
    axes.set(xlim=(0, len(units)), ylim=(len(folds) - 0.5, -0.5), xticks=[], yticks=[])
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    for y, line in enumerate(roles):
        for role, start, length in _runs(line):
            axes.barh(y, length, 0.72, start, color=COLORS[role].light, linewidth=0)
            if role == "both":
                axes.plot(start + length / 2, y, "x", color="#ffffff", ms=6, mew=1.6)
    _labels(drawing, axes, folds, 18 if width > 400 else 9)
    _columns(drawing, axes, units, unit, named)
    return drawing


def _told(folds: Sequence[Mapping[str, Any]], units: Sequence[str], unit: str) -> str:
    sizes = "; ".join(
        f"{plain(fold['fold'])} tests {count(fold.get('n_test'))}, trains on "
        f"{count(fold.get('n_train'))} samples"
        for fold in folds
    )
    return f"{len(folds)} folds by {len(units)} units ({plain(unit)}): {sizes}"


def _labels(drawing: Drawing, axes: Axes, folds: Sequence[Mapping[str, Any]], size: int) -> None:
    for y, fold in enumerate(folds):
        pairs = (
            (0, -8, "right", drawing.word(clip(fold["fold"], size)), INK),
            (1, 8, "left", f"{count(fold.get('n_train'))} → {count(fold.get('n_test'))}", MUTED),
        )
        for x, shift, side, text, color in pairs:
            axes.annotate(
                text,
                (x, y),
                xycoords=axes.get_yaxis_transform(),
                xytext=(shift, 0),
                textcoords="offset points",
                ha=side,
                va="center_baseline",
                color=color.light,
                annotation_clip=False,
            )


def _columns(drawing: Drawing, axes: Axes, units: Sequence[str], unit: str, named: bool) -> None:
    above = 24 if named else 8
    axes.annotate(
        drawing.word(f"{counted(len(units), plain(unit))} →"),
        (0, 1),
        xycoords="axes fraction",
        xytext=(0, above),
        textcoords="offset points",
        color=MUTED.light,
    )
    axes.annotate(
        "train → test",
        (1, 1),
        xycoords="axes fraction",
        xytext=(8, 8),
        textcoords="offset points",
        color=MUTED.light,
        annotation_clip=False,
    )
    for x, name in enumerate(_without_prefix(units) if named else ()):
        axes.annotate(
            drawing.word(clip(name, 6)),
            (x + 0.5, 1),
            xycoords=axes.get_xaxis_transform(),
            xytext=(0, 6),
            textcoords="offset points",
            ha="center",
            fontsize=10,
            color=MUTED.light,
        )


def _without_prefix(units: Sequence[str]) -> list[str]:
    """Drop what all names begin with, so that the rest fits over a column."""
    letters = list(zip(*units, strict=False))
    skip = next((i for i, column in enumerate(letters) if len(set(column)) > 1), len(letters))
    return [name[skip:] for name in units] if all(len(name) > skip for name in units) else [*units]
