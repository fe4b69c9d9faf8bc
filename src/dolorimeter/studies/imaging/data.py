"""What an imaging study reads: trials, and the preprocessed runs that belong to them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from dolorimeter.bids import Notice, read_preprocessed
from dolorimeter.bids.preprocessed import PreprocessedRun
from dolorimeter.core import Grid, InputError, Trials
from dolorimeter.imaging import common_grid
from dolorimeter.studies.learning import LearningData, read_learning

from .study_file import DataBlock


@dataclass(frozen=True, slots=True)
class Person:
    """One person's runs.

    Attributes
    ----------
    subject : str
        Label.
    runs : tuple of PreprocessedRun
        In the order in which they were met.
    """

    subject: str
    runs: tuple[PreprocessedRun, ...]

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file that the person's results depend on, sidecars of confounds included."""
        paths = [p for run in self.runs for p in (run.bold, run.confounds) if p is not None]
        beside = [p.with_suffix(".json") for p in paths if p.suffix == ".tsv"]  # compcor's masks
        return (*paths, *(p for p in beside if p.is_file()))

    def trials(self, trials: Trials) -> tuple[Trials, ...]:
        """Return the trials of each run, in the order of the runs.

        Parameters
        ----------
        trials : Trials
            Of everybody.

        Returns
        -------
        tuple of Trials
            One a run.
        """
        own = trials.subject == self.subject
        return tuple(trials.take(own & (trials.run == run.run)) for run in self.runs)


@dataclass(frozen=True, slots=True)
class ImagingData:
    """People, their images and trials.

    Attributes
    ----------
    people : tuple of Person
        Who has images and events.
    learning : LearningData
        Trials of everybody, and what was odd about them.
    grid : Grid
        Voxels of the analysis.
    block : DataBlock
        As declared.
    derivatives : str
        Folder of the images.
    root : Path
        What paths of the study are relative to.
    left_out : tuple of (str, str)
        Subjects who are not used, and why.
    truth : Path or None
        What was planted, for simulated data.
    """

    people: tuple[Person, ...]
    learning: LearningData
    grid: Grid
    block: DataBlock
    derivatives: str
    root: Path = Path()
    left_out: tuple[tuple[str, str], ...] = ()
    truth: Path | None = None

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What was odd about the events."""
        return self.learning.notices

    @property
    def participants(self) -> pd.DataFrame | None:
        """Table participants.tsv, as text."""
        dataset = self.learning.dataset
        return None if dataset is None else dataset.participants

    @property
    def space(self) -> str:
        """Label of the space that the images lie in."""
        return self.people[0].runs[0].space

    @property
    def in_mni(self) -> bool:
        """Whether places can be named: the images lie in one of the MNI spaces."""
        return self.space.startswith("MNI")

    @property
    def resample(self) -> bool:
        """Whether images are to be taken to the grid."""
        return self.block.resample or self.block.voxel_size is not None


def read_imaging(block: DataBlock, root: str | Path = ".") -> ImagingData:
    """Find images and trials; no image is read yet.

    Parameters
    ----------
    block : DataBlock
        Where the data are.
    root : str or Path, default "."
        What its paths are relative to.

    Returns
    -------
    ImagingData
        People with both events and images.

    Raises
    ------
    InputError
        If a folder is not what it should be, or nobody has both.
    """
    base = Path(root)
    learning = read_learning(base / block.bids, _events(block, base), None, block.leave_out)
    derivatives = base / block.derivatives
    runs = read_preprocessed(
        derivatives, block.task, block.space, resolution=block.resolution, dataset=learning.dataset
    )
    people, without = _people(learning.trials, runs)
    if not people:
        found = "no person with both events and images"
        raise InputError(str(derivatives), found, f"images of people in {base / block.bids}")
    mask = None if block.mask is None else base / block.mask
    used = [run for person in people for run in person.runs]
    grid = common_grid(used, mask, block.voxel_size)
    left = [(name, "left out as asked") for name in block.leave_out]
    known = {*learning.trials.subject.tolist(), *block.leave_out}
    folders = sorted(path.name.removeprefix("sub-") for path in derivatives.glob("sub-*/"))
    without += [(name, "images without events") for name in folders if name not in known]
    truth = base / block.bids / "sourcedata" / "truth_imaging.json"
    return ImagingData(
        people, learning, grid, block, str(derivatives), base, tuple(left + without),
        truth if truth.is_file() else None,
    )  # fmt: skip


def _events(block: DataBlock, base: Path) -> str | None:
    """Return a preset's name as it is, a file's relative to the study."""
    given = block.events
    return str(base / given) if given is not None and (base / given).is_file() else given


def _people(
    trials: Trials, runs: tuple[PreprocessedRun, ...]
) -> tuple[tuple[Person, ...], list[tuple[str, str]]]:
    """Match images with trials; a run that lacks either is not used, and that is said."""
    with_trials = {
        pair: i
        for i, pair in enumerate(
            dict.fromkeys(zip(trials.subject.tolist(), trials.run.tolist(), strict=True))
        )
    }
    people, without = [], []
    for subject in dict.fromkeys(trials.subject.tolist()):
        own = [run for run in runs if run.subject == subject and (subject, run.run) in with_trials]
        if own:
            own.sort(key=lambda run: with_trials[run.subject, run.run])
            people.append(Person(subject, tuple(own)))
        missing = [
            run
            for who, run in with_trials
            if who == subject and run not in {each.run for each in own}
        ]
        if missing:
            words = "no preprocessed images" if not own else f"run {', '.join(missing)}: no images"
            without.append((subject, words))
    return tuple(people), without
