"""What the models take: whose trials they are, what followed, and what is refused."""

import numpy as np
import pandas as pd
import pytest

from dolorimeter.core import InputError, Trials
from dolorimeter.learning import (
    FORMS,
    MODELS,
    BetaBernoulli,
    PearceHall,
    TemporalDifference,
    Transitions,
    ValenceIndependent,
    encode_trials,
    simulate_grid,
)


def table(cues="AABAB", outcomes=("relief", "none", "exacerbation", "relief", "none"), **more):
    return pd.DataFrame({"cue": list(cues), "outcome": list(outcomes), **more})


def as_trials(frame):
    n = len(frame)
    names = {name: frame.get(name, pd.Series(["1"] * n)) for name in ("subject", "run", "cue")}
    numbers = frame["outcome"].map({"relief": 1.0, "exacerbation": -1.0, "none": 0.0})
    return Trials(
        **{name: np.asarray(values.astype(str), dtype=str) for name, values in names.items()},
        outcome=np.asarray(frame["outcome"], dtype=str),
        onset=np.full(n, np.nan),
        outcome_onset=np.full(n, np.nan),
        utility=numbers.to_numpy(dtype=np.float64),
    )


def mixed_subjects():
    rng = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "subject": rng.choice(["s2", "s1", "s3"], 90),
            "run": np.repeat(["1", "2", "3"], 30),
            "cue": rng.choice(list("ABC"), 90),
            "outcome": rng.choice(["relief", "exacerbation", "none"], 90),
        }
    )


@pytest.mark.parametrize("name", MODELS)
def test_subjects_learn_apart_whatever_the_order_of_rows(name):
    frame = mixed_subjects()
    model = MODELS[name].build()
    learned = model.simulate(frame)
    for subject in ("s1", "s2", "s3"):
        own = (frame["subject"] == subject).to_numpy()
        alone = model.simulate(frame[own])
        for quantity in ("value", "cue_error", "outcome_error", "associability"):
            np.testing.assert_array_equal(
                getattr(learned, quantity)[own], getattr(alone, quantity), err_msg=quantity
            )


@pytest.mark.parametrize("name", MODELS)
def test_table_and_container_agree(name):
    frame = mixed_subjects()
    model = MODELS[name].build()
    one, other = model.simulate(frame), model.simulate(as_trials(frame))
    np.testing.assert_array_equal(one.value, other.value)


def test_values_carry_over_runs_unless_told():
    frame = table("AAAA", ["relief"] * 4, run=[1, 1, 2, 2])
    model = TemporalDifference(alpha=0.5)
    assert list(model.simulate(frame).value) == [0, 0.5, 0.75, 0.875]
    assert list(model.simulate(frame, reset_runs=True).value) == [0, 0.5, 0, 0.5]


def test_outcomes_of_sequences_without_cues():
    frame = table(["", "", ""], ["high", "low", "high"])
    assert list(TemporalDifference(alpha=0.5).simulate(frame).outcome_error) == [-1, 1.5, -1.25]


def test_utilities_stand_before_names():
    frame = table("A", ["relief"], utility=[3.0])
    model = TemporalDifference(average=1.0)
    assert model.simulate(frame).outcome_error[0] == 2.0


def test_starting_values_by_cue():
    frame = table("ABC", ["none"] * 3)
    model = TemporalDifference(v0={"A": 0.5, "B": -0.5})
    assert list(model.simulate(frame).value) == [0.5, -0.5, 0.0]
    _, step = model.step(model.start(), "B", "none")
    assert step.value == -0.5
    grid = simulate_grid("td", frame, [[0.3]], v0={"A": 0.5, "B": -0.5})
    assert list(grid.value[0]) == [0.5, -0.5, 0.0]


def test_errors_have_two_signs():
    learned = TemporalDifference().simulate(table())
    np.testing.assert_array_equal(learned.aversive_error, -learned.appetitive_error)
    np.testing.assert_array_equal(learned.appetitive_error[:, 1], learned.outcome_error)


def test_trials_carry_what_the_model_has():
    trials = as_trials(table())
    value = {"value", "cue_error", "outcome_error"}
    assert set(TemporalDifference().simulate(trials).attach(trials).quantities) == value
    counted = BetaBernoulli().simulate(trials).attach(trials).quantities
    assert set(counted) == value | {"associability", "probability", "surprise", "entropy"}


def test_grid_of_all_subjects_and_of_each():
    frame = mixed_subjects()
    alphas = np.array([[0.1], [0.9]])
    shared = simulate_grid("td", frame, alphas)
    assert shared.value.shape == (2, 90)
    each = simulate_grid("td", frame, np.array([[[0.1]], [[0.9]], [[0.9]]]))
    first = frame["subject"].iloc[0]  # parameters follow the order of the first trials
    own = (frame["subject"] == first).to_numpy()
    np.testing.assert_array_equal(each.value[0, own], shared.value[0, own])
    np.testing.assert_array_equal(each.value[0, ~own], shared.value[1, ~own])


@pytest.mark.parametrize("name", MODELS)
def test_grid_does_not_depend_on_threads_or_width(name):
    encoded = encode_trials(mixed_subjects())
    n_free = len(FORMS[name].free)
    rows = np.random.default_rng(2).random((70, n_free))
    wide = simulate_grid(name, encoded, rows, n_jobs=3)
    for quantity, alone in zip(wide, simulate_grid(name, encoded, rows[41:42]), strict=True):
        np.testing.assert_array_equal(quantity[41:42], alone)
    values = simulate_grid(name, encoded, rows, value_only=True)
    np.testing.assert_array_equal(values.value, wide.value)
    assert np.isnan(values.outcome_error).all()


def test_long_sequences_cross_tiles():
    frame = table("A" * 200, ["relief", "none"] * 100)
    value, expected = 0.0, []
    for reward in [1.0, 0.0] * 100:
        expected.append(value)
        value += 0.3 * (reward - value)
    np.testing.assert_array_equal(TemporalDifference().simulate(frame).value, expected)


def test_registry_matches_the_classes():
    assert list(MODELS) == list(FORMS)
    for name, spec in MODELS.items():
        model = spec.build()
        assert model.name == name
        assert tuple(model.parameters()) == FORMS[name].names
        assert [p.default for p in spec.parameters] == list(model.parameters().values())
        assert FORMS[name].free
        assert all(p.least <= p.low < p.high <= p.greatest for p in spec.parameters)
        grid = simulate_grid(name, table(), [[p.default for p in FORMS[name].free]])
        np.testing.assert_array_equal(grid.value[0], model.simulate(table()).value)


def test_steps_leave_their_state_alone():
    model = PearceHall()
    state = model.start(["A"])
    model.step(state, "A", "relief")
    np.testing.assert_array_equal(state.memory, model.start(["A"]).memory)


def test_pause_forgets_only_what_came_last():
    frame = table(["", "", "", ""], ["low", "high", "high", "low"], run=[1, 1, 2, 2])
    model = Transitions(leak=0.1)
    learned = model.simulate(frame)
    state, values = model.start(), []
    for i, outcome in enumerate(frame["outcome"]):
        state = model.pause(state) if i == 2 else state
        state, step = model.step(state, "", outcome)
        values.append(step.value)
    np.testing.assert_array_equal(learned.value, values)


@pytest.mark.parametrize(
    ("frame", "match"),
    [
        (table().drop(columns="cue"), "column cue"),
        (table().drop(columns="outcome"), "column outcome or utility"),
        (table()[:0], "no row"),
        (table("AB", ["relief", "joy"]), "outcome, trial 1: 'joy'"),
        (table("AB", ["relief", None]), "outcome, trial 1"),
        (table("AB", ["relief", "none"], utility=[1.0, np.nan]), "utility, trial 1: nan"),
        (table("AB", ["relief", "none"], utility=["1", "much"]), "utility, trial 1: much"),
        (table("AB", ["relief", "none"], utility=[np.inf, 0.0]), "utility, trial 0: inf"),
        (table(["A", None], ["relief", "none"]), "cue, trial 1: missing"),
    ],
)
def test_trials_that_cannot_be_read(frame, match):
    with pytest.raises(InputError, match=match):
        TemporalDifference().simulate(frame)


@pytest.mark.parametrize(
    ("build", "match"),
    [
        (lambda: TemporalDifference(alpha=1.1), "alpha: 1.1; expected a number from 0 to 1"),
        (lambda: TemporalDifference(alpha=-0.1), "alpha: -0.1"),
        (lambda: TemporalDifference(alpha=np.nan), "alpha: nan"),
        (lambda: TemporalDifference(average="mean"), "average: 'mean'"),
        (lambda: TemporalDifference(average="learned", average_rate=2.0), "average_rate: 2.0"),
        (lambda: TemporalDifference(v0={"A": np.inf}), "v0: inf"),
        (lambda: PearceHall(associability=-1.0), "associability: -1.0"),
        (lambda: BetaBernoulli(prior_low=0.0), "prior_low: 0.0"),
        (lambda: BetaBernoulli(low=1.0, high=1.0), "low and high: 1 and 1"),
        (lambda: ValenceIndependent(alpha="fast"), "alpha: 'fast'"),
        (lambda: MODELS["td"].build(beta=1.0), "'beta'; expected one of"),
    ],
)
def test_parameters_without_meaning(build, match):
    with pytest.raises(InputError, match=match):
        build()


@pytest.mark.parametrize(
    ("arguments", "options", "match"),
    [
        (("tdd", [[0.3]]), {}, "model: 'tdd'; expected one of td"),
        (("td", [[1.3]]), {}, "alpha: 1.3"),
        (("td", [[0.3, 0.1]]), {}, "a column for each of alpha"),
        (("td", [0.3]), {}, "shape"),
        (("td", 0.3), {}, "a column for each"),
        (("td", np.zeros((0, 1))), {}, "at least one set"),
        (("td", np.zeros((3, 2, 1))), {}, "1 subjects"),
        (("td", [[0.3]], ["speed"]), {}, "'speed'; expected one of alpha, v0"),
        (("td", [[0.3]]), {"n_jobs": 0}, "n_jobs: 0"),
        (("td", [[0.3]]), {"v0": {"Z": 1.0}}, "v0: 'Z'; expected one of A, B"),
        (("td", [[0.3]]), {"v0": {"A": np.nan}}, "v0 of cue 'A': nan"),
        (
            ("beta-bernoulli", [[0.0, 0.2]], ["low", "high"]),
            {},
            "utility, trial 0: 1; expected a utility",
        ),
        (("beta-bernoulli", [[0.5, 0.2]], ["low", "high"]), {}, "low below high"),
    ],
)
def test_grids_that_cannot_be_run(arguments, options, match):
    name, rows, *names = arguments
    with pytest.raises(InputError, match=match):
        simulate_grid(name, table(), rows, *names, **options)


def test_step_refuses_what_simulate_refuses():
    with pytest.raises(InputError, match="reward: 'joy'"):
        TemporalDifference().step(TemporalDifference().start(), "A", "joy")
    with pytest.raises(InputError, match="reward: 2; expected a utility from -1"):
        BetaBernoulli().step(BetaBernoulli().start(), "A", 2.0)
