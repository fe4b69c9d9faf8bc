"""study.yaml of an imaging study: which data, which design."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from dolorimeter.audit.yaml_file import read_yaml
from dolorimeter.core import InputError
from dolorimeter.studies.settings import read_settings, refuse_unknown, require_kind

from .blocks import Design, FirstLevel, Group, Learning, ModelMaps, Overlap, TimeCourses
from .design import ImagingStudy

FORMAT = 1
BLOCKS: dict[str, type] = {
    "learning": Learning,
    "design": Design,
    "first_level": FirstLevel,
    "group": Group,
    "model_maps": ModelMaps,
    "time_courses": TimeCourses,
}


@dataclass(frozen=True, slots=True)
class DataBlock:
    """Where the data are; paths are relative to the study file.

    Parameters
    ----------
    bids : str
        Root of the raw data set, whose events are read.
    derivatives : str
        Folder of preprocessed images, such as fMRIPrep writes.
    events : str, optional
        How events become trials: a preset or a YAML file; by default the one the data set names.
    task : str, optional
        Which task, where there are several.
    space, resolution : str, optional
        Which images, where there are several.
    mask : str, optional
        An image whose voxels above 0 are analyzed; by default the voxels in every run's mask.
    voxel_size : float, optional
        In mm, to analyze on a coarser or finer grid; images are then resampled.
    resample : bool, default False
        Resample images that do not lie in the space of the mask.
    repetition_time : float, optional
        In seconds, where neither sidecar nor header says it.
    leave_out : tuple of str
        Subjects who are not used.
    """

    bids: str
    derivatives: str
    events: str | None = None
    task: str | None = None
    space: str | None = None
    resolution: str | None = None
    mask: str | None = None
    voxel_size: float | None = None
    resample: bool = False
    repetition_time: float | None = None
    leave_out: tuple[str, ...] = ()


def read_study(path: str | Path) -> tuple[ImagingStudy, DataBlock, int | None]:
    """Read an imaging study from its file (docs/formats/study-imaging.md).

    Parameters
    ----------
    path : str or Path
        A YAML file.

    Returns
    -------
    study : ImagingStudy
        The design.
    data : DataBlock
        Where the data are.
    random_state : int or None
        Its seed, if it names one.

    Raises
    ------
    InputError
        If the file cannot be read, a key is not one of the format's, or a value cannot be.
    """
    where, content = str(path), read_yaml(path)
    declared = {f.name for f in fields(ImagingStudy)}
    refuse_unknown(where, content, {"format", "study", "data", "random_state", *declared})
    if content.get("format", FORMAT) != FORMAT or content.get("study", "imaging") != "imaging":
        found = f"format {content.get('format')!r} of study {content.get('study')!r}"
        raise InputError(where, found, f"format {FORMAT} of study 'imaging'")
    data = _data(content.get("data"), where)
    options = {k: v for k, v in content.items() if k in declared and v is not None}
    for name, kind in BLOCKS.items():
        if name in options:
            options[name] = _block(kind, options[name], f"{where}, {name}")
    options["overlap"] = tuple(
        _block(Overlap, each, f"{where}, overlap, pair {i + 1}")
        for i, each in enumerate(_listed(options.get("overlap", ()), f"{where}, overlap"))
    )
    for name, annotation in (("factors", "Mapping[str, Any]"), ("pain", "bool"), ("title", "str")):
        if name in options:
            require_kind(f"{where}, {name}", options[name], annotation)
    for level, given in options.get("factors", {}).items():
        crossed = "Mapping[str, str]" if isinstance(given, Mapping) else "str"
        require_kind(f"{where}, factors, {level}", given, crossed)
    options["contrasts"] = _contrasts(options.get("contrasts"), f"{where}, contrasts")
    try:
        study = ImagingStudy(**options)
    except InputError as error:
        raise InputError(
            f"{where}, {error.where}", error.found, error.rule, error.remedy
        ) from error
    return study, data, _seed(content.get("random_state"), where)


def _data(given: Any, where: str) -> DataBlock:
    rule = "a block 'data' with 'bids' and 'derivatives', folders"
    if not isinstance(given, Mapping):
        raise InputError(where, "no data", rule)
    for key in ("bids", "derivatives"):
        if not isinstance(given.get(key), str):
            raise InputError(f"{where}, data", f"{key} {given.get(key)!r}", rule)
    return read_settings(DataBlock, given, f"{where}, data")


def _block(kind: type, given: Any, where: str) -> Any:
    needed = {ModelMaps: ("contrast",), TimeCourses: ("regions",), Overlap: ("first", "second")}
    if isinstance(given, Mapping):
        refuse_unknown(where, given, {f.name for f in fields(kind)})
        for key in needed.get(kind, ()):
            if given.get(key) is None:
                raise InputError(where, f"no {key!r}", f"{' and '.join(needed[kind])} at least")
    return read_settings(kind, given, where)


def _listed(given: Any, where: str) -> list[Any]:
    if not isinstance(given, list | tuple):
        raise InputError(where, repr(given), "a list")
    return list(given)


def _contrasts(given: Any, where: str) -> dict[str, dict[str, float]] | None:
    if given is None:
        return None
    rule = "names, each with weights of columns: appetitive: {error_A: 0.5, error_B: 0.5}"
    if not isinstance(given, Mapping) or not given:
        raise InputError(where, repr(given), rule)
    for name, weights in given.items():
        numbers = isinstance(weights, Mapping) and all(
            isinstance(w, int | float) and not isinstance(w, bool) for w in weights.values()
        )
        if not numbers or not weights:
            raise InputError(f"{where}, {name}", repr(weights), rule)
    return {str(n): {str(c): float(w) for c, w in of.items()} for n, of in given.items()}


def _seed(given: Any, where: str) -> int | None:
    if given is not None and (not isinstance(given, int) or isinstance(given, bool) or given < 0):
        raise InputError(f"{where}, random_state", repr(given), "a whole number of at least 0")
    return given
