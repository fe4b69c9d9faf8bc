"""Simulated samples: the planted truth is there, at the size that was asked for."""

import numpy as np
import pytest

from dolorimeter.core import InputError
from dolorimeter.samples import simulate_samples, simulate_with_truth


def test_layout():
    samples = simulate_samples(3, 2, 4, 7, modalities=["pain", "touch"], families=2, random_state=0)
    assert samples.features.shape == (3 * 2 * 4 * 3, 7)
    assert samples.class_names == ("baseline", "pain", "touch")
    assert samples.condition[:4].tolist() == ["baseline", "pain", "touch", "baseline"]
    assert samples.modality.tolist() == samples.condition.tolist()
    counts = {}
    for key in zip(samples.subject, samples.run, samples.target, strict=True):
        counts[key] = counts.get(key, 0) + 1
    assert len(counts) == 3 * 2 * 3
    assert set(counts.values()) == {4}
    pairs = set(zip(samples.subject.tolist(), samples.family.tolist(), strict=True))
    assert pairs == {("sub-001", "family-1"), ("sub-002", "family-2"), ("sub-003", "family-1")}
    assert np.isnan(samples.salience[samples.condition == "baseline"]).all()
    assert samples.n_averaged.tolist() == [1] * len(samples)


def test_without_noise_only_the_formula_is_left():
    samples, truth = simulate_with_truth(
        n_subjects=1, n_runs=1, n_trials=2, n_features=50, noise=0, pattern=0.7, amplitude=0.3,
        gain=1.5, profile=0.4, modalities=["pain", "sound"], shared=0.5, random_state=1,
    )  # fmt: skip
    for row, name in zip(samples.features, samples.condition, strict=True):
        s = float(name != "baseline")
        added = truth.maps[name] + 0.3 if s else 0
        np.testing.assert_allclose(row, (1 + 0.5 * s) * truth.profile + s * added, atol=1e-12)
    assert truth.profile.mean() == pytest.approx(1)
    assert truth.profile.std() == pytest.approx(0.4)
    assert truth.maps["pain"].mean() == pytest.approx(0)
    assert np.corrcoef(truth.maps["pain"], truth.maps["sound"])[0, 1] == pytest.approx(0.5, abs=0.3)


def test_the_same_seed_plants_the_same():
    one = simulate_samples(2, 2, 2, 5, random_state=3)
    other = simulate_samples(2, 2, 2, 5, random_state=np.random.default_rng(3))
    third = simulate_samples(2, 2, 2, 5, random_state=4)
    np.testing.assert_array_equal(one.features, other.features)
    assert (one.features != third.features).all()
    # What is planted does not shift the noise.
    loud = simulate_samples(2, 2, 2, 5, amplitude=2, random_state=3)
    shift = (loud.features - one.features)[one.target == 1]
    np.testing.assert_allclose(shift, 2)
    np.testing.assert_array_equal(loud.features[one.target == 0], one.features[one.target == 0])


def test_ratings_scale_the_signal():
    samples, truth = simulate_with_truth(
        n_subjects=1, n_runs=1, n_trials=40, n_features=20, noise=0, kind="rating", random_state=0
    )
    assert samples.class_names == ()
    np.testing.assert_allclose(samples.target, 100 * truth.strength)
    np.testing.assert_allclose(samples.features, 1 + np.outer(truth.strength, truth.maps["pain"]))


def test_averages_have_less_noise():
    samples = simulate_samples(1, 1, 500, 100, pattern=0, averaged=9, noise=3, random_state=0)
    assert samples.features.std() == pytest.approx(1, abs=0.01)
    assert samples.n_averaged.tolist() == [9] * len(samples)


def test_spreads_are_shared_by_families_and_subjects():
    given = {"n_runs": 1, "n_trials": 1, "noise": 0, "pattern": 0, "families": 2, "random_state": 0}
    family = simulate_samples(4, family_spread=1, **given)
    rows = {s: family.features[family.subject == s][0] for s in np.unique(family.subject)}
    np.testing.assert_array_equal(rows["sub-001"], rows["sub-003"])
    assert (rows["sub-001"] != rows["sub-002"]).all()
    subject = simulate_samples(4, subject_spread=1, **given)
    assert len(np.unique(subject.features, axis=0)) == 4


def test_a_grid_holds_smooth_maps():
    samples, truth = simulate_with_truth(
        n_subjects=1, n_runs=1, n_trials=1, grid=[8, 9, 10], random_state=0
    )
    assert samples.grid.mask.shape == (8, 9, 10)
    assert samples.features.shape[1] == 720
    np.testing.assert_allclose(samples.grid.affine @ [3.5, 4, 4.5, 1], [0, 0, 0, 1])
    box = truth.maps["pain"].reshape(8, 9, 10)
    assert np.corrcoef(box[1:].ravel(), box[:-1].ravel())[0, 1] > 0.5
    assert box.std() == pytest.approx(0.5)


def test_salience_by_modality():
    samples = simulate_samples(
        2, 2, 100, 2, modalities=["pain", "sound"], salience={"pain": 7, "sound": 3}, random_state=0
    )
    for name, mean in (("pain", 7), ("sound", 3)):
        assert samples.salience[samples.modality == name].mean() == pytest.approx(mean, abs=0.2)


def normalized(features):
    centered = features - features.mean(axis=1, keepdims=True)
    return centered / centered.std(axis=1, keepdims=True)


def accuracy(features, target):
    """Leave one trial out by the hat matrix of ridge regression with an intercept."""
    n = len(target)
    coded = np.where(target == 1, 1.0, -1.0)
    center = np.eye(n) - 1 / n
    kernel = center @ features @ features.T @ center
    hat = kernel @ np.linalg.inv(kernel + np.eye(n)) + 1 / n
    left_out = (hat @ coded - np.diag(hat) * coded) / (1 - np.diag(hat))
    return np.mean(np.sign(left_out) == coded)


@pytest.mark.parametrize(
    ("planted", "before", "after"),
    [
        ({"pattern": 0, "amplitude": 0.5}, 0.84, 0.50),
        ({"pattern": 0, "gain": 1.5, "profile": 0.5}, 0.89, 0.62),
        ({"pattern": 0, "gain": 1.5, "profile": 1.0}, 0.97, 0.81),
        ({"pattern": 0.5}, 0.84, 0.86),
    ],
)
def test_normalization_lowers_but_does_not_remove_amplitude(planted, before, after):
    """science.md 3.2, over 12 people of 90 trials: standard error of about .015."""
    scores = []
    samples = simulate_samples(12, 5, 9, random_state=7, **planted)
    for name in np.unique(samples.subject):
        one = samples.take(samples.subject == name)
        pair = accuracy(one.features, one.target), accuracy(normalized(one.features), one.target)
        scores.append(pair)
    np.testing.assert_allclose(np.mean(scores, axis=0), [before, after], atol=0.05)


@pytest.mark.parametrize(
    "changed",
    [
        {"n_subjects": 0},
        {"n_trials": 1.5},
        {"families": 0},
        {"noise": -1},
        {"pattern": float("nan")},
        {"shared": 2},
        {"gain": "1"},
        {"kind": "class"},
        {"modalities": "pain"},
        {"modalities": []},
        {"modalities": ["pain", "pain"]},
        {"modalities": ["baseline"]},
        {"salience": {"sound": 3}},
        {"grid": [3, 3]},
        {"grid": [3, 3, 0]},
    ],
)
def test_each_fault_names_its_argument(changed):
    with pytest.raises(InputError, match=next(iter(changed))):
        simulate_samples(**changed)
