"""The climb against SciPy, dense grids and known summits."""

import numpy as np
import pytest
from scipy import optimize

from dolorimeter.learning.optimize import choose_starts, climb_all, grid_points, maximize
from dolorimeter.learning.profiles import ParameterGrid, draw_subjects, profile_interval


def bowls(k, n, rng):
    center = rng.uniform(0, 1, (n, k))
    root = rng.normal(size=(n, k, k))
    matrix = np.einsum("uij,ukj->uik", root, root) + 0.3 * np.eye(k)

    def objective(points):
        away = np.broadcast_to(points, (n, *points.shape[-2:])) - center[:, None, :]
        return -np.einsum("ugi,uij,ugj->ug", away, matrix, away)

    return objective


@pytest.mark.parametrize("k", [1, 2, 3])
def test_summits_within_bounds_are_scipys(k):
    objective = bowls(k, 10, np.random.default_rng(k))
    low, high = np.full(k, 0.2), np.full(k, 0.8)
    grid = grid_points(low, high)
    starts = choose_starts(grid, objective(grid), low, high)
    found = maximize(objective, starts, low, high)
    assert found.outcome.converged
    assert np.all(np.diff(found.outcome.objective_path) >= 0)
    for u in range(10):
        other = optimize.minimize(
            lambda p, u=u: -objective(p[None, :])[u, 0], np.full(k, 0.5),
            bounds=[(0.2, 0.8)] * k, options={"ftol": 1e-14},
        )  # fmt: skip
        assert found.values[u] == pytest.approx(-other.fun, abs=1e-6)
        assert found.values[u] == objective(found.points[u][None, :])[u, 0]
        np.testing.assert_array_equal(
            found.at_bound[u], (other.x <= 0.2 + 1e-5) | (other.x >= 0.8 - 1e-5)
        )


def test_the_better_of_two_summits_is_kept():
    def objective(points):
        x = points[..., 0]
        return np.exp(-(((x - 0.1) / 0.03) ** 2)) + 1.2 * np.exp(-(((x - 0.9) / 0.03) ** 2))

    low, high = np.zeros(1), np.ones(1)
    starts = np.array([[[0.12], [0.85]]])
    found = maximize(objective, starts, low, high)
    assert found.points[0, 0] == pytest.approx(0.9, abs=1e-4)
    both = climb_all(objective, starts, low, high)
    np.testing.assert_allclose(both.points[0, :, 0], [0.1, 0.9], atol=1e-3)


def test_what_is_not_a_number_is_never_chosen():
    def objective(points):
        x = points[..., 0]
        return np.where(x > 0.5, np.nan, x)

    found = maximize(objective, np.array([[[0.3]]]), np.zeros(1), np.ones(1))
    assert found.points[0, 0] == pytest.approx(0.5, abs=1e-4)


def test_profile_takes_the_best_of_the_other_parameters():
    grid = ParameterGrid.over(np.zeros(2), np.array([1.0, 2.0]))
    x, y = grid.points.T
    values = -((x - 0.4) ** 2) - (y - 1 - x) ** 2
    profile = grid.profile(values[None, :], 0)[0]
    expected = [values[np.isclose(x, a)].max() for a in grid.axis(0)]
    np.testing.assert_allclose(profile, expected)
    bowl = -((x - 0.413) ** 2) - 3 * (y - 1.27) ** 2
    np.testing.assert_allclose(grid.summit(bowl[None, :])[0], [0.413, 1.27], atol=1e-9)


def test_profile_interval_falls_by_half_of_chi_square():
    grid = np.linspace(0, 1, 1001)
    curve = -0.5 * ((grid - 0.5) / 0.1) ** 2
    low, high = profile_interval(grid, np.stack([curve, np.zeros(1001)]))
    assert low[0] == pytest.approx(0.5 - 1.96 * 0.1, abs=2e-3)
    assert high[0] == pytest.approx(0.5 + 1.96 * 0.1, abs=2e-3)
    assert (low[1], high[1]) == (0.0, 1.0)


def test_drawn_subjects_add_up():
    drawn = draw_subjects(7, 50, np.random.default_rng(0))
    assert (drawn.sum(axis=1) == 7).all()
    assert drawn.std() > 0.5
