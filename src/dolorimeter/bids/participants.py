"""``participants.tsv`` beside the people whose folders are there."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from dolorimeter.core import InputError

from .notices import Notice, listed
from .tsv import read_cells

FILE = "participants.tsv"


def read_participants(
    root: Path, subjects: set[str]
) -> tuple[pd.DataFrame | None, tuple[Notice, ...]]:
    """Read the table of people.

    Parameters
    ----------
    root : Path
        Of the data set.
    subjects : set of str
        Labels of the people who have events.

    Returns
    -------
    pandas.DataFrame or None
        Text, rows as they stand; None where there is no table that can be read.
    tuple of Notice
        Whom it lacks, and whom it lists without a file of events.
    """
    path = root / FILE
    if not path.exists():
        return None, (
            Notice(FILE, None, "missing: nothing is known of the people", "no-participants"),
        )
    try:
        cells, notices = read_cells(path, FILE)
    except InputError as error:
        what = f"{error.found}; expected {error.rule}: passed over"
        return None, (Notice(FILE, None, what, "broken-participants"),)
    frame = pd.DataFrame(dict(cells.columns), dtype="str")
    if "participant_id" not in frame:
        what = "no column participant_id: nobody can be found in it"
        return frame, (*notices, Notice(FILE, None, what, "broken-participants"))
    there = [str(name).removeprefix("sub-") for name in frame["participant_id"]]
    return frame, (*notices, *_compare(there, subjects))


def _compare(there: list[str], subjects: set[str]) -> list[Notice]:
    lacks = sorted(subjects - set(there))
    extra = [name for name in there if name not in subjects]
    notices = []
    if lacks:
        names = listed(f"sub-{name}" for name in lacks)
        what = f"lacks {len(lacks)} of {len(subjects)} people who have events: {names}"
        notices.append(Notice(FILE, None, what, "participants-lack"))
    if extra:
        names = listed(f"sub-{name}" for name in extra)
        what = f"lists {len(extra)} people who have no events here: {names}"
        notices.append(Notice(FILE, None, what, "participants-without-events"))
    return notices
