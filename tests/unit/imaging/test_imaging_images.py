"""Runs are read exactly, in bounded memory, and refused with the file's name."""

import gzip
import tracemalloc

import nibabel
import numpy as np
import pytest
from nilearn.image import smooth_img

from dolorimeter.bids.preprocessed import PreprocessedRun
from dolorimeter.core import Grid, InputError
from dolorimeter.imaging.grids import common_grid
from dolorimeter.imaging.images import read_run

AFFINE = np.array([[-4.0, 0, 0, 20], [0, 5, 0, -20], [0, 0, 6, -10], [0, 0, 0, 1]])
SHAPE = (7, 6, 5)


@pytest.fixture
def values():
    return np.random.default_rng(1).normal(100, 5, (*SHAPE, 4)).astype(np.float32)


@pytest.fixture
def inside():
    mask = np.zeros(SHAPE, dtype=bool)
    mask[1:6, 1:5, 1:4] = True
    return mask


def save(path, values, affine=AFFINE, step=2.0, unit="sec"):
    image = nibabel.Nifti1Image(values, affine)
    if values.ndim == 4:
        image.header.set_zooms((*image.header.get_zooms()[:3], step))
        image.header.set_xyzt_units("mm", unit)
    nibabel.save(image, path)
    return path


def a_run(folder, values, inside, name="a", told=2.0, **header):
    bold = save(folder / f"{name}_bold.nii.gz", values, **header)
    mask = save(folder / f"{name}_mask.nii.gz", inside.astype(np.uint8))
    return PreprocessedRun("01", name, {}, bold, mask, None, told)


def test_voxels_come_in_c_order_unsmoothed(tmp_path, values, inside):
    data, step = read_run(a_run(tmp_path, values, inside), smoothing=None)
    assert step == 2.0
    assert data.dtype == np.float64
    expected = [values[x, y, z] for x, y, z in np.argwhere(inside)]
    np.testing.assert_array_equal(data, np.array(expected, dtype=np.float64).T)


def test_smoothing_is_nilearns(tmp_path, values, inside):
    data, _ = read_run(a_run(tmp_path, values, inside), smoothing=9.0)
    peer = smooth_img(nibabel.Nifti1Image(values.astype(np.float64), AFFINE), 9.0)
    np.testing.assert_allclose(data, peer.get_fdata()[inside].T, rtol=1e-12)


def test_whole_numbers_are_scaled_as_the_header_says(tmp_path, inside):
    stored = np.arange(np.prod(SHAPE) * 3, dtype=np.int16).reshape(*SHAPE, 3)
    image = nibabel.Nifti1Image(stored, AFFINE)
    image.header.set_slope_inter(0.5, 10)
    image.header.set_xyzt_units("mm", "sec")
    nibabel.save(image, tmp_path / "b.nii")
    grid = Grid(inside, AFFINE)
    run = PreprocessedRun("01", "", {}, tmp_path / "b.nii", repetition_time=1.0)
    data, _ = read_run(run, grid, smoothing=0)
    np.testing.assert_allclose(data, nibabel.load(tmp_path / "b.nii").get_fdata()[inside].T)


@pytest.mark.parametrize(
    ("told", "step", "unit", "expected"),
    [
        (2.0, 2.0, "sec", 2.0),
        (2.0, 2000.0, "msec", 2.0),
        (None, 2000.0, "msec", 2.0),
        (None, 0.8, "sec", 0.8),
        (2.0, 1.0, "unknown", 2.0),  # a header without a unit says nothing
        (2.0, 2.0001, "sec", 2.0),  # single precision, rounding: the sidecar is taken
    ],
)
def test_repetition_time(tmp_path, values, inside, told, step, unit, expected):
    run = a_run(tmp_path, values, inside, told=told, step=step, unit=unit)
    assert read_run(run)[1] == pytest.approx(expected, rel=1e-6)


def test_no_repetition_time_or_two_are_refused(tmp_path, values, inside):
    silent = a_run(tmp_path, values, inside, told=None, unit="unknown")
    with pytest.raises(InputError, match=r"a_bold.nii.gz: no repetition time"):
        read_run(silent)
    assert read_run(silent, repetition_time=1.5)[1] == 1.5
    two = a_run(tmp_path, values, inside, told=2.0, step=2.5)
    with pytest.raises(InputError, match=r"2 s in the sidecar, 2.5 s in the header"):
        read_run(two)


def test_three_axes_are_refused(tmp_path, values, inside):
    with pytest.raises(InputError, match="an image of 3 axes"):
        read_run(a_run(tmp_path, values[..., 0], inside))


def test_missing_values_are_refused_inside_and_harmless_outside(tmp_path, values, inside):
    outside = values.copy()
    outside[0, 0, 0] = np.nan
    data, _ = read_run(a_run(tmp_path, outside, inside), smoothing=6)
    assert np.isfinite(data).all()
    within = values.copy()
    within[2, 2, 2, 3] = np.nan
    with pytest.raises(InputError, match="1 voxels of frame 3 in the mask are not finite"):
        read_run(a_run(tmp_path, within, inside))


def test_other_spaces_are_named_and_resampled_only_when_asked(tmp_path, values, inside):
    run = a_run(tmp_path, values, inside)
    moved = AFFINE.copy()
    moved[0, 3] -= 4.0  # one voxel along the first axis
    grid = Grid(inside, moved)
    with pytest.raises(InputError, match=r"origin \[20.0.*expected the space of the mask.*16.0"):
        read_run(run, grid)
    data, _ = read_run(run, grid, smoothing=None, resample=True)
    np.testing.assert_allclose(data, values[np.roll(inside, 1, axis=0)].T, rtol=1e-6)


def test_the_grid_is_what_all_masks_share(tmp_path, values, inside):
    other = np.roll(inside, 1, axis=1)
    runs = [a_run(tmp_path, values, m, name) for name, m in (("a", inside), ("b", other))]
    np.testing.assert_array_equal(common_grid(runs).mask, inside & other)
    np.testing.assert_array_equal(common_grid(runs, mask=runs[1].mask).mask, other)


def test_unequal_masks_are_both_named(tmp_path, values, inside):
    one = a_run(tmp_path, values, inside, "a")
    path = save(tmp_path / "b_mask.nii.gz", inside[:6].astype(np.uint8))
    two = PreprocessedRun("02", "", {}, one.bold, path)
    with pytest.raises(InputError, match=r"b_mask.nii.gz: shape \(6, 6, 5\).*a_mask.nii.gz"):
        common_grid([one, two])
    apart = a_run(tmp_path, values, np.roll(inside, 3, axis=2) & ~inside, "c")
    with pytest.raises(InputError, match="no voxel in common"):
        common_grid([one, apart])
    with pytest.raises(InputError, match=r"no brain mask.*Give a mask"):
        common_grid([PreprocessedRun("02", "", {}, one.bold)])


def test_a_coarser_grid_keeps_the_place(tmp_path, values, inside):
    run = a_run(tmp_path, values, inside)
    coarse = common_grid([run], voxel_size=8.0)
    assert np.allclose(np.sqrt((coarse.affine[:3, :3] ** 2).sum(0)), 8)

    def center(grid):
        places = np.argwhere(grid.mask) @ grid.affine[:3, :3].T + grid.affine[:3, 3]
        return places.mean(axis=0)

    assert np.abs(center(coarse) - center(Grid(inside, AFFINE))).max() < 5
    data, _ = read_run(run, coarse, resample=True)
    assert data.shape == (4, coarse.mask.sum())


def test_truncated_and_lying_images_are_refused_before_memory_is_taken(tmp_path, values, inside):
    run = a_run(tmp_path, values, inside)
    packed = run.bold.read_bytes()
    run.bold.write_bytes(packed[: len(packed) // 2])
    with pytest.raises(InputError, match=r"truncated|the file holds"):
        read_run(run)
    raw = bytearray(gzip.decompress(packed))
    raw[42:50] = np.array([2000, 2000, 2000, 2000], dtype="<i2").tobytes()  # dim[1:5]
    run.bold.write_bytes(gzip.compress(bytes(raw)))
    tracemalloc.start()
    with pytest.raises(InputError, match=r"the header promises 64000000000352 bytes"):
        read_run(run)
    assert tracemalloc.get_traced_memory()[1] < 2e7
    tracemalloc.stop()


def test_memory_is_that_of_the_image_as_stored(tmp_path, inside):
    mask = np.zeros((30, 30, 30), dtype=bool)
    mask[10:15, 10:15, 10:15] = True
    stored = np.random.default_rng(0).integers(0, 99, (30, 30, 30, 60)).astype(np.int16)
    run = a_run(tmp_path, stored, mask)
    read_run(run)
    tracemalloc.start()
    read_run(run)
    # int16 image, what unpacks it and a few frames; as float64 the image alone would be 13 MB
    assert tracemalloc.get_traced_memory()[1] < 3 * stored.nbytes + 6 * 30**3 * 8
    tracemalloc.stop()


def test_resampling_takes_missing_values_outside_the_mask_for_none(tmp_path, values, inside):
    # Warnings are errors here: one warning a frame is what a terminal was flooded with.
    without = np.where(inside[..., None], values, np.nan).astype(np.float32)
    filled = a_run(tmp_path, np.nan_to_num(without), inside, "filled")
    run = a_run(tmp_path, without, inside)
    coarse = common_grid([run], voxel_size=8.0)
    data, _ = read_run(run, coarse, resample=True)
    np.testing.assert_array_equal(data, read_run(filled, coarse, resample=True)[0])
    assert np.isfinite(data).all()
    within = without.copy()
    within[2, 2, 2, 3] = np.nan
    fine = common_grid([run], voxel_size=3.0)
    with pytest.raises(InputError, match=r"voxels of frame 3 in the mask are not finite"):
        read_run(a_run(tmp_path, within, inside, "b"), fine, resample=True)


@pytest.mark.parametrize("moved", [False, True])
def test_smoothing_brings_no_signal_where_nothing_was_measured(tmp_path, values, inside, moved):
    cut = values.copy()
    cut[:, :, :2] = 0  # below the field of view
    cut[3, 3, 3] = 7  # constant, amid others
    run = a_run(tmp_path, cut, inside)
    affine = AFFINE.copy()
    affine[0, 3] -= 4.0 * moved
    grid = Grid(np.roll(inside, -int(moved), axis=0), affine)
    data, _ = read_run(run, grid, smoothing=8, resample=moved)
    flat = np.zeros(SHAPE, dtype=bool)
    flat[:, :, :2] = True
    flat[3 - moved, 3, 3] = True
    np.testing.assert_array_equal(np.ptp(data, axis=0) == 0, flat[grid.mask])
    assert set(data[0, np.ptp(data, axis=0) == 0]) == {0.0, 7.0}
    peer = smooth_img(nibabel.Nifti1Image(cut.astype(np.float64), AFFINE), 8).get_fdata()
    seen = inside & ~np.roll(flat, int(moved), axis=0)
    if not moved:
        np.testing.assert_allclose(data[:, ~flat[inside]], peer[seen].T, rtol=1e-12)
