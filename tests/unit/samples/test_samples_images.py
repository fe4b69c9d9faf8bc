"""Single-trial maps: values against the arrays they were made of; spaces and damaged files."""

import gzip
import struct

import numpy as np
import pytest

from dolorimeter.core import InputError
from dolorimeter.samples import read_samples

nibabel = pytest.importorskip("nibabel")

AFFINE = np.array([[3.0, 0, 0, -9], [0, 3, 0, -6], [0, 0, 3, 3], [0, 0, 0, 1]])
SHAPE = (4, 3, 5)
TARGET = {"column": "kind", "classes": ["rest", "heat"]}


def save(path, values, affine=AFFINE, kind=np.float32):
    image = nibabel.Nifti1Image(np.asarray(values, dtype=kind), affine)
    nibabel.save(image, path)
    return path


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(3)
    maps = rng.standard_normal((*SHAPE, 4)).astype(np.float32)
    mask = rng.random(SHAPE) < 0.4
    save(tmp_path / "maps.nii.gz", maps)
    save(tmp_path / "mask.nii.gz", mask, kind=np.uint8)
    rows = ["image\twho\tkind"]
    for i in range(4):
        save(tmp_path / f"map{i}.nii", maps[..., i])
        rows.append(f"map{i}.nii\tp{i // 2}\t{('rest', 'heat')[i % 2]}")
    (tmp_path / "trials.tsv").write_text("\n".join(rows) + "\n")
    return tmp_path, maps, mask


def read(folder, path="maps.nii.gz", **changed):
    given = {"mask": "mask.nii.gz", "trials": "trials.tsv", "columns": {"subject": "who"}}
    return read_samples(path, root=folder, **(given | {"target": TARGET} | changed))


def fault(folder, *fragments, **changed):
    with pytest.raises(InputError) as caught:
        read(folder, **changed)
    message = str(caught.value)
    assert "\n" not in message
    for fragment in fragments:
        assert fragment in message


def test_one_image_of_four_axes(folder):
    path, maps, mask = folder
    samples = read(path, where={"who": "p1"})
    np.testing.assert_array_equal(samples.features, maps[mask].T[2:])
    np.testing.assert_array_equal(samples.grid.mask, mask)
    np.testing.assert_array_equal(samples.grid.affine, AFFINE)
    assert samples.target.tolist() == [0, 1]
    assert samples.features.dtype == np.float64
    first = " ".join(map(str, np.argwhere(mask)[0]))
    assert samples.feature_names[0] == first


def test_many_images_of_three_axes_in_the_order_of_the_table(folder):
    path, maps, mask = folder
    lines = (path / "trials.tsv").read_text().splitlines()
    (path / "trials.tsv").write_text("\n".join([lines[0], *lines[:0:-1]]) + "\n")
    samples = read(path, ".", reader="images")
    np.testing.assert_array_equal(samples.features, maps[mask].T[::-1])
    assert samples.subject.tolist() == ["p1", "p1", "p0", "p0"]
    some = read(path, ".", reader="images", where={"who": "p0"})
    np.testing.assert_array_equal(some.features, maps[mask].T[1::-1])


def test_stored_integers_are_scaled_as_nibabel_scales_them(folder):
    path, maps, mask = folder
    image = nibabel.Nifti1Image(maps, AFFINE)
    image.set_data_dtype(np.int16)
    nibabel.save(image, path / "maps.nii.gz")
    expected = nibabel.load(path / "maps.nii.gz").get_fdata()[mask].T
    np.testing.assert_array_equal(read(path).features, expected)
    assert np.abs(expected - maps[mask].T).max() > 0


def test_other_spaces_are_refused_and_resampled_only_when_asked(folder):
    path, *_ = folder
    x = np.indices(tuple(2 * n for n in SHAPE))[0]
    fine = AFFINE @ np.diag([0.5, 0.5, 0.5, 1])
    # A linear ramp in millimetres is the same ramp after any resampling inside the field of view.
    ramp = np.stack([fine[0, 3] + 1.5 * x + i for i in range(4)], axis=-1)
    save(path / "fine.nii.gz", ramp, fine)
    inner = np.zeros(SHAPE)
    inner[1:3, 1:2, 1:4] = 1
    save(path / "inner.nii.gz", inner, kind=np.uint8)
    fault(path, "fine.nii.gz", "(8, 6, 10)", "resample: true", path="fine.nii.gz")
    samples = read(path, "fine.nii.gz", mask="inner.nii.gz", resample=True)
    place = -9 + 3 * np.argwhere(inner)[:, 0]
    expected = place + np.arange(4)[:, None]
    np.testing.assert_allclose(samples.features, expected, atol=0.05)
    assert "resampled" in samples.source


def test_a_shifted_affine_is_another_space(folder):
    path, maps, _ = folder
    shifted = AFFINE.copy()
    shifted[0, 3] += 1
    save(path / "maps.nii.gz", maps, shifted)
    fault(path, "affine", "-8.0", "resample: true")


def test_gaps_are_refused_with_their_count_or_dropped(folder):
    path, maps, mask = folder
    voxels = np.argwhere(mask)
    maps[(*voxels[2], 1)] = np.nan
    maps[(*voxels[2], 3)] = np.inf
    maps[tuple(voxels[4])] = 7
    outside = np.argwhere(~mask)[0]
    maps[(*outside, 0)] = np.nan
    save(path / "maps.nii.gz", maps)
    fault(path, "2 values not finite", "1 voxels of 2 samples", "sample 2", "drop_voxels: true")
    samples = read(path, drop_voxels=True)
    kept = np.delete(np.arange(len(voxels)), [2, 4])
    np.testing.assert_array_equal(samples.features, maps[mask].T[:, kept])
    assert samples.grid.mask.sum() == len(kept)
    assert "1 voxels not finite and 1 constant over all samples dropped" in samples.source


def test_a_truncated_image_is_refused(folder):
    path, *_ = folder
    whole = (path / "maps.nii.gz").read_bytes()
    (path / "maps.nii.gz").write_bytes(whole[: len(whole) // 2])
    fault(path, "maps.nii.gz", "truncated")
    (path / "maps.nii.gz").write_bytes(whole[:-60])
    fault(path, "maps.nii.gz", "header promises 1312 bytes", "a whole image")
    plain = (path / "map0.nii").read_bytes()
    (path / "map0.nii").write_bytes(plain[:-1])
    fault(path, "map0.nii", "promises 592 bytes", "holds 591", path=".", reader="images")


@pytest.mark.parametrize("packed", [True, False])
def test_a_lying_header_takes_no_memory(folder, packed):
    path, *_ = folder
    content = bytearray(gzip.decompress((path / "maps.nii.gz").read_bytes()))
    content[40:56] = struct.pack("<8h", 4, 32000, 32000, 32000, 4, 1, 1, 1)
    name = "maps.nii.gz" if packed else "maps.nii"
    (path / name).write_bytes(gzip.compress(bytes(content)) if packed else bytes(content))
    fault(path, name, "promises 524288000000352 bytes", path=name)


@pytest.mark.parametrize(
    ("changed", "fragments"),
    [
        ({"mask": None}, ["data.mask", "missing"]),
        ({"mask": "other.nii.gz"}, ["other.nii.gz", "no such file"]),
        ({"mask": "trials.tsv"}, ["trials.tsv", "unreadable"]),
        ({"mask": 3}, ["mask", "path"]),
        ({"mask": "maps.nii.gz"}, ["three axes"]),
        ({"mask": "empty.nii.gz"}, ["no voxel in the mask"]),
        ({"trials": None}, ["data.trials", "missing"]),
        ({"trials": "short.tsv"}, ["4 volumes", "1 rows", "short.tsv"]),
        ({"trials": "short.tsv", "path": ".", "reader": "images"}, ["no.nii", "no such file"]),
        ({"path": "map0.nii"}, ["1 volumes", "4 rows"]),
        ({"resample": 1}, ["resample", "true or false"]),
        ({"drop_voxel": True}, ["'drop_voxel'", "'drop_voxels'?"]),
    ],
)
def test_each_fault_is_one_line(folder, changed, fragments):
    path, *_ = folder
    save(path / "empty.nii.gz", np.zeros(SHAPE), kind=np.uint8)
    (path / "short.tsv").write_text("image\twho\tkind\nno.nii\tp\theat\n")
    changed.setdefault("target", {"column": "kind"})
    fault(path, *fragments, **changed)
