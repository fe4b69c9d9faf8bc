"""Random-effects model selection: known cases, and bounds by brute force."""

from itertools import product

import numpy as np
import pytest
from scipy import special

from dolorimeter.core import InputError
from dolorimeter.learning.model_selection import (
    exceedance_probability,
    free_energy,
    select_model,
)


def test_equal_evidence_gives_equal_models():
    found = select_model(np.zeros((12, 4)), ["a", "b", "c", "d"])
    for shares in (found.frequency, found.exceedance, found.protected):
        np.testing.assert_allclose(shares, 0.25)
    assert found.chance > 0.5


def test_strong_evidence_counts_subjects():
    evidence = np.zeros((10, 2))
    evidence[:7, 0] = 200.0
    evidence[7:, 1] = 200.0
    found = select_model(evidence, ["a", "b"])
    np.testing.assert_allclose(found.counts, [8, 4])
    # P(share > 1/2) of a Beta(8, 4) variable.
    assert found.exceedance[0] == pytest.approx(1 - special.betainc(8, 4, 0.5), abs=1e-4)


def test_exceedance_is_the_share_of_draws():
    counts = np.array([5.0, 2.0, 1.3])
    drawn = np.random.default_rng(0).dirichlet(counts, 200_000).argmax(axis=1)
    expected = np.bincount(drawn) / len(drawn)
    np.testing.assert_allclose(exceedance_probability(counts), expected, atol=0.004)


def exact_log_evidence(evidence, prior):
    n, k = evidence.shape
    terms = []
    for models in product(range(k), repeat=n):
        used = np.bincount(models, minlength=k)
        beta = special.gammaln(used + prior).sum() - special.gammaln((used + prior).sum())
        beta -= k * special.gammaln(prior) - special.gammaln(k * prior)
        terms.append(beta + evidence[np.arange(n), models].sum())
    return special.logsumexp(terms)


@pytest.mark.parametrize("prior", [1.0, 2.5])
def test_free_energy_is_a_tight_lower_bound(prior):
    evidence = np.random.default_rng(1).normal(0, 2, (7, 3))
    found = select_model(evidence, ["a", "b", "c"], prior)
    exact = exact_log_evidence(evidence, prior)
    counts, shares = np.array(found.counts), np.array(found.responsibility)
    bound = free_energy(evidence, counts, shares, prior)
    assert exact - 1.5 < bound <= exact + 1e-9
    other = free_energy(evidence, counts + 0.3, shares, prior)
    assert other < bound


def test_free_energy_is_exact_where_every_subject_is_certain():
    evidence = 100 * np.eye(3)[[0, 0, 1, 2, 0]]
    found = select_model(evidence, ["a", "b", "c"])
    bound = free_energy(evidence, np.array(found.counts), np.array(found.responsibility), 1.0)
    assert bound == pytest.approx(exact_log_evidence(evidence, 1.0), abs=1e-9)


def test_protection_pulls_towards_chance():
    evidence = np.zeros((6, 2))
    evidence[:, 0] = 0.4
    found = select_model(evidence, ["a", "b"])
    assert 0.5 < found.protected[0] < found.exceedance[0]
    assert found.protected[0] == pytest.approx(
        found.exceedance[0] * (1 - found.chance) + found.chance / 2
    )


def test_bad_evidence_is_refused():
    with pytest.raises(InputError, match="one row a subject"):
        select_model(np.zeros((3, 2)), ["a"])
    with pytest.raises(InputError, match="not finite"):
        select_model(np.full((3, 1), np.nan), ["a"])
    with pytest.raises(InputError, match="prior"):
        select_model(np.zeros((3, 1)), ["a"], 0.0)
