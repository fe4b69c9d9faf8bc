"""Equivalence of ratings: closed form t, scipy's tests, coverage by simulation."""

import numpy as np
import pytest
from scipy import stats

from dolorimeter.core import InputError
from dolorimeter.decoding.equivalence import equivalence, salience_equivalence


def test_paired_interval_by_hand():
    # differences 1, 2, 3: mean 2, sd 1, se 1/sqrt 3; t(0.975, 2) = 4.302653, t(0.95, 2) = 2.919986
    found = equivalence(np.array([2.0, 4.0, 6.0]), np.array([1.0, 2.0, 3.0]), 5.0, alpha=0.05)
    assert found.difference == pytest.approx(2.0)
    assert found.ci95 == pytest.approx((2 - 4.302653 / 3**0.5, 2 + 4.302653 / 3**0.5), abs=1e-6)
    assert found.interval == pytest.approx((2 - 2.919986 / 3**0.5, 2 + 2.919986 / 3**0.5), abs=1e-6)
    assert found.equivalent
    assert found.degrees == 2
    assert found.p_equivalence == pytest.approx(stats.t.sf(3 * 3**0.5, 2))


def test_default_level_decides_by_the_95_percent_interval():
    rng = np.random.default_rng(0)
    found = equivalence(rng.normal(size=20), rng.normal(size=20), 1.0)
    assert found.interval == pytest.approx(found.ci95)


@pytest.mark.parametrize("paired", [True, False])
@pytest.mark.parametrize("alpha", [0.025, 0.05])
def test_against_scipy(paired, alpha):
    rng = np.random.default_rng(1)
    for margin in (0.2, 0.5, 1.0):
        a, b = rng.normal(0.3, 1.0, 25), rng.normal(0.0, 2.0, 25 if paired else 14)
        found = equivalence(a, b, margin, paired=paired, alpha=alpha)

        def tests(shift, side, a=a, b=b):
            if paired:
                return stats.ttest_rel(a, b + shift, alternative=side)
            return stats.ttest_ind(a, b + shift, equal_var=False, alternative=side)

        above, below = tests(-margin, "greater").pvalue, tests(margin, "less").pvalue
        assert found.p_equivalence == pytest.approx(max(above, below))
        assert found.p_difference == pytest.approx(tests(0.0, "two-sided").pvalue)
        interval = tests(0.0, "two-sided").confidence_interval(1 - 2 * alpha)
        assert found.interval == pytest.approx((interval.low, interval.high))
        assert found.equivalent == (found.p_equivalence < alpha)


@pytest.mark.parametrize("paired", [True, False])
def test_level_at_the_margin_and_coverage(paired):
    # at a true difference equal to the margin equivalence may be declared in alpha of cases
    rng, n_runs, alpha = np.random.default_rng(2), 2000, 0.05
    declared = covered = 0
    for _ in range(n_runs):
        level = rng.normal(size=15) if paired else 0.0
        a = 1.0 + level + rng.normal(size=15) * 0.5
        b = level + rng.normal(size=15) * 0.5
        found = equivalence(a, b, 1.0, paired=paired, alpha=alpha)
        declared += found.equivalent
        covered += found.ci95[0] <= 1.0 <= found.ci95[1]
    assert declared / n_runs == pytest.approx(alpha, abs=0.017)  # 3.5 standard errors
    assert covered / n_runs == pytest.approx(0.95, abs=0.017)


def test_pairing_takes_the_subjects_level_out():
    rng = np.random.default_rng(3)
    level = rng.normal(0, 5, 12)
    a, b = level + rng.normal(0, 0.1, 12), level + rng.normal(0, 0.1, 12)
    assert equivalence(a, b, 0.5).equivalent
    assert not equivalence(a, b, 0.5, paired=False).equivalent


def test_without_variation_the_distance_decides():
    same = np.full(4, 3.0)
    assert equivalence(same, same, 0.1).p_equivalence == 0.0
    assert equivalence(same, same, 0.1).equivalent
    assert not equivalence(same, same - 1, 0.5).equivalent
    assert equivalence(same, same - 1, 0.5).p_equivalence == 1.0
    assert equivalence(same, same, 0.1, paired=False).equivalent


def subjects(n, per=3):
    subject = np.repeat([f"s{i}" for i in range(n)], 2 * per)
    modality = np.tile(np.repeat(["pain", "touch"], per), n)
    return subject, modality


def test_salience_averages_within_subjects_first():
    subject, modality = subjects(5)
    rng = np.random.default_rng(4)
    salience = rng.normal(size=len(subject))
    salience[4] = np.nan  # one trial unrated
    means = [
        [np.nanmean(salience[(subject == s) & (modality == m)]) for s in np.unique(subject)]
        for m in ("pain", "touch")
    ]
    found = salience_equivalence(salience, modality, subject, "touch", 1.0)
    assert found.paired
    assert found.n == (5, 5)
    assert found.difference == pytest.approx(np.mean(means[0]) - np.mean(means[1]))
    expected = stats.ttest_rel(*means).confidence_interval(0.95)
    assert found.ci95 == pytest.approx((expected.low, expected.high))


def test_salience_of_different_people_and_of_one():
    subject, modality = subjects(8)
    rng = np.random.default_rng(5)
    salience = rng.normal(size=len(subject))
    apart = np.where(np.char.find(subject, "s") == 0, salience, np.nan)
    odd = np.isin(subject, ["s1", "s3", "s5", "s7"])
    apart[(modality == "pain") == odd] = np.nan  # nobody rated both
    found = salience_equivalence(apart, modality, subject, "touch", 1.0)
    assert (found.paired, found.unit, found.n) == (False, "subject", (4, 4))
    one = subject == "s0"
    alone = salience_equivalence(salience[one], modality[one], subject[one], "touch", 1.0)
    assert (alone.paired, alone.unit, alone.n) == (False, "trial", (3, 3))


def test_unrated_salience_is_unknown():
    subject, modality = subjects(3)
    nothing = np.full(len(subject), np.nan)
    assert salience_equivalence(nothing, modality, subject, "touch", 1.0) is None
    one_rated = np.where(subject == "s0", 1.0, np.nan)
    assert salience_equivalence(one_rated, modality, subject, "touch", 1.0) is None  # of three
    one_rated[modality == "touch"] = np.nan
    assert salience_equivalence(one_rated, modality, subject, "touch", 1.0) is None


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"margin": 0.0}, "margin"),
        ({"margin": float("nan")}, "margin"),
        ({"alpha": 0.5}, "alpha"),
        ({"first": np.array([1.0])}, "first"),
        ({"second": np.array([1.0, np.nan, 2.0])}, "second"),
        ({"second": np.array([1.0, 2.0])}, "paired"),
    ],
)
def test_bad_input_names_the_argument(change, where):
    good = {"first": np.arange(3.0), "second": np.arange(3.0), "margin": 1.0}
    with pytest.raises(InputError) as error:
        equivalence(**(good | change))
    assert error.value.where == where
