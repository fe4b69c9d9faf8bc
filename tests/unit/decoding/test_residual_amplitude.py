"""The residual-amplitude check: its matching, its null, and what it can tell apart."""

from itertools import permutations as orders

import numpy as np
import pytest
from sklearn.utils.estimator_checks import check_estimator

from dolorimeter.core import InputError
from dolorimeter.decoding.amplitude_matching import AmplitudeRemover, match_amplitude
from dolorimeter.decoding.fast_cv import cross_validate
from dolorimeter.decoding.normalize import amplitude, normalize_pattern
from dolorimeter.decoding.residual_amplitude import residual_amplitude_check


def trials(rng, n=80, p=200, gain=0.0, pattern=0.0, spread=0.5, noise=1.0, n_classes=2):
    """Trials whose gain varies from trial to trial on a profile that is not flat."""
    y = np.arange(n) % n_classes
    profile = 1 + rng.normal(size=p)
    shape = rng.normal(size=(n_classes, p))
    gains = 1 + gain * y + spread * rng.normal(size=n)
    X = gains[:, None] * profile + pattern * shape[y] + noise * rng.normal(size=(n, p))
    return X, y


@pytest.fixture
def rng():
    return np.random.default_rng(4)


def best_total(measured, codes, spread):
    """Least total distance over all assignments, by enumeration."""
    one, two = (measured[codes == k] / spread for k in (0, 1))
    return min(
        sum(np.linalg.norm(one[i] - two[j]) for i, j in enumerate(order))
        for order in orders(range(len(two)), len(one))
    )


def test_matching_is_the_best_of_all(rng):
    codes = np.array([0] * 4 + [1] * 6)
    measured = rng.normal(size=(10, 2)) * [1, 40]
    matched = match_amplitude(measured, codes, np.zeros(10, int), caliper=100)
    off = np.concatenate([measured[codes == k] - measured[codes == k].mean(0) for k in (0, 1)])
    spread = np.sqrt((off**2).sum(0) / 8)
    np.testing.assert_allclose(matched.standard, measured / spread)
    gaps = (measured / spread)[matched.sets]
    total = np.linalg.norm(gaps[:, 1] - gaps[:, 0], axis=1).sum()
    assert total == pytest.approx(best_total(measured, codes, spread))
    assert matched.sets.shape == (4, 2)


def test_matching_keeps_class_block_caliper_and_uses_nobody_twice(rng):
    n = 300
    codes, blocks = rng.integers(0, 3, n), rng.integers(0, 4, n)
    measured = rng.normal(size=(n, 2)) + 0.4 * codes[:, None] + 3 * blocks[:, None]
    matched = match_amplitude(measured, codes, blocks, caliper=0.5)
    sets = matched.sets
    assert len(sets) > 10
    assert len(np.unique(sets)) == sets.size
    np.testing.assert_array_equal(codes[sets], np.tile([0, 1, 2], (len(sets), 1)))
    assert (np.ptp(blocks[sets], axis=1) == 0).all()
    assert (np.ptp(matched.standard[sets], axis=1) <= 0.5).all()
    assert (np.abs(matched.before) > 0.6).all()
    assert (np.abs(matched.difference(sets)) < 0.3).all()


def test_units_of_amplitude_do_not_matter(rng):
    codes, blocks = np.arange(60) % 2, np.zeros(60, int)
    measured = rng.normal(size=(60, 2)) + codes[:, None]
    one = match_amplitude(measured, codes, blocks)
    two = match_amplitude(measured * [1e-6, 1e4] + [5, 0], codes, blocks)
    np.testing.assert_array_equal(one.sets, two.sets)


def test_result_is_the_cross_validation_of_the_matched_samples(rng):
    X, y = trials(rng, gain=0.5, pattern=0.2)
    found = residual_amplitude_check(X, y, permutations=20, random_state=3)
    sets = match_amplitude(amplitude(X), y, np.zeros(80, int)).sets
    kept, pair = sets.ravel(), np.repeat(np.arange(len(sets)), 2)
    same = cross_validate(
        normalize_pattern(X)[kept], y[kept], "leave-one-pair-out", pair, permutations=20,
        random_state=3, blocks=pair,
    )  # fmt: skip
    assert found.score == same.score
    assert found.p_value == same.p_value
    np.testing.assert_array_equal(found.result.null, same.null)
    assert (found.n_samples, found.n_sets, found.n_subjects) == (len(kept), len(sets), 1)
    assert str(len(kept)) in found.reason
    assert np.abs(found.difference_before).min() > 0.5
    assert np.abs(found.difference_after).max() < 0.15


def test_a_pure_gain_falls_to_its_null_and_a_pattern_does_not():
    cases = {"gain": {"gain": 0.8}, "pattern": {"pattern": 0.3}}
    rejected = dict.fromkeys(cases, 0)
    decoded = dict.fromkeys(cases, 0.0)
    for seed in range(20):
        for name, planted in cases.items():
            X, y = trials(np.random.default_rng(seed), **planted)
            pairs = np.arange(80) // 2
            plain = cross_validate(normalize_pattern(X), y, "leave-one-pair-out", pairs)
            decoded[name] += plain.score / 20
            found = residual_amplitude_check(X, y, permutations=39, random_state=seed)
            rejected[name] += found.p_value <= 0.05
    assert decoded["gain"] > 0.6  # normalization alone does not take a gain out
    assert rejected["gain"] <= 4  # 1 expected at 5 %
    assert decoded["pattern"] > 0.65
    assert rejected["pattern"] >= 16


def test_regression_takes_a_gain_out_and_leaves_a_pattern(rng):
    scores = {}
    for name, planted in {"gain": {"gain": 0.8}, "pattern": {"pattern": 0.5}}.items():
        X, y = trials(rng, n=60, p=40, **planted)
        pairs = np.arange(60) // 2
        options = {"scheme": "leave-one-pair-out", "groups": pairs, "permutations": 5}
        found = residual_amplitude_check(X, y, method="regression", random_state=0, **options)
        scores[name] = found.score
        assert (found.n_samples, found.n_sets) == (60, 0)
        assert np.isnan(found.difference_after).all()
    assert scores["gain"] < 0.62
    assert scores["pattern"] > 0.75


def test_each_subject_is_matched_and_decoded_apart(rng):
    parts = [trials(rng, n=40, pattern=0.5) for _ in range(3)]
    X = np.concatenate([x + 10 * i for i, (x, _) in enumerate(parts)])
    y, subject = np.concatenate([y for _, y in parts]), np.repeat(["c", "a", "b"], 40)
    lonely = np.flatnonzero((subject == "b") & (y == 1))[2:]  # two trials of a class: too few
    kept = np.setdiff1d(np.arange(120), lonely)
    found = residual_amplitude_check(
        X[kept], y[kept], subject[kept], permutations=30, random_state=0
    )
    assert (found.n_subjects, found.n_subjects_left_out) == (2, 1)
    assert found.result.subjects.size == 2
    assert found.score > 0.7
    assert found.p_value == pytest.approx(1 / 31)
    assert 2 * found.n_sets == found.n_samples


def test_runs_are_matched_apart_and_may_be_left_out(rng):
    X, y = trials(rng, pattern=0.5)
    run = np.arange(80) // 20
    X += 5 * run[:, None]
    found = residual_amplitude_check(
        X, y, blocks=run, groups=run, scheme="leave-one-run-out", permutations=19, random_state=0
    )
    assert len(found.result.folds) == 4
    assert found.score > 0.7


def test_three_classes(rng):
    X, y = trials(rng, n=120, pattern=0.5, n_classes=3)
    found = residual_amplitude_check(X, y, permutations=19, random_state=0)
    assert found.n_samples == 3 * found.n_sets
    assert found.score > found.null_mean + 0.2


def volunteers(seed, gains, pattern=0.0, noise=4.0, n_subjects=20, n=64, spread=0.0):
    """Noisy trials of several subjects whose classes differ by gain on one profile, or pattern."""
    rng = np.random.default_rng(seed)
    profile, shape = rng.normal(size=(2, 200))
    y, subject = np.tile([0, 1], n // 2 * n_subjects), np.repeat(np.arange(n_subjects), n)
    gain = np.asarray(gains)[y] + spread * rng.normal(size=len(y))
    X = gain[:, None] * profile + pattern * np.outer(y, shape)
    return X + noise * rng.normal(size=X.shape), y, subject


def passes(seeds, profile, gains, one=False, **simulated):
    """Share of simulated studies that pass."""
    found = []
    for seed in range(seeds):
        X, y, subject = volunteers(seed, gains, **simulated)
        check = residual_amplitude_check(
            X, y, None if one else subject, profile=profile, permutations=39, random_state=seed
        )
        assert check.difference_before.shape == check.difference_after.shape == (2,)
        found.append(check.possible and check.p_value <= 0.05)
    return np.mean(found)


def test_a_gain_in_noise_falls_only_where_projections_are_matched():
    assert passes(6, "none", (0.4, 1.0)) > 0.8  # the deviation hardly measures gain in noise
    assert passes(12, None, (0.4, 1.0)) <= 2 / 12


def test_a_pattern_in_noise_passes_with_projections_matched():
    assert passes(8, None, (0.7, 0.7), pattern=0.6) > 0.6


def test_a_gain_in_one_subject_falls_to_the_profile_of_the_other_samples():
    options = {"n_subjects": 1, "n": 160, "one": True}
    assert passes(15, "none", (0.4, 1.0), noise=3.0, **options) > 0.5
    assert passes(15, None, (0.4, 1.0), noise=3.0, **options) <= 3 / 15
    assert passes(15, None, (0.7, 0.7), pattern=0.8, **options) > 0.5


@pytest.mark.parametrize(
    ("simulated", "given", "said"),
    [
        ({"n_subjects": 3}, {}, "deviation and projection on the mean profile of other subjects"),
        ({"n_subjects": 2}, {}, "of other samples of the subject"),
        ({"n_subjects": 2, "spread": 1.0, "noise": 1.0}, {}, "of mean and deviation before"),
        ({"n_subjects": 2}, {"profile": "others"}, "of other subjects"),
        ({"n_subjects": 3}, {"profile": "own"}, "of other samples of the subject"),
        ({"n_subjects": 3}, {"profile": "none"}, "of mean and deviation before"),
    ],
)
def test_what_is_matched_depends_on_subjects_and_reliability(simulated, given, said):
    X, y, subject = volunteers(0, (0.7, 0.7), **simulated)
    found = residual_amplitude_check(X, y, subject, permutations=3, random_state=0, **given)
    assert said in found.reason


def test_subjects_given_as_blocks_are_others_too():
    X, y, subject = volunteers(0, (0.7, 0.7), n_subjects=4)
    found = residual_amplitude_check(
        X, y, blocks=subject, groups=subject, scheme="leave-one-subject-out", permutations=3,
        random_state=0,
    )  # fmt: skip
    assert "mean profile of other blocks" in found.reason


def test_regression_takes_the_projection_out_too():
    X, y, subject = volunteers(1, (0.2, 1.2), n_subjects=3, n=24)
    pairs, options = np.arange(72) // 2, {"scheme": "leave-one-pair-out", "permutations": 1}
    scores = [
        residual_amplitude_check(
            X, y, subject, method="regression", groups=pairs, profile=p, random_state=0, **options
        ).score
        for p in ("none", None)
    ]
    assert scores[1] < scores[0]


@pytest.mark.parametrize("method", ["matching", "regression"])
@pytest.mark.parametrize("ddof", [0, 1])
def test_not_possible_for_normalized_samples(rng, method, ddof):
    X, y = trials(rng, pattern=0.5)
    X = normalize_pattern(X)
    X /= X.std(axis=1, ddof=ddof, keepdims=True)
    found = residual_amplitude_check(X, y, method=method, permutations=3)
    assert not found.possible
    assert found.score is None
    assert "normalized already" in found.reason
    assert found.difference_before.shape == (2,)


def test_not_possible_where_classes_do_not_overlap(rng):
    X, y = trials(rng, gain=9.0)
    found = residual_amplitude_check(X, y, permutations=19)
    assert not found.possible
    assert (found.score, found.null_mean, found.p_value, found.result) == (None,) * 4
    assert found.reason.startswith("Not possible: 0 matched sets")
    assert np.isnan(found.difference_after).all()
    apart = residual_amplitude_check(X, y, subjects=y, permutations=19)
    assert not apart.possible
    assert apart.n_subjects_left_out == 2


def test_regression_is_fitted_in_training_samples_only(rng):
    X = rng.normal(size=(30, 6))
    fitted = AmplitudeRemover().fit(X[:20])
    again = AmplitudeRemover().fit(np.vstack([X[:20]]))
    np.testing.assert_array_equal(fitted.transform(X[20:]), again.transform(X[20:]))
    left = fitted.transform(X[:20])
    mean, deviation = X[:20, 4], X[:20, 5]
    for term in (np.ones(20), mean, deviation, mean**2, deviation**2, mean * deviation):
        np.testing.assert_allclose(term @ left, 0, atol=1e-10)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
def test_remover_is_a_scikit_learn_transformer():
    check_estimator(AmplitudeRemover(n_amplitude=1))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"method": "weighting"}, "'matching' or 'regression'"),
        ({"profile": "mine"}, "profile"),
        ({"profile": "others"}, "'others' of one subject"),
        ({"caliper": 0.0}, "caliper"),
        ({"caliper": np.nan}, "caliper"),
        ({"y": np.zeros(80)}, "y"),
        ({"y": np.arange(79) % 2}, "y: 79 targets"),
        ({"subjects": np.zeros(3)}, "subjects"),
        ({"method": "regression", "estimator": "ridge"}, "estimator"),
        ({"X": np.ones((80, 3))}, "sample 0 is flat"),
    ],
)
def test_refuses_what_it_cannot_use(rng, change, message):
    X, y = trials(rng)
    with pytest.raises(InputError, match=message):
        residual_amplitude_check(**({"X": X, "y": y, "permutations": 3} | change))
