"""Containers are validated once, at the door."""

import pickle
from dataclasses import replace

import numpy as np
import pytest

from dolorimeter.core import Folds, InputError, Sequences


def sequences(**changes):
    content = {
        "features": np.array([[1.0], [np.nan], [3.0]]),
        "labels": np.array([0, -1, 1]),
        "offsets": np.array([0, 2, 3]),
        "stay_ids": np.array(["s", "t"]),
        "patient_ids": np.array(["p", "p"]),
        "times": np.zeros(3, "datetime64[us]"),
        "feature_names": ("pulse",),
        "class_names": ("low", "high"),
    }
    return Sequences(**(content | changes))


def test_lengths():
    assert sequences().lengths.tolist() == [2, 1]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("labels", np.array([0, 2, 1])),
        ("labels", np.array([0, -2, 1])),
        ("labels", np.array([0, 1])),
        ("offsets", np.array([0, 3, 3])),
        ("offsets", np.array([1, 2, 3])),
        ("offsets", np.array([0, 2, 4])),
        ("features", np.array([[1.0], [np.inf], [3.0]])),
        ("feature_names", ("a", "b")),
        ("stay_ids", np.array(["s"])),
        ("times", np.zeros(2, "datetime64[us]")),
    ],
)
def test_what_does_not_fit_is_refused_by_name(field, value):
    with pytest.raises(InputError, match=field):
        sequences(**{field: value})


NAMES = np.array(["a", "b", "c", "d"])


def test_folds_hold_each_sequence_once():
    folds = Folds.of((np.array([3, 0]), np.array([1, 2])), "stay", NAMES)
    assert folds.train(0).tolist() == [1, 2]
    assert folds.test[0].tolist() == [0, 3]
    assert len(folds) == 2
    with pytest.raises(InputError, match="exactly one"):
        Folds.of((np.array([0, 1]), np.array([1, 2])), "stay", NAMES)


def test_fingerprint_follows_members_not_their_order():
    one = Folds.of((np.array([0, 3]), np.array([1, 2])), "stay", NAMES)
    same = Folds.of((np.array([3, 0]), np.array([2, 1])), "stay", NAMES)
    shuffled = NAMES[[2, 0, 3, 1]]  # the same stays in another order of rows
    moved = Folds.of((np.array([1, 2]), np.array([3, 0])), "stay", shuffled)
    other = Folds.of((np.array([0, 1]), np.array([3, 2])), "stay", NAMES)
    assert one.fingerprint == same.fingerprint == moved.fingerprint != other.fingerprint


def test_errors_survive_a_process_border():
    error = InputError("width", "-2h", "a positive duration", "Write 2h.")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
    assert str(error) == "width: -2h; expected a positive duration. Write 2h."


def test_containers_are_frozen():
    with pytest.raises(AttributeError):
        sequences().labels = np.zeros(3)
    assert replace(sequences(), class_names=("a", "b")).class_names == ("a", "b")
