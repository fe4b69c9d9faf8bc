"""The first level against nilearn's ``run_glm`` and ``FirstLevelModel``."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from dolorimeter.imaging.design import Design
from dolorimeter.imaging.glm import fit_first_level
from dolorimeter.imaging.glm_grid import fit_first_level_grid

contrasts_of_nilearn = pytest.importorskip("nilearn.glm.contrasts")
first_level_of_nilearn = pytest.importorskip("nilearn.glm.first_level")

CONTRASTS = {"a": {"c0": 1.0, "c1": -1.0}, "b": {"c4": 2.0}}


def make_run(n_frames, k, seed, n_voxels=90):
    """Draw a slow design, drifts, and noise of many autocorrelations on a large mean."""
    rng = np.random.default_rng(seed)
    matrix = np.cumsum(rng.normal(size=(n_frames, k)), axis=0)
    matrix[:, -1] = 1.0
    series = rng.normal(size=(n_frames, n_voxels))
    rho = rng.uniform(-0.3, 0.95, n_voxels)
    for frame in range(1, n_frames):
        series[frame] += rho * series[frame - 1]
    series += 0.2 * matrix @ rng.normal(size=(k, n_voxels)) + rng.uniform(300, 1500, n_voxels)
    names = tuple(f"c{i}" for i in range(k))
    times = 2.0 * np.arange(n_frames)
    return series, Design(matrix, names, ("regressor",) * k, times, np.arange(n_frames))


def by_nilearn(data, designs, wanted, noise="ar1", percent=True):
    """Run nilearn's own steps over all runs."""
    fits = []
    for series, design in zip(data, designs, strict=True):
        scaled = first_level_of_nilearn.mean_scaling(series)[0] if percent else series
        fits.append(first_level_of_nilearn.run_glm(scaled, design.matrix, noise_model=noise))
    maps = {}
    for name, weights in wanted.items():
        chosen = [
            (fit, np.array([weights.get(column, 0.0) for column in design.names]))
            for fit, design in zip(fits, designs, strict=True)
            if set(weights) <= set(design.names)
        ]
        maps[name] = contrasts_of_nilearn.compute_fixed_effect_contrast(
            [fit[0] for fit, _ in chosen], [fit[1] for fit, _ in chosen], [row for _, row in chosen]
        )
    return maps


def assert_equal(found, expected, tolerance=1e-9):
    """Compare maps, relative to the largest value."""
    pairs = {
        "effect": expected.effect,
        "variance": expected.variance,
        "t": expected.stat(),
        "z": expected.z_score(),
    }
    for name, values in pairs.items():
        apart = np.abs(getattr(found, name) - values).max() / np.abs(values).max()
        assert apart < tolerance, name
    assert found.df == expected.dof


@pytest.mark.parametrize("noise", ["ar1", "ols"])
@pytest.mark.parametrize("percent", [True, False])
def test_unequal_runs_equal_nilearn(noise, percent):
    runs = [make_run(120, 6, 0), make_run(87, 4, 1), make_run(150, 8, 2)]
    data, designs = [run[0] for run in runs], [run[1] for run in runs]
    scaling = "percent" if percent else "none"
    expected = by_nilearn(data, designs, CONTRASTS, noise, percent)
    for engine in ("fast", "nilearn"):
        found = fit_first_level(data, designs, CONTRASTS, noise, engine, scaling)
        for name, contrast in found.contrasts.items():
            assert_equal(contrast, expected[name])
    assert found.contrasts["b"].runs == (0, 2)


def test_no_constant_equals_nilearn():
    """nilearn then takes the mean over all voxels off the residuals; so do we."""
    data, design = make_run(100, 6, 3)
    bare = Design(
        design.matrix[:, :-1],
        design.names[:-1],
        design.kinds[:-1],
        design.frame_times,
        design.frames,
    )
    centred = data - 300.0
    expected = by_nilearn([centred], [bare], CONTRASTS, percent=False)
    found = fit_first_level([centred], [bare], CONTRASTS, scaling="none")
    for name, contrast in found.contrasts.items():
        assert_equal(contrast, expected[name])


def test_dependent_columns_equal_nilearn():
    data, design = make_run(100, 6, 4)
    matrix = design.matrix.copy()
    matrix[:, 2] = 3.0 * matrix[:, 3] - 2.0
    dependent = Design(matrix, design.names, design.kinds, design.frame_times, design.frames)
    expected = by_nilearn([data], [dependent], CONTRASTS)
    found = fit_first_level([data], [dependent], CONTRASTS)
    for name, contrast in found.contrasts.items():
        assert_equal(contrast, expected[name])
    assert found.contrasts["a"].df == 95


def test_the_log_likelihood_is_nilearns():
    data, design = make_run(100, 6, 5)
    labels, results = first_level_of_nilearn.run_glm(data, design.matrix, noise_model="ar1")
    found = fit_first_level([data], [design], {}, scaling="none")
    for label, result in results.items():
        here = labels == label
        np.testing.assert_allclose(found.log_likelihood[here], result.logL, rtol=1e-9)
        np.testing.assert_allclose(found.runs[0].estimates[:, here], result.theta, rtol=1e-7)


def test_single_precision_is_read_as_it_is():
    data, design = make_run(100, 6, 6)
    single = data.astype(np.float32)
    expected = by_nilearn([single.astype(np.float64)], [design], CONTRASTS)
    found = fit_first_level([single], [design], CONTRASTS)
    for name, contrast in found.contrasts.items():
        assert_equal(contrast, expected[name])


def test_a_grid_of_models_equals_nilearn_point_by_point():
    runs = [make_run(120, 6, 7), make_run(95, 6, 8)]
    data, fixed = [run[0] for run in runs], [run[1] for run in runs]
    rng = np.random.default_rng(9)
    columns = [np.cumsum(rng.normal(size=(3, len(d.matrix), 2)), axis=1) for d in fixed]
    wanted = {"error": {"e0": 1.0, "e1": 1.0}, "c": {"c0": 1.0, "e1": -1.0}}
    found = fit_first_level_grid(data, fixed, columns, ("e0", "e1"), wanted)
    for model in range(3):
        designs = [
            Design(
                np.column_stack([grid[model], d.matrix]),
                ("e0", "e1", *d.names),
                ("modulator",) * 2 + d.kinds,
                d.frame_times,
                d.frames,
            )
            for d, grid in zip(fixed, columns, strict=True)
        ]
        for place, expected in enumerate(by_nilearn(data, designs, wanted).values()):
            for mine, theirs in (
                (found.effect, expected.effect),
                (found.variance, expected.variance),
                (found.t, expected.stat()),
            ):
                apart = np.abs(mine[model, place] - theirs).max() / np.abs(theirs).max()
                assert apart < 1e-9


def test_images_through_nilearns_model():
    """The whole ``FirstLevelModel``, images in and images out, over two runs."""
    nibabel = pytest.importorskip("nibabel")
    runs = [make_run(60, 5, 10, 24), make_run(50, 5, 11, 24)]
    names = ["c0", "c1", "c2", "c3", "c4"]
    mask = nibabel.Nifti1Image(np.ones((4, 3, 2), dtype=np.uint8), np.eye(4))
    images = [nibabel.Nifti1Image(x.T.reshape(4, 3, 2, -1), np.eye(4)) for x, _ in runs]
    maskers = pytest.importorskip("nilearn.maskers")
    masker = maskers.NiftiMasker(mask_img=mask, standardize=None).fit()
    model = first_level_of_nilearn.FirstLevelModel(
        mask_img=masker, noise_model="ar1", signal_scaling=0, standardize=None, smoothing_fwhm=None
    )
    matrices = [pd.DataFrame(d.matrix, columns=names) for _, d in runs]
    model.fit(images, design_matrices=matrices)
    outputs = model.compute_contrast(["c0 - c1"] * 2, output_type="all")
    data, designs = [run[0] for run in runs], [run[1] for run in runs]
    found = fit_first_level(data, designs, {"a": CONTRASTS["a"]}).contrasts["a"]
    for name, key in (
        ("effect", "effect_size"),
        ("variance", "effect_variance"),
        ("t", "stat"),
        ("z", "z_score"),
    ):
        theirs = np.asarray(outputs[key].dataobj).ravel()
        apart = np.abs(getattr(found, name) - theirs).max() / np.abs(theirs).max()
        assert apart < 1e-9, name
