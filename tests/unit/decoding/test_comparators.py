"""Bulk amplitude and the mass-univariate map, against SciPy and against loops."""

import numpy as np
import pytest
from scipy import stats

from dolorimeter.core import InputError
from dolorimeter.decoding.comparators import bulk_amplitude, univariate_map
from dolorimeter.decoding.relabelling import relabellings
from dolorimeter.decoding.univariate import read_design


@pytest.fixture
def rng():
    return np.random.default_rng(11)


@pytest.fixture
def study(rng):
    """Five subjects with unlike offsets, two runs, unequal classes."""
    subject = np.repeat(["e", "d", "c", "b", "a"], [8, 10, 9, 12, 8])
    y = rng.permutation(np.resize(["warm", "pain", "pain"], len(subject)))
    run = np.resize([1, 2], len(subject))
    offset = 20 * rng.normal(size=(5, 7))[np.unique(subject, return_inverse=True)[1]]
    X = rng.normal(size=(len(subject), 7)) + offset
    X[:, 2] -= 3.0 * (y == "warm")  # so that t is above 0 ("warm" sorts last: below)
    return X, y, subject, run


def paired(X, y, subject):
    values = np.unique(y)
    return np.array(
        [
            X[(subject == s) & (y == values[1])].mean(axis=0)
            - X[(subject == s) & (y == values[0])].mean(axis=0)
            for s in np.unique(subject)
        ]
    )


def test_two_classes_in_one_subject(rng):
    X, y = rng.normal(2, 3, size=(17, 9)), np.array([0] * 10 + [1] * 7)
    found = univariate_map(X, y, permutations=0)
    np.testing.assert_allclose(found.statistic, stats.ttest_ind(X[y == 1], X[y == 0])[0])
    assert (found.name, found.degrees, found.p_max, found.threshold) == ("t", (15,), None, None)
    assert found.test == "two-sample t over 17 samples"
    one = univariate_map(X, y, subjects=np.full(17, "s"), permutations=0)
    np.testing.assert_array_equal(one.statistic, found.statistic)


def test_sign_is_the_second_class_less_the_first(rng):
    y = np.repeat(["baseline", "pain"], 10)
    X = rng.normal(size=(20, 2)) + np.where(y == "pain", 2, 0)[:, None] * [1, -1]
    t = univariate_map(X, y, permutations=0).statistic
    assert t[0] > 2
    assert t[1] < -2


def test_a_number_in_one_subject(rng):
    X, y = rng.normal(size=(20, 6)), rng.normal(size=20)
    found = univariate_map(X, y, permutations=0)
    r = np.array([stats.pearsonr(x, y)[0] for x in X.T])
    np.testing.assert_allclose(found.statistic, r * np.sqrt(18 / (1 - r**2)))
    assert found.test == "correlation over 20 samples"


def test_several_classes_in_one_subject(rng):
    X, y = rng.normal(size=(21, 6)), np.array([4] * 5 + [7] * 9 + [9] * 7)
    found = univariate_map(X, y, permutations=0)
    expected = stats.f_oneway(*(X[y == k] for k in np.unique(y)))[0]
    np.testing.assert_allclose(found.statistic, expected)
    assert (found.name, found.degrees) == ("F", (2, 18))


def test_several_subjects_give_one_observation_each(study):
    X, y, subject, _ = study
    found = univariate_map(X, y, subject, permutations=0)
    np.testing.assert_allclose(
        found.statistic, stats.ttest_1samp(paired(X, y, subject), 0)[0], rtol=1e-9
    )
    assert found.degrees == (4,)
    assert found.test == "one-sample t of within-subject mean differences over 5 subjects"


def test_offsets_of_subjects_do_not_matter(study):
    X, y, subject, _ = study
    shift = 100 * np.unique(subject, return_inverse=True)[1][:, None]
    np.testing.assert_allclose(
        univariate_map(X + shift, y, subject, permutations=0).statistic,
        univariate_map(X, y, subject, permutations=0).statistic,
        rtol=1e-7,
    )


def test_repeated_measures_of_several_classes(rng):
    subject, y = np.repeat(np.arange(6), 6), np.tile([0, 1, 2], 12)
    X = rng.normal(size=(36, 4)) + 5 * rng.normal(size=(6, 4))[subject] + 0.5 * y[:, None]
    found = univariate_map(X, y, subject, permutations=0)
    means = np.array([[X[(subject == s) & (y == k)].mean(0) for k in range(3)] for s in range(6)])
    for j in range(4):
        m = means[:, :, j]
        between = 6 * ((m.mean(0) - m.mean()) ** 2).sum() / 2
        rest = m - m.mean(1, keepdims=True) - m.mean(0) + m.mean()
        assert found.statistic[j] == pytest.approx(between / ((rest**2).sum() / 10))
    assert found.degrees == (2, 10)


def test_within_subject_correlations_of_a_number(rng):
    subject, y = np.repeat(np.arange(5), 8), rng.normal(size=40)
    X = rng.normal(size=(40, 3)) + 9 * rng.normal(size=(5, 3))[subject]
    z = [
        [np.arctanh(stats.pearsonr(X[subject == s, j], y[subject == s])[0]) for j in range(3)]
        for s in range(5)
    ]
    found = univariate_map(X, y, subject, permutations=0)
    np.testing.assert_allclose(found.statistic, stats.ttest_1samp(z, 0)[0])


def test_groups_of_subjects_are_compared_over_subjects(rng):
    subject = np.repeat(np.arange(12), 3)
    y = np.where(subject < 5, "control", "patient")
    X = rng.normal(size=(36, 4)) + rng.normal(size=(12, 4))[subject]
    means = np.array([X[subject == s].mean(axis=0) for s in range(12)])
    found = univariate_map(X, y, subject, permutations=50, random_state=0)
    np.testing.assert_allclose(found.statistic, stats.ttest_ind(means[5:], means[:5])[0])
    assert found.test == "two-sample t over 12 subjects"
    trait = rng.normal(size=12)
    r = np.array([stats.pearsonr(trait, m)[0] for m in means.T])
    t = univariate_map(X, trait[subject], subject, permutations=0).statistic
    np.testing.assert_allclose(t, r * np.sqrt(10 / (1 - r**2)))


def test_subjects_without_a_class_are_left_out(study):
    X, y, subject, _ = study
    kept = ~((subject == "c") & (y == "warm"))
    found = univariate_map(X[kept], y[kept], subject[kept], permutations=0)
    others = subject != "c"
    expected = stats.ttest_1samp(paired(X[others], y[others], subject[others]), 0)[0]
    np.testing.assert_allclose(found.statistic, expected, rtol=1e-9)
    assert found.degrees == (3,)


@pytest.mark.parametrize("many", [False, True])
def test_relabellings_equal_a_loop(study, many):
    X, y, subject, run = study
    owner = subject if many else None
    design = read_design(X, y, owner, run, None)
    rows = relabellings(design.y, 60, 5, design.blocks)
    null = []
    for row in rows:
        labels = design.y[row]
        if many:
            back = np.repeat(np.arange(5), [len(u) for u in design.units])
            t = stats.ttest_1samp(paired(design.X, labels, back), 0)[0]
        else:
            t = stats.ttest_ind(X[labels == 1], X[labels == 0])[0]
        null.append(np.abs(t).max())
    found = univariate_map(X, y, owner, run, permutations=60, random_state=5)
    np.testing.assert_allclose(found.null_largest, null, rtol=1e-9)
    expected = [(1 + sum(n >= abs(t) * (1 - 1e-10) for n in null)) / 61 for t in found.statistic]
    np.testing.assert_allclose(found.p_max, expected)


def test_labels_stay_within_subject_and_run(study):
    X, y, subject, run = study
    design = read_design(X, y, subject, run, None)
    for u in design.units:
        assert len(np.unique(design.X[u][:, 0].round(0) // 1000)) == 1
    place = np.array([f"{s}{r}" for s, r in zip(subject, run, strict=True)])
    order = np.concatenate([np.flatnonzero(subject == s) for s in np.unique(subject)])
    assert len(np.unique(design.blocks)) == 10
    for row in relabellings(design.y, 20, 0, design.blocks):
        np.testing.assert_array_equal(place[order][row], place[order])


def test_threshold_and_count_agree_with_the_p_values(study):
    X, y, subject, _ = study
    found = univariate_map(X, y, subject, permutations=199, random_state=1)
    above = np.abs(found.statistic) > found.threshold
    np.testing.assert_array_equal(above, found.p_max <= 0.05)
    assert found.n_above == above.sum()
    assert above[2]
    assert univariate_map(X, y, subject, permutations=18, random_state=1).threshold is None


def test_chunks_do_not_change_the_null(study, monkeypatch):
    X, y, subject, _ = study
    one = univariate_map(X, y, subject, permutations=40, random_state=1)
    monkeypatch.setattr("dolorimeter.decoding.comparators.BYTES", 8 * 7 * 3)
    np.testing.assert_array_equal(
        univariate_map(X, y, subject, permutations=40, random_state=1).null_largest,
        one.null_largest,
    )


def test_features_that_do_not_vary_say_nothing(rng):
    X, y = rng.normal(size=(12, 3)), np.arange(12) % 2
    X[:, 1] = 0.1
    subject = np.repeat([0, 1, 2], 4)
    for target in (y, np.arange(12) % 3, rng.normal(size=12)):
        for owner in (None, subject):
            found = univariate_map(X, target, owner, permutations=20, random_state=0)
            assert found.statistic[1] == 0
            assert found.p_max[1] == 1
            assert np.isfinite(found.null_largest).all()


def test_noise_is_called_a_finding_in_5_percent():
    found = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        X = rng.normal(size=(24, 10)) + rng.normal(size=(4, 10))[np.repeat(np.arange(4), 6)]
        y = np.tile([0, 1], 12)
        found += univariate_map(X, y, np.repeat(np.arange(4), 6), None, 39, seed).n_above > 0
    assert 1 <= found <= 20  # 10 expected, deviation 3.1


def test_bulk_amplitude_is_the_mean_or_mean_and_deviation(rng):
    X = rng.normal(3, 2, size=(6, 40))
    np.testing.assert_allclose(bulk_amplitude(X)[:, 0], X.mean(axis=1))
    both = np.column_stack([X.mean(axis=1), X.std(axis=1)])
    np.testing.assert_allclose(bulk_amplitude(X, "both"), both)
    with pytest.raises(InputError, match="'mean' or 'both'"):
        bulk_amplitude(X, "median")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y": np.zeros(8)}, "y"),
        ({"y": np.arange(7) % 2}, "y: 7 targets"),
        ({"X": np.full((8, 2), np.nan)}, "nan in sample 0"),
        ({"subjects": np.arange(7)}, "subjects"),
        ({"subjects": [0, 1, 1, 2, 2, 2, 2, 3], "y": [0, 0, 0, 0, 1, 1, 0, 1]}, "subjects: 1 with"),
        ({"kind": "words"}, "kind"),
        ({"X": np.ones((2, 2)), "y": [0, 1]}, "2 samples for a two-sample t"),
    ],
)
def test_refuses_what_it_cannot_test(rng, change, message):
    given = {"X": rng.normal(size=(8, 2)), "y": np.arange(8) % 2, "permutations": 5} | change
    with pytest.raises(InputError, match=message):
        univariate_map(**given)
