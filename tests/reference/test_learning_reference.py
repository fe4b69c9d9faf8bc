"""Every model against a loop written from its formula, and against exact Bayes."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad

from dolorimeter.learning import (
    MODELS,
    BetaBernoulli,
    DualRate,
    Hybrid,
    PearceHall,
    RescorlaWagner,
    Surprise,
    TemporalDifference,
    Transitions,
    ValenceIndependent,
)


def trials(n=120, seed=0, outcomes=("relief", "exacerbation", "none")):
    rng = np.random.default_rng(seed)
    cues = rng.choice(["A", "B", "C"], n)
    return pd.DataFrame({"cue": cues, "outcome": rng.choice(list(outcomes), n)})


def rewards(frame):
    return frame["outcome"].map({"relief": 1.0, "exacerbation": -1.0, "none": 0.0}).tolist()


def td_loop(frame, better, worse, v0=0.0, average=0.0, rate=0.0, unsigned=False):
    values, rows = {}, []
    for cue, utility in zip(frame["cue"], rewards(frame), strict=True):
        v = values.get(cue, v0)
        r = abs(utility - average) if unsigned else utility - average
        error = r - v
        rows.append((v, v, error, np.nan))
        values[cue] = v + (better if error > 0 else worse) * error
        average += rate * (utility - average)
    return rows


def associable_loop(frame, kappa, eta, start, excite, v0=0.0, average=0.0):
    values, associability, rows = {}, {}, []
    for cue, utility in zip(frame["cue"], rewards(frame), strict=True):
        v, k, r = values.get(cue, v0), associability.get(cue, start), utility - average
        error = r - v
        rows.append((v, v, error, k))
        beyond = (r > 0 and r > v) or (r < 0 and r < v)
        values[cue] = v + kappa * k * (r if excite and beyond else error)
        associability[cue] = eta * abs(error) + (1 - eta) * k
    return rows


def count_loop(keys, utilities, leak, prior, all_leak, cue_error):
    """Weigh every earlier outcome by its age, from scratch on every trial."""
    rows = []
    for t, key in enumerate(keys):
        same = [s for s in range(t) if keys[s] == key]
        age = {s: (t - 1 - s) if all_leak else sum(u > s for u in same) for s in same}
        weight = {s: (1 - leak) ** age[s] for s in same}
        better = prior[0] + sum(weight[s] * (utilities[s] + 1) / 2 for s in same)
        worse = prior[1] + sum(weight[s] * (1 - utilities[s]) / 2 for s in same)
        value = (better - worse) / (better + worse)
        counted = (1 - leak) * sum(weight.values()) + 1
        rows.append(
            (value, value if cue_error else 0, utilities[t] - value, 1 / (sum(prior) + counted))
        )
    return rows


def quantities(learned):
    return np.column_stack(
        [learned.value, learned.cue_error, learned.outcome_error, learned.associability]
    )


FRAME = trials()
CASES = [
    (TemporalDifference(alpha=0.2, v0=0.3), td_loop(FRAME, 0.2, 0.2, v0=0.3)),
    (TemporalDifference(average=-0.25), td_loop(FRAME, 0.3, 0.3, average=-0.25)),
    (
        TemporalDifference(average="learned", average_rate=0.1, average_start=0.5),
        td_loop(FRAME, 0.3, 0.3, average=0.5, rate=0.1),
    ),
    (DualRate(alpha_better=0.6, alpha_worse=0.1), td_loop(FRAME, 0.6, 0.1)),
    (
        ValenceIndependent(alpha=0.4, average=0.2),
        td_loop(FRAME, 0.4, 0.4, average=0.2, unsigned=True),
    ),
    (
        RescorlaWagner(alpha=0.2),
        [(v, 0.0, error, k) for v, _, error, k in td_loop(FRAME, 0.2, 0.2)],
    ),
    (
        Surprise(alpha=0.2),
        [(v, abs(v), abs(error), k) for v, _, error, k in td_loop(FRAME, 0.2, 0.2)],
    ),
    (
        Hybrid(kappa=0.5, eta=0.2, associability=0.8),
        associable_loop(FRAME, 0.5, 0.2, 0.8, excite=False),
    ),
    (
        PearceHall(kappa=0.5, eta=0.2, associability=0.8, v0=0.1),
        associable_loop(FRAME, 0.5, 0.2, 0.8, excite=True, v0=0.1),
    ),
    (
        BetaBernoulli(leak=0.15, prior_high=2.0, prior_low=0.5),
        count_loop(FRAME["cue"].tolist(), rewards(FRAME), 0.15, (2.0, 0.5), False, True),
    ),
    (
        Transitions(leak=0.15, prior_high=2.0, prior_low=0.5),
        count_loop([None, *rewards(FRAME)[:-1]], rewards(FRAME), 0.15, (2.0, 0.5), True, False),
    ),
]


@pytest.mark.parametrize(("model", "expected"), CASES, ids=lambda case: getattr(case, "name", ""))
def test_against_a_loop(model, expected):
    np.testing.assert_allclose(quantities(model.simulate(FRAME)), expected, rtol=0, atol=1e-13)


def test_every_model_has_a_loop():
    assert {model.name for model, _ in CASES} == set(MODELS)


def test_beta_bernoulli_is_the_exact_posterior_mean():
    frame = trials(40, seed=3, outcomes=("relief", "exacerbation"))
    frame["cue"] = ""
    learned = BetaBernoulli(prior_high=3, prior_low=2).simulate(frame)
    relief = (frame["outcome"] == "relief").to_numpy()
    for t in range(len(frame)):
        better, n = int(relief[:t].sum()), t
        assert learned.probability[t] == pytest.approx(float(Fraction(3 + better, 5 + n)), 1e-14)
    t, better = 25, int(relief[:25].sum())

    def likelihood(p):
        return p ** (2 + better) * (1 - p) ** (1 + t - better)

    mean = quad(lambda p: p * likelihood(p), 0, 1)[0] / quad(likelihood, 0, 1)[0]
    assert learned.probability[t] == pytest.approx(mean, 1e-8)


def test_transitions_are_counts():
    frame = trials(60, seed=4, outcomes=("high", "low"))
    frame["cue"] = ""
    learned = Transitions().simulate(frame)
    low = (frame["outcome"] == "low").to_numpy()
    for t in range(1, len(frame)):
        follow = [low[s] for s in range(1, t) if low[s - 1] == low[t - 1]]
        p = (1 + sum(follow)) / (2 + len(follow))
        assert learned.probability[t] == pytest.approx(p, 1e-14)
        happened = p if low[t] else 1 - p
        assert learned.surprise[t] == pytest.approx(-np.log2(happened), 1e-12)
        entropy = -p * np.log2(p) - (1 - p) * np.log2(1 - p)
        assert learned.entropy[t] == pytest.approx(entropy, 1e-12)
    assert learned.probability[0] == 0.5
    assert learned.surprise[0] == pytest.approx(1.0, 1e-15)


def test_associability_is_the_weight_of_the_next_outcome():
    frame = trials(30, seed=5, outcomes=("relief", "exacerbation"))
    frame["cue"] = ""
    learned = BetaBernoulli().simulate(frame)
    step = np.diff(learned.value) / learned.outcome_error[:-1]
    np.testing.assert_allclose(step, learned.associability[:-1], atol=1e-12)


def test_rescorla_wagner_of_cpm_toolbox():
    stored = json.loads((Path(__file__).parent / "learning_cpm_toolbox.json").read_text("utf-8"))
    frame = pd.DataFrame({"cue": stored["cue"], "utility": stored["utility"]})
    for run in stored["runs"]:
        learned = RescorlaWagner(alpha=run["alpha"]).simulate(frame)
        np.testing.assert_allclose(learned.value, run["value"], rtol=0, atol=1e-10)
        np.testing.assert_allclose(learned.outcome_error, run["outcome_error"], rtol=0, atol=1e-10)
