"""The container of samples refuses at the door what later steps could not mend."""

import numpy as np
import pytest

from dolorimeter.core import Grid, InputError, Samples


def make(**known):
    known = {"class_names": ("no", "yes")} | known
    return Samples.of(np.arange(12.0).reshape(4, 3), [0, 1, 0, 1], list("aabb"), **known)


def test_unknown_is_empty_nan_or_zero():
    samples = make()
    assert (samples.run == "").all()
    assert np.isnan(samples.salience).all()
    assert (samples.n_averaged == 0).all()
    assert len(samples) == 4


def test_take_keeps_everything_of_the_rows():
    samples = make(run=[1, 2, 3, 4], n_averaged=[1, 1, 2, 2])
    part = samples.take(np.array([3, 0]))
    assert part.run.tolist() == ["4", "1"]
    assert part.n_averaged.tolist() == [2, 1]
    assert np.array_equal(part.features, samples.features[[3, 0]])
    assert part.class_names == ("no", "yes")


@pytest.mark.parametrize(
    ("known", "where"),
    [
        ({"run": ["1"]}, "run"),
        ({"feature_names": ("one",)}, "feature_names"),
        ({"sample_ids": list("aabc")}, "sample_ids"),
        ({"n_averaged": [-1, 1, 1, 1]}, "n_averaged"),
        ({"class_names": ("only",)}, "target"),
        ({"colour": "blue"}, "samples"),
        ({"grid": Grid(np.ones((1, 1, 2), bool), np.eye(4))}, "grid"),
    ],
)
def test_bad_parts_are_named(known, where):
    with pytest.raises(InputError) as caught:
        make(**known)
    assert caught.value.where == where


def test_a_value_that_is_not_finite_is_located():
    features = np.ones((2, 2))
    features[1, 0] = np.nan
    with pytest.raises(InputError, match="sample 's2', feature 'left'"):
        Samples.of(
            features, [0, 1], ["a", "b"], sample_ids=["s1", "s2"], feature_names=("left", "right")
        )
    with pytest.raises(InputError, match="inf in sample '1'"):
        Samples.of(np.ones((2, 2)), [0, np.inf], ["a", "b"])
    with pytest.raises(InputError, match="subject"):
        Samples.of(np.ones((2, 2)), [0, 1], ["a", ""])
