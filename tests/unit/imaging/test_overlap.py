"""Overlap of two maps: by hand, and its laws."""

import numpy as np
import pytest
from scipy import stats

from dolorimeter.core import InputError
from dolorimeter.imaging.overlap import overlap

Z = 3.0902323061678132  # the standard normal's upper thousandth
FIRST = np.array([4.0, 4.0, 2.0, np.nan, 5.0, 4.0])
SECOND = np.array([3.5, 1.0, 4.0, 6.0, 6.0, np.nan])


def test_inclusive_shows_the_first_where_both_are_above():
    found = overlap(FIRST, SECOND)
    assert found.mask.tolist() == [True, False, False, False, True, False]
    assert found.statistic.tolist() == [4.0, 0, 0, 0, 5.0, 0]
    assert found.threshold == pytest.approx(Z, abs=1e-12)
    assert (found.n_first, found.n_second, found.n_both) == (4, 4, 2)
    assert found.dice == 0.5


def test_exclusive_shows_the_first_where_the_second_is_not_above():
    found = overlap(FIRST, SECOND, "exclusive")
    assert found.mask.tolist() == [False, True, False, False, False, False]
    # A milder threshold of the mask takes more away.
    assert not overlap(FIRST, SECOND, "exclusive", second_p=0.2).mask.any()


def test_minimum_shows_the_lower():
    found = overlap(FIRST, SECOND, "minimum-t")
    assert found.mask.tolist() == [True, False, False, False, True, False]
    assert found.statistic.tolist() == [3.5, 0, 0, 0, 5.0, 0]
    assert "conjunction" in found.words


def test_t_become_the_z_of_equal_p():
    t = np.array([stats.t.isf(0.0009, 18), stats.t.isf(0.0011, 18), 60.0, -2.0])
    found = overlap(t, np.full(4, 9.0), df=(18, np.inf))
    assert found.mask.tolist() == [True, False, True, False]
    assert found.statistic[0] == pytest.approx(stats.norm.isf(0.0009), abs=1e-12)
    # nilearn's own conversion for a tail that a float still holds
    assert found.statistic[2] == pytest.approx(stats.norm.isf(stats.t.sf(60, 18)), rel=1e-10)
    huge = overlap(np.array([1e9]), np.array([1e10]), "minimum-t", df=50.0)
    assert 30 < huge.statistic[0] < 40


def test_nothing_above():
    found = overlap(np.zeros(3), np.zeros(3))
    assert not found.mask.any()
    assert np.isnan(found.dice)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"how": "inclusiv"}, "Did you mean 'inclusive'"),
        ({"p": 0.0}, "above 0"),
        ({"p": 0.6}, "below 0.5"),
        ({"second_p": 0.0}, "second_p: 0.0"),
        ({"df": 0.0}, "degrees of freedom"),
        ({"how": "minimum-t", "second_p": 0.05}, "one p for both"),
        ({"second": np.zeros(2)}, r"\(v,\) twice"),
    ],
)
def test_refused(options, words):
    second = options.pop("second", SECOND)
    with pytest.raises(InputError, match=words):
        overlap(FIRST, second, **options)
