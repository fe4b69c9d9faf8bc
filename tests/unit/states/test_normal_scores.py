"""Normal scores against their definition in plain loops."""

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.utils.estimator_checks import check_estimator

from dolorimeter.core import InputError
from dolorimeter.states.normal_scores import NormalScores


def score_by_definition(x: float, training: list[float]) -> float:
    """Mid-rank distribution, linear between neighbors, clipped, through the normal quantile."""
    n = len(training)
    if len(set(training)) == 1:
        return 0.0

    def distribution(v: float) -> float:
        return (sum(t < v for t in training) + sum(t == v for t in training) / 2) / n

    if x < min(training):
        share = 0.0
    elif x > max(training):
        share = 1.0
    else:
        below = max(t for t in training if t <= x)
        above = min(t for t in training if t >= x)
        weight = 0.0 if above == below else (x - below) / (above - below)
        share = (1 - weight) * distribution(below) + weight * distribution(above)
    return float(norm.ppf(min(max(share, 1 / (2 * n)), 1 - 1 / (2 * n))))


def test_equals_its_definition_with_ties_gaps_and_values_outside():
    rng = np.random.default_rng(0)
    training = rng.normal(80, 10, size=(60, 3)).round()
    training[rng.random(training.shape) < 0.3] = np.nan
    later = np.concatenate([rng.uniform(40, 120, size=(40, 3)), training])
    scores = NormalScores().fit(training).transform(later)
    for j in range(3):
        known = training[~np.isnan(training[:, j]), j].tolist()
        for x, score in zip(later[:, j], scores[:, j], strict=True):
            if np.isnan(x):
                assert np.isnan(score)
            else:
                assert score == pytest.approx(score_by_definition(x, known), abs=1e-12)


def test_ends_of_a_distribution_without_ties():
    scores = NormalScores().fit_transform(np.arange(10.0)[:, None]).ravel()
    assert scores == pytest.approx(norm.ppf((np.arange(10) + 0.5) / 10), abs=1e-14)


def test_ties_at_the_lower_end_leave_room_below():
    model = NormalScores().fit(np.array([[97.0], [97.0], [97.0], [99.0]]))
    scores = model.transform(np.array([[97.0], [96.0], [100.0]])).ravel()
    assert scores == pytest.approx(norm.ppf([3 / 8, 1 / 8, 7 / 8]), abs=1e-14)


def test_constant_column_gives_zeros_even_for_other_values():
    model = NormalScores().fit(np.array([[5.0, 1.0], [np.nan, 2.0], [5.0, 3.0]]))
    scores = model.transform(np.array([[5.0, 1.0], [9.0, 2.0], [np.nan, 3.0]]))
    np.testing.assert_array_equal(scores[:, 0], [0.0, 0.0, np.nan])
    assert scores[0, 1] < scores[1, 1] == 0 < scores[2, 1]


def test_column_without_a_value_is_named():
    with pytest.raises(InputError, match=r"column 1: no value in the training data"):
        NormalScores().fit(np.array([[1.0, np.nan], [2.0, np.nan]]))


def test_column_without_a_value_is_named_as_the_table_names_it():
    import pandas as pd

    table = pd.DataFrame({"pulse": [1.0, 2.0], "spo2": [np.nan, np.nan]})
    with pytest.raises(InputError, match="column 'spo2'"):
        NormalScores().fit(table)


def test_arrays_rebuild_the_same_transformer():
    rng = np.random.default_rng(1)
    data = rng.normal(size=(50, 4)).round(1)
    data[:, 2] = 1.0
    data[rng.random(data.shape) < 0.2] = np.nan
    model = NormalScores().fit(data)
    again = NormalScores.from_arrays(model.to_arrays())
    later = rng.normal(size=(100, 4)) * 2
    np.testing.assert_array_equal(again.transform(later), model.transform(later))


SPOIL = {
    "no values": lambda a: a.pop("values"),
    "not flat": lambda a: a.update(values=a["values"][None]),
    "wrong type": lambda a: a.update(counts=a["counts"].astype(float)),
    "offsets past the end": lambda a: a["offsets"].__setitem__(-1, 99),
    "offsets falling": lambda a: a["offsets"].__setitem__(1, 99),
    "values falling": lambda a: a["values"].__setitem__(1, -99.0),
    "value missing": lambda a: a["values"].__setitem__(0, np.nan),
    "quantiles falling": lambda a: a["quantiles"].__setitem__(0, 0.99),
    "quantile of one": lambda a: a["quantiles"].__setitem__(-1, 1.0),
    "too few counted": lambda a: a["counts"].__setitem__(0, 1),
    "too many counted": lambda a: a["counts"].__setitem__(0, 2**60),
    "a count too many": lambda a: a.update(counts=np.append(a["counts"], 3)),
}


@pytest.mark.parametrize("spoil", SPOIL.values(), ids=SPOIL.keys())
def test_refuses_arrays_it_cannot_have_written(spoil):
    model = NormalScores().fit(np.arange(12.0).reshape(6, 2))
    arrays = {name: array.copy() for name, array in model.to_arrays().items()}
    spoil(arrays)
    with pytest.raises(InputError):
        NormalScores.from_arrays(arrays)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
def test_keeps_scikit_learns_rules():
    check_estimator(NormalScores())
