"""What is exchanged, what is refused, and the p-value's arithmetic."""

import itertools

import numpy as np
import pytest

from dolorimeter.core import InputError
from dolorimeter.decoding import relabelling_p, relabellings

Y = np.array([0, 1, 1, 0, 1, 2])
BLOCKS = np.array(["b", "a", "b", "b", "a", "a"])


def test_every_row_is_a_permutation():
    rows = relabellings(Y, 50, 0)
    assert rows.shape == (50, 6)
    np.testing.assert_array_equal(np.sort(rows, axis=1), np.tile(np.arange(6), (50, 1)))


def test_all_orders_are_equally_likely():
    rows = relabellings(np.arange(3), 6000, 0)
    counts = [np.all(rows == order, axis=1).sum() for order in itertools.permutations(range(3))]
    assert np.abs(np.array(counts) - 1000).max() < 150  # five deviations


def test_labels_stay_within_their_block():
    rows = relabellings(Y, 200, 1, BLOCKS)
    assert (BLOCKS[rows] == BLOCKS).all()
    assert len(np.unique(Y[rows], axis=0)) == 9  # three orders of (0, 1, 0) and of (1, 1, 2)


def test_whole_blocks_move_in_their_order():
    y = np.array([10, 11, 20, 21, 30, 31, 32])
    blocks = np.array([5, 5, 3, 3, 4, 4, 4])
    rows = relabellings(y, 40, 0, blocks, "whole")
    assert {tuple(row) for row in y[rows].tolist()} == {
        (10, 11, 20, 21, 30, 31, 32),
        (20, 21, 10, 11, 30, 31, 32),
    }


def test_interleaved_blocks_move_whole():
    y, blocks = np.array([1, 5, 2, 6, 3, 7]), np.array([0, 1, 0, 1, 0, 1])
    moved = {tuple(row) for row in y[relabellings(y, 30, 0, blocks, "whole")].tolist()}
    assert moved == {(1, 5, 2, 6, 3, 7), (5, 1, 6, 2, 7, 3)}


def test_seed_repeats():
    np.testing.assert_array_equal(relabellings(Y, 9, 4), relabellings(Y, 9, 4))
    assert relabellings(Y, 0).shape == (0, 6)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"blocks": [0, 1, 1, 0, 1, 2]}, ["every block holds one label", "whole"]),
        ({"blocks": [0, 0, 0, 1, 1, 2], "exchange": "whole"}, ["no two blocks of the same size"]),
        ({"exchange": "whole"}, ["blocks: none"]),
        ({"exchange": "wihtin"}, ["Did you mean 'within'?"]),
        ({"blocks": [0, 1]}, ["blocks: shape (2,)"]),
        ({"permutations": -1}, ["permutations: -1"]),
        ({"permutations": 1.5}, ["permutations: 1.5"]),
    ],
)
def test_refusals(arguments, words):
    with pytest.raises(InputError) as caught:
        relabellings(Y, **({"permutations": 3} | arguments))
    for word in words:
        assert word in str(caught.value)


def test_whole_blocks_alike_cannot_be_exchanged():
    with pytest.raises(InputError, match="no two blocks"):
        relabellings(np.array([1, 2, 1, 2]), 5, 0, [0, 0, 1, 1], "whole")


def test_p_value_counts_ties_in_spite_of_rounding():
    null = np.array([0.1, 0.5, 0.5 - 1e-13, 0.5 + 1e-13, 0.9])
    assert relabelling_p(0.5, null) == pytest.approx(5 / 6)
    assert relabelling_p(0.5 + 1e-6, null) == pytest.approx(2 / 6)
    assert relabelling_p(2.0, null) == pytest.approx(1 / 6)
    assert relabelling_p(0.5, np.empty(0)) is None


def test_p_value_of_what_is_undefined():
    assert np.isnan(relabelling_p(float("nan"), np.zeros(3)))
    assert relabelling_p(0.5, np.array([np.nan, 0.1])) == pytest.approx(2 / 3)
