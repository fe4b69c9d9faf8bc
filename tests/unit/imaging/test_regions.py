"""Regions on a grid: names, spheres, images, atlas labels, and what is refused."""

import numpy as np
import pytest

from dolorimeter.core import Grid, InputError
from dolorimeter.imaging.atlas_files import installed_folder
from dolorimeter.imaging.places import A_PRIORI, REGIONS
from dolorimeter.imaging.regions import describe_regions, read_regions, voxel_centers


@pytest.fixture
def grid():
    """Return a box over the brain, 6 mm, with a corner left out."""
    mask = np.ones((27, 32, 27), dtype=bool)
    mask[:2, :2, :2] = False
    affine = np.diag([6.0, 6.0, 6.0, 1.0])
    affine[:3, 3] = -78, -108, -72
    return Grid(mask, affine)


def test_by_default_the_regions_of_the_paper(grid):
    masks = read_regions(None, grid)
    assert tuple(masks) == A_PRIORI
    assert all(mask.shape == (grid.mask.sum(),) and mask.dtype == bool for mask in masks.values())


def test_names_alone_renamed_and_joined(grid):
    alone = read_regions(["amygdala", "insula left"], grid)
    assert tuple(alone) == ("amygdala", "insula left")
    assert np.array_equal(read_regions("amygdala", grid)["amygdala"], alone["amygdala"])
    joined = read_regions({"salience": ["amygdala", "insula left"]}, grid)["salience"]
    assert np.array_equal(joined, alone["amygdala"] | alone["insula left"])


def test_a_sphere_is_the_voxels_within_its_radius(grid):
    # Around a voxel's centre, a radius of one voxel takes it and its six neighbours.
    masks = read_regions(
        {
            "seven": {"center": [0, 0, 0], "radius": 6},
            "one": {"center": [0, 0, 0], "radius": 5.9},
            "two": [{"center": [0, 0, 0], "radius": 1}, {"center": [0, 12, 0], "radius": 1}],
        },
        grid,
    )
    assert {name: mask.sum() for name, mask in masks.items()} == {"seven": 7, "one": 1, "two": 2}
    centers = voxel_centers(grid)
    assert centers[masks["one"]].tolist() == [[0, 0, 0]]
    assert sorted(np.abs(centers[masks["seven"]]).sum(axis=1)) == [0, 6, 6, 6, 6, 6, 6]


def test_an_image_of_another_resolution(grid, tmp_path):
    import nibabel

    drawn = np.zeros((40, 40, 40), dtype=np.uint8)
    affine = np.diag([-2.0, 2.0, 2.0, 1.0])
    affine[:3, 3] = 40, -40, -40
    drawn[20, 20, 20] = drawn[17, 20, 20] = 1  # x = 0 and x = 6
    drawn[16, 20, 20] = 1  # x = 8: no voxel's centre
    drawn[0, 20, 20] = 1  # x = 40, at the image's border: nothing beyond it belongs
    nibabel.Nifti1Image(drawn, affine).to_filename(tmp_path / "own.nii.gz")
    mask = read_regions({"own": "own.nii.gz"}, grid, tmp_path)["own"]
    assert voxel_centers(grid)[mask].tolist() == [[0, 0, 0], [6, 0, 0]]


@pytest.mark.skipif(installed_folder() is None, reason="needs the extra atlases")
def test_labels_of_an_atlas(grid):
    spec = {"insula": {"atlas": "aal", "labels": ["Insula"]}}
    mask = read_regions(spec, grid)["insula"]
    # 1,858 and 1,770 voxels of 8 mm³ fill 134 of 216 mm³.
    assert mask.sum() == pytest.approx(134, rel=0.1)
    assert np.abs(voxel_centers(grid)[mask][:, 0]).min() >= 24


def test_labels_of_an_atlas_of_ones_own(grid, tmp_path):
    import nibabel

    codes = np.zeros((3, 3, 3), dtype=np.int16)
    codes[1, 1, 1] = 4
    affine = np.diag([6.0, 6.0, 6.0, 1.0])
    affine[:3, 3] = -6, -6, -6
    nibabel.Nifti1Image(codes, affine).to_filename(tmp_path / "a.nii.gz")
    (tmp_path / "a.csv").write_text("index,name\n4,Middle\n")
    spec = {"m": {"atlas": "a.nii.gz", "names": "a.csv", "labels": "middle"}}
    mask = read_regions(spec, grid, tmp_path)["m"]
    assert voxel_centers(grid)[mask].tolist() == [[0, 0, 0]]


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (["amygdalla"], "Did you mean 'amygdala'"),
        ({}, "none; expected one region at least"),
        ({"a": {"center": [0, 0], "radius": 5}}, "x, y and z"),
        ({"a": {"center": [0, 0, 0], "radius": 0}}, "above 0"),
        ({"a": {"center": [0, 0, 0]}}, "radius: None"),
        ({"a": {"center": [0, 0, "x"], "radius": 5}}, "center: 'x'"),
        ({"a": {"centre": [0, 0, 0], "radius": 5}}, "Did you mean 'center'"),
        ({"a": {"center": [3, 3, 3], "radius": 1}}, "no voxel among"),
        ({"a": {"center": [300, 0, 0], "radius": 9}}, "no voxel among"),
        ({"a": {"atlas": "aal", "labels": []}}, "no labels"),
        ({"a": 3}, "a name, a center"),
        ({"a": "missing.nii.gz"}, "no such file"),
    ],
)
def test_refused_in_one_line(grid, spec, words, tmp_path):
    with pytest.raises(InputError, match=words) as caught:
        read_regions(spec, grid, tmp_path)
    assert "\n" not in str(caught.value)


def test_descriptions_say_where_each_region_comes_from():
    spec = {
        "a": "amygdala left",
        "b": {"center": [1, 2, 3], "radius": 4},
        "c": {"atlas": "aal", "labels": ["Insula"]},
        "d": ["midbrain", "x.nii.gz"],
    }
    words = describe_regions(spec)
    assert "(-24, -2, -18) r 8; centre of mass of AAL2 Amygdala" in words["a"]
    assert words["b"] == "sphere of 4 mm around [1, 2, 3]"
    assert words["c"] == "aal: Insula"
    assert "drawn by us" in words["d"]
    assert words["d"].endswith("image x.nii.gz")
    assert set(describe_regions(None)) == set(A_PRIORI) <= set(REGIONS)
