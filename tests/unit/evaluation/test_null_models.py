"""Null models against brute force over assignments, explicit predictions, and closed forms."""

from itertools import permutations, product

import numpy as np
import pytest

from dolorimeter.core import InputError
from dolorimeter.evaluation import confusion_matrix, vus
from dolorimeter.evaluation.evaluate import evaluate
from dolorimeter.evaluation.folds import deal_units, unit_loads
from dolorimeter.evaluation.null_models import null_distribution, null_evaluation
from dolorimeter.evaluation.one_hot import credit_table, one_hot_credit
from dolorimeter.evaluation.predictions import Predictions

NAMES = ("low", "medium", "high")


@pytest.fixture
def cohort():
    """300 labelled windows of 40 sequences of 25 patients."""
    rng = np.random.default_rng(6)
    sequence = np.sort(rng.integers(0, 40, 300))
    labels = rng.choice(3, 300, p=[0.6, 0.28, 0.12])
    groups = np.concatenate([np.arange(25), rng.integers(0, 25, 15)])
    return labels, sequence, groups


def as_predictions(decided, labels, fold, patient):
    windows = np.arange(len(labels))
    return Predictions(np.eye(3)[decided], labels, fold, patient, windows, NAMES, "")


@pytest.mark.parametrize("n_classes", [2, 3, 4])
def test_credit_table_by_all_assignments(n_classes):
    table = dict(credit_table(n_classes))
    for predicted in product(range(n_classes), repeat=n_classes):
        hits = [
            sum(p == label for p, label in zip(predicted, order, strict=True))
            for order in permutations(range(n_classes))
        ]
        expected = (hits[0] == max(hits)) / hits.count(max(hits))
        assert table.get(predicted, 0.0) == pytest.approx(expected)


@pytest.mark.parametrize("rule", ["product", "sum", "distance"])
@pytest.mark.parametrize("n_classes", [2, 3, 4])
def test_one_hot_vus_is_the_vus_of_one_hot_scores(rule, n_classes):
    rng = np.random.default_rng(n_classes)
    labels, decided = rng.integers(0, n_classes, (2, 60))
    credit, triples = one_hot_credit(confusion_matrix(labels, decided, n_classes))
    expected = vus(np.eye(n_classes)[decided], labels, rule)
    assert credit == pytest.approx(expected.credit, rel=1e-12)
    assert triples == expected.triples


def test_expected_confusions_give_expected_credit():
    """Predictions of distinct examples are independent, so expectations multiply."""
    rng = np.random.default_rng(1)
    chance = np.array([0.5, 0.3, 0.2])
    sizes = np.array([4, 3, 2])
    drawn = rng.multinomial(np.tile(sizes, (40_000, 1)), chance)
    credit, _ = one_hot_credit(drawn)
    expected, triples = one_hot_credit(sizes[:, None] * chance)
    assert credit.mean() == pytest.approx(expected, rel=0.02)
    assert expected / triples == pytest.approx(1 / 6)  # guessing from any frequencies is chance


def test_replicates_are_the_evaluation_of_their_folds(cohort):
    """Deal the same folds, let the mode predict, and evaluate it like any model."""
    labels, sequence, groups = cohort
    got = null_distribution(labels, sequence, groups, 5, 12, random_state=3)["mode"]
    counts = np.zeros((40, 3))
    np.add.at(counts, (sequence, labels), 1.0)
    dealt = deal_units(unit_loads(counts, groups, 25), 5, 12, np.random.default_rng(3))
    for r in range(12):
        fold = dealt[r][groups[sequence]]
        common = [np.bincount(labels[fold != f]).argmax() for f in range(5)]
        given = as_predictions(np.array(common)[fold], labels, fold, groups[sequence])
        for name, summary in evaluate(given, 5, 0).metrics.items():
            assert got[name][r] == pytest.approx(summary.mean, abs=1e-12), name


def test_random_null_guesses_from_the_training_frequencies(cohort):
    """Accuracy and VUS of guessing: sum of squared frequencies, and 1/6."""
    null = null_distribution(*cohort, 5, 4000, random_state=0)
    frequencies = np.bincount(cohort[0]) / 300
    assert null["random"]["accuracy"].mean() == pytest.approx((frequencies**2).sum(), abs=0.01)
    assert null["random"]["vus"].mean() == pytest.approx(1 / 6, abs=0.003)
    assert null["random"]["vus"].std() > 0.01
    assert null["random"]["recall"].mean() == pytest.approx(1 / 3, abs=0.01)
    np.testing.assert_allclose(null["mode"]["vus"], 1 / 6, rtol=1e-12)
    np.testing.assert_allclose(null["mode"]["recall"], 1 / 3, atol=0.03)
    assert null["mode"]["accuracy"].mean() == pytest.approx(frequencies.max(), abs=0.02)


def test_leave_one_out_has_one_assignment(cohort):
    labels, sequence, groups = cohort
    mode = null_distribution(labels, sequence, groups, "leave-one-out", 30, 0)["mode"]
    assert np.ptp(mode["accuracy"]) == 0.0
    fold = groups[sequence]
    common = [np.bincount(labels[fold != f]).argmax() for f in range(25)]
    given = as_predictions(np.array(common)[fold], labels, fold, fold)
    assert mode["accuracy"][0] == pytest.approx(evaluate(given, 5, 0).metrics["accuracy"].mean)


def test_blocks_are_complete_and_repeatable(cohort, monkeypatch):
    monkeypatch.setattr("dolorimeter.evaluation.null_models.BLOCK", 8 * 45 * 7)
    null = null_distribution(*cohort, 5, 100, random_state=1)
    again = null_distribution(*cohort, 5, 100, random_state=1)
    for kind in ("random", "mode"):
        for name, values in null[kind].items():
            assert values.shape == (100,)
            np.testing.assert_array_equal(values, again[kind][name])
    assert len(np.unique(null["random"]["accuracy"])) > 50


def test_unknown_labels_are_ignored_and_names_may_be_text(cohort):
    labels, sequence, groups = cohort
    padded = np.concatenate([labels, np.full(50, -1)])
    at = np.concatenate([sequence, np.arange(50) % 40])
    names = np.array([f"p{g:02d}" for g in groups])
    a = null_distribution(labels, sequence, groups, 5, 50, 0)
    b = null_distribution(padded, at, names, 5, 50, 0)
    np.testing.assert_array_equal(a["random"]["f1"], b["random"]["f1"])


def test_five_classes():
    rng = np.random.default_rng(0)
    labels, sequence = rng.integers(0, 5, 400), rng.integers(0, 30, 400)
    null = null_distribution(labels, sequence, np.arange(30), 4, 200, 0)
    assert null["random"]["vus"].mean() == pytest.approx(1 / 120, rel=0.1)


def test_mode_row_is_the_evaluation_of_its_predictions(cohort):
    labels, sequence, groups = cohort
    patient = groups[sequence]
    fold = patient % 6
    common = [np.bincount(labels[fold != f]).argmax() for f in range(6)]
    given = as_predictions(np.array(common)[fold], labels, fold, patient)
    got, expected = null_evaluation("mode", given), evaluate(given, 5, 0)
    np.testing.assert_array_equal(got.confusion, expected.confusion)
    assert got.undefined_folds == expected.undefined_folds
    for name, summary in got.metrics.items():
        assert summary.mean == pytest.approx(expected.metrics[name].mean, abs=1e-12)
        assert summary.folds == pytest.approx(expected.metrics[name].folds, abs=1e-12)
        assert (summary.se, summary.ci95) == (0.0, (summary.mean, summary.mean))


def test_random_row_is_the_expectation(cohort):
    labels, sequence, groups = cohort
    patient = groups[sequence]
    fold = patient % 6
    given = as_predictions(labels, labels, fold, patient)
    got = null_evaluation("random", given, 4000, 0)
    test = np.array([np.bincount(labels[fold == f], minlength=3) for f in range(6)])
    train = test.sum(axis=0) - test
    chance = train / train.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(got.confusion, np.einsum("fk,fj->kj", test, chance))
    accuracy = (test * chance).sum(axis=1) / test.sum(axis=1)
    assert got.metrics["accuracy"].folds == pytest.approx(accuracy, abs=0.005)
    assert got.metrics["accuracy"].mean == pytest.approx(accuracy.mean(), abs=0.003)
    n = test.sum(axis=1)
    variance = (test[:, :] * chance * (1 - chance)).sum(axis=1) / n**2
    assert got.metrics["accuracy"].se == pytest.approx(np.sqrt(variance.sum()) / 6, rel=0.05)
    low, high = got.metrics["vus"].ci95
    assert low < got.metrics["vus"].mean < high
    assert got.metrics["vus"].mean == pytest.approx(1 / 6, abs=0.003)


def test_rows_with_a_fold_that_lacks_labels_or_a_class(cohort):
    labels, sequence, groups = cohort
    fold = groups[sequence] % 6
    labels = np.where((fold == 0) & (labels == 2), 0, labels)
    given = Predictions(np.eye(3)[labels], labels, fold, fold, np.arange(300), NAMES, "", n_folds=7)
    for kind in ("random", "mode"):
        got = null_evaluation(kind, given, 50, 0)
        assert got.undefined_folds == 2
        assert got.metrics["vus"].folds[0] is None
        assert got.metrics["accuracy"].folds[0] is not None
        assert got.metrics["accuracy"].folds[6] is None


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"n_folds": 26}, "n_folds"),
        ({"sequence": np.full(300, 40)}, "sequence"),
        ({"sequence": np.zeros(3, int)}, "sequence"),
        ({"n_classes": 2}, "labels"),
    ],
)
def test_refuses(cohort, change, where):
    labels, sequence, groups = cohort
    given = {"labels": labels, "sequence": sequence, "groups": groups, "n_folds": 5} | change
    with pytest.raises(InputError) as error:
        null_distribution(**given)
    assert error.value.where == where


def test_refuses_another_kind(cohort):
    labels = cohort[0]
    given = as_predictions(labels, labels, np.arange(300) % 3, np.arange(300))
    with pytest.raises(InputError, match="'random' or 'mode'"):
        null_evaluation("median", given)
