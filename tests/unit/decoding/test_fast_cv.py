"""cross_validate and its kin: meaning of each field, refusals, regions, subjects."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.cluster import KMeans
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import Lasso, LogisticRegression, Ridge, RidgeClassifier, SGDClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from dolorimeter.core import InputError
from dolorimeter.decoding import (
    cross_validate,
    cross_validate_regions,
    group_cross_validate,
    relabelling_p,
)

N = 24
RUNS = np.repeat(["r1", "r2", "r3"], 8)
Y = np.tile(["pain", "touch"], 12)


@pytest.fixture
def noise():
    return np.random.default_rng(0).normal(size=(N, 40))


@pytest.fixture
def signal(noise):
    return noise + np.outer(Y == "pain", np.r_[np.ones(10), np.zeros(30)]) * 1.5


def test_fields_of_a_decoder(signal):
    found = cross_validate(signal, Y, permutations=99, random_state=0)
    assert found.labels.tolist() == ["pain", "touch"]
    assert found.scores.shape == (N,)
    assert found.decisions.shape == (N,)
    assert found.score == pytest.approx(np.mean(found.predictions == Y))
    np.testing.assert_array_equal(found.predictions == "touch", found.decisions > 0)
    assert found.null.shape == (99,)
    assert found.null_mean == pytest.approx(found.null.mean())
    assert found.p_value == pytest.approx(0.01)
    assert found.score > 0.9


def test_without_permutations_there_is_no_p_value(noise):
    found = cross_validate(noise, Y)
    assert found.p_value is None
    assert found.null_mean is None
    assert found.null.shape == (0,)


def test_labels_may_be_whole_floats_or_objects(signal):
    codes = (Y == "touch").astype(float)
    expected = cross_validate(signal, Y).scores
    np.testing.assert_array_equal(cross_validate(signal, codes).scores, expected)
    np.testing.assert_array_equal(cross_validate(signal, Y.astype(object)).scores, expected)


def test_order_of_samples_does_not_matter(noise):
    order = np.random.default_rng(1).permutation(N)
    found = cross_validate(noise, Y, "leave-one-run-out", RUNS)
    moved = cross_validate(noise[order], Y[order], "leave-one-run-out", RUNS[order])
    np.testing.assert_allclose(moved.decisions, found.decisions[order], atol=1e-12)


def test_exchange_is_within_groups_by_default(noise):
    """One run holds classes as 8:0 under no relabelling: only pairs within runs move."""
    y = np.tile([0, 1], 12)
    pairs = np.arange(N) // 2
    found = cross_validate(noise, y, "leave-one-pair-out", pairs, permutations=20, random_state=3)
    named = cross_validate(
        noise, y, "leave-one-pair-out", pairs, permutations=20, random_state=3, blocks=pairs
    )
    free = cross_validate(
        noise, y, "leave-one-pair-out", pairs, permutations=20, random_state=3, blocks=[0] * N
    )
    np.testing.assert_array_equal(found.null, named.null)
    assert not np.array_equal(found.null, free.null)


def test_pairs_score_every_pair(signal):
    found = cross_validate(signal[:, 5:25] * 0.4, Y, "leave-one-pair-out")
    assert found.scores.shape == (144,)
    assert set(found.scores) <= {0.0, 0.5, 1.0}
    assert found.score == pytest.approx(found.scores.mean())


def test_balanced_accuracy_weighs_classes_alike(noise):
    y = np.r_[np.zeros(18, int), np.ones(6, int)]
    found = cross_validate(noise, y, regularization=1e6, metric="balanced-accuracy")
    plain = cross_validate(noise, y, regularization=1e6)
    assert plain.score == pytest.approx(0.75)
    assert found.score == pytest.approx(0.5)


def test_r2_is_against_the_training_mean(noise):
    y = noise[:, 0] + 5.0
    assert cross_validate(noise, y, estimator="ridge", regularization=1e12).score == pytest.approx(
        0.0, abs=1e-6
    )
    assert cross_validate(noise[:, :3], y, estimator="ridge", regularization=1e-9).score > 0.999


def test_correlation_of_groups_is_the_mean_over_them(noise):
    rng = np.random.default_rng(2)
    lean = np.repeat([0.0, 50.0, -50.0], 8)
    y = noise[:, 0] + 0.3 * rng.normal(size=N)
    found = cross_validate(
        noise[:, :3], y + lean, "leave-one-subject-out", RUNS, "ridge", metric="correlation"
    )
    own = [np.corrcoef(found.predictions[t], (y + lean)[t])[0, 1] for _, t in found.folds]
    np.testing.assert_allclose(found.scores, own)
    assert found.score == pytest.approx(np.mean(own))


@pytest.mark.parametrize(
    "estimator",
    [
        make_pipeline(StandardScaler(), SelectKBest(k=5), LogisticRegression()),
        SVC(),
        SVC(kernel="linear", decision_function_shape="ovr"),
    ],
)
def test_any_classifier_on_the_same_folds(signal, estimator):
    found = cross_validate(
        signal, Y, "leave-one-run-out", RUNS, estimator, permutations=3, random_state=0
    )
    fast = cross_validate(signal, Y, "leave-one-run-out", RUNS)
    assert not found.exact
    assert found.scheme.fingerprint == fast.scheme.fingerprint
    expected = np.empty(N, Y.dtype)
    for train, test in found.folds:
        expected[test] = estimator.fit(signal[train], Y[train]).predict(signal[test])
    np.testing.assert_array_equal(found.predictions, expected)
    assert found.null.shape == (3,)


def test_pipelines_keep_selection_inside_the_folds():
    """Selection on all data finds signal in noise; inside the folds it does not."""
    y, runs = np.tile([0, 1], 20), np.arange(40) // 10
    inside, outside = [], []
    for seed in range(8):
        x = np.random.default_rng(seed).normal(size=(40, 1000))
        pipeline = make_pipeline(SelectKBest(k=10), RidgeClassifier())
        inside.append(cross_validate(x, y, "leave-one-run-out", runs, pipeline).score)
        chosen = SelectKBest(k=10).fit_transform(x, y)
        outside.append(cross_validate(chosen, y, "leave-one-run-out", runs).score)
    assert np.mean(outside) > 0.8
    assert 0.4 < np.mean(inside) < 0.6


def test_open_random_states_are_seeded(noise):
    def run(seed):
        return cross_validate(
            noise, Y, "leave-one-run-out", RUNS, SGDClassifier(), random_state=seed
        ).decisions

    np.testing.assert_array_equal(run(1), run(1))
    assert not np.array_equal(run(1), run(2))


def test_regressors_predict_numbers(noise):
    y = noise[:, 0] * 2.0
    found = cross_validate(noise, y, estimator=Lasso(alpha=0.1), permutations=2, random_state=0)
    assert found.metric == "r2"
    assert found.score > 0.5


class Deaf(RegressorMixin, BaseEstimator):
    """Predicts zero."""

    def fit(self, *_):
        return self

    def predict(self, x):
        return np.zeros(len(x))


def test_undefined_scores_are_nan_and_support_nothing(noise):
    y = np.arange(N, dtype=float)
    found = cross_validate(
        noise, y, estimator=Deaf(), metric="correlation", permutations=2, random_state=0
    )
    assert np.isnan(found.score)
    assert np.isnan(found.p_value)


BAD_X = np.where(np.arange(N * 40).reshape(N, 40) == 85, np.nan, 1.0)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"X": BAD_X}, ["X: 1 values not finite", "sample 2, feature 5"]),
        ({"X": BAD_X[:, 4:7]}, ["sample 2, feature 1"]),
        ({"X": BAD_X, "estimator": RidgeClassifier()}, ["sample 2, feature 5"]),
        ({"X": np.zeros((N - 1, 3))}, ["X: shape (23, 3)", "(24, n_features)"]),
        ({"X": np.zeros((N, 0))}, ["X: shape (24, 0)"]),
        ({"X": np.full((N, 2), "a")}, ["X: values of type"]),
        ({"y": np.zeros(N)}, ["one class only"]),
        ({"y": np.linspace(0, 1, N)}, ["as a class", 'estimator="ridge"']),
        ({"y": np.r_[np.nan, np.ones(N - 1)]}, ["nan as a class"]),
        ({"estimator": "ridge"}, ["y: ", "numbers to predict", 'estimator="lda"']),
        ({"estimator": "ridge", "y": np.ones(N)}, ["the same number everywhere"]),
        ({"estimator": "ridge", "y": np.r_[np.inf, np.ones(N - 1)]}, ["inf in sample 0"]),
        ({"estimator": "lad"}, ["estimator: 'lad'", "Did you mean 'lda'?"]),
        ({"estimator": KMeans()}, ["scikit-learn classifier or regressor"]),
        ({"estimator": RidgeClassifier}, ["scikit-learn classifier or regressor"]),
        ({"estimator": 3}, ["estimator: 3"]),
        ({"regularization": -1.0}, ["regularization: -1.0"]),
        ({"regularization": np.nan}, ["regularization: nan"]),
        ({"metric": "acuracy"}, ["Did you mean 'accuracy'?"]),
        ({"scheme": "leave-one-pair-out", "metric": "balanced-accuracy"}, ["metric"]),
        (
            {"scheme": "leave-one-pair-out", "regularization": 0.0, "X": np.eye(N)[:, :2]},
            ["0, too"],
        ),
        ({"priors": "flat"}, ["priors: 'flat'"]),
        ({"priors": [0.5, 0.6]}, ["priors", "sum to one"]),
        ({"priors": "equal", "estimator": SVC()}, ["priors: given"]),
        ({"priors": "equal", "regularization": 0.0}, ["regularization", "scatter within"]),
        ({"scheme": "leave-one-run-out"}, ["groups: none"]),
        ({"permutations": 5, "blocks": np.arange(N)}, ["every block holds one label only"]),
    ],
)
def test_refusals_are_one_clear_line(noise, changes, words):
    given = {"X": noise, "y": Y} | changes
    with pytest.raises(InputError) as caught:
        cross_validate(**given)
    assert "\n" not in str(caught.value)
    for word in words:
        assert word in str(caught.value)


def test_regions_are_decoders_of_their_own(signal):
    regions = np.repeat([7, -1, 3, 5], [10, 5, 15, 10])
    found = cross_validate_regions(signal, Y, regions, permutations=199, random_state=0)
    assert found.regions.tolist() == [3, 5, 7]
    assert found.null.shape == (199, 3)
    for i, region in enumerate(found.regions):
        alone = cross_validate(signal[:, regions == region], Y, permutations=199, random_state=0)
        assert found.score[i] == alone.score
        assert found.p_value[i] == alone.p_value
        np.testing.assert_array_equal(found.null[:, i], alone.null)
    largest = found.null.max(axis=1)
    np.testing.assert_allclose(found.p_max, [relabelling_p(s, largest) for s in found.score])
    assert (found.p_max >= found.p_value).all()
    assert found.p_max[2] == pytest.approx(0.005)
    assert found.p_max[0] > 0.05
    threads = cross_validate_regions(
        signal, Y, regions, permutations=199, random_state=0, n_threads=2
    )
    np.testing.assert_array_equal(threads.null, found.null)


@pytest.mark.parametrize("regions", [np.zeros(3, int), np.zeros(40), np.full(40, -1)])
def test_regions_are_checked(noise, regions):
    with pytest.raises(InputError, match="regions"):
        cross_validate_regions(noise, Y, regions)


def test_subjects_are_decoded_by_themselves(noise):
    """A code that differs between subjects is found within them, and would cancel across."""
    subjects = np.repeat(["s2", "s1"], 12)
    sign = np.where(subjects == "s1", 1.0, -1.0)
    x = noise + np.outer(np.where(Y == "pain", sign, -sign), np.ones(40))
    found = group_cross_validate(x, Y, subjects, permutations=99, random_state=0)
    assert found.subjects.tolist() == ["s1", "s2"]
    assert found.score == pytest.approx(found.scores.mean())
    assert found.score > 0.9
    assert found.p_value == pytest.approx(0.01)
    own = cross_validate(x[subjects == "s1"], Y[subjects == "s1"])
    np.testing.assert_array_equal(found.predictions[subjects == "s1"], own.predictions)
    assert found.within[0].score == own.score
    nulls = [subject.null for subject in found.within]
    np.testing.assert_allclose(found.null, np.mean(nulls, axis=0))
    assert abs(np.corrcoef(nulls)[0, 1]) < 0.4  # relabelled independently


def test_a_subject_that_cannot_train_is_named(noise):
    subjects = np.array(["s1"] * (N - 1) + ["lonely"])
    with pytest.raises(InputError, match="y of subject 'lonely': one class only"):
        group_cross_validate(noise, Y, subjects)
    with pytest.raises(InputError, match="subject 'lonely'"):
        group_cross_validate(noise, np.arange(N) * 1.0, subjects, estimator="ridge")
    with pytest.raises(InputError, match="subjects: shape"):
        group_cross_validate(noise, Y, subjects[:3])


def test_ridge_and_its_estimator_agree(noise):
    y = noise[:, 1] ** 2
    fast = cross_validate(noise, y, estimator="ridge", regularization=4.0)
    slow = cross_validate(noise, y, estimator=Ridge(alpha=4.0))
    np.testing.assert_allclose(fast.predictions, slow.predictions, atol=1e-12)
