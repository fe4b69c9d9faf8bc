"""The MIMIC-IV demo, counted: the census that the project's issue 2 states."""

import numpy as np
import pytest

from dolorimeter.tables.readers import read_events
from dolorimeter.tables.summary import summarize_cohort
from dolorimeter.tables.targets import Target, label_windows, reference_vitals
from dolorimeter.tables.windows import make_windows

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def cohort(data_dir):
    events = read_events(data_dir / "mimic-iv-demo-meds")
    return make_windows(events, width="2h", min_stay="48h")


def test_stays_and_windows(cohort):
    assert cohort.n_stays == 74
    assert cohort.n_windows == 5320
    assert np.isfinite(cohort.pain).sum() == 1044


@pytest.mark.parametrize(
    ("target", "counts"),
    [
        (Target("direct"), [696, 259, 89]),
        (Target("median-referenced"), [222, 532, 290]),
        (Target("difference"), [80, 104, 63]),
        (Target("difference", direction="previous"), [80, 104, 63]),
    ],
)
def test_classes(cohort, target, counts):
    labels = label_windows(cohort, target)
    assert np.bincount(labels[labels >= 0]).tolist() == counts


def test_causal_reference_loses_the_first_report_of_each_stay(cohort):
    labels = label_windows(cohort, Target("median-referenced", reference="causal"))
    stay = np.repeat(np.arange(cohort.n_stays), cohort.lengths)
    with_report = len(np.unique(stay[np.isfinite(cohort.pain)]))
    assert (labels >= 0).sum() == 1044 - with_report


def test_standardized_within_each_stay(cohort):
    result = reference_vitals(cohort.vitals, cohort.offsets, Target("median-referenced"))
    for start, end in zip(cohort.offsets[:-1], cohort.offsets[1:], strict=True):
        for column in result[start:end].T:
            seen = column[~np.isnan(column)]
            if len(seen):
                assert abs(seen.mean()) < 1e-12
                assert abs(seen.std() - 1) < 1e-12


def test_every_value_is_in_a_window_or_in_the_ledger(data_dir, cohort):
    """Values in admitted stays and values the ledger calls dropped make all values."""
    events = read_events(data_dir / "mimic-iv-demo-meds")
    values = events.table.count().to_pyarrow().as_py()
    short = sum(e.count for e in cohort.ledger if e.reason == "in a stay shorter than 48h")
    stays = next(e.count for e in cohort.ledger if e.variable == "(stay)")
    assert stays == len(events.stays) - 74
    kept = events.table.filter(events.table.stay_id.isin(cohort.stay_ids.tolist()))
    assert kept.count().to_pyarrow().as_py() + short == values


def test_summary(cohort):
    summary = summarize_cohort(cohort)
    assert (summary.patients, summary.stays, summary.windows) == (56, 74, 5320)
    assert summary.percent_present["pain_score"] == pytest.approx(100 * 1044 / 5320)
    assert np.isfinite(summary.correlation).all()
