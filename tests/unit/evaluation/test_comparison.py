"""Paired comparison: closed forms, refusals, and its level on clustered models of equal skill."""

import json
from dataclasses import replace

import numpy as np
import pytest

from dolorimeter.core import InputError
from dolorimeter.evaluation import vus
from dolorimeter.evaluation.comparison import compare, compare_to_chance
from dolorimeter.evaluation.evaluate import evaluate
from dolorimeter.evaluation.predictions import Predictions

NAMES = ("low", "medium", "high")


def cohort(rng, n_patients=40, mean_windows=10):
    """Labels that lean by patient, as many a patient as chance has it."""
    leaning = rng.dirichlet([1.5, 0.9, 0.6], n_patients)
    patient = np.repeat(np.arange(n_patients), 1 + rng.poisson(mean_windows, n_patients))
    labels = (rng.random(len(patient))[:, None] > leaning[patient].cumsum(axis=1)).sum(axis=1)
    fold = rng.permutation(np.arange(n_patients) % 5)[patient]
    return patient, np.minimum(labels, 2), fold


def model(rng, patient, labels, fold, skill):
    """A model whose errors resemble each other within a patient."""
    shared = rng.normal(size=(patient.max() + 1, 3))[patient]
    powers = np.exp(skill * np.eye(3)[labels] + shared + 0.5 * rng.normal(size=(len(labels), 3)))
    rows = powers / powers.sum(axis=1, keepdims=True)
    return Predictions(rows, labels, fold, patient, np.arange(len(labels)), NAMES, "print")


@pytest.fixture
def pair():
    rng = np.random.default_rng(2)
    data = cohort(rng)
    return model(rng, *data, 1.5), model(rng, *data, 0.3)


def test_difference_is_that_of_the_evaluations(pair):
    a, b = (evaluate(p, 10, 0).metrics for p in pair)
    for metric in ("vus", "accuracy", "recall", "f1_of_means"):
        got = compare(*pair, metric, n_bootstrap=200, random_state=0)
        assert got.difference == pytest.approx(a[metric].mean - b[metric].mean, abs=1e-12)


def test_error_against_chance_is_the_clustered_one_with_cross_fitting(pair):
    a = pair[0]
    volume = vus(a.probabilities, a.labels, groups=a.patient, folds=a.fold)
    got = compare_to_chance(a, n_bootstrap=20_000, random_state=0)
    assert got.b == "chance"
    assert got.difference == pytest.approx(volume.value - 1 / 6, abs=1e-12)
    assert got.se == pytest.approx(np.sqrt(1.5) * volume.se, rel=1e-9)
    assert np.diff(got.ci95) == pytest.approx(2 * 1.96 * got.se, rel=0.05)
    assert -1 / 6 < got.ci95[0] < got.difference < got.ci95[1] < 5 / 6


def test_constant_model_stands_for_chance(pair):
    a = pair[0]
    constant = replace(a, probabilities=np.tile([0.5, 0.3, 0.2], (len(a.labels), 1)))
    paired = compare(a, constant, n_bootstrap=500, random_state=0)
    alone = compare_to_chance(a, n_bootstrap=500, random_state=0)
    assert paired.difference == pytest.approx(alone.difference, abs=1e-12)
    assert paired.se == pytest.approx(alone.se, rel=1e-9)
    assert paired.p == pytest.approx(alone.p, abs=0.05)


def test_perfect_and_hopeless_models_against_chance(pair):
    a = pair[0]
    perfect = compare_to_chance(replace(a, probabilities=np.eye(3)[a.labels]), 100, 0)
    assert (perfect.difference, perfect.se, perfect.p) == (pytest.approx(5 / 6), 0.0, 1 / 101)
    wrong = compare_to_chance(replace(a, probabilities=np.eye(3)[(a.labels + 1) % 3]), 100, 0)
    assert (wrong.difference, wrong.se, wrong.p) == (pytest.approx(-1 / 6), 0.0, 1.0)


def test_error_of_a_fold_for_each_patient_is_that_of_a_paired_mean():
    """Leave-one-patient-out accuracy is a mean over patients: the paired t standard error."""
    rng = np.random.default_rng(3)
    patient, labels, _ = cohort(rng)
    a, b = (model(rng, patient, labels, patient, skill) for skill in (1.0, 0.8))
    right = [
        np.array([np.mean((p.predicted == p.labels)[patient == i]) for i in range(40)])
        for p in (a, b)
    ]
    got = compare(a, b, "accuracy", random_state=0)
    assert got.difference == pytest.approx(np.mean(right[0] - right[1]), abs=1e-12)
    assert got.se == pytest.approx(np.std(right[0] - right[1], ddof=1) / np.sqrt(40), rel=1e-9)


def test_p_agrees_with_the_interval_and_turns_with_the_models(pair):
    for metric in ("vus", "f1"):
        forth = compare(*pair, metric, 4000, 0)
        back = compare(*pair[::-1], metric, 4000, 0)
        assert forth.difference == -back.difference
        assert forth.p < 0.01 < 0.99 < back.p
        assert forth.ci95[0] > 0 > back.ci95[1]
    clear = compare(pair[0], pair[1], n_bootstrap=100, random_state=0)
    assert clear.p == 1 / 101


def test_a_model_is_no_better_than_itself(pair):
    for metric in ("vus", "recall"):
        got = compare(pair[0], pair[0], metric, 100, 0)
        assert (got.difference, got.se, got.p) == (0.0, 0.0, 1.0)


def test_order_of_rows_does_not_matter(pair):
    a, b = pair
    order = np.random.default_rng(0).permutation(len(a.labels))
    fields = ("probabilities", "labels", "fold", "patient", "window")
    turned = replace(b, **{name: getattr(b, name)[order] for name in fields})
    assert compare(a, turned, random_state=1) == compare(a, b, random_state=1)


@pytest.mark.parametrize("metric", ["vus", "accuracy", "recall", "f1"])
def test_rejects_as_often_as_it_says(metric):
    """Of 200 pairs of equal, clustered models 5 ± 3 % are called better, either way round."""
    rng = np.random.default_rng(11)
    p = []
    for _ in range(200):
        data = cohort(rng, n_patients=46)
        a, b = model(rng, *data, 0.7), model(rng, *data, 0.7)
        p.append(compare(a, b, metric, 400, rng).p)
    p = np.array(p)
    assert 0.02 <= np.mean(p <= 0.05) <= 0.08
    assert np.mean(p >= 0.95) <= 0.08
    assert np.mean(p) == pytest.approx(0.5, abs=0.07)


def test_chance_is_rejected_as_often_as_said():
    rng = np.random.default_rng(12)
    p = np.array(
        [
            compare_to_chance(model(rng, *cohort(rng, n_patients=46), 0.0), 400, rng).p
            for _ in range(200)
        ]
    )
    assert 0.02 <= np.mean(p <= 0.05) <= 0.08


def test_ignoring_patients_would_reject_too_often():
    """The same models with every window its own patient: what the clustering protects from."""
    rng = np.random.default_rng(13)
    p = []
    for _ in range(100):
        a = model(rng, *cohort(rng, n_patients=46), 0.0)
        p.append(compare_to_chance(replace(a, patient=a.window), 200, rng).p)
    assert np.mean(np.array(p) <= 0.05) > 0.1


def test_json_shape(pair):
    got = compare(*pair, n_bootstrap=50, random_state=0, names=("hmm", "nb"), question="Better?")
    content = got.to_dict()
    assert json.loads(json.dumps(content, allow_nan=False)) == content
    assert set(content) == {
        "a", "b", "metric", "question", "difference", "se", "ci95", "p", "p_holm",
    }  # fmt: skip
    assert (content["a"], content["b"], content["question"]) == ("hmm", "nb", "Better?")


def test_one_patient_cannot_tell(pair):
    alone = [replace(p, patient=np.zeros(len(p.labels), int)) for p in pair]
    for metric in ("vus", "accuracy"):
        content = compare(*alone, metric, 10, 0).to_dict()
        assert content["difference"] is not None
        assert (content["se"], content["ci95"], content["p"]) == (None, [None, None], None)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("fingerprint", lambda _: {"fingerprint": "other"}),
        ("class_names", lambda _: {"class_names": ("a", "b", "c")}),
        ("labels", lambda p: {"labels": (p.labels + 1) % 3}),
        ("window", lambda p: {"window": p.window + 1}),
        ("fold", lambda p: {"fold": (p.fold + 1) % 5}),
        ("patient", lambda p: {"patient": p.patient + 1}),
    ],
)
def test_refuses_models_that_were_tested_otherwise(pair, name, change):
    a, b = pair
    with pytest.raises(InputError) as error:
        compare(a, replace(b, **change(b)))
    assert error.value.where == name


def test_refuses_an_unknown_metric(pair):
    with pytest.raises(InputError, match="f1_of_means"):
        compare(*pair, "auc")
