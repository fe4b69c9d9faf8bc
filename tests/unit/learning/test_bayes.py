"""Full Bayes: the recursion, the density, what is recovered, and what is refused."""

import subprocess
import sys

import numpy as np
import pytest
from scipy import linalg, stats

from dolorimeter.core import InputError
from dolorimeter.learning import (
    BayesPriors,
    FitOptions,
    Measure,
    Sampling,
    fit_bayes,
    fit_learning,
    simulate_learning,
)
from dolorimeter.learning.bayes_model import Layout, make_correlations, make_potential
from dolorimeter.learning.bayes_recursion import DIFFERENTIABLE, make_recursion
from dolorimeter.learning.fit import make_evidence
from dolorimeter.learning.observations import sort_by_subject

jax = pytest.importorskip("jax")
pytest.importorskip("numpyro")


@pytest.fixture(scope="module")
def study():
    return simulate_learning(n_subjects=12, correlations={"heart-rate": 0.6}, random_state=4)


@pytest.fixture(scope="module")
def trials(study):
    return sort_by_subject(study.trials)


def evidence_of(trials, model="td", regressor="magnitude", **options):
    measure = Measure("heart-rate", regressor=regressor)
    return make_evidence(trials, model, measure, options=FitOptions(**options))


def drawn_parameters(predictor, seed=0):
    shape = (len(predictor.encoded.subjects), len(predictor.free))
    return np.random.default_rng(seed).uniform(0.02, 0.98, shape)


CASES = [
    *((model, "value", {}) for model in DIFFERENTIABLE),
    ("td", "magnitude", {"fixed": {"average": 0.2, "average_rate": 0.1}}),
    ("rw", "surprise", {"v0": {"A": 0.5, "B": -0.5}, "fixed": {"v0": 0.1}}),
    ("dual-rate", "surprise", {"reset_runs": True}),
    ("valence-independent", "magnitude", {"fixed": {"average": -0.3}}),
    ("pearce-hall", "associability", {"fixed": {"average_rate": 0.05}, "reset_runs": True}),
    ("pearce-hall", "magnitude", {"fixed": {"associability": 0.4}}),
    ("hybrid", "associability", {}),
]


@pytest.mark.parametrize(("model", "regressor", "options"), CASES)
def test_the_recursion_is_that_of_the_kernels(trials, model, regressor, options):
    predictor = evidence_of(trials, model, regressor, **options).predictor
    parameters = drawn_parameters(predictor)
    with jax.enable_x64(True):
        found = np.asarray(make_recursion(predictor)(parameters))
    expected = predictor.quantity(parameters[:, None, :])[0]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-10)


def test_correlations_and_their_slopes_are_those_of_the_likelihood(trials):
    evidence = evidence_of(trials, "dual-rate", nuisance=("trend", "practice"))
    at, step = drawn_parameters(evidence.predictor), 1e-6
    with jax.enable_x64(True):
        correlations = make_correlations(evidence)
        found = np.asarray(correlations(at))
        slopes = np.asarray(jax.grad(lambda p: correlations(p).sum())(at))
    np.testing.assert_allclose(found, evidence.correlations(at[:, None, :])[:, 0], atol=1e-10)
    for i in range(2):
        move = step * np.eye(2)[i]
        ends = [evidence.correlations((at + sign * move)[:, None])[:, 0] for sign in (1, -1)]
        np.testing.assert_allclose(slopes[:, i], (ends[0] - ends[1]) / (2 * step), atol=1e-6)


def test_the_density_is_that_of_the_model_written_out(trials):
    evidence = evidence_of(trials, "td", nuisance=("trend",))
    priors = BayesPriors(logit_location=-0.5, slope_scale=0.7, noise_deviation=0.3)
    layout = Layout(1, 12)
    rows = np.random.default_rng(1).normal(0, 0.5, (3, layout.size))
    with jax.enable_x64(True):
        found = [-float(make_potential(evidence, priors)(row)) for row in rows]
    expected = [log_density(evidence, row) for row in rows]
    np.testing.assert_allclose(np.diff(found), np.diff(expected), rtol=1e-9)


def log_density(evidence, row):
    """Write the same model out by SciPy's densities, each observation by itself."""
    seen, (mean, logs, standard) = (
        evidence.observations,
        (row[:3], row[3:6], row[6:].reshape(12, 3)),
    )
    each = mean + np.exp(logs) * standard
    x = evidence.predictor.quantity(1 / (1 + np.exp(-each[:, None, :1])))[0]
    prior = stats.norm.logpdf(mean, [-0.5, 0, 0], [1.5, 0.7, 0.5]).sum()
    prior += (stats.halfnorm.logpdf(np.exp(logs), scale=[1.0, 0.5, 0.3]) + logs).sum()
    prior += stats.norm.logpdf(standard).sum()
    for u in range(12):
        own = slice(seen.offsets[u], seen.offsets[u + 1])
        trial = seen.rows[own].astype(float)
        # What a flat prior leaves: the directions in which no nuisance points.
        free = linalg.null_space(np.column_stack([np.ones_like(trial), trial - trial.mean()]).T)
        y, z = free.T @ seen.measured[own], free.T @ x[seen.rows[own]]
        y, z = (np.sqrt(len(trial)) * v / linalg.norm(v) for v in (y, z))
        prior += stats.norm.logpdf(y, each[u, 1] * z, np.exp(each[u, 2])).sum()
    return prior


@pytest.fixture(scope="module")
def found(trials):
    return fit_bayes(trials, "td", "heart-rate", sampling=Sampling(draws=300, warm_up=300),
                     random_state=0)  # fmt: skip


def test_what_was_planted_is_recovered(found, study):
    group = dict(zip(found.group.names, found.group.ci95, strict=True))
    planted = np.array(study.truth["parameters"]["alpha"])
    middle = 1 / (1 + np.exp(-np.log(planted / (1 - planted)).mean()))
    assert group["alpha"][0] < middle < group["alpha"][1]
    assert group["alpha"][1] - group["alpha"][0] < 0.2
    assert group["slope"][0] < 0.6 < group["slope"][1]
    assert group["noise"][0] < 0.8 < group["noise"][1]
    low, high = found.subjects["alpha"].ci95.T
    assert ((low < planted) & (planted < high)).sum() >= 10


def test_empirical_bayes_agrees(found, trials):
    other = fit_learning(
        trials, ("td",), ("heart-rate",), ("hierarchical",), ("likelihood",), bootstrap=0
    ).of("td", "heart-rate").estimates["hierarchical"]  # fmt: skip
    assert found.group.mean[0] == pytest.approx(other.group[0], abs=0.03)
    np.testing.assert_allclose(found.subjects["alpha"].mean, other.subjects[:, 0], atol=0.06)


def test_diagnostics_are_those_of_chains_that_have_mixed(found):
    assert found.divergences == 0
    assert found.group.names[0] == "alpha"
    assert found.subject_names == tuple(found.subjects["slope"].names)
    assert found.group.r_hat.max() < 1.05
    assert found.group.ess.min() > 150
    assert "R-hat" in found.reason
    assert found.trusted == (
        max(p.r_hat.max() for p in (found.group, *found.subjects.values())) < 1.01
        and min(p.ess.min() for p in (found.group, *found.subjects.values())) > 400
    )


@pytest.mark.slow
def test_few_warm_up_draws_are_not_trusted_and_seeds_decide(trials):
    few = Sampling(chains=2, warm_up=20, draws=20)
    one, two = (fit_bayes(trials, "td", "heart-rate", sampling=few, random_state=1) for _ in "ab")
    assert not one.trusted
    assert one.group.r_hat.max() > 1.05
    assert one.to_dict() == two.to_dict()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"model": "beta-bernoulli"}, "for full Bayes one of td, rw"),
        ({"measure": "preference"}, "single trials"),
        ({"model": "nothing"}, "for full Bayes one of td"),
    ],
)
def test_what_full_bayes_cannot_do_is_refused(trials, settings, said):
    with pytest.raises(InputError, match=said):
        fit_bayes(trials, **{"model": "td", "measure": "heart-rate"} | settings)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Sampling(chains=1), "chains"),
        (lambda: Sampling(draws=4), "draws"),
        (lambda: Sampling(warm_up=0), "warm_up"),
        (lambda: Sampling(draws=True), "draws"),
        (lambda: Sampling(target_acceptance=1.0), "between 0 and 1"),
        (lambda: BayesPriors(slope_scale=0.0), "slope_scale"),
        (lambda: BayesPriors(logit_location=float("nan")), "logit_location"),
    ],
)
def test_settings_without_meaning_are_refused(make, said):
    with pytest.raises(InputError, match=said):
        make()


def test_without_numpyro_the_extra_is_named(trials, monkeypatch):
    monkeypatch.setitem(sys.modules, "numpyro", None)
    with pytest.raises(InputError, match=r"dolorimeter\[bayes\]"):
        fit_bayes(trials, "td", "heart-rate")


def test_nothing_global_changes(found):
    assert not jax.config.jax_enable_x64
    assert jax.numpy.ones(1).dtype == np.float32
    code = (
        "import sys, dolorimeter.learning, dolorimeter.studies.learning\n"
        "dolorimeter.learning.fit_bayes\n"
        "assert not {'jax', 'numpyro'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
