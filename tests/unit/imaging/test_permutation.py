"""Permutation tests against brute force."""

from itertools import combinations, permutations, product

import numpy as np
import pytest
from scipy import ndimage, stats

from dolorimeter.core import Grid, InputError
from dolorimeter.imaging.group import group_test
from dolorimeter.imaging.permutation import permutation_test

CUBE = Grid(np.ones((4, 3, 2), bool), np.eye(4))


@pytest.fixture
def maps():
    rng = np.random.default_rng(5)
    smooth = ndimage.gaussian_filter(rng.standard_normal((7, 4, 3, 2)), (0, 0.7, 0.7, 0.7))
    return smooth.reshape(7, 24) * 3 + 0.6


def brute_p(observed, null):
    return np.mean(np.asarray(null)[:, None] >= observed - 1e-9, axis=0)


def test_all_sign_flips_by_enumeration(maps):
    observed = group_test(maps).t
    null = [
        stats.ttest_1samp(maps * np.array(signs)[:, None], 0.0).statistic.max()
        for signs in product([1, -1], repeat=7)
    ]
    found = permutation_test(maps, n_permutations=128, random_state=0)
    assert found.exact
    assert len(found.null_max) == 128
    assert found.smallest_p == 1 / 128
    np.testing.assert_allclose(np.sort(found.null_max), np.sort(null), rtol=1e-10)
    np.testing.assert_allclose(found.t, observed, rtol=1e-10)
    np.testing.assert_allclose(found.p_fwe, brute_p(observed, null), rtol=1e-12)
    assert found.null_max[0] == observed.max()
    assert any("7 people allow 128 sign flips" in note for note in found.notes)


def test_two_sided_maxima_are_of_magnitudes(maps):
    maps[:, :4] -= 2.0
    observed = group_test(maps).t
    null = [
        np.abs(stats.ttest_1samp(maps * np.array(s)[:, None], 0.0).statistic).max()
        for s in product([1, -1], repeat=7)
    ]
    found = permutation_test(maps, n_permutations=1000, two_sided=True)
    np.testing.assert_allclose(found.p_fwe, brute_p(np.abs(observed), null), rtol=1e-12)
    assert found.smallest_p == 2 / 128  # all signs flipped: the same magnitudes


def test_every_choice_of_the_first_group(maps):
    groups = np.array(["b", "a", "b", "a", "b", "b", "a"])
    observed = group_test(maps, "two-sample", groups=groups).t
    null = []
    for chosen in combinations(range(7), 3):
        inside = np.isin(np.arange(7), chosen)
        null.append(stats.ttest_ind(maps[inside], maps[~inside]).statistic.max())
    found = permutation_test(maps, test="two-sample", groups=groups, n_permutations=35)
    assert found.exact
    np.testing.assert_allclose(np.sort(found.null_max), np.sort(null), rtol=1e-9)
    np.testing.assert_allclose(found.p_fwe, brute_p(observed, null), rtol=1e-12)


def test_the_smallest_p_counts_opposites():
    maps = np.random.default_rng(3).standard_normal((6, 2))
    maps[:3] += 50.0
    halves, thirds = ["a"] * 3 + ["b"] * 3, ["a"] * 2 + ["b"] * 4
    for groups, two_sided, least in ((halves, True, 2), (halves, False, 1)):
        found = permutation_test(maps, test="two-sample", groups=groups, two_sided=two_sided)
        assert found.smallest_p == least / 20 == found.p_fwe.min()
    found = permutation_test(maps, test="two-sample", groups=thirds, two_sided=True)
    assert found.smallest_p == 1 / 15


def test_covariates_make_it_approximate_and_that_is_said(maps):
    age = np.arange(7.0) ** 2
    found = permutation_test(maps, covariates=age, n_permutations=64, random_state=0)
    assert found.notes == ("with covariates residuals are rearranged: corrected p is approximate",)
    plain = permutation_test(maps, n_permutations=64, random_state=0)
    assert plain.notes == ()


def test_every_order_for_a_covariate():
    maps = np.random.default_rng(8).standard_normal((5, 6))
    age = np.array([20.0, 31, 25, 60, 44])
    null = [
        max(np.arctanh(stats.pearsonr(age[list(order)], column)[0]) for column in maps.T)
        for order in permutations(range(5))
    ]
    found = permutation_test(maps, test="covariate", covariates=age, n_permutations=120)
    r = found.null_max / np.sqrt(3 + found.null_max**2)
    np.testing.assert_allclose(np.sort(np.arctanh(r)), np.sort(null), rtol=1e-8)


def test_paired_flips_differences(maps):
    other = np.random.default_rng(2).standard_normal(maps.shape)
    one = permutation_test(maps - other, n_permutations=128)
    two = permutation_test(maps, test="paired", second=other, n_permutations=128)
    np.testing.assert_array_equal(one.p_fwe, two.p_fwe)


def test_the_threshold_separates_significant_voxels():
    rng = np.random.default_rng(1)
    maps = rng.standard_normal((14, 300)) + np.linspace(0, 2.5, 300)
    for exact in (999, 1 << 14):
        found = permutation_test(maps, n_permutations=exact, random_state=3)
        np.testing.assert_array_equal(found.t > found.threshold_t, found.p_fwe <= 0.05)
        assert 0 < (found.p_fwe <= 0.05).sum() < 300


def test_drawn_flips_repeat_with_their_seed_and_approach_the_exact_p(maps):
    exact = permutation_test(maps, n_permutations=128)
    drawn = permutation_test(maps, n_permutations=100, random_state=4)
    again = permutation_test(maps, n_permutations=100, random_state=np.random.default_rng(4))
    assert not drawn.exact
    assert len(drawn.null_max) == 101
    np.testing.assert_array_equal(drawn.null_max, again.null_max)
    np.testing.assert_allclose(drawn.p_fwe, exact.p_fwe, atol=0.16)


def test_too_few_people_are_told_plainly(maps):
    found = permutation_test(maps[:4])
    assert found.threshold_t == np.inf
    assert "4 people allow 16 sign flips" in found.notes[0]
    assert "no p can be below 0.0625" in found.notes[0]
    assert "more people are needed" in found.notes[1]
    few = permutation_test(maps, n_permutations=9, random_state=0)
    assert "more permutations are needed" in few.notes[0]


def test_regions_are_corrected_for_their_own_voxels(maps):
    region = np.arange(24) < 5
    found = permutation_test(maps, n_permutations=128, regions={"insula": region})
    alone = permutation_test(maps[:, region], n_permutations=128)
    volume = found.regions["insula"]
    np.testing.assert_allclose(volume.p_fwe[region], alone.p_fwe, rtol=1e-12)
    assert np.isnan(volume.p_fwe[~region]).all()
    assert volume.threshold_t == pytest.approx(alone.threshold_t)
    assert (volume.p_fwe[region] <= found.p_fwe[region]).all()


@pytest.mark.parametrize("two_sided", [False, True])
def test_cluster_sizes_by_enumeration(maps, two_sided):
    found = permutation_test(
        maps, CUBE, n_permutations=128, cluster_p=0.1, two_sided=two_sided, n_jobs=2
    )
    forming = stats.t.isf(0.05 if two_sided else 0.1, 6)

    def largest(signs):
        t = stats.ttest_1samp(maps * np.array(signs)[:, None], 0.0).statistic.reshape(4, 3, 2)
        maps_above = [t > forming, -t > forming] if two_sided else [t > forming]
        labels = [ndimage.label(above)[0] for above in maps_above]
        return max(np.bincount(part[part > 0], minlength=1).max() for part in labels)

    null = [largest(signs) for signs in product([1, -1], repeat=7)]
    assert np.sort(found.null_size).tolist() == sorted(null)
    sizes = np.bincount(found.cluster)
    for number in range(1, len(sizes)):
        voxels = found.cluster == number
        np.testing.assert_allclose(found.p_cluster[voxels], np.mean(null >= sizes[number]))
    assert (found.p_cluster[found.cluster == 0] == 1.0).all()


def test_flat_voxels_cannot_be_found(maps):
    maps[:, 0] = 5.0
    found = permutation_test(maps, n_permutations=128)
    assert found.t[0] == 0.0
    assert np.isfinite(found.null_max).all()
    assert "1 voxels have no test" in found.notes[-1]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"n_permutations": 0}, "n_permutations"),
        ({"tfce": True}, "grid"),
        ({"tfce": True, "grid": Grid(np.ones((2, 2, 2), bool), np.eye(4))}, "grid"),
        ({"cluster_p": 2.0}, "cluster_p"),
        ({"n_jobs": 0}, "n_jobs"),
        ({"alpha": 0.0}, "alpha"),
        ({"regions": {"insula": np.zeros(24, bool)}}, "region 'insula'"),
    ],
)
def test_what_does_not_fit_is_refused(maps, change, where):
    with pytest.raises(InputError) as refused:
        permutation_test(maps, **change)
    assert refused.value.where == where


def test_family_wise_error_of_smooth_noise():
    rng = np.random.default_rng(11)
    hits = 0
    for _ in range(200):
        noise = ndimage.gaussian_filter(rng.standard_normal((12, 8, 8, 8)), (0, 1, 1, 1))
        found = permutation_test(noise.reshape(12, -1), n_permutations=199, random_state=rng)
        hits += found.p_fwe.min() <= 0.05
    assert 3 <= hits <= 19  # binomial(200, 0.05): outside with p = 0.005
