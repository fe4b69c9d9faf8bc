"""p-values by hand, and Holm's adjustment by closed testing."""

from itertools import combinations

import numpy as np
import pytest

from dolorimeter.core import InputError
from dolorimeter.evaluation.significance import (
    holm,
    holm_reachable,
    p_paper,
    relabeling_p,
    resolved_holm,
)


def test_p_paper_counts_replicates_that_do_at_least_as_well():
    null = np.array([0.1, 0.2, 0.3, 0.4])
    assert p_paper(0.25, null) == 3 / 5
    assert p_paper(0.3, null) == 3 / 5
    assert p_paper(0.5, null) == 1 / 5
    assert p_paper(0.0, null) == 1.0


def test_p_paper_takes_sums_in_another_order_as_equal():
    assert p_paper(0.1 + 0.2 + 0.3, [0.3 + 0.2 + 0.1]) == 1.0


def test_p_paper_without_a_value():
    assert p_paper(None, [0.1]) is None
    assert p_paper(float("nan"), [0.1]) is None
    assert p_paper(0.1, [np.nan]) is None
    assert p_paper(0.3, [np.nan, 0.2]) == 1 / 2


def test_relabeling_p():
    permuted = np.linspace(0.1, 0.2, 199)
    assert relabeling_p(0.3, permuted) == 1 / 200
    assert relabeling_p(0.0, permuted) == 1.0
    assert relabeling_p(None, permuted) is None
    assert relabeling_p(float("nan"), permuted) is None


def test_relabeling_p_counts_what_could_not_be_scored_against_the_model():
    assert relabeling_p(0.3, [0.1, np.nan, 0.2]) == 2 / 4


def test_relabeling_p_refuses_nothing():
    with pytest.raises(InputError, match="no replicate"):
        relabeling_p(0.3, [])


def closed_testing(p):
    """Adjusted p of a test: the worst Bonferroni p over all families that hold it."""
    n = len(p)
    families = [s for k in range(1, n + 1) for s in combinations(range(n), k)]
    return [
        max(min(1.0, len(s) * min(p[j] for j in s)) for s in families if i in s) for i in range(n)
    ]


def test_holm_is_closed_testing_with_bonferroni():
    rng = np.random.default_rng(0)
    for _ in range(50):
        p = (rng.random(rng.integers(1, 7)) ** 3).round(2).tolist()
        assert holm(p) == pytest.approx(closed_testing(p))


def test_holm_leaves_tests_out_that_do_not_apply():
    p = [0.01, None, 0.04, 0.03, None]
    assert holm(p) == pytest.approx([0.03, None, 0.06, 0.06, None])
    assert holm([None]) == [None]
    assert holm([]) == []


def test_holm_needs_replicates():
    assert holm_reachable(10_000, 60)
    assert holm_reachable(1199, 60)
    assert not holm_reachable(1198, 60)


def test_resolved_holm_says_why_not():
    p = [0.01, None, 0.5]
    assert resolved_holm(p, 39) == (holm(p), "")
    adjusted, reason = resolved_holm(p, 38)
    assert adjusted == [None, None, None]
    assert "at least 39" in reason
