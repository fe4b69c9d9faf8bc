"""Reading a data set: every run found, every oddity said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dolorimeter.core import InputError

from .census import census
from .dataset import Dataset, Run
from .folders import Place, checked_root, places
from .names import Name, natural, same_run
from .notices import Notice
from .participants import read_participants
from .sidecars import Sidecars, applicable, of_one_run

IMAGES = ("bold", "cbv", "sbref", "eeg", "meg", "ieeg", "nirs", "pet")
_ORDER = ("sub", "ses", "task", "run")


def read_dataset(path: str | Path) -> Dataset:
    """Read which runs a data set has, without opening their events.

    Parameters
    ----------
    path : str or Path
        Its root: the folder that holds ``sub-…``.

    Returns
    -------
    Dataset
        Runs by person, session, task and run; every oddity of the folder as a notice.

    Raises
    ------
    InputError
        If it is no folder, has no events at all, or two files are events of one run.

    Notes
    -----
    Folders are looked at where BIDS has them, ``sub-…/[ses-…/]datatype``: never ``derivatives`` or
    ``sourcedata``. Labels are kept word for word; ``run-1`` and ``run-01`` are one run.
    """
    root = checked_root(path)
    sidecars = Sidecars(root)
    runs: list[Run] = []
    notices: list[Notice] = []
    try:
        for place in places(root):
            found, further = _runs_of(place, root, sidecars)
            runs += found
            notices += further
    except OSError as error:
        why = error.strerror or "unreadable"
        raise InputError(str(error.filename or path), why, "folders that can be read") from error
    if not runs:
        extra = f" ({notices[0]})" if notices else ""
        raise InputError(str(path), f"no events at all{extra}", "files sub-…_task-…_events.tsv")
    _refuse_duplicates(runs)
    runs.sort(key=_position)
    description = _description(root, sidecars, notices)
    participants, about = read_participants(root, {run.subject for run in runs})
    every = (*notices, *about, *census(root, runs), *sidecars.notices)
    return Dataset(root, description, tuple(runs), participants, every)


def _runs_of(place: Place, root: Path, sidecars: Sidecars) -> tuple[list[Run], list[Notice]]:
    runs, notices = [], []
    for path in place.unnamed:
        what = "not named like BIDS (sub-<label>_task-<label>_events.tsv): passed over"
        notices.append(Notice(path.relative_to(root).as_posix(), None, what, "name-ignored"))
    for name, path in place.files:
        if name.suffix != "events" or name.extension == ".json":
            continue
        file = path.relative_to(root).as_posix()
        if name.extension not in (".tsv", ".tsv.gz"):
            what = f"ends in {name.extension}, not .tsv: passed over"
            notices.append(Notice(file, None, what, "name-ignored"))
        elif not path.exists():
            what = f"a link to nowhere ({path.readlink()}): these events are missing"
            notices.append(Notice(file, None, what, "events-dangling"))
        else:
            notices += _misplaced(name.entities, place, file)
            runs.append(_run(name, path, place, root, sidecars))
    return runs, [*notices, *_images_without_content(place, root)]


def _run(name: Name, path: Path, place: Place, root: Path, sidecars: Sidecars) -> Run:
    """Put together what belongs to one file of events."""
    entities = dict(name.entities)
    chain = applicable(entities, "events", place.shelves)
    own = [(other, at) for other, at in place.files if of_one_run(entities, other)]
    images = [(other, at) for other, at in own if _is_image(other) and at.exists()]
    recordings = [at for other, at in own if other.suffix == "physio" and ".tsv" in other.extension]
    return Run(
        path,
        root,
        entities,
        sidecars.merge(chain),
        _repetition_time(entities, place, sidecars),
        tuple(at for _, at in images),
        tuple(at for at in recordings if at.exists()),
    )


def _repetition_time(entities: Mapping[str, str], place: Place, sidecars: Sidecars) -> float | None:
    """Return what the sidecars of the images say; echoes of one run share it."""
    chain = applicable({**entities, "echo": "1"}, "bold", place.shelves)
    value = sidecars.merge(chain).get("RepetitionTime")
    number = isinstance(value, int | float) and not isinstance(value, bool) and value > 0
    return float(value) if number and value is not None else None


def _is_image(name: Name) -> bool:
    return name.suffix in IMAGES and name.extension != ".json" and ".tsv" not in name.extension


def _images_without_content(place: Place, root: Path) -> list[Notice]:
    """Say which images are links to nowhere, as in a data set cloned without its content."""
    notices = []
    for name, path in place.files:
        if _is_image(name) and path.is_symlink() and not path.exists():
            what = f"a link to nowhere ({path.readlink()}): the image is missing"
            file = path.relative_to(root).as_posix()
            notices.append(Notice(file, None, what, "image-dangling"))
    return notices


def _misplaced(entities: Mapping[str, str], place: Place, file: str) -> list[Notice]:
    told = {"sub": place.subject, "ses": place.session}
    return [
        Notice(file, None, f"lies in {key}-{label}: the file's name counts", "folder-differs")
        for key, label in told.items()
        if label is not None and entities.get(key, label) != label
    ]


def _position(run: Run) -> tuple[Any, ...]:
    further = sorted((k, natural(v)) for k, v in run.entities.items() if k not in _ORDER)
    known = [natural(run.entities.get(key, "")) for key in _ORDER[:3]]
    return (*known, tuple(further), natural(run.entities.get("run", "")))


def _refuse_duplicates(runs: list[Run]) -> None:
    def key(run: Run) -> tuple[tuple[str, str], ...]:
        labels = {k: same_run(v) if k == "run" else v for k, v in run.entities.items()}
        return tuple(sorted(labels.items()))

    counts = Counter(key(run) for run in runs)
    twice = next((k for k, n in counts.items() if n > 1), None)
    if twice is not None:
        files = [run.file for run in runs if key(run) == twice]
        raise InputError(files[0], f"the same run as {files[1]}", "one file of events for each run")


def _description(root: Path, sidecars: Sidecars, notices: list[Notice]) -> Mapping[str, Any]:
    path = root / "dataset_description.json"
    if path.exists():
        return sidecars.read(path)
    what = "missing: the data set has no name, licence or authors"
    notices.append(Notice(path.name, None, what, "no-description"))
    return {}
