"""Likelihoods against ordinary regression and brute force."""

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

from dolorimeter.core import InputError, Trials
from dolorimeter.learning.choice_likelihood import choice_evidence
from dolorimeter.learning.likelihoods import GaussianEvidence
from dolorimeter.learning.measures import neutral_trials
from dolorimeter.learning.observations import observe, sort_by_subject
from dolorimeter.learning.predictors import make_predictor
from dolorimeter.learning.preferences import read_choices
from dolorimeter.learning.task_presets import relief2005
from dolorimeter.learning.task_trials import make_trials

ALPHAS = np.array([[0.0], [0.05], [0.3], [0.8], [1.0]])


@pytest.fixture
def trials() -> Trials:
    return sort_by_subject(make_trials(relief2005(random_state=0), 0, n_subjects=3))


@pytest.fixture
def evidence(trials):
    values = np.random.default_rng(1).normal(3, 2, len(trials))
    values[::17] = np.nan
    seen = observe(trials, values, ~neutral_trials(trials))
    return GaussianEvidence(make_predictor("td", trials), seen)


def values_of(trials, alpha, v0=0.0):
    """Values by a loop that knows nothing of the kernels."""
    memory, found = {}, np.empty(len(trials))
    for i in range(len(trials)):
        key = trials.subject[i], trials.cue[i]
        found[i] = memory.setdefault(key, v0)
        memory[key] += alpha * (trials.utility[i] - memory[key])
    return found


def test_likelihood_is_that_of_ordinary_regression(trials, evidence):
    found = evidence.log_likelihood(ALPHAS)
    seen = evidence.observations
    for g, alpha in enumerate(ALPHAS[:, 0]):
        x = np.abs(values_of(trials, alpha))[seen.rows]
        for u in range(3):
            own = seen.subject == u
            design = np.column_stack([np.ones(own.sum()), x[own]])
            y = seen.measured[own]
            residual = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
            expected = stats.norm.logpdf(residual, 0, residual.std()).sum()
            assert found[u, g] == pytest.approx(expected, rel=1e-10)
    np.testing.assert_allclose(evidence.without(), found[:, 0], rtol=1e-12)


def test_each_subject_may_have_its_own_parameters(evidence):
    own = np.array([[[0.3]], [[0.05]], [[0.8]]])
    shared = evidence.log_likelihood(ALPHAS)
    np.testing.assert_allclose(
        evidence.log_likelihood(own)[:, 0], [shared[0, 2], shared[1, 1], shared[2, 3]], rtol=1e-12
    )


def test_free_slope_peaks_at_the_profile(evidence):
    parameters = np.full((3, 1, 1), 0.3)
    r = evidence.correlations(parameters)
    best = evidence.joint(parameters, r)
    np.testing.assert_allclose(best, evidence.log_likelihood(parameters), rtol=1e-12)
    assert (evidence.joint(parameters, r + 0.05) < best).all()
    assert (evidence.joint(parameters, r - 0.05) < best).all()


def test_common_slope_is_the_best_of_all(evidence):
    weights = np.array([[1.0, 1, 1], [2, 0, 1]])
    found = evidence.common(ALPHAS, weights)
    n = evidence.counts
    yy = evidence.observations.squares
    r = evidence.correlations(ALPHAS)
    for w, weight in enumerate(weights):
        for g in range(1, len(ALPHAS)):

            def negative(slope, weight=weight, g=g):
                share = (weight * n * (1 - 2 * slope * r[:, g] + slope**2)).sum() / (weight @ n)
                own = -n / 2 * (np.log(2 * np.pi * yy / n * share) + 1)
                return -(weight @ own)

            best = optimize.minimize_scalar(negative, bounds=(-1, 1), method="bounded")
            assert found[w, g] == pytest.approx(-best.fun, abs=1e-6)


@pytest.mark.parametrize("nuisance", [("trend",), ("run", "cue"), ("trend", "run", "cue")])
def test_nuisance_is_regressed_out_of_both(trials, nuisance):
    values = np.random.default_rng(2).normal(size=len(trials))
    used = ~neutral_trials(trials)
    seen = observe(trials, values, used, nuisance)
    found = GaussianEvidence(make_predictor("td", trials), seen).correlations(ALPHAS[2:3])[:, 0]
    x = np.abs(values_of(trials, 0.3))
    for u, name in enumerate(seen.subjects):
        rows = np.flatnonzero(used & (trials.subject == name))
        columns = [np.ones(len(rows))]
        columns += [rows.astype(float)] if "trend" in nuisance else []
        for kind in ("run", "cue"):
            labels = getattr(trials, kind)[rows]
            if kind in nuisance:
                columns += [(labels == one).astype(float) for one in np.unique(labels)]
        z = np.column_stack(columns)
        project = np.eye(len(rows)) - z @ np.linalg.pinv(z)
        expected = np.corrcoef(project @ x[rows], project @ values[rows])[0, 1]
        assert found[u] == pytest.approx(expected, abs=1e-10)


def test_a_subject_without_data_is_named(trials):
    values = np.random.default_rng(0).normal(size=len(trials))
    values[trials.subject == trials.subject[-1]] = np.nan
    with pytest.raises(InputError, match=f"subject {trials.subject[-1]}: 0 trials with data"):
        observe(trials, values, ~neutral_trials(trials))
    with pytest.raises(InputError, match="no variation"):
        observe(trials, np.full(len(trials), 3.0), ~neutral_trials(trials))
    with pytest.raises(InputError, match="nuisance: 'drift'"):
        observe(trials, values, ~neutral_trials(trials), ("drift",))


def test_models_without_the_quantity_are_refused(trials):
    with pytest.raises(InputError, match="regressor: 'associability'"):
        make_predictor("td", trials, "associability")
    with pytest.raises(InputError, match="fixed: alpha"):
        make_predictor("td", trials, fixed={"alpha": 0.3})
    fixed = make_predictor("dual-rate", trials, fixed={"alpha_worse": 0.1})
    assert [spec.name for spec in fixed.free] == ["alpha_better"]


def choice_table(trials):
    rng = np.random.default_rng(3)
    rows = [
        (name, *pair, pair[rng.integers(2)])
        for name in pd.unique(trials.subject)
        for pair in [("A", "B"), ("C", "B"), ("C", "A")] * 5
    ]
    return pd.DataFrame(rows, columns=["subject", "first", "second", "chosen"])


def test_choices_follow_a_softmax_of_final_values(trials):
    table = choice_table(trials)
    predictor = make_predictor("td", trials, "value")
    evidence = choice_evidence(predictor, trials, read_choices(table))
    found = evidence.log_likelihood(ALPHAS[1:4])
    for g, alpha in enumerate(ALPHAS[1:4, 0]):
        final = {}
        for i in range(len(trials)):
            key = trials.subject[i], trials.cue[i]
            final[key] = final.get(key, 0.0) + alpha * (trials.utility[i] - final.get(key, 0.0))
        for u, name in enumerate(evidence.subjects):
            own = table[table["subject"] == name]
            gap = np.array(
                [
                    final[name, a] - final[name, b]
                    for a, b in zip(own["first"], own["second"], strict=True)
                ]
            )
            sign = np.where(own["chosen"] == own["first"], 1, -1)

            def negative(b, gap=gap, sign=sign):
                return np.log1p(np.exp(-sign * b * gap)).sum()

            best = optimize.minimize_scalar(negative, bounds=(0, 50), method="bounded")
            assert found[u, g] == pytest.approx(-min(best.fun, negative(0.0)), abs=1e-6)
            at = evidence.joint(np.full((3, 1, 1), alpha), np.full((3, 1), np.log(2.0)))
            assert at[u, 0] == pytest.approx(-negative(2.0), rel=1e-10)
    whole = evidence.common(ALPHAS[1:4], np.ones((1, 3)))
    assert (whole <= found.sum(axis=0) + 1e-9).all()
    assert (whole >= evidence.without().sum() - 1e-9).all()


def test_choices_need_known_cues_and_every_subject(trials):
    predictor = make_predictor("td", trials, "value")
    table = choice_table(trials)
    with pytest.raises(InputError, match="cue in preferences: 'D'"):
        choice_evidence(predictor, trials, read_choices(table.replace({"C": "D"})))
    some = table[table["subject"] != trials.subject[0]]
    with pytest.raises(InputError, match=f"preferences of subject {trials.subject[0]}: no choice"):
        choice_evidence(predictor, trials, read_choices(some))
