"""The pattern of 20 pain studies in the one left out, on published group t maps."""

import numpy as np
import pandas as pd
import pytest

pytestmark = pytest.mark.real_data
nibabel = pytest.importorskip("nibabel")
image = pytest.importorskip("nilearn.image")

from dolorimeter.decoding.expression import pattern_expression  # noqa: E402
from dolorimeter.decoding.signature import apply_signature  # noqa: E402
from dolorimeter.decoding.study_patterns import leave_one_study_out_pattern  # noqa: E402

COARSE = np.diag([8.0, 8.0, 8.0, 1.0])
FIELD = (23, 28, 23)


@pytest.fixture(scope="module")
def studies(data_dir):
    folder = data_dir / "pain21-neurovault1425"
    affine = COARSE.copy()
    affine[:3, 3] = -90.0, -126.0, -72.0

    def coarse(path, interpolation):
        return image.resample_img(
            nibabel.load(path), affine, FIELD, interpolation=interpolation,
            force_resample=True, copy_header=True,
        )  # fmt: skip

    mask = coarse(folder / "mask.nii.gz", "nearest").get_fdata() > 0
    paths = sorted(folder.glob("study-*_statmap.nii.gz"))
    maps = np.array([coarse(path, "linear").get_fdata()[mask] for path in paths])
    sizes = pd.read_csv(folder / "samplesize.csv")["sample_size"].to_numpy()
    return maps, sizes, mask, affine, paths


def test_every_study_shares_the_pattern_of_the_others(studies):
    maps, sizes, *_ = studies
    assert maps.shape[0] == len(sizes) == 21
    for weighting in ("equal", "sample-size"):
        found = leave_one_study_out_pattern(maps, sizes, weighting, 999, random_state=0)
        assert found.p_value == {"dot": 0.001, "cosine": 0.001, "correlation": 0.001}
        assert 0.3 < found.mean["correlation"] < 0.8
        assert (found.expression["correlation"] > 0).mean() >= 20 / 21


def test_the_pattern_as_a_weight_map_on_a_study_at_full_resolution(studies, tmp_path):
    maps, _, mask, affine, paths = studies
    volume = np.zeros(FIELD)
    volume[mask] = maps[1:].mean(axis=0)
    pattern = nibabel.Nifti1Image(volume, affine)
    found = apply_signature(pattern, paths[0], how="correlation")
    assert found.report.resampled
    assert found.report.voxel_ratio == pytest.approx(1 / 64)
    assert 0.9 < found.report.weight_covered <= 1.0
    coarse = pattern_expression(volume[mask], maps[[0]], "correlation")
    assert found.expression == pytest.approx(coarse, abs=0.1)
