"""Group inference against nilearn: second level, permuted least squares, enhancement."""

import warnings

import numpy as np
import pandas as pd
import pytest

from dolorimeter.core import Grid
from dolorimeter.imaging.corrections import threshold_at
from dolorimeter.imaging.enhancement import enhance, face_neighbors
from dolorimeter.imaging.factors import two_factor
from dolorimeter.imaging.group import group_test
from dolorimeter.imaging.group_model import read_group
from dolorimeter.imaging.maxima import Wanted, family_wise_p, null_maxima
from dolorimeter.imaging.rearrangements import Rearrangements

nilearn = pytest.importorskip("nilearn")
MASK = np.random.default_rng(0).random((7, 6, 5)) < 0.8
GRID = Grid(MASK, np.diag([6.0, 6.0, 6.0, 1.0]))
N, V = 9, int(MASK.sum())


@pytest.fixture
def maps():
    rng = np.random.default_rng(1)
    return rng.standard_normal((N, V)) + 0.4 + rng.standard_normal((1, V)) * 0.3


def image(values):
    from nibabel import Nifti1Image

    volume = np.zeros(MASK.shape)
    volume[MASK] = values
    return Nifti1Image(volume, GRID.affine)


def mask_image():
    from nibabel import Nifti1Image

    return Nifti1Image(MASK.astype(np.int8), GRID.affine)


def second_level(maps, design, contrast):
    from nilearn.glm.second_level import SecondLevelModel

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = SecondLevelModel(mask_img=mask_image())
        model.fit([image(row) for row in maps], design_matrix=pd.DataFrame(design))
        found = model.compute_contrast(contrast, output_type="all")
    return {name: volume.get_fdata()[MASK] for name, volume in found.items()}


def same(found, expected):
    np.testing.assert_allclose(found.effect, expected["effect_size"], rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(found.variance, expected["effect_variance"], rtol=1e-10)
    np.testing.assert_allclose(found.t, expected["stat"], rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(found.z, expected["z_score"], rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(found.p, expected["p_value"], rtol=1e-10)


def test_one_sample_with_and_without_covariates(maps):
    age = np.linspace(20, 60, N) ** 1.1
    same(group_test(maps), second_level(maps, {"mean": np.ones(N)}, "mean"))
    design = {"mean": np.ones(N), "age": age - age.mean()}
    same(group_test(maps, covariates=age), second_level(maps, design, "mean"))
    same(group_test(maps, "covariate", covariates=age), second_level(maps, design, "age"))


def test_two_groups_with_a_covariate(maps):
    first = np.arange(N) % 3 == 0
    age = np.linspace(20, 60, N) ** 1.1
    groups = np.where(first, "a", "b")
    design = {"a": first * 1.0, "b": ~first * 1.0, "age": age}
    expected = second_level(maps, design, "a - b")
    same(group_test(maps, "two-sample", groups=groups, covariates=age), expected)


def test_pooled_error_is_the_model_with_subjects(maps):
    rng = np.random.default_rng(7)
    cells = {(a, b): maps + rng.standard_normal(maps.shape) for a in "ab" for b in "uv"}
    stacked = np.vstack(list(cells.values()))
    design = {f"c{k}": np.repeat(np.arange(4) == k, N) * 1.0 for k in range(4)}
    design |= {f"s{s}": np.tile(np.arange(N) == s, 4) * 1.0 for s in range(1, N)}
    expected = second_level(stacked, design, "0.5 * c0 + 0.5 * c1 - 0.5 * c2 - 0.5 * c3")
    same(two_factor(cells, error="pooled").tests["a - b"], expected)


def nilearn_draws(count, kind, seed=42):
    """Draw what permuted_ols draws: each flip or shuffle acts on the one before."""
    chunk = np.random.RandomState(np.random.RandomState(seed).randint(1, 2**31 - 2))
    signs, orders = [np.ones(N)], [np.arange(N)]
    for _ in range(count):
        if kind == "signs":
            signs.append(signs[-1] * (chunk.randint(2, size=(N, 1)) * 2 - 1)[:, 0])
        else:
            orders.append(orders[-1][chunk.permutation(N)])
    none = np.empty((0, N))
    if kind == "signs":
        return Rearrangements(np.array(signs), none.astype(int), False, 2**N)
    return Rearrangements(none, np.array(orders), False, 0)


@pytest.mark.parametrize("two_sided", [False, True])
@pytest.mark.parametrize("covariates", [False, True])
@pytest.mark.parametrize("test", ["one-sample", "two-sample"])
def test_permuted_ols_on_the_same_draws(maps, test, covariates, two_sided):
    from nilearn.maskers import NiftiMasker
    from nilearn.mass_univariate import permuted_ols

    age = np.linspace(20, 60, N)[:, None] ** 1.1 if covariates else None
    first = np.arange(N) % 3 == 0
    groups = np.where(first, "a", "b") if test == "two-sample" else None
    model = read_group(maps, test, groups=groups, covariates=age)
    tested = first[:, None] * 1.0 if test == "two-sample" else np.ones((N, 1))
    count, forming = 25, 0.05
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        masker = NiftiMasker(mask_img=mask_image()).fit()
        expected = permuted_ols(
            tested,
            maps,
            None if age is None else age - age.mean(),
            n_perm=count,
            two_sided_test=two_sided,
            random_state=42,
            masker=masker,
            tfce=True,
            threshold=forming,
        )
    threshold = threshold_at(forming / (1 + two_sided), model.df)
    wanted = Wanted((), two_sided, face_neighbors(GRID), True, threshold, 1)
    null = null_maxima(model, nilearn_draws(count, model.exchange), wanted)
    np.testing.assert_allclose(null.t, expected["t"][0], rtol=1e-10, atol=1e-12)
    largest = null.largest[:, 0]
    np.testing.assert_allclose(
        np.sort(largest[1:]), np.sort(np.ravel(expected["h0_max_t"])), rtol=1e-10
    )
    values = np.abs(null.t) if two_sided else null.t
    np.testing.assert_allclose(
        family_wise_p(values, largest), 10.0 ** -expected["logp_max_t"][0], rtol=1e-10
    )
    np.testing.assert_allclose(
        np.sort(null.tfce[1:]), np.sort(np.ravel(expected["h0_max_tfce"])), rtol=1e-9
    )
    assert np.sort(null.size[1:]).tolist() == np.sort(np.ravel(expected["h0_max_size"])).tolist()


@pytest.mark.parametrize("seed", range(4))
def test_enhancement_is_nilearns(seed):
    from nilearn.mass_univariate._utils import calculate_tfce
    from scipy import ndimage

    rng = np.random.default_rng(seed)
    noise = ndimage.gaussian_filter(rng.standard_normal(MASK.shape), 1.0) * 8
    volume = np.where(MASK, noise, 0.0)[..., None]
    faces = ndimage.generate_binary_structure(3, 1)
    neighbors, values = face_neighbors(GRID), noise[MASK]
    expected = calculate_tfce(volume, faces, two_sided_test=False)[..., 0][MASK]
    np.testing.assert_allclose(enhance(values, neighbors), expected, rtol=1e-10, atol=1e-10)
    both = calculate_tfce(volume, faces, two_sided_test=True)[..., 0][MASK]
    top = np.abs(values).max()
    found = enhance(values, neighbors, top) - enhance(-values, neighbors, top)
    np.testing.assert_allclose(found, both, rtol=1e-10, atol=1e-10)
