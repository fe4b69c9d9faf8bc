"""Voxels without data in someone are left out of the group, as a mask without them would."""

import nibabel
import numpy as np
import pytest
import yaml

from dolorimeter.core import InputError
from dolorimeter.imaging import read_regions
from dolorimeter.studies.imaging import coverage, read_imaging, read_study


@pytest.fixture
def go(two_people):
    """Return a way to run the study of two people with some blocks changed."""

    def start(**changes):
        content = yaml.safe_load((two_people / "study.yaml").read_text(encoding="utf-8"))
        for key, value in changes.items():
            both = isinstance(value, dict) and isinstance(content.get(key), dict)
            content[key] = content[key] | value if both else value
        (two_people / "changed.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
        study, block, _ = read_study(two_people / "changed.yaml")
        return study.run(read_imaging(block, two_people), 0)

    return start


def silence(tree, subject, run, voxels):
    """Leave some voxels of a run without data, as beyond a field of view."""
    (path,) = tree.glob(f"derivatives/fmriprep/sub-{subject}/func/*_run-{run}_*preproc_bold.nii.gz")
    image = nibabel.load(path)
    data = np.asarray(image.dataobj).copy()
    for voxel in voxels:
        data[tuple(voxel)] = 0
    nibabel.Nifti1Image(data, image.affine, image.header).to_filename(path)


def test_the_group_is_that_of_a_mask_without_them(go, two_people):
    mask = nibabel.load(two_people / "mask.nii.gz")
    inside = mask.get_fdata() > 0
    places = np.argwhere(inside)
    gone = places[[0, 1, 20]]
    silence(two_people, "01", 2, gone[:1])  # in one run of three
    for run in (1, 2, 3):
        silence(two_people, "02", run, gone[1:])
    found = go()
    assert found.content["data"]["voxels"] == found.grid.mask.sum() == len(places) - 3
    (notice,) = [n for n in found.content["data"]["notices"] if "do not vary" in n["what"]]
    assert notice["file"] == "mask.nii.gz"
    assert notice["what"].startswith("3 of 59 voxels of the mask do not vary")
    assert notice["what"].endswith("(sub-02: 2, sub-01: 1)")
    for name in found.maps:
        volume = found.image(name).get_fdata()
        assert volume.shape == inside.shape
        assert not volume[tuple(gone.T)].any()
    smaller = inside.copy()
    smaller[tuple(gone.T)] = False
    nibabel.Nifti1Image(smaller.astype(np.uint8), mask.affine).to_filename(
        two_people / "mask.nii.gz"
    )
    oracle = go()
    assert not [n for n in oracle.content["data"]["notices"] if "do not vary" in n["what"]]
    assert set(found.maps) == set(oracle.maps)
    for name, values in oracle.maps.items():
        np.testing.assert_allclose(found.maps[name], values, rtol=1e-9, atol=1e-9, err_msg=name)
    for block in ("group", "timecourses", "truth"):
        assert str(found.content[block]) == str(oracle.content[block])


def test_a_region_that_someone_lacks_is_refused(go, two_people):
    content = yaml.safe_load((two_people / "study.yaml").read_text(encoding="utf-8"))
    study, block, _ = read_study(two_people / "study.yaml")
    data = read_imaging(block, two_people)
    masks = read_regions(study.regions, data.grid, two_people)
    silence(two_people, "02", 1, np.argwhere(data.grid.mask)[masks["midbrain"]])
    short = {"time_courses": content["time_courses"] | {"regions": ["amygdala left"], "signs": {}}}
    with pytest.raises(InputError, match=r"midbrain: no voxel of \d+ varies in sub-02"):
        go(**short)
    with pytest.raises(InputError, match=r"midbrain: none of its \d+ voxels varies in everybody"):
        go(**short, model_maps=None)


def test_averages_of_a_region_leave_out_what_a_person_lacks():
    masks = {"a": np.array([True, True, False]), "b": np.array([False, True, True])}
    left = coverage.seen_regions(masks, np.array([False, True, False]), "01")
    assert [m.tolist() for m in left.values()] == [[True, False, False], [False, False, True]]
    with pytest.raises(InputError, match=r"regions, a: no voxel of 2 varies in sub-01"):
        coverage.seen_regions(masks, np.array([True, True, False]), "01")


class People:
    """What coverage asks of data and first levels."""

    def __init__(self, flat):
        names = [f"{i:02d}" for i in range(len(flat))]
        self.people = [type("Person", (), {"subject": name})() for name in names]
        self.fitted = [type("Fitted", (), {"flat": np.array(f)})() for f in flat]


def test_nobody_shares_a_voxel():
    told = People([[True, False], [False, True]])
    with pytest.raises(InputError, match=r"no voxel of 2 varies in everybody \(sub-00: 1"):
        coverage.seen_by_all(told, told.fitted)
    many = People([[True, False]] * 12)
    assert coverage.seen_by_all(many, many.fitted).tolist() == [False, True]
