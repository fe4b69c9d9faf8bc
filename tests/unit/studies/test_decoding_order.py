"""Targets that follow each other, or drift, are not exchangeable one by one."""

import numpy as np
import pytest

from dolorimeter.studies.decoding.order import follows_order

BLOCKS = np.repeat(np.arange(12).astype(str), 30)


def autocorrelated(rng, r):
    noise = rng.normal(size=(12, 30))
    for t in range(1, 30):
        noise[:, t] += r * noise[:, t - 1]
    return noise.ravel()


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda rng: autocorrelated(rng, 0.8), True),
        (lambda rng: rng.normal(size=360) - 0.05 * np.tile(np.arange(30), 12), True),
        (lambda _: np.tile(np.repeat([0, 1], 15), 12), True),
        (lambda _: np.tile([0, 1], 180), False),
        (lambda _: np.zeros(360), False),
    ],
)
def test_order_is_seen(make, expected):
    target = make(np.random.default_rng(0))
    classes = len(np.unique(target)) <= 2
    rng = np.random.default_rng(1)
    assert follows_order(target.astype(float), BLOCKS, rng, not classes) is expected


def test_random_orders_are_let_pass():
    rng = np.random.default_rng(3)
    found = [follows_order(rng.normal(size=360), BLOCKS, rng) for _ in range(60)]
    assert sum(found) <= 5  # two tests at 1 % each


def test_rows_of_other_blocks_between_do_not_matter():
    rng = np.random.default_rng(0)
    target, shuffled = autocorrelated(rng, 0.8), rng.permutation(12)
    order = np.argsort(np.tile(np.arange(30), 12) + 1e-3 * np.repeat(shuffled, 30))
    assert follows_order(target[order], BLOCKS[order], np.random.default_rng(1))
