"""Wins are counted all-play-all; the signed-rank test is exact with ties."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from dolorimeter.core import InputError
from dolorimeter.learning.preferences import preference_scores, read_choices
from dolorimeter.learning.signed_rank import compare_paired, signed_rank


def enumerated(differences):
    kept = differences[differences != 0]
    ranks = stats.rankdata(np.abs(kept))
    seen = ranks[kept > 0].sum()
    sums = np.array([np.dot(ranks, signs) for signs in product((0, 1), repeat=len(kept))])
    low, high = (sums <= seen + 1e-9).mean(), (sums >= seen - 1e-9).mean()
    return min(1.0, 2 * min(low, high))


@pytest.mark.parametrize("seed", range(5))
def test_signed_rank_without_ties_is_scipys(seed):
    differences = np.random.default_rng(seed).normal(0.4, 1, 17)
    assert signed_rank(differences)[1] == pytest.approx(
        stats.wilcoxon(differences, method="exact").pvalue, rel=1e-12
    )


@pytest.mark.parametrize("seed", range(5))
def test_signed_rank_with_ties_counts_all_signs(seed):
    differences = np.random.default_rng(seed).integers(-2, 5, 11).astype(float)
    assert signed_rank(differences)[1] == pytest.approx(enumerated(differences), rel=1e-12)
    assert signed_rank(-differences)[1] == signed_rank(differences)[1]


def test_signed_rank_of_many_is_the_normal_approximation():
    rng = np.random.default_rng(0)
    differences = rng.normal(0.1, 1, 400)
    expected = stats.wilcoxon(differences, method="asymptotic", correction=False).pvalue
    assert signed_rank(differences)[1] == pytest.approx(expected, rel=1e-9)
    assert signed_rank(np.zeros(4)) == (0.0, 1.0)


def test_paired_summary_has_the_t_interval():
    first, second = np.array([8.0, 8.5, 9, np.nan]), np.array([6.0, 6.5, 6, 7])
    found = compare_paired(first, second, ("exacerbation", "baseline"))
    expected = stats.ttest_rel(first[:3], second[:3]).confidence_interval(0.95)
    assert found.ci95 == pytest.approx((expected.low, expected.high))
    assert found.n == 3
    assert found.difference == pytest.approx(np.mean([2, 2, 3]))
    with pytest.raises(InputError, match="nobody with both"):
        compare_paired(np.array([np.nan]), np.array([1.0]))
    with pytest.raises(InputError, match="one value a person"):
        compare_paired(np.zeros(2), np.zeros(3))


def choices(n_subjects=6):
    rows = []
    for i in range(n_subjects):
        for first, second in [("A", "B"), ("C", "B"), ("C", "A")] * 10:
            best = min(first, second, key="ACB".index)
            rows.append({"subject": f"{i}", "first": first, "second": second, "chosen": best})
    return pd.DataFrame(rows)


def test_wins_add_up_to_at_most_twenty():
    found = preference_scores(choices())
    assert found.cues == ("A", "B", "C")
    np.testing.assert_array_equal(found.wins, np.tile([20, 0, 10], (6, 1)))
    np.testing.assert_array_equal(found.offered, 20)
    assert [test.names for test in found.tests] == [("A", "B"), ("A", "C"), ("B", "C")]
    # All six prefer A: both extremes of 2 ** 6 signs.
    assert found.tests[0].p_value == pytest.approx(2 / 64)


def test_missed_choices_are_left_out():
    table = choices(1)
    table["chosen"] = table["chosen"].astype(object)
    table.loc[0, "chosen"] = None
    assert len(read_choices(table).won) == 29


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"chosen": "D"}, "row 3: chosen 'D'"),
        ({"first": "B", "second": "B", "chosen": "B"}, "row 3: 'B' against itself"),
    ],
)
def test_impossible_choices_are_named(change, match):
    table = choices(1)
    for column, value in change.items():
        table.loc[3, column] = value
    with pytest.raises(InputError, match=match):
        read_choices(table)


def test_table_must_have_its_columns_and_a_choice():
    with pytest.raises(InputError, match="no column 'chosen'"):
        read_choices(choices().drop(columns="chosen"))
    with pytest.raises(InputError, match="no choice"):
        read_choices(choices().assign(chosen=""))
