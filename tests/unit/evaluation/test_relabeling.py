"""Exchanged labels: what moves, what stays, and the level of the test built on them."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import lfilter

from dolorimeter.core import InputError
from dolorimeter.evaluation.relabeling import exchange_labels, like_blocks
from dolorimeter.evaluation.significance import relabeling_p


def split(labels, offsets):
    return [tuple(part) for part in np.split(labels, offsets[1:-1])]


def offsets_of(lengths):
    return np.concatenate([[0], np.cumsum(lengths)])


seeds = st.integers(0, 2**32 - 1)


@settings(max_examples=60, deadline=None)
@given(seeds, st.integers(2, 30), st.integers(1, 12))
def test_equal_lengths_keep_the_multiset_of_sequences(seed, n, length):
    rng = np.random.default_rng(seed)
    offsets = offsets_of(np.full(n, length))
    labels = rng.integers(-1, 3, n * length)
    got = exchange_labels(labels, offsets, rng)
    assert sorted(split(got, offsets)) == sorted(split(labels, offsets))


@settings(max_examples=60, deadline=None)
@given(seeds, st.integers(2, 40), st.integers(2, 9))
def test_sequences_come_whole_from_one_stay_of_the_block(seed, n, block):
    """Label each window by its stay: a stay holds one source's start, then -1, in its block."""
    lengths = np.random.default_rng(seed).integers(1, 60, n)
    offsets = offsets_of(lengths)
    got = split(
        exchange_labels(np.repeat(np.arange(n), lengths), offsets, seed, block=block), offsets
    )
    blocks = like_blocks(
        np.column_stack([np.ones(n, int), lengths]), block, np.random.default_rng(seed)
    )
    home = np.empty(n, int)
    for i, members in enumerate(blocks):
        home[members] = i
    assert sorted(part[0] for part in got) == list(range(n))
    for stay, part in enumerate(got):
        source, kept = part[0], min(lengths[stay], lengths[part[0]])
        assert part == (source,) * kept + (-1,) * (lengths[stay] - kept)
        assert home[source] == home[stay]


@settings(max_examples=60, deadline=None)
@given(seeds, st.integers(1, 60), st.integers(2, 9))
def test_blocks_are_large_enough_and_ordered_by_length(seed, n, block):
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, 100, n)
    blocks = like_blocks(np.column_stack([np.ones(n, int), lengths]), block, rng)
    assert sorted(np.concatenate(blocks)) == list(range(n))
    assert all(len(members) >= min(block, n) for members in blocks)
    ends = [(lengths[m].min(), lengths[m].max()) for m in blocks]
    assert all(a[1] <= b[0] for a, b in pairwise(ends))
    for members in blocks[:-1]:  # grown beyond the least size by like lengths only
        beyond = np.sort(lengths[members])[block:]
        assert (beyond <= 1.1 * lengths[members].min()).all()


def test_unlike_lengths_part_and_the_rest_joins_the_last_block():
    sizes = np.column_stack([np.ones(12, int), 2 ** np.arange(12)])
    blocks = like_blocks(sizes, 5, np.random.default_rng(0))
    assert [members.tolist() for members in blocks] == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9, 10, 11]]


def test_stays_of_equal_length_are_ordered_at_random():
    sizes = np.column_stack([np.ones(12, int), np.full(12, 30)])
    orders = {tuple(like_blocks(sizes, 5, np.random.default_rng(s))[0]) for s in range(5)}
    assert len(orders) == 5


def test_patients_move_with_all_their_stays():
    """Patients of two stays each: both sequences of a patient arrive at one other patient."""
    groups = np.repeat(np.arange(8), 2)
    offsets = offsets_of(np.tile([4, 6], 8))
    labels = np.repeat(np.arange(16), np.tile([4, 6], 8))
    got = [part[0] for part in split(exchange_labels(labels, offsets, 3, groups), offsets)]
    assert sorted(got) == list(range(16))
    for first, second in zip(got[::2], got[1::2], strict=True):
        assert second == first + 1
    assert got != list(range(16))


def test_patients_are_blocked_by_number_of_stays_first():
    sizes = np.array([[1, 50]] * 6 + [[2, 50]] * 6)
    blocks = like_blocks(sizes, 5, np.random.default_rng(0))
    assert [set(members.tolist()) for members in blocks] == [set(range(6)), set(range(6, 12))]


def test_random_state():
    labels, offsets = np.arange(40) % 3, offsets_of(np.full(8, 5))
    a, b, c = (exchange_labels(labels, offsets, s) for s in (1, 1, 2))
    np.testing.assert_array_equal(a, b)
    assert not np.array_equal(a, c)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"offsets": [0, 5]}, "offsets"),
        ({"offsets": [0, 5, 5, 10]}, "offsets"),
        ({"block": 1}, "block"),
        ({"groups": ["p"]}, "groups"),
    ],
)
def test_refuses(change, where):
    good = {"labels": np.zeros(10, int), "offsets": [0, 5, 10], "random_state": 0}
    with pytest.raises(InputError) as error:
        exchange_labels(**(good | change))
    assert error.value.where == where


def sticky(rng, lengths, stickiness):
    """One autocorrelated series with a level of its own for each stay."""
    series = []
    for length in lengths:
        noise = rng.normal(size=length + 50) * np.sqrt(1 - stickiness**2)
        series.append(lfilter([1.0], [1.0, -stickiness], noise)[50:] + rng.normal())
    return np.concatenate(series)


def association(vital, labels):
    """How much higher the vital is where the class is 1."""
    return vital[labels == 1].mean() - vital[labels == 0].mean()


def rejections(exchange, signal=0.0, runs=200, permutations=39):
    rng = np.random.default_rng(9)
    p = []
    for _ in range(runs):
        lengths = 10 + rng.geometric(1 / 15, 30)
        offsets = offsets_of(lengths)
        vital, pain = sticky(rng, lengths, 0.8), sticky(rng, lengths, 0.9)
        labels = np.where(rng.random(len(pain)) < 0.5, -1, pain > 0)
        vital = vital + signal * pain
        drawn = [association(vital, exchange(labels, offsets, rng)) for _ in range(permutations)]
        p.append(relabeling_p(association(vital, labels), drawn))
    return np.mean(np.array(p) <= 0.05)


def test_rejects_as_often_as_it_says():
    assert 0.02 <= rejections(exchange_labels) <= 0.08


def test_finds_a_signal():
    assert rejections(exchange_labels, signal=0.8, runs=40) > 0.6


def test_shuffling_windows_would_reject_too_often():
    assert rejections(lambda labels, _, rng: rng.permutation(labels), runs=60) > 0.15
