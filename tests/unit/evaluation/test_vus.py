"""VUS: closed forms, reference implementations, sampling, intervals, errors."""

from itertools import permutations
from math import factorial

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import roc_auc_score

from dolorimeter.core import InputError
from dolorimeter.evaluation import confusion_matrix, vus
from dolorimeter.evaluation import vus as vus_function
from dolorimeter.evaluation.vus_assignment import tuple_credit

RULES = ["product", "sum", "distance"]


def simulate(generator, n, n_classes, signal=1.0):
    labels = np.arange(n) % n_classes
    powers = np.exp(generator.normal(size=(n, n_classes)) + signal * np.eye(n_classes)[labels])
    return powers / powers.sum(axis=1, keepdims=True), labels


@pytest.mark.parametrize("rule", RULES)
def test_two_classes_are_the_auc(rule):
    generator = np.random.default_rng(1)
    posteriors, labels = simulate(generator, 301, 2)
    coarse = np.round(posteriors[:, 1] * 10) / 10  # ties within and between classes
    posteriors = np.column_stack([1 - coarse, coarse])
    expected = roc_auc_score(labels, coarse)
    assert vus(posteriors, labels, rule=rule).value == pytest.approx(expected, rel=1e-14)


def test_standard_error_of_two_classes_is_delongs():
    """Placements by hand (DeLong, DeLong & Clarke-Pearson 1988), up to the small-sample factor."""
    generator = np.random.default_rng(2)
    posteriors, labels = simulate(generator, 90, 2)
    got = vus(posteriors, labels)
    score = posteriors[:, 1]
    wins = (score[labels == 1][None, :] > score[labels == 0][:, None]).astype(float)
    first, second = wins.mean(axis=1), wins.mean(axis=0)
    expected = first.var() / len(first) + second.var() / len(second)
    assert got.se == pytest.approx(np.sqrt(expected * 90 / 89), rel=1e-12)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("n_classes", [2, 3, 4])
def test_one_hot_decisions_follow_from_the_confusion(rule, n_classes):
    """Credit of a tuple of decisions depends on them alone: sum it over the confusion's cells."""
    generator = np.random.default_rng(3)
    labels = np.arange(40) % n_classes
    decided = generator.integers(n_classes, size=40)
    shares = confusion_matrix(labels, decided, n_classes)
    shares = shares / shares.sum(axis=1, keepdims=True)
    expected = 0.0
    for cell in np.ndindex(*(n_classes,) * n_classes):
        hits = [
            sum(cell[i] == p[i] for i in range(n_classes)) for p in permutations(range(n_classes))
        ]
        credit = (hits[0] == max(hits)) / hits.count(max(hits))
        expected += credit * np.prod([shares[k, d] for k, d in enumerate(cell)])
    got = vus(np.eye(n_classes)[decided], labels, rule=rule, method="auto", n_draws=200_000)
    assert got.exact
    assert got.value == pytest.approx(expected, rel=1e-12)


def test_perfect_and_reversed_posteriors():
    labels = np.arange(30) % 3
    right = vus(np.eye(3)[labels], labels)
    assert (right.value, right.se, right.ci95) == (1.0, 0.0, (1.0, 1.0))
    assert vus(np.eye(3)[(labels + 1) % 3], labels).value == 0.0


def test_large_classes_agree_with_drawing():
    generator = np.random.default_rng(4)
    posteriors, labels = simulate(generator, 6000, 3)
    exact = vus(posteriors, labels)
    drawn = vus(posteriors, labels, method="sampled", n_draws=200_000)
    tolerance = 4 * np.sqrt(0.25 / 200_000)
    assert exact.exact
    assert not drawn.exact
    assert drawn.n_draws == 200_000
    assert abs(drawn.value - exact.value) < tolerance
    assert drawn.triples == exact.triples == 2000**3
    assert drawn.se == pytest.approx(exact.se, rel=0.3)
    assert exact.group_credit.sum() == pytest.approx(3 * exact.credit, rel=1e-12)


@pytest.mark.parametrize("n_classes", [2, 3, 5])
def test_drawing_is_unbiased_by_group_and_fold(n_classes):
    generator = np.random.default_rng(5)
    posteriors, labels = simulate(generator, 50, n_classes)
    groups, folds = generator.integers(8, size=50), np.arange(50) // 5 % 2
    exact = vus(posteriors, labels, groups=groups, folds=folds, n_draws=200_000)
    drawn = [
        vus(posteriors, labels, groups=groups, folds=folds, method="sampled", n_draws=2000,
            random_state=seed)
        for seed in range(40)
    ]  # fmt: skip
    assert exact.exact
    for part in ("value", "fold_values", "group_credit"):
        found = np.array([getattr(d, part) for d in drawn])
        error = found.std(axis=0, ddof=1) / np.sqrt(40)
        assert (np.abs(found.mean(axis=0) - getattr(exact, part)) < 4 * error).all()
    np.testing.assert_array_equal(drawn[0].group_triples, exact.group_triples)
    values = np.array([d.value for d in drawn])
    variance = np.mean([d.se**2 for d in drawn])
    assert variance == pytest.approx(exact.se**2 + values.var(ddof=1), rel=0.15)


def test_few_draws_are_part_of_the_standard_error():
    posteriors, labels = simulate(np.random.default_rng(17), 3000, 3)
    exact = vus(posteriors, labels)
    drawn = [
        vus(posteriors, labels, method="sampled", n_draws=200, random_state=seed)
        for seed in range(100)
    ]
    variance = np.mean([d.se**2 for d in drawn])
    by_hand = exact.value * (1 - exact.value) / 200 + exact.se**2
    assert by_hand > 8 * exact.se**2
    assert variance == pytest.approx(by_hand, rel=0.1)


def test_the_papers_thousand_draws():
    posteriors, labels = simulate(np.random.default_rng(6), 300, 3)
    first, second = (
        vus(posteriors, labels, method="sampled", n_draws=1000, random_state=seed)
        for seed in (np.random.default_rng(1), 1)
    )
    assert first.value == second.value
    assert first.n_draws == 1000
    assert first.value != vus(posteriors, labels, method="sampled", n_draws=1000).value
    assert first.ci95[0] < vus(posteriors, labels).value < first.ci95[1]


def test_very_many_examples_are_drawn(monkeypatch):
    monkeypatch.setitem(vus_function.__globals__, "EXACT_LIMIT", 20)
    posteriors, labels = simulate(np.random.default_rng(7), 63, 3)
    assert not vus(posteriors, labels).exact
    assert vus(posteriors, labels, method="exact").exact
    assert vus(posteriors[:60], labels[:60]).exact


def test_four_classes_are_drawn_where_there_are_too_many_tuples():
    posteriors, labels = simulate(np.random.default_rng(8), 80, 4)
    drawn = vus(posteriors, labels, n_draws=20_000)
    assert not drawn.exact
    assert drawn.triples == 20**4
    assert drawn.ci95[0] < vus(posteriors, labels, n_draws=20**4).value < drawn.ci95[1]
    with pytest.raises(InputError, match="at most n_draws"):
        vus(posteriors, labels, method="exact")


@pytest.mark.parametrize("n_classes", [4, 5])
def test_ties_of_many_classes_against_all_permutations(n_classes):
    generator = np.random.default_rng(9)
    scores = generator.integers(-1, 2, (60, n_classes))
    scores[:, 0] = 0
    tuples = generator.integers(60, size=(300, n_classes))
    totals = np.array(
        [
            [sum(scores[i, k] for i, k in zip(row, p, strict=True)) for row in tuples]
            for p in permutations(range(n_classes))
        ]
    )
    optimal = totals == totals.max(axis=0)
    expected = np.where(optimal[0], 1 / optimal.sum(axis=0), 0)
    np.testing.assert_array_equal(tuple_credit(scores, tuples), expected)
    assert len(np.unique(expected)) > 5


def test_optimality_is_the_assignment_solvers():
    generator = np.random.default_rng(14)
    for n_classes in range(2, 9):
        scores = np.rint(generator.normal(size=(100, n_classes)) * 2**40).astype(np.int64)
        scores += 2**40 * np.eye(n_classes, dtype=np.int64)[np.arange(100) % n_classes]
        tuples = generator.integers(100 // n_classes, size=(200, n_classes)) * n_classes
        tuples += np.arange(n_classes)
        expected = []
        for square in scores[tuples]:
            best = square[linear_sum_assignment(square, maximize=True)].sum()
            expected.append(float(best == np.trace(square)))
        np.testing.assert_array_equal(tuple_credit(scores, tuples), expected)
        assert 0 < np.mean(expected) < 1


def test_folds_without_a_class():
    posteriors, labels = simulate(np.random.default_rng(10), 30, 3)
    folds = np.where(labels == 2, 0, np.arange(30) % 2)
    got = vus(posteriors, labels, folds=folds)
    whole = folds == 0
    assert got.fold_values == [vus(posteriors[whole], labels[whole]).value, None]
    assert got.value == got.fold_values[0]
    assert (got.group_triples[~whole] == 0).all()
    # Degrees of freedom count only those who form triples.
    assert got.se == vus(posteriors[whole], labels[whole]).se


def test_no_fold_with_every_class_is_undefined():
    posteriors, labels = simulate(np.random.default_rng(11), 30, 3)
    for method in ("exact", "sampled"):
        got = vus(posteriors, labels, folds=labels, method=method)
        assert np.isnan([got.value, got.se, *got.ci95]).all()
        assert got.fold_values == [None, None, None]
        assert (got.triples, got.credit) == (0, 0.0)


def test_groups_of_any_kind():
    posteriors, labels = simulate(np.random.default_rng(12), 30, 3)
    numbers = np.arange(30) % 5
    names = np.array([f"patient {i}" for i in numbers])
    by_number, by_name = (vus(posteriors, labels, groups=g) for g in (numbers, names))
    assert by_name.group_ids.tolist() == [f"patient {i}" for i in range(5)]
    np.testing.assert_array_equal(by_name.group_credit, by_number.group_credit)
    assert by_name.ci95 == by_number.ci95
    alone = vus(posteriors, labels, groups=np.zeros(30))
    assert alone.value == by_name.value
    assert np.isnan([alone.se, *alone.ci95]).all()


@pytest.mark.parametrize("n_classes", [2, 3, 6])
def test_zero_probability_everywhere_else(n_classes):
    """Zeros count as 1e-300: scores stay finite and sums of them exact."""
    labels = np.arange(2 * n_classes) % n_classes
    uniform = np.full((len(labels), n_classes), 1 / n_classes)
    posteriors = np.where(labels[:, None] == 0, np.eye(n_classes)[0], uniform)
    got = vus(posteriors, labels, n_draws=1000)
    assert got.value == pytest.approx(1 / factorial(n_classes - 1), rel=1e-14)


def test_tiny_posteriors_are_told_apart_down_to_the_floor():
    for low, high, expected in [(1e-30, 1e-20, 1.0), (0.0, 1e-290, 1.0), (0.0, 1e-305, 0.5)]:
        assert vus([[1.0, low], [1.0, high]], [0, 1]).value == expected


GOOD = [[0.6, 0.2, 0.2], [0.2, 0.6, 0.2], [0.2, 0.2, 0.6]]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"probabilities": [0.5, 0.5]}, "shape"),
        ({"probabilities": [[1.0], [1.0], [1.0]]}, "K at least 2"),
        ({"probabilities": [[np.nan, 0.5, 0.5], *GOOD[1:]]}, r"row 0 .* finite"),
        ({"probabilities": [*GOOD[:2], [np.inf, -np.inf, 1.0]]}, r"row 2 .* finite"),
        ({"probabilities": [GOOD[0], [-0.2, 0.6, 0.6], GOOD[2]]}, r"row 1 .* negative"),
        ({"probabilities": [GOOD[0], [0.2, 0.6, 0.3], GOOD[2]]}, r"row 1 .* sum .* Divide"),
        ({"labels": [0, 1]}, "one value for each example"),
        ({"labels": [0, 1, -1]}, "class -1; .* Leave out"),
        ({"labels": [0, 1, 3]}, "class 3"),
        ({"labels": [0.0, 1.0, 2.0]}, "integer"),
        ({"labels": ["a", "b", "c"]}, "integer"),
        ({"labels": [0, 1, 1]}, "no example of class 2"),
        ({"rule": "volume"}, "'volume'; expected 'product'"),
        ({"groups": [0, 1]}, "groups"),
        ({"folds": [[0, 1, 2]]}, "folds"),
        ({"method": "guess"}, "'guess'"),
        ({"n_draws": 0}, "n_draws"),
    ],
)
def test_bad_input_is_named(change, message):
    arguments = {"probabilities": GOOD, "labels": [0, 1, 2]} | change
    with pytest.raises(InputError, match=message):
        vus(**arguments)


def correlated_cohort(generator):
    """46 patients, each with class frequencies and a shift of all scores (benchmarks/proof_vus)."""
    patients = np.repeat(np.arange(46), generator.integers(6, 25, 46))
    edges = generator.dirichlet([1.0, 1.0, 1.0], 46).cumsum(axis=1)[patients, :2]
    labels = (edges < generator.random((len(patients), 1))).sum(axis=1)
    scores = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])[labels]
    scores += generator.normal(size=(46, 2))[patients] + generator.normal(size=scores.shape)
    powers = np.exp(np.column_stack([np.zeros(len(scores)), scores]))
    return powers / powers.sum(axis=1, keepdims=True), labels, patients


def share_covered(cohorts, **arguments):
    results = [
        vus(p, y, **{name: part(who) for name, part in arguments.items()}) for p, y, who in cohorts
    ]
    truth = np.mean([v.value for v in results])
    return np.mean([v.ci95[0] <= truth <= v.ci95[1] for v in results])


def test_the_clustered_interval_covers_and_the_ordinary_one_does_not():
    """Full size in benchmarks/proof_vus."""
    generator = np.random.default_rng(13)
    cohorts = [correlated_cohort(generator) for _ in range(250)]
    assert 0.91 <= share_covered(cohorts, groups=np.asarray) <= 0.98
    assert 0.91 <= share_covered(cohorts, groups=np.asarray, folds=lambda who: who % 10) <= 0.985
    assert share_covered(cohorts) < 0.8


def test_a_patient_a_fold_is_the_ordinary_clustered_ratio():
    """Folds are then independent, and each one's credit counts once, not once for each member."""
    posteriors, labels = simulate(np.random.default_rng(15), 120, 3)
    folds = np.arange(120) // 12
    got = vus(posteriors, labels, groups=folds, folds=folds)
    luck = np.array(got.fold_values) - got.value  # every fold has 64 triples
    np.testing.assert_allclose(got.influence, luck / 10, rtol=1e-12)
    assert got.se == pytest.approx(luck.std(ddof=1) / np.sqrt(10), rel=1e-12)


def test_influences_without_folds_are_the_delta_method():
    posteriors, labels, patients = correlated_cohort(np.random.default_rng(16))
    got = vus(posteriors, labels, groups=patients)
    expected = (got.group_credit - got.value * got.group_triples) / got.triples
    np.testing.assert_allclose(got.influence, expected, rtol=1e-9, atol=1e-13)
    assert got.se == pytest.approx(np.linalg.norm(got.influence) * np.sqrt(46 / 45), rel=1e-12)
