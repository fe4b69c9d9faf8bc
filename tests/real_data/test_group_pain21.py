"""The 21 published maps of pain as subjects of a group test."""

import numpy as np
import pytest

from dolorimeter.imaging.corrections import cluster_extent, fdr
from dolorimeter.imaging.group import group_test
from dolorimeter.imaging.permutation import permutation_test
from dolorimeter.samples import read_samples

pytestmark = pytest.mark.real_data
pytest.importorskip("nilearn")


@pytest.fixture(scope="module")
def studies(data_dir):
    folder = str(data_dir / "pain21-neurovault1425")
    return read_samples(folder, coarsen=2)


def nearest(studies, *place):
    """Return the voxel nearest to a place in millimetres."""
    grid = studies.grid
    centers = np.argwhere(grid.mask) @ grid.affine[:3, :3].T + grid.affine[:3, 3]
    return int(np.argmin(np.sum((centers - place) ** 2, axis=1)))


def test_pain_reaches_insula_thalamus_and_cingulate_in_21_studies(studies):
    assert len(studies) == 21
    found = permutation_test(
        studies.features,
        studies.grid,
        n_permutations=200,
        tfce=True,
        cluster_p=0.001,
        random_state=0,
    )
    plain = group_test(studies.features)
    np.testing.assert_allclose(found.t, plain.t, rtol=1e-9, atol=1e-10)
    for place in ((38, 8, 4), (-38, 8, 2), (12, -14, 6), (2, 14, 38)):
        voxel = nearest(studies, *place)
        assert found.p_fwe[voxel] < 0.01, place
        assert found.p_tfce[voxel] < 0.01, place
        assert found.p_cluster[voxel] < 0.01, place
    share = np.mean(found.p_fwe <= 0.05)
    assert 0.02 < share < np.mean(fdr(plain.p) <= 0.05) < 0.8
    labels = cluster_extent(plain.t, studies.grid, df=plain.df)
    assert labels[int(np.argmax(plain.t))] == 1


def test_the_other_direction_is_another_contrast(studies):
    up = permutation_test(studies.features, n_permutations=200, random_state=1)
    down = permutation_test(-studies.features, n_permutations=200, random_state=1)
    assert not ((up.p_fwe <= 0.05) & (down.p_fwe <= 0.05)).any()
