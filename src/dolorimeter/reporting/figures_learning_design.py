"""The design of a learning study over time: every trial by its run, its cue and what followed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from .drawing import Drawing
from .figures import Panel, Plate, clip
from .figures_learning import Mark, outcome_marks
from .formats import count, is_absent, plain
from .learning_words import NOTHING, cue_name
from .palette import INK, MUTED, RULE, SOFT
from .words import sentence_case

Trial = Mapping[str, Any]
MOST_RUNS = 12
_LANE, _HEAD = 30, 20


def timeline(trials: Sequence[Trial], caption: str) -> Plate | None:
    """Draw the trials of one subject, run under run, a lane for each cue.

    Parameters
    ----------
    trials : sequence of mapping
        The results' ``design.timeline``.
    caption : str
        Plain text.

    Returns
    -------
    Plate or None
        One panel; None without trials.
    """
    if not trials:
        return None
    marks = outcome_marks(_text(trial, "outcome") for trial in trials)
    order = sorted(marks, key=lambda name: (-1, 1, 2, 0).index(marks[name].direction))
    legend = tuple((_legend(name, marks[name]), marks[name].color) for name in order)
    wide, narrow = (_runs(trials, marks, width) for width in (890, 340))
    return Plate((Panel(wide, narrow=narrow),), caption, legend)


def _text(trial: Trial, key: str) -> str:
    return plain(trial.get(key) or "")


def _legend(name: str, mark: Mark) -> str:
    word = "Nothing" if name in NOTHING else sentence_case(name)
    where = {-1: "down", 0: "short", 1: "up", 2: "both ways"}[mark.direction]
    return f"{word} ({where})"


def _runs(trials: Sequence[Trial], marks: Mapping[str, Mark], width: float) -> Drawing:
    runs: dict[str, list[Trial]] = {}
    for trial in trials:
        runs.setdefault(_text(trial, "run"), []).append(trial)
    shown = dict(list(runs.items())[:MOST_RUNS])
    cues = sorted({_text(trial, "cue") for trial in trials})
    height = (_LANE * len(cues) + _HEAD) * len(shown)
    drawing = Drawing(
        width, height + 48, _told(runs, cues), [mark.color for mark in marks.values()]
    )
    times = {name: _times(run) for name, run in shown.items()}
    timed = all(time is not None for time in times.values())
    left = 22 + 6.4 * max(len(clip(cue_name(cue), 9)) for cue in cues)
    for row, (name, run) in enumerate(shown.items()):
        top = (_LANE * len(cues) + _HEAD) * row + _HEAD
        axes = drawing.axes(left, top, width - left - 8, _LANE * len(cues))
        at = times[name] if timed else None
        _lanes(axes, run, at or list(range(1, len(run) + 1)), cues, marks)
        _head(drawing, axes, name, run, cues)
    longest = max(axes.get_xlim()[1] for axes in drawing.figure.axes)
    _share_axis(drawing.figure.axes, longest, timed, width)
    return drawing


def _told(runs: Mapping[str, Sequence[Trial]], cues: Sequence[str]) -> str:
    said = ", ".join(
        f"run {name or i}: {count(len(run))}" for i, (name, run) in enumerate(runs.items(), 1)
    )
    return f"Trials of the first subject in {len(cues)} lanes, by cue. Trials in {said}"


def _times(run: Sequence[Trial]) -> list[float] | None:
    """Give minutes since the first trial of the run, where onsets are known and never go back."""
    key = "outcome_onset" if all(trial.get("onset") is None for trial in run) else "onset"
    onsets = [trial.get(key) for trial in run]
    numbers = [float(onset) for onset in onsets if onset is not None and not is_absent(onset)]
    if len(numbers) < len(run) or numbers != sorted(numbers):
        return None
    return [(onset - numbers[0]) / 60 for onset in numbers]


def _lanes(
    axes: Axes,
    run: Sequence[Trial],
    times: Sequence[float],
    cues: Sequence[str],
    marks: Mapping[str, Mark],
) -> None:
    for row in range(len(cues)):
        axes.axhline(row, color=RULE.light, lw=1)
    weight = min(2.6, max(0.8, 0.62 * axes.get_window_extent().width / len(run)))
    ends = {-1: (0.0, 0.42), 0: (-0.1, 0.1), 1: (-0.42, 0.0), 2: (-0.3, 0.3)}
    for outcome, mark in marks.items():
        kept = [
            (t, trial)
            for t, trial in zip(times, run, strict=True)
            if _text(trial, "outcome") == outcome
        ]
        rows = [cues.index(_text(trial, "cue")) for _, trial in kept]
        low, high = ends[mark.direction]
        axes.vlines(
            [t for t, _ in kept],
            [row + low for row in rows],
            [row + high for row in rows],
            color=mark.color.light,
            lw=weight,
            capstyle="butt",
        )
    axes.set(ylim=(len(cues) - 0.5, -0.5), yticks=[], xlim=(0, max(times) or 1))
    axes.spines[["left", "bottom"]].set_visible(False)


def _head(
    drawing: Drawing, axes: Axes, name: str, run: Sequence[Trial], cues: Sequence[str]
) -> None:
    title = (
        f"Run {clip(name, 20)}, {count(len(run))} trials" if name else f"{count(len(run))} trials"
    )
    axes.annotate(
        drawing.word(title), (0, 1), xycoords="axes fraction", xytext=(0, 5),
        textcoords="offset points", color=INK.light, annotation_clip=False,
    )  # fmt: skip
    for row, cue in enumerate(cues):
        axes.annotate(
            drawing.word(clip(cue_name(cue), 9)), (0, row), xycoords=axes.get_yaxis_transform(),
            xytext=(-9, 0), textcoords="offset points", ha="right", va="center_baseline",
            color=MUTED.light, annotation_clip=False,
        )  # fmt: skip


def _share_axis(all_axes: Sequence[Axes], longest: float, timed: bool, width: float) -> None:
    """Let every run be as long as the longest, with one scale below the last."""
    first = 0.0 if timed else 1.0
    for axes in all_axes:
        axes.set_xlim(first - 0.006 * longest, longest * 1.006)
        axes.set_xticks([])
    last = all_axes[-1]
    last.spines["bottom"].set_visible(True)
    last.spines["bottom"].set_color(SOFT.light)
    last.xaxis.set_major_locator(MaxNLocator(8 if width > 400 else 5, integer=not timed))
    last.set_xlabel("minutes since the first trial of the run" if timed else "trial of the run")
