"""A small simulated cohort and a small imaging data set, each with one run of its study."""

import json
import shutil
from dataclasses import replace

import nibabel
import numpy as np
import pytest

from dolorimeter.imaging import SITES, brain_grid, voxel_centers, write_simulated
from dolorimeter.learning import relief2005, simulate_learning
from dolorimeter.studies import VitalsStudy
from dolorimeter.studies.imaging import read_imaging, read_study
from dolorimeter.studies.learning import save_simulated
from dolorimeter.tables import make_windows, simulate_cohort


@pytest.fixture(scope="session")
def cohort():
    """Return windows of 24 simulated stays of 12 patients with a strong signal."""
    return make_windows(simulate_cohort(12, 24, signal=4.0, random_state=1), "2h", "48h")


@pytest.fixture(scope="session")
def study():
    """Return a design small enough for a test."""
    return VitalsStudy(
        folds=4, null_bootstraps=400, learning_splits=2, n_bootstrap=200, permutations=2
    )


@pytest.fixture(scope="session")
def result(study, cohort):
    """Return the whole study, run once."""
    return study.run(cohort, random_state=3)


IMAGING = """\
format: 1
study: imaging
title: A small study
pain: true
data: {bids: ., derivatives: derivatives/fmriprep, mask: mask.nii.gz}
learning: {model: td, parameters: {alpha: 0.3}}
design:
  confounds: [motion]
  confound_options: {motion: basic}
  scrub: {fd: 0.5}
first_level: {smoothing: 8}
contrasts:
  relief: {error_A: 1}
  exacerbation: {error_B: -1}
group: {extent: 2, permutations: 100}
regions: [amygdala left, midbrain, putamen ventral left]
overlap:
  - {first: relief, second: exacerbation}
factors: {relief: relief, exacerbation: exacerbation}
time_courses:
  regions: [amygdala left, putamen ventral left]
  signs: {putamen ventral left: {A: 1, B: -1}}
model_maps: {contrast: relief, alphas: [0.1, 0.3, 0.5, 0.7, 0.9], models: [td, rw]}
"""
NEAR = 16.0  # mm from a site within which voxels are analyzed


@pytest.fixture(scope="session")
def imaging_tree(tmp_path_factory):
    """Return a BIDS set of six people at 12 mm, strong errors planted; not to be written to."""
    root = tmp_path_factory.mktemp("imaging") / "bids"
    study = simulate_learning(relief2005(random_state=1), 6, alpha=0.3, random_state=2)
    save_simulated(study, root)
    errors = {name: np.array(study.truth[name]) for name in ("cue_error", "outcome_error")}
    sites = [replace(site, radius=12.0, effect=3.0) for site in SITES]
    write_simulated(
        study.trials.with_quantities(**errors),
        root / "derivatives" / "fmriprep",
        tr=4.0,
        voxel_size=12.0,
        sites=sites,
        random_state=3,
    )
    _write_targets(root)
    grid = brain_grid(12.0)
    away = [np.linalg.norm(voxel_centers(grid) - site.center, axis=1) for site in sites]
    mask = grid.mask.astype(np.uint8)
    mask[grid.mask] = np.min(away, axis=0) < NEAR
    nibabel.Nifti1Image(mask, grid.affine).to_filename(root / "mask.nii.gz")
    (root / "study.yaml").write_text(IMAGING, encoding="utf-8")
    return root


def _write_targets(root):
    """Say where relief should be found, and where relief and exacerbation both."""
    told = {"effect": 3.0, "responds_to": "appetitive errors"}
    targets = [
        {"name": "amygdala left", "center": [-24.0, -6.0, -18.0], "contrasts": ["relief"], **told},
        {
            "name": "putamen ventral left",
            "center": [-24.0, 6.0, -6.0],
            "contrasts": ["relief", "exacerbation"],
            **told,
        },
    ]
    path = root / "sourcedata" / "truth_imaging.json"
    path.write_text(json.dumps({"targets": targets}), encoding="utf-8")


@pytest.fixture(scope="session")
def imaging_run(imaging_tree, tmp_path_factory):
    """Return the result of the small study, and the cache that it left."""
    cache = tmp_path_factory.mktemp("kept")
    study, block, _ = read_study(imaging_tree / "study.yaml")
    return study.run(read_imaging(block, imaging_tree), 0, cache=cache), cache


@pytest.fixture
def two_people(imaging_tree, tmp_path):
    """Return a copy of the first two people, to be spoiled."""
    root = tmp_path / "bids"
    others = [f"sub-{i:02d}" for i in (3, 4, 5, 6)]
    shutil.copytree(imaging_tree, root, ignore=shutil.ignore_patterns(*others))
    table = (root / "participants.tsv").read_text(encoding="utf-8").splitlines(keepends=True)
    (root / "participants.tsv").write_text("".join(table[:3]), encoding="utf-8")
    return root
