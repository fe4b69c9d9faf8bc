"""What must hold for any maps: order, scale and direction change nothing but themselves."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dolorimeter.core import Grid
from dolorimeter.imaging.corrections import bonferroni, fdr
from dolorimeter.imaging.enhancement import enhance, face_neighbors
from dolorimeter.imaging.group import group_test
from dolorimeter.imaging.permutation import permutation_test

seeds = st.integers(0, 10_000)
sizes = st.integers(3, 8)


def draw(seed, n, v=15):
    return np.random.default_rng(seed).standard_normal((n, v)) + 0.2


@given(seeds, sizes, st.floats(1e-3, 1e3))
def test_scale_and_order_of_people_do_not_matter(seed, n, scale):
    maps = draw(seed, n)
    shuffled = maps[np.random.default_rng(seed).permutation(n)] * scale
    one, two = group_test(maps), group_test(shuffled)
    np.testing.assert_allclose(one.t, two.t, rtol=1e-8, atol=1e-10)
    one, two = (permutation_test(part, n_permutations=256) for part in (maps, shuffled))
    np.testing.assert_array_equal(one.p_fwe, two.p_fwe)


@given(seeds, sizes)
def test_corrected_p_is_no_less_than_what_it_can_be(seed, n):
    maps = draw(seed, n)
    found = permutation_test(maps, n_permutations=99, random_state=seed)
    assert (found.p_fwe >= found.smallest_p - 1e-12).all()
    order = np.argsort(found.t)
    assert (np.diff(found.p_fwe[order]) <= 0).all()
    assert len(found.null_max) == (2**n if found.exact else 100)


@given(seeds, sizes)
def test_either_side_is_at_most_half_of_both(seed, n):
    maps = draw(seed, n)
    both = permutation_test(maps, n_permutations=256, two_sided=True).p_fwe
    up = permutation_test(maps, n_permutations=256)
    down = permutation_test(-maps, n_permutations=256)
    nearer = np.where(up.t > 0, up.p_fwe, down.p_fwe)
    assert (both >= nearer - 1e-12).all()
    assert (both <= 2 * nearer + 1e-12).all()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_corrections_keep_the_order_and_only_raise(values):
    p = np.array(values)
    q, b = fdr(p), bonferroni(p)
    assert ((p <= q + 1e-15) & (q <= b + 1e-15) & (b <= 1)).all()
    order = np.argsort(p)
    assert (np.diff(q[order]) >= -1e-15).all()


@settings(max_examples=50)
@given(seeds, st.floats(0.1, 10))
def test_enhancement_scales_with_the_square_and_keeps_signs(seed, factor):
    rng = np.random.default_rng(seed)
    mask = rng.random((5, 4, 3)) < 0.7
    if not mask.any():
        return
    neighbors = face_neighbors(Grid(mask, np.eye(4)))
    t = rng.standard_normal(int(mask.sum()))
    one = enhance(t, neighbors)
    assert (one[t <= 0] == 0).all()
    assert (one >= 0).all()
    if t.max() > 0:
        two = enhance(t * factor, neighbors)
        off = np.abs(two - one * factor**2) > 1e-6 * factor**2 * one.max()
        assert off.sum() == 0 or _at_a_threshold(t, off)


def _at_a_threshold(t, off):
    """A value on a threshold may fall to either side of it when scaled."""
    levels = t / t.max() * 100
    return bool((np.abs(levels - np.round(levels)) < 1e-9).any()) and off.any()
