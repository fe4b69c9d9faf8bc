"""Laws of peak tables and overlaps, whatever the maps."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from dolorimeter.core import Grid
from dolorimeter.imaging.clusters import CONNECTIVITY, find_clusters
from dolorimeter.imaging.overlap import overlap

AFFINE = np.diag([2.0, 2.0, 3.0, 1.0])


@st.composite
def maps(draw):
    """Draw a mask with holes and a map with ties and NaN."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = tuple(draw(st.integers(2, 7)) for _ in range(3))
    mask = random.random(shape) < draw(st.sampled_from([0.6, 1.0]))
    mask[0, 0, 0] = True
    values = ndimage.gaussian_filter(random.standard_normal(shape), 0.7)[mask] * 4
    if draw(st.booleans()):
        values = np.round(values)
    values[random.random(len(values)) < draw(st.sampled_from([0.0, 0.2]))] = np.nan
    return values, Grid(mask, AFFINE)


@given(
    maps(),
    st.sampled_from(tuple(CONNECTIVITY)),
    st.integers(1, 4),
    st.floats(0, 9),
    st.floats(0.5, 3),
)
@settings(max_examples=150)
def test_clusters_part_what_exceeds_the_threshold(drawn, connectivity, extent, apart, threshold):
    values, grid = drawn
    clusters = find_clusters(
        values, grid, threshold, extent=extent, separation=apart, connectivity=connectivity
    )
    above = np.flatnonzero(values > threshold)
    members = np.concatenate([cluster.voxels for cluster in clusters] or [np.empty(0, int)])
    assert len(set(members)) == len(members)
    assert set(members) <= set(above)
    if extent == 1:
        assert set(members) == set(above)
    highest = [values[cluster.voxels].max() for cluster in clusters]
    assert highest == sorted(highest, reverse=True)
    places = np.argwhere(grid.mask)
    for cluster, top in zip(clusters, highest, strict=True):
        assert len(cluster.voxels) >= extent
        assert set(cluster.peaks) <= set(cluster.voxels)
        peaks = values[cluster.peaks]
        assert peaks[0] == top
        assert (np.diff(peaks) <= 0).all()
        xyz = places[cluster.peaks] @ AFFINE[:3, :3]
        distance = np.linalg.norm(xyz[:, None] - xyz, axis=-1)
        assert (distance[~np.eye(len(xyz), dtype=bool)] > apart).all()
        steps = np.abs(places[cluster.voxels][:, None] - places[cluster.peaks])
        near = steps.max(axis=-1) <= 1
        assert (np.where(near, values[cluster.voxels][:, None], -np.inf) <= peaks).all()


@given(maps(), st.floats(0.001, 0.4), st.sampled_from([None, 5.0, (3.0, 40.0)]))
def test_overlaps_part_the_first_map(drawn, p, df):
    first, _ = drawn
    second = np.roll(first, 1)
    inclusive, exclusive, minimum = (
        overlap(first, second, how, p, df=df) for how in ("inclusive", "exclusive", "minimum-t")
    )
    assert np.array_equal(inclusive.mask, minimum.mask)
    assert not (inclusive.mask & exclusive.mask).any()
    unknown = np.isnan(second) & ~np.isnan(first)
    assert inclusive.n_first - (inclusive.mask | exclusive.mask).sum() <= unknown.sum()
    assert (minimum.statistic <= inclusive.statistic).all()
    back = overlap(second, first, "inclusive", p, df=df[::-1] if isinstance(df, tuple) else df)
    assert np.array_equal(back.mask, inclusive.mask)
    assert (inclusive.statistic[inclusive.mask] > inclusive.threshold).all()
    assert (exclusive.statistic[exclusive.mask] > exclusive.threshold).all()
