"""What a study trains, tests and exchanges: each choice on samples where it is plain."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge

from dolorimeter.audit import Prediction, Signature
from dolorimeter.core import InputError, Samples
from dolorimeter.samples import simulate_samples
from dolorimeter.studies.decoding import DecodingStudy
from dolorimeter.studies.decoding.plan import make_exchange, make_plan, normalized

N = 24


def samples_of(target, subject, **known):
    rng = np.random.default_rng(0)
    names = known.pop("class_names", ("a", "b"))
    return Samples.of(rng.standard_normal((len(target), 5)), target, subject, class_names=names,
                      **known)  # fmt: skip


@pytest.fixture
def trials():
    return simulate_samples(4, 3, 2, 6, random_state=0)


SUBJECT = np.repeat(list("ABCDEF"), 4)
ALTERNATING = np.tile([0, 1], 12)
TRAIT = np.repeat([0, 1, 0, 1, 0, 1], 4)


def test_trials_are_exchanged_within_run_and_subject():
    run = np.tile([1, 1, 2, 2], 6)
    found = make_exchange(samples_of(ALTERNATING, SUBJECT, run=run))
    assert (found.how, found.words, found.exchangeable) == (
        "within", "trials within run and subject", True,
    )  # fmt: skip
    assert len(np.unique(found.blocks)) == 12


def test_runs_of_the_same_name_in_two_subjects_are_two_blocks():
    names = {"A1": ("A", "11"), "A11": ("A1", "1")}  # joined without a mark these would be one
    subject = np.repeat([names["A1"][0], names["A11"][0]], 4)
    run = np.repeat([names["A1"][1], names["A11"][1]], 4)
    found = make_exchange(
        samples_of(np.tile([0, 1], 4), subject, run=np.where(run == "1", "1", run))
    )
    assert len(np.unique(found.blocks)) == 2


def test_one_run_or_none_leaves_trials_within_subject():
    for run in (np.full(N, "1"), np.full(N, "")):
        found = make_exchange(samples_of(ALTERNATING, SUBJECT, run=run))
        assert (found.words, found.exchangeable) == ("trials within subject", True)
        assert len(np.unique(found.blocks)) == 6


def test_runs_that_hold_one_target_each_cannot_be_exchanged():
    target, run = np.tile([0, 0, 1, 1], 6), np.tile([1, 1, 2, 2], 6)
    found = make_exchange(samples_of(target, SUBJECT, run=run))
    assert not found.exchangeable
    assert found.how == "within"


def test_a_trait_is_exchanged_between_whole_subjects_or_families():
    found = make_exchange(samples_of(TRAIT, SUBJECT))
    assert (found.how, found.words) == ("whole", "whole subjects")
    family = np.repeat(["f", "f", "g", "g", "h", "h"], 4)
    found = make_exchange(samples_of(TRAIT, SUBJECT, family=family))
    assert (found.how, found.words) == ("whole", "whole families")
    assert set(found.blocks) == {"f", "g", "h"}


def test_families_of_one_are_no_families():
    found = make_exchange(samples_of(TRAIT, SUBJECT, family=SUBJECT))
    assert found.words == "whole subjects"


def test_whole_people_of_several_sites_are_not_exchangeable():
    """With sites that move features and trait alike 22 % of 60 nulls fell below 0.05."""
    site = np.where(np.arange(N) < 12, "x", "y")
    for known in ({}, {"family": np.repeat(["f", "f", "g", "g", "h", "h"], 4)}):
        found = make_exchange(samples_of(TRAIT, SUBJECT, site=site, **known))
        assert (found.how, found.exchangeable) == ("whole", False)
        assert found.words.endswith("across sites")
        one = make_exchange(samples_of(TRAIT, SUBJECT, site=np.full(N, "x"), **known))
        assert one.exchangeable


def test_one_sample_each_is_exchanged_within_site_or_among_all():
    number = np.arange(N, dtype=float)
    site = np.where(np.arange(N) < 10, "x", "y")
    found = make_exchange(samples_of(number, np.arange(N), site=site, class_names=()))
    assert (found.how, found.words) == ("within", "subjects within site")
    assert (found.blocks == site).all()
    found = make_exchange(samples_of(number, np.arange(N), class_names=()))
    assert len(np.unique(found.blocks)) == 1


def test_within_subjects_each_is_a_part(trials):
    plan = make_plan(DecodingStudy(Signature()), trials, 0)
    assert [name for name, _ in plan.parts] == np.unique(trials.subject).tolist()
    assert np.array_equal(np.sort(np.concatenate([r for _, r in plan.parts])), np.arange(48))
    for name, rows in plan.parts:
        assert set(trials.subject[rows]) == {name}
    whole = make_plan(DecodingStudy(Signature(scheme="leave-one-subject-out")), trials, 0)
    assert [name for name, _ in whole.parts] == ["everybody"]


def test_classes_that_are_left_are_coded_anew():
    samples = simulate_samples(4, 2, 2, 6, modalities=("touch", "pain"), random_state=0)
    plan = make_plan(DecodingStudy(Signature(), modalities=("touch",)), samples, 0)
    assert plan.class_names == ("baseline", "pain")
    assert np.array_equal(plan.labels, (samples.modality[plan.rows] == "pain").astype(int))
    assert len(plan.everything) == len(samples)


def test_normalization_over_time_is_by_subject_and_run(trials):
    features = normalized("time", trials)
    for subject in np.unique(trials.subject):
        for run in np.unique(trials.run):
            own = features[(trials.subject == subject) & (trials.run == run)]
            np.testing.assert_allclose(own.mean(axis=0), 0, atol=1e-12)
            np.testing.assert_allclose(own.std(axis=0), 1)
    flat = replace(trials, features=np.ones_like(trials.features))
    assert (normalized("time", flat) == 0).all()
    assert normalized("none", trials) is trials.features


def test_normalization_of_a_sample_uses_no_other(trials):
    changed = trials.features.copy()
    changed[1:] = 7 * changed[1:] + np.arange(6)
    first = normalized("sample", replace(trials, features=changed))[0]
    x = trials.features[0]
    np.testing.assert_allclose(first, (x - x.mean()) / x.std())


def test_steps_outside_see_every_sample_and_take_places_away():
    samples = simulate_samples(4, 2, 3, grid=(2, 2, 2), random_state=0)
    scaled = make_plan(DecodingStudy(Prediction(), outside=({"scale": True},)), samples, 0)
    np.testing.assert_allclose(scaled.features.mean(axis=0), 0, atol=1e-12)
    assert scaled.everything.grid is not None
    parts = make_plan(DecodingStudy(Prediction(), outside=({"components": 8},)), samples, 0)
    assert parts.everything.grid is None  # as many components as voxels are still no voxels
    assert parts.everything.feature_names[0] == "feature 0"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"objective": Signature(), "modalities": ("sound",)}, "unknown modality 'sound'"),
        ({"objective": Prediction(scheme="leave-one-group-out"), "group": "site"}, "site: not kno"),
        ({"objective": Prediction(), "estimator": "ridge"}, "'ridge' with a target of classes"),
        ({"objective": Prediction(), "estimator": Ridge()}, "Ridge with a target of classes"),
        ({"objective": Prediction(), "inside": ({"select": 7},)}, "at most 6"),
        ({"objective": Prediction(), "outside": ({"components": 7},)}, "at most 6"),
        (
            {
                "objective": Prediction(),
                "inside": ({"components": 3}, {"scale": True}, {"select": 5}),
            },
            "step select: 5; expected at most 3, the features left by components: 3",
        ),
        (
            {
                "objective": Prediction(),
                "outside": ({"select": 2},),
                "inside": ({"components": 3},),
            },
            "at most 2, the features left by select: 2",
        ),
        ({"objective": Prediction(), "inside": ({"scale": 3},)}, "expected true"),
    ],
)
def test_what_samples_cannot_carry_is_one_line(trials, options, said):
    with pytest.raises(InputError, match=said) as caught:
        DecodingStudy(**options).run(trials, random_state=0)
    assert "\n" not in str(caught.value)


def test_numbers_want_a_regression():
    samples = simulate_samples(4, 2, 3, 6, kind="rating", random_state=0)
    for estimator, said in (("lda", "'lda'"), (LogisticRegression(), "LogisticRegression")):
        with pytest.raises(InputError, match=f"{said} with a target that is a number"):
            make_plan(DecodingStudy(Prediction(), estimator=estimator), samples, 0)


def test_subjects_decoded_alone_need_every_class():
    samples = simulate_samples(3, 2, 3, 6, modalities=("pain", "touch"), random_state=0)
    lacking = samples.take((samples.subject != "sub-001") | (samples.modality != "touch"))
    with pytest.raises(InputError, match=r"sub-001.*2 of 3 classes"):
        make_plan(DecodingStudy(Signature()), lacking, 0)
    one = samples.take((samples.subject != "sub-001") | (np.arange(len(samples)) == 0))
    with pytest.raises(InputError, match="'sub-001' with 1 samples"):
        make_plan(DecodingStudy(Signature()), one, 0)
    alike = samples.take(samples.modality == "pain")
    with pytest.raises(InputError, match="one class only, 'pain'"):
        make_plan(DecodingStudy(Prediction()), alike, 0)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("estimator", "svm"), ("estimator", 5), ("permutations", -1), ("permutations", True),
        ("test_average", 0), ("regularization", 0), ("regularization", "x"), ("group", "family"),
        ("tune", ("x",)), ("searchlight", -1.0), ("base_rate", 1.0), ("base_rate", "x"),
        ("sizes", (0,)), ("unrelated", "no"), ("pain", 1), ("title", 3), ("signal", None),
        ("grouped_by", "class"), ("null", "none"), ("tune_on", "all"), ("objective", "prediction"),
    ],
)  # fmt: skip
def test_studies_that_cannot_be_are_refused(name, value):
    with pytest.raises(InputError) as caught:
        DecodingStudy(**{"objective": Prediction(), name: value})
    assert caught.value.where == name


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"inside": ({"scale": True},)}, "inside"), ({"priors": "equal"}, "priors"),
        ({"estimator": LogisticRegression()}, "an estimator of scikit-learn"),
        ({"objective": Prediction(scheme="leave-one-pair-out")}, "leave-one-pair-out"),
    ],
)  # fmt: skip
def test_a_searchlight_that_would_not_do_what_the_study_does_is_refused(options, said):
    with pytest.raises(InputError, match=f"searchlight: together with {said}") as caught:
        DecodingStudy(**{"objective": Prediction(), "searchlight": 6.0} | options)
    assert "\n" not in str(caught.value)


def test_penalties_are_not_ignored_beside_an_estimator():
    with pytest.raises(InputError, match="tune"):
        DecodingStudy(Prediction(), estimator=LogisticRegression(), tune=(1.0, 2.0))
