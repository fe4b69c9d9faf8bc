"""A grid of models equals each model by itself; held-out runs equal dense densities."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import null_space
from scipy.stats import multivariate_normal

from dolorimeter.core import InputError
from dolorimeter.imaging.design import Design
from dolorimeter.imaging.glm import fit_first_level
from dolorimeter.imaging.glm_grid import fit_first_level_grid
from dolorimeter.imaging.held_out import Trained, held_out_grid, predictive_log_likelihood

NAMES = ("error A", "error B")


def make_design(matrix, names):
    """Name the columns of a matrix."""
    n, k = matrix.shape
    return Design(matrix, tuple(names), ("regressor",) * k, 2.0 * np.arange(n), np.arange(n))


def make_runs(lengths=(60, 75), n_voxels=5, n_models=3, seed=0, slope=1.0, truth=1):
    """Draw runs with a grid of modulated columns, of which one made the data."""
    rng = np.random.default_rng(seed)
    data, fixed, columns = [], [], []
    beta = slope * rng.normal(size=(2, n_voxels))
    for n in lengths:
        shared = np.column_stack([rng.normal(size=(n, 2)), np.ones(n)])
        grid = rng.normal(size=(n_models, n, 2))
        series = rng.normal(size=(n, n_voxels))
        for frame in range(1, n):
            series[frame] += np.linspace(-0.2, 0.7, n_voxels) * series[frame - 1]
        series += shared @ rng.normal(size=(3, n_voxels)) + grid[truth] @ beta + 100.0
        data.append(series)
        fixed.append(make_design(shared, ("s0", "s1", "one")))
        columns.append(grid)
    return data, fixed, columns


def full(fixed, grid, model):
    """Join the shared and the modulated columns of one model."""
    return make_design(np.column_stack([fixed.matrix, grid[model]]), (*fixed.names, *NAMES))


def density_free_of(shared, series, mean, variance, rho):
    """Density of the contrasts of a series that are free of the shared columns."""
    n = len(series)
    whitening = np.eye(n) - rho * np.eye(n, k=-1)
    free = null_space(shared.T)
    spread = variance * free.T @ np.linalg.inv(whitening.T @ whitening) @ free
    return multivariate_normal.logpdf(free.T @ series, free.T @ mean, spread)


@pytest.mark.parametrize("noise", ["ar1", "ols"])
@pytest.mark.parametrize("scaling", ["percent", "none"])
def test_the_grid_equals_each_model_by_itself(noise, scaling):
    data, fixed, columns = make_runs()
    wanted = {"error": {"error A": 1.0, "error B": 1.0}, "mixed": {"s0": 1.0, "error A": -0.5}}
    found = fit_first_level_grid(data, fixed, columns, NAMES, wanted, noise, scaling)
    assert found.effect.shape == (3, 2, 5)
    for model in range(3):
        designs = [full(f, grid, model) for f, grid in zip(fixed, columns, strict=True)]
        alone = fit_first_level(data, designs, wanted, noise, scaling=scaling)
        for place, contrast in enumerate(alone.contrasts.values()):
            np.testing.assert_allclose(found.effect[model, place], contrast.effect, rtol=1e-9)
            np.testing.assert_allclose(found.variance[model, place], contrast.variance, rtol=1e-9)
            np.testing.assert_allclose(found.t[model, place], contrast.t, rtol=1e-9)
            assert found.df[place] == contrast.df
        np.testing.assert_allclose(found.log_likelihood[model], alone.log_likelihood, rtol=1e-10)
        for run, single in zip(found.runs, alone.runs, strict=True):
            np.testing.assert_allclose(run.estimates[model], single.estimates[3:], rtol=1e-8)
            np.testing.assert_allclose(run.errors[model], single.errors, rtol=1e-9)
            np.testing.assert_array_equal(run.rho[model], single.rho)
            assert run.df == single.df


def test_threads_change_nothing_and_no_contrast_is_needed():
    data, fixed, columns = make_runs()
    one = fit_first_level_grid(data, fixed, columns, NAMES, {})
    two = fit_first_level_grid(data, fixed, columns, NAMES, {}, n_jobs=2)
    assert one.effect.shape == (3, 0, 5)
    np.testing.assert_array_equal(one.log_likelihood, two.log_likelihood)


def test_a_constant_voxel_has_no_likelihood_under_any_model():
    data, fixed, columns = make_runs()
    data[1][:, 2] = 50.0
    found = fit_first_level_grid(data, fixed, columns, NAMES, {"a": {"error A": 1.0}})
    assert np.isnan(found.log_likelihood[:, 2]).all()
    assert np.isfinite(np.delete(found.log_likelihood, 2, axis=1)).all()
    held = held_out_grid(data, fixed, columns, NAMES)
    assert np.isnan(held.log_likelihood[:, :, 2]).all()
    assert np.isnan(held.baseline[:, 2]).all()


@pytest.mark.parametrize("noise", ["ar1", "ols"])
def test_held_out_runs_equal_the_dense_density(noise):
    data, fixed, columns = make_runs((50, 60, 45))
    found = held_out_grid(data, fixed, columns, NAMES, noise, "none")
    assert found.n_values == (47, 57, 42)
    fits = fit_first_level_grid(data, fixed, columns, NAMES, {}, noise, "none").runs
    for test in range(3):
        rest = [run for run in range(3) if run != test]
        frames = [fits[run].n_frames for run in rest]
        for model in range(3):
            beta = np.mean([fits[run].estimates[model] for run in rest], axis=0)
            errors = sum(fits[run].errors[model] for run in rest)
            variance = errors / sum(frame - 5 for frame in frames)
            rho = np.average([fits[run].autocorrelation[model] for run in rest], 0, frames)
            used = np.trunc(100.0 * rho) / 100.0 if noise == "ar1" else np.zeros(5)
            trained = Trained(beta, variance, rho if noise == "ar1" else np.zeros(5))
            design = full(fixed[test], columns[test], model)
            single = predictive_log_likelihood(trained, data[test], design, NAMES, "none")
            for voxel in range(5):
                expected = density_free_of(
                    fixed[test].matrix,
                    data[test][:, voxel],
                    columns[test][model] @ beta[:, voxel],
                    variance[voxel],
                    used[voxel],
                )
                value = found.log_likelihood[test, model, voxel]
                assert value == pytest.approx(expected, rel=1e-9)
                assert single[voxel] == pytest.approx(expected, rel=1e-9)


def test_the_baseline_has_no_modulated_column():
    data, fixed, columns = make_runs((50, 60))
    found = held_out_grid(data, fixed, columns, NAMES, scaling="none")
    alone = fit_first_level([data[0]], [fixed[0]], {}, scaling="none").runs[0]
    for voxel in range(5):
        expected = density_free_of(
            fixed[1].matrix,
            data[1][:, voxel],
            np.zeros(60),
            alone.errors[voxel] / 47,
            alone.rho[voxel],
        )
        assert found.baseline[1, voxel] == pytest.approx(expected, rel=1e-9)


def test_the_model_that_made_the_data_predicts_best():
    data, fixed, columns = make_runs((80, 90, 85), n_voxels=20, truth=2)
    total = held_out_grid(data, fixed, columns, NAMES).log_likelihood.sum(axis=(0, 2))
    assert total.argmax() == 2
    nothing = make_runs((80, 90, 85), n_voxels=20, slope=0.0)
    held = held_out_grid(*nothing, NAMES)
    assert (held.log_likelihood.sum(axis=(0, 2)) < held.baseline.sum()).all()


def test_what_cannot_be_fitted_is_named():
    data, fixed, columns = make_runs()
    twin = [grid.copy() for grid in columns]
    twin[1][2, :, 1] = fixed[1].matrix[:, 0] + 2.0
    with pytest.raises(InputError, match="run 2: column 'error B' of model 3 is a combination"):
        fit_first_level_grid(data, fixed, twin, NAMES, {})
    with pytest.raises(InputError, match="shape"):
        fit_first_level_grid(data, fixed, [columns[0], columns[1][:, :-1]], NAMES, {})
    with pytest.raises(InputError, match="'one' among both"):
        fit_first_level_grid(data, fixed, columns, ("one", "x"), {})
    twin[1][2, 7, 1] = np.nan
    with pytest.raises(InputError, match="not finite in model 3, frame 8, 'error B'"):
        fit_first_level_grid(data, fixed, twin, NAMES, {})
    with pytest.raises(InputError, match="1 runs of columns, 2 of designs"):
        fit_first_level_grid(data, fixed, columns[:1], NAMES, {})
    with pytest.raises(InputError, match="one run; expected two runs or more"):
        held_out_grid(data[:1], fixed[:1], columns[:1], NAMES)
    trained = Trained(np.zeros((1, 5)), np.ones(5), np.zeros(5))
    with pytest.raises(InputError, match="carried: 'nothing'"):
        predictive_log_likelihood(trained, data[0], fixed[0], ["nothing"])
