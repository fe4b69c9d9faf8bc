"""Factors within subjects against paired tests."""

import numpy as np
import pytest
from scipy import stats

from dolorimeter.core import InputError
from dolorimeter.imaging.factors import one_factor, two_factor


@pytest.fixture
def cells():
    rng = np.random.default_rng(0)
    person = rng.standard_normal((11, 30))
    levels = [("relief", "cue"), ("relief", "outcome"), ("worse", "cue"), ("worse", "outcome")]
    return {key: person + rng.standard_normal((11, 30)) + i for i, key in enumerate(levels)}


def test_effects_are_paired_tests_of_means_and_differences(cells):
    found = two_factor(cells)
    relief, worse = [(cells[a, "cue"] + cells[a, "outcome"]) / 2 for a in ("relief", "worse")]
    at_cue = cells["relief", "cue"] - cells["worse", "cue"]
    at_outcome = cells["relief", "outcome"] - cells["worse", "outcome"]
    cue = (cells["relief", "cue"] + cells["worse", "cue"]) / 2
    outcome = (cells["relief", "outcome"] + cells["worse", "outcome"]) / 2
    expected = {
        "relief - worse": stats.ttest_rel(relief, worse),
        "cue - outcome": stats.ttest_rel(cue, outcome),
        "relief - worse, cue - outcome": stats.ttest_rel(at_cue, at_outcome),
        "relief - worse | cue": stats.ttest_1samp(at_cue, 0.0),
        "cue - outcome | worse": stats.ttest_rel(cells["worse", "cue"], cells["worse", "outcome"]),
        "worse, cue": stats.ttest_1samp(cells["worse", "cue"], 0.0),
        "mean": stats.ttest_1samp((relief + worse) / 2, 0.0),
    }
    for name, test in expected.items():
        np.testing.assert_allclose(found.tests[name].t, test.statistic, rtol=1e-9, err_msg=name)
        assert found.tests[name].df == 10
        assert found.tests[name].contrast == name
    assert len(found.tests) == 2 + 1 + 4 + 4 + 1


def test_three_levels_give_each_pair():
    rng = np.random.default_rng(4)
    maps = {(a, b): rng.standard_normal((6, 5)) for a in "xyz" for b in "uv"}
    found = two_factor(maps)
    difference = (maps["x", "u"] + maps["x", "v"] - maps["z", "u"] - maps["z", "v"]) / 2
    np.testing.assert_allclose(found.maps["x - z"], difference, atol=1e-12)
    assert len(found.tests) == 3 + 1 + 3 + 3 * 2 + 3 + 6 + 1


def test_one_factor_each_mean_and_difference(cells):
    maps = {"relief": cells["relief", "cue"], "exacerbation": cells["worse", "cue"]}
    found = one_factor(maps)
    assert list(found.tests) == ["relief", "exacerbation", "mean", "relief - exacerbation"]
    expected = stats.ttest_rel(maps["relief"], maps["exacerbation"]).statistic
    np.testing.assert_allclose(found.tests["relief - exacerbation"].t, expected, rtol=1e-10)
    np.testing.assert_allclose(found.maps["mean"], sum(maps.values()) / 2)


def test_of_two_conditions_the_pooled_error_is_the_paired_one(cells):
    maps = {"relief": cells["relief", "cue"], "exacerbation": cells["worse", "cue"]}
    own, pooled = (one_factor(maps, error).tests for error in ("contrast", "pooled"))
    for name in own:
        np.testing.assert_allclose(own[name].t, pooled[name].t, rtol=1e-9)
        assert own[name].df == pooled[name].df


def test_pooled_error_by_analysis_of_variance(cells):
    found = two_factor(cells, error="pooled")
    data = np.stack([maps[:, 0] for maps in cells.values()])  # (4 conditions, 11 people)
    people, conditions, grand = data.mean(0), data.mean(1), data.mean()
    residual = sum(
        (data[k, s] - people[s] - conditions[k] + grand) ** 2 for k in range(4) for s in range(11)
    )
    f = 11 * ((conditions[0] + conditions[1] - conditions[2] - conditions[3]) ** 2 / 4)
    f /= residual / 30
    test = found.tests["relief - worse"]
    assert test.df == 30
    assert test.t[0] ** 2 == pytest.approx(f, rel=1e-10)
    assert found.tests["mean"].df == 10  # between people: its own error


@pytest.mark.parametrize(
    ("maps", "where"),
    [
        ({("a", "u"): np.ones((3, 2)), ("b", "v"): np.ones((3, 2))}, "maps"),
        ({("a", "a"): np.ones((3, 2))}, "maps"),
        ({("a", "u"): np.ones((3, 2))}, "maps"),
        ({("a", "u"): np.ones((3, 2)), ("b", "u"): np.ones((4, 2))}, "maps 'b, u'"),
    ],
)
def test_what_is_not_crossed_is_refused(maps, where):
    with pytest.raises(InputError) as refused:
        two_factor(maps)
    assert refused.value.where == where


def test_unknown_errors_and_single_conditions_are_refused(cells):
    with pytest.raises(InputError, match="error"):
        two_factor(cells, error="none")
    with pytest.raises(InputError, match="at least two"):
        one_factor({"relief": np.ones((4, 2))})
