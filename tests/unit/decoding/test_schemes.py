"""Folds of each scheme, and what is refused before anything is fitted."""

import numpy as np
import pytest

from dolorimeter.core import InputError
from dolorimeter.decoding import make_scheme

Y = np.array([0, 1, 0, 1, 0, 1])
RUNS = np.array(["b", "a", "a", "b", "c", "c"])


def test_single_trials():
    made = make_scheme("leave-one-trial-out", Y)
    assert [test.tolist() for _, test in made.folds()] == [[i] for i in range(6)]
    assert made.folds()[1][0].tolist() == [0, 2, 3, 4, 5]
    assert (made.unit, len(made), made.fold_names[4]) == ("trial", 6, "trial 4")


@pytest.mark.parametrize("unit", ["run", "subject", "group"])
def test_groups_are_kept_whole(unit):
    made = make_scheme(f"leave-one-{unit}-out", Y, RUNS)
    assert [test.tolist() for test in made.tests] == [[1, 2], [0, 3], [4, 5]]
    assert made.fold_names == (f"{unit} a", f"{unit} b", f"{unit} c")
    for train, test in made.folds():
        assert sorted([*train, *test]) == list(range(6))


def test_subjects_stand_in_for_groups():
    made = make_scheme("leave-one-subject-out", Y, subjects=RUNS)
    assert made.fingerprint == make_scheme("leave-one-subject-out", Y, RUNS).fingerprint


def test_all_pairs_have_one_of_each_class():
    made = make_scheme("leave-one-pair-out", np.array(["u", "v", "w", "u", "v", "w"]))
    assert made.all_pairs
    pairs = {tuple(test) for test in made.tests}
    assert len(pairs) == len(made) == 12
    assert (0, 3) not in pairs
    assert (0, 1) in pairs
    assert made.folds()[0][0].tolist() == [2, 3, 4, 5]


def test_named_pairs_are_groups():
    made = make_scheme("leave-one-pair-out", Y, [0, 0, 1, 1, 2, 2])
    assert [test.tolist() for test in made.tests] == [[0, 1], [2, 3], [4, 5]]
    assert made.fold_names[0] == "pair 0"


def test_fingerprint_tells_folds_apart():
    one = make_scheme("leave-one-run-out", Y, RUNS)
    assert one.fingerprint == make_scheme("leave-one-group-out", Y, RUNS).fingerprint
    assert one.fingerprint != make_scheme("leave-one-run-out", Y, [1, 1, 2, 2, 3, 3]).fingerprint


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("leave-one-trail-out", Y), ["scheme", "Did you mean 'leave-one-trial-out'?"]),
        (("leave-one-run-out", Y), ["groups: none", "the run of each sample"]),
        (("leave-one-run-out", Y, RUNS[:5]), ["groups: shape (5,)", "shape (6,)"]),
        (("leave-one-run-out", Y, ["a"] * 6), ["one run only", "at least two"]),
        (("leave-one-run-out", Y, [1.0, 1.0, np.nan, 2.0, 2.0, 2.0]), ["missing name"]),
        (("leave-one-run-out", Y, [1, 2, 1, 2, 1, 3]), ["class '0'", "run 1 is left out"]),
        (("leave-one-trial-out", [0, 0, 0, 1]), ["class '1'", "trial 3 is left out"]),
        (
            ("leave-one-run-out", np.array(["x", "x", "y", "y"]), ["r", "r", "s", "s"]),
            ["class 'x'", "run r is left out"],
        ),
        (("leave-one-pair-out", [0, 0, 0, 1]), ["one sample of class '1'"]),
        (("leave-one-pair-out", [0.1, 0.2, 0.3]), ["groups: none", "pair of each sample"]),
        (("leave-one-trial-out", [0, 0, 0]), ["one class only"]),
        (("leave-one-trial-out", np.zeros((3, 2))), ["y: shape (3, 2)"]),
    ],
)
def test_refusals_are_one_clear_line(arguments, words):
    with pytest.raises(InputError) as caught:
        make_scheme(*arguments)
    assert "\n" not in str(caught.value)
    for word in words:
        assert word in str(caught.value)
