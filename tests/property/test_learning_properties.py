"""What must hold of learning whatever the trials and parameters."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dolorimeter.learning import FORMS, MODELS, encode_trials, simulate_grid

NAMES = list(MODELS)
VALUES = [name for name in NAMES if not MODELS[name].cue_free]
SIGNED = [name for name in NAMES if name not in ("valence-independent", "surprise")]
QUANTITIES = ("value", "cue_error", "outcome_error", "associability")
unit = st.floats(0, 1)
trial = st.tuples(st.sampled_from("ABC"), st.sampled_from(["relief", "exacerbation", "none"]))
sequences = st.lists(trial, min_size=1, max_size=70)


@st.composite
def models(draw, names=tuple(NAMES), **fixed):
    """A model with parameters drawn between their limits."""
    name = draw(st.sampled_from(list(names)))
    free = {spec.name: draw(st.floats(spec.low, spec.high)) for spec in FORMS[name].free}
    if name in VALUES and "v0" not in fixed:
        free["v0"] = draw(st.floats(-1, 1))
    if name in VALUES and draw(st.booleans()) and "average" not in fixed:
        free |= {"average": "learned", "average_rate": draw(unit)}
    return MODELS[name].build(**free, **fixed)


def frame_of(sequence):
    return pd.DataFrame(sequence, columns=["cue", "outcome"])


@settings(max_examples=150)
@given(models(), sequences)
def test_steps_equal_the_sequence_to_the_last_bit(model, sequence):
    learned = model.simulate(frame_of(sequence))
    state = model.start()
    for t, (cue, outcome) in enumerate(sequence):
        state, step = model.step(state, cue, outcome)
        batch = tuple(getattr(learned, name)[t] for name in QUANTITIES)
        np.testing.assert_array_equal(np.array(step), np.array(batch))


@settings(max_examples=100)
@given(st.sampled_from(NAMES), sequences, st.sampled_from([-4.0, -0.5, 0.25, 8.0]), unit)
def test_adding_to_utility_and_average_changes_nothing(name, sequence, k, rate):
    frame = frame_of(sequence)
    frame["utility"] = frame["outcome"].map({"relief": 1.0, "exacerbation": -1.0, "none": 0.0})
    rates = {spec.name: rate for spec in FORMS[name].free}
    before = (
        MODELS[name]
        .build(**rates, average=0.5)
        .simulate(frame.assign(utility=frame["utility"] / 2 + 0.5))
    )
    after = (
        MODELS[name]
        .build(**rates, average=0.5 + k)
        .simulate(frame.assign(utility=frame["utility"] / 2 + 0.5 + k))
    )
    for quantity in QUANTITIES:  # all these sums are exact, so that no bit may change
        np.testing.assert_array_equal(getattr(before, quantity), getattr(after, quantity))


@settings(max_examples=50)
@given(sequences, st.floats(-50, 50), unit, unit)
def test_a_learned_average_moves_with_the_utilities(sequence, k, alpha, rate):
    frame = frame_of(sequence)
    utility = frame["outcome"].map({"relief": 1.0, "exacerbation": -1.0, "none": 0.0})
    build = MODELS["td"].build
    options = {"alpha": alpha, "average": "learned", "average_rate": rate}
    one = build(**options).simulate(frame.assign(utility=utility))
    other = build(**options, average_start=k).simulate(frame.assign(utility=utility + k))
    np.testing.assert_allclose(one.outcome_error, other.outcome_error, atol=1e-11)


@settings(max_examples=100)
@given(st.sampled_from(SIGNED), sequences, unit)
def test_relief_and_exacerbation_mirror_each_other(name, sequence, rate):
    rates = {spec.name: rate for spec in FORMS[name].free}
    frame = frame_of(sequence)
    other = {"relief": "exacerbation", "exacerbation": "relief", "none": "none"}
    mirrored = frame.assign(outcome=frame["outcome"].map(other))
    model = MODELS[name].build(**rates)
    one, two = model.simulate(frame), model.simulate(mirrored)
    np.testing.assert_array_equal(one.value, -two.value)
    np.testing.assert_array_equal(one.outcome_error, -two.outcome_error)
    np.testing.assert_array_equal(one.associability, two.associability)


@settings(max_examples=50)
@given(st.sampled_from(NAMES), sequences, unit)
def test_a_cue_followed_by_nothing_stays_at_zero(name, sequence, rate):
    rates = {spec.name: rate for spec in FORMS[name].free}
    frame = frame_of(sequence)
    nothing = (frame["cue"] == "C").to_numpy()
    frame.loc[nothing, "outcome"] = "none"
    learned = MODELS[name].build(**rates).simulate(frame)
    if name != "transitions":  # which does not look at cues
        assert (learned.value[nothing] == 0).all()
        assert (learned.outcome_error[nothing] == 0).all()
    assert (learned.cue_error[nothing] == 0).all() or name != "td"


@settings(max_examples=50)
@given(st.sampled_from([n for n in NAMES if n != "pearce-hall"]), sequences, unit)
def test_values_stay_between_the_outcomes(name, sequence, rate):
    rates = {spec.name: rate for spec in FORMS[name].free}
    if name == "hybrid":
        rates["kappa"] = rate / 2  # errors, and with them associability, reach 2
    value = MODELS[name].build(**rates).simulate(frame_of(sequence)).value
    assert (np.abs(value) <= 1 + 1e-12).all()


@settings(max_examples=50)
@given(sequences, st.lists(unit, min_size=1, max_size=40), st.sampled_from(NAMES))
def test_each_row_of_a_grid_is_its_own_model(sequence, rates, name):
    frame = frame_of(sequence)
    n_free = len(FORMS[name].free)
    rows = np.repeat(np.array(rates)[:, None], n_free, axis=1)
    grid = simulate_grid(name, encode_trials(frame), rows)
    chosen = len(rates) // 2
    named = {spec.name: rates[chosen] for spec in FORMS[name].free}
    learned = MODELS[name].build(**named).simulate(frame)
    for quantity, said in zip(QUANTITIES, grid, strict=True):
        np.testing.assert_array_equal(said[chosen], getattr(learned, quantity))


@pytest.mark.parametrize("name", NAMES)
def test_later_trials_change_nothing_earlier(name):
    rng = np.random.default_rng(0)
    frame = frame_of(
        list(zip(rng.choice(list("AB"), 50), rng.choice(["relief", "none"], 50), strict=True))
    )
    model = MODELS[name].build()
    np.testing.assert_array_equal(
        model.simulate(frame).value[:20], model.simulate(frame[:20]).value
    )
