"""Preprocessed images as fMRIPrep leaves them: which file is whose run, in which space."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from dolorimeter.core import InputError

from .dataset import Dataset, Run, run_labels
from .folders import Place, checked_root, places
from .names import Name, natural, same_run
from .notices import listed
from .sidecars import Sidecars, applicable

NATIVE = "native"
_IMAGES = (".nii", ".nii.gz")
_CONFOUNDS = ("timeseries", "regressors")  # the second: fMRIPrep before 20.2
# What an image says beyond the run that it comes from.
_BEYOND = frozenset({"space", "cohort", "res", "den", "desc", "echo", "part"})


@dataclass(frozen=True, slots=True)
class PreprocessedRun:
    """The images of one run and what belongs to them.

    Attributes
    ----------
    subject : str
        Label of the person, as in the events.
    run : str
        Name of the run, as the trials of its events have it.
    entities : mapping of str to str
        Of the run: without space, resolution and the like.
    bold : Path
        The functional image, of four axes.
    mask, confounds : Path or None
        Brain mask in the same space; table of confounds; None where there is none.
    repetition_time : float or None
        Seconds, from the sidecars; None where they do not say.
    space : str
        Such as ``"MNI152NLin2009cAsym"``; ``"native"`` where the name has no space.
    start_time : float or None
        Seconds from the start of a volume to the moment that its slices were brought to
        (``StartTime`` of the image's own sidecar); None where it does not say, or says that slice
        timing was not corrected.
    slices_corrected : bool
        Whether the sidecar says ``SliceTimingCorrected: true``.
    """

    subject: str
    run: str
    entities: Mapping[str, str]
    bold: Path
    mask: Path | None = None
    confounds: Path | None = None
    repetition_time: float | None = None
    space: str = NATIVE
    start_time: float | None = None
    slices_corrected: bool = False


@dataclass(frozen=True, slots=True)
class _Image:
    """An image, the folder it lies in, and what its name says."""

    name: Name
    path: Path
    place: Place

    @property
    def run(self) -> dict[str, str]:
        return {k: v for k, v in self.name.entities.items() if k not in _BEYOND}

    @property
    def space(self) -> str:
        return self.name.entities.get("space", NATIVE)

    @property
    def echo(self) -> str:
        return self.name.entities.get("echo", "")


def read_preprocessed(
    derivatives: str | Path,
    task: str | None = None,
    space: str | None = None,
    desc: str = "preproc",
    resolution: str | None = None,
    dataset: Dataset | None = None,
) -> tuple[PreprocessedRun, ...]:
    """Find the preprocessed images of each run; none is opened.

    Parameters
    ----------
    derivatives : str or Path
        Folder of the pipeline that holds ``sub-…``, such as ``derivatives/fmriprep``.
    task : str, optional
        Label of the task; without it runs of every task.
    space : str, optional
        Label of the space, ``"native"`` for images without; needed where there are several.
    desc : str, default "preproc"
        Label of the description.
    resolution : str, optional
        Label of the entity ``res``; needed where there are several in one space.
    dataset : Dataset, optional
        The raw data set: runs are then named as its are, images of runs without events are left
        out, and its sidecars speak where those of the derivatives are silent.

    Returns
    -------
    tuple of PreprocessedRun
        By person and run.

    Raises
    ------
    InputError
        If there are no such images, a space or resolution has to be chosen, two images are of one
        run, a run has images of single echoes alone, or a file is a link to nowhere.

    Notes
    -----
    Images of single echoes are passed over where the run has one without ``echo`` in its name:
    there the echoes are combined.

    Without the raw data set runs are named by what tells the images apart: a session with events
    but without images can then change the names.
    """
    root = _root(derivatives)
    found = [
        _Image(name, path, place)
        for place in places(root)
        for name, path in place.files
        if name.suffix == "bold" and name.extension in _IMAGES
    ]
    images = _chosen(found, root, {"task": task, "desc": desc})
    images = _combined(images)
    images = _only("space", images, root, space)
    images = _only("resolution", images, root, resolution)
    images.sort(key=lambda image: [(k, natural(v)) for k, v in _ordered(image.run)])
    _refuse_duplicates(images)
    labels = _labels(images) if dataset is None else _matched(images, dataset)
    sidecars = Sidecars(root)
    return tuple(
        _run(image, label, fallback, sidecars)
        for image, (label, fallback) in zip(images, labels, strict=True)
        if label is not None
    )


def _root(derivatives: str | Path) -> Path:
    """Return the pipeline's folder; name it where the folder above was given."""
    path = Path(derivatives).expanduser()
    if path.is_dir() and not any(path.glob("sub-*")):
        pipelines = sorted({p.parent.name for p in path.glob("*/sub-*")})
        if pipelines:
            found = f"no folder sub-…, but pipelines ({listed(pipelines)})"
            raise InputError(str(path), found, "the folder of one pipeline")
    return checked_root(path)


def _chosen(images: list[_Image], root: Path, wanted: Mapping[str, str | None]) -> list[_Image]:
    """Keep images of a task and a description."""
    asked = {key: label for key, label in wanted.items() if label is not None}
    for key, label in asked.items():
        known = sorted({image.name.entities.get(key, "(none)") for image in images})
        images = [image for image in images if image.name.entities.get(key) == label]
        if not images:
            found = f"no image …_{key}-{label}_…_bold.nii.gz"
            rule = f"{key} among {listed(known)}" if known else "preprocessed images"
            raise InputError(str(root), found, rule)
    return images


def _combined(images: list[_Image]) -> list[_Image]:
    """Pass over single echoes of runs that have an image of all of them, in whatever space."""
    whole = {_key(image.run) for image in images if not image.echo}
    kept = [image for image in images if not image.echo or _key(image.run) not in whole]
    first: dict[frozenset[tuple[str, str]], _Image] = {}
    for image in kept:
        other = first.setdefault(_key(image.run), image)
        if image.echo != other.echo:
            found = f"images of single echoes alone ({other.path.name}, {image.path.name})"
            rule = "one image of each run, its echoes combined"
            raise InputError(str(image.path.parent), found, rule)
    return kept


def _only(kind: str, images: list[_Image], root: Path, wanted: str | None) -> list[_Image]:
    """Keep images of one space or resolution, which must be named where there are several."""

    def label(image: _Image) -> str:
        return image.space if kind == "space" else image.name.entities.get("res", "")

    known = sorted({label(image) for image in images})
    if wanted is None and len(known) > 1:
        words = listed(word or "(none)" for word in known)
        raise InputError(str(root), f"images in {kind} {words}", f"a choice of one {kind}")
    kept = [image for image in images if wanted is None or label(image) == wanted]
    if not kept:
        raise InputError(str(root), f"no image in {kind} {wanted!r}", f"one of {listed(known)}")
    return kept


def _ordered(entities: Mapping[str, str]) -> list[tuple[str, str]]:
    first = ("sub", "ses", "task")
    further = sorted(key for key in entities if key not in (*first, "run"))
    return [(key, entities.get(key, "")) for key in (*first, *further, "run")]


def _key(entities: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    """Return what two names of one run share: run-1 is run-01."""
    return frozenset((k, same_run(v) if k == "run" else v) for k, v in entities.items())


def _refuse_duplicates(images: list[_Image]) -> None:
    seen: dict[frozenset[tuple[str, str]], _Image] = {}
    for image in images:
        other = seen.setdefault(_key(image.run), image)
        if other is not image:
            found = f"an image of the same run as {other.path.name}"
            raise InputError(str(image.path), found, "one image for each run")


def _labels(images: list[_Image]) -> list[tuple[str | None, float | None]]:
    runs = tuple(Run(image.path, image.path.parent, image.run) for image in images)
    return [(label, None) for label in run_labels(runs)]


def _matched(images: list[_Image], dataset: Dataset) -> list[tuple[str | None, float | None]]:
    """Give each image the name and repetition time of its raw run; None without events."""
    labels = run_labels(dataset.runs)
    known: dict[frozenset[tuple[str, str]], tuple[str | None, float | None]] = {
        _key(run.entities): (label, run.repetition_time)
        for run, label in zip(dataset.runs, labels, strict=True)
    }
    found = [known.get(_key(image.run), (None, None)) for image in images]
    if all(label is None for label, _ in found):
        rule = f"images of runs that have events, such as {dataset.runs[0].file}"
        raise InputError(str(images[0].path), "no image belongs to a run with events", rule)
    return found


def _run(
    image: _Image, label: str | None, fallback: float | None, sidecars: Sidecars
) -> PreprocessedRun:
    entities = image.name.entities
    of_mask = {key: word for key, word in entities.items() if key not in ("desc", "echo", "part")}
    chain = applicable(entities, "bold", image.place.shelves)
    told = sidecars.merge(chain)
    corrected = told.get("SliceTimingCorrected")
    return PreprocessedRun(
        image.run["sub"],
        label or "",
        image.run,
        _present(image.path),
        _beside(image.place, {**of_mask, "desc": "brain"}, ("mask",), _IMAGES),
        _beside(image.place, {**image.run, "desc": "confounds"}, _CONFOUNDS, (".tsv",)),
        _seconds(told.get("RepetitionTime")) or fallback,
        image.space,
        None if corrected is False else _seconds(told.get("StartTime"), zero=True),
        corrected is True,
    )


def _seconds(told: object, zero: bool = False) -> float | None:
    """Return a positive number, or 0 where that is a statement; None for anything else."""
    if not isinstance(told, int | float) or isinstance(told, bool):
        return None
    return float(told) if 0 < told < math.inf or (zero and told == 0) else None


def _beside(
    place: Place, entities: Mapping[str, str], suffixes: Iterable[str], extensions: Iterable[str]
) -> Path | None:
    """Return the file of a run that has these entities and one of these endings."""
    for suffix in suffixes:
        for name, path in place.files:
            same = _key(name.entities) == _key(entities)
            if same and name.suffix == suffix and name.extension in extensions:
                return _present(path)
    return None


def _present(path: Path) -> Path:
    if not path.exists():
        found = f"a link to nowhere ({path.readlink()})"
        remedy = "Fetch the content of the data set, such as by datalad get."
        raise InputError(str(path), found, "a file", remedy)
    return path
