"""Group maps: studies matched by number; cubes averaged within the mask."""

import numpy as np
import pytest

from dolorimeter.core import InputError
from dolorimeter.samples import read_samples

nibabel = pytest.importorskip("nibabel")
AFFINE = np.diag([2.0, 2, 2, 1])
SHAPE = (5, 4, 4)


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(1)
    mask = rng.random(SHAPE) < 0.8
    maps = rng.standard_normal((3, *SHAPE))
    nibabel.save(nibabel.Nifti1Image(mask.astype(np.uint8), AFFINE), tmp_path / "mask.nii.gz")
    for i, values in enumerate(maps):
        name = tmp_path / f"study-{i + 1:02d}_stat-t_statmap.nii.gz"
        nibabel.save(nibabel.Nifti1Image(values, AFFINE), name)
    # Rows in another order than the files.
    (tmp_path / "samplesize.csv").write_text(
        "study_id,sample_size\npain_03,30\npain_01,10\npain_02,20\n"
    )
    return tmp_path, mask, maps


def test_one_sample_a_study(folder):
    path, mask, maps = folder
    samples = read_samples(path)
    np.testing.assert_array_equal(samples.features, maps[[2, 0, 1]][:, mask])
    assert samples.subject.tolist() == ["pain_03", "pain_01", "pain_02"]
    assert samples.class_names == ("pain",)
    assert samples.modality.tolist() == ["pain"] * 3
    assert samples.n_averaged.tolist() == [2, 2, 2]
    sizes = read_samples(path, target={"column": "sample_size"}, averaged="sample_size")
    assert sizes.target.tolist() == [30, 10, 20] == sizes.n_averaged.tolist()


def test_cubes_are_means_of_the_mask(folder):
    path, mask, maps = folder
    samples = read_samples(path, coarsen=2)
    expected, kept = [], np.zeros((3, 2, 2), dtype=bool)
    for cube in np.ndindex(3, 2, 2):
        place = tuple(slice(2 * i, 2 * i + 2) for i in cube)
        # The last cube along x sticks out: half of it is no voxel at all.
        if mask[place].sum() >= 4:
            kept[cube] = True
            expected.append(maps[2][place][mask[place]].mean())
    np.testing.assert_allclose(samples.features[0], expected, rtol=1e-12)
    np.testing.assert_array_equal(samples.grid.mask, kept)
    corner = samples.grid.affine @ [0, 0, 0, 1]
    np.testing.assert_allclose(corner[:3], AFFINE[:3, :3] @ [0.5, 0.5, 0.5])
    np.testing.assert_allclose(samples.grid.affine[:3, :3], np.diag([4.0, 4, 4]))
    assert "cubes of 2 voxels" in samples.source


def test_zeros_in_the_mask_are_told(folder):
    path, mask, maps = folder
    maps[1][tuple(np.argwhere(mask)[0])] = 0
    name = path / "study-02_stat-t_statmap.nii.gz"
    nibabel.save(nibabel.Nifti1Image(maps[1], AFFINE), name)
    assert "1 features are 0" in read_samples(path).source


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("pain_01,1\npain_02,1\n", "no row for study-03"),
        ("pain_01,1\npain_02,1\npain_03,1\npain_04,1\n", "no map of pain_04"),
        ("pain_01,1\npain_02,1\npain_03,1\npain_03,1\n", "a study twice"),
    ],
)
def test_studies_and_maps_must_match(folder, rows, said):
    path, *_ = folder
    (path / "samplesize.csv").write_text("study_id,sample_size\n" + rows)
    with pytest.raises(InputError, match=said):
        read_samples(path, reader="group-maps")


@pytest.mark.parametrize("edge", [0, 1.5, "2", True, 100])
def test_cubes_must_fit(folder, edge):
    with pytest.raises(InputError, match="coarsen"):
        read_samples(folder[0], coarsen=edge)
