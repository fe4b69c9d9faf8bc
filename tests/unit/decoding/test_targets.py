"""Targets as they come: missing labels are refused, and objects are what they hold."""

import numpy as np
import pandas as pd
import pytest

from dolorimeter.core import InputError
from dolorimeter.decoding import cross_validate
from dolorimeter.decoding.targets import read_classes, read_numbers

NAMES = ["pain", "touch", None, "pain", "touch", "pain"]


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT])
@pytest.mark.parametrize("make", [list, lambda y: np.array(y, dtype=object), pd.Series])
def test_missing_labels_are_no_class(missing, make):
    given = make([missing if name is None else name for name in NAMES])
    with pytest.raises(InputError, match="1 missing, the first in sample 2") as caught:
        read_classes(given)
    assert "\n" not in str(caught.value)


def test_missing_numbers_among_objects_are_refused():
    for read in (read_classes, read_numbers):
        with pytest.raises(InputError, match="1 missing, the first in sample 1"):
            read(np.array([1, None, 0], dtype=object))


def test_a_class_may_be_called_nan():
    assert read_classes(["nan", "None", "nan"]).labels.tolist() == ["None", "nan"]


@pytest.mark.parametrize(
    ("given", "kind"),
    [([0, 1, 0], "i"), ([True, False, True], "b"), ([0.0, 1, 0], "f"), (["a", "b", "a"], "U"),
     ([1, "b", 1], "U")],
)  # fmt: skip
def test_objects_come_back_as_what_they_are(given, kind):
    target = read_classes(np.array(given, dtype=object))
    back = target.decode(target.values)
    assert back.dtype.kind == kind
    assert back.tolist() == ([str(v) for v in given] if kind == "U" else given)


def test_predictions_of_whole_numbers_as_objects_equal_the_score():
    rng = np.random.default_rng(0)
    y = np.tile(np.array([3, 7], dtype=object), 12)
    found = cross_validate(rng.normal(size=(24, 5)) + (y == 3)[:, None], y)
    assert 0.5 < found.score == (found.predictions == y).mean()


def test_numbers_may_come_as_objects():
    assert read_numbers(np.array([1, 2.5, 3], dtype=object)).values.tolist() == [1, 2.5, 3]
