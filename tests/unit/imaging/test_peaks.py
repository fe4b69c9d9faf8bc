"""Peak tables of maps whose clusters were built by hand."""

import numpy as np
import pytest

from dolorimeter.core import Grid, InputError
from dolorimeter.imaging.clusters import find_clusters
from dolorimeter.imaging.peaks import peak_table

AFFINE = np.diag([-2.0, 2.0, 3.0, 1.0])
AFFINE[:3, 3] = 20, -10, 0


@pytest.fixture
def grid():
    mask = np.ones((20, 12, 12), dtype=bool)
    mask[0] = False
    return Grid(mask, AFFINE)


def on(grid, **voxels):
    """Return a map from values by place, written as i_j_k."""
    volume = np.zeros(grid.mask.shape)
    for place, value in voxels.items():
        volume[tuple(int(part) for part in place[1:].split("_"))] = value
    return volume[grid.mask]


def test_a_cluster_with_a_sub_peak_and_a_smaller_one(grid):
    line = {f"v{i}_5_5": 3.2 for i in range(4, 12)}
    values = on(grid, **(line | {"v5_5_5": 6.0, "v10_5_5": 4.5, "v1_1_1": 9.0, "v1_2_1": 3.5}))
    table = peak_table(values, grid, 3.1, extent=2, statistic="t", atlas="regions")
    assert table["cluster"].tolist() == [1, 2, 2]
    assert table["peak"].tolist() == [0, 0, 1]
    # x = 20 - 2 i, y = 2 j - 10, z = 3 k
    assert table[["x", "y", "z"]].to_numpy().tolist() == [[18, -8, 3], [10, 0, 15], [0, 0, 15]]
    assert table["t"].tolist() == [9.0, 6.0, 4.5]
    assert table["extent"].tolist() == [2, 8, 8]
    assert table["volume"].tolist() == [24.0, 96.0, 96.0]
    assert len(peak_table(values, grid, 3.1, extent=3, atlas="regions")) == 2
    assert len(peak_table(values, grid, 3.1, extent=2, sub_peaks=0, atlas="regions")) == 2
    assert len(peak_table(values, grid, 3.1, extent=2, separation=10, atlas="regions")) == 2
    assert len(peak_table(values, grid, 3.1, extent=2, separation=9.9, atlas="regions")) == 3


def test_threshold_must_be_exceeded_and_nan_is_never_above_it(grid):
    values = on(grid, v5_5_5=3.0, v9_9_9=3.0001)
    values[0] = np.nan
    table = peak_table(values, grid, 3.0, extent=1, atlas="regions")
    assert table["z_score"].tolist() == [3.0001]


def test_connectivity(grid):
    values = on(grid, v5_5_5=5.0, v6_6_5=4.9, v7_7_6=4.8)
    counts = {
        how: [len(c.voxels) for c in find_clusters(values, grid, 3, extent=1, connectivity=how)]
        for how in ("faces", "edges", "corners")
    }
    assert counts == {"faces": [1, 1, 1], "edges": [2, 1], "corners": [3]}


def test_a_plateau_has_one_peak_near_its_middle(grid):
    values = on(grid, **{f"v{i}_5_5": 4.0 for i in range(4, 9)})
    table = peak_table(values, grid, 3, separation=0, atlas="regions")
    assert table[["x", "y", "z"]].to_numpy().tolist() == [[20 - 12, 0, 15]]


def test_the_negative_side_on_request(grid):
    values = on(grid, v5_5_5=4.0, v10_5_5=-7.0, v10_6_5=-5.0)
    assert len(peak_table(values, grid, 3, extent=1, atlas="regions")) == 1
    both = peak_table(values, grid, 3, extent=1, two_sided=True, atlas="regions")
    assert both["z_score"].tolist() == [4.0, -7.0]
    assert both["cluster"].tolist() == [1, 2]
    assert [c.sign for c in find_clusters(values, grid, 3, extent=1, two_sided=True)] == [1, -1]


def test_within_a_region_only(grid):
    values = on(grid, v5_5_5=4.0, v6_5_5=5.0, v7_5_5=6.0)
    within = values < 6
    table = peak_table(values, grid, 3, extent=1, within=within, atlas="regions")
    assert table["z_score"].tolist() == [5.0]
    assert table["extent"].tolist() == [2]


def test_further_maps_and_regions_at_the_peak(grid):
    values = on(grid, v5_5_5=4.0, v10_5_5=7.0)
    regions = {"first": values == 4.0, "all": values > 0, "none": values < 0}
    table = peak_table(
        values, grid, 3, extent=1, maps={"p_fwe": values / 10}, regions=regions, atlas="regions"
    )
    assert table["p_fwe"].tolist() == [0.7, 0.4]
    assert table["region"].tolist() == ["all", "first; all"]
    nowhere = peak_table(values, grid, 3, extent=1, regions={"none": values < 0}, atlas="regions")
    assert nowhere["region"].tolist() == ["", ""]


def test_nothing_above_the_threshold_is_a_table_without_rows(grid):
    table = peak_table(np.zeros(int(grid.mask.sum())), grid, 3)
    assert len(table) == 0
    columns = ["cluster", "peak", "x", "y", "z", "z_score", "extent", "volume", "label", "region"]
    assert list(table.columns) == columns


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"threshold": 0}, "above 0"),
        ({"threshold": float("nan")}, "above 0"),
        ({"extent": 0}, "1 voxel"),
        ({"separation": -1.0}, "1 voxel and 0 mm"),
        ({"connectivity": "face"}, "one of faces"),
        ({"statistic": "z"}, "no other column"),
        ({"maps": {"extent": np.zeros(5)}}, "no other column"),
        ({"maps": {"p": np.zeros(5)}}, "one a voxel"),
        ({"regions": {"r": np.zeros(5, dtype=bool)}}, "one a voxel"),
        ({"within": np.zeros(5, dtype=bool)}, "one a voxel"),
    ],
)
def test_refused(grid, options, words):
    values = np.ones(int(grid.mask.sum()))
    with pytest.raises(InputError, match=words):
        peak_table(values, grid, **({"threshold": 2.0} | options))


def test_a_map_of_another_grid_is_refused(grid):
    with pytest.raises(InputError, match="one a voxel"):
        peak_table(np.ones(7), grid, 2.0)
