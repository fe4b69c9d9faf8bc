"""The correlation criterion, what is exchanged, and when a parameter counts as identified."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from dolorimeter.core import InputError
from dolorimeter.learning.criterion import correlate, fit_by_correlation
from dolorimeter.learning.exchange import null_profiles
from dolorimeter.learning.identification import judge_group, judge_subjects, narrow
from dolorimeter.learning.likelihoods import GaussianEvidence
from dolorimeter.learning.measures import neutral_trials
from dolorimeter.learning.observations import observe, sort_by_subject
from dolorimeter.learning.predictors import make_predictor
from dolorimeter.learning.profiles import ParameterGrid
from dolorimeter.learning.recovery import plant_measure
from dolorimeter.learning.task_presets import relief2005
from dolorimeter.learning.task_trials import make_trials

N = 12


@pytest.fixture(scope="module")
def trials():
    return sort_by_subject(make_trials(relief2005(random_state=0), 0, n_subjects=N))


def evidence_of(trials, r, seed, alpha=0.3, nuisance=()):
    predictor, used = make_predictor("td", trials), ~neutral_trials(trials)
    planted = np.full((N, 1), alpha)
    values = plant_measure(predictor, trials, used, planted, r, seed)
    return GaussianEvidence(predictor, observe(trials, values, used, nuisance))


def test_correlations_are_numpys_within_subjects(trials):
    evidence = evidence_of(trials, 0.5, 0)
    seen = evidence.observations
    found = correlate(evidence, np.array([0.4]))
    x = evidence.predictor.quantity(np.array([[0.4]]))[0, seen.rows]
    expected = [
        np.corrcoef(x[seen.subject == u], seen.measured[seen.subject == u])[0, 1] for u in range(N)
    ]
    np.testing.assert_allclose(found.subject_r, expected, rtol=1e-10)
    test = stats.ttest_1samp(np.arctanh(expected), 0)
    assert found.t == pytest.approx(test.statistic)
    assert found.p_value == pytest.approx(test.pvalue)
    assert found.r == pytest.approx(np.tanh(np.arctanh(expected).mean()))
    assert (found.n_subjects, found.n_trials) == (N, len(seen.rows))


def test_estimate_is_the_best_on_a_dense_grid(trials):
    evidence = evidence_of(trials, 0.5, 1)
    found = fit_by_correlation(evidence, trials, permutations=0, bootstrap=0)
    dense = np.linspace(0, 1, 2001)[:, None]
    mean = np.arctanh(evidence.correlations(dense)).mean(axis=0)
    assert found.estimate[0] == pytest.approx(dense[np.abs(mean).argmax(), 0], abs=1e-3)
    assert found.profiles[0].values.max() <= np.arctanh(found.best.r) + 1e-12
    assert found.p_value is None
    assert not found.identified
    assert "No interval" in found.reason


def test_direction_does_not_matter(trials):
    up, down = evidence_of(trials, 0.5, 2), None
    seen = up.observations
    down = replace(up, observations=replace(seen, y=-seen.y, measured=-seen.measured))
    a, b = (fit_by_correlation(e, trials, permutations=49, random_state=0) for e in (up, down))
    assert a.estimate == pytest.approx(b.estimate)
    assert a.best.r == pytest.approx(-b.best.r)
    assert a.p_value == b.p_value
    np.testing.assert_allclose(a.profiles[0].values, -b.profiles[0].values)


def test_signal_is_found_and_identified(trials):
    found = fit_by_correlation(evidence_of(trials, 0.6, 3), trials, random_state=0)
    assert found.p_value == pytest.approx(1 / 1000)
    assert found.identified
    assert found.ci95[0, 0] < 0.3 < found.ci95[0, 1]


@pytest.mark.parametrize("exchange", ["trials", "signs"])
def test_p_that_repeats_the_search_is_even_without_signal(trials, exchange):
    """The naive p at the best alpha is too small; the honest one is not (reduced: 120 runs)."""
    honest, naive = [], []
    for seed in range(120):
        found = fit_by_correlation(
            evidence_of(trials, 0.0, seed), trials, permutations=39, exchange=exchange,
            bootstrap=0, random_state=seed,
        )  # fmt: skip
        honest.append(found.p_value)
        naive.append(found.best.p_value)
    # Multiples of 1/40: P(p <= 0.05) = 0.05 and P(p <= 0.2) = 0.2; 99.9 % binomial bounds.
    assert np.sum(np.array(honest) <= 0.05) <= stats.binom.ppf(0.999, 120, 0.05)
    low, high = stats.binom.ppf([0.0005, 0.9995], 120, 0.2)
    assert low <= np.sum(np.array(honest) <= 0.2) <= high
    assert np.mean(naive) < np.mean(honest)


def test_exchange_keeps_subject_cue_and_nuisance(trials):
    evidence = evidence_of(trials, 0.0, 0, nuisance=("trend",))
    points = np.array([[0.3]])
    null = null_profiles(evidence, trials, points, 400, "trials", np.random.default_rng(0))
    # Freed of the trend on both sides, exchanged correlations center on 0.
    assert abs(null.mean()) < 4 * null.std() / 20
    assert null.std() == pytest.approx(1 / np.sqrt(N * 58), rel=0.15)


def test_drift_alone_passes_for_learning_unless_taken_out(trials):
    """Why the trend is offered as a nuisance: practice correlates with the acquisition curve."""
    used = ~neutral_trials(trials)
    place = np.tile(np.arange(len(trials) // N), N)
    values = np.exp(-place / 8.0) + np.random.default_rng(0).normal(0, 0.5, len(trials))
    predictor = make_predictor("td", trials)
    plain, freed = (
        fit_by_correlation(
            GaussianEvidence(predictor, observe(trials, values, used, nuisance)), trials,
            permutations=99, bootstrap=0, random_state=0,
        )
        for nuisance in ((), ("trend",))
    )  # fmt: skip
    assert plain.p_value == 0.01
    assert abs(freed.default.r) < abs(plain.default.r)


def test_signs_need_subjects(trials):
    one = trials.take(trials.subject == trials.subject[0])
    predictor, used = make_predictor("td", one), ~neutral_trials(one)
    values = plant_measure(predictor, one, used, np.array([[0.3]]), 0.5, 0)
    evidence = GaussianEvidence(predictor, observe(one, values, used))
    with pytest.raises(InputError, match="exchange: 1 subjects"):
        fit_by_correlation(evidence, one, exchange="signs")
    with pytest.raises(InputError, match="exchange: 'outcomes'"):
        fit_by_correlation(evidence, one, exchange="outcomes")  # type: ignore[arg-type]
    alone = fit_by_correlation(evidence, one, permutations=19, random_state=0)
    assert np.isnan(alone.ci95).all()
    assert np.isnan(alone.best.t)


@pytest.mark.parametrize(
    ("interval", "p_value", "identified", "words"),
    [
        ((0.2, 0.4), 0.01, True, "clear of the limits"),
        ((0.2, 0.4), 0.2, False, "does not follow the model"),
        ((0.0, 0.4), 0.01, False, "reaches a limit"),
        ((0.0, 1.0), 0.01, False, "spans the whole range"),
        ((0.2, 0.8), 0.01, False, "wider than half"),
    ],
)
def test_verdicts_say_why(interval, p_value, identified, words):
    low, high = np.zeros(1), np.ones(1)
    found = judge_group(("alpha",), np.array([0.3]), np.array([interval]), low, high, p_value, 12)
    assert found.identified is identified
    assert words in found.reason


def test_few_subjects_identify_nothing():
    low, high = np.zeros(1), np.ones(1)
    found = judge_group(("alpha",), np.array([0.3]), np.array([[0.2, 0.4]]), low, high, 0.01, 5)
    assert not found.identified
    assert "5 subjects" in found.reason


def test_subjects_are_counted():
    good = narrow(np.array([[[0.2, 0.4]], [[0.0, 0.4]], [[0.3, 0.5]]]), np.zeros(1), np.ones(1))
    assert good[:, 0].tolist() == [True, False, True]
    verdict = judge_subjects(("alpha",), good)
    assert verdict.identified
    assert "alpha in 2 of 3 subjects" in verdict.reason


def test_summit_of_bootstrap_draws_needs_no_refit(trials):
    evidence = evidence_of(trials, 0.6, 5)
    grid = ParameterGrid.over(np.zeros(1), np.ones(1))
    z = np.arctanh(evidence.correlations(grid.points))
    weights = np.ones((1, N))
    found = fit_by_correlation(evidence, trials, permutations=0, bootstrap=0)
    assert grid.summit(weights @ z)[0, 0] == pytest.approx(found.estimate[0], abs=2e-3)
