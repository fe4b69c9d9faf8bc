"""Measures are brought to one scale, fitted on training trials only."""

import numpy as np
import pytest
from scipy import stats

from dolorimeter.core import InputError, Trials
from dolorimeter.learning.debrief import count_share
from dolorimeter.learning.gamma_scores import GammaScores, fit_gamma
from dolorimeter.learning.measures import (
    Measure,
    find_measure,
    neutral_trials,
    subject_index,
    transform_measure,
)


def trials_of(values, name="rt", subjects=2):
    values = np.asarray(values, float)
    n = len(values)
    subject = np.repeat([f"s{i}" for i in range(subjects, 0, -1)], n // subjects)
    blank, none = np.full(n, ""), np.full(n, np.nan)
    run = np.where(np.arange(n) % 2 == 0, "1", "2")
    return Trials(subject, run, blank, blank, none, none, np.ones(n), {name: values})


def test_gamma_is_the_maximum_likelihood_fit():
    rng = np.random.default_rng(0)
    times = np.concatenate([rng.gamma(4, 0.2, 300), rng.gamma(0.7, 1.5, 300)])
    subject = np.repeat([0, 1], 300)
    found = fit_gamma(times, subject, ("a", "b"))
    for u in range(2):
        shape, _, scale = stats.gamma.fit(times[subject == u], floc=0)
        assert found.shape[u] == pytest.approx(shape, rel=1e-6)
        assert found.scale[u] == pytest.approx(scale, rel=1e-6)


def test_normal_scores_are_quantiles_of_the_cdf_and_stay_finite():
    scores = GammaScores(np.array([5.0]), np.array([0.1]))
    times = np.array([0.1, 0.5, 1.2, np.nan])
    who = np.zeros(4, int)
    expected = stats.norm.ppf(scores.cdf(times, who))
    np.testing.assert_allclose(scores.normal_scores(times, who), expected, rtol=1e-9)
    far = scores.normal_scores(np.array([1e-9, 4.7, 500.0]), np.zeros(3, int))
    assert far[0] == -8.0
    assert far[2] == 8.0
    # 1 - cdf would have lost its digits here.
    assert far[1] == pytest.approx(-stats.norm.ppf(stats.gamma.sf(4.7, 5, scale=0.1)), rel=1e-9)


def test_transform_is_fitted_on_training_trials():
    rng = np.random.default_rng(1)
    values = rng.normal(70, 5, 40)
    trials = trials_of(values, "heart-rate")
    train = trials.run == "1"
    found, measure = transform_measure(trials, "heart-rate", train)
    assert measure.regressor == "magnitude"
    own = np.arange(40) < 20
    known = values[own & train]
    np.testing.assert_allclose(found[own], (values[own] - known.mean()) / known.std())


def test_reaction_times_become_nearly_standard_normal():
    rng = np.random.default_rng(2)
    found, _ = transform_measure(trials_of(rng.gamma(4, 0.2, 2000)), "rt")
    assert stats.kstest(found[:1000], "norm").pvalue > 0.05


def test_subjects_keep_their_order_of_appearance():
    names, index = subject_index(trials_of(np.arange(1, 5)))
    assert names == ("s2", "s1")
    assert index.tolist() == [0, 0, 1, 1]


def test_neutral_cues_are_those_that_nothing_follows():
    trials = trials_of(np.arange(1, 7))
    cue = np.array(["A", "C", "A", "C", "B", "B"])
    utility = np.array([1.0, 0, 0, 0, -1, 0])
    made = Trials(trials.subject, trials.run, cue, cue, trials.onset, trials.onset, utility)
    assert neutral_trials(made).tolist() == [False, True, False, True, False, False]
    silent = Trials(trials.subject, trials.run, cue, cue, trials.onset, trials.onset, 0 * utility)
    assert not neutral_trials(silent).any()


@pytest.mark.parametrize(
    ("values", "name", "match"),
    [
        ([0.5] * 8, "rt", "rt of subject s2: constant reaction times"),
        ([0.5, 0.6, 0.7, 0.8, *[np.nan] * 4], "rt", "rt of subject s1: 0 times"),
        ([0.5, 0.6, -0.7, 0.8, 1, 2, 3, 4], "rt", "rt, trial 2 of subject s2: -0.7 s"),
        ([70.0] * 8, "heart-rate", "heart-rate of subject s2: the same value"),
    ],
)
def test_bad_measures_are_named(values, name, match):
    with pytest.raises(InputError, match=match):
        transform_measure(trials_of(values, name), name)


def test_ratings_outside_their_scale_are_refused():
    with pytest.raises(InputError, match="pain, trial 3 of subject s2: 11; expected a rating from"):
        transform_measure(
            trials_of([1, 2, 3, 11, 5, 6, 7, 8], "pain"), Measure("pain", scale=(0, 10))
        )
    with pytest.raises(InputError, match="measure: 'sweat'"):
        transform_measure(trials_of([1, 2, 3, 4]), "sweat")
    with pytest.raises(InputError, match="transform of measure x"):
        Measure("x", "log")
    assert find_measure("sweat").transform == "standardize"


def test_share_has_the_exact_interval():
    found = count_share([True] * 4 + [False] * 10)
    assert (found.yes, found.n) == (4, 14)
    # Each limit leaves 2.5 % beyond what was seen.
    assert stats.binom.sf(3, 14, found.ci95[0]) == pytest.approx(0.025, abs=1e-6)
    assert stats.binom.cdf(4, 14, found.ci95[1]) == pytest.approx(0.025, abs=1e-6)
    with pytest.raises(InputError, match="answers"):
        count_share([])
    with pytest.raises(InputError, match="neither yes nor no"):
        count_share([0, 2])
