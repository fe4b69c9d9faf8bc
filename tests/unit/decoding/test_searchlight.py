"""The searchlight: exact decisions, nulls by definition, errors in one line."""

from itertools import pairwise

import numpy as np
import pytest
from sklearn.linear_model import Ridge, RidgeClassifier

from dolorimeter.core import Grid, InputError, Samples
from dolorimeter.decoding.kernels_searchlight import count_correct, held_out_maps
from dolorimeter.decoding.relabelling import relabellings
from dolorimeter.decoding.searchlight import search_samples, searchlight
from dolorimeter.decoding.spheres import sphere_neighborhoods

N = 24
RUNS = np.repeat(np.arange(4), 6)
PAIRS = np.arange(N) // 2
SHAPE = (4, 4, 3)


def noise(n_voxels, seed=0, n=N):
    """Features with a mean far from 0, so that the intercept matters."""
    return np.random.default_rng(seed).normal(5.0, 2.0, (n, n_voxels))


def labels(n_classes=2, seed=1):
    """Unequal classes in random order."""
    y = np.arange(N) % (n_classes + 1) % n_classes
    return np.random.default_rng(seed).permutation(y)


def grid_spheres(radius=3.1):
    return sphere_neighborhoods(np.ones(SHAPE, bool), np.diag([3.0, 3.0, 3.0, 1.0]), radius)


def folds_of(units):
    return [(np.flatnonzero(units != unit), np.flatnonzero(units == unit)) for unit in set(units)]


def refit(model, X, y, units):
    """Predict each sample by a model fitted to those of other units."""
    predicted = np.empty(len(y))
    for train, test in folds_of(units):
        predicted[test] = model.fit(X[train], y[train]).predict(X[test])
    return predicted


def normalized(X):
    return (X - X.mean(axis=1, keepdims=True)) / X.std(axis=1, keepdims=True)


@pytest.mark.parametrize("normalize", [False, True])
@pytest.mark.parametrize("size", [1, 2, 6, 12])
@pytest.mark.parametrize("n_voxels", [2, 7, 15, 21, 22, 23, 24, 60])
def test_decisions_equal_refitting(n_voxels, size, normalize):
    X, y = noise(n_voxels), np.where(labels() == 1, 1.0, -1.0)
    spheres, chosen = np.array([0, n_voxels]), np.arange(n_voxels)[::-1].copy()
    maps, edges = np.full((1, N, N), np.nan), np.arange(0, N + 1, size)
    assert (
        held_out_maps(np.ascontiguousarray(X.T), spheres, chosen, edges, 0.7, normalize, maps) == -1
    )
    expected = refit(Ridge(alpha=0.7), normalized(X) if normalize else X, y, np.arange(N) // size)
    np.testing.assert_allclose(maps[0] @ y, expected, rtol=0, atol=1e-10)
    for start in edges[:-1]:
        assert np.all(maps[0, start : start + size, start : start + size] == 0.0)


@pytest.mark.parametrize("n_voxels", [7, 60])
def test_strong_signals_cost_no_precision(n_voxels):
    X, y = 1e4 * noise(n_voxels), np.where(labels() == 1, 1.0, -1.0)
    maps, spheres = np.empty((1, N, N)), np.array([0, n_voxels])
    rows = np.ascontiguousarray(X.T)
    held_out_maps(rows, spheres, np.arange(n_voxels), np.arange(N + 1), 1.0, False, maps)
    expected = refit(Ridge(alpha=1.0), X, y, np.arange(N))
    np.testing.assert_allclose(maps[0] @ y, expected, rtol=0, atol=1e-11)


@pytest.mark.parametrize(
    ("scheme", "groups"),
    [
        ("leave-one-trial-out", None),
        ("leave-one-pair-out", PAIRS),
        ("leave-one-run-out", RUNS),
        ("leave-one-group-out", np.array(["b", "a", "c", "a"])[np.arange(N) % 4]),
        ("leave-one-subject-out", np.repeat([3, 1, 2], [4, 9, 11])),
    ],
)
@pytest.mark.parametrize("n_classes", [2, 3, 4])
def test_accuracies_and_permutations_equal_a_loop_of_refits(scheme, groups, n_classes):
    X, y, (indptr, indices) = noise(np.prod(SHAPE)), labels(n_classes), grid_spheres()
    blocks = np.arange(N) % 2
    found = searchlight(
        X, y, (indptr, indices), scheme, groups, permutations=4, blocks=blocks, random_state=5
    )
    units = np.arange(N) if groups is None else groups
    targets = [y, *y[relabellings(y, 4, 5, blocks)]]
    for center in (17,) if groups is None else (17, 47):
        sphere = X[:, indices[indptr[center] : indptr[center + 1]]]
        scores = [np.mean(refit(RidgeClassifier(), sphere, t, units) == t) for t in targets]
        assert found.scores[center] == pytest.approx(scores[0], abs=1e-12)
        assert found.null_mean[center] == pytest.approx(np.mean(scores[1:]), abs=1e-12)
        reached = sum(score >= scores[0] - 1e-12 for score in scores[1:])
        assert found.p_value[center] == pytest.approx((1 + reached) / 5)
    assert found.metric == "accuracy"


@pytest.mark.parametrize("groups", [None, np.repeat([0, 1, 2], [4, 9, 11])])
def test_ridge_scores_r2_against_training_means(groups):
    X, (indptr, indices) = noise(np.prod(SHAPE)), grid_spheres()
    y = X[:, 20] + np.random.default_rng(3).normal(size=N)
    scheme = "leave-one-trial-out" if groups is None else "leave-one-group-out"
    found = searchlight(
        X, y, (indptr, indices), scheme, groups, "ridge", 2.0, permutations=3, random_state=8
    )
    units = np.arange(N) if groups is None else groups
    targets = [y, *y[relabellings(y, 3, 8)]]
    for center in (20, 47):
        sphere = X[:, indices[indptr[center] : indptr[center + 1]]]
        scores = []
        for t in targets:
            means = refit(Ridge(alpha=1e12), np.zeros((N, 1)), t, units)
            errors = t - refit(Ridge(alpha=2.0), sphere, t, units)
            scores.append(1 - np.sum(errors**2) / np.sum((t - means) ** 2))
        np.testing.assert_allclose(found.scores[center], scores[0], rtol=0, atol=1e-10)
        np.testing.assert_allclose(found.null_mean[center], np.mean(scores[1:]), atol=1e-10)
    assert found.metric == "r2"
    best = np.argmax(found.scores)
    assert 20 in indices[indptr[best] : indptr[best + 1]]


def test_one_relabelling_serves_all_centers_and_its_maximum_makes_p():
    X, y, (indptr, indices) = noise(np.prod(SHAPE)), labels(), grid_spheres()
    X[y == 1, 5] += 6.0
    found = searchlight(X, y, (indptr, indices), permutations=19, random_state=2)
    alone = [
        searchlight(
            X, y, (np.array([0, b - a]), indices[a:b]), permutations=19, random_state=2
        ).null_max
        for a, b in pairwise(indptr)
    ]
    np.testing.assert_array_equal(found.null_max, np.max(alone, axis=0))
    reached = (found.null_max[:, None] >= found.scores[None, :]).sum(axis=0)
    np.testing.assert_allclose(found.p_max, (1 + reached) / 20)
    own = (np.array(alone) >= found.scores[:, None]).sum(axis=1)
    np.testing.assert_allclose(found.p_value, (1 + own) / 20)
    assert np.all(found.p_max >= found.p_value)
    assert found.p_max[5] == 1 / 20


def test_many_relabellings_at_a_time_or_few(monkeypatch):
    X, y = noise(np.prod(SHAPE)), labels(3)
    whole = searchlight(X, y, grid_spheres(), permutations=150, random_state=0, n_jobs=1)
    monkeypatch.setattr("dolorimeter.decoding.sphere_scores.CELLS", 1)  # 64 at a time
    monkeypatch.setattr("dolorimeter.decoding.sphere_scores.PIECE", 10)  # the last one is short
    pieces = searchlight(X, y, grid_spheres(), permutations=150, random_state=0, n_jobs=3)
    for name in ("scores", "null_max", "null_mean", "p_value", "p_max"):
        np.testing.assert_allclose(getattr(whole, name), getattr(pieces, name), atol=1e-12)


def test_normalization_is_that_of_the_sphere():
    X, y = noise(np.prod(SHAPE)), labels()
    indptr, indices = grid_spheres()
    found = searchlight(X, y, (indptr, indices), normalize="sphere")
    for center in (21, 47):
        sphere = normalized(X[:, indices[indptr[center] : indptr[center + 1]]])
        expected = np.mean(refit(RidgeClassifier(), sphere, y, np.arange(N)) == y)
        assert found.scores[center] == pytest.approx(expected, abs=1e-12)
    lifted = searchlight(X + 9.0 * y[:, None], y, (indptr, indices), normalize="sphere")
    np.testing.assert_array_equal(lifted.scores, found.scores)
    assert np.all(searchlight(X + 9.0 * y[:, None], y, (indptr, indices)).scores > 0.9)


def test_ties_go_to_the_first_class_as_in_scikit_learn():
    """Rounding decides nothing: decisions that differ by less are equal."""
    two = np.array([[[0.0, 1e-13, -1e-13, 1e-6]]])
    three = np.array([[[0.5, 0.2, 0.5 + 1e-13, 0.5, 0.2, 0.5 + 1e-6]]])  # two relabellings
    for class_two, class_three in ((0, 0), (1, 2)):
        counts = np.zeros((1, 4))
        count_correct(two, np.full((1, 4), class_two, np.int8), 2, counts)
        np.testing.assert_array_equal(counts[0], np.array([1, 1, 1, 0]) == (class_two == 0))
        wide = np.zeros((1, 2))
        count_correct(three, np.full((1, 2), class_three, np.int8), 3, wide)
        np.testing.assert_array_equal(wide[0], [class_three == 0, class_three == 2])


def test_signals_that_say_nothing_leave_the_training_mean():
    X, y = np.zeros((N, 1)), np.tile(["a", "b", "c"], N // 3)
    spheres = (np.array([0, 1]), np.array([0]))
    assert searchlight(X, y, spheres, "leave-one-run-out", RUNS).scores[0] == 1 / 3
    assert searchlight(X, y, spheres).scores[0] == 0.0  # the own class is the rarer one


def test_without_permutations_there_is_no_p():
    found = searchlight(noise(np.prod(SHAPE)), labels(), grid_spheres())
    assert found.null_max is found.null_mean is found.p_value is found.p_max is None
    assert found.n_voxels.max() == 7


def make_samples(**known):
    y = labels()
    X = noise(np.prod(SHAPE))
    given = {
        "class_names": ("warm", "hot"),
        "run": RUNS % 2,
        "grid": Grid(np.ones(SHAPE, bool), np.diag([3.0, 3.0, 3.0, 1.0])),
    } | known
    return Samples.of(X, y, np.repeat(["s1", "s2"], 12), **given)


def test_samples_know_their_runs_and_subjects():
    samples = make_samples()
    X, y = samples.features, samples.target.astype(int)
    found = search_samples(samples, 3.1, "leave-one-run-out", permutations=9, random_state=1)
    direct = searchlight(
        X, y, grid_spheres(), "leave-one-run-out", RUNS, permutations=9, blocks=RUNS, random_state=1
    )
    np.testing.assert_array_equal(found.scores, direct.scores)
    np.testing.assert_array_equal(found.null_max, direct.null_max)
    between = search_samples(samples, 3.1, "leave-one-subject-out")
    expected = searchlight(X, y, grid_spheres(), "leave-one-subject-out", np.arange(N) // 12)
    np.testing.assert_array_equal(between.scores, expected.scores)
    assert search_samples(make_samples(class_names=()), 3.1).metric == "r2"


def test_traits_are_exchanged_between_subjects():
    alone = Samples.of(
        noise(np.prod(SHAPE)),
        np.random.default_rng(0).normal(size=N),
        np.arange(N),
        grid=make_samples().grid,
    )
    found = search_samples(alone, 3.1, "leave-one-subject-out", permutations=5, random_state=0)
    assert len(np.unique(found.null_max)) == 5


def with_nan(X):
    X[3, 7] = np.nan
    return X


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"X": with_nan(noise(48))}, "first in sample 3, feature 7"),
        ({"X": noise(47)}, "neighborhoods: voxel 47; expected columns 0 … 46"),
        ({"y": np.zeros(N, int)}, "one class only"),
        ({"y": labels()[:-1]}, "X: shape"),
        ({"neighborhoods": (np.array([0, 2, 2]), np.arange(2))}, "no voxel around center 1"),
        ({"neighborhoods": (np.array([0, 2]), np.array([-1, 2]))}, "voxel -1"),
        ({"neighborhoods": (np.array([0, 3]), np.arange(2))}, "end at 3"),
        ({"neighborhoods": np.arange(3)}, "ndarray"),
        ({"neighborhoods": (np.array([1, 2]), np.arange(2))}, "start at 0"),
        ({"estimator": "svm"}, "lda, ridge"),
        ({"normalize": "brain"}, '"sphere"'),
        ({"regularization": 0}, "a positive number"),
        ({"n_jobs": 0}, "n_jobs"),
        ({"scheme": "leave-one-pair-out"}, "the pair of each sample"),
        ({"scheme": "leave-one-run-out"}, "groups: none"),
    ],
)
def test_errors_are_one_line(changed, words):
    arguments = {"X": noise(48), "y": labels(), "neighborhoods": grid_spheres()} | changed
    with pytest.raises(InputError) as caught:
        searchlight(**arguments)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_flat_sample_is_named_as_it_was_given():
    X = noise(48)
    X[10, :4] = 3.0
    spheres = (np.arange(11) * 4, np.append(np.tile([8, 9, 10, 11], 9), [0, 1, 2, 3]))
    groups = np.arange(N) % 3
    with pytest.raises(InputError, match="sample 10 is flat around center 9"):
        searchlight(X, labels(), spheres, "leave-one-run-out", groups, normalize="sphere")


@pytest.mark.parametrize("radius", [0, -2.0, np.nan, np.inf])
def test_a_radius_is_positive(radius):
    with pytest.raises(InputError, match="radius"):
        grid_spheres(radius)


def test_masks_have_voxels_and_three_axes():
    with pytest.raises(InputError, match="no voxel"):
        sphere_neighborhoods(np.zeros(SHAPE, bool), np.eye(4), 2.0)
    with pytest.raises(InputError, match="shapes"):
        sphere_neighborhoods(np.ones((3, 3), bool), np.eye(4), 2.0)
    with pytest.raises(InputError, match="no grid"):
        search_samples(make_samples(grid=None), 3.1)
