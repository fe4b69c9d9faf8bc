"""What must hold of the first level whatever the data."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dolorimeter.imaging.design import Design
from dolorimeter.imaging.glm import fit_first_level
from dolorimeter.imaging.glm_grid import fit_first_level_grid


def draw(seed, n_frames, k, n_voxels):
    """Draw a design with a constant, and data."""
    rng = np.random.default_rng(seed)
    matrix = np.column_stack([rng.normal(size=(n_frames, k - 1)), np.ones(n_frames)])
    data = np.cumsum(rng.normal(size=(n_frames, n_voxels)), axis=0) * rng.uniform(0.0, 1.0)
    data += rng.normal(size=(n_frames, n_voxels)) + 100.0
    return data, design_of(matrix)


def design_of(matrix):
    """Name the columns."""
    n, k = matrix.shape
    names = tuple(f"c{i}" for i in range(k))
    return Design(matrix, names, ("regressor",) * k, 2.0 * np.arange(n), np.arange(n))


SIZES = {
    "seed": st.integers(0, 10_000),
    "n_frames": st.integers(12, 60),
    "k": st.integers(2, 6),
    "n_voxels": st.integers(1, 9),
}


@settings(max_examples=40, deadline=None)
@given(**SIZES, factor=st.floats(0.01, 100.0))
def test_the_unit_of_data_and_of_columns_does_not_change_t(seed, n_frames, k, n_voxels, factor):
    data, design = draw(seed, n_frames, k, n_voxels)
    wanted = {"c": {"c0": 1.0}}
    plain = fit_first_level([data], [design], wanted, scaling="none").contrasts["c"]
    scaled = fit_first_level([factor * data], [design], wanted, scaling="none").contrasts["c"]
    np.testing.assert_allclose(scaled.t, plain.t, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(scaled.effect, factor * plain.effect, rtol=1e-7, atol=1e-9 * factor)
    stretched = design_of(design.matrix * np.r_[factor, np.ones(k - 1)])
    found = fit_first_level([data], [stretched], wanted, scaling="none").contrasts["c"]
    np.testing.assert_allclose(found.t, plain.t, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(found.effect, plain.effect / factor, rtol=1e-7, atol=1e-9 / factor)


@settings(max_examples=40, deadline=None)
@given(**SIZES)
def test_what_the_design_explains_moves_the_effect_and_nothing_else(seed, n_frames, k, n_voxels):
    data, design = draw(seed, n_frames, k, n_voxels)
    wanted = {"c": {"c0": 1.0}}
    beta = np.random.default_rng(seed + 1).normal(size=(k, n_voxels))
    plain = fit_first_level([data], [design], wanted, scaling="none")
    moved = fit_first_level([data + design.matrix @ beta], [design], wanted, scaling="none")
    np.testing.assert_allclose(
        moved.contrasts["c"].effect, plain.contrasts["c"].effect + beta[0], rtol=1e-8, atol=1e-9
    )
    np.testing.assert_allclose(
        moved.contrasts["c"].variance, plain.contrasts["c"].variance, rtol=1e-8
    )
    np.testing.assert_allclose(moved.log_likelihood, plain.log_likelihood, rtol=1e-9, atol=1e-8)


@settings(max_examples=30, deadline=None)
@given(**SIZES)
def test_voxels_do_not_know_of_each_other(seed, n_frames, k, n_voxels):
    data, design = draw(seed, n_frames, k, n_voxels)
    order = np.random.default_rng(seed).permutation(n_voxels)
    all_of_them = fit_first_level([data], [design], {"c": {"c0": 1.0}}).contrasts["c"]
    shuffled = fit_first_level([data[:, order]], [design], {"c": {"c0": 1.0}}).contrasts["c"]
    np.testing.assert_allclose(shuffled.t, all_of_them.t[order], rtol=1e-8, atol=1e-10)


@settings(max_examples=30, deadline=None)
@given(**SIZES, n_models=st.integers(1, 4), m=st.integers(1, 3))
def test_a_grid_is_its_models(seed, n_frames, k, n_voxels, n_models, m):
    data, design = draw(seed, n_frames, k, n_voxels)
    grid = np.random.default_rng(seed + 2).normal(size=(n_models, n_frames, m))
    names = tuple(f"e{i}" for i in range(m))
    found = fit_first_level_grid([data], [design], [grid], names, {"e": {"e0": 1.0}})
    for model in range(n_models):
        joined = Design(
            np.column_stack([grid[model], design.matrix]),
            (*names, *design.names),
            ("modulator",) * m + design.kinds,
            design.frame_times,
            design.frames,
        )
        alone = fit_first_level([data], [joined], {"e": {"e0": 1.0}})
        np.testing.assert_allclose(found.t[model, 0], alone.contrasts["e"].t, rtol=1e-7, atol=1e-9)
        np.testing.assert_allclose(found.log_likelihood[model], alone.log_likelihood, rtol=1e-8)
