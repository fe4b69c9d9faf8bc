"""Real BOLD (Haxby 2001 at 25 mm) is read as nibabel and nilearn read it."""

import nibabel
import numpy as np
import pytest
from nilearn.image import smooth_img

from dolorimeter.bids.preprocessed import PreprocessedRun
from dolorimeter.core import Grid, InputError
from dolorimeter.imaging.images import read_run

pytestmark = pytest.mark.real_data


@pytest.fixture
def runs(data_dir):
    paths = sorted((data_dir / "haxby2001-25mm").glob("sub001/BOLD/*/bold_25mm.nii.gz"))
    assert len(paths) == 12
    return [PreprocessedRun("001", p.parent.name[-3:], {}, p) for p in paths]


def test_every_run_is_read_exactly(runs):
    for run in runs:
        image = nibabel.load(run.bold)
        grid = Grid(np.asarray(image.dataobj)[..., 0] > 0, image.affine)
        data, step = read_run(run, grid, smoothing=None)
        assert step == 2.5  # in the header, with its unit
        np.testing.assert_array_equal(data, image.get_fdata()[grid.mask].T)
        assert data.shape[0] == 121


def test_smoothing_is_nilearns_on_real_data(runs):
    image = nibabel.load(runs[0].bold)
    grid = Grid(np.ones(image.shape[:3], dtype=bool), image.affine)
    data, _ = read_run(runs[0], grid, smoothing=30.0)
    peer = smooth_img(nibabel.Nifti1Image(image.get_fdata(), image.affine), 30.0).get_fdata()
    np.testing.assert_allclose(data, peer[grid.mask].T, rtol=1e-10)


def test_a_sidecar_that_contradicts_the_header_is_refused(runs):
    told = PreprocessedRun("001", "001", {}, runs[0].bold, repetition_time=3.0)
    grid = Grid(np.ones((6, 10, 10), dtype=bool), nibabel.load(told.bold).affine)
    with pytest.raises(InputError, match=r"3 s in the sidecar, 2.5 s in the header"):
        read_run(told, grid)
