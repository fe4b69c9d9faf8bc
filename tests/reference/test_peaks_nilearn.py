"""Peak tables beside nilearn's get_clusters_table, on smooth noise."""

import warnings

import nibabel
import numpy as np
import pytest
from nilearn.reporting import get_clusters_table
from scipy import ndimage

from dolorimeter.core import Grid
from dolorimeter.imaging.peaks import peak_table

AFFINE = np.diag([-3.0, 3.0, 3.0, 1.0])
AFFINE[:3, 3] = 45, -40, -30


def smooth_map(seed, shape=(30, 28, 26), sigma=1.6):
    noise = ndimage.gaussian_filter(np.random.default_rng(seed).standard_normal(shape), sigma)
    return noise / noise.std()


def theirs(volume, threshold, **options):
    image = nibabel.Nifti1Image(volume, AFFINE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of peaks outside clusters and of empty tables
        return get_clusters_table(image, threshold, **options)


def ours(volume, threshold, **options):
    grid = Grid(np.ones(volume.shape, dtype=bool), AFFINE)
    return peak_table(volume.ravel(), grid, threshold, atlas="regions", **options)


def apart(table, separation):
    """Tell for each of nilearn's clusters whether its listed peaks keep their distance."""
    kept = {}
    number = table["Cluster ID"].astype(str).str.extract(r"(\d+)")[0].astype(int).to_numpy()
    for cluster in np.unique(number):
        xyz = table.loc[number == cluster, ["X", "Y", "Z"]].to_numpy(float)
        distance = np.linalg.norm(xyz[:, None] - xyz, axis=-1)
        others = distance[~np.eye(len(xyz), dtype=bool)]
        kept[cluster] = not len(others) or others.min() > separation
    return number, kept


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("extent", [1, 12])
def test_main_peaks_and_sizes_are_nilearns(seed, extent):
    volume = smooth_map(seed)
    expected = theirs(volume, 1.2, cluster_threshold=extent if extent > 1 else 0)
    expected = expected[expected["Cluster Size (mm3)"] != ""]
    found = ours(volume, 1.2, extent=extent, sub_peaks=0)
    assert len(found) == len(expected) > 5
    assert np.array_equal(found[["x", "y", "z"]], expected[["X", "Y", "Z"]].astype(float))
    assert np.array_equal(found["z_score"], expected["Peak Stat"])
    assert np.array_equal(found["volume"], expected["Cluster Size (mm3)"].astype(float))


@pytest.mark.parametrize("seed", range(4))
def test_sub_peaks_are_nilearns_where_those_keep_their_distance(seed):
    volume = smooth_map(seed)
    expected = theirs(volume, 1.0, min_distance=9.0)
    number, kept = apart(expected, 9.0)
    found = ours(volume, 1.0, extent=1, separation=9.0)
    compared = 0
    for cluster, good in kept.items():
        xyz = expected.loc[number == cluster, ["X", "Y", "Z"]].to_numpy(float)
        mine = found.loc[found["cluster"] == cluster, ["x", "y", "z"]].to_numpy()
        if good:
            assert np.array_equal(mine, xyz)
            compared += len(xyz) - 1
    assert compared >= 5


def test_nilearn_takes_up_a_close_sub_peak_again_and_we_do_not():
    # Peaks of 6, 4 and 5 at 0, 6 and 30 mm. The second lies too close to the first; nilearn drops
    # it, then asks whether it is far from the third, which it is, and takes it back.
    volume = np.zeros((14, 5, 5))
    volume[1:12, 2, 2] = 6.0, 3.5, 4.0, 3.9, 3.8, 3.7, 3.6, 3.5, 3.4, 3.3, 5.0
    expected = theirs(volume, 3.0, min_distance=8.0)
    assert expected["Peak Stat"].tolist() == [6.0, 5.0, 4.0]  # mended? then use theirs
    assert ours(volume, 3.0, extent=1, separation=8.0)["z_score"].tolist() == [6.0, 5.0]


def test_both_sides():
    volume = smooth_map(9)
    expected = theirs(volume, 1.5, two_sided=True)
    expected = expected[expected["Cluster Size (mm3)"] != ""]
    found = ours(volume, 1.5, extent=1, two_sided=True, sub_peaks=0)
    assert np.array_equal(found["z_score"], expected["Peak Stat"])
    assert np.array_equal(found[["x", "y", "z"]], expected[["X", "Y", "Z"]].astype(float))
