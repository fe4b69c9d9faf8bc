"""What must hold for the VUS of any posteriors."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dolorimeter.evaluation import vus

RULES = st.sampled_from(["product", "sum", "distance"])


KINDS = st.sampled_from(["smooth", "coarse", "corners"])
SIZES = st.integers(2, 4)
SETTLED = st.sampled_from(["smooth", "corners"])  # no tie, or ties that any grid keeps
RELAXED = settings(deadline=None, max_examples=60)  # the first example may compile


@st.composite
def cohorts(draw, n_classes=SIZES, kinds=KINDS):
    """Posteriors, labels, groups, folds. Coarse ones and corners (or the center) mostly tie."""
    k, kind = draw(n_classes), draw(kinds)
    n = draw(st.integers(k, 5 * k))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    if kind == "smooth":
        posteriors = generator.dirichlet(np.full(k, 0.5), n)
    elif kind == "coarse":
        posteriors = generator.multinomial(3, np.full(k, 1 / k), n) / 3
    else:
        posteriors = np.vstack([np.eye(k), np.full(k, 1 / k)])[generator.integers(k + 1, size=n)]
    labels = np.concatenate([np.arange(k), generator.integers(k, size=n - k)])
    return (
        posteriors,
        generator.permutation(labels),
        generator.integers(4, size=n),
        generator.integers(2, size=n),
    )


def same(first, second):
    assert first.value == pytest.approx(second.value, rel=1e-14, nan_ok=True)
    assert first.se == pytest.approx(second.se, rel=1e-6, abs=1e-9, nan_ok=True)
    np.testing.assert_allclose(first.group_credit, second.group_credit, rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(first.group_triples, second.group_triples)


@RELAXED
@given(cohorts(), RULES)
def test_bounds_and_sums(cohort, rule):
    posteriors, labels, groups, folds = cohort
    got = vus(posteriors, labels, rule=rule, groups=groups, folds=folds)
    k = posteriors.shape[1]
    assert got.group_triples.sum() == k * got.triples
    assert got.group_credit.sum() == pytest.approx(k * got.credit, rel=1e-12)
    if got.triples:
        assert 0 <= got.value <= 1
        assert got.value == pytest.approx(got.credit / got.triples, rel=1e-14)
        assert np.isnan(got.se) or got.ci95[0] <= got.value <= got.ci95[1]


@RELAXED
@given(cohorts(), RULES, st.integers(0, 2**32 - 1))
def test_order_of_rows_is_irrelevant(cohort, rule, seed):
    order = np.random.default_rng(seed).permutation(len(cohort[0]))
    posteriors, labels, groups, folds = cohort
    shuffled = [part[order] for part in cohort]
    same(
        vus(posteriors, labels, rule, groups, folds),
        vus(shuffled[0], shuffled[1], rule, shuffled[2], shuffled[3]),
    )


@RELAXED
@given(cohorts(kinds=SETTLED), RULES, st.randoms(use_true_random=False))
def test_names_of_classes_are_irrelevant(cohort, rule, shuffler):
    posteriors, labels, groups, folds = cohort
    order = list(range(posteriors.shape[1]))
    shuffler.shuffle(order)
    renamed = vus(posteriors[:, order], np.argsort(order)[labels], rule, groups, folds)
    same(vus(posteriors, labels, rule, groups, folds), renamed)


@RELAXED
@given(cohorts(kinds=SETTLED), RULES)
def test_over_all_renamings_of_the_columns_credit_adds_up_to_one(cohort, rule):
    """Each tuple's single credit is shared among its optimal permutations, and nobody else.

    Not for coarse posteriors: the grid is that of differences to the first column, so that a tie
    of sums of unlike differences (1/3 + 1/3 against 2/3) depends on which column is first.
    """
    posteriors, labels, _, _ = cohort
    k = posteriors.shape[1]
    total = sum(vus(posteriors[:, list(p)], labels, rule).value for p in permutations(range(k)))
    assert total == pytest.approx(1.0, abs=1e-9)


@RELAXED
@given(
    cohorts(kinds=st.just("smooth")),
    st.lists(st.floats(0.05, 20), min_size=4, max_size=4),
    st.floats(0.3, 3),
)
def test_product_ignores_class_priors_and_sharpness(cohort, weights, power):
    posteriors, labels, groups, folds = cohort
    posteriors = np.maximum(posteriors, 1e-12)  # far from the floor that stands for zero
    posteriors /= posteriors.sum(axis=1, keepdims=True)
    changed = posteriors**power * np.array(weights[: posteriors.shape[1]])
    changed /= changed.sum(axis=1, keepdims=True)
    same(
        vus(posteriors, labels, "product", groups, folds),
        vus(changed, labels, "product", groups, folds),
    )


def test_sum_and_distance_do_depend_on_class_priors():
    generator = np.random.default_rng(0)
    posteriors, labels = generator.dirichlet(np.ones(3), 60), np.arange(60) % 3
    changed = posteriors * np.array([5.0, 1.0, 0.2])
    changed /= changed.sum(axis=1, keepdims=True)
    for rule in ("sum", "distance"):
        assert vus(posteriors, labels, rule).value != vus(changed, labels, rule).value


@RELAXED
@given(cohorts(n_classes=st.integers(2, 3)), RULES, st.integers(2, 3))
def test_copies_change_nothing(cohort, rule, times):
    posteriors, labels, groups, folds = cohort
    once = vus(posteriors, labels, rule, groups, folds)
    copied = [np.repeat(part, times, axis=0) for part in cohort]
    often = vus(copied[0], copied[1], rule, copied[2], copied[3])
    k = posteriors.shape[1]
    assert often.value == pytest.approx(once.value, rel=1e-14, nan_ok=True)
    assert often.se == pytest.approx(once.se, rel=1e-6, abs=1e-9, nan_ok=True)
    np.testing.assert_allclose(often.group_credit, times**k * once.group_credit, rtol=1e-12)


@RELAXED
@given(cohorts(), RULES)
def test_a_tie_broken_the_right_way_gains(cohort, rule):
    """Mixing the truth into the posteriors never lowers the VUS of the constant classifier."""
    _, labels, groups, folds = cohort
    k = labels.max() + 1
    posteriors = 0.9 / k + 0.1 * np.eye(k)[labels]
    got = vus(posteriors, labels, rule, groups, folds)
    assert np.isnan(got.value) or got.value == 1.0
