"""Group tests against scipy and by hand."""

import numpy as np
import pytest
from scipy import stats

from dolorimeter.core import InputError
from dolorimeter.imaging.group import group_test, normal_score


@pytest.fixture
def maps():
    return np.random.default_rng(0).standard_normal((12, 40)) + 0.3


def test_one_sample_is_scipys(maps):
    found = group_test(maps)
    expected = stats.ttest_1samp(maps, 0.0, alternative="greater")
    np.testing.assert_allclose(found.t, expected.statistic, rtol=1e-12)
    np.testing.assert_allclose(found.p, expected.pvalue, rtol=1e-10)
    np.testing.assert_allclose(found.effect, maps.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(found.variance, maps.var(axis=0, ddof=1) / 12, rtol=1e-12)
    assert (found.df, found.n_subjects, found.n_flat) == (11, 12, 0)


def test_two_groups_are_the_first_name_less_the_second(maps):
    groups = np.array(["patient", "control"] * 6)
    found = group_test(maps, "two-sample", groups=groups)
    expected = stats.ttest_ind(maps[1::2], maps[::2], alternative="greater")
    np.testing.assert_allclose(found.t, expected.statistic, rtol=1e-11)
    np.testing.assert_allclose(found.p, expected.pvalue, rtol=1e-10)
    np.testing.assert_allclose(found.effect, maps[1::2].mean(0) - maps[::2].mean(0), rtol=1e-11)
    assert found.contrast == "control less patient"


def test_paired_is_scipys(maps):
    other = np.random.default_rng(1).standard_normal(maps.shape)
    found = group_test(maps, "paired", second=other)
    expected = stats.ttest_rel(maps, other, alternative="greater")
    np.testing.assert_allclose(found.t, expected.statistic, rtol=1e-11)
    assert found.df == 11


def test_a_single_covariate_is_a_regression(maps):
    age = np.arange(12.0) ** 1.5
    found = group_test(maps, "covariate", covariates=age, names=["age"])
    for voxel in range(5):
        line = stats.linregress(age, maps[:, voxel])
        assert found.effect[voxel] == pytest.approx(line.slope, rel=1e-10)
        assert found.p[voxel] == pytest.approx(stats.t.sf(line.slope / line.stderr, 10), rel=1e-9)
    assert found.contrast == "slope of age"


def test_centered_covariates_leave_the_mean_effect_as_it_is(maps):
    plain, adjusted = group_test(maps), group_test(maps, covariates=np.arange(12.0) + 100)
    np.testing.assert_allclose(adjusted.effect, plain.effect, rtol=1e-11)
    assert adjusted.df == plain.df - 1


def test_the_inverse_is_the_test_of_negated_maps(maps):
    inverse, negated = group_test(maps).inverse(), group_test(-maps)
    for name in ("effect", "t", "z", "p"):
        np.testing.assert_allclose(getattr(inverse, name), getattr(negated, name), rtol=1e-11)


def test_flat_voxels_have_no_test(maps):
    maps[:, 3], maps[:, 4] = 0.0, 0.7
    found = group_test(maps)
    assert found.n_flat == 2
    assert found.t[3] == found.t[4] == found.z[4] == 0.0
    assert found.p[4] == 0.5
    assert found.effect[4] == pytest.approx(0.7)


def test_a_huge_t_has_a_finite_normal_score():
    assert normal_score(1e300, 5) == pytest.approx(stats.norm.isf(1e-300))
    assert normal_score(-3.0, 7) == pytest.approx(-stats.norm.isf(stats.t.sf(3.0, 7)))


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"test": "anova"}, "test"),
        ({"groups": ["a"] * 12}, "groups"),
        ({"test": "two-sample"}, "groups"),
        ({"test": "two-sample", "groups": ["a"] * 12}, "groups"),
        ({"test": "two-sample", "groups": ["a", "b"]}, "groups"),
        ({"test": "paired"}, "second"),
        ({"test": "paired", "second": np.ones((3, 40))}, "second"),
        ({"test": "covariate"}, "covariates"),
        ({"covariates": np.ones(12)}, "covariates"),
        ({"covariates": np.ones(5)}, "covariates"),
        ({"covariates": np.arange(24.0).reshape(12, 2)}, "covariates"),
        ({"covariates": np.arange(12.0), "names": ["a", "b"]}, "names"),
        ({"covariates": [np.nan] + [1.0] * 11, "names": ["age"]}, "covariate 'age'"),
        ({"maps": np.ones((1, 4))}, "maps"),
        ({"maps": np.ones(4)}, "maps"),
        ({"maps": [[1.0, 2.0], [np.nan, 1.0], [0.0, 1.0]]}, "maps"),
    ],
)
def test_what_cannot_be_tested_is_refused(maps, change, where):
    with pytest.raises(InputError) as refused:
        group_test(**({"maps": maps} | change))
    assert refused.value.where == where


def test_the_person_without_a_number_is_named(maps):
    maps[7, 2] = np.nan
    with pytest.raises(InputError, match="1 voxels not finite in row 7"):
        group_test(maps)
