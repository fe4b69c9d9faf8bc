"""Scores, intervals, inflation, labelling and maps of a study, against what is known of them."""

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import t as student
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.linear_model import Ridge, RidgeClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from dolorimeter.audit import Prediction, Signature
from dolorimeter.decoding import cross_validate, labelling_accuracy
from dolorimeter.samples import simulate_samples
from dolorimeter.studies.decoding import DecodingStudy
from dolorimeter.studies.decoding.crossfit import crossfit
from dolorimeter.studies.decoding.inflation import paired_difference
from dolorimeter.studies.decoding.labelling import labelling_block
from dolorimeter.studies.decoding.maps import make_maps
from dolorimeter.studies.decoding.plan import make_plan
from dolorimeter.studies.decoding.scores import clusters, influence, score_block, squared_errors
from dolorimeter.studies.streams import stream

LORO = "leave-one-run-out"


@pytest.fixture(scope="module")
def trials():
    return simulate_samples(6, 3, 4, 40, pattern=1.0, subject_spread=0.5, random_state=0)


@pytest.fixture(scope="module")
def ratings():
    return simulate_samples(
        6, 3, 6, 20, pattern=2.0, kind="rating", subject_spread=0.5, random_state=0
    )


def found_of(study, samples, **options):
    plan = make_plan(study, samples, 0)
    return plan, crossfit(plan, **options)


def test_crossfit_is_cross_validate_of_each_subject(trials):
    plan, found = found_of(DecodingStudy(Signature(scheme=LORO), permutations=20), trials)
    scores, null = [], []
    for name in np.unique(trials.subject):
        own = np.flatnonzero(trials.subject == name)
        x = trials.features[own]
        x = (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, keepdims=True)
        by_hand = cross_validate(
            x, trials.target[own].astype(int), LORO, trials.run[own], permutations=20,
            random_state=stream(0, "relabelling", str(name)), blocks=trials.run[own],
        )  # fmt: skip
        assert np.array_equal(found.predictions[own], by_hand.predictions)
        np.testing.assert_allclose(found.decisions[own], by_hand.decisions)
        scores.append(by_hand.score)
        null.append(by_hand.null)
    assert found.score == pytest.approx(np.mean(scores))
    np.testing.assert_allclose(found.null, np.mean(null, axis=0))
    assert found.p == (1 + np.sum(found.null >= found.score - 1e-10)) / 21
    train, test = found.folds()[0]
    assert set(trials.subject[train]) == set(trials.subject[test]) == {"sub-001"}
    assert plan.groups is not None


def test_steps_inside_equal_a_pipeline_refitted_in_each_fold(trials):
    study = DecodingStudy(Prediction(), inside=({"scale": True}, {"select": 10}), permutations=0)
    _, found = found_of(study, trials)
    for name in np.unique(trials.subject):
        test = trials.subject == name
        model = make_pipeline(StandardScaler(), SelectKBest(f_classif, k=10), RidgeClassifier())
        model.fit(trials.features[~test], trials.target[~test])
        expected = model.decision_function(trials.features[test])
        np.testing.assert_allclose(found.decisions[test], expected)


def test_the_best_penalty_on_test_scores_is_the_best(trials):
    tune = (1.0, 1e2, 1e4)
    study = DecodingStudy(Prediction(), tune=tune, tune_on="test", permutations=0)
    _, found = found_of(study, trials)
    scores = [
        found_of(DecodingStudy(Prediction(), regularization=a, permutations=0), trials)[1].score
        for a in tune
    ]
    assert found.score == max(scores)
    assert found.regularization == tune[int(np.argmax(scores))]


def test_two_runs_say_the_same(trials):
    study = DecodingStudy(
        Prediction(population="v"), inside=({"select": 10},), permutations=9, pain=True
    )
    said = []
    for _ in range(2):
        content = study.run(trials, random_state=3).to_dict()
        content.pop("created")
        said.append(json.dumps(content))
    assert said[0] == said[1]
    other = study.run(trials, random_state=4).to_dict()
    assert other["accuracy"]["value"] == content["accuracy"]["value"]  # the folds know no seed
    assert other["design"]["fold_fingerprint"] == content["design"]["fold_fingerprint"]
    assert other["accuracy"]["null_mean"] != content["accuracy"]["null_mean"]


def test_the_fingerprint_knows_every_fold(trials):
    study = DecodingStudy(Signature(scheme=LORO), permutations=0)
    prints = set()
    for subject in (None, "sub-001", "sub-006"):
        run = trials.run.copy()
        own = np.flatnonzero(trials.subject == subject)
        run[own] = np.roll(run[own], 1)
        content = study.run(replace(trials, run=run), random_state=0).content
        prints.add(content["design"]["fold_fingerprint"])
    assert len(prints) == 3


def test_clusters_are_families_then_subjects_then_runs(trials):
    assert len(np.unique(clusters(trials))) == 6
    pairs = replace(trials, family=np.char.add("f", (trials.subject > "sub-003").astype(str)))
    assert len(np.unique(clusters(pairs))) == 2
    one = trials.take(trials.subject == "sub-001")
    assert len(np.unique(clusters(one))) == 3
    assert clusters(replace(one, run=np.full(len(one), ""))) is None


@pytest.mark.parametrize("within", ["", "subject"])
@pytest.mark.parametrize("kind", ["classes", "rating"])
def test_influence_adds_up_to_zero_and_meets_the_jackknife(trials, ratings, within, kind):
    """The score without one cluster moves by -influence / (1 - 1/n), to first order."""
    samples = ratings if kind == "rating" else trials
    scheme = LORO if within else "leave-one-subject-out"
    estimator = "ridge" if kind == "rating" else "lda"
    study = DecodingStudy(Prediction(within=within, scheme=scheme), estimator, permutations=0)
    plan, found = found_of(study, samples)
    shares = influence(plan, found)
    assert shares.sum() == pytest.approx(0, abs=1e-12)
    owners = clusters(samples)
    n = owners.max() + 1
    right = (found.predictions == plan.labels).astype(float)

    def without(k):
        kept = owners != k
        if within:
            return np.mean([p.score for _, rows, p in found.parts if owners[rows[0]] != k])
        if kind == "classes":
            return right[kept].mean()
        errors, baseline = squared_errors(plan, found)
        return 1 - errors[kept].sum() / baseline[kept].sum()

    jackknife = np.array([without(k) for k in range(n)])
    first_order = found.score - np.bincount(owners, shares) * n / (n - 1)
    np.testing.assert_allclose(jackknife, first_order, atol=0.05 if kind == "rating" else 1e-9)


def test_interval_of_r2_is_that_of_the_jackknife(ratings):
    plan, found = found_of(DecodingStudy(Prediction(), "ridge", permutations=0), ratings)
    low, high = score_block(plan, found)["ci95"]
    errors, baseline = squared_errors(plan, found)
    owners, n = clusters(ratings), 6
    left = np.array([1 - errors[owners != k].sum() / baseline[owners != k].sum() for k in range(n)])
    error = np.sqrt((n - 1) / n * np.sum((left - left.mean()) ** 2))
    assert (low + high) / 2 == pytest.approx(found.score)
    assert (high - low) / 2 == pytest.approx(student.ppf(0.975, n - 1) * error, rel=0.04)


def test_r2_is_against_the_mean_of_each_training_fold(ratings):
    plan, found = found_of(DecodingStudy(Prediction(), "ridge", permutations=0), ratings)
    errors = baseline = 0.0
    for name in np.unique(ratings.subject):
        test = ratings.subject == name
        model = Ridge(alpha=1.0).fit(ratings.features[~test], ratings.target[~test])
        y = ratings.target[test]
        errors += np.sum((y - model.predict(ratings.features[test])) ** 2)
        baseline += np.sum((y - ratings.target[~test].mean()) ** 2)
    assert score_block(plan, found)["value"] == pytest.approx(1 - errors / baseline)


def test_intervals_hold_the_truth_where_people_differ():
    """Over people whose own accuracy is drawn around .7, the interval holds .7."""
    rng, held = np.random.default_rng(0), 0
    template = simulate_samples(10, 1, 10, 3, random_state=0)
    plan, found = found_of(DecodingStudy(Prediction(), permutations=0), template)
    for _ in range(200):
        own = np.clip(rng.normal(0.7, 0.1, 10), 0, 1)
        right = rng.random((10, 20)) < own[:, None]
        guess = np.where(right.ravel(), plan.labels, 1 - plan.labels)
        drawn = replace(found, predictions=guess, score=right.mean())
        low, high = score_block(plan, drawn)["ci95"]
        held += low <= 0.7 <= high
    assert 180 <= held <= 200


def test_paired_difference_against_a_bootstrap_of_people():
    samples = simulate_samples(30, 2, 4, 40, pattern=0.7, amplitude=0.4, random_state=1)
    plan = make_plan(DecodingStudy(Prediction(), permutations=0), samples, 0)
    a = crossfit(plan)
    b = crossfit(plan, samples.features[:, :10])
    difference, error, ci95 = paired_difference(plan, a, b)
    assert difference == a.score - b.score
    people = np.unique(samples.subject, return_inverse=True)[1]
    off = (a.predictions == plan.labels).astype(float) - (b.predictions == plan.labels)
    means = np.bincount(people, off) / np.bincount(people)
    rng = np.random.default_rng(0)
    drawn = means[rng.integers(0, 30, (4000, 30))].mean(axis=1)
    assert error == pytest.approx(drawn.std() * np.sqrt(30 / 29), rel=0.05)
    assert error == pytest.approx(means.std(ddof=1) / np.sqrt(30))  # people of equal size
    assert ci95[0] < difference < ci95[1]
    assert paired_difference(plan, a, a)[:2] == (0.0, 0.0)


def test_labelling_follows_its_closed_form():
    samples = simulate_samples(8, 2, 20, 200, pattern=0.25, random_state=0)
    plan, found = found_of(DecodingStudy(Prediction(), permutations=0), samples)
    block = labelling_block(plan, found)
    assert block["grouped_by"] == "condition"
    single, *rest = block["curve"]
    assert single["m"] == 1
    assert single["accuracy"] == pytest.approx(found.score)
    for point in rest:
        expected = labelling_accuracy(single["accuracy"], point["m"])
        assert point["accuracy"] == pytest.approx(expected, abs=0.06)
    assert rest[-1]["accuracy"] > single["accuracy"] + 0.1


def test_labelling_stays_within_the_runs_that_are_left_out(trials):
    _, sizes = (4, [1, 2, 4])  # four trials of a condition in a run, twelve in a person
    plan, found = found_of(DecodingStudy(Signature(scheme=LORO), permutations=0), trials)
    assert [p["m"] for p in labelling_block(plan, found)["curve"]] == sizes
    plan, found = found_of(DecodingStudy(Prediction(), permutations=0), trials)
    assert [p["m"] for p in labelling_block(plan, found)["curve"]] == [1, 2, 4, 8]


def test_a_trait_has_no_forced_choice(trials):
    codes = (trials.subject > "sub-003").astype(float)
    traits = replace(trials, target=codes, condition=np.full(len(trials), ""))
    result = DecodingStudy(Prediction(), permutations=9).run(traits, random_state=0)
    assert result.labelling["forced_choice"] is None
    assert result.labelling["grouped_by"] == "class"


@pytest.mark.parametrize("inside", [(), ({"scale": True},), ({"scale": True}, {"select": 9})])
def test_weights_are_those_of_scikit_learn(trials, inside):
    study = DecodingStudy(Prediction(), inside=inside, permutations=0)
    plan = make_plan(study, trials, 0)
    weights = make_maps(plan, None, None).values["weights"]
    x, y = trials.features, trials.target
    scale, kept = np.ones(40), np.ones(40, bool)
    if inside:
        scale = StandardScaler().fit(x).scale_
        x = StandardScaler().fit_transform(x)
    if len(inside) == 2:
        kept = SelectKBest(f_classif, k=9).fit(x, y).get_support()
    expected = np.zeros(40)
    expected[kept] = RidgeClassifier().fit(x[:, kept], y).coef_.ravel()
    np.testing.assert_allclose(weights * scale, expected, rtol=1e-6, atol=1e-9)
    top = make_maps(plan, None, None).top()
    assert len(top) == 20
    assert abs(top[0]["weight"]) == pytest.approx(np.abs(weights).max())


def test_weights_are_averaged_over_subjects(trials):
    plan = make_plan(DecodingStudy(Signature(scheme=LORO), permutations=0), trials, 0)
    weights = make_maps(plan, None, None).values["weights"]
    own = [
        RidgeClassifier().fit(plan.features[rows], plan.labels[rows]).coef_.ravel()
        for _, rows in plan.parts
    ]
    np.testing.assert_allclose(weights, np.mean(own, axis=0), atol=1e-9)


def test_one_feature_can_predict(trials):
    one = replace(trials, features=trials.features[:, :1], feature_names=("nps",))
    content = DecodingStudy(Prediction(), permutations=9, pain=True).run(one, 0).content
    assert content["comparators"]["other_normalization"] is None
    assert content["comparators"]["residual_amplitude"] is None
    bulk = content["comparators"]["bulk_amplitude"]["value"]
    assert content["accuracy"]["value"] == pytest.approx(bulk)
