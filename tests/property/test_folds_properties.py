"""Whatever the cohort: folds partition it, keep units whole, and ignore the order of rows."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dolorimeter.evaluation.folds import make_folds


@st.composite
def cohorts(draw):
    n = draw(st.integers(2, 40))
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    groups = np.array([f"p{g}" for g in rng.integers(0, max(2, n // 2), n)])
    groups[:2] = "p0", "p1"
    names = np.array([f"s{i}" for i in rng.permutation(n)])
    counts = rng.poisson(draw(st.sampled_from([0.0, 0.3, 5.0])), (n, draw(st.integers(1, 5))))
    unit = draw(st.sampled_from(["stay", "patient"]))
    units = n if unit == "stay" else len(set(groups))
    n_folds = draw(st.one_of(st.integers(2, units), st.just("leave-one-out")))
    return groups, names, counts, unit, n_folds, rng.permutation(n)


@settings(max_examples=100, deadline=None)
@given(cohorts(), st.integers(0, 1000))
def test_folds_partition_and_keep_units_whole(cohort, seed):
    groups, names, counts, unit, n_folds, _ = cohort
    folds = make_folds(groups, names, n_folds, unit, counts, seed)
    assert all(len(t) for t in folds.test)
    assert sorted(np.concatenate(folds.test)) == list(range(len(names)))
    if unit == "patient":
        homes = [set(groups[t]) for t in folds.test]
        assert sum(map(len, homes)) == len(set(groups))


@settings(max_examples=100, deadline=None)
@given(cohorts(), st.integers(0, 1000))
def test_folds_ignore_the_order_of_rows(cohort, seed):
    groups, names, counts, unit, n_folds, order = cohort
    folds = make_folds(groups, names, n_folds, unit, counts, seed)
    turned = make_folds(groups[order], names[order], n_folds, unit, counts[order], seed)
    assert folds.fingerprint == turned.fingerprint
    for a, b in zip(folds.test, turned.test, strict=True):
        assert set(names[a]) == set(names[order][b])
