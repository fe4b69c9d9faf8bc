"""Recovery of what was planted; the issue's proof in small."""

import numpy as np
import pytest

from dolorimeter.core import InputError
from dolorimeter.learning.criterion import fit_by_correlation
from dolorimeter.learning.likelihoods import GaussianEvidence
from dolorimeter.learning.measures import neutral_trials
from dolorimeter.learning.observations import observe, sort_by_subject
from dolorimeter.learning.predictors import make_predictor
from dolorimeter.learning.recovery import plant_measure, recover_models, recover_parameters
from dolorimeter.learning.task_presets import relief2005
from dolorimeter.learning.task_trials import make_trials


@pytest.fixture(scope="module")
def trials():
    return sort_by_subject(make_trials(relief2005(random_state=0), 0, n_subjects=19))


def test_group_rate_is_recovered_at_the_papers_correlation(trials):
    """Reduced: 30 groups, at least 65 % within 0.2 to 0.4 (80 % of 100 in the proof)."""
    predictor, used = make_predictor("td", trials), ~neutral_trials(trials)
    found = []
    for seed in range(30):
        values = plant_measure(predictor, trials, used, np.full((19, 1), 0.3), 0.19, seed)
        evidence = GaussianEvidence(predictor, observe(trials, values, used))
        fit = fit_by_correlation(evidence, trials, permutations=0, bootstrap=0)
        found.append(fit.estimate[0])
    assert np.mean([0.2 <= alpha <= 0.4 for alpha in found]) >= 0.65
    assert np.median(found) == pytest.approx(0.3, abs=0.05)


def test_single_rates_are_recovered_without_much_noise(trials):
    found = recover_parameters(trials, r=0.99, n_simulations=3, random_state=0)
    assert found.within(0.05)[0] >= 0.97
    assert found.correlation[0] > 0.99
    assert abs(found.bias[0]) < 0.01
    exact = recover_parameters(trials, r=1.0, n_simulations=1, random_state=0)
    np.testing.assert_allclose(exact.estimated, exact.true, atol=1e-4)


def test_pooling_helps_where_subjects_are_alike(trials):
    alone, together = (
        recover_parameters(
            trials, r=0.3, how=how, n_simulations=2, truth={"alpha": 0.3}, random_state=0
        )
        for how in ("subject", "hierarchical")
    )
    assert together.error[0] < 0.6 * alone.error[0]
    assert np.isnan(alone.correlation[0])
    assert alone.to_dict()["correlation"] == [None]


def test_planted_correlation_is_what_was_asked_for(trials):
    predictor, used = make_predictor("td", trials), ~neutral_trials(trials)
    planted = np.full((19, 1), 0.3)
    values = plant_measure(predictor, trials, used, planted, -0.6, 0)
    r = GaussianEvidence(predictor, observe(trials, values, used)).correlations(planted[:1])
    assert r.mean() == pytest.approx(-0.6, abs=0.06)
    assert np.isnan(values[~used]).all()


def test_models_are_recovered_on_the_diagonal(trials):
    found = recover_models(
        trials, ("td", "surprise", "dual-rate"), r=0.95, n_simulations=1, random_state=0
    )
    assert found.chosen == ("td = surprise", "dual-rate", "no-learning")
    np.testing.assert_allclose(found.by_subject.sum(axis=1), 1)
    np.testing.assert_allclose(found.by_group, [[1, 0, 0], [1, 0, 0], [0, 1, 0]])
    assert found.to_dict()["planted"] == ["td", "surprise", "dual-rate"]


def test_recovery_is_repeatable(trials):
    first, second = (
        recover_models(trials, ("td",), r=0.5, n_simulations=1, random_state=3) for _ in range(2)
    )
    np.testing.assert_array_equal(first.by_subject, second.by_subject)


def test_noise_recovers_no_learning(trials):
    found = recover_models(trials, ("td",), r=0.0, n_simulations=3, random_state=1)
    assert found.by_group[0, -1] == 1.0


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"r": 1.5}, "r: 1.5"),
        ({"how": "mean"}, "how: 'mean'"),
        ({"truth": {"beta": 0.3}}, "truth: beta"),
    ],
)
def test_wrong_arguments_are_named(trials, changes, match):
    with pytest.raises(InputError, match=match):
        recover_parameters(trials, n_simulations=1, **changes)
