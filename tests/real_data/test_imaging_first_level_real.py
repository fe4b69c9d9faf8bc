"""Real BOLD and events (Haxby 2001 at 25 mm) through design and first level, beside nilearn."""

import nibabel
import numpy as np
import pandas as pd
import pytest
from nilearn.glm.contrasts import compute_contrast
from nilearn.glm.first_level import make_first_level_design_matrix, mean_scaling, run_glm

from dolorimeter.bids.preprocessed import PreprocessedRun
from dolorimeter.core import Grid, Trials
from dolorimeter.imaging import (
    Regressor,
    check_design,
    fit_first_level,
    frame_times_of,
    make_design,
    read_run,
)

pytestmark = pytest.mark.real_data
CONTRASTS = {
    "face - house": {"face": 1.0, "house": -1.0},
    "face": {"face": 1.0},
    "objects": {"bottle": 0.25, "scissors": 0.25, "shoe": 0.25, "chair": 0.25},
    "objects - scrambled": {"bottle": 0.5, "shoe": 0.5, "scrambledpix": -1.0},
}


def trials_of(table, run):
    n = len(table)
    return Trials(
        np.full(n, "001"), np.full(n, run), table["trial_type"].to_numpy(dtype=str),
        np.full(n, "none"), table["onset"].to_numpy(float), np.full(n, np.nan), np.zeros(n),
    )  # fmt: skip


@pytest.fixture(scope="module")
def tables(data_dir):
    """Return the events of each run."""
    paths = sorted((data_dir / "haxby2001-25mm").glob("sub001/BOLD/*/bold_events.tsv"))
    assert len(paths) == 12
    return {path.parent: pd.read_csv(path, sep="\t") for path in paths}


@pytest.fixture(scope="module")
def series(tables):
    """Return the data of each run, voxels that vary in all of them, and the repetition time."""
    found = []
    bolds = [folder / "bold_25mm.nii.gz" for folder in tables]
    varies = [np.ptp(nibabel.load(p).get_fdata(), axis=3) > 0 for p in bolds]
    grid = Grid(np.logical_and.reduce(varies), nibabel.load(bolds[0]).affine)
    for path in bolds:
        data, step = read_run(PreprocessedRun("001", path.parent.name, {}, path), grid, None)
        found.append(data)
    assert step == 2.5
    return found


@pytest.fixture(scope="module")
def designs(tables):
    frames = frame_times_of(121, 2.5)
    made = []
    for folder, table in tables.items():
        regressors = [
            Regressor(name, ("cue",), cues=(name,), duration=float(own["duration"].iloc[0]))
            for name, own in table.groupby("trial_type")
        ]
        assert table["duration"].nunique() == 1
        made.append(make_design(trials_of(table, folder.name[-3:]), regressors, frames))
    return made


def test_designs_are_nilearns_and_valid(designs, tables):
    for design, table in zip(designs, tables.values(), strict=True):
        peer = make_first_level_design_matrix(
            design.frame_times, table[["onset", "duration", "trial_type"]],
            hrf_model="spm", drift_model="cosine", high_pass=1 / 128,
        )  # fmt: skip
        events = [i for i, kind in enumerate(design.kinds) if kind == "regressor"]
        names = [design.names[i] for i in events]
        assert len(names) == 8
        np.testing.assert_allclose(design.matrix[:, events], peer[names], atol=1e-10)
    check = check_design(designs, CONTRASTS)
    assert len(check.runs) == 12
    assert (check.variance_inflation < 5).all()
    assert not check.warnings


def test_all_runs_are_fitted_as_nilearn_fits_them(designs, series):
    fast = fit_first_level(series, designs, CONTRASTS)
    slow = fit_first_level(series, designs, CONTRASTS, engine="nilearn")
    for name, found in fast.contrasts.items():
        for field in ("effect", "variance", "t", "z"):
            expected = getattr(slow.contrasts[name], field)
            np.testing.assert_allclose(
                getattr(found, field), expected, rtol=1e-8, atol=1e-8 * np.abs(expected).max()
            )


def test_one_run_by_nilearns_functions_alone(designs, series):
    """Neither of our engines: nilearn's scaling, model and contrast, called here."""
    design = designs[4]
    found = fit_first_level(series[4:5], [design], CONTRASTS).contrasts
    scaled, _ = mean_scaling(series[4])
    labels, estimates = run_glm(scaled, design.matrix, noise_model="ar1")
    for name, weights in CONTRASTS.items():
        row = np.array([weights.get(column, 0.0) for column in design.names])
        peer = compute_contrast(labels, estimates, row, stat_type="t")
        np.testing.assert_allclose(found[name].effect, peer.effect_size(), rtol=1e-8, atol=1e-10)
        np.testing.assert_allclose(found[name].t, peer.stat(), rtol=1e-8, atol=1e-10)
        np.testing.assert_allclose(found[name].z, peer.z_score(), rtol=1e-8, atol=1e-8)


def test_runs_that_share_nothing_agree_about_objects(designs, series):
    """The effect is signal: maps of single runs agree more than with runs' signs flipped.

    At 25 mm face - house does not (p = 0.3): there the effect of objects over rest is tested.
    """
    maps = [
        fit_first_level([data], [design], CONTRASTS).contrasts["objects"].t
        for data, design in zip(series, designs, strict=True)
    ]
    pairs = np.triu_indices(12, 1)
    alike = np.corrcoef(maps)
    signs = np.random.default_rng(0).choice([-1, 1], (999, 12))
    null = [(np.outer(flips, flips) * alike)[pairs].mean() for flips in signs]
    assert (1 + np.sum(np.array(null) >= alike[pairs].mean())) / 1000 < 0.01
    both = fit_first_level(series, designs, CONTRASTS).contrasts["face - house"]
    assert np.abs(both.t).max() > 5
    assert both.df == sum(len(d) - d.matrix.shape[1] for d in designs)
