"""The first level against dense generalized least squares, one voxel at a time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm, t

from dolorimeter.core import InputError
from dolorimeter.imaging.ar_bins import bin_autocorrelation, yule_walker
from dolorimeter.imaging.design import Design
from dolorimeter.imaging.glm import fit_first_level


def make_design(matrix, names=None, run=""):
    """Name the columns of a matrix."""
    n_frames, k = matrix.shape
    names = names or tuple(f"c{i}" for i in range(k))
    return Design(
        matrix, names, ("regressor",) * k, 2.0 * np.arange(n_frames), np.arange(n_frames), run=run
    )


def make_run(n_frames=60, n_voxels=7, k=4, seed=0, names=None):
    """Draw a design with a constant, and data with autocorrelated noise."""
    rng = np.random.default_rng(seed)
    matrix = np.column_stack([rng.normal(size=(n_frames, k - 1)), np.ones(n_frames)])
    data = rng.normal(size=(n_frames, n_voxels))
    rho = np.linspace(-0.4, 0.9, n_voxels)
    for frame in range(1, n_frames):
        data[frame] += rho * data[frame - 1]
    data += matrix @ rng.normal(size=(k, n_voxels)) + rng.uniform(80.0, 120.0, n_voxels)
    return data, make_design(matrix, names)


def covariance(rho, n_frames):
    """Covariance of noise whose first frame and later innovations have variance 1."""
    whitening = np.eye(n_frames) - rho * np.eye(n_frames, k=-1)
    return np.linalg.inv(whitening.T @ whitening)


def dense(series, matrix):
    """Estimate rho, coefficients, their covariance and the log-likelihood of one voxel."""
    n_frames, k = matrix.shape
    residual = series - matrix @ np.linalg.lstsq(matrix, series, rcond=None)[0]
    lagged = (residual[1:] @ residual[:-1]) / (n_frames - 1)
    estimate = lagged / (residual @ residual / n_frames)
    rho = np.trunc(100.0 * estimate) / 100.0
    inverse = np.linalg.inv(covariance(rho, n_frames))
    spread = np.linalg.inv(matrix.T @ inverse @ matrix)
    beta = spread @ matrix.T @ inverse @ series
    left = series - matrix @ beta
    errors = left @ inverse @ left
    likelihood = multivariate_normal.logpdf(
        series, matrix @ beta, errors / n_frames * covariance(rho, n_frames)
    )
    return estimate, rho, beta, spread * errors / (n_frames - k), likelihood


def test_every_voxel_equals_dense_generalized_least_squares():
    data, design = make_run()
    weights = np.array([1.0, -2.0, 0.0, 0.0])
    found = fit_first_level([data], [design], {"c": {"c0": 1.0, "c1": -2.0}}, scaling="none")
    for voxel in range(data.shape[1]):
        estimate, rho, beta, spread, likelihood = dense(data[:, voxel], design.matrix)
        run = found.runs[0]
        assert run.autocorrelation[voxel] == pytest.approx(estimate, rel=1e-10)
        assert run.rho[voxel] == rho
        np.testing.assert_allclose(run.estimates[:, voxel], beta, rtol=1e-9)
        np.testing.assert_allclose(run.variances[:, voxel], np.diag(spread), rtol=1e-9)
        assert found.log_likelihood[voxel] == pytest.approx(likelihood, rel=1e-9)
        contrast = found.contrasts["c"]
        assert contrast.effect[voxel] == pytest.approx(weights @ beta, rel=1e-9)
        expected = weights @ beta / np.sqrt(weights @ spread @ weights)
        assert contrast.t[voxel] == pytest.approx(expected, rel=1e-9)
        tail = norm.isf(t.sf(abs(expected), 56))
        assert contrast.z[voxel] == pytest.approx(np.sign(expected) * tail, rel=1e-9)
    assert found.contrasts["c"].df == 56


def test_ols_is_ordinary_least_squares():
    data, design = make_run()
    found = fit_first_level([data], [design], {}, noise="ols", scaling="none")
    beta, errors, *_ = np.linalg.lstsq(design.matrix, data, rcond=None)
    np.testing.assert_allclose(found.runs[0].estimates, beta, rtol=1e-9)
    np.testing.assert_allclose(found.runs[0].errors, errors, rtol=1e-9)
    assert not found.rho.any()
    assert found.runs[0].autocorrelation.any()


def test_percent_is_of_each_voxels_mean():
    data, design = make_run()
    found = fit_first_level([data], [design], {"c": {"c0": 1.0}})
    scaled = 100.0 * data / data.mean(axis=0) - 100.0
    plain = fit_first_level([scaled], [design], {"c": {"c0": 1.0}}, scaling="none")
    np.testing.assert_allclose(found.contrasts["c"].t, plain.contrasts["c"].t, rtol=1e-9)
    np.testing.assert_allclose(found.contrasts["c"].effect, plain.contrasts["c"].effect, rtol=1e-9)


def test_runs_are_averaged_and_a_run_without_the_column_does_not_enter():
    names = [("a", "b", "c", "one"), ("a", "x", "c", "one"), ("b", "a", "d", "one")]
    runs = [make_run(50 + 9 * i, seed=i, names=names[i]) for i in range(3)]
    data, designs = [run[0] for run in runs], [run[1] for run in runs]
    wanted = {"a": {"a": 1.0}, "a-b": {"a": 1.0, "b": -1.0, "x": 0.0}}
    found = fit_first_level(data, designs, wanted)
    single = [fit_first_level([x], [d], {"a": {"a": 1.0}}).contrasts["a"] for x, d in runs]
    both = found.contrasts["a"]
    assert both.runs == (0, 1, 2)
    assert both.df == 46 + 55 + 64
    np.testing.assert_allclose(both.effect, sum(one.effect for one in single) / 3, rtol=1e-12)
    np.testing.assert_allclose(both.variance, sum(one.variance for one in single) / 9, rtol=1e-12)
    assert found.contrasts["a-b"].runs == (0, 2)
    assert found.contrasts["a-b"].df == 46 + 64


def test_a_constant_voxel_says_nothing_and_spoils_nothing():
    data, design = make_run()
    plain = fit_first_level([data], [design], {"c": {"c0": 1.0}})
    for value in (0.0, 3.0, 1234.567):
        with_flat = data.copy()
        with_flat[:, 2] = value
        for scaling in ("percent", "none"):
            found = fit_first_level([with_flat], [design], {"c": {"c0": 1.0}}, scaling=scaling)
            contrast = found.contrasts["c"]
            assert (contrast.t[2], contrast.z[2], contrast.variance[2]) == (0.0, 0.0, 0.0)
            assert abs(contrast.effect[2]) < 1e-10
            assert np.isnan(found.log_likelihood[2])
            assert found.rho[0, 2] == 0.0
        others = np.arange(7) != 2
        found = fit_first_level([with_flat], [design], {"c": {"c0": 1.0}}).contrasts["c"]
        np.testing.assert_allclose(found.t[others], plain.contrasts["c"].t[others], rtol=1e-12)


def test_threads_and_blocks_change_nothing():
    data, design = make_run(n_frames=300, n_voxels=1200, k=5)
    one = fit_first_level([data], [design], {"c": {"c0": 1.0}}).contrasts["c"]
    two = fit_first_level([data], [design], {"c": {"c0": 1.0}}, n_jobs=2).contrasts["c"]
    np.testing.assert_array_equal(one.t, two.t)
    part = fit_first_level([data[:, 700:720]], [design], {"c": {"c0": 1.0}}).contrasts["c"]
    np.testing.assert_allclose(part.t, one.t[700:720], rtol=1e-10)


def test_dropped_frames_are_left_out():
    data, design = make_run()
    frames = np.flatnonzero(np.arange(60) % 9 != 4)
    dropped = replace(
        design,
        matrix=design.matrix[frames],
        frame_times=design.frame_times[frames],
        frames=frames,
    )
    alone = make_design(design.matrix[frames])
    found = fit_first_level([data], [dropped], {"c": {"c0": 1.0}}).contrasts["c"]
    expected = fit_first_level([data[frames]], [alone], {"c": {"c0": 1.0}}).contrasts["c"]
    np.testing.assert_array_equal(found.t, expected.t)


def test_yule_walker_by_hand():
    residual = np.array([[1.0, 2.0], [-1.0, 0.0], [2.0, -1.0], [-2.0, -1.0]])
    squares, lagged = (residual**2).sum(axis=0), (residual[1:] * residual[:-1]).sum(axis=0)
    sums = np.stack([squares, lagged, residual[0], residual[-1]])
    found = yule_walker(sums, residual.sum(axis=0), 4)
    np.testing.assert_allclose(found, [(-7.0 / 3) / (10.0 / 4), (1.0 / 3) / (6.0 / 4)])
    shifted = residual + 5.0  # the mean of all is taken off
    squares, lagged = (shifted**2).sum(axis=0), (shifted[1:] * shifted[:-1]).sum(axis=0)
    sums = np.stack([squares, lagged, shifted[0], shifted[-1]])
    np.testing.assert_allclose(yule_walker(sums, shifted.sum(axis=0), 4), found)


def test_bins_truncate_towards_zero():
    values, labels = bin_autocorrelation(np.array([0.129, -0.019, 0.999, 1.003, 0.121, -0.0099]))
    np.testing.assert_array_equal(values, [-0.01, 0.0, 0.12, 0.99, 1.0])
    np.testing.assert_array_equal(labels, [2, 0, 3, 4, 2, 1])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"contrasts": {"c": {"c9": 1.0}}}, "column 'c9', in no run.*Did you mean 'c"),
        ({"contrasts": {"c": {"c0": 0.0}}}, "contrast 'c': no weights"),
        ({"contrasts": {"c": {"c0": np.nan}}}, "weight nan"),
        ({"noise": "ar2"}, "noise: 'ar2'; expected one of ar1, ols"),
        ({"engine": "slow"}, "engine"),
        ({"scaling": "grand"}, "scaling"),
        ({"data": []}, "0 runs of data, 1 designs"),
    ],
)
def test_wrong_choices_are_named(change, words):
    data, design = make_run()
    given = {"data": [data], "designs": [design], "contrasts": {}} | change
    with pytest.raises(InputError, match=words):
        fit_first_level(**given)


def test_wrong_data_are_named():
    data, design = make_run()
    named = replace(design, run="2")
    bad = data.copy()
    bad[3, 5], bad[4, 2] = np.inf, -np.inf
    with pytest.raises(InputError, match="run 2: a value that is not finite, frame 4, voxel 5"):
        fit_first_level([bad], [named], {})
    with pytest.raises(InputError, match="run 1: 59 frames of data, a design up to frame 60"):
        fit_first_level([data[:-1]], [design], {})
    with pytest.raises(InputError, match="6 voxels, 7 in the first run"):
        fit_first_level([data, data[:, :6]], [design, design], {})
    with pytest.raises(InputError, match="4 frames, 4 columns"):
        fit_first_level([data[:4]], [make_design(design.matrix[:4])], {})
    with pytest.raises(InputError, match="shape"):
        fit_first_level([data[:, 0]], [design], {})
    apart = [make_design(design.matrix, (name, "x", "y", "one")) for name in ("a", "b")]
    with pytest.raises(InputError, match="in no run together"):
        fit_first_level([data, data], apart, {"c": {"a": 1.0, "b": 1.0}})


@pytest.mark.parametrize("engine", ["fast", "nilearn"])
def test_percent_of_centered_data_is_refused_and_only_of_those(engine):
    data, design = make_run(n_voxels=9)
    data[:, 0] = 0.0  # without data, in whatever number
    asked = {"a": {"c0": 1.0}}
    centered = data - data.mean(axis=0)
    for values in (centered, centered / np.maximum(centered.std(axis=0), 1e-9), centered[:, 1:]):
        with pytest.raises(InputError, match=r"run 1: means near 0.*Take scaling: none"):
            fit_first_level([values], [design], asked, engine=engine)
        fit_first_level([values], [design], asked, engine=engine, scaling="none")
    some = data.copy()
    some[:, 1:5] = centered[:, 1:5]  # fewer than half: nilearn's rule holds for them
    for values in (data, some, 1e-4 * data):
        fit_first_level([values], [design], asked, engine=engine)
