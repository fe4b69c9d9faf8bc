"""The container of trials."""

import numpy as np
import pytest

from dolorimeter.core import InputError, Trials


def make(**known):
    names = {name: np.array(list("aab")) for name in ("subject", "run", "cue", "outcome")}
    numbers = {name: np.arange(3.0) for name in ("onset", "outcome_onset", "utility")}
    return Trials(**(names | numbers | known))


def test_take_keeps_rows_together():
    trials = make(measures={"rt": np.array([0.3, np.nan, 0.5])}).with_quantities(
        value=np.array([1.0, 2.0, 3.0])
    )
    part = trials.take(np.array([2, 0]))
    assert part.subject.tolist() == ["b", "a"]
    assert part.measures["rt"].tolist() == [0.5, 0.3]
    assert part.quantities["value"].tolist() == [3.0, 1.0]
    assert len(part) == 2


@pytest.mark.parametrize(
    ("known", "where"),
    [
        ({"cue": np.array(["A"])}, "cue"),
        ({"subject": np.array(["a", "", "b"])}, "subject"),
        ({"utility": np.array([0.0, np.nan, 1.0])}, "utility, trial 1"),
        ({"measures": {"rt": np.array([0.0, 1.0, np.inf])}}, "rt, trial 2"),
        ({"quantities": {"value": np.zeros(2)}}, "value"),
    ],
)
def test_bad_parts_are_named(known, where):
    with pytest.raises(InputError) as caught:
        make(**known)
    assert caught.value.where == where
