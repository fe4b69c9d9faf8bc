"""The summary against pandas and scipy."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from dolorimeter.tables.schema import Cohort, LedgerEntry
from dolorimeter.tables.summary import summarize_cohort

NAMES = ("pulse", "spo2", "constant", "absent")


@pytest.fixture
def cohort():
    rng = np.random.default_rng(3)
    n = 1500
    pain = rng.integers(0, 11, n).astype(float)
    vitals = rng.normal([80, 97, 0, 0], [10, 1, 0, 0], size=(n, 4))
    vitals[:, 0] += pain
    vitals[rng.random((n, 4)) < 0.3] = np.nan
    vitals[:, 2:] = [[5.0, np.nan]]
    vitals[0, 1] = 20.0
    pain[rng.random(n) < 0.4] = np.nan
    names = np.array(["a", "b", "c"])
    hours = np.timedelta64(2, "h")
    return Cohort(
        vitals, pain, np.array([0, 500, 1000, n]), names, np.array(["p", "p", "q"]),
        np.datetime64("2020-01-01", "us") + np.arange(n) * hours, NAMES, hours, hours, "test",
        (LedgerEntry("pain_score", "unable to score", "set missing", 7),),
    )  # fmt: skip


def test_counts(cohort):
    content = summarize_cohort(replace(cohort, path="here")).to_dict()
    assert (content["patients"], content["stays"], content["windows"]) == (2, 3, 1500)
    assert content["windows_with_pain"] == np.isfinite(cohort.pain).sum()
    assert (content["source"], content["path"]) == ("test", "here")
    assert content["percent_present"] == pytest.approx(
        {
            **dict(zip(NAMES, 100 * np.isfinite(cohort.vitals).mean(axis=0), strict=True)),
            "pain_score": 100 * np.isfinite(cohort.pain).mean(),
        }
    )
    assert content["ledger"] == [
        {
            "variable": "pain_score",
            "reason": "unable to score",
            "action": "set missing",
            "count": 7,
        }
    ]


def test_pairwise_complete_correlation_as_in_pandas(cohort):
    content = summarize_cohort(cohort).to_dict()["correlation"]
    frame = pd.DataFrame(cohort.vitals, columns=NAMES).assign(pain_score=cohort.pain)
    assert content["names"] == list(frame.columns)
    expected = frame.corr()
    expected.loc["constant"] = expected["constant"] = np.nan
    values = np.array(content["values"], dtype=float)
    np.testing.assert_allclose(values, expected.to_numpy(), rtol=1e-12)
    assert content["values"][2] == [None] * 5
    assert content["values"][3] == [None] * 5


def test_scatter_with_slope_test(cohort):
    scatter = summarize_cohort(cohort).to_dict()["scatter"]
    both = np.isfinite(cohort.pain) & np.isfinite(cohort.vitals[:, 0])
    x, y = cohort.pain[both], cohort.vitals[both, 0]
    slope, intercept = np.polyfit(x, y, 1)
    pulse = scatter["pulse"]
    assert pulse["slope"] == pytest.approx(slope)
    assert pulse["intercept"] == pytest.approx(intercept)
    assert pulse["p"] == pytest.approx(stats.pearsonr(x, y).pvalue)
    assert pulse["n"] == both.sum() > 500
    assert len(pulse["x"]) == len(pulse["y"]) == 500
    points = set(zip(x.tolist(), y.tolist(), strict=True))
    assert points.issuperset(zip(pulse["x"], pulse["y"], strict=True))
    assert scatter["constant"]["slope"] is scatter["constant"]["p"] is None
    assert scatter["absent"] == {
        "slope": None, "intercept": None, "p": None, "n": 0, "x": [], "y": [],
    }  # fmt: skip


def test_outliers_by_the_rule_on_all_windows_and_it_says_so(cohort):
    content = summarize_cohort(cohort).to_dict()
    assert content["outliers"] == {"pulse": 0, "spo2": 1, "constant": 0, "absent": 0}
    assert "all windows" in content["outliers_note"]


def test_plain_values(cohort):
    json.dumps(summarize_cohort(cohort).to_dict(), allow_nan=False)


def test_the_smallest_cohort():
    hours = np.timedelta64(2, "h")
    name = np.array(["a"])
    tiny = Cohort(
        np.array([[80.0]]), np.array([3.0]), np.array([0, 1]), name, name,
        np.array(["2020-01-01"], "datetime64[us]"), ("pulse",), hours, hours, "test", (),
    )  # fmt: skip
    content = summarize_cohort(tiny).to_dict()
    assert content["correlation"]["values"] == [[None, None], [None, None]]
    assert content["scatter"]["pulse"]["n"] == 1
