"""VUS against brute force: every tuple, every permutation, in exact fractions."""

from fractions import Fraction
from itertools import permutations, product
from math import factorial, log, sqrt

import numpy as np
import pytest
from scipy.stats import t as student_t

from dolorimeter.evaluation import vus


def score(row, rule):
    """Scores of one example, in grid steps, straight from science 1.8."""
    if rule == "product":
        raw = [log(max(p, 1e-300)) for p in row]
    elif rule == "sum":
        raw = list(row)
    else:
        raw = [-sqrt(sum((p - (j == k)) ** 2 for j, p in enumerate(row))) for k in range(len(row))]
    return [round((s - raw[0]) * 2**40) for s in raw]


def tuple_credit(rows):
    totals = [
        sum(r[k] for r, k in zip(rows, p, strict=True)) for p in permutations(range(len(rows)))
    ]
    best = max(totals)  # the first permutation is the identity
    return Fraction(int(totals[0] == best), totals.count(best))


def brute_force(probabilities, labels, rule, groups, folds):
    scores = [score(row, rule) for row in probabilities.tolist()]
    n_classes = probabilities.shape[1]
    fold_sums = {}
    cells = {}
    for fold in sorted(set(folds)):
        classes = [
            [i for i in range(len(labels)) if labels[i] == k and folds[i] == fold]
            for k in range(n_classes)
        ]
        fold_sums[fold] = [Fraction(0), 0]
        for members in product(*classes):
            earned = tuple_credit([scores[i] for i in members])
            fold_sums[fold][0] += earned
            fold_sums[fold][1] += 1
            for i in members:
                cell = cells.setdefault((fold, groups[i]), [Fraction(0), 0])
                cell[0] += earned
                cell[1] += 1
    return fold_sums, cells


def by_group(cells, groups, part):
    return [sum(c[part] for (_, g), c in cells.items() if g == group) for group in groups]


def case(generator, n_classes, n, kind):
    """Posteriors with many ties (coarse, one-hot, with zeros) or none (smooth)."""
    if kind == "smooth":
        posteriors = generator.dirichlet(np.ones(n_classes), n)
    elif kind == "one-hot":
        posteriors = np.eye(n_classes)[generator.integers(n_classes, size=n)]
    else:
        counts = generator.multinomial(4, np.full(n_classes, 1 / n_classes), n)
        posteriors = counts / 4.0
    labels = np.concatenate(
        [np.arange(n_classes), generator.integers(n_classes, size=n - n_classes)]
    )
    return posteriors, generator.permutation(labels)


@pytest.mark.parametrize("rule", ["product", "sum", "distance"])
@pytest.mark.parametrize("kind", ["smooth", "coarse", "one-hot"])
@pytest.mark.parametrize(("n_classes", "n"), [(2, 24), (3, 21), (4, 15)])
def test_every_part_agrees(rule, kind, n_classes, n):
    generator = np.random.default_rng([n_classes, len(kind), len(rule)])
    for n_folds, n_groups in [(1, n), (1, 4), (3, 6), (2, 3)]:
        posteriors, labels = case(generator, n_classes, n, kind)
        folds = generator.integers(n_folds, size=n)
        groups = generator.integers(n_groups, size=n)
        got = vus(posteriors, labels, rule=rule, groups=groups, folds=folds)
        fold_sums, cells = brute_force(posteriors, labels, rule, groups.tolist(), folds.tolist())
        total = sum(c for c, _ in fold_sums.values())
        count = sum(m for _, m in fold_sums.values())
        assert got.exact
        assert got.triples == count
        assert got.fold_ids == tuple(fold_sums)
        names = got.group_ids.tolist()
        assert names == sorted(set(groups.tolist()))
        expected = [float(c / m) if m else None for c, m in fold_sums.values()]
        assert [v is None for v in got.fold_values] == [v is None for v in expected]
        known = [v for v in expected if v is not None]
        assert [v for v in got.fold_values if v is not None] == pytest.approx(known, rel=1e-15)
        np.testing.assert_array_equal(got.group_triples, by_group(cells, names, 1))
        credit = np.array(by_group(cells, names, 0), dtype=float)
        np.testing.assert_allclose(got.group_credit, credit, rtol=1e-14, atol=1e-14)
        if count:
            assert got.value == pytest.approx(float(total / count), rel=1e-15)
            check_interval(got, total / count, count, fold_sums, cells, n_classes)


def check_interval(got, value, count, fold_sums, cells, n_classes):
    """Influences cell by cell, as the docstring of ``sums_by_group`` has them."""
    influence = dict.fromkeys(got.group_ids.tolist(), 0.0)
    for (fold, group), (credit, triples) in cells.items():
        present = sum(f == fold for f, _ in cells)
        shift = fold_sums[fold][0] / fold_sums[fold][1] - value
        share = 1 - sqrt(min(present, n_classes)) / n_classes
        own = float(credit - value * triples) - share * float(shift * triples)
        influence[group] += own / count
    np.testing.assert_allclose(got.influence, list(influence.values()), rtol=1e-9, atol=1e-13)
    size = len({group for _, group in cells})
    if size < 2:
        assert np.isnan([got.se, *got.ci95]).all()
        return
    se = sqrt(sum(i**2 for i in influence.values()) * size / (size - 1))
    reach = student_t.ppf(0.975, size - 1) * se
    assert got.se == pytest.approx(se, rel=1e-9, abs=1e-12)
    ends = (max(float(value) - reach, 0), min(float(value) + reach, 1))
    assert got.ci95 == pytest.approx(ends, rel=1e-9, abs=1e-11)


@pytest.mark.parametrize("rule", ["product", "sum", "distance"])
@pytest.mark.parametrize("n_classes", [2, 3, 4, 5])
def test_constant_classifier_is_exactly_chance(rule, n_classes):
    labels = np.arange(4 * n_classes) % n_classes
    generator = np.random.default_rng(0)
    posteriors = np.tile(generator.dirichlet(np.ones(n_classes)), (len(labels), 1))
    got = vus(posteriors, labels, rule=rule)
    assert got.exact
    assert got.value == 1 / factorial(n_classes)


@pytest.mark.parametrize("rule", ["product", "sum", "distance"])
def test_three_hundred_small_cases_with_ties(rule):
    """All patterns of equality that a triple can have, the six-fold ones included."""
    generator = np.random.default_rng(5)
    seen = set()
    for _ in range(300):
        n = int(generator.integers(3, 9))
        posteriors, labels = case(generator, 3, n, "coarse")
        posteriors = np.where(generator.random((n, 1)) < 0.3, 1 / 3, posteriors)
        sums, _ = brute_force(posteriors, labels, rule, [0] * n, [0] * n)
        credit, count = sums[0]
        got = vus(posteriors, labels, rule=rule)
        assert got.value == pytest.approx(float(credit / count), rel=1e-15)
        rows = [score(r, rule) for r in posteriors.tolist()]
        seen |= {
            tuple_credit([rows[i] for i in members])
            for members in product(*[np.flatnonzero(labels == k) for k in range(3)])
        }
    ways = {int(1 / credit) for credit in seen if credit}
    assert ways >= {1, 2, 3, 4, 6}
