"""Weight maps on images: what is covered, what is refused, and the value against plain sums."""

import sys

import numpy as np
import pytest

nibabel = pytest.importorskip("nibabel")
pytest.importorskip("nilearn")

from dolorimeter.core import Grid, InputError, Samples  # noqa: E402
from dolorimeter.decoding.expression import pattern_expression  # noqa: E402
from dolorimeter.decoding.signature import apply_signature  # noqa: E402
from dolorimeter.decoding.study_patterns import leave_one_study_out_pattern  # noqa: E402

AFFINE = np.diag([2.0, 2.0, 2.0, 1.0])
SHAPE = (6, 7, 5)


def image(values, affine=AFFINE):
    return nibabel.Nifti1Image(np.asarray(values, dtype=np.float64), affine)


@pytest.fixture
def volumes():
    return np.random.default_rng(0).normal(size=(*SHAPE, 3)) + 3.0


@pytest.fixture
def weights():
    values = np.random.default_rng(1).normal(size=SHAPE)
    values[:2] = 0.0
    values[2, 0, 0] = np.nan
    return values


@pytest.mark.parametrize("how", ["dot", "cosine", "correlation"])
def test_same_grid_is_a_plain_sum_over_weights(volumes, weights, how):
    found = apply_signature(image(weights), image(volumes), how=how)
    used = np.isfinite(weights) & (weights != 0)
    expected = pattern_expression(weights[used], volumes[used].T, how)
    np.testing.assert_allclose(found.expression, expected)
    report = found.report
    assert (report.weight_voxels, report.common_voxels) == (used.sum(), used.sum())
    assert report.image_voxels == np.prod(SHAPE)
    assert (report.weight_covered, report.resampled, report.interpolation) == (1.0, False, None)


def test_images_may_be_a_list_files_or_samples(volumes, weights, tmp_path):
    expected = apply_signature(image(weights), image(volumes)).expression
    parts = [image(volumes[..., i]) for i in range(3)]
    np.testing.assert_allclose(apply_signature(image(weights), parts).expression, expected)
    nibabel.save(image(volumes), tmp_path / "images.nii.gz")
    nibabel.save(image(weights), tmp_path / "weights.nii.gz")
    found = apply_signature(str(tmp_path / "weights.nii.gz"), tmp_path / "images.nii.gz")
    np.testing.assert_allclose(found.expression, expected, rtol=1e-6)
    mask = np.random.default_rng(2).random(SHAPE) < 0.7
    samples = Samples.of(
        volumes[mask].T, np.zeros(3), np.array(["a", "b", "c"]), grid=Grid(mask, AFFINE)
    )
    masked = apply_signature(image(weights), image(volumes), image(mask))
    np.testing.assert_allclose(
        apply_signature(image(weights), samples).expression, masked.expression
    )
    half = np.zeros(SHAPE)
    half[:, :3] = 1
    again = apply_signature(image(weights), samples, image(half))
    np.testing.assert_allclose(
        again.expression,
        apply_signature(image(weights), image(volumes), image(mask * half)).expression,
    )


def test_coverage_is_of_absolute_weight(volumes):
    weights = np.zeros(SHAPE)
    weights[0, 0, 0], weights[5, 5, 4] = -3.0, 1.0
    mask = np.ones(SHAPE)
    mask[5] = 0
    report = apply_signature(image(weights), image(volumes), image(mask)).report
    assert report.weight_covered == pytest.approx(0.75)
    assert (report.weight_voxels, report.common_voxels) == (2, 1)
    assert report.image_voxels == 5 * 7 * 5


def test_resampling_a_shifted_grid_is_exact_by_nearest(volumes, weights):
    # the same weights stored in a field of view one voxel larger on every side
    wide, affine = np.zeros([n + 2 for n in SHAPE]), AFFINE.copy()
    wide[1:-1, 1:-1, 1:-1] = np.nan_to_num(weights)
    affine[:3, 3] = -2.0
    for interpolation in ("nearest", "linear", "continuous"):
        found = apply_signature(image(wide, affine), image(volumes), interpolation=interpolation)
        expected = apply_signature(image(weights), image(volumes)).expression
        np.testing.assert_allclose(found.expression, expected, rtol=1e-6)
        assert found.report.resampled
        assert found.report.interpolation == interpolation
        assert found.report.weight_covered == pytest.approx(1.0)


def test_linear_resampling_of_a_ramp_is_the_ramp():
    # a weight linear in space has the same value at any grid's points inside it
    fine = np.arange(20.0)[:, None, None] + np.ones((20, 20, 20))
    coarse_affine = np.diag([3.0, 3.0, 3.0, 1.0])
    coarse_affine[:3, 3] = 2.0
    where = 2.0 + 3.0 * np.arange(5)
    pictures = np.ones((5, 5, 5, 1))
    found = apply_signature(image(fine, np.eye(4)), image(pictures, coarse_affine))
    np.testing.assert_allclose(found.weights.reshape(5, 5, 5)[:, 0, 0], where + 1.0, rtol=1e-6)
    assert found.report.voxel_ratio == pytest.approx(27.0)


def test_voxels_missing_in_every_image_are_outside(volumes, weights):
    gone = volumes.copy()
    gone[3] = np.nan
    gone[4] = 0.0
    report = apply_signature(image(weights), image(gone)).report
    assert report.image_voxels == 4 * 7 * 5


def refused(match, *arguments, **options):
    with pytest.raises(InputError, match=match) as error:
        apply_signature(*arguments, **options)
    assert "\n" not in str(error.value)


def test_refusals(volumes, weights, tmp_path):
    good, pictures = image(weights), image(volumes)
    hole = volumes.copy()
    hole[3, 3, 3, 1] = np.nan
    refused("image 1: 1 voxels inside the mask are not finite", good, image(hole))
    far = AFFINE.copy()
    far[:3, 3] = 500.0
    refused("none falls on the images", image(weights, far), pictures)
    refused("does not fit", good, pictures, image(np.ones((3, 3, 3))))
    refused("no voxel", good, pictures, image(np.zeros(SHAPE)))
    refused("one volume", image(volumes), pictures)
    refused("no voxel but 0 and NaN", image(np.full(SHAPE, np.nan)), pictures)
    refused("image 1: another grid", good, [pictures, image(volumes, far)])
    refused("images: none", good, [])
    refused("can be read", tmp_path / "absent.nii", pictures)
    refused("without a grid", good, Samples.of(np.ones((2, 2)), np.zeros(2), np.array(["a", "b"])))
    refused("how", good, pictures, how="angle")


def test_without_nilearn_the_extra_is_named(volumes, weights, monkeypatch):
    monkeypatch.setitem(sys.modules, "nilearn", None)
    refused(r"dolorimeter\[images\]", image(weights), image(volumes))


@pytest.mark.parametrize("weighting", ["equal", "sample-size"])
def test_left_out_pattern_by_plain_averages(weighting):
    rng = np.random.default_rng(3)
    maps, sizes = rng.normal(size=(5, 200)) + rng.normal(size=200), np.array([10, 20, 30, 15, 12])
    found = leave_one_study_out_pattern(maps, sizes, weighting, n_flips=20, random_state=0)
    for k in range(5):
        others = np.delete(np.arange(5), k)
        pattern = maps[others].mean(axis=0)
        if weighting == "sample-size":
            effects = maps[others] / np.sqrt(sizes[others, None])
            pattern = np.average(effects, axis=0, weights=sizes[others])
        for how, values in found.expression.items():
            expected = pattern_expression(pattern, maps[[k]], how)[0]
            assert values[k] == pytest.approx(expected), how


def test_flips_repeat_everything():
    rng = np.random.default_rng(4)
    maps = rng.normal(size=(4, 50)) + 0.5
    found = leave_one_study_out_pattern(maps, n_flips=3, random_state=7)
    signs = np.random.default_rng(7).choice((-1.0, 1.0), (3, 4))
    for draw, sign in enumerate(signs):
        again = leave_one_study_out_pattern(maps * sign[:, None], n_flips=1)
        for how, null in found.null.items():
            assert null[draw] == pytest.approx(again.mean[how])


def test_flips_keep_their_level_and_see_a_shared_pattern():
    rng = np.random.default_rng(5)
    smooth = np.repeat(np.eye(10), 10, axis=1)  # voxels in blocks: strongly dependent
    small = 0
    for _ in range(200):
        maps = rng.normal(size=(8, 10)) @ smooth + rng.normal(size=(8, 100)) * 0.1
        found = leave_one_study_out_pattern(maps, n_flips=99, random_state=rng)
        small += found.p_value["correlation"] <= 0.05
    assert small / 200 == pytest.approx(0.05, abs=0.05)
    shared = maps + 2.0 * rng.normal(size=100)
    # all 8 alike, or all 8 turned: 2 of 256 draws do as well, and none better
    p = leave_one_study_out_pattern(shared, n_flips=9999, random_state=0).p_value["cosine"]
    assert p == pytest.approx(2 / 256, abs=0.004)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"maps": np.ones((2, 5))}, "maps"),
        ({"maps": np.ones((4, 5))}, "map 0"),
        ({"weighting": "sample-size"}, "sample_sizes"),
        ({"weighting": "size"}, "weighting"),
    ],
)
def test_bad_studies(change, where):
    maps = np.random.default_rng(6).normal(size=(4, 5))
    with pytest.raises(InputError) as error:
        leave_one_study_out_pattern(**({"maps": maps} | change))
    assert error.value.where == where
