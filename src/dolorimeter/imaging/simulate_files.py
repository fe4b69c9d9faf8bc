"""Simulated images as a tree of derivatives that looks like fMRIPrep's, and the truth behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dolorimeter.bids.layout import by_file, label_of, path_of, run_entities, subject_label
from dolorimeter.bids.write import BIDS_VERSION, made_by, write_json
from dolorimeter.core import Grid, Trials, output_directory, progress
from dolorimeter.samples.arguments import need_extra

from .grids import brain_grid
from .simulate import (
    RandomState,
    SimulatedRun,
    SimulatedSubject,
    simulate_study_data,
)
from .simulate_noise import Noise, Singles
from .truth import EVOKED, SITES, Site

SPACE = "MNI152NLin2009cAsym"
STEP = 1.0  # of the stored whole numbers, 1/10 of the noise: files are a third of float32's


def write_simulated(
    trials: Trials,
    folder: str | Path,
    task: str = "learning",
    tr: float = 3.0,
    voxel_size: float = 6.0,
    sites: Sequence[Site] = (*SITES, *EVOKED),
    effect: float = 1.0,
    spread: float = 0.2,
    noise: Noise | None = None,
    hrf: str = "spm",
    random_state: RandomState = None,
    force: bool = False,
) -> dict[str, Any]:
    """Simulate the images of all people and write them as preprocessed derivatives.

    Parameters
    ----------
    trials : Trials
        Of all people, with the quantities ``cue_error`` and ``outcome_error``; the raw events are
        written apart (:func:`dolorimeter.bids.write_events`).
    folder : str or Path
        The pipeline's folder to create, such as ``derivatives/fmriprep``: whole or not at all.
    task : str, default "learning"
        Label of the task.
    tr : float, default 3.0
        Repetition time, seconds.
    voxel_size : float, default 6.0
        In mm.
    sites : sequence of Site
        Planted; empty: noise alone.
    effect : float, default 1.0
        Multiplies every planted effect.
    spread : float, default 0.2
        Deviation of the effects over people, relative to their mean.
    noise : Noise, optional
        Default as the class has it.
    hrf : str, default "spm"
        Of the brain.
    random_state : int, numpy.random.Generator or None
        Seed.
    force : bool, default False
        Replace a folder that exists.

    Returns
    -------
    dict
        The truth, as plain values for JSON: sites, effects of each person, noise, seed.

    Raises
    ------
    InputError
        If the folder exists, a label cannot stand in BIDS, or as
        :func:`dolorimeter.imaging.simulate.simulate_bold`.
    """
    label_of("task", task)
    subjects = sorted({entities["sub"] for entities, _ in by_file(trials)})
    seed = int(np.random.default_rng(random_state).integers(2**32))
    options: dict[str, Any] = {"tr": tr, "sites": sites, "effect": effect, "spread": spread}
    options |= {"noise": noise or Noise(), "hrf": hrf}
    grid = brain_grid(voxel_size)
    effects: dict[str, dict[str, float]] = {}
    with output_directory(folder, force) as scratch:
        _write_description(scratch)
        people = simulate_study_data(trials, grid=grid, random_state=seed, **options)
        for person in progress(people, "simulating images", total=len(subjects)):
            _write_person(scratch, person, grid, tr, task)
            effects[person.subject] = person.effects
    return truth_of(seed, grid, effects, options)


def truth_of(
    seed: int, grid: Grid, effects: Mapping[str, Mapping[str, float]], options: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what was planted as plain values.

    Parameters
    ----------
    seed : int
        Of the images.
    grid : Grid
        Voxels.
    effects : mapping of str to mapping
        Percent signal by person and site.
    options : mapping
        ``tr``, ``sites``, ``effect``, ``spread``, ``noise`` and ``hrf``.

    Returns
    -------
    dict
        For JSON.
    """
    chosen = dict(options)
    planted: Iterable[Site] = chosen.pop("sites")
    return {
        "seed": seed,
        "space": SPACE,
        "n_voxels": int(grid.mask.sum()),
        "affine": grid.affine.tolist(),
        **chosen,
        "noise": asdict(chosen["noise"]),
        "sites": [_plain(asdict(site)) for site in planted],
        "effects": {subject: dict(own) for subject, own in effects.items()},
    }


def _plain(value: Any) -> Any:
    """Turn tuples into lists, so that what is written reads back equal."""
    if isinstance(value, Mapping):
        return {key: _plain(held) for key, held in value.items()}
    return [_plain(held) for held in value] if isinstance(value, list | tuple) else value


def _write_description(folder: Path) -> None:
    kind = {"Name": "Simulated preprocessed images", "BIDSVersion": BIDS_VERSION}
    about = {**kind, "DatasetType": "derivative", "GeneratedBy": [made_by()]}
    write_json(folder / "dataset_description.json", about)


def _write_person(folder: Path, person: SimulatedSubject, grid: Grid, tr: float, task: str) -> None:
    for run in person.runs:
        entities = {"sub": subject_label(run.subject), **run_entities(run.run, run.subject)}
        entities["task"] = task
        _write_run(folder, entities, run, grid, tr)


def _write_run(
    folder: Path, entities: dict[str, str], run: SimulatedRun, grid: Grid, tr: float
) -> None:
    size = float(np.abs(grid.affine[0, 0]))
    placed = {**entities, "space": SPACE, "res": f"{size:.0f}"}
    of_image, of_mask = {**placed, "desc": "preproc"}, {**placed, "desc": "brain"}
    of_confounds = {**entities, "desc": "confounds"}
    bold = folder / path_of(of_image, "bold", ".nii.gz")
    bold.parent.mkdir(parents=True, exist_ok=True)
    _save_bold(bold, run.data, grid, tr)
    about = {"RepetitionTime": tr, "TaskName": entities["task"], "SkullStripped": True}
    write_json(folder / path_of(of_image, "bold", ".json"), about)
    _image(grid.mask.astype(np.uint8), grid).to_filename(
        folder / path_of(of_mask, "mask", ".nii.gz")
    )
    table = folder / path_of(of_confounds, "timeseries", ".tsv")
    run.confounds.to_csv(
        table, sep="\t", index=False, na_rep="n/a", float_format="%.8g", lineterminator="\n"
    )
    units = {"framewise_displacement": {"Units": "mm"}}
    write_json(folder / path_of(of_confounds, "timeseries", ".json"), units)


def _save_bold(path: Path, data: Singles, grid: Grid, tr: float) -> None:
    """Write a run as whole numbers."""
    volumes = np.zeros((*grid.mask.shape, len(data)), dtype=np.int16)
    volumes[grid.mask] = np.rint(np.clip(data.T / STEP, 0, np.iinfo(np.int16).max))
    image = _image(volumes, grid)
    image.header.set_zooms((*image.header.get_zooms()[:3], tr))
    image.header.set_xyzt_units("mm", "sec")
    image.header.set_slope_inter(STEP, 0)  # nibabel stores whole numbers as they are
    image.to_filename(path)


def _image(stored: NDArray[Any], grid: Grid) -> Any:
    nibabel = need_extra("nibabel", "images")
    image = nibabel.Nifti1Image(stored, grid.affine)
    image.set_sform(grid.affine, code="mni")
    image.set_qform(grid.affine, code="mni")
    return image
