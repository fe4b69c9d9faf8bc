"""Peak table of 21 published pain studies: where pain is known to be seen."""

import nibabel
import numpy as np
import pytest
from nilearn.reporting import get_clusters_table

from dolorimeter.core import Grid
from dolorimeter.imaging.atlas_files import installed_folder
from dolorimeter.imaging.overlap import overlap
from dolorimeter.imaging.peaks import peak_table
from dolorimeter.imaging.regions import read_regions
from dolorimeter.samples import read_samples

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def studies(data_dir):
    samples = read_samples(data_dir / "pain21-neurovault1425")
    return samples.features, samples.grid


@pytest.fixture(scope="module")
def t_map(studies):
    maps = studies[0]
    return maps.mean(axis=0) / (maps.std(axis=0, ddof=1) / np.sqrt(len(maps)))


def test_the_table_names_the_regions_of_pain(studies, t_map):
    if installed_folder() is None:
        pytest.skip("needs the extra atlases")
    regions = read_regions(["insula", "thalamus", "cingulate middle"], studies[1])
    table = peak_table(
        t_map, studies[1], 6.0, extent=10, statistic="t", sub_peaks=30, regions=regions
    )
    labels = " ".join(table["label"])
    for name in ("Insula_L", "Insula_R", "Thalamus", "Cingulate_Mid"):
        assert name in labels
    for name in regions:
        assert table["region"].str.contains(name).any(), name
    assert table["t"].iloc[0] == t_map[~np.isnan(t_map)].max()


def test_it_is_nilearns_table(studies, t_map):
    grid: Grid = studies[1]
    volume = np.zeros(grid.mask.shape)
    volume[grid.mask] = t_map
    image = nibabel.Nifti1Image(volume, grid.affine)
    expected = get_clusters_table(image, 7.0, cluster_threshold=10)
    expected = expected[expected["Cluster Size (mm3)"] != ""]
    found = peak_table(t_map, grid, 7.0, extent=10, sub_peaks=0, atlas="regions")
    assert len(found) == len(expected) > 3
    assert np.array_equal(found[["x", "y", "z"]], expected[["X", "Y", "Z"]].astype(float))
    assert np.array_equal(found["volume"], expected["Cluster Size (mm3)"].astype(float))
    assert found["z_score"].to_numpy() == pytest.approx(expected["Peak Stat"].to_numpy(float))


def test_two_halves_of_the_studies_overlap_in_the_insula(studies):
    maps, grid = studies
    halves = [maps[::2], maps[1::2]]
    t = [half.mean(axis=0) / (half.std(axis=0, ddof=1) / np.sqrt(len(half))) for half in halves]
    found = overlap(*t, "minimum-t", df=(10, 9))
    insula = read_regions("insula anterior", grid)["insula anterior"]
    assert found.mask[insula].mean() > 0.3
    assert found.mask[insula].mean() > 3 * found.mask.mean()
