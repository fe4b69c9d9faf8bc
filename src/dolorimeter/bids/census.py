"""What runs lack: said run by run, or once where all lack it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from .dataset import Run
from .notices import Notice, listed


def census(root: Path, runs: Sequence[Run]) -> tuple[Notice, ...]:
    """Say what is missing.

    Parameters
    ----------
    root : Path
        Of the data set.
    runs : sequence of Run
        All of them.

    Returns
    -------
    tuple of Notice
        Images, sidecars, repetition times and runs that are missing.
    """
    without = {
        "no-image": ([not run.images for run in runs], "no image of"),
        "no-sidecar": ([not run.metadata for run in runs], "no sidecar describes the events of"),
        "no-repetition-time": (
            [run.repetition_time is None for run in runs],
            "no sidecar says the repetition time of",
        ),
    }
    notices: list[Notice] = []
    for kind, (lacking, words) in without.items():
        notices += _each_or_all(root, runs, lacking, words, kind)
    return (*notices, *_fewer_runs(runs))


def _each_or_all(
    root: Path, runs: Sequence[Run], lacking: Sequence[bool], words: str, kind: str
) -> list[Notice]:
    if all(lacking):
        return [Notice(root.name, None, f"{words} any of the {len(runs)} runs", kind)]
    return [
        Notice(run.file, None, f"{words} this run", kind)
        for run, lacks in zip(runs, lacking, strict=True)
        if lacks
    ]


def _fewer_runs(runs: Sequence[Run]) -> list[Notice]:
    """Name the people who have fewer runs of a task than most."""
    notices = []
    for task in dict.fromkeys(run.task for run in runs):
        counts = Counter(run.subject for run in runs if run.task == task)
        usual = Counter(counts.values()).most_common(1)[0][0]
        for subject, count in counts.items():
            if count < usual:
                own = [
                    r.entities.get("run", "?")
                    for r in runs
                    if (r.subject, r.task) == (subject, task)
                ]
                what = f"{count} of {usual} runs of task {task or '(none)'}: {listed(own, 12)}"
                notices.append(Notice(f"sub-{subject}", None, what, "fewer-runs"))
    return notices
