"""P(pain | pattern): the formula, the textbook case, and the interval against sampling."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from dolorimeter.core import InputError
from dolorimeter.decoding.rates import effective_counts, infer_pain
from dolorimeter.decoding.reverse_inference import (
    bayes_factor,
    probability_of_pain,
    reverse_inference,
)


def test_formula():
    # 1,000 people, 100 in pain: 90 hits; 900 not: 180 false alarms; 90 of 270
    assert probability_of_pain(0.1, 0.9, 0.8) == pytest.approx(1 / 3)
    assert bayes_factor(0.9, 0.8) == pytest.approx(4.5)
    several = probability_of_pain([0.0, 0.5, 1.0], 0.9, 0.8)
    np.testing.assert_allclose(several, [0.0, 9 / 11, 1.0])


def test_edges():
    assert probability_of_pain(0.01, 0.2, 1.0) == 1.0  # exclusivity
    assert bayes_factor(0.2, 1.0) == np.inf
    assert np.isnan(probability_of_pain(0.5, 0.0, 1.0))
    assert np.isnan(bayes_factor(0.0, 1.0))
    assert probability_of_pain(0.3, 0.6, 0.4) == pytest.approx(0.3)  # tells nothing
    never = reverse_inference(0.5, 0.0, 1.0)
    assert never.probability is None
    assert json.dumps(never.to_dict(), allow_nan=False)


def test_curve_holds_the_base_rates():
    found = reverse_inference(0.1, 0.9, 0.8, priors=[0.1, 0.5])
    assert found.curve == ((0.1, pytest.approx(1 / 3)), (0.5, pytest.approx(9 / 11)))
    assert found.ci95 is None


def test_interval_against_sampled_posteriors():
    rng = np.random.default_rng(0)
    for sensitivity, specificity, n_pain, n_other in ((0.9, 0.8, 40, 80), (0.5, 0.99, 10, 200)):
        found = reverse_inference(0.1, sensitivity, specificity, n_pain, n_other)
        a, b = sensitivity * n_pain, (1 - specificity) * n_other
        hits = rng.beta(a + 0.5, n_pain - a + 0.5, 400_000)
        alarms = rng.beta(b + 0.5, n_other - b + 0.5, 400_000)
        sampled = np.quantile(0.1 * hits / (0.1 * hits + 0.9 * alarms), [0.025, 0.975])
        assert found.ci95 == pytest.approx(tuple(sampled), abs=0.003)
        assert found.ci95[0] < found.probability < found.ci95[1]


def test_interval_covers():
    rng = np.random.default_rng(1)
    truth = probability_of_pain(0.2, 0.8, 0.7)
    covered = 0
    for _ in range(300):
        hits, alarms = rng.binomial(30, 0.8), rng.binomial(60, 0.3)
        low, high = reverse_inference(0.2, hits / 30, 1 - alarms / 60, 30, 60).ci95
        covered += low <= truth <= high
    assert covered / 300 == pytest.approx(0.95, abs=0.04)


def test_interval_reaches_the_end_that_was_never_left():
    exclusive = reverse_inference(0.1, 0.9, 1.0, 40, 80)
    assert exclusive.probability == 1.0
    assert exclusive.ci95[1] == 1.0
    assert 0.1 < exclusive.ci95[0] < 1.0
    assert json.dumps(exclusive.to_dict(), allow_nan=False)
    assert reverse_inference(0.1, 0.0, 0.8, 40, 80).ci95[0] == 0.0


def test_effective_counts():
    assert effective_counts([5], [10]) == (0.5, 10.0)
    # all subjects alike: the binomial variance is not exceeded, nothing is shrunk
    assert effective_counts([5, 5, 5, 5], [10, 10, 10, 10]) == (0.5, 40.0)
    # all or nothing in each: each subject is worth one test (less Bessel's factor)
    rate, n = effective_counts([10, 0, 10, 0], [10, 10, 10, 10])
    assert (rate, n) == (0.5, pytest.approx(3.0))
    assert effective_counts([10, 10], [10, 10]) == (1.0, 2.0)


def test_infer_pain_takes_subjects_as_clusters():
    modality = np.array(["pain", "pain", "touch", "touch"] * 3)
    subject = np.repeat(["a", "b", "c"], 4)
    called = np.array([1, 1, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0], dtype=bool)
    found = infer_pain(called, modality, subject, "pain", ("touch",), 0.5)
    assert found.sensitivity == pytest.approx(2 / 3)
    assert found.specificity == pytest.approx(2 / 3)
    assert found.probability == pytest.approx(2 / 3)
    assert found.n_pain < 6


@pytest.mark.parametrize(
    ("arguments", "where"),
    [
        ((1.1, 0.9, 0.8), "prior"),
        ((0.1, float("nan"), 0.8), "sensitivity"),
        ((0.1, 0.9, -0.2), "specificity"),
        ((0.1, 0.9, 0.8, 10), "n_pain, n_other"),
        ((0.1, 0.9, 0.8, 0, 10), "n_pain"),
    ],
)
def test_bad_input_names_the_argument(arguments, where):
    with pytest.raises(InputError) as error:
        reverse_inference(*arguments)
    assert error.value.where == where


def test_command():
    from dolorimeter.cli.decode_reverse_inference import reverse_inference as command

    options = ["--sensitivity", ".9", "--specificity", ".8", "--base-rate", ".1"]
    run = CliRunner().invoke(command, [*options, "--n-pain", "40", "--n-other", "80", "--json"])
    assert run.exit_code == 0
    content = json.loads(run.output)
    assert content["probability"] == pytest.approx(1 / 3)
    assert content["ci95"][0] < 1 / 3 < content["ci95"][1]
    plain = CliRunner().invoke(command, options)
    assert "0.333" in plain.output
    assert "interval" not in plain.output
    assert CliRunner().invoke(command, [*options[:-1], "1.5"]).exit_code == 2
