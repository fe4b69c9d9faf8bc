"""What a learning study reads: a BIDS data set, and the choices beside its events."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dolorimeter.bids import Dataset, Notice, preset_names, read_dataset, trials_from_events
from dolorimeter.core import InputError, Trials

from .asked import Asked, read_asked

PREFERENCE = "preference"


@dataclass(frozen=True, slots=True)
class LearningData:
    """Trials and what else was measured.

    Attributes
    ----------
    trials : Trials
        In the order in which each subject met them.
    preferences : DataFrame or None
        Forced choices after learning.
    notices : tuple of Notice
        All that is odd about the data set.
    source : str
        Where they come from.
    spec : str
        The mapping from events to trials.
    dataset : Dataset or None
        The BIDS data set.
    asked : Asked
        Temperatures, ratings, screening and awareness.
    """

    trials: Trials
    preferences: pd.DataFrame | None = None
    notices: tuple[Notice, ...] = ()
    source: str = ""
    spec: str = ""
    dataset: Dataset | None = None
    asked: Asked = field(default_factory=Asked)

    @property
    def cue_free(self) -> bool:
        """Whether outcomes come without cues."""
        return bool((self.trials.cue == "").all())

    @property
    def measures(self) -> tuple[str, ...]:
        """Measures of which there is any value, choices included."""
        present = [n for n, v in self.trials.measures.items() if np.isfinite(v).any()]
        return (*present, *([PREFERENCE] if self.preferences is not None else []))


def read_learning(
    path: str | Path,
    spec: str | None = None,
    preferences: str | Path | None = None,
    leave_out: tuple[str, ...] = (),
    *,
    calibration: str | Path | None = None,
    ratings: str | Path | None = None,
    participants: str | Path | None = None,
) -> LearningData:
    """Read a BIDS data set of a learning experiment.

    Parameters
    ----------
    path : str or Path
        Its root.
    spec : str, optional
        A preset or a file that maps events to trials (docs/formats/bids.md); by default the preset
        that the folder, its DOI or its maker names.
    preferences : str or Path, optional
        Table of choices (``subject``, ``first``, ``second``, ``chosen``); by default
        ``sourcedata/preferences.tsv`` where there is one.
    leave_out : tuple of str
        Subjects who are not used, which the notices then say.
    calibration, ratings, participants : str or Path, optional
        Tables of temperatures tried, of ratings before and after, and of people (screening,
        awareness); by default those of these names in ``sourcedata``, where there are any.

    Returns
    -------
    LearningData
        Trials, choices, what people were asked, notices.

    Raises
    ------
    InputError
        If there is no such data set, the mapping does not fit it, or a table cannot be read.
    """
    dataset = read_dataset(path)
    chosen = spec if spec is not None else _preset(Path(path), dataset)
    trials, notices = trials_from_events(dataset, chosen)
    choices = _choices(Path(path), preferences)
    asked = read_asked(Path(path), calibration, ratings, participants)
    notices += asked.strangers(trials.subject.tolist())
    for name in leave_out:
        if name not in trials.subject:
            found = f"{name!r}, who is not in the data"
            raise InputError("leave_out", found, f"one of {', '.join(np.unique(trials.subject))}")
    if leave_out:
        if set(trials.subject.tolist()) <= set(leave_out):
            raise InputError("leave_out", "everyone", "someone who stays")
        trials = trials.take(~np.isin(trials.subject, leave_out))
        notices += tuple(
            Notice(f"sub-{name}", None, "left out as asked", "left-out") for name in leave_out
        )
        if choices is not None and "subject" in choices:
            choices = choices[~choices["subject"].isin(leave_out)]
    asked = asked.of(trials.subject.tolist())
    return LearningData(trials, choices, notices, str(path), chosen, dataset, asked)


def _preset(path: Path, dataset: Dataset) -> str:
    """Find the preset that the data set itself names; what this package writes is the default."""
    told: Any = getattr(dataset, "description", None) or {}
    words = f"{path.resolve().name} {told.get('DatasetDOI', '')}".lower()
    named = [name for name in preset_names() if name.startswith("ds") and name in words]
    return named[0] if named else "dolorimeter"


def _choices(root: Path, given: str | Path | None) -> pd.DataFrame | None:
    path = root / "sourcedata" / "preferences.tsv" if given is None else Path(given)
    if not path.is_file():
        if given is None:
            return None
        raise InputError(str(path), "no such file", "a table of choices")
    try:
        return pd.read_csv(path, sep="\t", na_values=["n/a"], dtype=str)
    except (OSError, ValueError) as error:
        found = " ".join(str(error).split())
        raise InputError(str(path), found, "a table, tab-separated") from error
