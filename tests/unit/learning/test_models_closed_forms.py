"""Temporal difference against closed forms (science 2.2): expectations exact, then simulated."""

import itertools

import numpy as np
import pandas as pd
import pytest

from dolorimeter.learning import TemporalDifference

ALPHA, N, HITS = 0.3, 30, 15
MEAN_VALUE = 0.5 * (1 - (1 - (1 - ALPHA) ** N) / (N * ALPHA))


def every_order(n, hits):
    """All balanced sequences, one subject each."""
    rows = [
        (f"{i}", "A", float(t in chosen))
        for i, chosen in enumerate(itertools.combinations(range(n), hits))
        for t in range(n)
    ]
    return pd.DataFrame(rows, columns=["subject", "cue", "utility"])


def expected_by_trial_type(alpha, n, hits):
    """Errors expected over all balanced orders, from linearity and exchangeability alone.

    Before trial t the value is a weighted sum of earlier rewards, each of which, given this one,
    has the expectation (hits - r) / (n - 1).
    """
    weight = np.array([1 - (1 - alpha) ** t for t in range(n)]).mean()
    value = {r: weight * (hits - r) / (n - 1) for r in (1.0, 0.0)}
    return {r: (value[r], r - value[r]) for r in value}


def balanced_orders(n_subjects, seed):
    rng = np.random.default_rng(seed)
    hits = np.repeat([1.0, 0.0], [HITS, N - HITS])
    utility = rng.permuted(np.tile(hits, (n_subjects, 1)), axis=1)
    subject = np.repeat(np.arange(n_subjects).astype(str), N)
    return pd.DataFrame({"subject": subject, "cue": "A", "utility": utility.ravel()})


def test_figures_of_the_specification():
    by_type = expected_by_trial_type(ALPHA, N, HITS)
    assert pytest.approx(0.4444, abs=5e-5) == MEAN_VALUE
    assert by_type[1.0] == pytest.approx((0.429, 0.5709), abs=5e-4)
    assert by_type[0.0] == pytest.approx((0.460, -0.4598), abs=5e-4)


@pytest.mark.parametrize(("alpha", "n", "hits"), [(0.3, 10, 5), (0.7, 9, 4), (0.05, 8, 4)])
def test_exact_expectation_over_every_order(alpha, n, hits):
    trials = every_order(n, hits)
    learned = TemporalDifference(alpha=alpha).simulate(trials)
    p = hits / n
    mean_value = p * (1 - (1 - (1 - alpha) ** n) / (n * alpha))
    assert learned.value.mean() == pytest.approx(mean_value, abs=1e-12)
    assert learned.cue_error.mean() == pytest.approx(mean_value, abs=1e-12)
    reward = trials["utility"].to_numpy()
    for r, (cue_error, outcome_error) in expected_by_trial_type(alpha, n, hits).items():
        chosen = reward == r
        assert learned.cue_error[chosen].mean() == pytest.approx(cue_error, abs=1e-12)
        assert learned.outcome_error[chosen].mean() == pytest.approx(outcome_error, abs=1e-12)


def test_exact_expectation_at_thirty_trials_by_linearity():
    # Values are linear in rewards, so that the response to one reward on each trial in turn
    # gives the expectation over all 155 million orders exactly.
    impulses = pd.DataFrame(
        {
            "subject": np.repeat(np.arange(N).astype(str), N),
            "cue": "A",
            "utility": np.eye(N).ravel(),
        }
    )
    model = TemporalDifference(alpha=ALPHA)
    response = model.simulate(impulses).value.reshape(N, N)  # reward on trial i, value on trial t
    assert response.sum(axis=0).mean() * HITS / N == pytest.approx(MEAN_VALUE, abs=1e-12)
    for r, (cue_error, outcome_error) in expected_by_trial_type(ALPHA, N, HITS).items():
        value = response.sum(axis=0) * (HITS - r) / (N - 1)
        assert value.mean() == pytest.approx(cue_error, abs=1e-12)
        assert (r - value).mean() == pytest.approx(outcome_error, abs=1e-12)


def test_simulated_balanced_orders():
    trials = balanced_orders(20_000, seed=0)
    learned = TemporalDifference(alpha=ALPHA).simulate(trials)
    reward = trials["utility"].to_numpy()
    assert learned.value.mean() == pytest.approx(0.4444, abs=1e-3)
    assert learned.outcome_error[reward == 1].mean() == pytest.approx(0.5709, abs=1e-3)
    assert learned.outcome_error[reward == 0].mean() == pytest.approx(-0.4598, abs=1e-3)
    assert learned.cue_error[reward == 1].mean() == pytest.approx(0.429, abs=1e-3)
    assert learned.cue_error[reward == 0].mean() == pytest.approx(0.460, abs=1e-3)


def test_value_after_constant_reward():
    trials = pd.DataFrame({"cue": ["A"] * 20, "outcome": ["relief"] * 20})
    value = TemporalDifference(alpha=0.2, v0=-0.5).simulate(trials).value
    assert value == pytest.approx(1 - 1.5 * 0.8 ** np.arange(20), abs=1e-12)


def test_learned_average_has_its_own_closed_form():
    trials = pd.DataFrame({"cue": [f"{i}" for i in range(12)], "outcome": "relief"})
    model = TemporalDifference(average="learned", average_rate=0.1, average_start=0.25)
    # A new cue each trial: the error is 1 - a, and a runs towards 1 from where it starts.
    assert model.simulate(trials).outcome_error == pytest.approx(
        0.75 * 0.9 ** np.arange(12), abs=1e-12
    )
