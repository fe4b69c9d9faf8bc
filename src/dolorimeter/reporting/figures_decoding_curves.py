"""Curves of a decoding study: labelling, observed against predicted, reverse inference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, MaxNLocator, NullFormatter, NullLocator

from .drawing import Drawing
from .figures import Panel, Plate
from .formats import count, is_absent, number, plain
from .palette import ACCENT, INK, MUTED, Color

_DASHED = (0, (4, 3))
LABELLING = Color("tint-rule", "#b9822c", "#d3a050")  # of what stands apart: style.css


def labelling_curve(
    labelling: Mapping[str, Any], caption: str, noun: str = "trial"
) -> Plate | None:
    """Draw how accuracy inflates when test samples are averaged by condition.

    Parameters
    ----------
    labelling : mapping
        The results' ``labelling`` with its ``curve``: ``m``, ``accuracy``, ``expected``.
    caption : str
        Plain text.
    noun : str, default "trial"
        What one test sample is: ``"trial"``, or ``"sample"`` where it may be an average itself.

    Returns
    -------
    Plate or None
        One panel; None without a curve.
    """
    curve = labelling.get("curve") or ()
    if not curve:
        return None
    wide, narrow = (_labelling(curve, noun, width) for width in (540, 340))
    return Plate((Panel(wide, narrow=narrow),), caption)


def _labelling(curve: Sequence[Mapping[str, Any]], noun: str, width: float) -> Drawing:
    told = "; ".join(
        f"{count(point['m'])} averaged: {number(point.get('accuracy'))}, closed form "
        f"{number(point.get('expected'))}"
        for point in curve
    )
    drawing = Drawing(width, 262, f"Labelling accuracy by {noun}s averaged. {told}", (LABELLING,))
    axes = drawing.axes(52, 22, width - 72, 180)
    closed = [(p["m"], p["expected"]) for p in curve if not is_absent(p.get("expected"))]
    seen = [(p["m"], p["accuracy"]) for p in curve if not is_absent(p.get("accuracy"))]
    if closed:
        axes.plot(*zip(*closed, strict=True), color=LABELLING.light, ls=_DASHED, lw=1.6)
    grouped = [point for point in seen if point[0] > 1]
    if grouped:
        ms, accuracies = zip(*grouped, strict=True)
        axes.scatter(ms, accuracies, s=46, marker="D", color=LABELLING.light, zorder=3)
    spread = [(p["m"], *p["ci95"]) for p in curve if p["m"] > 1 and p.get("ci95")]
    for m, lower, upper in spread:
        axes.plot((m, m), (lower, upper), color=LABELLING.light, lw=1.6, zorder=2)
    values = [*(value for _, value in (*closed, *seen)), *(lower for _, lower, _ in spread)]
    low = min([0.5, *values])
    axes.set(xscale="log", ylim=(low - 0.04, 1.03), ylabel="Accuracy")
    axes.set(xlabel=f"test {noun}s averaged by condition, m")
    axes.set_xlim(min(p["m"] for p in curve) / 1.18, max(p["m"] for p in curve) * 1.18)
    axes.xaxis.set_major_locator(FixedLocator([p["m"] for p in curve]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xticklabels([count(p["m"]) for p in curve])
    axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    _single(axes, seen, noun)
    return drawing


def _single(axes: Axes, seen: Sequence[tuple[float, float]], noun: str) -> None:
    """Mark the accuracy on single samples as another thing than what stands beside it."""
    for m, value in seen:
        if m == 1:
            axes.scatter([m], [value], s=60, marker="o", color=ACCENT.light, zorder=4)
            axes.annotate(
                f"single {noun} {number(value)}: the score of the study",
                (m, value),
                xytext=(4, -20),
                textcoords="offset points",
                color=ACCENT.light,
                annotation_clip=False,
            )


def prediction_scatter(scatter: Mapping[str, Any], target: str, caption: str) -> Plate | None:
    """Draw observed against predicted numbers, out of fold.

    Parameters
    ----------
    scatter : mapping
        ``observed`` and ``predicted``, as long as each other.
    target : str
        Name of the number.
    caption : str
        Plain text.

    Returns
    -------
    Plate or None
        One panel; None without points.
    """
    pairs = [
        (x, y)
        for x, y in zip(scatter.get("predicted") or (), scatter.get("observed") or (), strict=False)
        if not (is_absent(x) or is_absent(y))
    ]
    if not pairs:
        return None
    told = f"Observed against predicted {plain(target)}, {count(len(pairs))} samples"
    drawing = Drawing(350, 300, told)
    axes = drawing.axes(54, 8, 284, 240)
    predicted, observed = zip(*pairs, strict=True)
    axes.scatter(predicted, observed, s=13, color=ACCENT.light, alpha=0.4, linewidths=0)
    axes.axline((pairs[0][1],) * 2, slope=1, color=INK.light, lw=1.2, ls=_DASHED)
    axes.set(xlabel="predicted, out of fold", ylabel="observed")
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    return Plate((Panel(drawing),), caption)


def reverse_inference(block: Mapping[str, Any], caption: str) -> Plate | None:
    """Draw the probability of pain given the pattern over base rates of pain.

    Parameters
    ----------
    block : mapping
        The results' ``specificity.reverse_inference``.
    caption : str
        Plain text.

    Returns
    -------
    Plate or None
        One panel; None without a curve.
    """
    curve = [p for p in block.get("curve") or () if not is_absent(p.get("probability"))]
    if not curve:
        return None
    here = f"at a base rate of {number(block.get('base_rate'))}: {number(block.get('probability'))}"
    drawing = Drawing(350, 280, f"Probability of pain given the pattern, {here}")
    axes = drawing.axes(54, 12, 280, 214)
    axes.plot([0, 1], [0, 1], color=MUTED.light, lw=1.1, ls=_DASHED)
    axes.plot([p["prior"] for p in curve], [p["probability"] for p in curve], color=ACCENT.light)
    _at_base_rate(axes, block)
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02), xlabel="base rate of pain", ylabel="P(pain | pattern)")
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    return Plate((Panel(drawing),), caption)


def _at_base_rate(axes: Axes, block: Mapping[str, Any]) -> None:
    base, value = block.get("base_rate"), block.get("probability")
    if base is None or value is None or is_absent(base) or is_absent(value):
        return
    ends = [end for end in block.get("ci95") or () if not is_absent(end)]
    if len(ends) == 2:
        axes.vlines(base, *ends, color=INK.light, lw=1.4)
    axes.scatter([base], [value], s=56, color=ACCENT.light, zorder=3)
    axes.annotate(
        f"{number(value)} at a base rate of {number(base, 2)}",
        (0.99, 0.05),
        xycoords="axes fraction",
        ha="right",
        color=INK.light,
    )
