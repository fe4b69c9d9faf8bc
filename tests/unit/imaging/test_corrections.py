"""Corrections by hand."""

import numpy as np
import pytest
from scipy import stats

from dolorimeter.core import Grid, InputError
from dolorimeter.imaging.corrections import (
    bonferroni,
    cluster_extent,
    fdr,
    label_clusters,
    small_volume,
    threshold_at,
)


def line(*values):
    """Voxels in a row."""
    return np.array(values, dtype=float), Grid(np.ones((len(values), 1, 1), bool), np.eye(4))


def test_fdr_by_hand():
    # m = 5: 5 p / rank = .025, .05, .066…, .05, .9; from the right the least so far
    p = [0.04, 0.9, 0.005, 0.02, 0.04]
    np.testing.assert_allclose(fdr(p), [0.05, 0.9, 0.025, 0.05, 0.05])


def test_missing_tests_are_not_counted():
    p = [0.01, np.nan, 0.04]
    np.testing.assert_allclose(fdr(p), [0.02, np.nan, 0.04])
    np.testing.assert_allclose(bonferroni(p), [0.02, np.nan, 0.08])
    assert bonferroni([0.7, 0.9]).max() == 1.0
    assert np.isnan(fdr([np.nan])).all()


def test_fdr_holds_its_rate_where_some_voxels_are_true():
    rng = np.random.default_rng(3)
    shares = []
    for _ in range(200):
        z = rng.standard_normal(400)
        z[:100] += 3.0
        found = fdr(stats.norm.sf(z)) <= 0.1
        shares.append(found[100:].sum() / max(1, found.sum()))
    assert 0.05 < np.mean(shares) < 0.1  # expected 0.1 * 300 / 400


def test_clusters_of_enough_voxels_are_numbered_by_their_highest_value():
    z, grid = line(4, 4, 4, 0, 5, 0, 3.5, 9, 0)
    assert cluster_extent(z, grid, p=0.001, k=2).tolist() == [2, 2, 2, 0, 0, 0, 1, 1, 0]
    assert cluster_extent(z, grid, p=0.001, k=1).tolist() == [3, 3, 3, 0, 2, 0, 1, 1, 0]
    assert cluster_extent(z, grid, p=0.001, k=4).max() == 0
    assert cluster_extent(z, grid, p=0.001, k=3, df=5).max() == 0  # t of 5.9 needed


def test_connectivity_decides_what_touches():
    mask = np.ones((2, 2, 1), bool)
    values = np.array([4.0, 0.0, 0.0, 4.0])  # two corners of a square
    grid = Grid(mask, np.eye(4))
    assert label_clusters(values, 3.0, grid, 2).max() == 0
    assert label_clusters(values, 3.0, grid, 2, "edges").max() == 1


def test_the_mask_is_a_border():
    mask = np.array([True, False, True]).reshape(3, 1, 1)
    labels = label_clusters(np.array([4.0, 5.0]), 3.0, Grid(mask, np.eye(4)))
    assert labels.tolist() == [2, 1]


def test_nan_is_in_no_cluster():
    values, grid = line(np.nan, 4, 4)
    assert label_clusters(values, 3.0, grid).tolist() == [0, 1, 1]


def test_a_small_volume_counts_its_own_voxels_only():
    p = np.array([0.01, 0.02, 0.9, 0.001])
    region = np.array([True, True, False, False])
    np.testing.assert_allclose(small_volume(p, region), [0.02, 0.04, np.nan, np.nan])
    np.testing.assert_allclose(small_volume(p, region, "fdr"), [0.02, 0.02, np.nan, np.nan])


def test_thresholds_are_one_sided():
    assert threshold_at(0.001) == pytest.approx(3.0902, abs=1e-4)
    assert threshold_at(0.001, 18) == pytest.approx(3.6105, abs=1e-4)


@pytest.mark.parametrize(
    ("call", "where"),
    [
        (lambda z, g: cluster_extent(z, g, p=0.0), "p"),
        (lambda z, g: cluster_extent(z, g, k=0), "k"),
        (lambda z, g: cluster_extent(z[1:], g), "statistic"),
        (lambda z, g: cluster_extent(z, g, connectivity="touching"), "connectivity"),
        (lambda *_: fdr([1.5]), "p"),
        (lambda *_: small_volume([0.1, 0.2], np.zeros(2, bool)), "region"),
        (lambda *_: small_volume([0.1, 0.2], np.ones(2)), "region"),
        (lambda *_: small_volume([0.1], np.ones(1, bool), "none"), "method"),
    ],
)
def test_what_does_not_fit_is_refused(call, where):
    with pytest.raises(InputError) as refused:
        call(*line(1, 2, 3))
    assert refused.value.where == where
